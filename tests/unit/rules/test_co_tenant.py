"""When another service is seen to live in a root, and when not."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import findings_of, places
from tfhoist.diagnostics import Severity

ROOT = """
    resource "aws_lb" "main" {}
    resource "aws_lb_listener" "https" {
      load_balancer_arn = aws_lb.main.arn
      default_action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.api.arn
      }
    }
    resource "aws_lb_target_group" "api" {
      name = "shop-api"
    }
    resource "aws_ecs_service" "api" {
      name = "shop-api"
      load_balancer {
        target_group_arn = aws_lb_target_group.api.arn
      }
    }
"""


def other(name: str = "auth", real: str = "shop-auth", host: str = "auth.example.com") -> str:
    return f"""
    resource "aws_lb_target_group" "{name}" {{
      name = "{real}"
    }}
    resource "aws_lb_listener_rule" "{name}" {{
      listener_arn = aws_lb_listener.https.arn
      action {{
        type             = "forward"
        target_group_arn = aws_lb_target_group.{name}.arn
      }}
      condition {{
        host_header {{
          values = ["{host}"]
        }}
      }}
    }}
"""


def summaries(text: str) -> list[str]:
    return [finding.summary for finding in findings_of("co-tenant", text)]


def test_a_target_group_that_nothing_here_registers_with() -> None:
    [finding] = findings_of("co-tenant", ROOT + other())
    assert finding.severity is Severity.WARNING
    assert finding.summary == (
        "another service, auth (auth.example.com) seems to live here: aws_lb_target_group.auth is routed to, and "
        "nothing here registers with it"
    )
    assert finding.addresses == ("aws_lb_target_group.auth", "aws_lb_listener_rule.auth")
    assert places(finding) == ["main.tf:19-21", "main.tf:22-33"]
    assert finding.evidence == {"service": "auth", "hosts": "auth.example.com"}


def test_the_records_of_its_own_load_balancer_and_other_rules_for_its_host_belong_to_it() -> None:
    text = (
        ROOT
        + """
    resource "aws_lb" "auth" {}
    resource "aws_lb_listener" "auth" {
      load_balancer_arn = aws_lb.auth.arn
      default_action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.auth.arn
      }
    }
    resource "aws_lb_target_group" "auth" {}
    resource "aws_route53_record" "auth" {
      name = "auth.example.com"
      type = "A"
      alias {
        name = aws_lb.auth.dns_name
      }
    }
    resource "aws_lb_listener_rule" "keys" {
      listener_arn = aws_lb_listener.https.arn
      action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.api.arn
      }
      condition {
        host_header {
          values = ["AUTH.example.com"]
        }
      }
    }
"""
    )
    [finding] = findings_of("co-tenant", text)
    assert finding.addresses == (
        "aws_lb_target_group.auth",
        "aws_lb_listener.auth",
        "aws_route53_record.auth",
        "aws_lb_listener_rule.keys",
    )


def test_a_host_that_is_routed_here_and_called_from_here() -> None:
    rule = """
    resource "aws_lb_listener_rule" "auth" {
      listener_arn = aws_lb_listener.https.arn
      action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.api.arn
      }
      condition {
        host_header {
          values = ["auth.example.com"]
        }
      }
    }
"""
    task = """
    resource "aws_ecs_task_definition" "api" {
      family = "shop-api"
      container_definitions = jsonencode([{
        environment = [{ name = "AUTH_SERVICE_URL", value = "https://auth.example.com/v1" }]
      }])
    }
"""
    function = """
    resource "aws_lambda_function" "mailer" {
      environment {
        variables = { AUTH_HOST = "auth.example.com" }
      }
    }
"""
    assert summaries(ROOT + rule + task + function) == [
        "another service, auth (auth.example.com) seems to live here: aws_ecs_task_definition.api and "
        "aws_lambda_function.mailer call it, by AUTH_SERVICE_URL and AUTH_HOST"
    ]
    assert summaries(ROOT + rule) == []
    assert summaries(ROOT + task) == []
    assert summaries(ROOT + rule + task.replace("AUTH_SERVICE_URL", "PUBLIC_URL")) == []
    own = rule.replace("auth.example.com", "api.example.com") + task.replace("auth.", "api.").replace("AUTH_", "API_")
    assert summaries(ROOT + own) == []


@pytest.mark.parametrize(
    ("name", "real"),
    [("registry_api", "shop-registry-api"), ("green", "shop-green"), ("default", "shop-default"), ("web", "shop-web")],
)
def test_names_of_own_workloads_and_of_parts_are_none_of_others(name: str, real: str) -> None:
    assert summaries(ROOT + other(name, real)) == []


def test_what_registers_makes_it_the_roots_own() -> None:
    for block in (
        'resource "aws_ecs_service" "x" {\n  load_balancer {\n    target_group_arn = aws_lb_target_group.auth.arn\n  }\n}\n',
        'resource "aws_lb_target_group_attachment" "x" {\n  target_group_arn = aws_lb_target_group.auth.arn\n}\n',
        'locals {\n  groups = [aws_lb_target_group.auth.arn]\n}\n'
        'resource "aws_autoscaling_group" "x" {\n  target_group_arns = local.groups\n}\n',
        'module "service" {\n  source = "example/service/aws"\n  group  = aws_lb_target_group.auth.arn\n}\n',
    ):  # fmt: skip
        assert summaries(ROOT + other() + block) == [], block


def test_a_root_that_registers_nothing_by_terraform_says_nothing() -> None:
    without = ROOT[: ROOT.index('    resource "aws_ecs_service"')]
    assert summaries(without + other()) == []


def test_a_target_group_without_a_route_is_another_finding() -> None:
    assert summaries(ROOT + 'resource "aws_lb_target_group" "auth" {}\n') == []


def test_a_shared_first_word_tells_nothing_apart() -> None:
    found = summaries(ROOT.replace("shop-", "acme-shop-") + other(real="acme-shop-auth"))
    assert len(found) == 1
