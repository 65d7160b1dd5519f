"""Rules about addresses and names that are claimed twice."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import findings_of, places
from tfhoist.diagnostics import Severity

# duplicate-address


def test_two_definitions_of_one_address_are_one_finding_that_names_both() -> None:
    [finding] = findings_of(
        "duplicate-address",
        {"a.tf": 'resource "aws_lb" "main" {\n}\n', "b.tf": '\n# twice\nresource "aws_lb" "main" {\n}\n'},
    )
    assert finding.severity is Severity.ERROR
    assert finding.summary == "aws_lb.main is defined twice: a.tf:1 and b.tf:2"
    assert places(finding) == ["a.tf:1-2", "b.tf:2-3"]
    assert '[[resolve]] with address = "aws_lb.main" and keep = "a.tf:1"' in finding.advice


def test_three_definitions_in_a_local_module_have_its_path() -> None:
    [finding] = findings_of(
        "duplicate-address",
        {
            "main.tf": 'module "net" {\n  source = "./net"\n}',
            "net/a.tf": 'variable "a" {}\nvariable "a" {}\nvariable "a" {}',
        },
    )
    assert finding.address == "module.net.var.a"
    assert finding.summary.startswith("module.net.var.a is defined 3 times")
    assert "[[resolve]]" not in finding.advice


def test_an_override_is_no_duplicate() -> None:
    files = {"main.tf": 'resource "aws_lb" "main" {\n}', "lb_override.tf": 'resource "aws_lb" "main" {\n}'}
    assert findings_of("duplicate-address", files) == []


# duplicate-real-name


def test_three_services_of_one_name_are_one_finding() -> None:
    service = """
    resource "aws_ecs_service" "{0}" {{
      name    = "${{local.name}}-api"
      cluster = {1}
    }}
    """
    files = {
        "main.tf": 'locals {\n  name = "x"\n}\nresource "aws_ecs_cluster" "main" {\n  name = "c"\n}',
        "services.tf": "".join(service.format(name, "aws_ecs_cluster.main.id") for name in "abc"),
        "other.tf": service.format("other", '"another-cluster"'),
    }
    [finding] = findings_of("duplicate-real-name", files)
    assert finding.summary == "aws_ecs_service.a, aws_ecs_service.b and aws_ecs_service.c claim the name x-api"
    assert finding.addresses == ("aws_ecs_service.a", "aws_ecs_service.b", "aws_ecs_service.c")
    assert places(finding) == ["services.tf:1-4", "services.tf:6-9", "services.tf:11-14"]


def test_names_are_compared_in_each_environment() -> None:
    files = {
        "main.tf": """
            variable "environment" {}
            variable "extra" {}
            resource "aws_sqs_queue" "a" {
              name = "jobs-${var.environment}"
            }
            resource "aws_sqs_queue" "b" {
              count = var.extra ? 1 : 0
              name  = "jobs-${var.environment}"
            }
        """,
        "staging.tfvars": 'environment = "staging"\nextra = true',
        "production.tfvars": 'environment = "production"\nextra = false',
    }
    [finding] = findings_of("duplicate-real-name", files)
    assert finding.summary == "aws_sqs_queue.a and aws_sqs_queue.b claim the name jobs-staging in staging"


def test_instances_of_one_block_can_claim_one_name() -> None:
    [finding] = findings_of("duplicate-real-name", 'resource "aws_sqs_queue" "a" {\n  count = 2\n  name  = "jobs"\n}')
    assert finding.summary == "several instances of aws_sqs_queue.a claim the name jobs"


def test_one_name_across_local_modules() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./q"\n  name = "x"\n}\nmodule "b" {\n  source = "./q"\n  name = "x"\n}',
        "q/main.tf": 'variable "name" {\n  type = string\n}\nresource "aws_sqs_queue" "this" {\n  name = var.name\n}',
    }
    [finding] = findings_of("duplicate-real-name", files)
    assert finding.addresses == ("module.a.aws_sqs_queue.this", "module.b.aws_sqs_queue.this")
    assert places(finding) == ["q/main.tf:4-6"]


@pytest.mark.parametrize(
    "blocks",
    [
        # unknown names claim nothing
        'variable "n" {}\nresource "aws_sqs_queue" "a" {\n name = var.n\n}\nresource "aws_sqs_queue" "b" {\n name = var.n\n}',
        # prefixes aren't names
        'resource "aws_lb" "a" {\n name_prefix = "x"\n}\nresource "aws_lb" "b" {\n name_prefix = "x"\n}',
        # other types have names of their own
        'resource "aws_lb" "a" {\n name = "x"\n}\nresource "aws_ecs_cluster" "b" {\n name = "x"\n}',
        # another provider configuration is another account or region
        'resource "aws_lb" "a" {\n name = "x"\n}\nresource "aws_lb" "b" {\n name = "x"\n provider = aws.east\n}',
        # security groups of two networks
        'resource "aws_security_group" "a" {\n name = "x"\n vpc_id = aws_vpc.a.id\n}\n'
        'resource "aws_security_group" "b" {\n name = "x"\n vpc_id = aws_vpc.b.id\n}\n'
        'resource "aws_vpc" "a" {\n}\nresource "aws_vpc" "b" {\n}',
        # records of one name, weighted
        'resource "aws_route53_record" "a" {\n zone_id = "Z1"\n name = "x.org"\n type = "A"\n set_identifier = "a"\n}\n'
        'resource "aws_route53_record" "b" {\n zone_id = "Z1"\n name = "x.org"\n type = "A"\n set_identifier = "b"\n}',
        # types whose names needn't be unique
        'resource "aws_cognito_user_pool" "a" {\n name = "x"\n}\nresource "aws_cognito_user_pool" "b" {\n name = "x"\n}',
        # one address twice is another finding
        'resource "aws_lb" "a" {\n name = "x"\n}\nresource "aws_lb" "a" {\n name = "x"\n}',
    ],
)
def test_names_that_are_no_duplicates(blocks: str) -> None:
    assert findings_of("duplicate-real-name", blocks) == []


def test_records_of_one_name_and_type_in_one_zone() -> None:
    blocks = (
        'resource "aws_route53_record" "a" {\n zone_id = "Z1"\n name = "X.org."\n type = "A"\n}\n'
        'resource "aws_route53_record" "b" {\n zone_id = "Z1"\n name = "x.org"\n type = "A"\n}'
    )
    [finding] = findings_of("duplicate-real-name", blocks)
    assert finding.addresses == ("aws_route53_record.a", "aws_route53_record.b")


def test_task_definitions_of_one_family_are_a_warning() -> None:
    blocks = 'resource "aws_ecs_task_definition" "a" {\n family = "x"\n}\nresource "aws_ecs_task_definition" "b" {\n family = "x"\n}'
    [finding] = findings_of("duplicate-real-name", blocks)
    assert finding.severity is Severity.WARNING
