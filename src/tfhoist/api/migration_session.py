"""One environment's migration with its places open: from the plan to the verification or the way back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

import msgspec

from tfhoist.api.migration_roots import Places, Roots
from tfhoist.api.proving import Out
from tfhoist.api.splitting import gone
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
from tfhoist.migration.execution import Interrupted, Migration, MigrationRefused, StateConflict
from tfhoist.migration.model import DESTINATION, NAMES, SOURCE, MigrationPlan, Receipt, Report, Side
from tfhoist.migration.operations import misplaced, operations_of, plan_id
from tfhoist.migration.records import Records, now, state_file
from tfhoist.migration.standing import Live, Standing
from tfhoist.migration.store import StateStore, StoreFailed
from tfhoist.migration.telling import report_of
from tfhoist.migration.ways import pairs, script, tfmigrate
from tfhoist.proof import ProofEnvironment
from tfhoist.rules.state import configured_keys
from tfhoist.state.document import SnapshotDocument, empty_document, read_document, render
from tfhoist.state.drift import drift, refusals
from tfhoist.state.moves import SurgeryRefused
from tfhoist.state.surgery import Surgery

BOTH: tuple[Side, ...] = (SOURCE, DESTINATION)
Say = Callable[[str], None]


class Approve(Protocol):
    """Asks whether to go on; `what` says in short what would be done, where it isn't the whole plan."""

    def __call__(self, plan: MigrationPlan, what: str = "") -> bool:
        """Whether it's approved."""


