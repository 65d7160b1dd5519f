"""The registry document of the central repository: a new entry goes in, every line that is there stays."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from tfhoist.errors import UsageError
from tfhoist.registry.entry import RegistryEntry, render_entry

INTRODUCTION = """\
# Resource registry

Who owns what. Before you claim a path, a host name or a resource name, look here for it; a claim that somebody else has
already made is settled between the two owners.
"""

_HEADING = re.compile(r"Service:\s*(.+?)\s*\Z")


class ExistingEntry(NamedTuple):
    """An entry of a document: the service, and its lines from the heading up to `end` (excluded)."""

    service: str
    start: int
    end: int


def entries(document: str) -> list[ExistingEntry]:
    """The entries of a document, in its order.

    An entry begins with a heading `Service: NAME` of any level, and ends before the next heading of the same level or above.
    What only looks like a heading, in a code block or a comment, is none.
    """
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(document)
    headings: list[tuple[int, int, str]] = []
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map is not None:
            headings.append((token.map[0], int(token.tag[1:]), _plain(following)))
    total = len(document.splitlines())
    found: list[ExistingEntry] = []
    for number, (line, level, text) in enumerate(headings):
        match = _HEADING.match(text)
        if match is not None:
            end = next((other for other, its, _ in headings[number + 1 :] if its <= level), total)
            found.append(ExistingEntry(match.group(1), line, end))
    return found


def _plain(inline: object) -> str:
    """A heading's text without its markup."""
    children = getattr(inline, "children", None) or []
    return "".join(
        child.content if child.type in ("text", "code_inline", "text_special") else " " for child in children
    )


def add_entry(document: str | None, entry: RegistryEntry) -> str:
    """The document with the entry behind the last one of another service, or at the end where there's none.

    Every existing line stays as it is, with its own line ends. An entry of the same service must be identical, and stays; a
    different one raises `UsageError`: somebody wrote it, and has to say what becomes of it.
    """
    rendered = render_entry(entry)
    if document is None or not document.strip():
        return f"{INTRODUCTION}\n{rendered}"
    newline = "\r\n" if "\r\n" in document else "\n"
    lines = re.split(r"(?<=\n)", document)  # as Markdown counts them, with their ends
    lines = lines if lines[-1] else lines[:-1]
    present = entries("".join(line.rstrip("\r\n") + "\n" for line in lines))
    wanted = " ".join(entry.service.split())
    for one in present:
        if " ".join(one.service.split()) != wanted:
            continue
        text = "".join(line.rstrip("\r\n") + "\n" for line in lines[one.start : one.end])
        if _same(text, rendered):
            return document
        raise UsageError(
            f"the resource registry already has an entry of {entry.service} (line {one.start + 1}), and it says something else.",
            "Take that entry out of the document, or run with another service name, and consolidate again.",
        )
    at = present[-1].end if present else len(lines)
    before = lines[:at]
    trailing = 0
    while before and not before[-1].strip():
        before.pop()
        trailing += 1
    head = "".join(before)
    if head and not head.endswith("\n"):
        head += newline
    block = newline + rendered.replace("\n", newline)
    rest = "".join(lines[len(before) :])
    return head + block + (rest if at < len(lines) else newline.join([""] * max(0, trailing)))


def put_entry(document: str | None, entry: RegistryEntry) -> str:
    """The document with the entry in the place of the service's old one, or added where there's none. All else stays."""
    if document is not None:
        newline = "\r\n" if "\r\n" in document else "\n"
        lines = re.split(r"(?<=\n)", document)
        lines = lines if lines[-1] else lines[:-1]
        present = entries("".join(line.rstrip("\r\n") + "\n" for line in lines))
        wanted = " ".join(entry.service.split())
        old = next((one for one in present if " ".join(one.service.split()) == wanted), None)
        if old is not None:
            end = old.end
            while end > old.start and not lines[end - 1].strip():
                end -= 1
            rendered = render_entry(entry).replace("\n", newline)
            return "".join(lines[: old.start]) + rendered + "".join(lines[end:])
    return add_entry(document, entry)


def _same(one: str, other: str) -> bool:
    """Whether two entries have the same lines, blanks at the ends and empty lines left out."""
    return [line.rstrip() for line in one.split("\n") if line.strip()] == [
        line.rstrip() for line in other.split("\n") if line.strip()
    ]
