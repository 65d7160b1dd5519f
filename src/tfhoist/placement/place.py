"""Placement: rules, companions, and for what is left the cheapest cut by dependency.

The cut is exact. A central block that reads a local one (*uplink*) costs much, a local block that reads a central one
(*downlink*) little, each once for a producer and attribute, whoever reads it. Ties go to the local side: the smallest
central side among the cheapest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.placement.charges import DOWNLINK_COST, LOOSE_COMPANION, ORDERING_COST, UPLINK_COST
from tfhoist.placement.cut import Cut
from tfhoist.placement.evidence import Evidence, contradictions, gather
from tfhoist.placement.links import Key, Links, find_links
from tfhoist.placement.model import Decider, Placed, Side
from tfhoist.placement.policy import PolicyRule

__all__ = [
    "DOWNLINK_COST",
    "LOOSE_COMPANION",
    "ORDERING_COST",
    "UPLINK_COST",
    "PlacementResult",
    "Study",
    "place",
    "study",
]


class PlacementResult(msgspec.Struct, frozen=True):
    """The placement of every managed resource and module call, and what contradicts itself."""

    placement: dict[str, Placed]
    refusals: tuple[Refusal, ...]
    cost: int


class Study(msgspec.Struct, frozen=True):
    """A placement with all that it was made from; `cut` is None where something contradicts itself."""

    graph: Graph
    rules: tuple[PolicyRule, ...]
    overrides: Mapping[str, Side]
    evidence: Evidence
    links: Links
    result: PlacementResult
    cut: Cut | None


def place(graph: Graph, rules: Sequence[PolicyRule], overrides: Mapping[str, Side]) -> PlacementResult:
    """Place every managed resource and module call of a module."""
    return study(graph, rules, overrides).result


def study(graph: Graph, rules: Sequence[PolicyRule], overrides: Mapping[str, Side]) -> Study:
    """Place as `place` does, and keep what alternatives are computed from."""
    evidence = gather(graph, rules, overrides)
    links = find_links(graph)
    refusals = contradictions(graph, evidence)
    if refusals:
        result = PlacementResult({}, tuple(refusals), 0)
        return Study(graph, tuple(rules), overrides, evidence, links, result, None)
    cut = Cut(graph, evidence, links)
    counts = {key: len(readers & cut.central) for key, readers in links.values.items()}
    placement = {address: _placed(address, evidence, links, cut.central, counts) for address in graph.placed}
    result = PlacementResult(placement, (), cut.cost)
    return Study(graph, tuple(rules), overrides, evidence, links, result, cut)


def _placed(
    address: str, evidence: Evidence, links: Links, central: frozenset[str], counts: Mapping[Key, int]
) -> Placed:
    side = Side.CENTRAL if address in central else Side.LOCAL
    by = Decider.CUT
    if address in evidence.fixed:
        by = evidence.deciders[address]
    elif address in evidence.firm:
        by = Decider.COMPANION
    return Placed(side, _reasons(address, evidence, links, central, counts), by)


def _side_costs(
    address: str, links: Links, central: frozenset[str], counts: Mapping[Key, int]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """What an address makes on each side, all others staying: uplinks and downlinks when central, then when local.

    `counts` says how many readers of each value are central.
    """
    up_central: list[str] = []
    down_central: list[str] = []
    up_local: list[str] = []
    down_local: list[str] = []
    for key in links.touching.get(address, ()):
        producer, attribute = key
        readers = links.values[key]
        itself = address in readers
        inside = counts[key] - (itself and address in central)
        all_others, any_other = inside == len(readers) - itself, inside > 0
        name = f"{producer}.{attribute}" if attribute else producer
        if producer == address:
            if not all_others:
                down_central.append(name)
            if any_other:
                up_local.append(name)
        elif producer in central:
            if all_others:
                down_local.append(name)
        elif not any_other:
            up_central.append(name)
    return up_central, down_central, up_local, down_local


def _reasons(
    address: str, evidence: Evidence, links: Links, central: frozenset[str], counts: Mapping[Key, int]
) -> tuple[str, ...]:
    reasons: list[str] = []
    side = Side.CENTRAL if address in central else Side.LOCAL
    if address in evidence.fixed:
        reasons.append(evidence.fixed[address][1])
        if address in evidence.notes:
            reasons.append(evidence.notes[address])
    elif address in evidence.firm:
        reasons.append(evidence.firm[address][1])
    up_central, down_central, up_local, down_local = _side_costs(address, links, central, counts)
    chosen = (up_central, down_central) if side is Side.CENTRAL else (up_local, down_local)
    other = (up_local, down_local) if side is Side.CENTRAL else (up_central, down_central)
    if not reasons:
        if address in evidence.loose and (evidence.loose[address][0] in central) == (side is Side.CENTRAL):
            reasons.append(evidence.loose[address][1])
        preferred = evidence.preferred.get(address)
        if preferred is not None and preferred[0] is side:
            reasons.append(preferred[2])
        opposite = "local" if side is Side.CENTRAL else "central"
        if other[0]:
            reasons.append(f"as {opposite} it would make {_count(other[0], 'uplink')}: {_some(other[0])}")
        elif not reasons and other[1]:
            reasons.append(f"as {opposite} it would make {_count(other[1], 'downlink')}: {_some(other[1])}")
        elif not reasons:
            reasons.append("nothing pulls it to the central side" if side is Side.LOCAL else "the cheapest cut")
        if preferred is not None and preferred[0] is not side:
            reasons.append(f"outweighs {preferred[2]}")
    if chosen[0]:
        reasons.append(f"costs {_count(chosen[0], 'uplink')}: {_some(chosen[0])}")
    if chosen[1]:
        reasons.append(f"costs {_count(chosen[1], 'downlink')}: {_some(chosen[1])}")
    return tuple(reasons)


def _count(names: list[str], noun: str) -> str:
    return f"{len(names)} {noun}{'s' if len(names) != 1 else ''}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
