"""`tfhoist migrate`: what is under OUT and two live states, from the plan to the verification or the way back."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import msgspec

from tfhoist.addresses import split_steps
from tfhoist.api.migration_roots import Places, Roots, open_stores, read_roots
from tfhoist.api.proving import Out, read_out
from tfhoist.api.trials import EnvironmentTrial, check_engine
from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import read_environment
from tfhoist.configuration.load import load_module
from tfhoist.engine.process import Engine, EngineFailed
from tfhoist.engine.report import EnvironmentReport
from tfhoist.engine.scratch import SCRATCH
from tfhoist.engine.state_file import StateFile
from tfhoist.engine.verdict import EQUIVALENT, UNDECIDED
from tfhoist.errors import TfhoistError, UsageError
from tfhoist.migration.content import Content, content_of
from tfhoist.migration.execution import NAMES, Interrupted, Migration, MigrationRefused, StateConflict
from tfhoist.migration.journal import Progress as JournalProgress
from tfhoist.migration.model import DESTINATION, SOURCE, MigrationPlan, Operation, Report, Side, Status
from tfhoist.migration.records import Records, now, state_file
from tfhoist.migration.standing import Live, Standing, addresses_in
from tfhoist.migration.store import StateStore, StoreFailed
from tfhoist.migration.ways import pairs, script, tfmigrate
from tfhoist.proof import ProofEnvironment
from tfhoist.rules.state import configured_keys
from tfhoist.state.document import SnapshotDocument, empty_document, read_document, render
from tfhoist.state.drift import drift, refusals
from tfhoist.state.moves import SurgeryRefused
from tfhoist.state.outputs import ComputedOutputs
from tfhoist.state.surgery import ALREADY_GONE, ALREADY_THERE, Surgery

BOTH: tuple[Side, ...] = (SOURCE, DESTINATION)
Say = Callable[[str], None]


class MigrationOptions(NamedTuple):
    """Which environment of OUT, where the roots and states are, and where the records are kept."""

    environment: str | None = None
    service_root: Path | None = None
    central_root: Path | None = None
    places: Places = Places()
    journal: Path | None = None
    engine: Engine | None = None
    side: Side | None = None
    receipt: Path | None = None

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that this call may touch."""
        return BOTH if self.side is None else (self.side,)


