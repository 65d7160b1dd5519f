"""Placement beside brute force over small random roots, and the cases that people ask about."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tfhoist.configuration.load import load_module
from tfhoist.graph import Graph
from tfhoist.placement.model import Side
from tfhoist.placement.place import DOWNLINK_COST, ORDERING_COST, UPLINK_COST, place
from tfhoist.placement.policy import PolicyRule, builtin_policy

READ = st.tuples(st.integers(0, 6), st.sampled_from(["id", "arn"]))
BLOCK = st.tuples(
    st.sampled_from(["free", "free", "free", "central", "local"]), st.lists(READ, max_size=3), st.integers(-1, 6)
)


def root(blocks: list[tuple[str, list[tuple[int, str]], int]], read_by_output: int) -> Graph:
    """A root of `a_x.b0`, `a_x.b1`...; references go to earlier blocks only, half of them through a local."""
    text = []
    for number, (_, reads, ordering) in enumerate(blocks):
        lines = [f'resource "a_x" "b{number}" {{']
        for place_, (target, attribute) in enumerate(reads):
            if target < number:
                if place_ % 2:
                    text.append(f"locals {{\n  l{number}_{place_} = a_x.b{target}.{attribute}\n}}")
                    lines.append(f"  r{place_} = local.l{number}_{place_}")
                else:
                    lines.append(f"  r{place_} = a_x.b{target}.{attribute}")
        if 0 <= ordering < number:
            lines.append(f"  depends_on = [a_x.b{ordering}]")
        text.append("\n".join([*lines, "}"]))
    if read_by_output < len(blocks):
        text.append(f'output "o" {{\n  value = a_x.b{read_by_output}.id\n}}')
    module = load_module({"main.tf": ("\n".join(text) + "\n").encode()})
    assert not module.diagnostics
    return Graph(module)


def price(blocks: list[tuple[str, list[tuple[int, str]], int]], read_by_output: int, central: set[int]) -> int:
    """The cost of a placement by its definition."""
    readers: dict[tuple[int, str], set[int | None]] = {}
    total = 0
    for number, (_, reads, ordering) in enumerate(blocks):
        for target, attribute in reads:
            if target < number:
                readers.setdefault((target, attribute), set()).add(number)
        if 0 <= ordering < number and (ordering in central) != (number in central):
            total += ORDERING_COST
    if read_by_output < len(blocks):
        readers.setdefault((read_by_output, "id"), set()).add(None)
    for (target, _), who in readers.items():
        if target in central and any(reader not in central for reader in who):
            total += DOWNLINK_COST
        if target not in central and any(reader in central for reader in who):
            total += UPLINK_COST
    return total


@given(st.lists(BLOCK, min_size=1, max_size=7), st.integers(0, 9))
def test_cheapest_and_smallest(blocks: list[tuple[str, list[tuple[int, str]], int]], read_by_output: int) -> None:
    fixed = {f"a_x.b{n}": Side(side) for n, (side, _, _) in enumerate(blocks) if side != "free"}
    result = place(root(blocks, read_by_output), (), fixed)
    assert not result.refusals
    central = {n for n in range(len(blocks)) if result.placement[f"a_x.b{n}"].side is Side.CENTRAL}
    choices = [[True, False] if side == "free" else [side == "central"] for side, _, _ in blocks]
    cuts = [{n for n, chosen in enumerate(cut) if chosen} for cut in itertools.product(*choices)]
    cheapest = min(price(blocks, read_by_output, cut) for cut in cuts)
    assert price(blocks, read_by_output, central) == cheapest == result.cost
    assert all(central <= cut for cut in cuts if price(blocks, read_by_output, cut) == cheapest)
    assert all(placed.reasons for placed in result.placement.values())


def sides(text: str, overrides: dict[str, Side] | None = None) -> dict[str, str]:
    module = load_module({"main.tf": text.encode()})
    assert not module.diagnostics
    result = place(Graph(module), builtin_policy(), overrides or {})
    assert not result.refusals, result.refusals
    return {address: placed.side.value for address, placed in result.placement.items()}


BALANCED = """
resource "aws_lb" "main" {}
resource "aws_lb" "internal" { internal = true }
resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  default_action { target_group_arn = aws_lb_target_group.shared.arn }
}
resource "aws_lb_listener" "internal" {
  load_balancer_arn = aws_lb.internal.arn
  default_action { target_group_arn = aws_lb_target_group.own.arn }
}
resource "aws_lb_target_group" "shared" {}
resource "aws_lb_target_group" "own" {}
resource "aws_lb_target_group" "unused" {}
resource "aws_ecs_service" "api" {
  load_balancer { target_group_arn = aws_lb_target_group.shared.arn }
}
"""


def test_internal_load_balancers_keep_what_only_they_use() -> None:
    placed = sides(BALANCED)
    assert placed["aws_lb_listener.internal"] == placed["aws_lb_target_group.own"] == "local"
    assert placed["aws_lb_target_group.shared"] == placed["aws_lb_target_group.unused"] == "central"
    assert placed["aws_lb_listener.main"] == "central"


def test_an_override_wins_and_companions_follow_it() -> None:
    placed = sides(BALANCED, {"aws_lb.main": Side.LOCAL})
    assert placed["aws_lb_listener.main"] == "local"
    alone = sides(BALANCED, {"aws_lb_listener.main": Side.LOCAL})
    assert alone["aws_lb.main"] == "central"


def test_a_policy_attachment_follows_its_role_unless_its_policy_stays() -> None:
    text = """
