"""Watching endpoints while a migration is under way."""

from __future__ import annotations

import asyncio
import gc
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tfhoist.errors import UsageError
from tfhoist.validation.model import Baseline, Declared, EndpointCheck, environment_of
from tfhoist.validation.watching import (
    Summary,
    Tally,
    begin_line,
    expected,
    failed_line,
    judged,
    summary_line,
)

if TYPE_CHECKING:
    from tfhoist.probes.https import Destination, Reply

MOST_RATE = 50.0


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """How a watch ended: the summary as it was written, and each endpoint's counts."""

    document: dict[str, Any]
    summaries: tuple[Summary, ...]
    stopped: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is watched: the endpoints with where their requests go, and those that are left out, with the reason."""

    endpoints: tuple[tuple[EndpointCheck, Any], ...]
    left_out: tuple[str, ...]


def watch_path(out: Path, environment: str) -> Path:
    """Where a watch is written without another word."""
    from tfhoist.api.validating import baseline_path

    return baseline_path(out, environment).with_suffix(".watch.jsonl")


def plan_watch(
    declared: Declared, environment: str | None, baseline: Baseline | None, *, wanted: Sequence[str] = (), direct: bool = False,
    connect_to: Mapping[str, str] | None = None,
) -> Plan:  # fmt: skip
    """Choose the endpoints: those that users reach through DNS, or all of them with `direct`.

    `wanted` are parts of URLs. Where the files know of no name in DNS, those that are sent to a load balancer are watched.
    Raises `UsageError` when none is left.
    """
    from tfhoist.probes.https import destination

    chosen = environment_of(declared, environment)
    checks = [check for check in chosen.checks if isinstance(check, EndpointCheck)]
    checks = [check for check in checks if not wanted or any(text in check.id for text in wanted)]
    public = [check for check in checks if not check.through]
    left_out: list[str] = []
    if public and not direct:
        if len(public) < len(checks):
            left_out.append(f"{len(checks) - len(public)} that are sent to a load balancer itself: add --direct")
        checks = public
    endpoints: list[tuple[EndpointCheck, Destination]] = []
    for check in checks:
        through = baseline.addresses.get(check.through, "") if baseline is not None else ""
        where = destination(check.url, through, connect_to)
        if check.through and not through and where.connect_host == where.host:
            left_out.append(f"{check.id}: no baseline knows the address of {check.through}")
        else:
            endpoints.append((check, where))
    if not endpoints:
        raise UsageError(
            f"there is no endpoint to watch in {chosen.name}.",
            (f"Left out: {left_out[0]}. " if left_out else "")
            + "Record a baseline first (`tfhoist validate OUT --record`), or see validation.json.",
        )
    return Plan(endpoints=tuple(endpoints), left_out=tuple(left_out))


def watch(
    declared: Declared, environment: str | None, plan: Plan, baseline: Baseline | None, output: Path, *, rate: float,
    seconds: float, timeout: float, ca_file: Path | None = None, shown: Callable[[float, Sequence[Tally]], None],
) -> Watched:  # fmt: skip
    """Probe until the time is over or somebody stops it; failed probes are written at once, the summary at the end.

    `shown` is called each second with the seconds since the start and the counts.
    """
    from tfhoist.probes.https import tls_context
    from tfhoist.probes.rounds import rounds

    name = environment_of(declared, environment).name
    if not 0 < rate <= MOST_RATE:
        raise UsageError(f"--rate {rate:g} isn't possible.", f"Probes a second of each endpoint: up to {MOST_RATE:g}.")
    context = tls_context(ca_file)
    tallies = [Tally(check, expected(check, baseline)) for check, _ in plan.endpoints]
    started = datetime.now(UTC)
    gc.enable()  # connections leave circles behind: without it, memory would grow as long as this lasts
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("a", encoding="utf-8") as stream:

        def write(line: Mapping[str, Any]) -> None:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            stream.flush()

        def at(offset: float) -> str:
            return (started + timedelta(seconds=offset)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

        def answered(place: int, number: int, sent: float, reply: Reply) -> None:
            tally = tallies[place]
            reason = judged(tally.wanted, reply.status, reply.location, reply.failure)
            tally.add(number, sent, reason, reply.seconds, reason or str(reply.status))
            if reason:
                write(failed_line(tally.check, at(sent), reason, reply.status, reply.seconds))

        write(begin_line(declared.service, name, at(0), rate, seconds, timeout))
        lasted, stopped = asyncio.run(
            rounds(
                [where for _, where in plan.endpoints], rate=rate, seconds=seconds, timeout=timeout, context=context,
                answered=answered, skipped=lambda place, number: tallies[place].skip(number),
                tick=lambda now: shown(now, tallies),
            )
        )  # fmt: skip
        summaries = [tally.summary(lasted) for tally in tallies]
        document = summary_line(declared.service, name, at(0), at(lasted), lasted, stopped, summaries)
        write(document)
        os.fsync(stream.fileno())
    return Watched(document=document, summaries=tuple(summaries), stopped=stopped)
