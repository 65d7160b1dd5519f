"""The audit: inventory, dependencies and findings of one root module."""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist import __version__
from tfhoist.audit.dependencies import build_dependencies
from tfhoist.audit.model import SCHEMA, Audit, AuditedBlock, Counts, Tool
from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Module
from tfhoist.findings import Finding
from tfhoist.graph import Graph
from tfhoist.inventory import Entry, build_inventory
from tfhoist.placement.model import Placement
from tfhoist.rules import RULES, Context
from tfhoist.state.snapshot import Snapshot


def audit(
    graph: Graph,
    environments: tuple[Environment, ...],
    placement: Placement,
    sides_of_data: Mapping[str, str],
    folder_files: Tree,
    snapshots: Mapping[str, Snapshot],
    dropped: frozenset[tuple[str, int]] = frozenset(),
) -> Audit:
    """Audit a root module.

    `sides_of_data` says where each data source goes ("central", "local" or "both"); `folder_files` are all files of the
    folder, also those that Terraform doesn't read; `snapshots` are by environment; `dropped` are definitions that
    `[[resolve]]` doesn't keep.
    """
    module = graph.module
    evaluations = tuple(Evaluation(module, environment) for environment in environments)
    inventory = build_inventory(module, evaluations)
    sides = {address: placed.side.value for address, placed in placement.items()}
    context = Context(graph, evaluations, inventory, folder_files, snapshots, dropped, sides)
    return Audit(
        schema=SCHEMA,
        tool=Tool("tfhoist", __version__),
        environments=tuple(environment.name for environment in environments),
        counts=_counts(module),
        blocks=tuple(_block(entry, placement, sides_of_data) for entry in inventory),
        dependencies=build_dependencies(context),
        findings=find(context),
    )


def find(context: Context) -> tuple[Finding, ...]:
    """The findings of all rules, in their order."""
    found = [finding for rule in RULES for finding in rule.match(context)]
    return tuple(sorted(found, key=lambda finding: (finding.order(), finding.summary)))


def _counts(module: Module) -> Counts:
    kinds = [declaration.kind for declaration in module.declarations]
    files = {file.path for file in module.files} | {d.file.path for d in module.written} | set(module.json_files)
    return Counts(
        resources=kinds.count("resource"),
        data=kinds.count("data"),
        modules=kinds.count("module"),
        outputs=kinds.count("output"),
        variables=kinds.count("variable"),
        files=len(files),
    )


def _block(entry: Entry, placement: Placement, sides_of_data: Mapping[str, str]) -> AuditedBlock:
    declaration = entry.declaration
    side: str | None
    reasons: tuple[str, ...]
    if declaration.kind == "data":
        side = sides_of_data.get(declaration.address)
        reasons = (_FOLLOWS[side],) if side in _FOLLOWS else ()
    else:
        placed = placement.get(declaration.address)
        side = placed.side.value if placed is not None else None
        reasons = placed.reasons if placed is not None else ()
    return AuditedBlock(
        address=declaration.address,
        kind=declaration.kind,
        category=entry.category,
        side=side,
        reasons=reasons,
        names=entry.names,
        details=entry.details,
        contains=entry.contains,
        range=declaration.range,
    )


_FOLLOWS = {
    "central": "a data source follows its readers, which are central",
    "local": "a data source follows its readers, which stay",
    "both": "both sides read it: it's copied",
}