resource "aws_iam_role" "task" {
  assume_role_policy = jsonencode({ Statement = [{ Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.task.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.task.name
  policy_arn = aws_iam_policy.own.arn
}
resource "aws_iam_policy" "own" {
  policy = aws_s3_bucket.data.arn
}
resource "aws_s3_bucket" "data" {}
"""
    placed = sides(text)
    assert placed["aws_iam_role_policy_attachment.managed"] == "central"
    assert placed["aws_iam_role_policy_attachment.own"] == placed["aws_iam_policy.own"] == "local"


def test_contradictions_are_refused_with_their_chain() -> None:
    text = """
resource "aws_lb" "main" {
  lifecycle { replace_triggered_by = [aws_s3_bucket.data] }
}
resource "aws_s3_bucket" "data" {}
"""
    module = load_module({"main.tf": text.encode()})
    result = place(Graph(module), builtin_policy(), {})
    assert [refusal.id for refusal in result.refusals] == ["contradictory-placement"]
    assert "replace_triggered_by" in result.refusals[0].summary
    assert not result.placement


def test_rules_of_the_user_come_first() -> None:
    rule = PolicyRule(name="mine", match=("aws_lb.main",), side=Side.LOCAL, reason="we keep it")
    module = load_module({"main.tf": b'resource "aws_lb" "main" {}\n'})
    result = place(Graph(module), (rule, *builtin_policy()), {})
    assert result.placement["aws_lb.main"].reasons == ("rule mine: we keep it",)


def test_the_user_that_sends_a_domains_mail_does_not_follow_its_records() -> None:
    text = """
resource "aws_route53_record" "verification" {
  zone_id = "Z1"
  records = [aws_ses_domain_identity.mail.verification_token]
}
resource "aws_ses_domain_identity" "mail" {}
resource "aws_iam_user" "sender" {}
resource "aws_iam_access_key" "sender" {
  user = aws_iam_user.sender.name
}
resource "aws_iam_user_policy" "sender" {
  user   = aws_iam_user.sender.name
  policy = jsonencode({ Resource = aws_ses_domain_identity.mail.arn })
}
"""
    placed = sides(text)
    assert placed["aws_ses_domain_identity.mail"] == "central"
    assert {placed[f"aws_iam_{kind}.sender"] for kind in ("user", "access_key", "user_policy")} == {"local"}
