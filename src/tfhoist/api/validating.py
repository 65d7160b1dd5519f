"""What is served now, looked at by the declared list: a baseline, or a comparison with one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tfhoist.api.artifacts import encode
from tfhoist.api.reading import Progress
from tfhoist.errors import UsageError
from tfhoist.validation.compare import Row, compared, overall, recorded
from tfhoist.validation.model import (
    BASELINE,
    KINDS,
    Baseline,
    Check,
    Declared,
    DeclaredEnvironment,
    DnsCheck,
    EndpointCheck,
    Observation,
    environment_of,
    read_baseline,
    read_declared,
)
from tfhoist.validation.observe import dns_observation, endpoint_observation
from tfhoist.workspace import read_file, write_file

if TYPE_CHECKING:
    from tfhoist.probes.aws import Aws
    from tfhoist.probes.https import Reply

REPORT = "tfhoist/validate/1"
LIST = "validation.json"
AT_ONCE = 8
"""So many endpoints are asked at the same time."""


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """How things are asked. `connect_to` maps `HOST:PORT` to where to connect instead; `timeout` is an endpoint's, in seconds."""

    profile: str | None = None
    endpoint_url: str | None = None
    resolver: str | None = None
    ca_file: Path | None = None
    connect_to: Mapping[str, str] = {}
    timeout: float = 10.0


class Validated(msgspec.Struct, frozen=True, kw_only=True):
    """One run: `mode` is record or compare, `verdict` is equal, different or undecided (of a baseline: equal when it's sound)."""

    mode: str
    verdict: str
    declared: DeclaredEnvironment
    baseline: Baseline
    seen: Baseline
    rows: tuple[Row, ...]


def read_list(out: Path) -> Declared:
    """The declared list under OUT."""
    path = out / LIST
    try:
        source = read_file(path)
    except OSError:
        raise UsageError(
            f"{out} holds no {LIST}.",
            "Give the folder that `tfhoist consolidate --out` wrote; an older one lacks it: consolidate again.",
        ) from None
    return read_declared(source, str(path))


def baseline_path(out: Path, environment: str) -> Path:
    """Where a baseline is kept without another word."""
    return out / "validation" / f"{_plain(environment)}.json"


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name).strip(".") or "default"


def load_baseline(path: Path) -> Baseline:
    """A baseline from a file."""
    try:
        return read_baseline(read_file(path), str(path))
    except OSError as error:
        raise UsageError(
            f"{path} can't be read: {error.strerror or error}.",
            "Record a baseline first: `tfhoist validate OUT --record`.",
        ) from None


def baseline_of(declared: Declared, environment: str, path: Path) -> Baseline:
    """The baseline of one environment; raises `UsageError` for another one's."""
    found = load_baseline(path)
    if (found.service, found.environment) != (declared.service, environment):
        raise UsageError(
            f"{path} is the baseline of {found.service} in {found.environment}.",
            f"Give the one of {declared.service} in {environment}.",
        )
    return found


def record(
    declared: Declared, environment: str | None, path: Path, *, only: Sequence[str] = (), means: Means, force: bool = False,
    progress: Progress = lambda message: None,
) -> Validated:  # fmt: skip
    """Look at everything, and write what was seen; an earlier baseline is replaced with `force` only."""
    chosen = environment_of(declared, environment)
    if path.exists() and not force:
        earlier = load_baseline(path)
        raise UsageError(
            f"{path} holds the baseline of {earlier.recorded_at}.",
            "Compare with it (without --record), or replace it with --force: what was before is then forgotten.",
        )
    checks = chosen_checks(chosen, only)
    seen = look(declared.service, chosen, checks, means, {}, progress)
    write_file(path, encode(msgspec.to_builtins(seen)))
    rows = recorded(checks, seen.observations)
    return Validated(mode="record", verdict=overall(rows), declared=chosen, baseline=seen, seen=seen, rows=rows)


def compare(
    declared: Declared, environment: str | None, path: Path, *, only: Sequence[str] = (), means: Means,
    progress: Progress = lambda message: None,
) -> Validated:  # fmt: skip
    """Look at everything again, and compare with a baseline."""
    chosen = environment_of(declared, environment)
    before = baseline_of(declared, chosen.name, path)
    checks = chosen_checks(chosen, only)
    after = look(declared.service, chosen, checks, means, before.addresses, progress)
    if before.account and after.account and before.account != after.account:
        raise UsageError(
            f"the baseline is of AWS account {before.account}, and these credentials are of {after.account}.",
            "Use the credentials (AWS_PROFILE or --profile) that it was recorded with.",
        )
    rows = compared(checks, before.observations, after.observations)
    return Validated(mode="compare", verdict=overall(rows), declared=chosen, baseline=before, seen=after, rows=rows)


def chosen_checks(environment: DeclaredEnvironment, only: Sequence[str]) -> tuple[Check, ...]:
    """The checks of some kinds; all without any."""
    for kind in only:
        if kind not in KINDS:
            raise UsageError(f"there is no kind {kind!r}.", f"Known: {', '.join(KINDS)}.")
    checks = tuple(check for check in environment.checks if not only or check.kind in only)
    if not checks:
        raise UsageError(
            f"nothing is declared for {environment.name}" + (f" of {', '.join(only)}." if only else "."),
            "See validation.json: what can't be known by name is listed there.",
        )
    return checks


