"""`tfhoist migrate`: the state carried across, and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfhoist.cli.migrate_options import (
    Accept,
    CentralRoot,
    DestinationState,
    EngineName,
    Journal,
    Json,
    OneSide,
    Quiet,
    ReceiptFile,
    ServiceRoot,
    SourceState,
    Timeout,
    WithoutPlans,
    Yes,
)
from tfhoist.cli.options import Environment, OutFolder

if TYPE_CHECKING:
    from tfhoist.api.migration_session import Approve, MigrationOptions, Session
    from tfhoist.engine.report import EnvironmentReport
    from tfhoist.migration.model import MigrationPlan

migrate = typer.Typer(
    name="migrate",
    no_args_is_help=True,
    help="Carry the state across: plan, rehearse, run, verify; resume or roll back from any point.",
)

STRATEGIES = ("state", "blocks", "commands", "tfmigrate")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(migrate)


@migrate.command()
def plan(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    accept: Accept = None,
    strategy: Annotated[
        str,
        typer.Option(
            "--strategy",
            metavar="WAY",
            help="`state`; `blocks` (Terraform imports and forgets); or files: `commands` (scripts of `state mv`), `tfmigrate`.",
        ),
    ] = "state",
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Pin both states and list every operation. Reads only; the plan is stale as soon as either state changes.

    Example: tfhoist migrate plan build/demo --environment staging
    """
    from tfhoist.errors import UsageError

    if strategy not in STRATEGIES:
        raise UsageError(f"--strategy {strategy} isn't known.", f"Known: {', '.join(STRATEGIES)}.")
    options = _options(
        environment, service_root, central_root, source_state, destination_state, journal, engine, timeout
    )
    way = "blocks" if strategy == "blocks" else "state"
    with _session(out, options, quiet=quiet, strategy=way) as session, session.records.locked():
        session.plan(accept or ())
        for path in session.write_ways(strategy):
            typer.echo(f"written: {path}", err=True)
        _tell(session, None, json=json)


