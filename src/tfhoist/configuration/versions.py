"""Version constraints: which ones a text states, and whether some version satisfies several of them.

Source: documentation page "Version Constraints". Pre-releases, which only an exact constraint admits, are taken by their
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_PART = re.compile(r"\s*(=|!=|>=|>|<=|<|~>)?\s*v?(\d+(?:\.\d+)*)(?:-[\w.-]+)?(?:\+[\w.-]+)?\s*\Z")
_LENGTH = 3

Version = tuple[int, ...]


class Bound(NamedTuple):
    """One end of an interval of versions."""

    version: Version
    inclusive: bool


class Constraint(NamedTuple):
    """What one constraint admits: from `lower` to `upper` (None: without an end), or anything but `excluded`."""

    lower: Bound | None = None
    upper: Bound | None = None
    excluded: Version | None = None


def parse_version(text: str) -> Version:
    """`1.2` as (1, 2, 0)."""
    numbers = tuple(int(number) for number in text.split("."))
    return numbers + (0,) * (_LENGTH - len(numbers))


def parse_constraints(text: str) -> tuple[Constraint, ...] | None:
    """The constraints of a text such as `>= 1.2, < 2.0`; None when it can't be read."""
    if not text.strip():
        return ()
    found: list[Constraint] = []
    for part in text.split(","):
        match = _PART.match(part)
        if match is None:
            return None
        operator, written = match.group(1) or "=", match.group(2)
        version = parse_version(written)
        if operator == "=":
            found.append(Constraint(Bound(version, True), Bound(version, True)))
        elif operator == "!=":
            found.append(Constraint(excluded=version))
        elif operator in (">", ">="):
            found.append(Constraint(lower=Bound(version, operator == ">=")))
        elif operator in ("<", "<="):
            found.append(Constraint(upper=Bound(version, operator == "<=")))
        else:
            kept = max(written.count("."), 1)  # the last number may grow
            above = (*version[: kept - 1], version[kept - 1] + 1)
            upper = above + (0,) * (len(version) - len(above))
            found.append(Constraint(Bound(version, True), Bound(upper, False)))
    return tuple(found)


class Range(NamedTuple):
    """The versions that satisfy several constraints: from `lower` to `upper` (None: without an end), without some."""

    lower: Bound
    upper: Bound | None
    excluded: frozenset[Version]


def admitted(texts: Iterable[str]) -> Range | None:
    """The versions that satisfy all of the texts' constraints; None when one of them can't be read."""
    lower, upper = Bound((0,) * _LENGTH, True), None
    excluded: set[Version] = set()
    for text in texts:
        constraints = parse_constraints(text)
        if constraints is None:
            return None
        for constraint in constraints:
            if constraint.excluded is not None:
                excluded.add(constraint.excluded)
            if constraint.lower is not None:
                lower = max(lower, constraint.lower, key=lambda bound: (bound.version, not bound.inclusive))
            if constraint.upper is not None:
                upper = (
                    constraint.upper
                    if upper is None
                    else min(upper, constraint.upper, key=lambda bound: (bound.version, bound.inclusive))
                )
    return Range(lower, upper, frozenset(excluded))


def compatible(texts: Iterable[str]) -> bool | None:
    """Whether some version satisfies all of the texts' constraints; None when one of them can't be read."""
    found = admitted(texts)
    if found is None:
        return None
    lower, upper, excluded = found
    if upper is None or lower.version < upper.version:
        return True
    return lower.version == upper.version and lower.inclusive and upper.inclusive and lower.version not in excluded
