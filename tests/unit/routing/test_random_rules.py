"""Random rule sets: the exact answers against every request over a small alphabet, and each witness in the interpreter."""

from __future__ import annotations

import random

import msgspec
import pytest

from tests.unit.routing import random_rules
from tfhoist.routing.compare import compare
from tfhoist.routing.decide import analyse
from tfhoist.routing.interpret import answering, takes
from tfhoist.routing.model import Action, Kind, Listener, Rule, Target, by_priority, same_action

MIXES = (
    (Kind.PATH,),
    (Kind.HOST, Kind.PATH),
    (Kind.PATH, Kind.METHOD, Kind.SOURCE_IP),
    (Kind.HEADER, Kind.METHOD),
    (Kind.QUERY, Kind.SOURCE_IP),
    (Kind.HOST, Kind.HEADER),
)
SETS = 400
"""Rule sets of each mix."""


def _bits(rules: list[Rule], addresses: tuple[str, ...]) -> int:
    return sum(1 << number for number, rule in enumerate(rules) if rule.address in addresses)


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: "-".join(kind.value for kind in mix))
def test_statuses_overlaps_and_ties(mix: tuple[Kind, ...]) -> None:
    random_ = random.Random(f"rules {mix}")
    every = random_rules.requests(mix)
    seen = {"live": 0, "shadowed": 0, "together": 0, "undecided": 0, "overlaps": 0, "ties": 0}
    for _ in range(SETS):
        listener = random_rules.listener(random_, random_.randint(2, 7), mix)
        rules = list(listener.rules)
        masks = random_rules.masks(rules, every)
        analysis = analyse(listener)
        for number, judged in enumerate(analysis.rules):
            rule, mine = judged.rule, 1 << number
            seen[judged.status] += 1
            certain = sum(
                1 << n for n, o in enumerate(rules)
                if not o.unknown and o.priority is not None and rule.priority is not None and o.priority < rule.priority
            )  # fmt: skip
            possible = sum(
                1 << n for n, o in enumerate(rules)
                if o is not rule
                and (
                    o.priority is None or rule.priority is None or o.priority == rule.priority
                    or (o.priority < rule.priority and o.unknown)
                )
            )  # fmt: skip
            taken = {mask for mask in masks if mask & mine}
            if judged.status == "live":
                assert judged.witness is not None
                assert takes(rule, judged.witness) is True
                assert not any(
                    takes(other, judged.witness) is not False
                    for n, other in enumerate(rules)
                    if (certain | possible) >> n & 1
                )
            elif judged.status == "shadowed":
                by = _bits(rules, judged.shadowed_by)
                assert by & ~certain == 0
                if not judged.shadowed_by:
                    assert not taken
                elif judged.alone:
                    assert all(mask & by == by for mask in taken)
                else:
                    seen["together"] += 1
                    assert all(mask & by for mask in taken)
            else:
                assert "too much work" not in judged.why
                assert rule.unknown or all(mask & (certain | possible) for mask in taken)
        for overlap in analysis.overlaps:
            seen["overlaps"] += 1
            answer, decided = answering(listener, overlap.witness)
            assert answer == overlap.first
            assert decided
            assert takes(overlap.second, overlap.witness)
            assert same_action(overlap.first.action, overlap.second.action) is False
        for tie in analysis.ties:
            seen["ties"] += 1
            assert {rule.priority for rule in tie.rules} == {tie.priority}
            if tie.witness is not None:
                assert sum(takes(rule, tie.witness) is True for rule in tie.rules) > 1
    assert all(seen[name] for name in ("live", "shadowed", "undecided", "overlaps", "ties")), seen
    if Kind.METHOD in mix or Kind.PATH in mix:
        assert seen["together"], seen


def _edited(random_: random.Random, listener: Listener, mix: tuple[Kind, ...]) -> Listener:
    rules = list(listener.rules)
    index = random_.randrange(len(rules))
    kind = random_.choice(("drop", "target", "condition", "priority"))
    if kind == "drop":
        rules.pop(index)
    elif kind == "target":
        rules[index] = msgspec.structs.replace(rules[index], action=Action("forward", (Target("another"),)))
    elif kind == "priority":
        rules[index] = msgspec.structs.replace(rules[index], priority=random_.randint(1, 20))
    else:
        conditions = (random_rules.condition(random_, random_.choice(mix)),)
        rules[index] = msgspec.structs.replace(rules[index], conditions=conditions)
    return msgspec.structs.replace(listener, rules=by_priority(rules))


def _answer(rules: list[Rule], mask: int, default: Action) -> set[str]:
    """The actions that may answer a request which meets the rules of a mask."""
    met = [rule for number, rule in enumerate(rules) if mask >> number & 1]
    first = min((rule.priority for rule in met if rule.priority is not None and not rule.unknown), default=None)
    may = [r for r in met if r.priority is None or first is None or r.priority <= first]
    actions = {rule.action.text() for rule in may}
    if all(rule.unknown for rule in met):
        actions.add(default.text())
    return actions


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: "-".join(kind.value for kind in mix))
def test_a_table_and_its_edit(mix: tuple[Kind, ...]) -> None:
    random_ = random.Random(f"edits {mix}")
    every = random_rules.requests(mix)
    results = {True: 0, False: 0, None: 0}
    for _ in range(SETS // 2):
        before = random_rules.listener(random_, random_.randint(2, 5), mix)
        assert compare(before, before).equal is True
        after = _edited(random_, before, mix)
        result = compare(before, after)
        results[result.equal] += 1
        for difference in result.differences:
            first, sure = answering(before, difference.witness)
            second, sure_too = answering(after, difference.witness)
            assert sure
            assert sure_too
            one = first.action if first is not None else before.default
            other = second.action if second is not None else after.default
            assert same_action(one, other) is False
            assert (one, other) == (difference.before, difference.after)
        rules = [*before.rules, *after.rules]
        count = len(before.rules)
        differ = certainly = False
        for mask in random_rules.masks(rules, every):
            one_ = _answer(list(before.rules), mask & ((1 << count) - 1), before.default)
            other_ = _answer(list(after.rules), mask >> count, after.default)
            certainly = certainly or (len(one_) == len(other_) == 1 and one_ != other_)
            differ = differ or one_ != other_
        if result.equal is True:
            assert not differ or before.rules == after.rules
        if certainly:  # where two rules do the same and one of them isn't decided, "undecided" is all that's asked for
            decided = not any(rule.unknown or rule.priority is None for rule in rules)
            assert result.equal is False if decided else result.equal is not True
    assert results[True]
    assert results[False]
