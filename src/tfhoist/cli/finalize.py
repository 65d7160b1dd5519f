"""`tfhoist finalize`: the end of a migration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tfhoist.cli.options import OutFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="finalize")(finalize)


def finalize(
    out: OutFolder,
    service_root: Annotated[
        Path | None, typer.Option("--service-root", metavar="DIR", help="The service root that OUT was written to.")
    ] = None,
    central_root: Annotated[
        Path | None,
        typer.Option("--central-root", metavar="DIR", help="The central repository that OUT was written to."),
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option("--journal", metavar="DIR", help="Where the journals are kept; OUT/migration otherwise."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="NAME", help="Go on though this environment isn't verified."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take the `removed` and `import` blocks out once every environment is verified, and close the journals.

    They keep an early apply from doing harm; afterwards they do nothing. Exit code 2 while an environment isn't verified.

    Example: tfhoist finalize build/demo --service-root infrastructure/terraform --central-root ../central
    """
    import msgspec

    from tfhoist.api.finalizing import final_plan, record_final
    from tfhoist.api.writing import apply
    from tfhoist.migration.execution import MigrationRefused

    try:
        final = final_plan(
            out, service_root=service_root, central_root=central_root, journal=journal, excepted=without or ()
        )
    except MigrationRefused as error:
        typer.echo(f"refused: {error.summary}\n  {error.advice}", err=True)
        raise typer.Exit(2) from None
    if not json:
        typer.echo(final.plan.diff)
        typer.echo(final.plan.summary)
    if not yes:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            typer.echo("nothing written: say --yes where there's no terminal to ask on", err=True)
            raise typer.Exit(1)
        if not typer.confirm("Write this?"):
            raise typer.Exit(1)
    apply(final.plan)
    record_final(out, journal, final.environments)
    if json:
        told = {
            "schema": "tfhoist/finalize/1",
            "status": "finalized",
            "environments": list(final.environments),
            "files": [str(change.path) for change in final.plan.changes],
        }
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        typer.echo("final: commit what changed, in both repositories")
