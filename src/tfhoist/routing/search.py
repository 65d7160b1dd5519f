"""Is there a request that some rules take and others don't? Answered exactly, with the request.

What a rule takes is a product: a set of hosts times a set of paths, methods, addresses, and so on. In each dimension apart,
only the values that few of the other rules take are of interest (the smallest sets of them); a request that none of them takes
is a choice of one such value a dimension, so that each other rule misses one. Header fields and the pairs of a query string may
be there or not, and several times: a condition holds when one of them fits, so the fewest that the wanted rules ask for do.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from tfhoist.routing.globs import Glob, contains, meet, minimal_words, pair, parse, takes
from tfhoist.routing.model import Condition, Kind, Request, Rule
from tfhoist.routing.spaces import HEADER_VALUES, HOSTS, PAIRS, PATHS, SEPARATOR, Space
from tfhoist.routing.work import Exhausted, Work

MOST_CHOICES = 2_000
"""Choices of a dimension, or of several put together, that are kept; beyond, nothing is decided."""

_SPACES = {Kind.HOST: HOSTS, Kind.PATH: PATHS, Kind.HEADER: HEADER_VALUES, Kind.QUERY: PAIRS}
_PLAIN = {Kind.HOST: "any.example.com", Kind.PATH: "/", Kind.METHOD: "GET", Kind.SOURCE_IP: "198.51.100.7"}
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_FOURTH, _SIXTH = 1 << 32, 1 << 128

_EVERYTHING = {Kind.HOST: Condition(Kind.HOST, ("*",)), Kind.PATH: Condition(Kind.PATH, ("*",))}

Chosen = TypeVar("Chosen")
Dimension = tuple[Kind, str]
"""A kind of condition; header fields are dimensions of their own, by their names."""


class Choice(NamedTuple):
    """A value of one dimension (of several: by dimension), and the rules that take it, as bits."""

    value: object
    taken: int


@lru_cache(maxsize=100_000)
def globs_of(condition: Condition) -> tuple[Glob, ...]:
    """The patterns of a condition on text, folded where AWS compares without case."""
    if condition.kind is Kind.QUERY:
        return tuple(pair(key.lower() if key is not None else None, value.lower()) for key, value in condition.pairs)
    fold = condition.kind is not Kind.PATH
    return tuple(parse(value.lower() if fold else value) for value in condition.values)


@lru_cache(maxsize=100_000)
def networks_of(condition: Condition) -> tuple[tuple[int, int], ...]:
    """Half-open ranges of numbers: IPv4 addresses as they are, IPv6 behind them."""
    found = []
    for value in condition.values:
        network = ipaddress.ip_network(value, strict=False)
        base = 0 if network.version == 4 else _FOURTH
        first = int(network.network_address) + base
        found.append((first, first + network.num_addresses))
    return tuple(found)


def dimension_of(condition: Condition) -> Dimension:
    """The dimension that a condition is about."""
    return condition.kind, condition.name.lower() if condition.kind is Kind.HEADER else ""


def find(
    wanted: Sequence[Rule], others: Sequence[Rule], work: Work, *, ipv6: bool = False, scheme: str = "https"
) -> Request | None:
    """A request that meets all known conditions of `wanted`, and not all of any of `others`; None when there is none.

    Raises `Exhausted` when the budget doesn't tell.
    """
    conditions = [condition for rule in wanted for condition in rule.conditions]
    everything = (1 << len(others)) - 1
    if any(not rule.conditions for rule in others):
        return None
    by_dimension: dict[Dimension, list[Condition]] = {}
    for condition in conditions:
        by_dimension.setdefault(dimension_of(condition), []).append(condition)
    missed: dict[Dimension, list[tuple[int, Condition]]] = {}
    for number, rule in enumerate(others):
        for condition in rule.conditions:
            missed.setdefault(dimension_of(condition), []).append((number, condition))
    dimensions = sorted({*by_dimension, *missed}, key=lambda one: (_ORDER[one[0]], one[1]))
    chosen: list[tuple[dict[Dimension, object], int]] = [({}, everything)]
    for dimension in dimensions:
        asked, against = by_dimension.get(dimension, []), missed.get(dimension, [])
        still = 0
        for _, taken in chosen:
            still |= taken
        against = [(number, condition) for number, condition in against if still >> number & 1]
        choices = _choices(dimension, asked, against, everything, work, ipv6=ipv6)
        if not choices:
            return None
        chosen = _smallest(
            (
                ({**values, dimension: choice.value}, taken & choice.taken)
                for values, taken in chosen
                for choice in choices
            ),
            lambda pair: pair[1],
            work,
        )
    free = next((values for values, taken in chosen if not taken), None)
    return _request(free, scheme) if free is not None else None


_ORDER = {Kind.METHOD: 0, Kind.SOURCE_IP: 1, Kind.HOST: 2, Kind.PATH: 3, Kind.HEADER: 4, Kind.QUERY: 5}


def _smallest(found: Iterable[Chosen], taken_by: Callable[[Chosen], int], work: Work) -> list[Chosen]:
    """Those that no other takes less than."""
    distinct: dict[int, Chosen] = {}
    for one in found:
        work.spend()
        distinct.setdefault(taken_by(one), one)
    kept: list[tuple[int, Chosen]] = []
    for taken in sorted(distinct, key=int.bit_count):
        work.spend(1 + len(kept) // 16)
        if not any(before & taken == before for before, _ in kept):
            kept.append((taken, distinct[taken]))
            if len(kept) > MOST_CHOICES:
                raise Exhausted
    return [one for _, one in kept]


def _choices(
    dimension: Dimension,
    asked: Sequence[Condition],
    against: Sequence[tuple[int, Condition]],
    everything: int,
    work: Work,
    *,
    ipv6: bool,
) -> list[Choice]:
    """The values of one dimension that all of `asked` hold for, with the smallest sets of rules that miss none by it."""
    kind = dimension[0]
    conditions = list(dict.fromkeys(condition for _, condition in against))
    numbers = {condition: number for number, condition in enumerate(conditions)}
    needs: dict[int, int] = {}  # rule to its conditions here
    for rule, condition in against:
        needs[rule] = needs.get(rule, 0) | 1 << numbers[condition]
    free = everything
    single = [0] * len(conditions)
    several: list[tuple[int, int]] = []
    for rule, need in needs.items():
        free &= ~(1 << rule)
        if need & (need - 1):
            several.append((1 << rule, need))
        else:
            single[need.bit_length() - 1] |= 1 << rule

    def rules(held: int) -> int:
        taken = free
        left = held
        while left:
            lowest = left & -left
            taken |= single[lowest.bit_length() - 1]
            left ^= lowest
        for bit, need in several:
            if held & need == need:
                taken |= bit
        return taken

    found: list[tuple[object, int]]
    if kind in (Kind.HEADER, Kind.QUERY):
        found = _sent(kind, asked, conditions, work)
    elif kind is Kind.METHOD:
        found = _methods(asked, conditions)
    elif kind is Kind.SOURCE_IP:
        found = _addresses(asked, conditions, work, ipv6=ipv6)
    elif not asked and not any(takes(glob, _PLAIN[kind]) for condition in conditions for glob in globs_of(condition)):
        found = [(_PLAIN[kind], 0)]  # nobody asks for anything here: the plainest value reads best
    else:
        globs = [globs_of(condition) for condition in conditions]
        words = minimal_words(_SPACES[kind], [globs_of(condition) for condition in asked], globs, work)
        found = [(word.text, word.taken) for word in words]
    return _smallest((Choice(value, rules(held)) for value, held in found), lambda choice: choice.taken, work)


def _methods(asked: Sequence[Condition], conditions: Sequence[Condition]) -> list[tuple[object, int]]:
    named = [value for condition in (*asked, *conditions) for value in condition.values]
    fresh = next(f"METHOD-{n}" for n in range(len(named) + 1) if f"METHOD-{n}" not in named)
    return [
        (method, _held(conditions, lambda condition, m=method: m in condition.values))  # type: ignore[misc]
        for method in dict.fromkeys((*_METHODS, *named, fresh))
        if all(method in condition.values for condition in asked)
    ]


def _held(conditions: Sequence[Condition], test: Callable[[Condition], bool]) -> int:
    return sum(1 << number for number, condition in enumerate(conditions) if test(condition))


def _addresses(
    asked: Sequence[Condition], conditions: Sequence[Condition], work: Work, *, ipv6: bool
) -> list[tuple[object, int]]:
    end = _FOURTH + _SIXTH if ipv6 else _FOURTH
    plain = int(ipaddress.ip_address(_PLAIN[Kind.SOURCE_IP]))
    edges = {plain, 0, _FOURTH}
    for condition in (*asked, *conditions):
        for first, last in networks_of(condition):
            edges.update((first, last))
    found: list[tuple[object, int]] = []
    for edge in sorted(edges, key=lambda edge: (edge != plain, edge)):
        work.spend(1 + (len(asked) + len(conditions)) // 8)
        if edge < end and all(_within(condition, edge) for condition in asked):
            held = _held(conditions, lambda condition, e=edge: _within(condition, e))  # type: ignore[misc]
            found.append((_address(edge), held))
    return found


def _within(condition: Condition, number: int) -> bool:
    return any(first <= number < last for first, last in networks_of(condition))


def _address(number: int) -> str:
    return str(ipaddress.IPv4Address(number) if number < _FOURTH else ipaddress.IPv6Address(number - _FOURTH))


def _sent(
    kind: Kind, asked: Sequence[Condition], conditions: Sequence[Condition], work: Work
) -> list[tuple[object, int]]:
    """Header values or pairs that are sent: one for each condition that is asked for, none where nothing is."""
    globs = [globs_of(condition) for condition in conditions]
    found: list[tuple[tuple[str, ...], int]] = [((), 0)]
    for condition in dict.fromkeys(asked):
        words = minimal_words(_SPACES[kind], [globs_of(condition)], globs, work)
        found = _smallest(
            ((values if word.text in values else (*values, word.text), held | word.taken)
             for values, held in found for word in words),
            lambda pair: pair[1],
            work,
        )  # fmt: skip
    distinct = list(dict.fromkeys(asked))
    if len(distinct) < 2:
        return list(found)
    together = minimal_words(_SPACES[kind], [globs_of(condition) for condition in distinct], globs, work)
    ones = (((word.text,), word.taken) for word in together)  # one value for all of them reads better than one for each
    return list(_smallest(chain(ones, found), lambda pair: pair[1], work))


def _request(values: dict[Dimension, object], scheme: str) -> Request:
    headers: dict[str, tuple[str, ...]] = {}
    query: tuple[tuple[str, str], ...] = ()
    plain = dict(_PLAIN)
    for (kind, name), value in values.items():
        if kind is Kind.HEADER and isinstance(value, tuple):
            if value:
                headers[name] = value
        elif kind is Kind.QUERY and isinstance(value, tuple):
            query = tuple((key, rest) for key, _, rest in (word.partition(SEPARATOR) for word in value))
        else:
            plain[kind] = str(value)
    return Request(
        scheme, plain[Kind.HOST], plain[Kind.PATH], plain[Kind.METHOD], headers, query, plain[Kind.SOURCE_IP]
    )


class Pairs:
    """Rules pair by pair: which can take one request together, and whether one takes all that another does.

    Every text of a header or query can be sent beside another, so only hosts, paths, methods and addresses can part rules.
    """

    def __init__(self, rules: Sequence[Rule], work: Work) -> None:
        self.rules = rules
        self.work = work
        everything = (1 << len(rules)) - 1
        self._with = [everything & ~(1 << number) for number in range(len(rules))]
        self._contained: dict[tuple[Condition, Condition], bool] = {}
        for kind in (Kind.METHOD, Kind.SOURCE_IP, Kind.HOST, Kind.PATH):
            self._part(kind)

    def meeting(self, number: int) -> int:
        """The rules that meet a rule, as bits; some more where the budget didn't tell."""
        return self._with[number]

    def within(self, inner: Rule, outer: Rule) -> bool:
        """Whether one rule's known conditions ask for all that another's do, one by one; False also where that's unclear."""
        return all(
            any(
                self._holds_within(one, condition)
                for one in (*inner.conditions, *(w for w in (_EVERYTHING.get(condition.kind),) if w is not None))
                if dimension_of(one) == dimension_of(condition)
            )
            for condition in outer.conditions
        )

    def _holds_within(self, inner: Condition, outer: Condition) -> bool:
        if inner == outer:
            return True
        known = self._contained.get((inner, outer))
        if known is None:
            known = self._contained[inner, outer] = condition_within(inner, outer, self.work)
        return known

    def _part(self, kind: Kind) -> None:
        holders: dict[Condition, int] = {}
        for number, rule in enumerate(self.rules):
            for condition in rule.conditions:
                if condition.kind is kind:
                    holders[condition] = holders.get(condition, 0) | 1 << number
        conditions = list(holders)
        free = (1 << len(self.rules)) - 1
        for held in holders.values():
            free &= ~held
        for first, second_ones in enumerate(_meetings(kind, conditions, self.work)):
            together = free
            for second in second_ones:
                together |= holders[conditions[second]]
            left = holders[conditions[first]]
            while left:
                lowest = left & -left
                self._with[lowest.bit_length() - 1] &= together
                left ^= lowest


