"""Two listeners, request by request: where do they answer differently? Found exactly, not by sampling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tfhoist.routing.decide import QUESTION, STEPS
from tfhoist.routing.model import Action, Listener, Request, Rule, same_action, written
from tfhoist.routing.search import find
from tfhoist.routing.work import Exhausted, Work

MOST_DIFFERENCES = 50
"""Differences that are listed; one is enough to be different."""

Same = Callable[[Action, Action], bool | None]


class Difference(msgspec.Struct, frozen=True):
    """A request that two listeners answer differently. A rule is null for a default action."""

    witness: Request
    before: Action
    after: Action
    rule_before: str | None = None
    rule_after: str | None = None


class Comparison(msgspec.Struct, frozen=True):
    """`equal` is null when nobody can tell; `undecided` says why."""

    equal: bool | None
    differences: tuple[Difference, ...] = ()
    undecided: tuple[str, ...] = ()


class _Answer(NamedTuple):
    """A rule or a default action: the requests that it may answer, and those that it answers for certain."""

    rule: Rule | None
    action: Action
    certainly: tuple[Rule, ...]
    possibly: tuple[Rule, ...]

    @property
    def wanted(self) -> list[Rule]:
        return [self.rule] if self.rule is not None else []


def _answers(listener: Listener) -> Iterator[_Answer]:
    rules = listener.rules
    for rule in rules:
        certain = [
            one
            for one in rules
            if one.priority is not None
            and rule.priority is not None
            and one.priority < rule.priority
            and not one.unknown
        ]
        possible = [
            one
            for one in rules
            if one is not rule
            and one not in certain
            and (one.priority is None or rule.priority is None or one.priority <= rule.priority)
            and not (same_action(one.action, rule.action) and not one.unknown)
        ]
        yield _Answer(rule, rule.action, tuple(certain), tuple(possible))
    decided = [one for one in rules if not one.unknown]
    yield _Answer(None, listener.default, tuple(decided), tuple(one for one in rules if one.unknown))


def compare(
    before: Listener, after: Listener, same: Same = same_action, *, steps: int = STEPS, most: int = MOST_DIFFERENCES
) -> Comparison:
    """Where two listeners answer differently. `same` says whether two actions do the same."""
    if _written(before) == _written(after) and not before.default.unknown:
        return Comparison(True)  # identical rule sets are equal, whoever answers where they leave it open
    work = Work(steps)
    differences: list[Difference] = []
    undecided: list[str] = []
    ipv6 = before.ipv6 is True and after.ipv6 is True
    maybe_ipv6 = not (before.ipv6 is False and after.ipv6 is False)
    others = list(_answers(after))
    for one in _answers(before):
        for other in others:
            equal = same(one.action, other.action)
            if equal:
                continue
            wanted = [*one.wanted, *other.wanted]
            part = work.part(QUESTION)
            try:
                witness = find(
                    wanted, _distinct(one.certainly, other.certainly), part, ipv6=maybe_ipv6, scheme=after.scheme
                )
                if witness is None:
                    continue
                known = not any(rule.unknown for rule in wanted)
                open_ = bool(one.possibly or other.possibly) or ipv6 != maybe_ipv6
                if open_ and known:
                    refused = _distinct(one.certainly, other.certainly, one.possibly, other.possibly)
                    witness = find(wanted, refused, part, ipv6=ipv6, scheme=after.scheme)
            except Exhausted:
                undecided.append(f"{_name(one, before)} and {_name(other, after)} take too much work to compare")
                if work.left <= 0:
                    return _result(differences, undecided)
                continue
            finally:
                work.settle(part, QUESTION)
            if witness is None or not known or equal is None:
                undecided.append(
                    f"whether {_name(one, before)} and {_name(other, after)} answer one request isn't known"
                )
                continue
            names = (one.rule.address if one.rule else None, other.rule.address if other.rule else None)
            differences.append(Difference(witness, one.action, other.action, *names))
            if len(differences) >= most:
                return _result(differences, undecided)
    return _result(differences, undecided)


def _result(differences: list[Difference], undecided: list[str]) -> Comparison:
    equal = False if differences else None if undecided else True
    return Comparison(equal, tuple(differences), tuple(dict.fromkeys(undecided)))


def _distinct(*groups: Sequence[Rule]) -> list[Rule]:
    """Rules with their conditions once each: what they do and who they are is of no matter to a search."""
    found: dict[object, Rule] = {}
    for group in groups:
        for rule in group:
            found.setdefault(rule.conditions, rule)
    return list(found.values())


def _name(answer: _Answer, listener: Listener) -> str:
    return answer.rule.address if answer.rule is not None else f"the default action of {listener.address}"


def _written(listener: Listener) -> object:
    """What decides who answers, in one form: priorities, conditions without their order, and actions."""
    rules = [
        (
            rule.priority,
            sorted((c.kind.value, c.name.lower(), sorted(c.values), sorted((k or "", k is None, v) for k, v in c.pairs))
                   for c in rule.conditions),
            _action(rule.action),
            sorted(rule.unknown),
        )
        for rule in listener.rules
    ]  # fmt: skip
    return sorted(rules, key=repr), _action(listener.default), listener.ipv6


def _action(action: Action) -> object:
    return written(action), action.unknown
