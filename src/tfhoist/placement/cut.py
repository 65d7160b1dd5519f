"""The cheapest cut, and what it would cost with one block on its other side; both exact.

Fixed sides cost more together than everything else, but not infinitely much: so a fixed block can be forced to its other side as
well, and the number of fixed sides that give way is read from the value. Forcing a block pushes only what is missing on top of
the flow that is there, and takes it back afterwards, so an alternative costs a fraction of a cut.
"""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.graph import Graph
from tfhoist.placement.charges import DOWNLINK_COST, LOOSE_COMPANION, ORDERING_COST, UPLINK_COST
from tfhoist.placement.evidence import Evidence
from tfhoist.placement.flow import INFINITE, Network
from tfhoist.placement.links import Links
from tfhoist.placement.model import Side

_SOURCE, _SINK = 0, 1


class Forced(NamedTuple):
    """A cut with one block forced: the central side, its cost, and how many fixed sides give way (the block's own counts)."""

    central: frozenset[str]
    cost: int
    broken: int


class Cut:
    """The cheapest placement; among several, the one with the smallest central side."""

    def __init__(self, graph: Graph, evidence: Evidence, links: Links) -> None:
        self._network = Network()
        self._nodes = self._one_for_all_that_stay_together(graph, evidence)
        self._fixed = 1  # more than all that can be saved
        self._build(evidence, links)
        value, self._inside = self._network.source_side()
        self.cost = value
        self.central = self._addresses(self._inside)

    def _one_for_all_that_stay_together(self, graph: Graph, evidence: Evidence) -> dict[str, int]:
        """Address to its node; firm companions and what can't be parted share one."""
        leads: dict[str, str] = {}

        def first(address: str) -> str:
            while address in leads:
                before, address = address, leads[address]
                leads[before] = leads.get(address, address)  # halves the way each time
            return address

        pairs = [(companion, owner) for companion, (owner, _) in evidence.firm.items()]
        for one, other in (*pairs, *((one, other) for one, other, _ in evidence.inseparable)):
            start, end = first(one), first(other)
            if start != end:
                leads[start] = end
        nodes = {address: self._network.node() for address in graph.placed if address not in leads}
        return {address: nodes[first(address)] for address in graph.placed}

    def _build(self, evidence: Evidence, links: Links) -> None:
        network = self._network
        nodes = {**self._nodes, "": _SINK}
        for address, (side, weight, _) in sorted(evidence.preferred.items()):
            self._fixed += weight
            if side is Side.CENTRAL:
                network.edge(_SOURCE, nodes[address], weight)
            else:
                network.edge(nodes[address], _SINK, weight)
        for companion, (owner, _) in sorted(evidence.loose.items()):
            self._fixed += LOOSE_COMPANION
            network.edge(nodes[companion], nodes[owner], LOOSE_COMPANION, LOOSE_COMPANION)
        for (producer, _), readers in sorted(links.values.items()):
            self._fixed += UPLINK_COST + DOWNLINK_COST
            start = nodes[producer]
            ends = [node for node in dict.fromkeys(nodes[reader] for reader in sorted(readers)) if node != start]
            if not ends:
                continue
            uplink, downlink = network.node(), network.node()
            network.edge(uplink, start, UPLINK_COST)
            network.edge(start, downlink, DOWNLINK_COST)
            for node in ends:
                if node != _SINK:
                    network.edge(node, uplink, INFINITE)
                network.edge(downlink, node, INFINITE)
        for reader, producer in sorted(links.orderings):
            self._fixed += ORDERING_COST
            network.edge(nodes[reader], nodes[producer], ORDERING_COST, ORDERING_COST)
        for address, (side, _) in sorted(evidence.fixed.items()):
            if side is Side.CENTRAL:
                network.edge(_SOURCE, nodes[address], self._fixed)
            else:
                network.edge(nodes[address], _SINK, self._fixed)

    def forced(self, address: str) -> Forced:
        """The cheapest cut with one block on the other side than it's on."""
        network, node = self._network, self._nodes[address]
        changed: list[tuple[int, int]] = []
        if node in self._inside:
            value = self.cost + network.push(_SOURCE, node, changed, backwards=True)
            inside = network.reach(_SOURCE)
        else:
            value = self.cost + network.push(node, _SINK, changed)
            inside = self._inside | network.reach(node)
        network.undo(changed)
        broken, cost = divmod(value, self._fixed)
        return Forced(self._addresses(inside), cost, broken)

    def _addresses(self, inside: set[int]) -> frozenset[str]:
        return frozenset(address for address, node in self._nodes.items() if node in inside)
