"""The second proof: an engine plans both roots of what is under OUT, over copies of the states as the migration will leave them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from tfhoist.api.originals import Originals
from tfhoist.api.proving import Out
from tfhoist.api.reading import Progress
from tfhoist.api.splitting import module_call, passed_on, split, with_given
from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree, load_module
from tfhoist.engine.process import IMPORT_BLOCKS, REMOVED_BLOCKS, Engine, EngineFailed, EngineMissing
from tfhoist.engine.report import EngineReport, EnvironmentReport
from tfhoist.engine.scratch import SCRATCH, RootFiles, schemas_of, write_root
from tfhoist.engine.trial import TrialInput, try_out
from tfhoist.engine.verdict import UNDECIDED
from tfhoist.errors import TfhoistError, UsageError
from tfhoist.proof import ProofEnvironment
from tfhoist.state.addresses import below
from tfhoist.state.check import problems
from tfhoist.state.document import SnapshotDocument, empty_document, read_document
from tfhoist.state.outputs import ComputedOutputs, compute_outputs
from tfhoist.state.surgery import Surgery, newest, with_outputs

NEW_LINEAGE = "00000000-0000-4000-8000-000000000000"
"""Of a central state that doesn't exist yet; only scratch folders see it."""


class TrialOptions(NamedTuple):
    """What is planned: the environments (all when empty), their states, and how many at once."""

    environments: tuple[str, ...] = ()
    states: Mapping[str, Path] = {}
    central_states: Mapping[str, Path] = {}
    service_root: Path | None = None
    central: Path | None = None
    parallel: int = 1


def plan_out(
    out: Out, engine: Engine, options: TrialOptions, progress: Progress = lambda message: None
) -> EngineReport:
    """Plan what is under OUT in each environment. The user's folders, states and backends are only read.

    Raises `UsageError` when a state is missing, or what OUT was made of has changed; an environment that can't be planned is
    undecided, with the engine's own words.
    """
    chosen = _chosen(out, options)
    states = _read(options.states, chosen)
    missing = [one.settings.name for one in chosen if one.settings.name not in states]
    if missing:
        raise UsageError(
            f"there is no state of {', '.join(missing)}: a plan needs one.",
            "Give --state NAME=FILE (`terraform state pull > FILE`), or choose others with --environment.",
        )
    central_states = _read(options.central_states, chosen)
    originals = Originals(out, options.service_root, options.central)
    trees = {side: originals.files(side) for side in ("before/service", "service", "before/central", "central")}

    def planned(one: ProofEnvironment) -> EnvironmentReport:
        name = one.settings.name
        values = {key: originals.value(value) for key, value in one.settings.variables.items()}
        settings = msgspec.structs.replace(one.settings, variables=values)
        try:
            environment = EnvironmentTrial(out, engine, msgspec.structs.replace(one, settings=settings), trees)
            return environment.run(
                states[name], central_states.get(name), lambda message: progress(f"{name}: {message}"), originals
            )
        except EngineFailed as failure:
            return EnvironmentReport(verdict=UNDECIDED, reasons=(originals.hidden(str(failure)),))
        except TfhoistError as failure:
            return EnvironmentReport(verdict=UNDECIDED, reasons=(str(failure),))

    check_engine(engine, [*states.values(), *central_states.values()], trees, chosen, out)
    with ThreadPoolExecutor(max_workers=max(1, options.parallel)) as workers:
        try:
            reports = list(workers.map(planned, chosen))
        except BaseException:  # such as Ctrl-C, which only this thread hears of
            engine.running.stop()
            raise
    environments = {one.settings.name: report for one, report in zip(chosen, reports, strict=True)}
    return EngineReport(engine.name, engine.version, environments)


