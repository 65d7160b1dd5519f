"""`tfhoist tour`: the example, step by step."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfhoist.cli.colours import BOLD, paint

if TYPE_CHECKING:
    from tfhoist.api.touring import Step

PROGRAM = "tfhoist"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="tour")(tour)


def tour(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The scratch folder: new or empty. A temporary one otherwise.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't stop between the steps.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Print the commands and run none.")] = False,
) -> None:
    """Play the example step by step in a scratch folder: audit, placement, consolidation, a broken proof, the report.

    Touches nothing outside the scratch folder and needs neither Terraform nor a cloud. Exit code 0, 1 when a step ends otherwise
    than it should.

    Example: tfhoist tour --yes
    """
    from tfhoist.api.touring import OUT, STEPS, apply_edit, set_up

    if list_:
        for step in STEPS:
            typer.echo(f"{PROGRAM} {shlex.join(step.arguments)}")
        return
    scratch = folder if folder is not None else Path(tempfile.mkdtemp(prefix="tfhoist-tour-"))
    set_up(scratch)
    typer.echo(f"In {scratch} there's a service's root module, a central repository, and three states.")
    stops = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    for number, step in enumerate(STEPS, start=1):
        typer.echo(f"\n{paint(f'{number}/{len(STEPS)}  {step.title}', BOLD)}\n{step.text}\n")
        typer.echo(paint(f"$ {PROGRAM} {shlex.join(step.arguments)}", BOLD))
        if stops and not typer.confirm("Run it?", default=True):
            break
        if step.edit is not None:
            apply_edit(scratch, step.edit)
        code = _run(context, step, scratch)
        if code != step.code:
            typer.echo(f"this step should have ended with exit code {step.code}, and ended with {code}", err=True)
            raise typer.Exit(1)
        if code:
            typer.echo(f"(exit code {code}: that's what it's for)")
    report = scratch.resolve() / OUT / "report.html"
    if report.exists():
        typer.echo(f"\nOpen {report} in a browser: the picture, with the cut.")
    typer.echo(f"Everything is in {scratch}: look around, and delete it when you're done.")


def _run(context: typer.Context, step: Step, scratch: Path) -> int:
    """One command of the same program, run inside the scratch folder."""
    assert context.parent is not None
    before = Path.cwd()
    os.chdir(scratch)
    try:
        code = context.parent.command.main(list(step.arguments), prog_name=PROGRAM, standalone_mode=False)
    finally:
        os.chdir(before)
    return code if isinstance(code, int) else 0