class Session:
    """One environment's migration, with its places open."""

    def __init__(
        self, out: Out, one: ProofEnvironment, roots: Roots, records: Records,
        stores: Mapping[Side, StateStore], options: MigrationOptions, say: Say,
    ) -> None:  # fmt: skip
        self.out, self.one, self.roots, self.records = out, one, roots, records
        self.stores, self.options, self.say = stores, options, say

    # planning

    def plan(self, accepted: Collection[str] = ()) -> MigrationPlan:
        """Pin both states and write down every operation. Raises `MigrationRefused`; nothing is written to a state."""
        progress = self.records.progress()
        if progress.started and progress.phase not in ("rolled_back",) and not self._overtaken():
            raise MigrationRefused(
                "a migration of this environment was begun.", "See `tfhoist migrate status`; resume it or roll it back."
            )
        texts = {side: self.stores[side].read() for side in BOTH}
        source = _parsed(texts[SOURCE], SOURCE)
        if source is None:
            raise MigrationRefused(
                f"there's no state at the source ({self.stores[SOURCE].where}).",
                "Compare the backend, the workspace and the credentials with those of the service's pipeline.",
            )
        given = _parsed(texts[DESTINATION], DESTINATION)
        destination = given or empty_document(str(uuid4()), source.terraform_version)
        self._check_engine([source, destination])
        notes = self._check_drift(source, accepted)
        trial = self.trial()
        try:
            surgery, computed = trial.split(source, destination, self.say)
        except SurgeryRefused as error:
            raise MigrationRefused("what moves can't be moved as the states are.", "", error.refusals) from None
        after = {SOURCE: surgery.source, DESTINATION: surgery.destination}
        contents = (content_of(source), content_of(given), content_of(after[SOURCE]), content_of(after[DESTINATION]))
        plan = MigrationPlan(
            id=_plan_id(self.one.settings.name, contents),
            environment=self.one.settings.name,
            created=now(),
            module=f"module.{trial.call}",
            moved=self.out.moved,
            source=contents[0],
            destination=contents[1],
            source_after=contents[2],
            destination_after=contents[3],
            operations=_operations(surgery, computed),
            accepted=tuple(accepted),
            untold=dict(computed.untold),
            notes=notes,
        )
        states = {
            state_file(SOURCE, "before"): texts[SOURCE] or b"",
            state_file(DESTINATION, "before"): texts[DESTINATION] or b"",
            state_file(SOURCE, "after"): render(after[SOURCE]),
            state_file(DESTINATION, "after"): render(after[DESTINATION]),
        }
        self.records.create()
        self.records.save_plan(plan, surgery.inverse, states)
        return plan

    def write_ways(self, strategy: str) -> list[str]:
        """The files of a way that leaves the states to other tools; returns their paths. Raises `MigrationRefused`."""
        plan, source = self.records.plan(), self.records.state(SOURCE, "before")[1]
        assert source is not None
        moves = pairs(plan, source)
        if strategy == "commands":
            files = {"move.sh": script(moves, plan, back=False), "back.sh": script(moves, plan, back=True)}
        elif strategy == "tfmigrate":
            name = "-".join(one for one in (self.out.service, plan.environment) if one)
            service, central = self.roots.service_folder, self.roots.central_folder
            if service is None or central is None:
                raise UsageError("tfmigrate needs both folders.", "Give --service-root and --central-root.")
            workspace = self.roots.environment.settings.workspace
            files = {"multi_state.hcl": tfmigrate(moves, name, str(service), str(central), workspace)}
        else:
            return []
        for file, content in files.items():
            self.records.save(file, content)
        return [str(self.records.folder / file) for file in files]

    def _overtaken(self) -> bool:
        """Whether somebody's writing since has made the plan that was begun useless: then a new one may follow it."""
        migration = self.migration()
        return any(migration.look(side).standing is Standing.OTHER for side in BOTH)

    def _check_engine(self, states: list[SnapshotDocument]) -> None:
        if self.options.engine is not None:
            check_engine(self.options.engine, states, self.roots.trees, (self.one,), self.out)

    def _check_drift(self, source: SnapshotDocument, accepted: Collection[str]) -> tuple[str, ...]:
        """Refuse what disagrees and moves, unless it's accepted by name; what stays is only told."""
        tree = self.roots.trees["before/service"]
        module = load_module(tree, "" if self.out.service_root == "." else self.out.service_root)
        environment, _ = read_environment(tree, module, self.roots.environment.settings)
        configured, unknown = configured_keys(Evaluation(module, environment))
        moving = drift(source, configured, unknown, within=self.out.moved)
        found = refusals(moving, accepted)
        if found:
            raise MigrationRefused("the state and the configuration of what moves disagree.", "", found)
        staying = drift(source, configured, unknown)
        told = {one.address for one in refusals(moving)}
        return tuple(one.summary for one in refusals(staying) if one.address not in told)

    def trial(self) -> EnvironmentTrial:
        """Both roots with the engine."""
        return EnvironmentTrial(self.out, self.options.engine, self.roots.environment, self.roots.trees)

    def migration(self) -> Migration:
        """The steps of this session."""
        return Migration(self.records, self.stores, self.say)

    # carrying out

    def run(self, approve: Callable[[MigrationPlan], bool], *, again: bool = False) -> None:
        """Back up, ask, and write; `again` goes on where it was cut off. Raises `StateConflict`, `Interrupted`, `MigrationRefused`."""
        migration = self.migration()
        self._take_receipt(migration.plan)
        sides = self.options.sides
        if again:
            progress = self.records.progress()
            if progress.phase == "rolling-back":
                migration.rollback(sides)
                return
            if progress.phase in ("none", "planned", "rehearsed"):
                migration.check_fresh(sides, done_elsewhere=True)
            elif progress.phase == "rolled_back":
                raise MigrationRefused("this migration was rolled back.", "Make a new one: `tfhoist migrate plan`.")
        else:
            migration.check_fresh(sides)
        if not all(any(one.side == side for one in self.records.progress().backups) for side in sides):
            migration.back_up(sides)
        if self.records.progress().phase in ("none", "planned", "rehearsed"):
            if not approve(migration.plan):
                raise MigrationRefused("it wasn't approved; nothing was written.", "")
            self.records.append("approved")
        migration.forwards(sides)
        if self.options.side is not None:
            self._give_receipt(migration.plan, self.options.side)

    def _give_receipt(self, plan: MigrationPlan, side: Side) -> None:
        receipt = Receipt(plan=plan.id, environment=plan.environment, side=side, content=plan.side(side)[1], at=now())
        self.records.save(f"{side}.receipt.json", msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n")

    def _take_receipt(self, plan: MigrationPlan) -> None:
        path = self.options.receipt
        if path is None:
            return
        try:
            receipt = msgspec.json.decode(path.read_bytes(), type=Receipt)
        except (OSError, msgspec.DecodeError) as error:
            raise UsageError(f"{path} is no receipt: {error}.", "Ask the other team for theirs.") from None
        if receipt.side not in BOTH or receipt.plan != plan.id:
            raise MigrationRefused(f"{path} is the receipt of another plan.", "Both teams work on one plan.")
        side: Side = SOURCE if receipt.side == SOURCE else DESTINATION
        if not receipt.content.same(plan.side(side)[1]):
            raise MigrationRefused(f"{path} says that {NAMES[side]} holds something else.", "Plan again, together.")
        self.records.append("receipt", side=side, content=receipt.content)

    def rollback(self, accepted: Collection[str]) -> str:
        """Give everything back."""
        progress = self.records.progress()
        if not progress.started and progress.phase not in ("running", "migrated", "verified", "rolling-back"):
            raise MigrationRefused(
                "nothing was written, so there's nothing to take back.", "See `tfhoist migrate status`."
            )
        return self.migration().rollback(self.options.sides, accepted)

    def unlock(self, lock: str) -> None:
        """Release a lock that a killed write left behind, wherever it is held."""
        failures = []
        for side in self.options.sides:  # both: a backend may call it done where there is no such lock
            try:
                self.stores[side].unlock(lock)
            except StoreFailed as failure:
                failures.append(failure.summary)
        if len(failures) == len(self.options.sides):
            raise StoreFailed(f"no lock {lock} was released: {failures[-1]}")

    def verify(self) -> EnvironmentReport:
        """Plan both roots over the live states, beside those of before. Needs an engine."""
        if self.options.engine is None:
            raise UsageError("plans need an engine.", "Put terraform or tofu on PATH, or name one with --engine.")
        plan = self.records.plan()
        lives = {side: self.stores[side].read() for side in BOTH}
        source, destination = (_parsed(lives[side], side) for side in BOTH)
        before = self.records.state(SOURCE, "before")[1]
        given = self.records.state(DESTINATION, "before")[1]
        if source is None or destination is None or before is None:
            raise StateConflict("a state is gone.", "See `tfhoist migrate status`.")
        trial = self.trial()
        self._check_engine([source, destination])
        surgery, computed = trial.split(before, given or self._empty_destination(), self.say)
        live = msgspec.structs.replace(surgery, source=source, destination=destination)
        try:
            report = trial.judged(before, given, live, computed, self.say, self.roots.hidden)
        except EngineFailed as failure:
            report = EnvironmentReport(verdict=UNDECIDED, reasons=(self.roots.hidden(str(failure)),))
        missing = _misplaced(plan, destination, source)
        if missing:
            report = msgspec.structs.replace(report, verdict="different", reasons=(*report.reasons, *missing))
        return report

    def _empty_destination(self) -> SnapshotDocument:
        after = self.records.state(DESTINATION, "after")[1]
        assert after is not None
        return after.replaced(serial=0, outputs={}, resources=())

    def record_verdict(self, report: EnvironmentReport) -> None:
        """Write the outcome of a verification down."""
        event = "verified" if report.verdict == EQUIVALENT else "unverified"
        self.records.append(event, result=report.verdict)

    # rehearsing

    def rehearse(self) -> EnvironmentReport | None:
        """Everything on copies: write both, plan both roots, take it back, and compare with what was there."""
        plan = self.records.plan()
        migration = self.migration()
        migration.check_fresh(BOTH)
        with tempfile.TemporaryDirectory(prefix=SCRATCH) as scratch:
            base = Path(scratch).resolve()
            copies: dict[Side, StateStore] = {}
            for side in BOTH:
                content = self.stores[side].read()
                path = base / f"{side}.tfstate"
                if content:
                    path.write_bytes(content)
                    path.chmod(0o600)
                copies[side] = StateFile(path)
            records = Records(base / "records")
            records.create()
            states = {
                state_file(side, when): self.records.load(state_file(side, when))
                for side in BOTH
                for when in ("before", "after")
            }
            records.save_plan(plan, self.records.inverse(), states)
            alone = self.options._replace(side=None, receipt=None)
            copy = Session(self.out, self.one, self.roots, records, copies, alone, self.say)
            copy.run(lambda plan: True)
            report = copy.verify() if self.options.engine is not None else None
            copy.rollback(())
            for side in BOTH:
                back = content_of(_parsed(copies[side].read(), side))
                if not back.same(plan.side(side)[0]):
                    raise Interrupted(
                        f"on copies, {NAMES[side]} didn't come back as it was: report this with the plan."
                    )
        if report is None or report.verdict == EQUIVALENT:
            self.records.append("rehearsed", result=report.verdict if report is not None else "without plans")
        return report

    # telling

    def report(self, verdict: EnvironmentReport | None = None, *, offline: bool = False) -> Report:
        """How things stand, by the live states and the journal."""
        plan = self.records.plan()
        progress = self.records.progress()
        lives: dict[Side, Live] = {}
        conflicts: list[str] = []
        if not offline:
            migration = self.migration()
            for side in self.options.sides:
                try:
                    lives[side] = migration.look(side)
                except TfhoistError as error:
                    conflicts.append(f"{NAMES[side]} can't be read: {self.roots.hidden(str(error))}")
        status, told, following = _status(plan, progress, lives)
        conflicts += told
        notes = [*plan.notes, *(f"output {name} isn't filled in: {why}" for name, why in sorted(plan.untold.items()))]
        if plan.untold:
            notes.append("apply the central root before the service root: its plan must show changes of outputs alone")
        if verdict is not None:
            notes += [*verdict.notes, *verdict.reasons]
            for root, one in verdict.roots.items():
                notes += [f"{root}: {'+'.join(change.actions)} {change.address}" for change in one.changes]
                notes += [f"{root}: {reason}" for reason in one.reasons]
        return Report(
            status=status,
            environment=plan.environment,
            plan=plan.id,
            operations=[_operation(one, status, progress, lives) for one in plan.operations],
            source=_told(lives.get(SOURCE), plan.source),
            destination=_told(lives.get(DESTINATION), plan.destination),
            backups=list(progress.backups),
            verdict=verdict.verdict if verdict is not None else "",
            notes=notes,
            conflicts=conflicts,
            next=following,
        )


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What one team hands the other: which side of which plan was written, and what it holds."""

    schema: str = "tfhoist/migration-receipt/1"
    plan: str
    environment: str
    side: str
    content: Content
    at: str


@contextmanager
def open_session(folder: Path, options: MigrationOptions, say: Say = lambda message: None) -> Iterator[Session]:
    """Open OUT's migration of one environment; its records are OUT/migration/ENVIRONMENT, or below --journal."""
    out = read_out(folder)
    one = choose(out, options.environment)
    roots = read_roots(out, one, options.service_root, options.central_root)
    records = records_of(folder, options.journal, one.settings.name)
    with open_stores(out, roots, options.places, options.engine, options.sides) as stores:
        yield Session(out, one, roots, records, stores, options, say)


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


def _parsed(source: bytes | None, side: Side) -> SnapshotDocument | None:
    return read_document(source, NAMES[side]) if source else None


def _plan_id(environment: str, contents: tuple[Content, ...]) -> str:
    text = "\n".join([environment, *(f"{one.lineage} {one.serial} {one.digest}" for one in contents[:2]), *(
        one.digest for one in contents[2:]
    )])  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _operations(surgery: Surgery, computed: ComputedOutputs) -> tuple[Operation, ...]:
    moves = [
        Operation(f"move-{number:04d}", "move", one.from_, one.to, already=one.state in (ALREADY_GONE, ALREADY_THERE))
        for number, one in enumerate(surgery.outcomes, start=1)
    ]
    written = set(surgery.inverse.outputs)
    outputs = [
        Operation(f"output-{number:04d}", "output", "", f"output.{name}", already=name not in written)
        for number, name in enumerate(sorted(computed.outputs), start=1)
    ]
    return (*moves, *outputs)


def _misplaced(plan: MigrationPlan, destination: SnapshotDocument, source: SnapshotDocument) -> tuple[str, ...]:
    """What moved and isn't where it should be; plans alone don't see that a state forgot something nobody configures."""
    there, left = addresses_in(destination), addresses_in(source)
    moves = _moves(plan)
    found = [f"{one.to} isn't in the central state" for one in moves if one.to not in there]
    return (*found, *(f"{one.from_} is in the service's state" for one in moves if one.from_ in left))


def _moves(plan: MigrationPlan) -> list[Operation]:
    """The managed instances: data sources are read anew by any plan."""
    return [
        one for one in plan.operations
        if one.kind == "move" and not any(step == "data" for step in split_steps(one.to))
    ]  # fmt: skip


def _status(
    plan: MigrationPlan, progress: JournalProgress, lives: Mapping[Side, Live]
) -> tuple[Status, list[str], str]:
    """The status, what contradicts it, and what to do next."""
    phase = progress.phase
    if phase in ("migrated", "verified", "finalized"):
        wrong = _undone(plan, lives, settled=phase != "migrated")
        if wrong:
            return (
                "conflict",
                wrong,
                "Compare with the backups; `tfhoist migrate rollback` gives back what is still there.",
            )
        status: Status = "migrated" if phase == "migrated" else "verified" if phase == "verified" else "finalized"
        following = {
            "migrated": "tfhoist migrate verify",
            "verified": "tfhoist finalize, once every environment is verified",
        }
        return status, [], following.get(phase, "")
    if phase == "rolled_back":
        return "rolled_back", [], "tfhoist migrate plan"
    begun = progress.started or phase == "rolling-back"
    others = [side for side, live in lives.items() if live.standing is Standing.OTHER]
    if others and begun:
        return (
            "conflict",
            [f"{NAMES[side]} is neither as it was nor as it was to be: somebody else wrote to it" for side in others],
            "tfhoist migrate rollback, or tfhoist migrate plan: what has moved already is then done",
        )
    if others:
        stale = [f"{NAMES[side]} has changed since the plan was made" for side in others]
        return ("rehearsed" if phase == "rehearsed" else "planned"), stale, "tfhoist migrate plan"
    arrived = [side for side, live in lives.items() if live.standing is Standing.AFTER and not _same(plan, side)]
    if arrived and not begun:  # this very plan, from another folder
        if all(live.standing is Standing.AFTER for live in lives.values()):
            return "migrated", [], "tfhoist migrate resume, which writes down here that it's done"
        return (
            "running",
            ["another migration carries this plan out"],
            "tfhoist migrate status, where that one was started",
        )
    if begun or phase == "running":
        torn = [f"{NAMES[side]} is half written" for side, live in lives.items() if live.standing is Standing.TORN]
        way = "tfhoist migrate rollback" if phase == "rolling-back" else "tfhoist migrate resume, or rollback"
        return "running", torn, way
    return (
        ("rehearsed", [], "tfhoist migrate run")
        if phase == "rehearsed"
        else ("planned", [], "tfhoist migrate rehearse")
    )


def _same(plan: MigrationPlan, side: Side) -> bool:
    before, after = plan.side(side)
    return before.same(after)


def _undone(plan: MigrationPlan, lives: Mapping[Side, Live], *, settled: bool) -> list[str]:
    """What isn't in the central state any more, or has come back into the service's, after all was done.

    Once it's `settled` (verified), life goes on: single resources may be taken out of the central state by their owners.
    """
    found: list[str] = []
    moves = _moves(plan)
    if DESTINATION in lives:
        there = addresses_in(lives[DESTINATION].document)
        gone = [f"{one.to} isn't in the central state" for one in moves if one.to not in there]
        found += gone if not settled or len(gone) == len(moves) else []
    if SOURCE in lives:
        left = addresses_in(lives[SOURCE].document)
        found += [f"{one.from_} is in the service's state again" for one in moves if one.from_ in left]
    return found


def _operation(
    one: Operation, status: Status, progress: JournalProgress, lives: Mapping[Side, Live]
) -> dict[str, object]:
    if status == "rolled_back":
        state = "reverted"
    elif one.already or status in ("migrated", "verified", "finalized"):
        state = "done"
    elif status in ("running", "conflict"):
        live = lives.get(DESTINATION)
        arrived = live is not None and live.standing is Standing.AFTER
        left = lives.get(SOURCE)
        gone = left is not None and left.standing is Standing.AFTER
        done = arrived and (gone or one.kind == "output")
        state = "done" if done else "intended" if progress.started or arrived else "pending"
    else:
        state = "pending"
    return {"id": one.id, "kind": one.kind, "from": one.from_, "to": one.to, "state": state}


def _told(live: Live | None, planned: Content) -> dict[str, object]:
    content = live.content if live is not None and live.standing is not Standing.TORN else planned
    told: dict[str, object] = {
        "lineage": content.lineage, "serial": content.serial, "resources": content.resources, "instances": content.instances,
    }  # fmt: skip
    if live is not None:
        told["standing"] = live.standing.value
    return told
