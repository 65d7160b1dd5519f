"""What a rule is, and what it gets to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import ClassVar

import msgspec

from tfhoist.audit.links import Links
from tfhoist.audit.literals import LiteralText, literals
from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.configuration.model import Declaration, Module
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.graph import Graph
from tfhoist.inventory import Entry
from tfhoist.routing.decide import Analysis, analyse
from tfhoist.routing.model import Request, witness_of
from tfhoist.routing.reachability import Reachability
from tfhoist.routing.read import read_table
from tfhoist.routing.table import Table
from tfhoist.rules.records import HostRecord, records_of
from tfhoist.secrets import sounds_secret
from tfhoist.state.snapshot import Snapshot


class Routed:
    """The routing of one environment, and what its rules come to."""

    def __init__(self, evaluation: Evaluation, table: Table) -> None:
        self.evaluation = evaluation
        self.table = table

    @cached_property
    def analyses(self) -> tuple[Analysis, ...]:
        """One for each listener that rules apply to."""
        return tuple(analyse(listener) for listener in self.table.listeners if listener.speaks_http)

    @cached_property
    def reachability(self) -> Reachability:
        """Which services register where, and what security groups let through."""
        return Reachability(self.evaluation, self.table)

    @cached_property
    def declarations(self) -> dict[str, Declaration]:
        """The definition of each instance."""
        found: dict[str, Declaration] = {}
        for instance in self.evaluation.instances:
            found.setdefault(instance.address, instance.declaration)
        return found


@dataclass(frozen=True)
class Context:
    """Everything that rules read; `files` is the whole folder, `snapshots` are by environment."""

    graph: Graph
    evaluations: tuple[Evaluation, ...]
    inventory: tuple[Entry, ...]
    files: Mapping[str, bytes]
    snapshots: Mapping[str, Snapshot]
    dropped: frozenset[tuple[str, int]] = frozenset()
    """Definitions (file and first byte) that `[[resolve]]` doesn't keep: routing leaves them out."""
    sides: Mapping[str, str] = field(default_factory=dict)
    """Address to its side ("central", "local"), of what was placed."""

    @property
    def module(self) -> Module:
        """The root."""
        return self.graph.module

    @cached_property
    def links(self) -> Links:
        """Who reads whom."""
        return Links(self.module)

    @cached_property
    def routing(self) -> tuple[Routed, ...]:
        """The routing of each environment."""
        return tuple(
            Routed(evaluation, read_table(evaluation, self.snapshots.get(evaluation.name), self.dropped))
            for evaluation in self.evaluations
        )

    @cached_property
    def modules(self) -> tuple[tuple[str, Module], ...]:
        """The root and its local modules, each folder once, with the path of the first call that leads there."""
        found: dict[str, tuple[str, Module]] = {}
        queue = [("", self.module)]
        for path, module in queue:
            if module.folder not in found:
                found[module.folder] = (path, module)
                queue.extend(
                    (f"{path}.module.{name}" if path else f"module.{name}", module.children[name])
                    for name in sorted(module.children)
                )
        return tuple(found.values())

    @cached_property
    def literals(self) -> tuple[LiteralText, ...]:
        """The literal texts of all modules that may tell something."""
        return tuple(text for path, module in self.modules for text in literals(path, module))

    @cached_property
    def shown_literals(self) -> tuple[LiteralText, ...]:
        """Those of them that no name around them calls a secret."""
        secret = cache(sounds_secret)  # few names, many texts
        return tuple(text for text in self.literals if not any(map(secret, text.names)))

    def first_instances(self, kind: str) -> dict[str, dict[str, BlockInstance]]:
        """The managed blocks of a type, each with its first instance by environment; in the order of the first environment."""
        found: dict[str, dict[str, BlockInstance]] = {}
        for evaluation in self.evaluations:
            for instance in evaluation.by_type.get(kind, ()):
                found.setdefault(instance.block, {}).setdefault(evaluation.name, instance)
        return found

    @cached_property
    def records(self) -> dict[str, HostRecord]:
        """Host name to its DNS records of this root."""
        return records_of(self.evaluations)


class Rule:
    """One rule. `match` gives its findings in any order; `description` is one line, `advice` what to do."""

    id: ClassVar[str]
    severity: ClassVar[Severity]
    description: ClassVar[str]
    advice: ClassVar[str]

    def match(self, context: Context) -> Iterable[Finding]:
        """The findings."""
        raise NotImplementedError

    def finding(
        self,
        summary: str,
        *,
        address: str | None = None,
        addresses: Iterable[str] = (),
        ranges: Iterable[SourceRange | None] = (),
        evidence: Mapping[str, str] | None = None,
        advice: str | None = None,
        severity: Severity | None = None,
        witness: Request | None = None,
    ) -> Finding:
        """A finding of this rule; the first of `ranges` is its place."""
        places = tuple(dict.fromkeys(place for place in ranges if place is not None))
        taking_part = tuple(dict.fromkeys(addresses)) or ((address,) if address is not None else ())
        return Finding(
            id=self.id,
            severity=severity or self.severity,
            summary=summary,
            advice=self.advice if advice is None else advice,
            address=address,
            addresses=taking_part,
            range=places[0] if places else None,
            ranges=places,
            evidence=dict(evidence or {}),
            witness=msgspec.UNSET if witness is None else witness_of(witness),
        )


def together(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    known = list(words)
    return f"{', '.join(known[:-1])} and {known[-1]}" if len(known) > 1 else "".join(known)


def times(number: int) -> str:
    """Twice, 3 times."""
    return "twice" if number == 2 else f"{number} times"


def in_environments(names: Sequence[str]) -> str:
    """` in development and staging`; nothing for the unnamed environment."""
    named = [name for name in names if name]
    return f" in {together(named)}" if named else ""


def environments_of(names: Iterable[str]) -> dict[str, str]:
    """The evidence that names the environments; nothing for the unnamed one."""
    named = [name for name in names if name]
    return {"environments": ", ".join(named)} if named else {}


def line_of(declaration: Declaration, start: int, end: int) -> SourceRange:
    """The lines of a slice of the file of a declaration."""
    return declaration.file.range(start, end)


def header_of(declaration: Declaration) -> str:
    """`FILE:LINE` of a definition, as `[[resolve]]` names it."""
    return str(declaration.range)


def distinct_blocks(instances: Iterable[BlockInstance]) -> dict[str, Declaration]:
    """The addresses of the blocks of some instances, in the order of their places, each with its first definition."""
    found: dict[str, Declaration] = {}
    for instance in sorted(instances, key=lambda i: (i.declaration.range, i.address)):
        found.setdefault(instance.block, instance.declaration)
    return found
