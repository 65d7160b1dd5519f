"""Edits by bytes: what no edit covers stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tfhoist.hcl.bodies import Attribute, Block


class Edit(NamedTuple):
    """Replace the bytes from `start` up to `end` (excluded)."""

    start: int
    end: int
    text: bytes


def apply_edits(source: bytes, edits: Iterable[Edit]) -> bytes:
    """The source with all edits applied; raises `ValueError` when two overlap (two insertions at one place do too)."""
    pieces: list[bytes] = []
    position = 0
    last: Edit | None = None
    for edit in sorted(set(edits)):
        if edit.start < position or (last is not None and edit.start == last.start):
            raise ValueError(f"edits overlap at byte {edit.start}")
        if not edit.start <= edit.end <= len(source):
            raise ValueError(f"an edit outside the source at byte {edit.start}")
        pieces += (source[position : edit.start], edit.text)
        position, last = edit.end, edit
    pieces.append(source[position:])
    return b"".join(pieces)


def insertion(source: bytes, block: Block, text: bytes, *, first: bool = False) -> list[Edit]:
    """The edits that put whole lines into a block, at its beginning or end; a block on one line is opened up."""
    single = b"\n" not in source[block.open : block.close]
    inside = bool(source[block.open + 1 : block.close].strip())
    if not single:
        at = block.open + 1 if first else block.close
        if first:
            return [Edit(at, at, b"\n" + text.rstrip(b"\n"))]
        line = source.rfind(b"\n", 0, at) + 1
        return [Edit(line, line, text)] if not source[line:at].strip() else [Edit(at, at, b"\n" + text)]
    if not inside:
        return [Edit(block.open + 1, block.close, b"\n" + text)]
    if first:
        return [Edit(block.open + 1, block.open + 1, b"\n" + text), Edit(block.close, block.close, b"\n")]
    return [Edit(block.open + 1, block.open + 1, b"\n"), Edit(block.close, block.close, b"\n" + text)]


_COMMENT_LINE = re.compile(rb"[ \t]*(?:#|//)[^\n]*\n\Z")


def with_comments(source: bytes, start: int) -> int:
    """Where the comment lines right above the thing at `start` begin (no blank line between), or its line's start."""
    line = source.rfind(b"\n", 0, start) + 1
    if source[line:start].strip():
        return start
    while line > 0:
        above = _block_comment(source, line)
        if above is not None:
            line = above
            continue
        above = source.rfind(b"\n", 0, line - 1) + 1
        if _COMMENT_LINE.match(source[above:line]) is None or _is_banner(source[above:line]):
            return line
        line = above
    return line


def _block_comment(source: bytes, line: int) -> int | None:
    """Where the lines of a `/* */` comment begin that ends right above `line` and has them to itself."""
    text = source[:line].rstrip(b" \t\r\n")
    if not text.endswith(b"*/") or source.count(b"\n", len(text), line) != 1:
        return None
    start = source.rfind(b"/*", 0, len(text))
    first = source.rfind(b"\n", 0, max(start, 0)) + 1
    if start < 0 or b"*/" in source[start : len(text) - 2] or source[first:start].strip():
        return None
    return first


def _is_banner(line: bytes) -> bool:
    """A ruler such as `# ======`: it belongs to a section, not to the block below."""
    text = line.strip().lstrip(b"#/").strip()
    return len(text) >= 4 and not text.strip(b"=-*#~")


def removal(source: bytes, thing: Block | Attribute) -> Edit:
    """The edit that takes a block or an argument out: its comments, its line, and one of two blank lines around it."""
    start = with_comments(source, thing.start)
    end = thing.end
    newline = source.find(b"\n", end)
    rest = source[end : newline if newline >= 0 else len(source)]
    if not rest.strip() or rest.strip().startswith((b"#", b"//")):
        end = newline + 1 if newline >= 0 else len(source)
    if _blank_before(source, start):
        while end < len(source):
            following = source.find(b"\n", end)
            if following < 0 or source[end:following].strip():
                break
            end = following + 1
        if source[end:].lstrip(b" \t").startswith(b"}"):
            start = _without_blank_lines(source, start)
    return Edit(start, end, b"")


def _without_blank_lines(source: bytes, start: int) -> int:
    """Where the blank lines above `start` begin: none is left in front of a closing brace."""
    while start > 0:
        above = source.rfind(b"\n", 0, start - 1) + 1
        if source[above:start].strip():
            break
        start = above
    return start


def _blank_before(source: bytes, start: int) -> bool:
    if start == 0:
        return True
    line = source.rfind(b"\n", 0, start - 1) + 1
    return not source[line:start].strip()
