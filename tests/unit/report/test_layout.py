"""The drawing: nothing overlaps, everything is in its room, and the same input gives the same places."""

from __future__ import annotations

import itertools
import random

import hypothesis.strategies as st
from hypothesis import given, settings

from tfhoist.report.layout import GAP_Y, HEIGHT, Box, Drawing, Gate, Node, lay_out

SIDES = ("local", "central")


def crossings(drawing: Drawing, pairs: list[tuple[str, str]]) -> int:
    """How many lines between the same two columns cross each other."""
    found = 0
    for number, (a, b) in enumerate(pairs):
        for c, d in pairs[number + 1 :]:
            one, two, three, four = (drawing.nodes[key] for key in (a, b, c, d))
            if (one.x, two.x) == (three.x, four.x) and (one.y - three.y) * (two.y - four.y) < 0:
                found += 1
    return found


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def inside(one: Box, room: Box) -> bool:
    return (
        room.x <= one.x
        and one.x + one.width <= room.x + room.width
        and room.y <= one.y
        and one.y + one.height <= room.y + room.height
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], list[tuple[str, str]], list[Gate]]:
    count = draw(st.integers(2, 60))
    nodes = [
        Node(
            key=f"n{number}",
            side=draw(st.sampled_from(SIDES)),
            lane=draw(st.sampled_from(("one", "two", "three"))),
            rank=draw(st.sampled_from((None, None, 0, 1, 3))),
        )
        for number in range(count)
    ]
    keys = st.sampled_from([node.key for node in nodes])
    edges = draw(st.lists(st.tuples(keys, keys), max_size=80))
    left = [node.key for node in nodes if node.side == "local"]
    right = [node.key for node in nodes if node.side == "central"]
    gates = [
        Gate(
            key=f"p{number}",
            left=tuple(draw(st.lists(st.sampled_from(left), max_size=3, unique=True))) if left else (),
            right=tuple(draw(st.lists(st.sampled_from(right), max_size=2, unique=True))) if right else (),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
    return nodes, edges, gates


@settings(max_examples=60)
@given(graphs())
def test_everything_has_a_place_of_its_own(graph: tuple[list[Node], list[tuple[str, str]], list[Gate]]) -> None:
    nodes, edges, gates = graph
    drawing = lay_out(nodes, edges, gates, SIDES)
    assert drawing.nodes.keys() == {node.key for node in nodes}
    assert drawing.gates.keys() == {gate.key for gate in gates}
    boxes = [*drawing.nodes.values(), *drawing.gates.values()]
    assert [(a, b) for number, a in enumerate(boxes) for b in boxes[number + 1 :] if overlap(a, b)] == []
    lanes = {(lane.side, lane.name): lane.box for lane in drawing.lanes}
    for node in nodes:
        assert inside(drawing.nodes[node.key], lanes[node.side, node.lane])
        assert inside(drawing.nodes[node.key], drawing.rooms[node.side])
    assert [(a, b) for a in drawing.lanes for b in drawing.lanes if a is not b and overlap(a.box, b.box)] == []
    assert all(box.x < drawing.cut < box.x + box.width for box in drawing.gates.values())
    assert lay_out(nodes, list(reversed(edges)), gates, SIDES) == drawing


def test_what_is_read_stands_left_of_its_readers() -> None:
    nodes = [Node(key=key, side="local", lane="compute") for key in ("service", "task", "cluster")]
    drawing = lay_out(nodes, [("service", "task"), ("service", "cluster"), ("task", "cluster")], [], SIDES)
    assert drawing.nodes["cluster"].x < drawing.nodes["task"].x < drawing.nodes["service"].x


def test_a_circle_is_laid_out_too() -> None:
    nodes = [Node(key=key, side="central", lane="iam") for key in "abc"]
    drawing = lay_out(nodes, [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")], [], SIDES)
    assert len({(box.x, box.y) for box in drawing.nodes.values()}) == 3


def test_a_shuffled_ladder_is_disentangled() -> None:
    order = list(range(7))
    random.Random(5).shuffle(order)
    nodes = [Node(key=f"a{n}", side="central", lane="x", rank=0) for n in range(7)]
    nodes += [Node(key=f"b{n}", side="central", lane="x", rank=1) for n in order]
    pairs = [(f"b{n}", f"a{order[n]}") for n in range(7)]
    drawing = lay_out(nodes, pairs, [], SIDES)
    assert crossings(drawing, pairs) == 0
    ys = sorted(box.y for key, box in drawing.nodes.items() if key.startswith("a"))
    assert all(b - a >= HEIGHT + GAP_Y for a, b in itertools.pairwise(ys))


def test_a_long_column_folds() -> None:
    nodes = [Node(key=f"n{n:03}", side="central", lane="x", rank=0) for n in range(300)]
    drawing = lay_out(nodes, [], [], SIDES)
    assert drawing.width < 6 * drawing.height
    assert drawing.height < 3 * drawing.width
