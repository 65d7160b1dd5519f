"""What an entry of the registry document says, read tolerantly: what people wrote otherwise is named by its line, and stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tfhoist.registry.document import entries

_SECTIONS = {
    "path prefixes": "paths", "paths": "paths", "path": "paths", "path prefix": "paths", "dns": "dns", "dns names": "dns",
    "hosts": "dns", "provisioned resources": "resources", "resources": "resources", "owner": "owner", "owners": "owner",
    "contact": "contact", "contacts": "contact", "integration points": "integration",
}  # fmt: skip
_NONE = re.compile(r"\s*(none|n/a|-)?\s*\.?\s*\Z", re.IGNORECASE)


class ReadEntry(NamedTuple):
    """One entry: its service, the line of its heading (from 1), and what it says; `unread` are lines, each with why."""

    service: str
    line: int
    paths: tuple[tuple[str, int], ...]
    dns: tuple[tuple[str, int], ...]
    owner: str
    contact: str
    unread: tuple[tuple[int, str], ...]


def read_entries(document: str) -> list[ReadEntry]:
    """The entries of a document, in its order."""
    lines = document.splitlines()
    found = []
    for entry in entries("\n".join(lines) + "\n"):
        body = "\n".join(lines[entry.start + 1 : entry.end]) + "\n"
        found.append(_read(entry.service, entry.start + 1, body))
    return found


def _read(service: str, line: int, body: str) -> ReadEntry:
    values: dict[str, list[tuple[str, int]]] = {"paths": [], "dns": [], "owner": [], "contact": []}
    unread: list[tuple[int, str]] = []
    section = ""
    inside = 0
    for token in MarkdownIt("commonmark").parse(body):
        if token.type == "list_item_open":
            inside += 1
        elif token.type == "list_item_close":
            inside -= 1
        elif token.type in ("heading_open", "fence", "code_block", "html_block", "blockquote_open") and token.map:
            unread.append(
                (line + 1 + token.map[0], f"{token.type.removesuffix('_open').replace('_', ' ')} inside an entry")
            )
        if token.type != "inline" or token.map is None:
            continue
        for offset, children in enumerate(_lines(token.children or [])):
            here = line + 1 + token.map[0] + offset
            label, rest = _labelled(children)
            if label is not None and inside == 0:
                section = _SECTIONS.get(label.strip().rstrip(":").lower(), "")
                if not section:
                    unread.append((here, f"a section that isn't known: {label.strip()[:60]}"))
                children = rest
            _take(section, children, here, inside, values, unread)
    first = {name: found[0][0] if found else "" for name, found in values.items()}
    return ReadEntry(
        service, line, tuple(values["paths"]), tuple(values["dns"]), first["owner"], first["contact"], tuple(unread)
    )


def _take(
    section: str,
    children: Sequence[Token],
    line: int,
    inside: int,
    values: dict[str, list[tuple[str, int]]],
    unread: list[tuple[int, str]],
) -> None:
    codes = [child.content for child in children if child.type == "code_inline"]
    text = "".join(child.content for child in children if child.type in ("text", "text_special", "code_inline")).strip()
    if section in ("owner", "contact"):
        said = codes[0] if codes else text.lstrip(": ").strip()
        if said and said.lower() != "not given":
            values[section].append((said, line))
    elif section == "paths" and inside:
        named = [code for code in codes if code.startswith(("/", "*"))]
        values["paths"] += [(code, line) for code in named]
        if not named and not _NONE.match(text):
            unread.append((line, "a path line without a path in backticks"))
    elif section == "dns" and inside:
        values["dns"] += [(code.lower().rstrip("."), line) for code in codes if "." in code and " " not in code]
    elif not section and text and inside:
        unread.append((line, "an item outside of every section"))


def _lines(children: Sequence[Token]) -> list[list[Token]]:
    """The children by the lines that they stand on."""
    found: list[list[Token]] = [[]]
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            found.append([])
        else:
            found[-1].append(child)
    return found


def _labelled(children: Sequence[Token]) -> tuple[str | None, list[Token]]:
    """The bold label that a line begins with, and what follows it."""
    kept = [child for child in children if not (child.type == "text" and not child.content.strip())]
    if len(kept) < 3 or kept[0].type != "strong_open":
        return None, list(children)
    label = ""
    for index, child in enumerate(kept[1:], 1):
        if child.type == "strong_close":
            return label, kept[index + 1 :]
        label += child.content
    return None, list(children)