def _meetings(kind: Kind, conditions: Sequence[Condition], work: Work) -> list[set[int]]:
    """For each condition of one kind, those that it can hold together with (itself, when it can hold at all)."""
    found: list[set[int]] = [set() for _ in conditions]
    if kind in (Kind.METHOD, Kind.SOURCE_IP):
        for first, one in enumerate(conditions):
            work.spend(1 + first // 4)
            for second in range(first + 1):
                if conditions_meet(one, conditions[second], work):
                    found[first].add(second)
                    found[second].add(first)
        return found
    # Two patterns meet only when the literal beginning of one begins with the other's: so each looks its beginnings up.
    begin: dict[str, list[tuple[int, Glob]]] = {}
    for number, condition in enumerate(conditions):
        for glob in globs_of(condition):
            begin.setdefault(glob.prefix, []).append((number, glob))
    for first, one in enumerate(conditions):
        for glob in globs_of(one):
            prefix = glob.prefix
            for length in range(len(prefix) + 1):
                for second, other in begin.get(prefix[:length], ()):
                    work.spend()
                    if second not in found[first] and (
                        glob == other or _patterns_meet(_SPACES[kind], glob, other, work)
                    ):
                        found[first].add(second)
                        found[second].add(first)
    return found


def _patterns_meet(space: Space, one: Glob, other: Glob, work: Work) -> bool:
    """Whether two patterns meet. True where the budget doesn't tell: then both are looked at more closely."""
    part = work.part(5_000)
    try:
        return meet(space, one, other, part)
    except Exhausted:
        return True
    finally:
        work.settle(part, 5_000)


def conditions_meet(one: Condition, other: Condition, work: Work) -> bool:
    """Whether two conditions of one kind can hold for one host, path, method or address. True where the budget doesn't tell."""
    if one.kind is Kind.METHOD:
        return not set(one.values).isdisjoint(other.values)
    if one.kind is Kind.SOURCE_IP:
        return any(a < d and c < b for a, b in networks_of(one) for c, d in networks_of(other))
    space = _SPACES[one.kind]
    return any(_patterns_meet(space, left, right, work) for left in globs_of(one) for right in globs_of(other))


def condition_within(inner: Condition, outer: Condition, work: Work) -> bool:
    """Whether one condition holds wherever another of its dimension does. False where the budget doesn't tell."""
    if inner.kind is Kind.METHOD:
        return set(inner.values) <= set(outer.values)
    if inner.kind is Kind.SOURCE_IP:
        ranges = networks_of(outer)
        return all(any(a <= c and d <= b for a, b in ranges) for c, d in networks_of(inner))
    part = work.part(5_000)
    try:
        return contains(_SPACES[inner.kind], globs_of(outer), globs_of(inner), part)
    except Exhausted:
        return False
    finally:
        work.settle(part, 5_000)
