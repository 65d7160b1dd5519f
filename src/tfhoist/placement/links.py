"""The readings between placed blocks, as the cut counts them: each producer and attribute once, whoever reads it."""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.configuration.model import DEPENDS_ON
from tfhoist.diagnostics import SourceRange
from tfhoist.graph import Edge, Graph

STAYS = ("output", "provider", "check")
"""Kinds of blocks that have no side to choose: they stay with the service root."""

Key = tuple[str, str]
"""A producer and the attribute that is read of it ("" for the whole)."""


class Links(NamedTuple):
    """`values`: readers by what they read; "" stands for all readers that always stay, and `edges` has all by their names.

    `orderings` are `depends_on`, as reader and producer; `touching` says for each address in which values and orderings it takes part.
    """

    values: dict[Key, set[str]]
    edges: dict[Key, dict[str, Edge]]
    orderings: dict[tuple[str, str], Edge]
    touching: dict[str, list[Key]]
    ordered: dict[str, list[tuple[str, str]]]


def find_links(graph: Graph) -> Links:
    """The readings of a module; through locals and data sources they count as the reader's own."""
    values: dict[Key, set[str]] = {}
    edges: dict[Key, dict[str, Edge]] = {}
    orderings: dict[tuple[str, str], Edge] = {}
    placed = set(graph.placed)
    stays = sorted({d.address or d.kind for d in graph.module.declarations if d.kind in STAYS})
    for consumer in [*graph.placed, *stays]:
        reader = consumer if consumer in placed else ""
        for edge in graph.readings(consumer):
            if edge.producer not in placed or edge.producer == consumer:
                continue
            if edge.use == DEPENDS_ON:
                if reader:
                    orderings.setdefault((reader, edge.producer), edge)
                continue
            key = (edge.producer, edge.attribute)
            values.setdefault(key, set()).add(reader)
            edges.setdefault(key, {}).setdefault(consumer, edge)
    touching: dict[str, list[Key]] = {}
    for key in sorted(values):
        for address in {key[0], *values[key]}:
            touching.setdefault(address, []).append(key)
    ordered: dict[str, list[tuple[str, str]]] = {}
    for pair in sorted(orderings):
        for address in pair:
            ordered.setdefault(address, []).append(pair)
    return Links(values, edges, orderings, touching, ordered)


def place_of(edge: Edge) -> SourceRange:
    """Where a reading is written: in the reader itself, or in the local or data source that it reads through."""
    return edge.declaration.file.range(edge.reference.start, edge.reference.end)
