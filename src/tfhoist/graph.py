"""Who reads what: references between the declarations of one module.

Resources and module calls are placed on a side; locals and data sources follow their readers, so a reading through them
counts as the reader's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from tfhoist.configuration.model import Declaration, Module, address_steps, target_address
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.references import Reference

VALUE = "value"
DEPENDS_ON = "depends_on"
REPLACE_TRIGGERED_BY = "replace_triggered_by"

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


def uses(declaration: Declaration) -> list[tuple[Reference, str]]:
    """The references of a declaration, each with its use; names that only look like references are left out.

    No references: `provider = aws.east`, `providers = {...}`, `ignore_changes`, a variable's `type`, and the addresses of
    `moved`, `import` and `removed` blocks.
    """
    if declaration.attribute is not None or declaration.block is None:
        return [(reference, VALUE) for reference in declaration.references]
    kind, body = declaration.kind, declaration.body
    if kind == "terraform":
        return []
    skipped: list[tuple[int, int]] = []
    special: list[tuple[int, int, str]] = []
    for attribute in body.attributes:
        name = attribute.name
        span = (attribute.start, attribute.end)
        if name == "depends_on":
            special.append((*span, DEPENDS_ON))
        elif (
            (name == "provider" and kind in ("resource", "data", "ephemeral", "import"))
            or (name == "providers" and kind == "module")
            or (name == "type" and kind == "variable")
            or (name in ("from", "to") and kind in ("moved", "import", "removed"))
        ):
            skipped.append(span)
    for block in body.blocks_of("lifecycle"):
        for attribute in block.body.attributes:
            if attribute.name == "ignore_changes":
                skipped.append((attribute.start, attribute.end))
            elif attribute.name == "replace_triggered_by":
                special.append((attribute.start, attribute.end, REPLACE_TRIGGERED_BY))
    found: list[tuple[Reference, str]] = []
    for reference in declaration.references:
        if any(start <= reference.start < end for start, end in skipped):
            continue
        use = next((use for start, end, use in special if start <= reference.start < end), VALUE)
        found.append((reference, use))
    return found


def _iterators(body: Body) -> list[tuple[str, int, int]]:
    """The names that `dynamic` blocks bind anywhere in a body, each with the bytes of the `content` that it's bound in."""
    names: list[tuple[str, int, int]] = []
    pending = [body]
    while pending:
        current = pending.pop()
        for block in current.blocks:
            if block.type == "dynamic" and block.labels:
                iterator = block.body.attribute("iterator")
                named = getattr(iterator.expression, "name", "") if iterator is not None else ""
                name = str(named) or block.labels[0]
                names += [(name, content.start, content.end) for content in block.body.blocks_of("content")]
                names += [(name, found.start, found.end) for found in block.body.attributes if found.name == "labels"]
            pending.append(block.body)
    return names


class Iterators:
    """What the `dynamic` blocks of a body bind: a reference by such a name inside its `content` reads nothing else."""

    def __init__(self, body: Body) -> None:
        self._bound = _iterators(body)

    def bind(self, reference: Reference) -> bool:
        """Whether a reference begins with a bound name."""
        return any(name == reference.root and start <= reference.start < end for name, start, end in self._bound)


def read_attribute(reference: Reference) -> str:
    """The first attribute read of a producer, its instance key left out; "" for the whole."""
    for step in reference.steps[address_steps(reference) :]:
        if step.kind == "attribute":
            return str(step.key)
    return ""


class Graph:
    """The readings of a module. Definitions of one address are taken together."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.edges: dict[str, list[Edge]] = {}
        self.undeclared: list[Edge] = []
        for declaration in module.declarations:
            consumer = declaration.address or declaration.kind
            edges = self.edges.setdefault(consumer, [])
            iterators = Iterators(declaration.body)
            for reference, use in uses(declaration):
                producer = target_address(reference)
                if not producer or iterators.bind(reference):
                    continue
                if declaration.kind == "variable" and producer == consumer:
                    continue  # a validation reads its own variable
                edge = Edge(consumer, producer, read_attribute(reference), use, reference, declaration)
                (edges if producer in module.definitions else self.undeclared).append(edge)

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
        found: list[Edge] = []
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