def _chosen(out: Out, options: TrialOptions) -> tuple[ProofEnvironment, ...]:
    known = {one.settings.name: one for one in out.environments}
    for name in (*options.environments, *options.states, *options.central_states):
        if name and name not in known:
            raise UsageError(f"there is no environment {name!r}.", f"Known: {', '.join(known)}.")
    wanted = options.environments or tuple(known)
    return tuple(one for name, one in known.items() if name in wanted)


def _read(files: Mapping[str, Path], chosen: tuple[ProofEnvironment, ...]) -> dict[str, SnapshotDocument]:
    found: dict[str, SnapshotDocument] = {}
    for name, path in files.items():
        if not name and len(chosen) != 1:
            raise UsageError("--state FILE is for one environment, and there are several.", "Write --state NAME=FILE.")
        try:
            found[name or chosen[0].settings.name] = read_document(path.read_bytes(), str(path))
        except OSError as error:
            raise UsageError(f"{path} can't be read: {error.strerror}.") from None
    return found


def check_engine(
    engine: Engine,
    states: list[SnapshotDocument],
    trees: Mapping[str, Tree],
    chosen: tuple[ProofEnvironment, ...],
    out: Out,
) -> None:
    """Raise `EngineMissing` for an engine that can't read the files, or is older than one that wrote a state."""
    service = load_module(trees["service"], _folder(out.service_root))
    if any(True for _ in service.of("removed")):
        engine.check(REMOVED_BLOCKS, "`removed` blocks with a `lifecycle`")
    roots = [load_module(trees["central"], one.central_folder) for one in chosen]
    if any(True for root in (service, *roots) for _ in root.of("import")):
        engine.check(IMPORT_BLOCKS, "`import` blocks")
    written = newest(*(one.terraform_version for one in states))
    if engine.name == "terraform" and newest(engine.version, written) != engine.version:
        raise EngineMissing(
            f"a state was written by Terraform {written}, and this is {engine.version}: an older one may lose what it doesn't know."
        )


def _folder(service_root: str) -> str:
    return "" if service_root == "." else service_root


