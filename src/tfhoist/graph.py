"""Who reads what: references between the declarations of one module.

Resources and module calls are placed on a side; locals and data sources follow their readers, so a reading through them
counts as the reader's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from tfhoist.configuration.model import Declaration, Module, address_steps
from tfhoist.hcl.references import Reference

PLACED = ("resource", "module")
FOLLOWERS = ("local.", "data.", "ephemeral.")
"""What follows its readers, besides variables."""


class Edge(NamedTuple):
    """One reading: `consumer` (an address, or a kind for blocks without one) reads `attribute` of `producer`.

    `attribute` is "" for the whole; `use` is "value", "depends_on" or "replace_triggered_by".
    """

    consumer: str
    producer: str
    attribute: str
    use: str
    reference: Reference
    declaration: Declaration


def read_attribute(reference: Reference) -> str:
    """The first attribute read of a producer, its instance key left out; "" for the whole."""
    behind = address_steps(reference)
    for number, (kind, key, _) in enumerate(reference.steps):
        if number >= behind and kind == "attribute":
            return str(key)
    return ""


class Graph:
    """The readings of a module. Definitions of one address are taken together."""

    def __init__(self, module: Module) -> None:
        self.module = module
        declared = module.definitions
        self.edges: dict[str, list[Edge]] = {}
        self.undeclared: list[Edge] = []
        self._readings: dict[str, list[Edge]] = {}
        for declaration in module.declarations:
            consumer = declaration.address or declaration.kind
            edges = self.edges.setdefault(consumer, [])
            for reading in declaration.readings:
                producer, reference = reading.producer, reading.reference
                if not producer or (declaration.kind == "variable" and producer == consumer):
                    continue  # a validation reads its own variable
                edge = Edge(consumer, producer, read_attribute(reference), reading.use, reference, declaration)
                (edges if producer in declared else self.undeclared).append(edge)

    @cached_property
    def placed(self) -> tuple[str, ...]:
        """The addresses that are placed on a side: managed resources and module calls, sorted."""
        return tuple(sorted({d.address for d in self.module.of(*PLACED)}))

    @cached_property
    def readers(self) -> dict[str, list[Edge]]:
        """Producer to the edges that read it directly."""
        found: dict[str, list[Edge]] = {}
        for edges in self.edges.values():
            for edge in edges:
                found.setdefault(edge.producer, []).append(edge)
        return found

    def readings(self, consumer: str) -> list[Edge]:
        """The placed things that a consumer reads, through locals and data sources too; each edge is the last one."""
        found = self._readings.get(consumer)
        if found is not None:
            return found
        found = self._readings[consumer] = []
        seen = {consumer}
        pending = [consumer]
        while pending:
            for edge in self.edges.get(pending.pop(), ()):
                if edge.producer.startswith(FOLLOWERS):
                    if edge.producer not in seen:
                        seen.add(edge.producer)
                        pending.append(edge.producer)
                elif not edge.producer.startswith("var."):
                    found.append(edge)
        return found

    def closure(self, consumers: Iterable[str], kinds: tuple[str, ...] = (*FOLLOWERS, "var.")) -> set[str]:
        """The locals, data sources, ephemeral resources and variables that some consumers need, as far as they go."""
        seen: set[str] = set()
        pending = list(consumers)
        while pending:
            for edge in self.edges.get(pending.pop(), ()):
                if edge.producer.startswith(kinds) and edge.producer not in seen:
                    seen.add(edge.producer)
                    pending.append(edge.producer)
        return seen
