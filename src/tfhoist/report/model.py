"""What the report shows: read from the files of a consolidation, and nothing in it is HTML yet."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

CENTRAL, LOCAL = "central", "local"
OUTPUTS = "output blocks"
"""Stands in the picture for all `output` blocks of the service root that read a central block."""


class Place(msgspec.Struct, frozen=True):
    """Lines of a file of the service root as it was."""

    file: str = ""
    start_line: int = 0
    end_line: int = 0


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of what a placement costs, as the artifact `tfhoist/placement/1` has it."""

    kind: str
    cost: int
    what: str
    address: str = ""
    addresses: tuple[str, ...] = ()


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """A block on its other side: what it costs exactly, and who would have to come along."""

    address: str
    to: str
    cost: int
    difference: int
    along: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    removed: tuple[Charge, ...] = ()
    added: tuple[Charge, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the audit."""

    id: str
    severity: str
    summary: str
    advice: str
    address: str | None = None
    addresses: tuple[str, ...] = ()
    range: Place | None = None

    def blocks(self) -> tuple[str, ...]:
        """The addresses that it is about."""
        return tuple(dict.fromkeys([*([self.address] if self.address else []), *self.addresses]))


class Edge(msgspec.Struct, frozen=True, order=True):
    """One block reads another: what of it (`attributes`, "" for the whole), or only its order."""

    consumer: str
    producer: str
    attributes: tuple[str, ...]
    ordering: bool = False


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A placed block. `source` is its text as it was, with secrets as placeholders."""

    address: str
    side: str
    by: str
    category: str
    reasons: tuple[str, ...]
    services: tuple[str, ...]
    names: Mapping[str, str]
    details: Mapping[str, str]
    contains: tuple[str, ...]
    range: Place
    source: str
    alternative: Alternative | None = None

    @property
    def type(self) -> str:
        """The resource type, or "module"."""
        return self.address.split(".")[0]

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.address.split(".", 1)[-1]


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """What crosses the cut under one name: an output that the service reads, or a pinned input of the shared module."""

    name: str
    pinned: bool
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    expression: str = ""
    sensitive: bool = False


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable of the shared module."""

    name: str
    type: str
    origin: str
    sensitive: bool = False


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """An output of the shared module and of the central roots, with who reads it in the service root."""

    name: str
    expression: str
    sensitive: bool = False
    consumers: tuple[str, ...] = ()


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the proof has checked; `environments` are those in which the answer is the same, empty for all at once."""

    kind: str
    address: str
    result: str
    detail: str = ""
    environments: tuple[str, ...] = ()


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of a listener in one environment; `witness` is a request that it answers, "" where none is certain."""

    load_balancer: str
    listener: str
    port: str
    priority: int | None
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    conditions: tuple[str, ...]
    action: str
    targets: tuple[str, ...]
    address: str
    witness: str = ""


class ChangedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the patch for the service root, with its lines as the patch has them."""

    path: str
    added: int
    removed: int
    lines: tuple[str, ...]


class Document(msgspec.Struct, frozen=True):
    """A Markdown document of the consolidation: its path under OUT, and its text."""

    path: str
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows."""

    service: str
    repository: str
    module_folder: str
    environments: tuple[str, ...]
    verdict: str
    verdicts: Mapping[str, str]
    counts: Mapping[str, int]
    engine: tuple[tuple[str, str], ...]
    obligations: tuple[Obligation, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    policy: str
    cost: int
    blocks: tuple[Block, ...]
    edges: tuple[Edge, ...]
    ports: tuple[Port, ...]
    orderings: tuple[tuple[str, str], ...]
    variables: tuple[Variable, ...]
    outputs: tuple[Output, ...]
    findings: tuple[Finding, ...]
    routes: Mapping[str, tuple[Route, ...]]
    changes: tuple[ChangedFile, ...]
    new_files: tuple[tuple[str, int], ...]
    runbook: Document | None
    registry: Document | None
    documents: tuple[str, ...]