class EnvironmentTrial:
    """One environment of what is under OUT; without an engine its states can be split, and not planned."""

    def __init__(self, out: Out, engine: Engine | None, one: ProofEnvironment, trees: Mapping[str, Tree]) -> None:
        self.out, self.engine, self.settings, self.folder = out, engine, one.settings, one.central_folder
        self.trees = trees
        self.existed = any(path.startswith(f"{self.folder}/") for path in trees["before/central"])
        self.root = load_module(trees["central"], self.folder)
        before = load_module(trees["before/central"], self.folder) if self.existed else None
        self.call = module_call(out.service, self.root, before)
        self.called_before = before is not None and before.get(f"module.{self.call}") is not None
        known = {one.name for one in before.of("output")} if before is not None else set()
        self.new_outputs = {one.name for one in self.root.of("output")} - known

    def run(
        self, source: SnapshotDocument, destination: SnapshotDocument | None, progress: Progress, originals: Originals
    ) -> EnvironmentReport:
        notes = []
        if destination is None and self.existed:
            notes.append(
                "the central root was there before, and no state of it was given (--central-state): "
                "it's planned as if it had never been applied"
            )
        given = destination if destination is not None else empty_document(NEW_LINEAGE, source.terraform_version)
        surgery, computed = self.split(source, given, progress)
        report = self.judged(source, destination, surgery, computed, progress, originals.hidden)
        return msgspec.structs.replace(report, notes=(*notes, *report.notes))

    def split(
        self, source: SnapshotDocument, destination: SnapshotDocument, progress: Progress
    ) -> tuple[Surgery, ComputedOutputs]:
        """The states as the migration leaves them, outputs filled in; raises `SurgeryRefused`, and `UsageError` for a bug of ours."""
        service = load_module(self.trees["before/service"], _folder(self.out.service_root))
        surgery = split(self.out.moved, self.call, self.root, service, source, destination)
        computed = self._outputs(surgery, self.central_files("central"), progress)
        surgery = with_outputs(surgery, computed.outputs)
        broken = problems(surgery.destination) + problems(surgery.source)
        if broken:
            raise UsageError(f"the split states can't be read by Terraform: {'; '.join(broken[:5])}.")
        return surgery, computed

    def judged(
        self,
        source: SnapshotDocument,
        destination: SnapshotDocument | None,
        surgery: Surgery,
        computed: ComputedOutputs,
        progress: Progress,
        hidden: Callable[[str], str],
    ) -> EnvironmentReport:
        """Both roots planned as they were over both states, and as they'll be over those of the surgery."""
        assert self.engine is not None
        given = destination if destination is not None else empty_document(NEW_LINEAGE, source.terraform_version)
        trial = try_out(
            self.engine,
            TrialInput(
                service_before=self.service_files("before/service", reads_central=destination is not None),
                service_after=self.service_files("service", reads_central=True),
                central_before=self.central_files("before/central") if self.existed else None,
                central_after=self.central_files("central"),
                source=source,
                destination=self._as_before(given),
                surgery=surgery,
                module=f"module.{self.call}",
                untold=tuple(computed.untold),
            ),
            progress=progress,
        )
        roots = {
            name: msgspec.structs.replace(verdict, reasons=tuple(map(hidden, verdict.reasons)))
            for name, verdict in trial.roots.items()
        }
        notes = [f"output {name} isn't filled in beforehand: {why}" for name, why in sorted(computed.untold.items())]
        return EnvironmentReport(verdict=trial.verdict, roots=roots, notes=tuple(notes))

    def _as_before(self, destination: SnapshotDocument) -> SnapshotDocument:
        """The central state without what came to it early: the root of before has no provider to plan that with."""
        if self.called_before:
            return destination
        module = f"module.{self.call}"
        kept = [one for one in destination.resources if below(one.module, module) is None]
        outputs = {name: raw for name, raw in destination.outputs.items() if name not in self.new_outputs}
        return destination.replaced(resources=kept, outputs=outputs)

    def service_files(self, side: str, *, reads_central: bool) -> RootFiles:
        """The service root, `service` or `before/service`, with what it's planned with."""
        folder = _folder(self.out.service_root)
        remote = self.out.remote_state
        module = load_module(self.trees[side], folder)
        declared = module.get(f"data.terraform_remote_state.{remote}") is not None
        offers = "central" if side == "service" else "central-before"
        return RootFiles(
            tree=self.trees[side],
            folder=folder,
            var_files=self.settings.var_files,
            variables=self.settings.variables,
            workspace=self.settings.workspace,
            remote_states={remote: offers} if declared and reads_central else {},
        )

    def central_files(self, side: str) -> RootFiles:
        """The central root, `central` or `before/central`."""
        environment = passed_on(self.root, self.call, os.environ) if side == "central" else {}
        return RootFiles(tree=self.trees[side], folder=self.folder, environment=environment)

    def _outputs(self, surgery: Surgery, central: RootFiles, progress: Progress) -> ComputedOutputs:
        """The central outputs as the migration fills them in; the provider's schemas are asked for only where types need them."""
        module = self.root
        read, _ = read_environment(self.trees["central"], module, EnvironmentSettings(name=self.settings.name))
        given = {**os.environ, **passed_on(module, self.call, os.environ)}
        values = with_given(module, read.values, given)
        computed = compute_outputs(module, values, surgery.destination)
        if not computed.untold or self.engine is None or not _has_providers(surgery.destination):
            return computed
        progress("asking for the providers' schemas")
        with tempfile.TemporaryDirectory(prefix=SCRATCH) as scratch:
            base = Path(scratch).resolve()
            schemas = schemas_of(self.engine, write_root(base, "schemas", central, None), central)
        return compute_outputs(module, values, surgery.destination, schemas=schemas)


def _has_providers(document: SnapshotDocument) -> bool:
    """Whether anything but Terraform's own provider is in a state."""
    return any("terraform.io/builtin/" not in resource.provider for resource in document.resources)
