"""Rules about load balancers, listeners, rules and target groups that no routing is needed for."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import findings_of, places

LISTENERS = """
    variable "certificate_arn" {
      type    = string
      default = ""
    }
    resource "aws_lb" "main" {
      name = "main"
    }
    resource "aws_lb_listener" "https" {
      count             = var.certificate_arn != "" ? 1 : 0
      load_balancer_arn = aws_lb.main.arn
      port              = 443
    }
"""


def rule(name: str, listener: str = "aws_lb_listener.https[0].arn", priority: str = "80", count: str = "") -> str:
    return f"""
    resource "aws_lb_listener_rule" "{name}" {{
      {count}
      listener_arn = {listener}
      priority     = {priority}
    }}
"""


GATED = 'count = var.certificate_arn != "" ? 1 : 0'
WITH_CERTIFICATE = {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}


# equal-rule-priority


def test_rules_of_one_priority_on_one_listener() -> None:
    text = LISTENERS + rule("a", count=GATED) + rule("b", count=GATED) + rule("c", count=GATED, priority="81")
    [finding] = findings_of("equal-rule-priority", text, variables=WITH_CERTIFICATE)
    assert finding.address == "aws_lb_listener.https[0]"
    assert finding.addresses == ("aws_lb_listener_rule.a", "aws_lb_listener_rule.b")
    assert finding.evidence["priority"] == "80"
    assert places(finding) == ["main.tf:14-18", "main.tf:20-24"]


def test_rules_that_a_count_leaves_out_share_no_priority() -> None:
    assert findings_of("equal-rule-priority", LISTENERS + rule("a", count=GATED) + rule("b", count=GATED)) == []


def test_the_same_listener_is_seen_through_locals_and_modules() -> None:
    files = {
        "main.tf": LISTENERS
        + "locals {\n  listener = one(aws_lb_listener.https[*].arn)\n}\n"
        + 'module "rules" {\n  source = "./rules"\n  listener = local.listener\n}'
        + rule("a"),
        "rules/main.tf": 'variable "listener" {\n  type = string\n}' + rule("b", "var.listener", "40 + 40"),
    }
    [finding] = findings_of("equal-rule-priority", files, variables=WITH_CERTIFICATE)
    assert finding.addresses == ("aws_lb_listener_rule.a", "module.rules.aws_lb_listener_rule.b")
    assert finding.address == "aws_lb_listener.https[0]"


def test_instances_of_one_rule_can_share_a_priority() -> None:
    text = 'resource "aws_lb_listener" "x" {\n}' + rule(
        "a", "aws_lb_listener.x.arn", count='for_each = toset(["p", "q"])'
    )
    [finding] = findings_of("equal-rule-priority", text)
    assert "instances of aws_lb_listener_rule.a" in finding.summary


@pytest.mark.parametrize(
    "rules",
    [
        rule("a") + rule("b", priority="var.unknown") + 'variable "unknown" {}',
        rule("a") + rule("b", "aws_lb_listener.other.arn") + 'resource "aws_lb_listener" "other" {}',
        rule("a") + rule("b", "var.unknown") + 'variable "unknown" {}',
        rule("a", count="for_each = { x = 1, y = 2 }", priority="80 + each.value"),
        rule("a", count="count = 3", priority="80 + count.index"),
        rule("a") + rule("b", count="count = var.unknown") + 'variable "unknown" {}',
        rule("a", "aws_lb_listener.several[0].arn")
        + rule("b", "aws_lb_listener.several[1].arn")
        + 'resource "aws_lb_listener" "several" {\n count = 2\n}',
    ],
)
def test_rules_that_share_no_priority(rules: str) -> None:
    assert findings_of("equal-rule-priority", LISTENERS + rules, variables=WITH_CERTIFICATE) == []


# listener-port-conflict


def test_two_listeners_on_one_port() -> None:
    text = LISTENERS + 'resource "aws_lb_listener" "again" {\n  load_balancer_arn = aws_lb.main.arn\n  port = "443"\n}'
    [finding] = findings_of("listener-port-conflict", text, variables=WITH_CERTIFICATE)
    assert finding.addresses == ("aws_lb_listener.https", "aws_lb_listener.again")
    assert finding.evidence == {"load_balancer": "aws_lb.main", "port": "443"}
    assert places(finding) == ["main.tf:8-12", "main.tf:13-16"]


@pytest.mark.parametrize(
    "listener",
    [
        'resource "aws_lb_listener" "b" {\n load_balancer_arn = aws_lb.main.arn\n port = 80\n}',
        'resource "aws_lb" "b" {\n}\nresource "aws_lb_listener" "b" {\n load_balancer_arn = aws_lb.b.arn\n port = 443\n}',
        'variable "lb" {}\nresource "aws_lb_listener" "b" {\n load_balancer_arn = var.lb\n port = 443\n}',
    ],
)
def test_listeners_that_share_no_port(listener: str) -> None:
    assert findings_of("listener-port-conflict", LISTENERS + listener, variables=WITH_CERTIFICATE) == []


def test_a_listener_that_a_count_leaves_out_shares_no_port() -> None:
    text = LISTENERS + 'resource "aws_lb_listener" "b" {\n load_balancer_arn = aws_lb.main.arn\n port = 443\n}'
    assert findings_of("listener-port-conflict", text) == []


# load-balancer-without-listener


def test_a_load_balancer_without_a_listener() -> None:
    [finding] = findings_of("load-balancer-without-listener", 'resource "aws_lb" "main" {\n  name = "main"\n}')
    assert places(finding) == ["main.tf:1-3"]


def test_a_listener_that_a_count_leaves_out_is_none() -> None:
    [finding] = findings_of("load-balancer-without-listener", LISTENERS)
    assert finding.address == "aws_lb.main"
    assert findings_of("load-balancer-without-listener", LISTENERS, variables=WITH_CERTIFICATE) == []


@pytest.mark.parametrize(
    "rest",
    [
        'locals {\n arn = aws_lb.main.arn\n}\nresource "aws_lb_listener" "a" {\n load_balancer_arn = local.arn\n}',
        'module "x" {\n source = "registry/listeners/aws"\n lb = aws_lb.main.arn\n}',
        'module "x" {\n source = "./x"\n lb = aws_lb.main.arn\n}',
        'variable "n" {}\nresource "aws_lb_listener" "a" {\n count = var.n\n load_balancer_arn = aws_lb.main.arn\n}',
    ],
)
def test_load_balancers_that_have_or_may_have_a_listener(rest: str) -> None:
    files = {
        "main.tf": 'resource "aws_lb" "main" {\n}\n' + rest,
        "x/main.tf": 'variable "lb" {}\nresource "aws_lb_listener" "a" {\n  load_balancer_arn = var.lb\n}',
    }
    assert findings_of("load-balancer-without-listener", files) == []


# target-group-without-route

GROUP = 'resource "aws_lb_target_group" "api" {\n  name = "api"\n}\n'


@pytest.mark.parametrize(
    "rest",
    [
        "",
        'resource "aws_ecs_service" "api" {\n load_balancer {\n  target_group_arn = aws_lb_target_group.api.arn\n }\n}',
        'output "arn" {\n value = aws_lb_target_group.api.arn\n}',
        'resource "aws_lb_listener" "a" {\n count = 0\n default_action {\n  target_group_arn = aws_lb_target_group.api.arn\n }\n}',
    ],
)
def test_a_target_group_without_a_route(rest: str) -> None:
    [finding] = findings_of("target-group-without-route", GROUP + rest)
    assert finding.address == "aws_lb_target_group.api"
    assert places(finding) == ["main.tf:1-3"]


@pytest.mark.parametrize(
    "rest",
    [
        'resource "aws_lb_listener" "a" {\n default_action {\n  target_group_arn = aws_lb_target_group.api.arn\n }\n}',
        'resource "aws_lb_listener_rule" "a" {\n action {\n  forward {\n   target_group {\n'
        "    arn = aws_lb_target_group.api.arn\n   }\n  }\n }\n}",
        "locals {\n g = { a = aws_lb_target_group.api.arn }\n}\n"
        'resource "aws_lb_listener_rule" "a" {\n for_each = local.g\n action {\n  target_group_arn = each.value\n }\n}',
        'resource "aws_codedeploy_deployment_group" "a" {\n x = aws_lb_target_group.api.name\n}',
        'module "m" {\n source = "registry/x/aws"\n g = aws_lb_target_group.api.arn\n}',
    ],
)
def test_a_target_group_with_a_route(rest: str) -> None:
    assert findings_of("target-group-without-route", GROUP + rest) == []