@migrate.command()
def rehearse(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Do everything on copies: write both, plan both roots, take it back. Nothing of yours is written.

    Example: tfhoist migrate rehearse build/demo --environment staging
    """
    options = _options(
        environment, service_root, central_root, source_state, destination_state, journal, engine, timeout
    )
    with _session(out, options, quiet=quiet) as session, session.records.locked():
        verdict = session.rehearse()
        _tell(session, verdict, json=json)
        _exit_by(verdict)


@migrate.command()
def run(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    side: OneSide = None,
    receipt: ReceiptFile = None,
    out_of_order: Annotated[
        list[str] | None,
        typer.Option("--out-of-order", metavar="NAME", help="Go on though this earlier environment isn't verified."),
    ] = None,
    without_plans: WithoutPlans = False,
    yes: Yes = False,
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Back up both states, ask, write the destination, then the source, and verify with plans.

    Exit code 2 when a state has changed since the plan, somebody writes in between, or the plans show a change.

    Example: tfhoist migrate run build/demo --environment staging --yes
    """
    options = _options(
        environment,
        service_root,
        central_root,
        source_state,
        destination_state,
        journal,
        engine,
        timeout,
        side,
        receipt,
    )
    _check_order(out, options, out_of_order or [])
    with _session(out, options, quiet=quiet) as session, session.records.locked():
        session.run(_approval(yes=yes))
        _finish(session, json=json, plans=not without_plans)


@migrate.command()
def resume(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    side: OneSide = None,
    receipt: ReceiptFile = None,
    unlock: Annotated[
        str | None,
        typer.Option("--unlock", metavar="ID", help="Release this lock first: that of a write that was killed."),
    ] = None,
    without_plans: WithoutPlans = False,
    yes: Yes = False,
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Go on where a run or a rollback was cut off. The live states decide; what somebody else wrote is never touched.

    Example: tfhoist migrate resume build/demo --environment staging --yes
    """
    options = _options(
        environment,
        service_root,
        central_root,
        source_state,
        destination_state,
        journal,
        engine,
        timeout,
        side,
        receipt,
    )
    with _session(out, options, quiet=quiet) as session, session.records.locked():
        if unlock is not None:
            session.unlock(unlock)
        session.run(_approval(yes=yes), again=True)
        _finish(session, json=json, plans=not without_plans)


@migrate.command()
def rollback(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    side: OneSide = None,
    unlock: Annotated[
        str | None,
        typer.Option("--unlock", metavar="ID", help="Release this lock first: that of a write that was killed."),
    ] = None,
    accept: Accept = None,
    yes: Yes = False,
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Give everything back, from any point: the old content, or what is current of exactly what moved.

    Put the code back first. Exit code 2 when what came since reads what would go back.

    Example: tfhoist migrate rollback build/demo --environment staging --yes
    """
    from tfhoist.migration.execution import MigrationRefused

    options = _options(
        environment, service_root, central_root, source_state, destination_state, journal, engine, timeout, side
    )
    with _session(out, options, quiet=quiet) as session, session.records.locked():
        if unlock is not None:
            session.unlock(unlock)
        if not _approval(yes=yes, question="Give both states back?")(session.records.plan()):
            raise MigrationRefused("it wasn't approved; nothing was written.", "")
        session.rollback(accept or ())
        _tell(session, None, json=json)


@migrate.command()
def verify(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan both roots over copies of the live states, beside the plans of before. Exit code 2 when something would change.

    Example: tfhoist migrate verify build/demo --environment staging
    """
    from tfhoist.migration.execution import MigrationRefused

    options = _options(
        environment, service_root, central_root, source_state, destination_state, journal, engine, timeout
    )
    with _session(out, options, quiet=quiet) as session, session.records.locked():
        session.note_done()
        phase = session.records.progress().phase
        if phase not in ("migrated", "verified", "finalized"):
            raise MigrationRefused("nothing has been migrated here yet.", "See `tfhoist migrate status`.")
        verdict = session.verify()
        if phase != "finalized":
            session.record_verdict(verdict)
        _tell(session, verdict, json=json)
        _exit_by(verdict)


@migrate.command()
def status(
    out: OutFolder,
    environment: Environment = None,
    service_root: ServiceRoot = None,
    central_root: CentralRoot = None,
    source_state: SourceState = None,
    destination_state: DestinationState = None,
    journal: Journal = None,
    side: OneSide = None,
    engine: EngineName = "terraform",
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say how things stand, by the live states and the journal, and what to do next. Reads only. Exit code 2 in a conflict.

    Example: tfhoist migrate status build/demo --environment staging
    """
    options = _options(
        environment, service_root, central_root, source_state, destination_state, journal, engine, timeout, side
    )
    with _session(out, options, quiet=quiet) as session:
        _tell(session, None, json=json)


@migrate.command()
def check(
    out: OutFolder,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The plan's JSON (`terraform show -json`); `-` reads standard input.")
    ],
    environment: Environment = None,
    journal: Journal = None,
    side: Annotated[
        str,
        typer.Option("--side", metavar="SIDE", help="Whose plan it is: `destination` (central) or `source` (service)."),
    ] = "destination",
    back: Annotated[bool, typer.Option("--back", help="The plan is one of the way back.")] = False,
    json: Json = False,
) -> None:
    """Say whether a saved plan may be applied, in a migration by blocks: it imports or forgets what was planned, and nothing else.

    Exit code 2 when it would create, change, replace or destroy anything, or touch another address.

    Example: tfhoist migrate check build/demo tfhoist.plan.json --environment staging --side destination
    """
    import msgspec

    from tfhoist.api.migrating import judge_plan
    from tfhoist.cli.migration_text import judged_text
    from tfhoist.errors import UsageError

    options = _options(environment, None, None, None, None, journal, "none", None, side)
    try:
        source = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
    judged = judge_plan(out, options, options.sides[0], source, back=back)
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(judged), indent=2).decode())
    else:
        typer.echo(judged_text(judged))
    if judged.objections:
        raise typer.Exit(2)


# what the commands share


