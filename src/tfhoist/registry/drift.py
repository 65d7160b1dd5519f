"""Are the claims what the Terraform in the central repository declares? Compared both ways, environment by environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree, load_module, local_calls
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.registry.catalogue import finding
from tfhoist.registry.check import Entry
from tfhoist.registry.claims import EnvironmentClaims, RouteClaim
from tfhoist.routing.model import Condition, Kind, Rule
from tfhoist.routing.read import read_table
from tfhoist.routing.table import Table

Said = tuple[str, int | None, tuple[str, ...], tuple[str, ...]]


class Roots:
    """The central roots of a repository, each with its values, read once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._tables: dict[str, tuple[Table, Mapping[str, str]] | None] = {}

    def table(self, folder: str) -> tuple[Table, Mapping[str, str]] | None:
        """The table of a root, and the labels of its module calls by the folders that they call; None when it can't be read."""
        if folder not in self._tables:
            self._tables[folder] = self._read(folder)
        return self._tables[folder]

    def _read(self, folder: str) -> tuple[Table, Mapping[str, str]] | None:
        module = load_module(self.tree, folder)
        if not module.files or any(one.severity is Severity.ERROR for one in module.diagnostics):
            return None
        environment, _ = read_environment(self.tree, module, EnvironmentSettings(name=""))
        labels = {target: call.name for call, target in local_calls(module)}
        return read_table(Evaluation(module, environment)), labels


def check_drift(entry: Entry, roots: Roots) -> Iterator[Finding]:
    """Where the claims of a service and the rules and records of its module part."""
    claims = entry.claims
    for place in claims.environments:
        read = roots.table(place.central_root)
        where = f" in {place.name}" if place.name else ""
        if read is None or claims.module not in read[1]:
            what = (
                f"{place.central_root} isn't there"
                if read is None
                else f"{place.central_root} doesn't call {claims.module}"
            )
            yield finding(
                "registry-root-missing", f"{claims.service}: {what}{where}", services=[claims.service],
                places=[entry.place(f'"central_root": "{place.central_root}"')],
            )  # fmt: skip
            continue
        table, labels = read
        prefix = f"module.{labels[claims.module]}."
        yield from _routes(entry, place, table, prefix, where)
        declared = {
            record.name: record.address for record in table.records if record.address.startswith(prefix) and record.name
        }
        claimed = {record.name.lower().rstrip("."): record.address for record in place.dns if record.name}
        for name in sorted(declared.keys() - claimed.keys()):
            yield _drift(entry, f"the record {name} is declared{where}, and not claimed", entry.place())
        # a record whose count is 0 here is claimed for later: only one that no file declares is stale
        text = b"".join(source for path, source in roots.tree.items() if path.startswith(f"{claims.module}/"))
        for name, address in sorted(claimed.items()):
            label = address.split("[")[0].rpartition(".")[2]
            if name not in declared and f'"{label}"'.encode() not in text:
                yield _drift(
                    entry, f"the record {name} is claimed{where}, and not declared", entry.place(f'"{address}"')
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
        for what, one, other in zip(("name", "priority", "hosts", "paths"), now, said, strict=True):
            if one != other:
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

    return ("", rule.priority, values(Kind.HOST), values(Kind.PATH))


def _claimed(route: RouteClaim) -> Said:
    return ("", route.priority, tuple(sorted(set(route.hosts))), tuple(sorted(set(route.paths))))


def _drift(entry: Entry, text: str, place: SourceRange) -> Finding:
    return finding("registry-drift", f"{entry.claims.service}: {text}", services=[entry.claims.service], places=[place])
