"""The main job: read, place, split, prove, document, and write everything at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tfhoist.addresses import module_label
from tfhoist.api.artifacts import consolidation_json, proof_json
from tfhoist.api.auditing import run_audit
from tfhoist.api.out_files import holds_state, placed_path
from tfhoist.api.patches import patch
from tfhoist.api.placing import studied
from tfhoist.api.proving import subject_from_files
from tfhoist.api.reading import Progress, Service, read, read_states, repository_folder, service_folder
from tfhoist.api.templates import templates_of
from tfhoist.api.ways_out import Trial, way_out
from tfhoist.audit.artifact import to_json
from tfhoist.audit.markdown import render_markdown
from tfhoist.audit.model import Audit
from tfhoist.boundary.interface import Interface, build_interface
from tfhoist.configuration.load import Tree, all_modules, is_local_source, local_folder
from tfhoist.consolidation.central_repository import CentralReading, read_central
from tfhoist.consolidation.model import ConsolidationPlan
from tfhoist.consolidation.plan import build_plan
from tfhoist.documents.build import build_documents
from tfhoist.documents.context import DocumentContext
from tfhoist.errors import UsageError
from tfhoist.findings import Finding, Refusal
from tfhoist.graph import Graph
from tfhoist.placement.model import Placement, Side
from tfhoist.placement.place import Study
from tfhoist.placement.report import build_report
from tfhoist.placement.report import to_json as placement_json
from tfhoist.proof import Proof, ProofEnvironment, Subject, prove
from tfhoist.registry.document import add_entry
from tfhoist.registry.entry import build_claims, build_entry
from tfhoist.report.build import PATH as REPORT
from tfhoist.report.build import build_report_page
from tfhoist.state.identities import encode, identities_of
from tfhoist.state.snapshot import Snapshot
from tfhoist.validation.declare import declare
from tfhoist.validation.declare import encode as encode_declared
from tfhoist.values.evaluate import evaluate
from tfhoist.workspace import FolderFiles, read_folder, replace_folder

REGISTRY = "docs/resource_registry.md"
BLOCKING = ("duplicate-address", "undeclared-reference", "reference-cycle")
"""Findings of the audit that refuse a consolidation: Terraform itself rejects such a root, or we can't carry it yet."""

ALTERNATIVES = 400
"""So many blocks are tried on their other side for `placement.json` and the report, those near the cut first."""


class Consolidated(msgspec.Struct, frozen=True, kw_only=True):
    """What a consolidation came to: refused, or written with its proof."""

    out: str
    audit: Audit
    refusals: tuple[Refusal, ...]
    plan: ConsolidationPlan | None = None
    proof: Proof | None = None
    environments: tuple[str, ...] = ()
    way_out: Mapping[str, Side] = msgspec.field(default_factory=dict)  # overrides under which nothing is refused: tried
    overridden: frozenset[str] = frozenset()  # the addresses that the settings place by name


