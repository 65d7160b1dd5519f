"""What the rules of one listener come to: which can answer, which never do and why, and where their order decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from tfhoist.routing.model import Listener, Request, Rule, same_action
from tfhoist.routing.search import Pairs, find
from tfhoist.routing.work import Exhausted, Work

STEPS = 3_000_000
"""The budget of one listener."""

QUESTION = 60_000
"""The budget of one question."""

MOST_OVERLAPS = 200
"""Overlaps of one listener that are looked for; a table with more of them says so."""

Verdict = Literal["live", "shadowed", "undecided"]


class Judged(msgspec.Struct, frozen=True):
    """What becomes of a rule.

    A live one has a request that it answers. A shadowed one names the rules that take all of its requests before: each of them
    alone (`alone`), or all of them together; none where no request meets its own conditions. An undecided one says why.
    """

    rule: Rule
    status: Verdict
    shadowed_by: tuple[str, ...] = ()
    alone: bool = False
    witness: Request | None = None
    why: str = ""


class Overlap(msgspec.Struct, frozen=True):
    """Two rules that take one request and do different things; `first` answers. Neither takes all that the other does."""

    first: Rule
    second: Rule
    witness: Request


class Tie(msgspec.Struct, frozen=True):
    """Rules of one priority. The witness is a request that two of them take, where there's one."""

    priority: int
    rules: tuple[Rule, ...]
    witness: Request | None


class Analysis(msgspec.Struct, frozen=True):
    """All of it for one listener. `complete` is false where the budget ended the search for overlaps."""

    listener: Listener
    rules: tuple[Judged, ...]
    overlaps: tuple[Overlap, ...]
    ties: tuple[Tie, ...]
    complete: bool = True

    def of(self, address: str) -> Judged | None:
        """The verdict on a rule."""
        return next((judged for judged in self.rules if judged.rule.address == address), None)


