"""`tfhoist prove`: the proof, again, from the files under OUT; and Terraform's own plans beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfhoist.cli.options import OutFolder

if TYPE_CHECKING:
    from tfhoist.api.proving import Out
    from tfhoist.api.trials import TrialOptions
    from tfhoist.engine.report import EngineReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="prove")(prove)


def prove(
    out: OutFolder,
    json: Annotated[bool, typer.Option("--json", help="Print proof.json.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="List every obligation with its result.")] = False,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", metavar="ENGINE", help="Have `terraform`, `tofu` or the one at this path plan both roots."
        ),
    ] = None,
    environment: Annotated[
        list[str], typer.Option("--environment", metavar="NAME", help="Plan only this environment (may be repeated).")
    ] = [],  # noqa: B006
    state: Annotated[
        list[str],
        typer.Option(
            "--state", metavar="[NAME=]FILE", help="The service's state snapshot of an environment, to plan over."
        ),
    ] = [],  # noqa: B006
    central_state: Annotated[
        list[str],
        typer.Option(
            "--central-state", metavar="[NAME=]FILE", help="The central root's state snapshot, where it has one."
        ),
    ] = [],  # noqa: B006
    service_root: Annotated[
        Path | None,
        typer.Option(
            "--service-root", metavar="DIR", help="The original root, where secrets are read from for a plan."
        ),
    ] = None,
    central: Annotated[
        Path | None,
        typer.Option("--central", metavar="DIR", help="The original central repository, for its secrets."),
    ] = None,
    parallel: Annotated[
        int, typer.Option("--parallel", metavar="N", min=1, help="Plan so many environments at once.")
    ] = 1,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=1, help="Stop an engine's command after this time."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Prove again that the consolidation under OUT changes nothing, reading only the files there as they are now.

    With --engine, Terraform or OpenTofu plans both roots as well, in scratch folders over copies of the states. Writes
    OUT/proof.json. Exit code 0 for equivalent, 2 for different or undecided, 1 when OUT can't be read or the engine can't be run.

    Example: tfhoist prove build/demo --engine terraform --state staging=staging.tfstate
    """
    from tfhoist.api.artifacts import proof_json
    from tfhoist.api.proving import prove_read, read_out
    from tfhoist.cli.common import states
    from tfhoist.cli.engine_text import engine_text
    from tfhoist.cli.proof_text import explanation, proof_text
    from tfhoist.engine.process import EngineMissing
    from tfhoist.errors import UsageError
    from tfhoist.workspace import write_file

    if engine is None and (environment or state or central_state or service_root or central):
        raise UsageError(
            "--environment, --state, --central-state, --service-root and --central are for plans.",
            "Add --engine terraform.",
        )
    snapshots, central_snapshots = states(state), states(central_state)
    read = read_out(out)
    proof = prove_read(read)
    report = None
    missing: EngineMissing | None = None
    if engine is not None:
        from tfhoist.api.trials import TrialOptions

        options = TrialOptions(tuple(environment), snapshots, central_snapshots, service_root, central, parallel)
        try:
            report = _planned(read, engine, timeout, options, quiet=quiet)
        except EngineMissing as error:
            missing = error  # the symbolic proof stands by itself
    artifact = proof_json(proof, report)
    write_file(out / "proof.json", artifact)
    if json:
        sys.stdout.write(artifact.decode())
    else:
        if explain:
            typer.echo(explanation(proof))
        typer.echo(proof_text(proof))
        if report is not None:
            typer.echo(engine_text(report))
    if missing is not None:
        raise missing
    if proof.verdict != "equivalent" or (report is not None and report.verdict != "equivalent"):
        raise typer.Exit(2)


def _planned(read: Out, engine: str, timeout: float | None, options: TrialOptions, *, quiet: bool) -> EngineReport:
    from tfhoist.api.trials import plan_out
    from tfhoist.cli.common import Progress, stopping
    from tfhoist.engine.process import find_engine

    progress = Progress(quiet=quiet, seconds=True)
    try:
        with stopping():
            return plan_out(read, find_engine(engine, files=read.files, timeout=timeout), options, progress)
    finally:
        progress.done()
