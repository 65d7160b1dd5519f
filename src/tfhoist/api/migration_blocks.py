"""A migration by blocks: Terraform imports at the destination and forgets at the source, and each plan is judged before it's applied.

No state is written by tfhoist itself. Both roots are planned in scratch folders over their live states, destination first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from tfhoist.api.migration_session import BOTH, Approve, Session, always, parsed
from tfhoist.configuration.environments import Environment, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.consolidation.imports import Import, Imports, build_imports
from tfhoist.engine.backend import BackendStore
from tfhoist.engine.gate import Allowed, allowed, judge_saved, told
from tfhoist.engine.live import LiveFiles, SavedPlan, apply_plan, local_backend, local_remote_state, save_plan
from tfhoist.engine.process import EngineFailed
from tfhoist.engine.report import EnvironmentReport
from tfhoist.engine.scratch import SCRATCH, RootFiles
from tfhoist.engine.state_file import StateFile
from tfhoist.errors import TfhoistError, UsageError
from tfhoist.graph import Graph
from tfhoist.migration.blocks import (
    Standing,
    back_imports,
    ids_in,
    import_blocks,
    is_done,
    objection,
    operations_of_blocks,
    planned_imports,
    removed_blocks,
    standing,
    with_imports,
    with_removed,
    without_instances,
)
from tfhoist.migration.blocks_telling import report_of_blocks
from tfhoist.migration.content import Content, content_of
from tfhoist.migration.execution import Interrupted, MigrationRefused, StateConflict
from tfhoist.migration.final import without_call
from tfhoist.migration.model import DESTINATION, NAMES, SOURCE, ImportBlock, MigrationPlan, Report, Side
from tfhoist.migration.steps import steps
from tfhoist.secrets import Redaction
from tfhoist.state.identities import encode, identities_of
from tfhoist.state.snapshot import Snapshot, read_snapshot
from tfhoist.state.surgery import ALREADY_THERE, Surgery
from tfhoist.workspace import write_file

BLOCKS = "blocks"
BACK = "tfhoist_back.tf"
"""The file with the blocks of the way back, in scratch folders."""


class BlocksSession(Session):
    """One environment's migration by `import` and `removed` blocks."""

    # planning

    def amended(self, plan: MigrationPlan, surgery: Surgery, texts: Mapping[Side, bytes | None]) -> MigrationPlan:
        """The plan with its blocks; those that OUT lacks are written there. Raises `MigrationRefused`."""
        if self.out.final:
            raise MigrationRefused("this migration is final.", "Consolidate again.")
        source = _snapshot(texts[SOURCE], SOURCE)
        assert source is not None
        trial = self.trial()
        there = {one.from_ for one in surgery.outcomes if one.state == ALREADY_THERE}
        redaction = Redaction([self.roots.trees["before/service"], self.roots.trees["before/central"]])
        found = build_imports(
            self._graph(), self._environment(), without_instances(source, there), plan.moved, trial.call, trial.root,
            lambda text: redaction.redact_file("", text),
        )  # fmt: skip
        given = import_blocks(trial.root)
        blocks, refused = planned_imports(found, given, plan.module, ids_in(source), plan.accepted)
        if refused:
            raise MigrationRefused("not everything that moves can be imported.", "", refused)
        written = self._write_blocks(blocks, given, source)
        left = [one for one in found.created if one.address in plan.accepted]
        notes = [
            *plan.notes,
            *(f"{one.address} isn't imported, and an apply creates it anew: {one.why}" for one in left),
        ]
        notes += [f"{one.to}: {warning}" for one in blocks for warning in one.warnings]
        if written:
            notes.append(f"written to {', '.join(written)}: `tfhoist write` brings it into the repositories")
        return msgspec.structs.replace(
            plan,
            id=f"{plan.id}-blocks",
            operations=operations_of_blocks(surgery.outcomes),
            untold={},
            notes=tuple(notes),
            strategy=BLOCKS,
            imports=blocks,
        )

    def _graph(self) -> Graph:
        tree = self.roots.trees["before/service"]
        return Graph(load_module(tree, self._inside))

    def _environment(self) -> Environment:
        tree = self.roots.trees["before/service"]
        return read_environment(tree, load_module(tree, self._inside), self.roots.environment.settings)[0]

    @property
    def _inside(self) -> str:
        return "" if self.out.service_root == "." else self.out.service_root

    def _write_blocks(
        self, blocks: Collection[ImportBlock], given: Mapping[str, str | None], source: Snapshot
    ) -> list[str]:
        """Write the blocks that OUT lacks, and the identities that the proof compares their ids with; returns what was written."""
        folder, files, written = self.folder, self.out.files, {}
        missing = [one for one in blocks if one.to not in given]
        if missing:
            path = f"central/{self.one.central_folder}/{self.out.service}_imports.tf"
            written[path] = with_imports(files.get(path), missing, self.out.service)
            written[f"before/states/{self.one.settings.name}.json"] = encode(identities_of(source))
        prefix = f"service/{self._inside}/" if self._inside else "service/"
        own = {
            path: text
            for path, text in files.items()
            if path.rpartition("/")[0] + "/" == prefix and path.endswith(".tf")
        }
        unforgotten = sorted(set(self.out.moved) - removed_blocks(own))
        if unforgotten:
            written[f"{prefix}removed.tf"] = with_removed(own.get(f"{prefix}removed.tf"), unforgotten)
        for path, content in written.items():
            write_file(folder / path, content)
        return [str(folder / path) for path in written]

    @property
    def folder(self) -> Path:
        """OUT."""
        assert self.options.out is not None
        return self.options.out

    def write_ways(self, strategy: str) -> list[str]:
        """The blocks of the way back, beside the plan."""
        plan, source = self.records.plan(), self.records.state(SOURCE, "before")[0]
        blocks, _ = back_imports(
            plan, None, without_instances(_required(source, SOURCE), {one.from_ for one in plan.operations})
        )
        files = {
            "back.service.tf": _import_text(blocks),
            "back.central.tf": _removed_text([plan.module]),
        }
        for name, content in files.items():
            self.records.save(name, content)
        return [str(self.records.folder / name) for name in files]

    def steps(self) -> list[str]:
        """What is typed instead of `run`."""
        out, journal = self.folder.resolve(), self.options.journal
        central = self.roots.central_folder or out / "central" / self.one.central_folder
        service = self.roots.service_folder or out / "service" / self._inside
        kept = "" if journal is None else str(journal.resolve())
        return steps(
            str(out), self.one.settings.name, kept, str(central.resolve()), str(service.resolve()), self.one.settings
        )

    # looking

    def _live(self) -> tuple[Standing, dict[Side, bytes | None]]:
        """What both live states show. Raises `StoreFailed` and `UsageError` for one that can't be read."""
        sides = self.options.sides
        texts = {side: self.stores[side].read() for side in sides}
        return self._standing(self.records.plan(), texts), texts

    def _standing(self, plan: MigrationPlan, texts: Mapping[Side, bytes | None]) -> Standing:
        return standing(plan, {side: _snapshot(text, side) for side, text in texts.items()})

    def report(self, verdict: EnvironmentReport | None = None) -> Report:
        """How things stand, by both live states, whoever wrote them, and the journal."""
        plan, unreadable = self.records.plan(), []
        texts: dict[Side, bytes | None] = {}
        contents: dict[Side, Content] = {}
        for side in self.options.sides:
            try:
                text = self.stores[side].read()
                contents[side] = content_of(parsed(text, side))
                texts[side] = text
            except TfhoistError as error:
                unreadable.append(f"{NAMES[side]} can't be read: {self.roots.hidden(str(error))}")
        result, told = (verdict.verdict, verdict.lines()) if verdict is not None else ("", [])
        return report_of_blocks(
            plan, self.records.progress(), self._standing(plan, texts), contents, unreadable, result, told, self.steps()
        )

    def note_done(self) -> None:
        """Write down that all is done, where both states show it: the two applies may have been anybody's."""
        progress, plan = self.records.progress(), self.records.plan()
        if progress.phase in ("planned", "rehearsed", "running"):
            found, _ = self._live()
            if not found.problems and found.is_done(plan):
                self.records.append("migrated")

    # carrying out

    def run(self, approve: Approve, *, again: bool = False) -> None:
        """Plan, judge, ask and apply: the central root, then the service's. Raises `MigrationRefused`, `StateConflict`, `Interrupted`."""
        plan, progress = self.records.plan(), self.records.progress()
        if progress.phase in ("verified", "finalized", "migrated"):
            raise MigrationRefused("this migration is done already.", "See `tfhoist migrate status`.")
        if progress.phase == "rolled_back":
            raise MigrationRefused("this migration was rolled back.", "Make a new one: `tfhoist migrate plan`.")
        if progress.phase == "rolling-back":
            if not again:
                raise MigrationRefused("a rollback was begun.", "Go on with it: `tfhoist migrate rollback`.")
            self.rollback(())
            return
        if progress.started and not again:
            raise MigrationRefused(
                "this migration was begun before, and didn't come to its end.",
                "See `tfhoist migrate status`, then `tfhoist migrate resume` or `tfhoist migrate rollback`.",
            )
        self.take_receipt(plan)
        sides = self.options.sides
        self._check_standing(plan)
        if not all(any(one.side == side for one in self.records.progress().backups) for side in sides):
            self.migration().back_up(sides)
        if DESTINATION in sides:
            self._apply(DESTINATION, self._root(DESTINATION), allowed(plan, DESTINATION), approve)
        if SOURCE in sides:
            self._check_imported(plan)
            self._apply(SOURCE, self._root(SOURCE), allowed(plan, SOURCE), approve)
        if self.options.side is not None:
            side = self.options.side
            self.give_receipt(plan, side, content_of(parsed(self.stores[side].read(), side)))
            return
        found = self._check_standing(plan)
        if not found.is_done(plan):
            raise StateConflict(
                "both roots were applied, and not everything is where it should be.", "See `tfhoist migrate status`."
            )
        self.records.append("migrated")

    def _check_standing(self, plan: MigrationPlan) -> Standing:
        found, _ = self._live()
        if found.problems:
            raise StateConflict(
                f"{'; '.join(found.problems)}.", "Plan again: `tfhoist migrate plan --strategy blocks`."
            )
        return found

    def _check_imported(self, plan: MigrationPlan) -> None:
        """The source forgets only what the destination is known to hold, now."""
        if DESTINATION not in self.options.sides:
            if DESTINATION not in self.records.progress().handed:
                raise MigrationRefused(
                    "the destination hasn't been applied yet, as far as is known here.",
                    "Give the other team's receipt with --receipt.",
                )
            return
        found = self._check_standing(plan)
        missing = [one.to for one in plan.operations if one.kind == "import" and one.to not in found.imported]
        missing = [one for one in missing if one.removeprefix(f"{plan.module}.") not in plan.accepted]
        if missing:
            raise StateConflict(
                f"not in the central state: {', '.join(missing)}.", "The service's root wasn't applied."
            )

    def _root(self, side: Side) -> RootFiles:
        trial = self.trial()
        if side == DESTINATION:
            return trial.central_files("central")
        return trial.service_files("service", reads_central=True)

    def _apply(self, side: Side, root: RootFiles, may: Allowed, approve: Approve) -> None:
        """Plan one root over its live state, judge the plan, ask, and apply that very plan. Nothing is done where nothing is to do."""
        engine = self.options.engine
        if engine is None:
            raise UsageError(
                "blocks are applied by an engine.", "Put terraform or tofu on PATH, or name one with --engine."
            )
        with tempfile.TemporaryDirectory(prefix=SCRATCH) as scratch:
            self.say(f"planning {NAMES[side]}")
            try:
                saved = save_plan(engine, Path(scratch).resolve(), side, root, self._live_files(side, root))
            except EngineFailed as failure:
                raise Interrupted(self._hidden(str(failure), scratch)) from None
            judged = judge_saved(saved.json, may)
            if judged.objections:
                raise MigrationRefused(
                    f"the plan over {NAMES[side]} would do more than it should; nothing was applied.",
                    "Mend what is named, in the configuration or with an apply of its own.",
                    tuple(objection(one) for one in judged.objections),
                )
            if judged.is_empty:
                return
            progress = self.records.progress()
            if not approve(self.records.plan(), f"{NAMES[side]}: {told(judged)}"):
                raise MigrationRefused("it wasn't approved; nothing was applied.", "")
            if progress.phase in ("none", "planned", "rehearsed"):
                self.records.append("approved")
            self._apply_saved(side, saved, scratch)

    def _apply_saved(self, side: Side, saved: SavedPlan, scratch: str) -> None:
        engine = self.options.engine
        assert engine is not None
        self.records.append("intent", side=side, step="apply")
        self.say(f"applying what was planned over {NAMES[side]}")
        try:
            apply_plan(engine, saved)
        except EngineFailed as failure:
            self.records.append("outcome", side=side, step="apply", result="unknown")
            raise Interrupted(self._hidden(str(failure), scratch)) from None
        content = content_of(parsed(self.stores[side].read(), side))
        self.records.append("outcome", side=side, step="apply", result="done", content=content, serial=content.serial)

    def _hidden(self, text: str, scratch: str) -> str:
        return self.roots.hidden(text.replace(str(Path(scratch).resolve()), "(scratch)"))

    def _live_files(self, side: Side, root: RootFiles) -> LiveFiles:
        """How a scratch folder finds the live states: a backend by the root's own block, a local file by an override."""
        store = self.stores[side]
        workspace = self.roots.environment.settings.workspace if side == SOURCE else "default"
        override, settings = "", {}
        if isinstance(store, StateFile):
            if workspace != "default" and (store.path.parent.name, store.path.name) != (workspace, "terraform.tfstate"):
                raise UsageError(
                    f"{store.path} isn't where Terraform keeps the state of the workspace {workspace}.",
                    f"Put it into a folder {workspace} as terraform.tfstate.",
                )
            override = local_backend(store.path, workspace)
        elif isinstance(store, BackendStore):
            settings = dict(store.files.settings)
        central = self.stores.get(DESTINATION)
        if isinstance(central, StateFile):
            override += "".join(local_remote_state(name, central.path) for name in root.remote_states)
        return LiveFiles(override, settings)

    def fits(self, plan: MigrationPlan, side: Side, content: Content) -> bool:
        """Terraform wrote there what it read from the cloud: the receipt says that the plan was applied."""
        return not content.empty

    # backwards

    def rollback(self, accepted: Collection[str]) -> str:
        """Import back at the source with the configuration of before, then forget at the destination. Raises like `run`."""
        plan, progress = self.records.plan(), self.records.progress()
        if progress.phase == "finalized":
            raise MigrationRefused("this migration is final.", "Consolidate the other way round.")
        if self.options.side is not None:
            raise MigrationRefused("the way back by blocks needs both states.", "Leave --side out.")
        texts = {side: self.stores[side].read() for side in BOTH}
        source, destination = (_snapshot(texts[side], side) for side in BOTH)
        blocks, without = back_imports(plan, destination, source)
        if without:
            raise MigrationRefused(
                f"no import id is known of {', '.join(without)}.",
                "The backups beside the journal have them: use `state mv`.",
            )
        found = self._standing(plan, texts)
        if not progress.started and not any(is_done(one, found) and not one.already for one in plan.operations):
            raise MigrationRefused(
                "nothing was applied, so there's nothing to take back.", "See `tfhoist migrate status`."
            )
        self.records.append("rolling-back")
        home = self.trial().service_files("before/service", reads_central=True)
        tree = {**home.tree, f"{self._inside}/{BACK}".lstrip("/"): _import_text(blocks)} if blocks else home.tree
        self._apply(
            SOURCE, msgspec.structs.replace(home, tree=tree),
            Allowed(imports={one.to: one.id for one in blocks}), always,
        )  # fmt: skip
        found, _ = self._live()
        lost = [one.from_ for one in plan.operations if one.kind == "import" and one.from_ in found.forgotten]
        if lost:
            raise StateConflict(f"not in the service's state: {', '.join(lost)}.", "The central root wasn't applied.")
        ours = frozenset(one.to for one in plan.operations if one.kind == "import")
        if ours & ids_in(destination).keys():
            self._apply(DESTINATION, self._central_back(plan), Allowed(forgets=ours, outputs=("delete",)), always)
        self.records.append("rolled-back", detail="imported back")
        return "imported back"

    def _central_back(self, plan: MigrationPlan) -> RootFiles:
        """The central root without the module's call, but with the providers that what is forgotten was managed by."""
        root = self.trial().central_files("central")
        call = plan.module.removeprefix("module.")
        tree = dict(root.tree)
        for path in [one for one in tree if one.rpartition("/")[0] == root.folder and one.endswith((".tf", ".tofu"))]:
            left = without_call(path, tree.pop(path), call)
            if left is not None:
                tree[path] = left
        return msgspec.structs.replace(root, tree={**tree, f"{root.folder}/{BACK}": _removed_text([plan.module])})

    def is_back(self, plan: MigrationPlan, side: Side, content: bytes | None) -> bool:
        """Whether a rehearsed rollback has brought every instance home."""
        there = ids_in(_snapshot(content, side))
        imports = [one for one in plan.operations if one.kind == "import"]
        if side == SOURCE:
            return all(one.from_ in there for one in imports)
        return not any(one.to in there for one in imports)


def _import_text(blocks: Collection[Import]) -> bytes:
    return Imports(tuple(blocks), ()).render("the way back")


def _removed_text(addresses: list[str]) -> bytes:
    return with_removed(None, addresses)


def _required(source: bytes, side: Side) -> Snapshot:
    return read_snapshot(source, NAMES[side])


def _snapshot(source: bytes | None, side: Side) -> Snapshot | None:
    return read_snapshot(source, NAMES[side]) if source else None
