"""`tfhoist watch`: probe the endpoints while the migration is under way."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from tfhoist.cli.options import ConnectTo, Environment, OutFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="watch")(watch)


def watch(
    out: OutFolder,
    environment: Environment = None,
    rate: Annotated[float, typer.Option("--rate", metavar="N", help="Probes a second of each endpoint.")] = 1.0,
    duration: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long: 90s, 15m, 1h30m; Ctrl-C ends it before.")
    ] = "15m",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="JSON lines are added to it; OUT/validation/NAME.watch.jsonl without it."
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline", metavar="FILE", help="The baseline; OUT/validation/NAME.json without it, if it's there."
        ),
    ] = None,
    endpoint: Annotated[
        list[str],
        typer.Option("--endpoint", metavar="TEXT", help="Only endpoints with this in their URL; may be repeated."),
    ] = [],  # noqa: B006
    direct: Annotated[
        bool, typer.Option("--direct", help="Also those that are sent to a load balancer itself, whatever DNS says.")
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="PERCENT", help="Exit with 2 when an endpoint's availability is lower."),
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", metavar="FILE", help="The authorities that certificates are of.")
    ] = None,
    connect_to: ConnectTo = [],  # noqa: B006
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="How long a probe may take.", min=0.1)
    ] = 5.0,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but the summary.")] = False,
) -> None:
    """Probe the endpoints at a rate, and write every failed probe and the availability.

    A probe fails when there's no answer, or another one than in the baseline (without a baseline: a status of 5xx).
    Exit code 0; 2 when an availability is under --fail-under, 1 on an error.

    Example: tfhoist watch build/consolidation --environment staging --rate 2 --for 15m --fail-under 99.9
    """
    from tfhoist.api import validating, watching
    from tfhoist.cli.watch_text import Display, summary
    from tfhoist.errors import UsageError
    from tfhoist.probes.https import read_connect_to
    from tfhoist.validation.model import environment_of

    seconds = read_duration(duration)
    if fail_under is not None and not 0 <= fail_under <= 100:
        raise UsageError(f"--fail-under {fail_under:g} is no percentage.", "Write one, such as 99.9.")
    declared = validating.read_list(out)
    name = environment_of(declared, environment).name
    path = baseline if baseline is not None else validating.baseline_path(out, name)
    before = validating.baseline_of(declared, name, path) if baseline is not None or path.exists() else None
    file = output if output is not None else watching.watch_path(out, name)
    plan = watching.plan_watch(
        declared, name, before, wanted=endpoint, direct=direct, connect_to=read_connect_to(connect_to)
    )
    display = Display(name, seconds, quiet=quiet)
    display.begin(plan, rate, before, file)
    try:
        done = watching.watch(
            declared, name, plan, before, file, rate=rate, seconds=seconds, timeout=timeout, ca_file=ca_file,
            shown=display,
        )  # fmt: skip
    finally:
        display.end()
    if json:
        from tfhoist.api.artifacts import encode

        sys.stdout.write(encode(done.document).decode())
    else:
        sys.stdout.write(summary(done, file, fail_under))
    if fail_under is not None and any(
        one.availability is None or one.availability < fail_under for one in done.summaries
    ):
        raise typer.Exit(2)


def read_duration(text: str) -> float:
    """`90s`, `15m`, `1h30m` in seconds; raises `UsageError`."""
    from tfhoist.errors import UsageError

    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", text.strip())
    hours, minutes, rest = found.groups() if found is not None else (None, None, None)
    seconds = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)
    if seconds <= 0:
        raise UsageError(f"--for {text!r} is no time.", "Write 90s, 15m or 1h30m.")
    return seconds