def consolidate(
    folder: Path,
    out: Path,
    *,
    central: Path | None = None,
    environments: tuple[str, ...] = (),
    states: Mapping[str, Path] | None = None,
    config: Path | None = None,
    service_name: str | None = None,
    progress: Progress = lambda message: None,
) -> Consolidated:
    """The main job: read, place, split, prove, and write everything under `out` at once.

    The caller has checked `out`. On a refusal only `consolidation.json` and the audit are written.
    """
    progress("reading the service root")
    central_files = read_folder(central) if central is not None else FolderFiles({}, {})
    service = read(folder, config=config, service=service_name, central=central_files)
    service = _selected(service, environments, states or {})
    names = tuple(environment.name for environment in service.environments)
    state_files = {(names[0] if name == "" else name): path for name, path in (states or {}).items()}
    snapshots = read_states(state_files)
    progress(f"placing {len(list(service.module.of('resource', 'module')))} blocks in {', '.join(names)}")
    study = studied(service)
    graph, result = study.graph, study.result
    taken = frozenset(service.settings.placement.overrides)
    central_tree = service.redaction.redact(central_files.tree)
    repository = read_central(central_tree, service.settings, service.environments, has_folder=central is not None)
    interface = _interface(service, study, repository, snapshots, taken) if result.placement else None
    progress("auditing")
    report = run_audit(
        service, state_files, (graph, result), interface.boundary.followers if interface is not None else None
    )
    refusals = [
        *_blocking(report, service),
        *_unmerged(service),
        *_roundabout(service),
        *_foreign_states(service, snapshots),
        *result.refusals,
        *repository.refusals,
    ]
    plan = None
    if interface is not None and not refusals:
        progress("splitting")
        plan = _plan(service, study, interface, repository, snapshots)
        refusals += plan.refusals
    if plan is None or interface is None or refusals:
        found: Mapping[str, Side] = {}
        if plan is not None and len(refusals) == len(plan.refusals):
            progress("looking for a way out")
            found = _way_out(service, central_tree, Trial(study, plan, tuple(refusals)), repository, snapshots)
        files = {
            "consolidation.json": _consolidation(service, result.placement, plan, tuple(refusals), {}, found),
            **_audit_files(report),
        }
        replace_folder(out, files)
        return Consolidated(
            out=str(out),
            audit=report,
            refusals=tuple(refusals),
            environments=names,
            way_out=found,
            overridden=taken,
        )
    files = _files(service, central_tree, plan, snapshots) | _audit_files(report)
    progress(f"proving {len(plan.moved)} moved blocks in {', '.join(names)}")
    proof = prove(_subject(files, service, plan))
    files |= _documents(service, graph, plan, report, proof, snapshots, files)
    declared = declare(service.settings.service.name, graph.module, service.environments, plan.moved, snapshots)
    files["validation.json"] = encode_declared(declared)
    files["proof.json"] = proof_json(proof)
    settings = service.settings
    files["placement.json"] = placement_json(
        build_report(study, settings.service.name, settings.placement.policy, ALTERNATIVES)
    )
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    files["consolidation.json"] = _consolidation(service, result.placement, plan, (), hashes)
    progress(f"drawing {len(plan.placement)} blocks")
    files[REPORT] = build_report_page(files)
    progress("writing")
    replace_folder(out, files)
    return Consolidated(out=str(out), audit=report, refusals=(), plan=plan, proof=proof, environments=names)


def _interface(
    service: Service,
    study: Study,
    repository: CentralReading,
    snapshots: Mapping[str, Snapshot],
    overridden: frozenset[str],
) -> Interface:
    return build_interface(
        study.graph, study.result.placement, service.environments, snapshots, repository.output_names(),
        module_label(service.settings.service.name), overridden,
    )  # fmt: skip


def _plan(
    service: Service, study: Study, interface: Interface, repository: CentralReading, snapshots: Mapping[str, Snapshot]
) -> ConsolidationPlan:
    return build_plan(
        study.graph, study.result.placement, interface, service.environments, service.dropped, service.tree,
        repository.as_repository(), service.settings.service.name, service_folder(service),
        repository.output_names(), snapshots, lambda text: service.redaction.redact_file("", text),
    )  # fmt: skip


def _way_out(
    service: Service, central_tree: Tree, first: Trial, repository: CentralReading, snapshots: Mapping[str, Snapshot]
) -> Mapping[str, Side]:
    """Overrides that lead to a proven consolidation: besides those of the settings, or else with others in their place."""
    own = service.settings.placement.overrides

    def attempt(more: Mapping[str, Side]) -> Trial:
        study = studied(service, more=more)
        if not study.result.placement:
            return Trial(study, None, study.result.refusals)
        interface = _interface(service, study, repository, snapshots, frozenset({*own, *more}))
        plan = _plan(service, study, interface, repository, snapshots)
        return Trial(study, plan, plan.refusals)

    def proven(plan: ConsolidationPlan) -> bool:
        files = _files(service, central_tree, plan, snapshots)
        return prove(_subject(files, service, plan)).verdict == "equivalent"

    return way_out(first, own, attempt, proven) or (way_out(first, {}, attempt, proven) if own else {})


def _unmerged(service: Service) -> list[Refusal]:
    """What can't be merged of override files, in the root and in every module that it calls."""
    return [
        Refusal(id="override-file", range=problem.range, summary=f"{problem.summary}.", advice=problem.advice)
        for module in all_modules(service.module)
        for problem in module.unmerged
    ]


