"""`tfhoist report`: the HTML report, again."""

from __future__ import annotations

from typing import Annotated

import typer

from tfhoist.cli.options import OutFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="report")(report)


def report(
    out: OutFolder,
    quiet: Annotated[bool, typer.Option("--quiet", help="Don't print where it was written.")] = False,
) -> None:
    """Write OUT/report.html again from the files under OUT: after `tfhoist prove`, or after an edit there.

    One file that loads nothing: open it in a browser, or send it. Exit code 0, 1 when OUT can't be read.

    Example: tfhoist report build/demo
    """
    from tfhoist.api.reporting import report_out

    target = report_out(out)
    if not quiet:
        typer.echo(f"written to {target}")
