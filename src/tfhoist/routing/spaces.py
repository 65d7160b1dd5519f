"""Which words can stand in a request at all: host names, paths, header values, pairs of a query string.

A space is a small automaton over its alphabet. Whether a rule can match is a question about such words only: each path begins
with `/`, so `/*` takes all of them. Letters are folded where AWS compares without case.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from typing import NamedTuple

SEPARATOR = "\0"
"""Stands between the key and the value of a query string's pair; no wildcard takes it."""

_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
_NICE = "x" + string.ascii_lowercase + string.digits + "-" + string.ascii_uppercase


class Space(NamedTuple):
    """Words over `alphabet`. `moves` leads from a place and a special character to a place, None for a dead end;

    `others` is where any other character leads, by place. `final` are the places where a word may end.
    """

    alphabet: str
    moves: tuple[dict[str, int | None], ...]
    others: tuple[int | None, ...]
    final: frozenset[int]
    start: int = 0

    def step(self, place: int, character: str) -> int | None:
        """The place after one more character; None when no word goes on so."""
        if character in self.moves[place]:
            return self.moves[place][character]
        return self.others[place]

    def accepts(self, place: int) -> bool:
        """Whether a word may end here."""
        return place in self.final

    def choices(self, place: int, named: Sequence[str]) -> Iterator[str]:
        """The characters that are worth trying: one for all that aren't named, then those that are."""
        distinct = dict.fromkeys((*named, *self.moves[place]))
        other = next((character for character in self.alphabet if character not in distinct), None)
        if other is not None:
            yield other
        for character in distinct:
            if character in self.alphabet or character == SEPARATOR:
                yield character

    def holds(self, word: str) -> bool:
        """Whether a word is one of these."""
        place = self.start
        for character in word:
            after = self.step(place, character) if character in self.alphabet or character == SEPARATOR else None
            if after is None:
                return False
            place = after
        return place in self.final


def _ordered(characters: str) -> str:
    """An alphabet with the characters first that read well in a witness."""
    return "".join(dict.fromkeys([c for c in _NICE if c in characters] + sorted(characters)))


_FOLDED = "".join(c for c in _VISIBLE if c not in string.ascii_uppercase)

HOSTS = Space(
    _ordered(string.ascii_lowercase + string.digits + "-_."), ({".": None}, {".": 0}), (1, 1), frozenset((1,))
)
"""Labels with dots between them, none of them empty; in small letters."""

PATHS = Space(_ordered("".join(c for c in _VISIBLE if c not in "?#")), ({"/": 1}, {}), (None, 1), frozenset((1,)))
"""What begins with `/`, in visible ASCII without what ends a path."""

HEADER_VALUES = Space(_ordered(_FOLDED) + " ", ({" ": None}, {" ": 2}, {" ": 2}), (1, 1, 1), frozenset((0, 1)))
"""Visible ASCII and blanks inside, in small letters; may be empty."""

PAIRS = Space(
    _ordered("".join(c for c in _FOLDED if c not in "&#")),
    ({SEPARATOR: None, "=": None}, {SEPARATOR: 2, "=": None}, {SEPARATOR: None}),
    (1, 1, 2),
    frozenset((2,)),
)
"""A key that isn't empty, the separator, and a value; in small letters."""
