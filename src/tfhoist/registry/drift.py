"""Are the claims what the Terraform in the central repository declares? Compared both ways, environment by environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree, load_module, local_calls
from tfhoist.configuration.model import target_address
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.documents.names import real_name
from tfhoist.findings import Finding
from tfhoist.registry.catalogue import finding
from tfhoist.registry.claims import EdgeClaim, EnvironmentClaims, RouteClaim
from tfhoist.registry.entries import Entry, owned
from tfhoist.routing.limits import secret_header
from tfhoist.routing.model import Condition, Kind, Rule
from tfhoist.routing.read import RECORDS, read_table
from tfhoist.routing.table import Claim, Table

Said = tuple[int | None, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Root(NamedTuple):
    """A central root as it's declared: its routing, its module calls by the folders that they call, real names, and outputs.

    `names` are by address, with the type; `outputs` have the labels of the module calls that their values read.
    """

    table: Table
    labels: Mapping[str, str]
    names: Mapping[str, tuple[str, str]]
    outputs: Mapping[str, frozenset[str]]


class Roots:
    """The central roots of a repository, each with its values, read once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._roots: dict[str, Root | None] = {}

    def get(self, folder: str) -> Root | None:
        """A central root; None when it can't be read."""
        if folder not in self._roots:
            self._roots[folder] = self._read(folder)
        return self._roots[folder]

    def _read(self, folder: str) -> Root | None:
        module = load_module(self.tree, folder)
        if not module.files or any(one.severity is Severity.ERROR for one in module.diagnostics):
            return None
        environment, _ = read_environment(self.tree, module, EnvironmentSettings(name=""))
        evaluation = Evaluation(module, environment)
        names = {
            one.address: (one.declaration.type, real_name(one.declaration, one.names))
            for one in evaluation.instances
            if one.declaration.kind == "resource"
        }
        outputs = {
            one.name: frozenset(
                target.split(".")[1]
                for reference in one.references
                if (target := target_address(reference)).startswith("module.")
            )
            for one in module.of("output")
        }
        labels = {target: call.name for call, target in local_calls(module)}
        return Root(read_table(evaluation), labels, names, outputs)


def check_drift(entry: Entry, roots: Roots) -> Iterator[Finding]:
    """Where the claims of a service and its module part: rules, records, real names and outputs."""
    claims = entry.claims
    for place in claims.environments:
        root = roots.get(place.central_root)
        where = f" in {place.name}" if place.name else ""
        if root is None or claims.module not in root.labels:
            what = (
                f"{place.central_root} isn't there"
                if root is None
                else f"{place.central_root} doesn't call {claims.module}"
            )
            yield finding(
                "registry-root-missing", f"{claims.service}: {what}{where}", services=[claims.service],
                places=[entry.place(f'"central_root": "{place.central_root}"')],
            )  # fmt: skip
            continue
        label = root.labels[claims.module]
        prefix = f"module.{label}."
        text = b"".join(source for path, source in roots.tree.items() if path.startswith(f"{claims.module}/"))
        yield from _routes(entry, place, root.table, prefix, where)
        declared = {
            record.name: record.address
            for record in root.table.records
            if record.address.startswith(prefix) and record.name
        }
        claimed = {record.name.lower().rstrip("."): record.address for record in place.dns if record.name}
        for name in sorted(declared.keys() - claimed.keys()):
            yield _drift(entry, f"the record {name} is declared{where}, and not claimed", entry.place())
        for name, address in sorted(claimed.items()):
            if name not in declared and not _written(address, text):
                yield _drift(
                    entry, f"the record {name} is claimed{where}, and not declared", entry.place(f'"{address}"')
                )
        yield from _names(entry, place, root, prefix, where, text)
        yield from _beside(entry, place, root.table, prefix, where)
        yield from _outputs(entry, root, label, where)


def _written(address: str, text: bytes) -> bool:
    """Whether a file declares a block: with a count of 0 it's claimed for later, and not stale."""
    label = address.split("[")[0].rpartition(".")[2]
    return f'"{label}"'.encode() in text


def _names(
    entry: Entry, place: EnvironmentClaims, root: Root, prefix: str, where: str, text: bytes
) -> Iterator[Finding]:
    declared = {
        address.removeprefix(prefix): one
        for address, one in root.names.items()
        if address.startswith(prefix) and not address.removeprefix(prefix).startswith("module.")
    }
    claimed = {one.address: (one.type, one.name) for one in place.names if one.name}
    for address, (kind, name) in sorted(declared.items()):
        if name and address not in claimed and kind not in RECORDS:
            yield _drift(entry, f"the {kind} {name} ({address}) is declared{where}, and not claimed", entry.place())
    for address, (kind, name) in sorted(claimed.items()):
        now = declared.get(address)
        place_ = entry.place(f'"address": "{address}"')
        if now is None and not _written(address, text):
            yield _drift(entry, f"the {kind} {name} ({address}) is claimed{where}, and not declared", place_)
        elif now is not None and now[1] and now != (kind, name):
            yield _drift(entry, f"{address}{where}: its name is {name} claimed, and {now[1]} declared", place_)


