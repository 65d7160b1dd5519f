"""`tfhoist validate`: what is served, recorded before the migration and compared after it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfhoist.cli.options import ConnectTo, Environment, OutFolder

if TYPE_CHECKING:
    from tfhoist.api.validating import Validated


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="validate")(validate)


def validate(
    out: OutFolder,
    environment: Environment = None,
    record: Annotated[bool, typer.Option("--record", help="Record the baseline: what is served now.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare with the baseline; that's done without --record.")
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="The baseline; OUT/validation/NAME.json without it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="With --record: replace an earlier baseline.")] = False,
    only: Annotated[
        list[str],
        typer.Option(
            "--only",
            metavar="KIND",
            help="listener, rule, target-group, dns, endpoint, ecs or role; may be repeated.",
        ),
    ] = [],  # noqa: B006
    profile: Annotated[str | None, typer.Option("--profile", metavar="NAME", help="The AWS profile.")] = None,
    endpoint_url: Annotated[
        str | None, typer.Option("--endpoint-url", metavar="URL", help="Ask this instead of AWS (tests, LocalStack).")
    ] = None,
    resolver: Annotated[
        str | None, typer.Option("--resolver", metavar="ADDRESS[:PORT]", help="Ask this DNS server.")
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option("--ca-file", metavar="FILE", help="The authorities that endpoints' certificates are of."),
    ] = None,
    connect_to: ConnectTo = [],  # noqa: B006
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="How long an endpoint may take.", min=0.1)
    ] = 10.0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress, and only what isn't the same.")] = False,
) -> None:
    """Look at what is served, and compare it with the baseline of before the migration. It only reads.

    Exit code 0 when everything is as before, 2 when something differs or couldn't be looked at, 1 on an error.

    Example: tfhoist validate build/consolidation --environment staging --record
    """
    from tfhoist.api import validating
    from tfhoist.cli.common import Progress
    from tfhoist.cli.validation_text import report
    from tfhoist.errors import UsageError
    from tfhoist.probes.https import read_connect_to
    from tfhoist.validation.model import environment_of

    if record and compare:
        raise UsageError("--record and --compare contradict each other.", "Record before, compare after.")
    declared = validating.read_list(out)
    name = environment_of(declared, environment).name
    path = baseline if baseline is not None else validating.baseline_path(out, name)
    means = validating.Means(
        profile=profile, endpoint_url=endpoint_url, resolver=resolver, ca_file=ca_file,
        connect_to=read_connect_to(connect_to), timeout=timeout,
    )  # fmt: skip
    progress = Progress(quiet=quiet or json)
    try:
        done: Validated = (
            validating.record(declared, name, path, only=only, means=means, force=force, progress=progress)
            if record
            else validating.compare(declared, name, path, only=only, means=means, progress=progress)
        )
    finally:
        progress.done()
    sys.stdout.write(validating.report_json(done).decode() if json else report(done, path, quiet=quiet))
    if done.verdict != "equal":
        raise typer.Exit(2)