def _options(
    environment: str | None,
    service_root: Path | None,
    central_root: Path | None,
    source_state: Path | None,
    destination_state: Path | None,
    journal: Path | None,
    engine: str,
    timeout: float | None,
    side: str | None = None,
    receipt: Path | None = None,
) -> MigrationOptions:
    from tfhoist.api.migration_roots import Places
    from tfhoist.api.migration_session import MigrationOptions
    from tfhoist.engine.process import find_engine
    from tfhoist.errors import UsageError
    from tfhoist.migration.model import DESTINATION, SOURCE

    if side not in (None, SOURCE, DESTINATION):
        raise UsageError(f"--side {side} is neither `source` nor `destination`.")
    return MigrationOptions(
        environment=environment,
        service_root=service_root,
        central_root=central_root,
        places=Places(source_state, destination_state),
        journal=journal,
        engine=None if engine == "none" else find_engine(engine, timeout=timeout),
        side=None if side is None else SOURCE if side == SOURCE else DESTINATION,
        receipt=receipt,
    )


@contextmanager
def _session(out: Path, options: MigrationOptions, *, quiet: bool, strategy: str = "") -> Iterator[Session]:
    """A session, with refusals and conflicts told as such: exit code 2."""
    from tfhoist.api.migrating import open_session
    from tfhoist.cli.common import Progress, refusal_text, stopping
    from tfhoist.migration.execution import Interrupted, MigrationRefused, StateConflict
    from tfhoist.migration.records import InUse
    from tfhoist.migration.store import StoreFailed

    progress = Progress(quiet=quiet, seconds=True)

    def told(*lines: str) -> None:
        progress.done()
        for line in lines:
            if line:
                typer.echo(line, err=True)

    try:
        with stopping(), open_session(out, options, progress, strategy) as session:
            yield session
    except MigrationRefused as error:
        told(
            f"refused: {error.summary}", *map(refusal_text, error.refusals), f"  {error.advice}" if error.advice else ""
        )
        raise typer.Exit(2) from None
    except StateConflict as error:
        told(f"conflict: {error.summary}", f"  {error.advice}")
        raise typer.Exit(2) from None
    except InUse as error:
        told(f"refused: {error}")
        raise typer.Exit(2) from None
    except (Interrupted, StoreFailed) as error:
        told(
            f"error: {error.summary}",
            f"  A lock with the ID {error.lock} is held. If it's that of a write that was killed, --unlock {error.lock} releases it."
            if error.lock
            else "",
            "  See `tfhoist migrate status`: `resume` goes on, `rollback` takes back.",
        )
        raise typer.Exit(1) from None
    finally:
        progress.done()


def _approval(*, yes: bool, question: str = "Write both states?") -> Approve:
    def approve(plan: MigrationPlan, what: str = "") -> bool:
        from tfhoist.errors import UsageError

        if yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError("this needs approval, and there's no terminal to ask on.", "Give --yes.")
        said = what or f"{len(plan.operations)} operations"
        typer.echo(f"{plan.environment or 'the environment'}: {said}, plan {plan.id}", err=True)
        return typer.confirm("Apply exactly that?" if what else question, err=True)

    return approve


def _check_order(out: Path, options: MigrationOptions, accepted: list[str]) -> None:
    from tfhoist.api.migrating import earlier_unverified

    waiting = [name for name in earlier_unverified(out, options) if name not in accepted]
    if waiting:
        typer.echo(f"refused: before this environment, and not verified yet: {', '.join(waiting)}.", err=True)
        typer.echo(f"  Migrate it first, or name it: --out-of-order {waiting[0]}.", err=True)
        raise typer.Exit(2)


def _finish(session: Session, *, json: bool, plans: bool) -> None:
    """Verify what was migrated, where plans are wanted and can be made, and say how things stand."""
    verdict = None
    if plans and session.options.side is None and session.records.progress().phase == "migrated":
        verdict = session.verify()
        session.record_verdict(verdict)
    _tell(session, verdict, json=json)
    _exit_by(verdict)


def _exit_by(verdict: EnvironmentReport | None) -> None:
    if verdict is not None and verdict.verdict != "equivalent":
        raise typer.Exit(2)


def _tell(session: Session, verdict: EnvironmentReport | None, *, json: bool) -> None:
    import msgspec

    from tfhoist.cli.migration_text import report_text

    report = session.report(verdict)
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        typer.echo(report_text(report))
    if report.status == "conflict":
        raise typer.Exit(2)
