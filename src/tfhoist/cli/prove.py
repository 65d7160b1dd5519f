"""`tfhoist prove`: the proof, again, from the files under OUT and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="prove")(prove)


def prove(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What `tfhoist consolidate --out` wrote.")],
    json: Annotated[bool, typer.Option("--json", help="Print proof.json.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="List every obligation with its result.")] = False,
) -> None:
    """Prove again that the consolidation under OUT changes nothing, reading only the files there as they are now.

    Writes OUT/proof.json. Exit code 0 for equivalent, 2 for different or undecided, 1 when OUT can't be read.

    Example: tfhoist prove build/demo
    """
    from tfhoist.api.proving import prove_out
    from tfhoist.cli.proof_text import explanation, proof_text
    from tfhoist.workspace import write_file

    proof, artifact = prove_out(out)
    write_file(out / "proof.json", artifact)
    if json:
        sys.stdout.write(artifact.decode())
    else:
        if explain:
            typer.echo(explanation(proof))
        typer.echo(proof_text(proof))
    if proof.verdict != "equivalent":
        raise typer.Exit(2)