def always(plan: MigrationPlan, what: str = "") -> bool:
    """Approves everything, for what is done on copies."""
    return True


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
    out: Path | None = None

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
        source = parsed(texts[SOURCE], SOURCE)
        if source is None:
            raise MigrationRefused(
                f"there's no state at the source ({self.stores[SOURCE].where}).",
                "Compare the backend, the workspace and the credentials with those of the service's pipeline.",
            )
        given = parsed(texts[DESTINATION], DESTINATION)
        destination = given or empty_document(str(uuid4()), source.terraform_version)
        self._check_engine([source, destination])
        trial = self.trial()
        notes = self._check_drift(source, gone(self.out.moved, trial.call, source, destination), accepted)
        try:
            surgery, computed = trial.split(source, destination, self.say)
        except SurgeryRefused as error:
            raise MigrationRefused("what moves can't be moved as the states are.", "", error.refusals) from None
        after = {SOURCE: surgery.source, DESTINATION: surgery.destination}
        contents = (content_of(source), content_of(given), content_of(after[SOURCE]), content_of(after[DESTINATION]))
        plan = self.amended(
            MigrationPlan(
                id=plan_id(self.one.settings.name, contents),
                environment=self.one.settings.name,
                created=now(),
                module=f"module.{trial.call}",
                moved=self.out.moved,
                source=contents[0],
                destination=contents[1],
                source_after=contents[2],
                destination_after=contents[3],
                operations=operations_of(surgery, computed),
                accepted=tuple(accepted),
                untold=dict(computed.untold),
                notes=notes,
            ),
            surgery,
            texts,
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

    def amended(self, plan: MigrationPlan, surgery: Surgery, texts: Mapping[Side, bytes | None]) -> MigrationPlan:
        """What another strategy makes of the plan, before anything is written."""
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

    def _check_drift(
        self, source: SnapshotDocument, elsewhere: Collection[str], accepted: Collection[str]
    ) -> tuple[str, ...]:
        """Refuse what disagrees and moves, unless it's accepted by name; what stays is only told. `elsewhere` is what has moved."""
        tree = self.roots.trees["before/service"]
        module = load_module(tree, "" if self.out.service_root == "." else self.out.service_root)
        environment, _ = read_environment(tree, module, self.roots.environment.settings)
        configured, unknown = configured_keys(Evaluation(module, environment))
        moving = drift(source, configured, unknown, self.out.moved, elsewhere)
        found = refusals(moving, accepted)
        if found:
            raise MigrationRefused("the state and the configuration of what moves disagree.", "", found)
        staying = drift(source, configured, unknown, elsewhere=elsewhere)
        told = {one.address for one in refusals(moving)}
        return tuple(one.summary for one in refusals(staying) if one.address not in told)

    def trial(self) -> EnvironmentTrial:
        """Both roots with the engine."""
        return EnvironmentTrial(self.out, self.options.engine, self.roots.environment, self.roots.trees)

    def migration(self) -> Migration:
        """The steps of this session."""
        return Migration(self.records, self.stores, self.say)

    # carrying out

    def run(self, approve: Approve, *, again: bool = False) -> None:
        """Back up, ask, and write; `again` goes on where it was cut off. Raises `StateConflict`, `Interrupted`, `MigrationRefused`."""
        migration = self.migration()
        self.take_receipt(migration.plan)
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
            side = self.options.side
            self.give_receipt(migration.plan, side, migration.plan.side(side)[1])

    def give_receipt(self, plan: MigrationPlan, side: Side, content: Content) -> None:
        """Write down for the other team that one side is done, and what it holds now."""
        receipt = Receipt(plan=plan.id, environment=plan.environment, side=side, content=content, at=now())
        self.records.save(f"{side}.receipt.json", msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n")

    def take_receipt(self, plan: MigrationPlan) -> None:
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
        if not self.fits(plan, side, receipt.content):
            raise MigrationRefused(f"{path} says that {NAMES[side]} holds something else.", "Plan again, together.")
        self.records.append("receipt", side=side, content=receipt.content)

    def fits(self, plan: MigrationPlan, side: Side, content: Content) -> bool:
        """Whether a receipt says what the plan has for a side."""
        return content.same(plan.side(side)[1])

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
        source, destination = (parsed(lives[side], side) for side in BOTH)
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
        missing = misplaced(plan, destination, source)
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
                path = self._copy_path(base, side)
                path.parent.mkdir(parents=True, exist_ok=True)
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
            copy = type(self)(self.out, self.one, self.roots, records, copies, alone, self.say)
            copy.run(always)
            report = copy.verify() if self.options.engine is not None else None
            copy.rollback(())
            for side in BOTH:
                if not self.is_back(plan, side, copies[side].read()):
                    raise Interrupted(
                        f"on copies, {NAMES[side]} didn't come back as it was: report this with the plan."
                    )
        if report is None or report.verdict == EQUIVALENT:
            self.records.append("rehearsed", result=report.verdict if report is not None else "without plans")
        return report

    def is_back(self, plan: MigrationPlan, side: Side, content: bytes | None) -> bool:
        """Whether a rehearsed rollback has brought a state back to what it was."""
        return content_of(parsed(content, side)).same(plan.side(side)[0])

    def _copy_path(self, base: Path, side: Side) -> Path:
        """Where a copy of a state stands; that of a workspace is where Terraform looks for it."""
        workspace = self.roots.environment.settings.workspace if side == SOURCE else "default"
        return base / side / workspace / "terraform.tfstate"

    def note_done(self) -> None:
        """Write down that all is done, where it was done without tfhoist: only other strategies can be."""

    # telling

    def report(self, verdict: EnvironmentReport | None = None) -> Report:
        """How things stand, by the live states and the journal."""
        lives: dict[Side, Live] = {}
        unreadable: list[str] = []
        migration = self.migration()
        for side in self.options.sides:
            try:
                lives[side] = migration.look(side)
            except TfhoistError as error:
                unreadable.append(f"{NAMES[side]} can't be read: {self.roots.hidden(str(error))}")
        result, told = (verdict.verdict, verdict.lines()) if verdict is not None else ("", [])
        return report_of(self.records.plan(), self.records.progress(), lives, unreadable, result, told)


def parsed(source: bytes | None, side: Side) -> SnapshotDocument | None:
    """A state that was read; None for one that isn't there."""
    return read_document(source, NAMES[side]) if source else None
