"""Alternatives beside brute force over small random roots, and as people ask about them."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.placement.test_place import BALANCED, BLOCK, price, root
from tfhoist.configuration.load import load_module
from tfhoist.graph import Graph
from tfhoist.placement.alternatives import Alternative, alternative, alternatives
from tfhoist.placement.charges import charges
from tfhoist.placement.model import Decider, Side
from tfhoist.placement.place import Study, study
from tfhoist.placement.policy import PolicyRule, builtin_policy

PREFERENCE = st.one_of(st.none(), st.tuples(st.sampled_from([Side.CENTRAL, Side.LOCAL]), st.integers(1, 45)))


@given(st.lists(BLOCK, min_size=1, max_size=6), st.integers(0, 8), st.lists(PREFERENCE, min_size=6, max_size=6))
def test_an_alternative_is_the_cheapest_placement_that_has_the_block_there(
    blocks: list[tuple[str, list[tuple[int, str]], int]],
    read_by_output: int,
    preferences: list[tuple[Side, int] | None],
) -> None:
    fixed = {f"a_x.b{n}": Side(side) for n, (side, _, _) in enumerate(blocks) if side != "free"}
    rules = [
        PolicyRule(name=f"r{n}", match=(f"a_x.b{n}",), side=given[0], strength="preference", weight=given[1])
        for n, given in enumerate(preferences)
        if given is not None
    ]
    one = study(root(blocks, read_by_output), rules, fixed)
    assert one.cut is not None

    def whole(central: set[int]) -> int:
        total = price(blocks, read_by_output, central)
        for n, (side, _, _) in enumerate(blocks):
            given = preferences[n]
            if side == "free" and given is not None and (given[0] is Side.CENTRAL) != (n in central):
                total += given[1]
        return total

    now = {n for n in range(len(blocks)) if f"a_x.b{n}" in one.cut.central}
    assert one.cut.cost == whole(now) == sum(c.cost for c in charges(one.evidence, one.links, one.cut.central))
    for n in range(len(blocks)):
        choices = [[True, False] if side == "free" else [side == "central"] for side, _, _ in blocks]
        choices[n] = [n not in now]
        cuts = [{number for number, chosen in enumerate(cut) if chosen} for cut in itertools.product(*choices)]
        cheapest = min(whole(cut) for cut in cuts)
        found = alternative(one, f"a_x.b{n}")
        there = {m for m in range(len(blocks)) if (m in now) != (f"a_x.b{m}" in (found.address, *found.along))}
        assert found.cost == cheapest == whole(there)
        assert found.difference == cheapest - one.cut.cost
        assert found.against == ()
        assert all(there <= cut for cut in cuts if whole(cut) == cheapest)
        # the entries that come and go are exactly the difference
        assert sum(c.cost for c in found.added) - sum(c.cost for c in found.removed) == found.difference
        if blocks[n][0] == "free":
            assert found.difference >= 0
    # nothing is left of what was forced
    assert [alternative(one, f"a_x.b{n}") for n in range(len(blocks))] == [
        alternative(one, f"a_x.b{n}") for n in range(len(blocks))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_declarations_changes_nothing(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"b{n}" for n in range(30)]
    texts = []
    for n, name in enumerate(names):
        reads = draw.sample(names[:n], min(n, draw.randint(0, 3)))
        lines = [f"  r{number} = a_x.{other}.id" for number, other in enumerate(reads)]
        texts.append("\n".join([f'resource "a_x" "{name}" {{', *lines, "}\n"]))
    rules = [
        PolicyRule(name=name, match=(f"a_x.{name}",), side=draw.choice([Side.CENTRAL, Side.LOCAL]))
        for name in draw.sample(names, 8)
    ]
    seen: list[tuple[dict[str, Side], int, tuple[tuple[str, int, tuple[str, ...]], ...]]] = []
    for _ in range(4):
        one = study(Graph(load_module({"main.tf": "".join(texts).encode()})), rules, {})
        assert one.cut is not None
        sides = {address: placed.side for address, placed in one.result.placement.items()}
        seen.append((sides, one.cut.cost, tuple((a.address, a.cost, a.along) for a in alternatives(one))))
        draw.shuffle(texts)
    assert all(other == seen[0] for other in seen)


def studied(text: str, overrides: dict[str, Side] | None = None) -> Study:
    module = load_module({"main.tf": text.encode()})
    assert not module.diagnostics
    return study(Graph(module), builtin_policy(), overrides or {})


def ask(text: str, address: str, overrides: dict[str, Side] | None = None) -> Alternative:
    return alternative(studied(text, overrides), address)


SHARED_GROUP = """
resource "aws_lb" "main" {
  security_groups = [aws_security_group.front.id, aws_security_group.back.id]
}
resource "aws_security_group" "front" {}
resource "aws_security_group" "back" {}
resource "aws_ecs_service" "api" {
  security_groups = [aws_security_group.back.id]
}
"""


def test_an_override_that_costs_uplinks_is_shown_with_what_leaving_it_would_save() -> None:
    found = ask(SHARED_GROUP, "aws_security_group.back", {"aws_security_group.back": Side.LOCAL})
    assert (found.side, found.to) == (Side.LOCAL, Side.CENTRAL)
    assert [(c.kind, c.what) for c in found.removed] == [("uplink", "aws_security_group.back.id")]
    assert [(c.kind, c.what) for c in found.added] == [("downlink", "aws_security_group.back.id")]
    assert found.difference == -18
    assert found.removed[0].addresses == ("aws_lb.main",)
    assert [str(place) for place in found.removed[0].ranges] == ["main.tf:3"]


def test_moving_a_load_balancer_takes_its_companions_along() -> None:
    one = studied(BALANCED)
    found = alternative(one, "aws_lb.main")
    assert found.along == ("aws_lb_listener.main", "aws_lb_target_group.shared")
    placed = studied(BALANCED, {"aws_lb.main": Side.LOCAL})
    assert placed.cut is not None
    assert found.cost == placed.cut.cost
    assert one.result.placement["aws_lb_target_group.own"].by is Decider.COMPANION


def test_every_alternative_is_what_an_override_would_give() -> None:
    for text in (BALANCED, SHARED_GROUP):
        one = studied(text)
        for found in alternatives(one):
            there = studied(text, {found.address: found.to})
            assert one.cut is not None
            assert there.cut is not None
            sides = {a for a in one.result.placement if (a in one.cut.central) != (a in there.cut.central)}
            assert sides == {found.address, *found.along}


def test_what_is_tied_to_a_fixed_block_says_so() -> None:
    text = """
resource "a_x" "free" {
  lifecycle { replace_triggered_by = [aws_lb.main] }
}
resource "aws_lb" "main" {}
output "o" { value = a_x.free.id }
"""
    found = ask(text, "a_x.free")
    assert found.against == ("aws_lb.main",)


def test_the_number_of_alternatives_is_bounded() -> None:
    text = "".join(
        f'resource "aws_lb" "l{n}" {{}}\noutput "o{n}" {{\n  value = aws_lb.l{n}.arn\n}}\n' for n in range(9)
    )
    one = studied(text)
    assert [found.address for found in alternatives(one, most=3)] == ["aws_lb.l0", "aws_lb.l1", "aws_lb.l2"]
    assert len(alternatives(one)) == 9
