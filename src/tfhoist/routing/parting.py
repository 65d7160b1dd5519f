"""Rules that only a request with one header field, or one key of the query, sent twice would meet together.

A load balancer takes such a request, so the exact answers count it; between people, a header with two values is no conflict.
"""

from __future__ import annotations

from tfhoist.routing.globs import meet, parse
from tfhoist.routing.model import Condition, Kind, Rule
from tfhoist.routing.search import dimension_of
from tfhoist.routing.spaces import HEADER_VALUES
from tfhoist.routing.work import Exhausted, Work

STEPS = 5_000


def parted(one: Rule, other: Rule) -> bool:
    """Whether two rules ask for different values of one header, or of one key of the query. False where that isn't decided."""
    work = Work(STEPS)
    try:
        return any(
            dimension_of(left) == dimension_of(right)
            and (left.kind is Kind.HEADER or left.kind is Kind.QUERY)
            and not _together(left, right, work)
            for left in one.conditions
            for right in other.conditions
        )
    except Exhausted:
        return False


def _together(left: Condition, right: Condition, work: Work) -> bool:
    if left.kind is Kind.HEADER:
        return any(_meet(a, b, work, escapes=False) for a in left.values for b in right.values)
    return any(
        not _same_key(one, other) or _meet(mine, theirs, work, escapes=True)
        for one, mine in left.pairs
        for other, theirs in right.pairs
    )


def _same_key(one: str | None, other: str | None) -> bool:
    """Whether two pairs are about one key for certain: a pattern may be about another."""
    return one is not None and other is not None and one.lower() == other.lower() and not set("*?") & set(one)


def _meet(one: str, other: str, work: Work, *, escapes: bool) -> bool:
    left, right = parse(one.lower(), escapes=escapes), parse(other.lower(), escapes=escapes)
    return meet(HEADER_VALUES, left, right, work)