def look(
    service: str,
    environment: DeclaredEnvironment,
    checks: Sequence[Check],
    means: Means,
    known: Mapping[str, str],
    progress: Progress,
) -> Baseline:
    """What is seen of each check now. `known` are addresses of load balancers that AWS may not be there to tell."""
    aws, why_not = _aws(checks, means)
    account = ""
    addresses = dict(known)
    observations: dict[str, Observation] = {}
    if aws is not None:
        from tfhoist.probes.aws import addresses as addresses_of

        progress("asking AWS")
        account = aws.account()
        regions = {name: check.region for check in checks if (name := _balancer_of(check)) is not None}
        addresses |= addresses_of(aws, regions)
    asked = [check for check in checks if not isinstance(check, DnsCheck | EndpointCheck)]
    for number, check in enumerate(asked, start=1):
        progress(f"asking AWS ({number} of {len(asked)})")
        observations[check.id] = aws.look(check) if aws is not None else Observation(unchecked=(why_not,))
    names = [check for check in checks if isinstance(check, DnsCheck)]
    if names:
        progress(f"asking DNS for {len(names)} names")
        observations |= _names(names, aws, why_not, means, addresses)
    endpoints = [check for check in checks if isinstance(check, EndpointCheck)]
    if endpoints:
        progress(f"asking {len(endpoints)} endpoints")
        observations |= asyncio.run(_endpoints(endpoints, means, addresses))
    return Baseline(
        schema=BASELINE,
        service=service,
        environment=environment.name,
        recorded_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        account=account,
        addresses=dict(sorted(addresses.items())),
        observations={check.id: observations[check.id] for check in checks},
    )


def _aws(checks: Sequence[Check], means: Means) -> tuple[Aws | None, str]:
    """AWS, or why it isn't asked: names and endpoints alone can do without."""
    from tfhoist.probes.aws import Aws

    if all(isinstance(check, EndpointCheck) and not check.through for check in checks):
        return None, ""
    try:
        return Aws(profile=means.profile, endpoint_url=means.endpoint_url), ""
    except UsageError as error:
        if all(isinstance(check, DnsCheck | EndpointCheck) for check in checks):
            return None, f"AWS wasn't asked: {error.summary}"
        raise


def _balancer_of(check: Check) -> str | None:
    if isinstance(check, EndpointCheck):
        return check.through or None
    if isinstance(check, DnsCheck):
        return check.load_balancer or None
    return None


def _names(
    checks: Sequence[DnsCheck], aws: Aws | None, why_not: str, means: Means, addresses: Mapping[str, str]
) -> dict[str, Observation]:
    from tfhoist.probes.aws import Unanswered
    from tfhoist.probes.dns import Dns, NoAnswer

    dns = Dns(means.resolver)
    found: dict[str, Observation] = {}
    for check in checks:
        unchecked: list[str] = []
        record: str | None = None
        asked = aws is not None
        if aws is None:
            unchecked.append(why_not)
        else:
            try:
                record = aws.record(check)
            except Unanswered as error:
                asked = False
                unchecked.append(str(error))
        answers: tuple[str, ...] | None = None
        others: tuple[str, ...] | None = None
        answered = True
        try:
            answers = dns.answers(check.name, check.type)
            address = addresses.get(check.load_balancer, "")
            if address and check.type in ("A", "AAAA"):
                others = dns.answers(address, check.type) or ()
        except NoAnswer as error:
            answered = False
            unchecked.append(str(error))
        found[check.id] = dns_observation(
            check,
            record=record,
            record_known=asked,
            answers=answers,
            answers_known=answered,
            balancer_answers=others,
            unchecked=tuple(unchecked),
        )
    return found


async def _endpoints(
    checks: Sequence[EndpointCheck], means: Means, addresses: Mapping[str, str]
) -> dict[str, Observation]:
    from tfhoist.probes.https import ask, destination, tls_context

    context = tls_context(means.ca_file)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(check: EndpointCheck) -> tuple[str, Observation]:
        through = addresses.get(check.through, "")
        where = destination(check.url, through, means.connect_to)
        if check.through and not through and where.connect_host == where.host:
            why = f"the address of {check.through} isn't known: AWS wasn't asked, or there's no such load balancer"
            return check.id, Observation(unchecked=(why,))
        async with slots:
            reply: Reply = await ask(where, context, means.timeout)
        return check.id, endpoint_observation(check, reply.status, reply.location, reply.failure)

    return dict(await asyncio.gather(*map(one, checks)))


def report_json(done: Validated) -> bytes:
    """`tfhoist validate --json`: the artifact `tfhoist/validate/1`."""
    counts: dict[str, int] = {}
    for row in done.rows:
        counts[row.verdict.value] = counts.get(row.verdict.value, 0) + 1
    document: dict[str, object] = {
        "schema": REPORT,
        "mode": done.mode,
        "service": done.seen.service,
        "environment": done.seen.environment,
        "verdict": done.verdict,
        "baseline_recorded_at": done.baseline.recorded_at,
        "looked_at": done.seen.recorded_at,
        "counts": dict(sorted(counts.items())),
        "checks": [msgspec.to_builtins(row) for row in done.rows],
        "not_declared": [msgspec.to_builtins(one) for one in done.declared.not_declared],
    }
    return encode(document)
