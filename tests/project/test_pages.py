"""The README and the pages: links lead somewhere, and every command in a block of code is one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from tests.conftest import REPOSITORY
from tfhoist.api.touring import STEPS
from tfhoist.cli import app

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return {text.replace(" ", "-") for text in plain}


def commands(text: str) -> list[list[str]]:
    """The calls of tfhoist in the blocks of a page."""
    found: list[list[str]] = []
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["tfhoist"] and len(words) > 1:
                found.append(words[1:])
    return found


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text()):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_are_real(page: Path) -> None:
    for words in commands(page.read_text()):
        assert words[0] in COMMANDS, words
        command = COMMANDS[words[0]]
        if hasattr(command, "commands"):
            assert words[1] in command.commands, words
            command = command.commands[words[1]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


def test_the_tutorial_is_the_tour() -> None:
    written = commands((REPOSITORY / "docs/tutorial.md").read_text())
    for step in STEPS:
        if step.arguments[0] in ("audit", "explain", "placement", "consolidate", "prove"):
            assert any(sorted(words) == sorted(step.arguments) for words in written), step.arguments


def test_each_page_can_be_found() -> None:
    """Every page is in the navigation; findings get into it by themselves."""
    text = re.sub(r"!!python/name:\S+", "name", (REPOSITORY / "mkdocs.yml").read_text())
    listed = set(re.findall(r"'([\w/-]+\.md)'", str(yaml.safe_load(text)["nav"])))
    there = {page.relative_to(REPOSITORY / "docs").as_posix() for page in PAGES[1:]}
    assert {page for page in there if not page.startswith("findings/")} == listed
