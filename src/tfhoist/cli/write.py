"""`tfhoist write`: put a consolidation into the two repositories, or take it back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tfhoist.cli.options import OutFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="write")(write)


def write(
    out: OutFolder,
    central: Annotated[Path, typer.Option("--central", metavar="DIR", help="The central repository.")],
    service_root: Annotated[Path, typer.Option("--service-root", metavar="DIR", help="The service's root module.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take an earlier write back.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Write the consolidation under OUT into the two repositories: shows the diff first.

    Refuses when a file has changed since, or a repository has uncommitted changes. Secrets stay as they are: a
    placeholder is never written over one. `--undo` puts the files back as they were.

    Example: tfhoist write build/consolidation --central ../hokusai-infrastructure --service-root infrastructure/terraform
    """
    from tfhoist.api import writing
    from tfhoist.api.proving import prove_out
    from tfhoist.cli.proof_text import proof_text

    if not undo:
        proof, _ = prove_out(out)
        if proof.verdict != "equivalent":
            typer.echo(proof_text(proof))
            typer.echo("nothing written: what is under OUT isn't proved equivalent", err=True)
            raise typer.Exit(2)
    plan = writing.undo_plan(out, central, service_root) if undo else writing.write_plan(out, central, service_root)
    typer.echo(plan.diff)
    typer.echo(plan.summary)
    if not yes:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            typer.echo("nothing written: say --yes where there's no terminal to ask on", err=True)
            raise typer.Exit(1)
        if not typer.confirm("Write this?"):
            raise typer.Exit(1)
    writing.apply(plan)
    typer.echo("done" if undo else "done; `tfhoist write --undo` with the same options takes it back")
