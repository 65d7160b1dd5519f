"""`tfhoist placement`: which side every block goes to, what the cut costs, and what alternatives would."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="placement")(placement)


def placement(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The service's root module.")] = Path(),
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Read this instead of DIR/tfhoist.toml.")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="NAME|FILE", help="A policy that comes with tfhoist, or a file of your own."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Every reason, reader and alternative.")] = False,
) -> None:
    """Show which side every block goes to and why, what the cut costs, and what each alternative would. Changes nothing.

    Exit code 0, 2 when the placement contradicts itself, 1 when the input can't be read.

    Example: tfhoist placement infrastructure/terraform
    """
    from tfhoist.api.placing import placement_report
    from tfhoist.api.reading import read
    from tfhoist.cli.common import refusal_text
    from tfhoist.placement.report import render_text, to_json

    report, refusals = placement_report(read(folder, config=config), policy)
    if report is None:
        for refusal in refusals:
            typer.echo(refusal_text(refusal), err=True)
        raise typer.Exit(2)
    sys.stdout.write(to_json(report).decode() if json else render_text(report, verbose=verbose))
