"""`tfhoist migrate`: what is under OUT and two live states, opened for one environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfhoist.api.migration_blocks import BLOCKS, BlocksSession
from tfhoist.api.migration_roots import open_stores, read_roots
from tfhoist.api.migration_session import MigrationOptions, Say, Session
from tfhoist.api.proving import Out, read_out
from tfhoist.engine.gate import Judged, allowed, allowed_back, judge_saved
from tfhoist.errors import UsageError
from tfhoist.migration.model import Side
from tfhoist.migration.records import Records
from tfhoist.proof import ProofEnvironment


@contextmanager
def open_session(
    folder: Path, options: MigrationOptions, say: Say = lambda message: None, strategy: str = ""
) -> Iterator[Session]:
    """Open OUT's migration of one environment; its records are OUT/migration/ENVIRONMENT, or below --journal.

    Without a `strategy` it's that of the plan that is there.
    """
    out = read_out(folder)
    one = choose(out, options.environment)
    roots = read_roots(out, one, options.service_root, options.central_root)
    records = records_of(folder, options.journal, one.settings.name)
    with open_stores(out, roots, options.places, options.engine, options.sides) as stores:
        kind = BlocksSession if (strategy or _strategy(records)) == BLOCKS else Session
        yield kind(out, one, roots, records, stores, options._replace(out=folder), say)


def _strategy(records: Records) -> str:
    return records.plan().strategy if records.exists else ""


def judge_plan(folder: Path, options: MigrationOptions, side: Side, source: bytes, *, back: bool = False) -> Judged:
    """Judge a saved plan's JSON by the blocks that were planned: of the root on one `side`, or of its way `back`.

    Raises `UsageError` where no migration by blocks was planned, and `UnreadablePlan`.
    """
    one = choose(read_out(folder), options.environment)
    plan = records_of(folder, options.journal, one.settings.name).plan()
    if plan.strategy != BLOCKS:
        raise UsageError("no migration by blocks was planned.", "Run `tfhoist migrate plan --strategy blocks` first.")
    return judge_saved(source, allowed_back(plan, side) if back else allowed(plan, side))


def records_of(folder: Path, journal: Path | None, environment: str) -> Records:
    """The records of one environment."""
    base = journal if journal is not None else folder / "migration"
    return Records(base / (environment or "default"))


def choose(out: Out, name: str | None) -> ProofEnvironment:
    """The environment of that name, or the only one."""
    known = {one.settings.name: one for one in out.environments}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None or name not in known:
        what = "there are several environments" if name is None else f"there is no environment {name!r}"
        raise UsageError(f"{what}.", f"Give --environment NAME: {', '.join(known)}.")
    return known[name]


def earlier_unverified(folder: Path, options: MigrationOptions) -> list[str]:
    """The environments before this one, in the order of the configuration, that aren't verified yet."""
    out = read_out(folder)
    chosen = choose(out, options.environment).settings.name
    found: list[str] = []
    for one in out.environments:
        if one.settings.name == chosen:
            break
        progress = records_of(folder, options.journal, one.settings.name).progress()
        if progress.phase not in ("verified", "finalized"):
            found.append(one.settings.name)
    return found
