"""From the files under OUT to the report's model; whatever isn't there leaves its section empty."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import DEPENDS_ON
from tfhoist.errors import UsageError
from tfhoist.graph import Graph
from tfhoist.report import model
from tfhoist.report.routing import read_routes

_RESULTS = {"fails": 0, "undecided": 1, "holds": 2}


class _Placed(msgspec.Struct):
    address: str
    side: str
    by: str
    range: model.Place
    reasons: tuple[str, ...] = ()
    services: tuple[dict[str, Any], ...] = ()


class _Placement(msgspec.Struct):
    policy: str
    cost: int
    blocks: tuple[_Placed, ...] = ()
    alternatives: tuple[model.Alternative, ...] = ()


class _Link(msgspec.Struct):
    consumer: str
    producer: str
    output: str = ""
    variable: str = ""
    expression: str = ""


class _Boundary(msgspec.Struct):
    downlinks: tuple[_Link, ...] = ()
    uplinks: tuple[_Link, ...] = ()
    orderings: tuple[_Link, ...] = ()


class _Interface(msgspec.Struct):
    variables: tuple[model.Variable, ...] = ()
    outputs: tuple[model.Output, ...] = ()


class _Central(msgspec.Struct):
    repository: str = ""
    module_folder: str | None = None


class _Named(msgspec.Struct):
    name: str


class _Consolidation(msgspec.Struct):
    service: str
    service_root: str = ""
    central: _Central = msgspec.field(default_factory=_Central)
    environments: tuple[_Named, ...] = ()
    boundary: _Boundary = msgspec.field(default_factory=_Boundary)
    interface: _Interface = msgspec.field(default_factory=_Interface)
    assumptions: tuple[str, ...] = ()
    refusals: tuple[dict[str, Any], ...] = ()


class _AuditedBlock(msgspec.Struct):
    address: str
    category: str = "other"
    names: dict[str, str] = {}
    details: dict[str, str] = {}
    contains: tuple[str, ...] = ()


class _Audit(msgspec.Struct):
    blocks: tuple[_AuditedBlock, ...] = ()
    findings: tuple[model.Finding, ...] = ()


class _Obligation(msgspec.Struct):
    kind: str
    address: str
    result: str
    environment: str | None = None
    detail: str = ""


class _Engine(msgspec.Struct):
    verdict: str = ""
    environments: Any = None


class _Proof(msgspec.Struct):
    verdict: str
    environments: dict[str, str] = {}
    obligations: tuple[_Obligation, ...] = ()
    counts: dict[str, int] = {}
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    engine: _Engine | None = None


def read_report(files: Mapping[str, bytes]) -> model.Report:
    """The model, from path under OUT to content; raises `UsageError` where an artifact is missing or damaged."""
    consolidation = _decode(files, "consolidation.json", _Consolidation)
    if consolidation.refusals:
        raise UsageError("the consolidation was refused, so there's no picture of it.", "See consolidation.json.")
    proof = _decode(files, "proof.json", _Proof)
    placement = _decode(files, "placement.json", _Placement)
    audit = _decode(files, "audit/audit.json", _Audit)
    graph = _graph(files, consolidation.service_root)
    environments = tuple(one.name for one in consolidation.environments)
    placed = {one.address for one in placement.blocks}
    central = {one.address for one in placement.blocks if one.side == model.CENTRAL}
    registry = files.get("central/docs/resource_registry.md")
    return model.Report(
        service=consolidation.service,
        repository=consolidation.central.repository,
        module_folder=consolidation.central.module_folder or "",
        environments=environments,
        verdict=proof.verdict,
        verdicts=proof.environments,
        counts=proof.counts,
        engine=(("verdict", proof.engine.verdict),) if proof.engine is not None else (),
        obligations=_obligations(proof.obligations, environments),
        assumptions=tuple(dict.fromkeys((*consolidation.assumptions, *proof.assumptions))),
        notes=proof.notes,
        policy=placement.policy,
        cost=placement.cost,
        blocks=_blocks(placement, audit, graph),
        edges=_edges(graph, placed),
        ports=_ports(consolidation, central, placed),
        orderings=tuple((one.consumer, one.producer) for one in consolidation.boundary.orderings),
        variables=consolidation.interface.variables,
        outputs=consolidation.interface.outputs,
        findings=audit.findings,
        routes=read_routes(files.get(f"central/registry/{consolidation.service}.json")),
        changes=_changes(files.get("service.patch", b"")),
        new_files=tuple(
            (path, len(content))
            for path, content in sorted(files.items())
            if path.startswith("central/") and files.get(f"before/{path}") != content
        ),
        runbook=_document(files, "migration/runbook.md"),
        registry=_entry(registry, consolidation.service) if registry is not None else None,
        documents=tuple(sorted(path for path in files if path.startswith("migration/") and path.endswith(".md"))),
    )


def _decode(files: Mapping[str, bytes], path: str, kind: type[Any]) -> Any:
    content = files.get(path)
    if content is None:
        raise UsageError(f"{path} is missing.", "Run `tfhoist consolidate` again.")
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is damaged: {error}.", "Run `tfhoist consolidate` again.") from None


def _graph(files: Mapping[str, bytes], service_root: str) -> Graph:
    prefix = "before/service/"
    tree = {path[len(prefix) :]: content for path, content in files.items() if path.startswith(prefix)}
    if service_root:
        tree = {posixpath.relpath(path, service_root): content for path, content in tree.items()}
    return Graph(load_module(tree))


def _blocks(placement: _Placement, audit: _Audit, graph: Graph) -> tuple[model.Block, ...]:
    audited = {block.address: block for block in reversed(audit.blocks)}
    alternatives = {one.address: one for one in placement.alternatives}
    found: list[model.Block] = []
    for placed in placement.blocks:
        more = audited.get(placed.address, _AuditedBlock(placed.address))
        definitions = graph.module.definitions.get(placed.address, ())
        one = next((d for d in definitions if d.range.start_line == placed.range.start_line), None)
        found.append(
            model.Block(
                address=placed.address,
                side=placed.side,
                by=placed.by,
                category=more.category,
                reasons=placed.reasons,
                services=tuple(dict.fromkeys(str(use.get("text", "")) for use in placed.services)),
                names=more.names,
                details=more.details,
                contains=more.contains,
                range=placed.range,
                source=one.text if one is not None else "",
                alternative=alternatives.get(placed.address),
            )
        )
    return tuple(sorted(found, key=lambda block: block.address))


def _edges(graph: Graph, placed: set[str]) -> tuple[model.Edge, ...]:
    values: dict[tuple[str, str], set[str]] = {}
    ordered: set[tuple[str, str]] = set()
    for consumer in sorted(placed):
        for edge in graph.readings(consumer):
            if edge.producer not in placed or edge.producer == consumer:
                continue
            pair = (consumer, edge.producer)
            if edge.use == DEPENDS_ON:
                ordered.add(pair)
            else:
                values.setdefault(pair, set()).add(edge.attribute)
    edges = [model.Edge(*pair, tuple(sorted(attributes))) for pair, attributes in values.items()]
    edges += [model.Edge(*pair, (), ordering=True) for pair in ordered - values.keys()]
    return tuple(sorted(edges))


_HEAD = re.compile(r"module\.[\w-]+|[a-z][a-z0-9]*_\w+\.[\w-]+")


def _ports(consolidation: _Consolidation, central: set[str], placed: set[str]) -> tuple[model.Port, ...]:
    boundary = consolidation.boundary
    ports: list[model.Port] = []
    for output in consolidation.interface.outputs:
        links = [link for link in boundary.downlinks if link.output == output.name]
        producers = {link.producer for link in links} & placed
        producers |= {address for address in _HEAD.findall(output.expression) if address in central}
        consumers = {link.consumer if link.consumer in placed else model.OUTPUTS for link in links}
        ports.append(
            model.Port(
                name=output.name, pinned=False, producers=tuple(sorted(producers)), consumers=tuple(sorted(consumers)),
                expression=output.expression, sensitive=output.sensitive,
            )
        )  # fmt: skip
    for name in sorted({link.variable for link in boundary.uplinks}):
        links = [link for link in boundary.uplinks if link.variable == name]
        ports.append(
            model.Port(
                name=name, pinned=True, producers=tuple(sorted({link.producer for link in links} & placed)),
                consumers=tuple(sorted({link.consumer for link in links} & placed)), expression=links[0].expression,
            )
        )  # fmt: skip
    return tuple(ports)


def _obligations(found: tuple[_Obligation, ...], environments: tuple[str, ...]) -> tuple[model.Obligation, ...]:
    together: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found:
        named = together.setdefault((one.kind, one.address, one.result, one.detail), [])
        if one.environment is not None:
            named.append(one.environment)
    order = {name: number for number, name in enumerate(environments)}
    return tuple(
        model.Obligation(
            kind=kind, address=address, result=result, detail=detail,
            environments=tuple(sorted(named, key=lambda name: order.get(name, 99))),
        )
        for (kind, address, result, detail), named in sorted(
            together.items(), key=lambda entry: (_RESULTS.get(entry[0][2], 0), entry[0])
        )
    )  # fmt: skip


def _changes(patch: bytes) -> tuple[model.ChangedFile, ...]:
    """The files of a unified diff; only what stands before the first hunk of a file is read for its path."""
    found: list[model.ChangedFile] = []
    path, old, hunk = "", "", False
    lines: list[str] = []

    def close() -> None:
        if lines:
            added = sum(line.startswith("+") for line in lines)
            removed = sum(line.startswith("-") for line in lines)
            found.append(model.ChangedFile(path=path, added=added, removed=removed, lines=tuple(lines)))

    for line in patch.decode("utf-8", "replace").split("\n"):
        if line.startswith("diff --git ") or (line.startswith("--- ") and not hunk):
            close()
            lines, hunk = [], False
            if line.startswith("--- "):
                old = line[4:].split("\t")[0]
        elif line.startswith("+++ ") and not hunk:
            new = line[4:].split("\t")[0]
            path = re.sub(r"\A[ab]/", "", new if new != "/dev/null" else old)
        elif line.startswith("@@"):
            hunk = True
            lines.append(line)
        elif hunk and line[:1] in ("+", "-", " ", "\\"):
            lines.append(line)
    close()
    return tuple(found)


def _document(files: Mapping[str, bytes], path: str) -> model.Document | None:
    content = files.get(path)
    return model.Document(path, content.decode("utf-8", "replace")) if content is not None else None


def _entry(registry: bytes, service: str) -> model.Document | None:
    """The service's entry of the registry page: from its heading to the next one of its level or above."""
    lines = registry.decode("utf-8", "replace").splitlines()
    heading = f"### Service: {service}"
    if heading not in lines:
        return None
    start = lines.index(heading)
    end = next((n for n in range(start + 1, len(lines)) if re.match(r"#{1,3} ", lines[n])), len(lines))
    return model.Document("central/docs/resource_registry.md", "\n".join(lines[start + 1 : end]))