def _beside(entry: Entry, place: EnvironmentClaims, table: Table, prefix: str, where: str) -> Iterator[Finding]:
    """Listeners, and what CloudFront and API Gateway answer for; older claims have none of them."""
    ports = {
        one.address.removeprefix(prefix): f"port {one.port or '?'}"
        for one in table.listeners
        if one.address.startswith(prefix)
    }
    edges = {one.address.removeprefix(prefix): _edge(one) for one in table.claims if one.address.startswith(prefix)}
    for declared, claimed in (
        (ports, {one.address: f"port {one.port or '?'}" for one in place.listeners}),
        (edges, {one.address: _edge(one) for one in place.edges}),
    ):
        for address in sorted(declared.keys() | claimed.keys()) if claimed else ():
            now, said = declared.get(address), claimed.get(address)
            if now == said:
                continue
            text = (
                f"{address} ({now}) is declared{where}, and not claimed"
                if said is None
                else f"{address} ({said}) is claimed{where}, and {'not' if now is None else now} declared"
            )
            yield _drift(entry, text, _place(entry, address))


def _edge(one: Claim | EdgeClaim) -> str:
    return " ".join((one.kind, *sorted(one.hosts), *one.paths))


def _outputs(entry: Entry, root: Root, label: str, where: str) -> Iterator[Finding]:
    claimed = set(entry.claims.outputs)
    for name in sorted(claimed - root.outputs.keys()):
        yield _drift(entry, f"the output {name} is claimed, and not declared{where}", entry.place(f'"{name}"'))
    for name, labels in sorted(root.outputs.items()):
        if label in labels and name not in claimed:
            yield _drift(entry, f"the output {name} is declared{where}, and not claimed", entry.place())


def check_consumed(
    entries: Sequence[Entry], roots: Roots, before: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Outputs that a service reads and nobody offers: neither claims, nor a central root by itself.

    `before` says which service offered an output until now.
    """
    offered = {output for entry in entries for output in entry.claims.outputs}
    owners = {entry.claims.service: entry for entry in entries}
    modules = {entry.claims.module for entry in entries}
    for entry in entries:
        found = [root for place in entry.claims.environments if (root := roots.get(place.central_root)) is not None]
        own = {
            name
            for root in found
            for name, labels in root.outputs.items()
            if labels.isdisjoint(label for folder, label in root.labels.items() if folder in modules)
        }
        for consumed in entry.claims.consumes:
            for output in sorted(set(consumed.outputs) - offered - own):
                owner = owners.get(consumed.service or (before or {}).get(output, ""))
                known = owner is not None and owner is not entry
                named = owned(owner.claims) if owner is not None and known else consumed.service
                said = (
                    f", and {named} doesn't offer it"
                    if named and named != entry.claims.service
                    else ", and nobody offers it"
                )
                yield finding(
                    "registry-output-missing",
                    f"{owned(entry.claims)} reads the output {output}{said}",
                    services=[entry.claims.service, *([owner.claims.service] if owner is not None and known else [])],
                    places=[entry.place(f'"{output}"'), *([owner.place()] if owner is not None and known else [])],
                    evidence={"output": output},
                )


def _routes(entry: Entry, place: EnvironmentClaims, table: Table, prefix: str, where: str) -> Iterator[Finding]:
    declared: dict[str, Said] = {}
    for listener in table.listeners:
        for rule in listener.rules:
            if rule.address.startswith(prefix) and not rule.unknown:
                declared[rule.address.removeprefix(prefix)] = _said(rule)
    known = {
        rule.address.removeprefix(prefix)
        for listener in table.listeners
        for rule in listener.rules
        if rule.address.startswith(prefix)
    }
    claimed = {route.address: _claimed(route) for route in place.routes}
    for address in sorted(known - claimed.keys()):
        yield _drift(entry, f"{address} is declared{where}, and not claimed", entry.place())
    for address in sorted(claimed.keys() - known):
        yield _drift(entry, f"{address} is claimed{where}, and not declared", _place(entry, address))
    for address in sorted(declared.keys() & claimed.keys()):
        now, said = declared[address], claimed[address]
        for what, one, other in zip(("priority", "hosts", "paths", "other conditions"), now, said, strict=True):
            if one != other and not (what == "other conditions" and not other):  # older claims have only their names
                yield _drift(
                    entry,
                    f"{address}{where}: its {what} {_text(other)} claimed, and {_text(one)} declared",
                    _place(entry, address),
                )


def _place(entry: Entry, address: str) -> SourceRange:
    return entry.place(f'"address": "{address}"')


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return f"are {', '.join(map(str, value))}" if value else "are none"
    return f"is {value if value is not None else 'left to AWS'}"


def _said(rule: Rule) -> Said:
    def values(kind: Kind) -> tuple[str, ...]:
        found: list[Condition] = [one for one in rule.conditions if one.kind is kind]
        return tuple(sorted({value for one in found for value in one.values}))

    return rule.priority, values(Kind.HOST), values(Kind.PATH), _others(rule.conditions)


def _claimed(route: RouteClaim) -> Said:
    return route.priority, tuple(sorted(set(route.hosts))), tuple(sorted(set(route.paths))), _others(route.matches)


def _others(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The conditions besides host and path that claims have with their values."""
    return tuple(
        sorted(
            one.text()
            for one in conditions
            if one.kind not in (Kind.HOST, Kind.PATH) and not (one.kind is Kind.HEADER and secret_header(one.name))
        )
    )


def _drift(entry: Entry, text: str, place: SourceRange) -> Finding:
    return finding("registry-drift", f"{entry.claims.service}: {text}", services=[entry.claims.service], places=[place])
