"""The minimum cut beside brute force and networkx."""

from __future__ import annotations

import itertools

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.placement.flow import Network

EDGES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 9), st.integers(0, 3)), max_size=18)


def build(edges: list[tuple[int, int, int, int]]) -> Network:
    network = Network()
    for _ in range(5):
        network.node()
    for start, end, capacity, back in edges:
        if start != end:
            network.edge(start, end, capacity, back)
    return network


def cost(edges: list[tuple[int, int, int, int]], side: set[int]) -> int:
    total = 0
    for start, end, capacity, back in edges:
        if start in side and end not in side:
            total += capacity
        if end in side and start not in side:
            total += back
    return total


@given(EDGES)
def test_cheapest_and_smallest(edges: list[tuple[int, int, int, int]]) -> None:
    value, side = build(edges).source_side()
    free = [2, 3, 4, 5, 6]
    cuts = [{0, *chosen} for size in range(len(free) + 1) for chosen in itertools.combinations(free, size)]
    cheapest = min(cost(edges, cut) for cut in cuts)
    assert value == cheapest
    assert cost(edges, side) == cheapest
    # the smallest source side is inside every other cheapest one
    assert all(side <= cut for cut in cuts if cost(edges, cut) == cheapest)


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29), st.integers(1, 99)), max_size=200))
def test_flow_is_networkx(edges: list[tuple[int, int, int]]) -> None:
    network = Network()
    for _ in range(28):
        network.node()
    graph = nx.DiGraph()
    graph.add_nodes_from(range(30))
    for start, end, capacity in edges:
        if start == end:
            continue
        network.edge(start, end, capacity)
        known = graph.get_edge_data(start, end, {"capacity": 0})["capacity"]
        graph.add_edge(start, end, capacity=known + capacity)
    assert network.source_side()[0] == nx.maximum_flow_value(graph, 0, 1)


def test_long_paths_need_no_recursion() -> None:
    network = Network()
    last = 0
    for _ in range(20_000):
        node = network.node()
        network.edge(last, node, 1)
        last = node
    network.edge(last, 1, 1)
    assert network.source_side()[0] == 1


@given(EDGES, st.integers(2, 6))
def test_searching_from_either_end_pushes_the_same_and_undo_takes_it_back(
    edges: list[tuple[int, int, int, int]], node: int
) -> None:
    network = build(edges)
    network.source_side()
    before = list(network.capacity)
    pushed = []
    for backwards in (False, True):
        changed: list[tuple[int, int]] = []
        pushed.append((network.push(0, node, changed, backwards=backwards), network.reach(0)))
        network.undo(changed)
        assert network.capacity == before
    assert pushed[0] == pushed[1]
