"""A change of a tree as a unified diff that `git apply` takes.

difflib alone takes quadratic time over a file of 50,000 lines, so lines that occur once on both sides divide it first
(the idea of Bram Cohen's patience diff).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from tfhoist.configuration.load import Tree

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SHORT = 400
_CONTEXT = 3
_LARGEST = 4_000_000
"""Pairs of lines that are compared between two anchors; a larger stretch is shown as replaced whole."""

Opcode = tuple[str, int, int, int, int]


def patch(before: Tree, after: Tree) -> bytes:
    """The change from one tree to another."""
    pieces: list[str] = []
    for path in sorted(set(before) | set(after)):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        pieces.append(f"diff --git a/{path} b/{path}\n")
        if old is None:
            pieces.append("new file mode 100644\n")
        elif new is None:
            pieces.append("deleted file mode 100644\n")
        hunks = list(_hunks(_lines(old or b""), _lines(new or b"")))
        if hunks:
            pieces.append(f"--- {'/dev/null' if old is None else f'a/{path}'}\n")
            pieces.append(f"+++ {'/dev/null' if new is None else f'b/{path}'}\n")
            pieces += hunks
    return "".join(pieces).encode("utf-8", "surrogateescape")


def _lines(content: bytes) -> list[str]:
    return _LINE.findall(content.decode("utf-8", "surrogateescape"))


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    for group in _Decided(list(opcodes(old, new))).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@\n"
        for tag, start, end, other_start, other_end in group:
            if tag == "equal":
                yield from (_shown(" ", line) for line in old[start:end])
            else:
                yield from (_shown("-", line) for line in old[start:end])
                yield from (_shown("+", line) for line in new[other_start:other_end])


class _Decided(SequenceMatcher[str]):
    """difflib's grouping into hunks, over opcodes that are known already."""

    def __init__(self, decided: list[Opcode]) -> None:
        super().__init__(None, "", "")
        self._decided = decided

    def get_opcodes(self) -> list[Any]:
        """The known opcodes."""
        return self._decided


def _span(start: int, end: int) -> str:
    length = end - start
    return f"{start + 1 if length else start},{length}"


def _shown(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def opcodes(old: list[str], new: list[str]) -> Iterator[Opcode]:
    """Equal and changed stretches in order, as difflib has them; neighbours are never both equal."""
    equal_start, equal_other = 0, 0
    position, other = 0, 0
    for start, other_start, length in _matches(old, new):
        if start == position and other_start == other:
            position, other = start + length, other_start + length
            continue
        if position > equal_start:
            yield "equal", equal_start, position, equal_other, other
        yield "replace", position, start, other, other_start
        equal_start, equal_other = start, other_start
        position, other = start + length, other_start + length
    if position > equal_start:
        yield "equal", equal_start, position, equal_other, other
    if position < len(old) or other < len(new):
        yield "replace", position, len(old), other, len(new)


def _matches(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int]]:
    """Equal stretches: begin in the old lines, begin in the new ones, length; in order."""
    start, other_start = 0, 0
    for anchor, other_anchor in [*_anchors(old, new), (len(old), len(new))]:
        first, last = start, anchor
        other_first, other_last = other_start, other_anchor
        while first < last and other_first < other_last and old[first] == new[other_first]:
            first, other_first = first + 1, other_first + 1
        while first < last and other_first < other_last and old[last - 1] == new[other_last - 1]:
            last, other_last = last - 1, other_last - 1
        if first > start:
            yield start, other_start, first - start
        if 0 < (last - first) * (other_last - other_first) <= _LARGEST:
            matcher = SequenceMatcher(None, old[first:last], new[other_first:other_last], autojunk=False)
            for block in matcher.get_matching_blocks():
                if block.size:
                    yield first + block.a, other_first + block.b, block.size
        if last < anchor:
            yield last, other_last, anchor - last
        if anchor < len(old):
            yield anchor, other_anchor, 1
        start, other_start = anchor + 1, other_anchor + 1


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Lines that occur once on both sides, as many as have the same order; none for short files."""
    if len(old) + len(new) < _SHORT:
        return []
    counts, other_counts = Counter(old), Counter(new)
    places = {line: number for number, line in enumerate(new) if other_counts[line] == 1}
    pairs = [(number, places[line]) for number, line in enumerate(old) if counts[line] == 1 and line in places]
    tails: list[int] = []  # the longest increasing subsequence of the second numbers
    heads: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(heads[length - 1] if length else -1)
        if length == len(tails):
            tails.append(place)
            heads.append(index)
        else:
            tails[length], heads[length] = place, index
    chain: list[tuple[int, int]] = []
    index = heads[-1] if heads else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