def _roundabout(service: Service) -> list[Refusal]:
    """Local modules whose source leads out of the root's own folders and in again, such as `../../infra/x` in `infra`.

    The copy under OUT would know such a folder by two names.
    """
    above = service.folder.resolve().parts
    refusals: list[Refusal] = []
    for module in all_modules(service.module):
        for call in module.of("module"):
            source = call.literal("source")
            if not isinstance(source, str) or not is_local_source(source):
                continue
            parts = local_folder(module.folder, source).split("/")
            steps = parts.count("..")
            if steps and steps < len(parts) and steps < len(above) and parts[steps] == above[-steps]:
                refusals.append(
                    Refusal(
                        id="roundabout-source",
                        address=call.address,
                        range=call.range,
                        summary=f"module {call.name!r} has the source {source!r}, which leads out of {above[-steps]}/ and in again.",
                        advice="Write the short way to the same folder.",
                    )
                )
    return refusals


def _foreign_states(service: Service, snapshots: Mapping[str, Snapshot]) -> list[Refusal]:
    """States that belong to another environment: most names in them aren't those that the values give."""
    refusals: list[Refusal] = []
    module = service.resolved
    for environment in service.environments:
        if environment.name not in snapshots:
            continue
        scope = environment.scope(module)
        same: list[str] = []
        other: list[str] = []
        for instance in identities_of(snapshots[environment.name]).instances:
            declaration = module.get(f"{instance.type}.{instance.name}") if instance.mode == "managed" else None
            expression = declaration.expression("name") if declaration is not None and not instance.module else None
            there = instance.identities.get("name")
            expected = evaluate(expression, scope) if expression is not None else None
            if there is not None and isinstance(expected, str):
                (same if there == expected else other).append(
                    f"{instance.type}.{instance.name} is {there!r}, not {expected!r}"
                )
        if len(other) > len(same):
            refusals.append(
                Refusal(
                    id="state-of-another-environment",
                    summary=f"the state given for {environment.name} has other names: {other[0]}"
                    + (f", and {len(other) - 1} more" if len(other) > 1 else "")
                    + ".",
                    advice=f"Give the state of {environment.name}, or mend its var_files in tfhoist.toml.",
                )
            )
    return refusals


def _consolidation(
    service: Service,
    placement: Placement,
    plan: ConsolidationPlan | None,
    refusals: tuple[Refusal, ...],
    hashes: Mapping[str, str],
    found: Mapping[str, Side] | None = None,
) -> bytes:
    return consolidation_json(
        service.settings,
        service.environment_settings,
        service_folder(service),
        placement,
        plan,
        refusals,
        hashes,
        found or {},
    )


def _selected(service: Service, wanted: tuple[str, ...], states: Mapping[str, Path]) -> Service:
    """The service with the wanted environments only, and a name for the one that has none."""
    known = {environment.name: number for number, environment in enumerate(service.environments)}
    if set(known) == {""}:
        value = service.environments[0].values.get("environment")
        name = value if isinstance(value, str) and value.replace("-", "").replace("_", "").isalnum() else "default"
        service.environments = (msgspec.structs.replace(service.environments[0], name=name),)
        service.environment_settings = (msgspec.structs.replace(service.environment_settings[0], name=name),)
        known = {name: 0}
    missing = [name for name in [*wanted, *(name for name in states if name)] if name not in known]
    if missing:
        raise UsageError(f"there is no environment {missing[0]!r}.", f"Known: {', '.join(known)}.")
    if "" in states and len(known) > 1 and len(wanted) != 1:
        raise UsageError("--state FILE is for one environment, and there are several.", "Write --state NAME=FILE.")
    if wanted:
        keep = [known[name] for name in known if name in wanted]
        service.environments = tuple(service.environments[number] for number in keep)
        service.environment_settings = tuple(service.environment_settings[number] for number in keep)
    return service


def _blocking(report: Audit, service: Service) -> list[Refusal]:
    """Findings that refuse: as they are in the root, less what `[[resolve]]` has settled. Of readers of one missing name, the first."""
    settled = {declaration.address for declaration in service.dropped}
    found = [
        finding
        for finding in report.findings
        if finding.id in BLOCKING and not (finding.id == "duplicate-address" and finding.address in settled)
    ]
    missing = Counter(_missing(finding) for finding in found if finding.id == "undeclared-reference")
    refusals: list[Refusal] = []
    for finding in found:
        summary, advice = finding.summary, finding.advice
        if finding.id == "undeclared-reference":
            others = missing.pop(_missing(finding), 0) - 1
            if others < 0:
                continue
            if others:
                summary = f"{summary} ({others} more {'read' if others > 1 else 'reads'} it)"
            if finding.evidence.get("name", "").startswith("var."):
                advice += " Where another program writes the file that declares it (`generate` of Terragrunt), let it, and give its folder."
        refusals.append(
            Refusal(id=finding.id, address=finding.address, range=finding.range, summary=summary, advice=advice)
        )
    return refusals


