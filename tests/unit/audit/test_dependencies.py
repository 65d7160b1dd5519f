"""Dependencies on other services."""

from __future__ import annotations

from tests.unit.audit.support import audit_of
from tfhoist.diagnostics import Severity


def dependencies(text: str) -> list[tuple[str, str, str, str]]:
    return [(d.kind, d.address, d.target, str(d.range)) for d in audit_of(text).dependencies]


def test_remote_states() -> None:
    text = """
        data "terraform_remote_state" "network" {
          backend = "s3"
          config = {
            bucket = "states"
            key    = "network.tfstate"
          }
        }
        output "vpc" {
          value = data.terraform_remote_state.network.outputs.vpc_id
        }
    """
    [dependency] = audit_of(text).dependencies
    assert (dependency.kind, dependency.target, dependency.detail) == (
        "remote-state",
        "s3: states/network.tfstate",
        "reads vpc_id",
    )


def test_things_that_are_looked_up() -> None:
    text = """
        data "aws_lb" "shared" {
          name = "shared"
        }
        data "aws_vpc" "main" {
          tags = {
            Name = "main"
          }
        }
        data "aws_secretsmanager_secret" "db" {
          name = "prod/db"
        }
        data "aws_caller_identity" "current" {
        }
        data "aws_ecs_cluster" "own" {
          cluster_name = aws_ecs_cluster.main.name
        }
        resource "aws_ecs_cluster" "main" {
          name = "c"
        }
    """
    audit = audit_of(text)
    assert [(d.kind, d.address, d.target) for d in audit.dependencies] == [
        ("lookup", "data.aws_vpc.main", "Name=main"),
        ("lookup", "data.aws_ecs_cluster.own", "c"),
        ("lookup", "data.aws_lb.shared", "shared"),
        ("secret", "data.aws_secretsmanager_secret.db", "prod/db"),
    ]
    assert audit.dependencies[1].detail.endswith("it's this root's own aws_ecs_cluster.main")


def test_accounts_hosts_and_ids() -> None:
    text = """
        resource "aws_iam_role" "a" {
          x = "arn:aws:iam::123456789012:root"
        }
        resource "aws_instance" "a" {
          security_groups = ["sg-0123456789abcdef0"]
          user_data       = "https://api.hokus.ai/x"
        }
        resource "aws_route53_record" "own" {
          name = "own.hokus.ai"
        }
        output "own" {
          value = "https://own.hokus.ai"
        }
    """
    assert dependencies(text) == [
        ("account", "aws_iam_role.a", "123456789012", "main.tf:2"),
        ("domain", "aws_instance.a", "api.hokus.ai", "main.tf:6"),
        ("literal-id", "aws_instance.a", "sg-0123456789abcdef0", "main.tf:5"),
    ]


def test_rules_for_hosts_that_belong_elsewhere_are_a_finding_only() -> None:
    text = """
        resource "aws_lb" "main" {
        }
        resource "aws_lb" "auth" {
        }
        resource "aws_lb_listener" "main" {
          load_balancer_arn = aws_lb.main.arn
        }
        resource "aws_lb_listener_rule" "auth" {
          listener_arn = aws_lb_listener.main.arn
          condition {
            host_header {
              values = [local.host, "main.hokus.ai"]
            }
          }
        }
        locals {
          host = "auth.hokus.ai"
        }
        resource "aws_route53_record" "auth" {
          name = local.host
          type = "A"
          alias {
            name = aws_lb.auth.dns_name
          }
        }
        resource "aws_route53_record" "main" {
          name = "main.hokus.ai"
          type = "A"
          alias {
            name = aws_lb.main.dns_name
          }
        }
    """
    audit = audit_of(text)
    assert audit.dependencies == ()
    told = [
        finding
        for finding in audit.findings
        if "auth.hokus.ai" in finding.summary and finding.severity is not Severity.NOTE
    ]
    assert [finding.id for finding in told] == ["host-routed-elsewhere"]


def test_ports_connections_and_names() -> None:
    text = """
        resource "aws_security_group" "alb" {
        }
        resource "aws_security_group" "tasks" {
          ingress {
            from_port       = 8000
            to_port         = 8001
            protocol        = "tcp"
            security_groups = [aws_security_group.alb.id]
          }
        }
        resource "aws_vpc_security_group_ingress_rule" "db" {
          security_group_id            = aws_security_group.alb.id
          referenced_security_group_id = aws_security_group.tasks.id
          from_port                    = 5432
          to_port                      = 5432
          ip_protocol                  = "tcp"
        }
        resource "aws_lb_target_group" "api" {
          port = 8001
        }
        resource "aws_ecs_service" "api" {
          load_balancer {
            target_group_arn = aws_lb_target_group.api.arn
            container_port   = 8001
          }
        }
        resource "aws_service_discovery_private_dns_namespace" "internal" {
          name = "x.local"
        }
        resource "aws_service_discovery_service" "api" {
          name = "api"
          dns_config {
            namespace_id = aws_service_discovery_private_dns_namespace.internal.id
          }
        }
    """
    assert [(d.kind, d.address, d.target, d.detail) for d in audit_of(text).dependencies] == [
        ("connection", "aws_security_group.tasks", "aws_security_group.alb", "accepts tcp 8000-8001"),
        ("connection", "aws_security_group.alb", "aws_security_group.tasks", "accepts tcp 5432"),
        ("port", "aws_lb_target_group.api", "any 8001", "where its targets listen"),
        ("port", "aws_ecs_service.api", "aws_lb_target_group.api", "its tasks answer there, on port 8001"),
        ("service-discovery", "aws_service_discovery_service.api", "api.x.local", "a name that others resolve"),
        ("service-discovery", "aws_service_discovery_private_dns_namespace.internal", "x.local", "a namespace"),
    ]