class Decider:
    """Decides about one listener, within one budget."""

    def __init__(self, listener: Listener, steps: int = STEPS) -> None:
        self.listener = listener
        self.rules = listener.rules
        self.work = Work(steps)
        try:
            self.pairs: Pairs | None = Pairs(self.rules, self.work)
        except Exhausted:
            self.pairs = None

    def asked(self, wanted: Sequence[Rule], others: Sequence[Rule], *, widely: bool) -> tuple[Request | None, bool]:
        """A request that `wanted` take and `others` don't, and whether the answer is certain.

        `widely` also asks for requests that may not be possible, such as over IPv6 where nobody knows.
        """
        part = self.work.part(QUESTION)
        ipv6 = self.listener.ipv6 is not False if widely else self.listener.ipv6 is True
        try:
            return find(wanted, others, part, ipv6=ipv6, scheme=self.listener.scheme), True
        except Exhausted:
            return None, False
        finally:
            self.work.settle(part, QUESTION)

    def before(self, number: int) -> tuple[list[Rule], list[Rule]]:
        """The rules that are tried before one for certain, and those that may be or may take more than is known.

        Rules that can't take a request together with it are left out.
        """
        rule = self.rules[number]
        meeting = self.pairs.meeting(number) if self.pairs is not None else -1
        certain: list[Rule] = []
        possible: list[Rule] = []
        for other_number, other in enumerate(self.rules):
            if other_number == number or not meeting >> other_number & 1:
                continue
            if other.priority is None or rule.priority is None or other.priority == rule.priority:
                possible.append(other)
            elif other.priority < rule.priority:
                (possible if other.unknown else certain).append(other)
        return certain, possible

    def judge(self, number: int) -> Judged:
        """The verdict on one rule."""
        rule = self.rules[number]
        certain, possible = self.before(number)
        alone = [other.address for other in certain if self._within(rule, other)]
        if alone:
            return self._shadowed(rule, certain, alone)
        widest, decided = self.asked([rule], certain, widely=True)
        if widest is None:
            if not decided:
                return Judged(rule, "undecided", why="its patterns and those of the rules before it take too much work")
            return self._shadowed(rule, certain, [])
        if rule.unknown:
            return Judged(rule, "undecided", why=rule.unknown[0])
        if not possible and self.listener.ipv6 is not None:
            return Judged(rule, "live", witness=widest)
        witness, decided = self.asked([rule], [*certain, *possible], widely=False)
        if witness is not None:
            return Judged(rule, "live", witness=witness)
        if not decided:
            return Judged(rule, "undecided", why="its patterns and those of the rules before it take too much work")
        return Judged(rule, "undecided", why=self._open(rule, possible))

    def _open(self, rule: Rule, possible: Sequence[Rule]) -> str:
        equal = [other.address for other in possible if other.priority == rule.priority and rule.priority is not None]
        if equal:
            return (
                f"{', '.join(equal)} has the same priority"
                if len(equal) == 1
                else f"{', '.join(equal)} have the same priority"
            )
        if rule.priority is None:
            return "its priority isn't known"
        without = [other.address for other in possible if other.priority is None]
        if without:
            return f"the priority of {', '.join(without)} isn't known"
        unknown = [other.address for other in possible if other.unknown]
        return f"what {', '.join(unknown)} takes isn't known" if unknown else "it may answer over IPv6 only"

    def _within(self, inner: Rule, outer: Rule) -> bool:
        return self.pairs is not None and self.pairs.within(inner, outer)

    def _shadowed(self, rule: Rule, certain: Sequence[Rule], alone: Sequence[str]) -> Judged:
        own, _ = self.asked([rule], [], widely=True)
        if own is None:
            return Judged(rule, "shadowed", why="no request meets its conditions")
        if not alone:
            alone = [other.address for other in certain if self.asked([rule], [other], widely=True) == (None, True)]
        if alone:
            return Judged(rule, "shadowed", tuple(alone), alone=True, witness=own)
        needed = list(certain)
        for other in list(certain):
            fewer = [one for one in needed if one is not other]
            found, decided = self.asked([rule], fewer, widely=True)
            if found is None and decided:
                needed = fewer
        return Judged(rule, "shadowed", tuple(one.address for one in needed), witness=own)

    def ties(self) -> list[Tie]:
        """The priorities that several rules have."""
        found: dict[int, list[Rule]] = {}
        for rule in self.rules:
            if rule.priority is not None:
                found.setdefault(rule.priority, []).append(rule)
        return [
            Tie(priority, tuple(rules), self._common(rules))
            for priority, rules in sorted(found.items())
            if len(rules) > 1
        ]

    def _common(self, rules: Sequence[Rule]) -> Request | None:
        for index, one in enumerate(rules):
            for other in rules[:index]:
                if one.unknown or other.unknown:
                    continue
                earlier = [
                    rule
                    for rule in self.rules
                    if rule.priority is None or (one.priority is not None and rule.priority < one.priority)
                ]
                witness, _ = self.asked([other, one], earlier, widely=False)
                if witness is not None:
                    return witness
        return None

    def find_overlaps(self, judged: Sequence[Judged]) -> tuple[list[Overlap], bool]:
        """Live rules that take one request and do different things, where neither is the special case of the other."""
        found: list[Overlap] = []
        live = [one.status == "live" for one in judged]
        for second, rule in enumerate(self.rules):
            if rule.priority is None or not live[second]:
                continue
            for first in range(second):
                other = self.rules[first]
                if (
                    not live[first]
                    or (self.pairs is not None and not self.pairs.meeting(second) >> first & 1)
                    or other.priority is None
                    or other.priority >= rule.priority
                    or same_action(other.action, rule.action) is not False
                ):
                    continue
                if self.work.left < QUESTION or len(found) >= MOST_OVERLAPS:
                    return found, False
                if self._within(other, rule) or self.asked([other], [rule], widely=True)[0] is None:
                    continue  # the first is a special case of the second, as it should be
                earlier = [
                    one
                    for one in self.rules
                    if one is not other and one is not rule and (one.priority is None or one.priority < rule.priority)
                ]
                witness, _ = self.asked([other, rule], earlier, widely=False)
                if witness is not None:
                    found.append(Overlap(other, rule, witness))
        return found, True


def analyse(listener: Listener, steps: int = STEPS) -> Analysis:
    """Everything about one listener."""
    decider = Decider(listener, steps)
    judged = tuple(decider.judge(number) for number in range(len(listener.rules)))
    ties = decider.ties()
    overlaps, complete = decider.find_overlaps(judged)
    return Analysis(listener, judged, tuple(overlaps), tuple(ties), complete)


def catches_all(rule: Rule, listener: Listener) -> bool:
    """Whether a rule takes every request."""
    if rule.unknown:
        return False
    everything = Rule("", None, (), rule.action)
    try:
        return find([everything], [rule], Work(QUESTION), ipv6=listener.ipv6 is not False) is None
    except Exhausted:
        return False
