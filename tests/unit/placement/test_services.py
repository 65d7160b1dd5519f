"""Which services are seen to use a block, and what rules make of it."""

from __future__ import annotations

import pytest

from tfhoist.configuration.load import load_module
from tfhoist.graph import Graph
from tfhoist.placement.model import Decider, Side
from tfhoist.placement.place import place
from tfhoist.placement.policy import PolicyRule, ServiceCount
from tfhoist.placement.services import ServiceUses, host_service


def graph_of(text: str) -> Graph:
    module = load_module({"main.tf": text.encode()})
    assert not module.diagnostics
    return Graph(module)


def seen(text: str, address: str) -> list[tuple[str, str, str]]:
    return [(use.service, use.how, str(use.range)) for use in ServiceUses(graph_of(text)).of(address)]


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("auth.example.com", "auth"),
        ("Auth.Example.com.", "auth"),
        ("a.b.example.com", "a"),
        ("www.example.com", "example.com"),
        ("staging.auth.example.com", "auth"),
        ("auth-staging.example.com", "auth"),
        ("api.", "api"),
        ("www.", ""),
        ("*.example.com", "*.example.com"),
        ("example.com", "example.com"),
        ("", ""),
        ("${var.host}", ""),
    ],
)
def test_hosts(host: str, service: str) -> None:
    assert host_service(host) == service


ROLE = """
variable "project_name" {
  default = "acme-shop"
}
variable "environment" {}
locals {
  prefix = "${var.project_name}-${var.environment}"
}
resource "aws_iam_role" "task" {}
resource "aws_ecs_task_definition" "api" {
  family        = "${local.prefix}-api-service"
  task_role_arn = aws_iam_role.task.arn
}
resource "aws_lambda_function" "mailer" {
  function_name = "acme-shop-staging-mailer"
  role          = aws_iam_role.task.arn
}
resource "aws_lambda_function" "nameless" {
  function_name = local.prefix
  role          = aws_iam_role.task.arn
}
"""


def test_names_without_what_they_share() -> None:
    assert seen(ROLE, "aws_iam_role.task") == [("api", "reader", "main.tf:12"), ("mailer", "reader", "main.tf:16")]


def test_readers_through_other_blocks_and_locals() -> None:
    text = """
resource "aws_security_group" "database" {
  ingress {
    security_groups = [aws_security_group.tasks.id]
  }
}
locals { groups = [aws_security_group.tasks.id] }
resource "aws_security_group" "tasks" {}
resource "aws_ecs_service" "api" {
  name            = "api"
  security_groups = local.groups
}
resource "aws_db_instance" "main" {
  vpc_security_group_ids = [aws_security_group.database.id]
  tags                   = { Service = "billing" }
}
"""
    assert [use[0] for use in seen(text, "aws_security_group.tasks")] == ["api", "billing"]


def test_a_tag_says_more_than_a_name_and_its_place_is_where_it_is_written() -> None:
    text = """
locals {
  tags = {
    Project = "x"
    Service = "checkout"
  }
}
resource "aws_ecs_service" "api" {
  name = "api"
  tags = merge(local.tags, { Name = "y" })
}
"""
    assert seen(text, "aws_ecs_service.api") == [("checkout", "tag", "main.tf:5")]


BALANCER = """
resource "aws_lb" "main" {}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
}
resource "aws_lb_listener_rule" "auth" {
  listener_arn = aws_lb_listener.https.arn
  condition {
    host_header {
      values = ["auth.example.com", "shop.example.com"]
    }
  }
}
resource "aws_route53_record" "docs" {
  name = "docs.example.com"
  type = "A"
  alias {
    name = aws_lb.main.dns_name
  }
}
"""


def test_hosts_of_what_belongs_to_a_block_count() -> None:
    assert [use[0] for use in seen(BALANCER, "aws_lb.main")] == ["auth", "docs", "shop"]
    assert [use[0] for use in seen(BALANCER, "aws_lb_listener.https")] == ["auth", "shop"]


def test_a_host_whose_domain_is_not_known_still_has_its_first_label() -> None:
    text = """
variable "domain" {}
resource "google_compute_url_map" "front" {
  host_rule {
    hosts = ["api.${var.domain}", "www.${var.domain}", var.domain]
  }
  host_rule {
    hosts = ["app.${var.domain}"]
  }
}
"""
    assert seen(text, "google_compute_url_map.front") == [("api", "host", "main.tf:5"), ("app", "host", "main.tf:8")]


