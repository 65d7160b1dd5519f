"""Categories and real names."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import audit_of
from tfhoist.audit.model import AuditedBlock
from tfhoist.inventory import CATEGORIES, category_of_type


def block_of(files: dict[str, str] | str, address: str, **options: object) -> AuditedBlock:
    return next(block for block in audit_of(files, **options).blocks if block.address == address)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("aws_lb_listener_rule", "load_balancing"),
        ("aws_route53_record", "dns"),
        ("aws_route_table", "networking"),
        ("aws_security_group", "networking"),
        ("aws_iam_role_policy_attachment", "iam"),
        ("aws_s3_bucket_policy", "iam"),
        ("aws_s3_bucket_versioning", "storage"),
        ("aws_ecs_service", "compute"),
        ("aws_db_instance", "database"),
        ("aws_ecr_repository", "registry"),
        ("aws_cloudwatch_log_group", "monitoring"),
        ("aws_cloudwatch_event_rule", "messaging"),
        ("aws_sns_topic", "messaging"),
        ("aws_secretsmanager_secret", "secrets"),
        ("aws_service_discovery_service", "service_discovery"),
        ("google_compute_network", "networking"),
        ("azurerm_lb", "load_balancing"),
        ("null_resource", "other"),
    ],
)
def test_categories(kind: str, category: str) -> None:
    assert category_of_type(kind) == category
    assert category in CATEGORIES


def test_a_local_module_is_what_most_of_it_is() -> None:
    files = {
        "main.tf": 'module "x" {\n  source = "./x"\n}',
        "x/main.tf": 'resource "aws_vpc" "a" {}\nresource "aws_subnet" "a" {}\nresource "aws_iam_role" "a" {}',
    }
    block = block_of(files, "module.x")
    assert block.category == "networking"
    assert block.contains == ("module.x.aws_iam_role.a", "module.x.aws_subnet.a", "module.x.aws_vpc.a")


def test_a_registry_module_is_what_its_source_says() -> None:
    assert block_of('module "x" {\n  source = "terraform-aws-modules/rds/aws"\n}', "module.x").category == "database"


ENVIRONMENTS = {"staging.tfvars": 'environment = "staging"', "production.tfvars": 'environment = "production"'}
VARIABLE = 'variable "environment" {}\n'


@pytest.mark.parametrize(
    ("block", "address", "name"),
    [
        ('resource "aws_s3_bucket" "a" {\n  bucket = "x-${var.environment}"\n}', "aws_s3_bucket.a", "x-production"),
        ('resource "aws_db_instance" "a" {\n  identifier = "x"\n}', "aws_db_instance.a", "x"),
        ('resource "aws_ecs_task_definition" "a" {\n  family = "x"\n}', "aws_ecs_task_definition.a", "x"),
        ('resource "aws_cloudwatch_metric_alarm" "a" {\n  alarm_name = "x"\n}', "aws_cloudwatch_metric_alarm.a", "x"),
        ('resource "aws_security_group" "a" {\n  name_prefix = "x-"\n}', "aws_security_group.a", "x-*"),
        ('resource "aws_route53_record" "a" {\n  name = "a.hokus.ai"\n}', "aws_route53_record.a", "a.hokus.ai"),
        ('resource "aws_vpc" "a" {\n  tags = {\n    Name = "x"\n  }\n}', "aws_vpc.a", "x"),
        ('resource "aws_sns_topic" "a" {\n  count = 2\n  name = "x${count.index}"\n}', "aws_sns_topic.a", "x0, x1"),
        (
            'resource "aws_sns_topic" "a" {\n  for_each = { k = "v" }\n  name = "${each.key}${each.value}"\n}',
            "aws_sns_topic.a",
            "kv",
        ),
        ('module "a" {\n  source = "registry/vpc/aws"\n  name = "x"\n}', "module.a", "x"),
        (
            'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\nresource "aws_s3_bucket_versioning" "a" {\n'
            "  bucket = aws_s3_bucket.b.id\n}",
            "aws_s3_bucket_versioning.a",
            "x",
        ),
    ],
)
def test_real_names(block: str, address: str, name: str) -> None:
    assert block_of({"main.tf": VARIABLE + block, **ENVIRONMENTS}, address).names["production"] == name


def test_a_name_for_each_environment() -> None:
    files = {"main.tf": VARIABLE + 'resource "aws_lb" "a" {\n  name = "x-${var.environment}"\n}', **ENVIRONMENTS}
    assert block_of(files, "aws_lb.a").names == {"staging": "x-staging", "production": "x-production"}


def test_without_environments_the_key_is_empty() -> None:
    assert block_of('resource "aws_lb" "a" {\n  name = "x"\n}', "aws_lb.a").names == {"": "x"}


@pytest.mark.parametrize(
    "line",
    ["name = var.unknown", 'count = 0\n  name = "x"', "name = aws_vpc.x.id", "name = var.hidden", ""],
)
def test_names_that_are_left_out(line: str) -> None:
    text = 'variable "unknown" {}\nvariable "hidden" {\n  sensitive = true\n  default = "x"\n}\nresource "aws_vpc" "x" {}\n'
    assert block_of(text + f'resource "aws_lb" "a" {{\n  {line}\n}}', "aws_lb.a").names == {}


def test_names_that_need_each_other_are_left_out() -> None:
    text = 'resource "aws_lb" "a" {\n  name = aws_lb.b.name\n}\nresource "aws_lb" "b" {\n  name = aws_lb.a.name\n}'
    assert block_of(text, "aws_lb.a").names == {}


def test_an_override_changes_the_name() -> None:
    files = {
        "main.tf": 'resource "aws_lb" "a" {\n  name = "x"\n}',
        "override.tf": 'resource "aws_lb" "a" {\n  name = "y"\n}',
    }
    assert block_of(files, "aws_lb.a").names == {"": "y"}


def test_details_of_routing() -> None:
    text = """
        resource "aws_lb_target_group" "api" {
          port     = 8001
          protocol = "HTTP"
        }
        resource "aws_lb_listener_rule" "a" {
          priority = 10
          condition {
            host_header {
              values = ["a.org", "b.org"]
            }
          }
          condition {
            path_pattern {
              values = ["/api/*"]
            }
          }
          action {
            target_group_arn = aws_lb_target_group.api.arn
          }
        }
    """
    assert block_of(text, "aws_lb_target_group.api").details == {"": "HTTP 8001"}
    assert block_of(text, "aws_lb_listener_rule.a").details == {
        "": "priority 10 host a.org or b.org path /api/* to aws_lb_target_group.api"
    }
