"""`tfhoist mock`: a test of the service root with a mocked remote state."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfhoist.cli.options import OutFolder

if TYPE_CHECKING:
    from tfhoist.api.mocking import Mock, MockRun


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="mock")(mock)


def mock(
    out: OutFolder,
    run: Annotated[bool, typer.Option("--run", help="Run init, validate and test on a scratch copy.")] = False,
    environment: Annotated[
        str | None,
        typer.Option("--environment", metavar="NAME", help="Whose values are used; the first one's otherwise."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="The service's state before the split: its values are used, but for secrets.",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="ENGINE", help="`terraform`, `tofu`, or the path of one; for --run."),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=1, help="Stop an engine's command after this time."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Write a test into the service root that plans it with mocked providers and the central outputs filled in.

    Writes OUT/service/tests/central_outputs.tftest.hcl. It needs no credentials, and never applies anything. Exit code 2 when an
    output that is read is missing, or the run fails.

    Example: tfhoist mock build/demo --run
    """
    from tfhoist.api.mocking import make_mock, mock_json, run_mock
    from tfhoist.cli.common import Progress, stopping
    from tfhoist.engine.process import find_engine
    from tfhoist.errors import UsageError
    from tfhoist.workspace import write_file

    if state is not None and not state.is_file():
        raise UsageError(f"the state {state} doesn't exist.", "Take one with `terraform state pull > FILE`.")
    made = make_mock(out, environment, state)
    write_file(out / made.path, made.text.encode())
    ran: MockRun | None = None
    if run:
        progress = Progress(quiet=quiet, seconds=True)
        try:
            with stopping():
                files = [path.relative_to(out).as_posix() for path in (out / "service").rglob("*.tofu*")]
                ran = run_mock(out, made, find_engine(engine, files=files, timeout=timeout), progress)
        finally:
            progress.done()
    if json:
        sys.stdout.write(mock_json(made, ran).decode())
    else:
        typer.echo(_text(out, made, ran))
    if made.missing or (ran is not None and not ran.passed):
        raise typer.Exit(2)


def _text(out: Path, made: Mock, ran: MockRun | None) -> str:
    from tfhoist.cli.common import counted

    rows = [
        (
            one.name,
            one.type,
            f"from the state of {made.environment}" if one.origin == "state" else one.origin,
            ", ".join(one.readers) or "nobody",
        )
        for one in made.outputs
    ]
    rows += [(name, "MISSING", "", ", ".join(readers)) for name, readers in made.missing.items()]
    widths = [min(max((len(row[column]) for row in rows), default=0), 60) for column in range(3)]
    lines = [
        f"{counted(len(made.outputs), 'output')} of data.terraform_remote_state.{made.remote_state} in {out / made.path}:"
    ]
    lines += ["  " + "  ".join([*(row[c].ljust(widths[c]) for c in range(3)), f"read by {row[3]}"]) for row in rows]
    if made.missing:
        lines.append(
            f"{counted(len(made.missing), 'output')} that the service root reads isn't in the central root: see `tfhoist contract`"
        )
    if ran is not None:
        lines.append(f"{ran.engine} {ran.version}: " + ("validate and test pass" if ran.passed else "failed"))
        for problem in ran.problems:
            lines += [f"  {line}" for line in problem.splitlines()]
    return "\n".join(lines)
