"""The commands of the README and the pages do what they say: each is run, in order, on the example."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.support import CENTRAL, EXAMPLES, SERVICE, STATES, Run, tfhoist
from tests.conftest import REPOSITORY
from tests.project.test_pages import PAGES, commands, named
from tests.simulator.fixture import NewSimulator

HERE = "DIR"
"""How the pages call a reader's root module."""


def of(page: str) -> list[list[str]]:
    return commands((REPOSITORY / page).read_text())


def run_all(calls: list[list[str]], cwd: Path) -> Iterator[tuple[list[str], Run]]:
    """Run each call; all have to end with 0."""
    for words in calls:
        done = tfhoist(*words, cwd=cwd)
        assert done.code == 0, f"tfhoist {' '.join(words)}\n{done.out}{done.err}"
        yield words, done


def reader(tmp_path: Path, root: str) -> Path:
    """A reader's working copy: a root module at `root` without settings, and the central repository beside it."""
    working = tmp_path / "data-pipeline"
    shutil.copytree(SERVICE, working / root)
    (working / root / "tfhoist.toml").unlink()
    shutil.copytree(CENTRAL, tmp_path / "central-infrastructure")
    for state in STATES.glob("*.tfstate"):
        shutil.copy(state, working)
    return working


def test_every_page_with_commands_is_run_here() -> None:
    assert {named(page) for page in PAGES if commands(page.read_text())} == {
        "README.md", "docs/phases.md", "docs/tutorial.md", "docs/templates.md",
        "docs/validation.md",  # in tests/validation/test_command.py, where there's an AWS to ask
    }  # fmt: skip


def test_the_readme(tmp_path: Path) -> None:
    working = reader(tmp_path, "infrastructure/terraform")
    before = (working / "infrastructure/terraform/ecs.tf").read_bytes()
    calls = [[*words, "--yes"] if words[0] == "write" else words for words in of("README.md")]
    done = {words[0]: run for words, run in run_all(calls, working)}
    assert "equivalent" in done["consolidate"].out
    assert (working / "infrastructure/terraform/ecs.tf").read_bytes() != before
    assert (tmp_path / "central-infrastructure/terraform_module").is_dir()


def test_the_tutorial(tmp_path: Path) -> None:
    working = tmp_path / "examples"
    shutil.copytree(EXAMPLES, working)
    calls = [words for words in of("docs/tutorial.md") if words != ["tour"]]
    done = {words[0]: run for words, run in run_all(calls, working)}
    alb = working / "out/central/terraform_module/data-pipeline/alb.tf"
    assert "equivalent" in done["prove"].out
    alb.write_text(alb.read_text().replace('"/health"', '"/healthz"', 1))
    assert tfhoist("prove", "out", cwd=working).code == 2


def test_the_templates(tmp_path: Path) -> None:
    working = reader(tmp_path, "infrastructure/terraform")
    for _ in run_all(of("docs/templates.md"), working):
        pass
    assert (working / "infrastructure/terraform/templates/runbook.md.j2").is_file()


def test_the_five_phases(tmp_path: Path, new_simulator: NewSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in new_simulator(keep=False).env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TF_VAR_api_secret_key", "x")
    monkeypatch.setenv("TF_VAR_database_password", "x")
    working = reader(tmp_path, HERE)
    before = (working / "development.tfstate").read_bytes()
    statuses = [run.out for words, run in run_all(of("docs/phases.md"), working) if words[:2] == ["migrate", "status"]]
    assert "rolled_back" in statuses[-1]
    assert (working / "development.tfstate").read_bytes() != before  # the serial went on