def test_principals_by_name_and_account() -> None:
    text = """
resource "aws_iam_role" "shared" {
  assume_role_policy = jsonencode({ Statement = [{ Principal = {
    AWS = ["arn:aws:iam::123456789012:role/billing-role", "210987654321"]
    Service = "ecs-tasks.amazonaws.com"
  } }] })
}
"""
    assert [use[:2] for use in seen(text, "aws_iam_role.shared")] == [
        ("account 210987654321", "principal"),
        ("billing", "principal"),
    ]


def test_sensitive_values_are_never_looked_at() -> None:
    text = """
variable "key" {
  default   = "hunter2"
  sensitive = true
}
resource "aws_ecs_service" "api" {
  name = var.key
}
"""
    assert seen(text, "aws_ecs_service.api") == []


SHARED = PolicyRule(
    name="shared",
    match=("aws_iam_role",),
    side=Side.CENTRAL,
    reason="shared",
    evidence=ServiceCount(services_at_least=2),
)
OWN = PolicyRule(
    name="own", match=("aws_iam_role",), side=Side.LOCAL, reason="own", evidence=ServiceCount(services_at_most=1)
)


def test_a_rule_can_ask_how_many_services_use_a_block_and_says_which() -> None:
    placed = place(graph_of(ROLE), (OWN, SHARED), {}).placement["aws_iam_role.task"]
    assert placed.side is Side.CENTRAL
    assert placed.reasons[0] == "rule shared: shared; used by 2 services: api (main.tf:12), mailer (main.tf:16)"
    one = ROLE.replace("aws_iam_role.task.arn", '""').replace('role_arn = ""', "role_arn = aws_iam_role.task.arn")
    assert place(graph_of(one), (SHARED, OWN), {}).placement["aws_iam_role.task"].reasons[0].startswith("rule own:")


def test_a_block_that_nobody_is_seen_to_use_meets_no_condition() -> None:
    placed = place(graph_of('resource "aws_iam_role" "task" {}\n'), (SHARED, OWN), {}).placement["aws_iam_role.task"]
    assert placed.by is Decider.CUT


def test_an_override_wins_over_evidence_and_says_what_was_against_it() -> None:
    placed = place(graph_of(ROLE), (SHARED,), {"aws_iam_role.task": Side.LOCAL}).placement["aws_iam_role.task"]
    assert placed.side is Side.LOCAL
    assert placed.by is Decider.OVERRIDE
    assert placed.reasons[1].startswith("against it: rule shared: shared; used by 2 services: api")


def test_a_circle_of_readers_ends() -> None:
    text = 'resource "a" "x" { r = a.y.id }\nresource "a" "y" { r = a.x.id }\n'
    assert seen(text, "a.x") == []


def test_the_nearest_reader_is_named_and_a_service_is_one_however_often_it_reads() -> None:
    text = """
resource "aws_kms_key" "main" {}
resource "aws_s3_bucket" "data" { key = aws_kms_key.main.arn }
resource "aws_lambda_function" "far" {
  function_name = "reports"
  bucket        = aws_s3_bucket.data.id
}
resource "aws_lambda_function" "near" {
  function_name = "reports"
  key           = aws_kms_key.main.arn
}
"""
    [use] = ServiceUses(graph_of(text)).of("aws_kms_key.main")
    assert (use.service, use.address, str(use.range)) == ("reports", "aws_lambda_function.near", "main.tf:10")


def test_many_services_are_as_many_as_anybody_asks_for() -> None:
    readers = "".join(
        f'resource "aws_lambda_function" "f{n}" {{\n  function_name = "s{chr(97 + n)}"\n  role = aws_iam_role.x.arn\n}}\n'
        for n in range(20)
    )
    found = seen('resource "aws_iam_role" "x" {}\n' + readers, "aws_iam_role.x")
    assert [use[0] for use in found] == [f"s{chr(97 + n)}" for n in range(12)]


def test_long_chains_of_readers_take_no_time() -> None:
    blocks = ['resource "a" "b0" {}\n']
    blocks += [f'resource "a" "b{n}" {{ r = a.b{n - 1}.id }}\n' for n in range(1, 4000)]
    blocks.append('resource "aws_lambda_function" "f" {\n  function_name = "reports"\n  r = a.b3999.id\n}\n')
    uses = ServiceUses(graph_of("".join(blocks)))
    assert all([use.service for use in uses.of(f"a.b{n}")] == ["reports"] for n in range(0, 4000, 100))