def _missing(finding: Finding) -> str:
    """What a reader of something undeclared reads, and in which module."""
    return finding.summary.partition(" reads ")[2]


def _files(
    service: Service, central_tree: Tree, plan: ConsolidationPlan, snapshots: Mapping[str, Snapshot]
) -> dict[str, bytes]:
    folder = service_folder(service)
    before = {
        placed_path(folder, path): content for path, content in service.tree.items() if not holds_state(path, content)
    }
    after: dict[str, bytes] = dict(before)
    for path, content in plan.service_files.items():
        place_ = placed_path(folder, path)
        if content is None:
            after.pop(place_, None)
        else:
            after[place_] = content
    files = {f"before/service/{path}": content for path, content in before.items()}
    files |= {f"service/{path}": content for path, content in after.items()}
    kept = {path: content for path, content in central_tree.items() if not holds_state(path, content)}
    files |= {f"before/central/{path}": content for path, content in kept.items()}
    files |= {f"central/{path}": content for path, content in {**kept, **plan.central_files}.items()}
    for name, snapshot in snapshots.items():
        files[f"before/states/{name}.json"] = encode(identities_of(snapshot))
    files["service.patch"] = patch(before, after)
    return files


def _audit_files(report: Audit) -> dict[str, bytes]:
    return {"audit/audit.json": to_json(report), "audit/inventory.md": render_markdown(report).encode()}


def _subject(files: Mapping[str, bytes], service: Service, plan: ConsolidationPlan) -> Subject:
    environments = tuple(
        ProofEnvironment(settings=settings, central_folder=plan.central_folders[settings.name])
        for settings in service.environment_settings
    )
    kept = {resolve.address: resolve.keep for resolve in service.settings.resolve}
    promises = {output.name: output.expression for output in plan.boundary.outputs}
    return subject_from_files(files, service_folder(service), environments, kept, promises)


def _documents(
    service: Service,
    graph: Graph,
    plan: ConsolidationPlan,
    report: Audit,
    proof: Proof,
    snapshots: Mapping[str, Snapshot],
    files: Mapping[str, bytes],
) -> dict[str, bytes]:
    settings = service.settings
    context = DocumentContext(
        service=settings.service.name,
        label=module_label(settings.service.name),
        owner=settings.service.owner,
        contact=settings.service.contact,
        repository=settings.central.repository,
        module=graph.module,
        environments=service.environments,
        environment_settings=service.environment_settings,
        placement=plan.placement,
        boundary=plan.boundary,
        variables=plan.variables,
        module_folder=plan.module_folder,
        central_folders=plan.central_folders,
        service_folder=repository_folder(service),
        remote_state=plan.remote_state,
        central_backends=plan.central_backends,
        moved=plan.moved,
        stays=plan.stays,
        state_instances={
            name: tuple(
                resource.instance_address(instance)
                for resource in snapshot.resources
                if resource.mode == "managed"
                for instance in resource.instances
            )
            for name, snapshot in snapshots.items()
        },
        imports=plan.imports,
        findings=tuple(report.findings),
        assumptions=tuple(dict.fromkeys((*plan.assumptions, *proof.assumptions))),
        timeline_start=settings.timeline.start,
        integration_points=settings.registry.integration_points,
    )
    documents = build_documents(context, templates_of(service))
    written = {
        (f"central/{plan.module_folder}/README.md" if name == "module/README.md" else name): content
        for name, content in documents.items()
    }
    existing = files.get(f"central/{REGISTRY}")
    entry = build_entry(context)
    written[f"central/{REGISTRY}"] = add_entry(existing.decode() if existing is not None else None, entry).encode()
    written[f"central/registry/{settings.service.name}.json"] = build_claims(context)
    return written
