"""Counting probes: what failed, for how long an endpoint was away, and how fast it answered. Memory doesn't grow with time."""

from __future__ import annotations

from typing import Any

import msgspec

from tfhoist.validation.latency import Latencies
from tfhoist.validation.model import Baseline, EndpointCheck

SCHEMA = "tfhoist/watch/1"


class Expected(msgspec.Struct, frozen=True):
    """The answer that an endpoint gave in the baseline; `status` is "" where there is none."""

    status: str = ""
    location: str = ""


def expected(check: EndpointCheck, baseline: Baseline | None) -> Expected:
    """What an endpoint's answers are compared with."""
    seen = baseline.observations.get(check.id) if baseline is not None else None
    if seen is None or seen.failure or "status" not in seen.facts:
        return Expected()
    return Expected(seen.facts["status"], seen.facts.get("location", ""))


def judged(wanted: Expected, status: int, location: str, failure: str) -> str:
    """Why a probe failed, "" when it didn't: no answer, another one than in the baseline, or without a baseline 5xx."""
    if failure:
        return failure
    if not wanted.status:
        return f"status {status}" if status >= 500 else ""
    if str(status) != wanted.status:
        return f"status {status}, not {wanted.status}"
    if location != wanted.location:
        return f"leads to {location or 'nowhere'}, not to {wanted.location or 'nowhere'}"
    return ""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint's counts. Times are in seconds and milliseconds, `availability` in per cent (null without a probe)."""

    id: str
    url: str
    expected_status: str
    probes: int
    failed: int
    skipped: int
    availability: float | None
    outages: int
    longest_outage_seconds: float
    down: bool
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    last: str


class Tally:
    """The probes of one endpoint. They may end in any order; they're counted in the order in which they were sent."""

    def __init__(self, check: EndpointCheck, wanted: Expected) -> None:
        self.check = check
        self.wanted = wanted
        self.probes = self.failed = self.skipped = self.outages = 0
        self.last = ""
        self._latencies = Latencies()
        self._longest = 0.0
        self._down_since: float | None = None
        self._next = 0
        self._waiting: dict[int, tuple[float, str] | None] = {}

    def add(self, number: int, sent: float, reason: str, seconds: float, last: str) -> None:
        """Count the probe with this number, sent `sent` seconds after the start; `reason` is "" when it was answered as expected."""
        self.probes += 1
        self.failed += bool(reason)
        self.last = last
        if not reason:
            self._latencies.add(seconds)
        self._waiting[number] = (sent, reason)
        self._in_order()

    def skip(self, number: int) -> None:
        """A probe that wasn't sent, since too many were under way: it's no success and no failure."""
        self.skipped += 1
        self._waiting[number] = None
        self._in_order()

    def _in_order(self) -> None:
        while self._next in self._waiting:
            one = self._waiting.pop(self._next)
            self._next += 1
            if one is None:
                continue
            sent, reason = one
            if reason and self._down_since is None:
                self._down_since = sent
                self.outages += 1
            elif not reason and self._down_since is not None:
                self._longest = max(self._longest, sent - self._down_since)
                self._down_since = None

    def longest(self, now: float) -> float:
        """The longest outage, from the first probe that failed to the next that didn't, or to `now` while it lasts."""
        return max(self._longest, now - self._down_since) if self._down_since is not None else self._longest

    @property
    def down(self) -> bool:
        """Whether the last probe that counts has failed."""
        return self._down_since is not None

    @property
    def availability(self) -> float | None:
        """The share of probes that didn't fail, in per cent."""
        return 100.0 * (self.probes - self.failed) / self.probes if self.probes else None

    def summary(self, now: float) -> Summary:
        """The counts as they are `now` seconds after the start."""

        def quantile(share: float) -> float | None:
            seconds = self._latencies.quantile(share)
            return round(seconds * 1000, 1) if seconds is not None else None

        available = self.availability
        return Summary(
            id=self.check.id,
            url=self.check.url,
            expected_status=self.wanted.status,
            probes=self.probes,
            failed=self.failed,
            skipped=self.skipped,
            availability=_floored(available),
            outages=self.outages,
            longest_outage_seconds=round(self.longest(now), 3),
            down=self.down,
            p50_ms=quantile(0.5),
            p95_ms=quantile(0.95),
            p99_ms=quantile(0.99),
            last=self.last,
        )


def _floored(available: float | None) -> float | None:
    """Four decimals, never rounded up: what failed once isn't 100."""
    return int(available * 10_000 + 1e-6) / 10_000 if available is not None else None


def begin_line(
    service: str, environment: str, started: str, rate: float, seconds: float, timeout: float
) -> dict[str, Any]:
    """The first line of a watch's file."""
    return {
        "schema": SCHEMA, "event": "begin", "service": service, "environment": environment, "at": started, "rate": rate,
        "planned_seconds": seconds, "timeout_seconds": timeout,
    }  # fmt: skip


def failed_line(check: EndpointCheck, at: str, reason: str, status: int, seconds: float) -> dict[str, Any]:
    """The line of one failed probe; `status` is 0 when nothing answered."""
    return {
        "schema": SCHEMA, "event": "failed", "at": at, "endpoint": check.id, "url": check.url, "what": reason,
        "status": status or None, "latency_ms": round(seconds * 1000, 1),
    }  # fmt: skip


def summary_line(
    service: str, environment: str, started: str, ended: str, seconds: float, stopped: bool, summaries: list[Summary]
) -> dict[str, Any]:
    """The last line: each endpoint's counts, and all of them together."""
    probes, failed = sum(one.probes for one in summaries), sum(one.failed for one in summaries)
    return {
        "schema": SCHEMA, "event": "summary", "service": service, "environment": environment, "at": ended,
        "started": started, "seconds": round(seconds, 3), "stopped": stopped, "probes": probes, "failed": failed,
        "availability": _floored(100.0 * (probes - failed) / probes) if probes else None,
        "endpoints": [msgspec.to_builtins(one) for one in summaries],
    }  # fmt: skip
