"""Verdicts: nothing that wasn't looked at passes, and nothing that changed does."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.validation.compare import PASSED, Row, Verdict, compared, overall, recorded
from tfhoist.validation.model import EcsCheck, Observation

CHECK = EcsCheck(id="ecs a/b", address="aws_ecs_service.b", side="local", cluster="a", service="b")

WORDS = st.sampled_from(["", "a", "b", "c"])
SOME = st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True).map(tuple)
OBSERVATIONS = st.builds(
    Observation,
    there=st.booleans(),
    facts=st.dictionaries(st.sampled_from(["one", "two", "three"]), WORDS, max_size=3),
    at_least=st.dictionaries(st.just("healthy"), st.integers(0, 3), max_size=1),
    unstable=SOME,
    failure=st.sampled_from(["", "", "refused"]),
    unchecked=SOME,
    notes=SOME,
)


def row(before: Observation | None, after: Observation | None) -> Row:
    return compared(
        [CHECK],
        {CHECK.id: before} if before is not None else {},
        {CHECK.id: after} if after is not None else {},
    )[0]


@given(OBSERVATIONS, OBSERVATIONS)
def test_same_means_that_all_of_it_was_seen_and_is_equal(before: Observation, after: Observation) -> None:
    found = row(before, after)
    if found.verdict is Verdict.SAME:
        assert before.there
        assert after.there
        assert not (before.unchecked)
        assert not (after.unchecked)
        assert not (before.failure)
        assert not (after.failure)
        assert not (after.unstable)
        assert {k: v for k, v in before.facts.items() if v} == {k: v for k, v in after.facts.items() if v}
        assert all(after.at_least.get(name, number) >= number for name, number in before.at_least.items())
    else:
        assert found.why or found.differences, "every other verdict is explained"
        assert overall([found]) != "equal"


@given(OBSERVATIONS)
def test_what_is_as_it_was_never_differs_but_for_what_is_unstable(one: Observation) -> None:
    assert (row(one, one).verdict is Verdict.DIFFERS) == (one.there and bool(one.unstable))


@given(OBSERVATIONS, st.sampled_from(["one", "two", "three", "four"]))
def test_a_changed_fact_differs_even_where_something_is_unchecked(one: Observation, fact: str) -> None:
    before = msgspec.structs.replace(one, there=True, failure="", facts={**one.facts, fact: "before"})
    after = msgspec.structs.replace(before, facts={**one.facts, fact: "now"})
    found = row(before, after)
    assert found.verdict is Verdict.DIFFERS
    assert [(d.fact, d.before, d.after) for d in found.differences] == [(fact, "before", "now")]


@given(OBSERVATIONS)
def test_a_baseline_is_sound_only_if_everything_was_seen(one: Observation) -> None:
    found = recorded([CHECK], {CHECK.id: one})[0]
    clean = one.there and not (one.unchecked or one.failure or one.unstable or one.notes)
    assert (found.verdict in PASSED) == clean
    assert clean or found.why


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (None, Observation(), Verdict.UNCHECKED),
        (Observation(), None, Verdict.UNCHECKED),
        (Observation(there=False), Observation(there=False), Verdict.MISSING),
        (Observation(there=False), Observation(), Verdict.DIFFERS),
        (Observation(), Observation(there=False), Verdict.DIFFERS),
        (Observation(at_least={"n": 2}), Observation(at_least={"n": 1}), Verdict.DIFFERS),
        (Observation(at_least={"n": 2}), Observation(at_least={"n": 3}), Verdict.SAME),
        (Observation(facts={"s": "200"}), Observation(failure="refused"), Verdict.DIFFERS),
        (Observation(failure="refused"), Observation(facts={"s": "200"}), Verdict.UNCHECKED),
        (Observation(failure="refused"), Observation(failure="timeout"), Verdict.UNCHECKED),
        (Observation(unchecked=("no right",)), Observation(facts={"s": "200"}), Verdict.UNCHECKED),
        (Observation(facts={"s": "1"}, unchecked=("x",)), Observation(facts={"s": "1"}), Verdict.UNCHECKED),
        (Observation(notes=("drift",)), Observation(notes=("drift",)), Verdict.SAME),
    ],
)
def test_each_verdict(before: Observation | None, after: Observation | None, verdict: Verdict) -> None:
    assert row(before, after).verdict is verdict


def test_overall() -> None:
    def of(*verdicts: Verdict) -> str:
        return overall([Row(id=str(n), kind="ecs", address="", verdict=one) for n, one in enumerate(verdicts)])

    assert of() == "undecided", "nothing looked at is no pass"
    assert of(Verdict.SAME, Verdict.RECORDED) == "equal"
    assert of(Verdict.SAME, Verdict.UNCHECKED) == "undecided"
    for bad in (Verdict.DIFFERS, Verdict.MISSING, Verdict.LOOK):
        assert of(Verdict.UNCHECKED, bad, Verdict.SAME) == "different"
