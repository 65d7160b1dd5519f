"""Placement: rules, companions, and for what is left the cheapest cut by dependency.

The cut is exact. A central block that reads a local one (*uplink*) costs much, a local block that reads a central one
(*downlink*) little, each once for a producer and attribute, whoever reads it. Ties go to the local side: the smallest
central side among the cheapest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tfhoist.configuration.model import Declaration
from tfhoist.findings import Refusal
from tfhoist.graph import DEPENDS_ON, REPLACE_TRIGGERED_BY, Graph
from tfhoist.placement.companions import Companion, owners
from tfhoist.placement.flow import INFINITE, Network
from tfhoist.placement.model import Placed, Side
from tfhoist.placement.policy import PolicyRule, first_match

UPLINK_COST = 20
DOWNLINK_COST = 2
ORDERING_COST = 1
LOOSE_COMPANION = 12

TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_ROUTES = ("aws_lb_listener", "aws_alb_listener", "aws_lb_listener_rule", "aws_alb_listener_rule")


class PlacementResult(msgspec.Struct, frozen=True):
    """The placement of every managed resource and module call, and what contradicts itself."""

    placement: dict[str, Placed]
    refusals: tuple[Refusal, ...]
    cost: int


class Evidence:
    """What is known of each address before the cut."""

    def __init__(self) -> None:
        self.fixed: dict[str, tuple[Side, str]] = {}
        self.preferred: dict[str, tuple[Side, int, str]] = {}
        self.firm: dict[str, tuple[str, str]] = {}  # companion to owner and reason
        self.loose: dict[str, tuple[str, str]] = {}
        self.inseparable: list[tuple[str, str, str]] = []


def place(graph: Graph, rules: Sequence[PolicyRule], overrides: Mapping[str, Side]) -> PlacementResult:
    """Place every managed resource and module call of a module."""
    evidence = _gather(graph, rules, overrides)
    refusals = _contradictions(graph, evidence)
    if refusals:
        return PlacementResult({}, tuple(refusals), 0)
    links = _links(graph)
    central, cost = _cut(graph, evidence, links)
    placement = {
        address: Placed(Side.CENTRAL if address in central else Side.LOCAL, _reasons(address, evidence, links, central))
        for address in graph.placed
    }
    return PlacementResult(placement, (), cost)


def _gather(graph: Graph, rules: Sequence[PolicyRule], overrides: Mapping[str, Side]) -> Evidence:
    evidence = Evidence()
    belongs = owners(graph)
    for address in graph.placed:
        declaration = _declaration(graph, address)
        if address in overrides:
            evidence.fixed[address] = (overrides[address], "your override in tfhoist.toml says so")
            continue
        owner = belongs.get(address)
        if owner is not None and owner[1].firm:
            evidence.firm[address] = (owner[0], _owned(owner))
            continue
        if owner is not None:
            evidence.loose[address] = (owner[0], _owned(owner))
        rule = first_match(rules, declaration, graph.module)
        if rule is None:
            continue
        if rule.strength == "rule":
            evidence.fixed[address] = (rule.side, f"rule {rule.name}: {rule.reason}")
        else:
            evidence.preferred[address] = (rule.side, rule.weight, f"preference {rule.name}: {rule.reason}")
    _only_for_local_load_balancers(graph, evidence)
    for address in graph.placed:
        for edge in graph.edges.get(address, ()):
            if edge.use == REPLACE_TRIGGERED_BY and edge.producer in graph.placed:
                evidence.inseparable.append(
                    (address, edge.producer, "`replace_triggered_by` can't name another root's block")
                )
    return evidence


def _owned(owner: tuple[str, Companion]) -> str:
    return f"companion of {owner[0]}: {owner[1].what}"


def _declaration(graph: Graph, address: str) -> Declaration:
    declaration = graph.module.get(address)
    if declaration is None:
        raise KeyError(address)
    return declaration


def _only_for_local_load_balancers(graph: Graph, evidence: Evidence) -> None:
    """A target group that only listeners of local load balancers use stays with them."""
    for address in graph.placed:
        if _declaration(graph, address).type not in TARGET_GROUPS or address in evidence.fixed:
            continue
        routes = [
            edge.consumer
            for edge in graph.readers.get(address, ())
            if edge.declaration.type in _ROUTES and edge.consumer in graph.placed
        ]
        tops = {_top(route, evidence) for route in routes}
        if tops and all(evidence.fixed.get(top, (None, ""))[0] is Side.LOCAL for top in tops):
            evidence.fixed[address] = (Side.LOCAL, f"only {', '.join(sorted(tops))} uses it, which stays")


def _top(address: str, evidence: Evidence) -> str:
    seen: set[str] = set()
    while address in evidence.firm and address not in seen:
        seen.add(address)
        address = evidence.firm[address][0]
    return address


def _contradictions(graph: Graph, evidence: Evidence) -> list[Refusal]:
    """Blocks that have to be together, fixed on different sides: each with the chain that binds them."""
    neighbours: dict[str, list[tuple[str, str]]] = {}
    pairs = [(companion, owner, why) for companion, (owner, why) in evidence.firm.items()] + evidence.inseparable
    for one, other, why in pairs:
        neighbours.setdefault(one, []).append((other, why))
        neighbours.setdefault(other, []).append((one, why))
    refusals: list[Refusal] = []
    for start in sorted(address for address, (side, _) in evidence.fixed.items() if side is Side.CENTRAL):
        came: dict[str, tuple[str, str]] = {start: ("", "")}
        pending = [start]
        while pending:
            current = pending.pop(0)
            for following, why in neighbours.get(current, ()):
                if following in came:
                    continue
                came[following] = (current, why)
                pending.append(following)
                if evidence.fixed.get(following, (None, ""))[0] is Side.LOCAL:
                    refusals.append(_contradiction(graph, evidence, start, following, came))
    return refusals


def _contradiction(graph: Graph, evidence: Evidence, start: str, end: str, came: dict[str, tuple[str, str]]) -> Refusal:
    chain: list[str] = []
    current = end
    while current != start:
        before, why = came[current]
        chain.append(f"{before} and {current} ({why})")
        current = before
    return Refusal(
        id="contradictory-placement",
        address=end,
        range=_declaration(graph, end).range,
        summary=f"{start} has to be central ({evidence.fixed[start][1]}) and {end} local ({evidence.fixed[end][1]}), "
        f"but they can't be parted: {'; '.join(reversed(chain))}.",
        advice="Change one of the rules or overrides in tfhoist.toml.",
    )


class _Links(msgspec.Struct):
    """Readings between placed blocks: (producer, attribute) to its readers; "" readers are what always stays."""

    values: dict[tuple[str, str], set[str]]
    orderings: set[tuple[str, str]]  # reader, producer
    touching: dict[str, list[tuple[str, str]]]  # address to the readings that it takes part in


STAYS = ""


def _links(graph: Graph) -> _Links:
    values: dict[tuple[str, str], set[str]] = {}
    orderings: set[tuple[str, str]] = set()
    placed = set(graph.placed)
    stays = [d.address or d.kind for d in graph.module.declarations if d.kind in ("output", "provider", "check")]
    for consumer in [*graph.placed, *sorted(set(stays))]:
        reader = consumer if consumer in placed else STAYS
        for edge in graph.readings(consumer):
            if edge.producer not in placed or edge.producer == consumer:
                continue
            if edge.use == DEPENDS_ON:
                if reader:
                    orderings.add((reader, edge.producer))
            else:
                values.setdefault((edge.producer, edge.attribute), set()).add(reader)
    touching: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(values):
        for address in {key[0], *values[key]}:
            touching.setdefault(address, []).append(key)
    return _Links(values, orderings, touching)


def _cut(graph: Graph, evidence: Evidence, links: _Links) -> tuple[set[str], int]:
    network = Network()
    nodes = {address: network.node() for address in graph.placed}
    nodes[STAYS] = 1
    for address, (side, _) in sorted(evidence.fixed.items()):
        if side is Side.CENTRAL:
            network.edge(0, nodes[address], INFINITE)
        else:
            network.edge(nodes[address], 1, INFINITE)
    for address, (side, weight, _) in sorted(evidence.preferred.items()):
        if side is Side.CENTRAL:
            network.edge(0, nodes[address], weight)
        else:
            network.edge(nodes[address], 1, weight)
    for companion, (owner, _) in sorted(evidence.firm.items()):
        network.edge(nodes[companion], nodes[owner], INFINITE, INFINITE)
    for companion, (owner, _) in sorted(evidence.loose.items()):
        network.edge(nodes[companion], nodes[owner], LOOSE_COMPANION, LOOSE_COMPANION)
    for one, other, _ in evidence.inseparable:
        network.edge(nodes[one], nodes[other], INFINITE, INFINITE)
    for (producer, _), readers in sorted(links.values.items()):
        uplink, downlink = network.node(), network.node()
        network.edge(uplink, nodes[producer], UPLINK_COST)
        network.edge(nodes[producer], downlink, DOWNLINK_COST)
        for reader in sorted(readers):
            if reader:
                network.edge(nodes[reader], uplink, INFINITE)
            network.edge(downlink, nodes[reader], INFINITE)
    for reader, producer in sorted(links.orderings):
        network.edge(nodes[reader], nodes[producer], ORDERING_COST, ORDERING_COST)
    cost, source_side = network.source_side()
    return {address for address in graph.placed if nodes[address] in source_side}, cost


def side_costs(address: str, links: _Links, central: set[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """What an address makes on each side, all others staying: uplinks and downlinks when central, then when local."""
    up_central: list[str] = []
    down_central: list[str] = []
    up_local: list[str] = []
    down_local: list[str] = []
    for key in links.touching.get(address, ()):
        producer, attribute = key
        readers = links.values[key]
        name = f"{producer}.{attribute}" if attribute else producer
        others = readers - {address}
        if producer == address:
            if not others <= central:
                down_central.append(name)
            if others & central:
                up_local.append(name)
        elif producer in central:
            if others <= central:
                down_local.append(name)
        elif not others & central:
            up_central.append(name)
    return up_central, down_central, up_local, down_local


def _reasons(address: str, evidence: Evidence, links: _Links, central: set[str]) -> tuple[str, ...]:
    reasons: list[str] = []
    side = Side.CENTRAL if address in central else Side.LOCAL
    if address in evidence.fixed:
        reasons.append(evidence.fixed[address][1])
    elif address in evidence.firm:
        reasons.append(evidence.firm[address][1])
    up_central, down_central, up_local, down_local = side_costs(address, links, central)
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
