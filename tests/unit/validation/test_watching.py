"""Counting probes in any order of arrival, and quantiles in little memory."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.validation.latency import GROWTH, LEAST, Latencies
from tfhoist.validation.model import BASELINE, Baseline, EndpointCheck, Observation
from tfhoist.validation.watching import Expected, Tally, expected, judged

CHECK = EndpointCheck(id="endpoint https://a/", address="x", side="central", url="https://a/")


def tally() -> Tally:
    return Tally(CHECK, Expected())


@given(st.lists(st.sampled_from(["ok", "bad", "skipped"]), max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(outcomes: list[str], shuffled: random.Random) -> None:
    interval = 0.5
    arrival = list(range(len(outcomes)))
    shuffled.shuffle(arrival)
    found = tally()
    for number in arrival:
        if outcomes[number] == "skipped":
            found.skip(number)
        else:
            found.add(number, number * interval, "refused" if outcomes[number] == "bad" else "", 0.01, "")
    # the same, the plain way
    end = len(outcomes) * interval
    sent = [(number * interval, one == "bad") for number, one in enumerate(outcomes) if one != "skipped"]
    longest, outages, since = 0.0, 0, None
    for at, bad in sent:
        if bad and since is None:
            since, outages = at, outages + 1
        elif not bad and since is not None:
            longest, since = max(longest, at - since), None
    longest = max(longest, end - since) if since is not None else longest
    summary = found.summary(end)
    assert (summary.probes, summary.failed, summary.skipped) == (
        len(sent), sum(bad for _, bad in sent), outcomes.count("skipped"),
    )  # fmt: skip
    assert (summary.outages, summary.longest_outage_seconds, summary.down) == (
        outages, round(longest, 3), since is not None,
    )  # fmt: skip
    assert found._waiting == {}, "nothing is kept"


def test_availability_is_never_rounded_up() -> None:
    found = tally()
    for number in range(1_000_000):
        found.add(number, float(number), "refused" if number == 7 else "", 0.01, "")
    assert found.summary(1e6).availability == 99.9999
    assert tally().summary(1.0).availability is None


@given(st.lists(st.floats(LEAST, 3000), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_quantiles_are_exact_but_for_two_per_cent(seconds: list[float], share: float) -> None:
    found = Latencies()
    for one in seconds:
        found.add(one)
    true = sorted(seconds)[max(1, math.ceil(share * len(seconds) - 1e-9)) - 1]
    told = found.quantile(share)
    assert told is not None
    assert true * (1 - 1e-6) <= told <= true * GROWTH * (1 + 1e-6)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e9])
def test_what_is_out_of_range_is_counted(seconds: float) -> None:
    found = Latencies()
    found.add(seconds)
    assert found.quantile(0.5) is not None
    assert Latencies().quantile(0.5) is None


@pytest.mark.parametrize(
    ("wanted", "reply", "reason"),
    [
        (Expected(), (200, "", ""), ""),
        (Expected(), (404, "", ""), ""),
        (Expected(), (500, "", ""), "status 500"),
        (Expected(), (0, "", "connection refused"), "connection refused"),
        (Expected("200"), (200, "", ""), ""),
        (Expected("503"), (503, "", ""), ""),
        (Expected("200"), (204, "", ""), "status 204, not 200"),
        (Expected("301", "https://a/"), (301, "https://b/", ""), "leads to https://b/, not to https://a/"),
        (Expected("301", "https://a/"), (301, "", ""), "leads to nowhere, not to https://a/"),
    ],
)
def test_what_counts_as_failed(wanted: Expected, reply: tuple[int, str, str], reason: str) -> None:
    assert judged(wanted, *reply) == reason


def test_what_is_expected_comes_from_the_baseline() -> None:
    def of(observation: Observation) -> Expected:
        seen = {CHECK.id: observation}
        return expected(
            CHECK, Baseline(schema=BASELINE, service="s", environment="e", recorded_at="t", observations=seen)
        )

    assert of(Observation(facts={"status": "301", "location": "https://b/"})) == Expected("301", "https://b/")
    assert of(Observation(failure="refused")) == Expected()
    assert expected(CHECK, None) == Expected()
