"""Every rule says when it should, with exact places, and is silent when it should be."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import audit_of, findings_of, places
from tfhoist.diagnostics import Severity

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


# undeclared-reference


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ('resource "aws_lb" "a" {\n  name = var.nam\n}', "var.nam", 2),
        ('output "a" {\n  value = local.x\n}', "local.x", 2),
        ('output "a" {\n  value = "x-${aws_lb.main.arn}"\n}', "aws_lb.main", 2),
        ('output "a" {\n  value = data.aws_vpc.main.id\n}', "data.aws_vpc.main", 2),
        ('output "a" {\n  value = module.vpc.id\n}', "module.vpc", 2),
        ("locals {\n  a = 1\n  b = [for x in local.c : x.name]\n}", "local.c", 3),
        ('resource "aws_lb" "a" {\n  depends_on = [aws_vpc.b]\n}', "aws_vpc.b", 2),
        ('output "a" {\n  value = nothing\n}', "nothing", 2),
    ],
)
def test_references_to_what_is_not_declared(text: str, name: str, line: int) -> None:
    [finding] = findings_of("undeclared-reference", text)
    assert (finding.evidence["name"], places(finding)) == (name, [f"main.tf:{line}-{line}"])


def test_undeclared_references_in_and_into_a_local_module() -> None:
    files = {
        "main.tf": 'module "vpc" {\n  source = "./vpc"\n}\noutput "a" {\n  value = module.vpc.ids\n}',
        "vpc/main.tf": 'output "id" {\n  value = aws_vpc.main.id\n}',
    }
    findings = findings_of("undeclared-reference", files)
    assert [(f.address, f.evidence["name"], places(f)) for f in findings] == [
        ("output.a", "module.vpc.ids", ["main.tf:5-5"]),
        ("module.vpc.output.id", "aws_vpc.main", ["vpc/main.tf:2-2"]),
    ]


def test_words_and_bound_names_are_no_undeclared_references() -> None:
    text = """
        variable "ports" {
          type    = list(object({ name = optional(string) }))
          default = []
          validation {
            condition     = length(var.ports) > 0
            error_message = "none"
          }
        }
        resource "aws_security_group" "a" {
          for_each = { for key, port in var.ports : key => port }
          provider = aws.east
          name     = "${each.key}-${path.module}-${terraform.workspace}"
          dynamic "ingress" {
            for_each = each.value
            iterator = rule
            content {
              from_port = rule.value.port
              labels    = [for item in rule.value.items : item.name]
            }
          }
          deep {
            dynamic "part" {
              for_each = each.value
              iterator = piece
              content {
                size = piece.value.size
              }
            }
          }
          dynamic "egress" {
            for_each = each.value
            content {
              from_port = egress.value.port
            }
          }
          lifecycle {
            ignore_changes = [name, tags["a"]]
          }
          provisioner "local-exec" {
            when       = destroy
            on_failure = continue
            command    = self.id
          }
        }
        check "health" {
          data "http" "site" {
            url = "https://x"
          }
          assert {
            condition     = data.http.site.status_code == 200
            error_message = "down"
          }
        }
        moved {
          from = aws_lb.gone
          to   = aws_lb.there
        }
        terraform {
          backend "s3" {
          }
        }
    """
    assert findings_of("undeclared-reference", text) == []


def test_a_missing_output_may_be_tried() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\nmodule "gone" {\n  source = "./gone"\n}\n'
        'output "a" {\n  value = try(module.m.x, null)\n}\noutput "b" {\n  value = module.gone.x\n}\n'
        'output "c" {\n  value = resource.aws_vpc.a.id\n}\nresource "aws_vpc" "a" {}',
        "m/main.tf": 'output "y" {\n  value = 1\n}',
    }
    assert findings_of("undeclared-reference", files) == []


# reference-cycle


def test_a_circle_is_listed() -> None:
    text = """
        resource "aws_security_group" "a" {
          x = local.b
        }
        resource "aws_security_group" "b" {
          x = aws_security_group.a.id
        }
        locals {
          b = aws_security_group.b.id
        }
    """
    [finding] = findings_of("reference-cycle", text)
    assert finding.evidence["path"] == (
        "aws_security_group.a -> local.b -> aws_security_group.b -> aws_security_group.a"
    )
    assert places(finding) == ["main.tf:1-3", "main.tf:8-8", "main.tf:4-6"]


def test_what_refers_to_itself() -> None:
    [finding] = findings_of("reference-cycle", "locals {\n  a = local.a\n}")
    assert finding.summary == "local.a refers to itself"


def test_a_circle_through_local_modules() -> None:
    module = 'variable "in" {}\noutput "out" {\n  value = var.in\n}\noutput "other" {\n  value = 1\n}'
    calls = 'module "a" {{\n  source = "./m"\n  in = module.b.out\n}}\nmodule "b" {{\n  source = "./m"\n  in = module.a.{}\n}}'
    [finding] = findings_of("reference-cycle", {"main.tf": calls.format("out"), "m/main.tf": module})
    assert finding.evidence["path"].count("->") == 4
    assert findings_of("reference-cycle", {"main.tf": calls.format("other"), "m/main.tf": module}) == []


def test_what_is_no_circle() -> None:
    text = """
        variable "a" {
          validation {
            condition     = var.a > var.b
            error_message = "x"
          }
        }
        variable "b" {
          validation {
            condition     = var.a > var.b
            error_message = "x"
          }
        }
        module "vpc" {
          source = "registry/vpc/aws"
          group  = aws_security_group.a.id
        }
        resource "aws_security_group" "a" {
          vpc_id = module.vpc.id
        }
    """
    assert findings_of("reference-cycle", text) == []


def test_a_long_chain_is_followed() -> None:
    chain = "".join(f"  n{number} = local.n{number + 1}\n" for number in range(3000))
    assert findings_of("reference-cycle", "locals {\n" + chain + "  n3000 = 1\n}") == []
    assert len(findings_of("reference-cycle", "locals {\n" + chain + "  n3000 = local.n0\n}")) == 1


# hard-coded values


def block(line: str, kind: str = "aws_x") -> str:
    return f'resource "{kind}" "a" {{\n  {line}\n}}'


@pytest.mark.parametrize(
    ("rule_id", "line", "value"),
    [
        (
            "hard-coded-arn",
            'x = "arn:aws:acm:us-east-1:123456789012:certificate/1"',
            "arn:aws:acm:us-east-1:123456789012:certificate/1",
        ),
        ("hard-coded-arn", 'x = ["arn:aws:s3:::bucket/*"]', "arn:aws:s3:::bucket/*"),
        ("hard-coded-account-id", 'account = "123456789012"', "123456789012"),
        ("hard-coded-account-id", 'x = "arn:aws:iam::123456789012:role/${var.r}"', "123456789012"),
        ("hard-coded-account-id", 'x = "123456789012.dkr.ecr.us-east-1.amazonaws.com/api"', "123456789012"),
        ("hard-coded-domain", 'x = "https://registry.hokus.ai/mlflow"', "registry.hokus.ai"),
        ("hard-coded-domain", 'x = "${var.sub}.hokus.ai"', "hokus.ai"),
        ("hard-coded-domain", 'x = "*.hokus.ai"', "hokus.ai"),
        ("hard-coded-cidr", 'x = ["10.0.0.0/16"]', "10.0.0.0/16"),
        ("hard-coded-cidr", 'x = "2001:db8::/32"', "2001:db8::/32"),
    ],
)
def test_hard_coded_values(rule_id: str, line: str, value: str) -> None:
    [finding] = findings_of(rule_id, block(line))
    assert (finding.address, finding.evidence["value"], places(finding)) == ("aws_x.a", value, ["main.tf:2-2"])


@pytest.mark.parametrize(
    "line",
    [
        'policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"',
        'x = "arn:aws:logs:*:*:log-group:/x"',
        'x = "arn:aws:s3:::${var.bucket}/*"',
        'x = "arn:aws:iam::${var.account}:role/x"',
        'x = { Service = "ecs-tasks.amazonaws.com" }',
        'x = "202401010000"',
        'x = "127311923021"',
        'x = ["0.0.0.0/0", "::/0", "127.0.0.0/8", "169.254.0.0/16"]',
        'x = "http://localhost:8001/health"',
        'x = "http://${aws_lb.a.dns_name}/x"',
        'x = "db.t3.micro"',
        'x = "index.html"',
        'x = "com.amazonaws.us-east-1.s3"',
        'x = "somebody@hokus.ai"',
        'x = "mlflow.internal.local"',
        'x = "03:00-04:00"',
        'key = "nvidia.com/gpu"',
        'x = "file://nodeconfig.yaml"',
        'x = "aws.health"',
        'x = var.cidr == "10.0.0.0/8" ? 1 : 2',
        'x = ["35.191.0.0/16"]',
        'description = "see https://hokus.ai and 10.0.0.0/8, 123456789012"',
        'tags = { Domain = "hokus.ai" }',
        'x = file("a.hokus.ai")',
        "# https://hokus.ai 10.0.0.0/8",
    ],
)
def test_what_is_not_hard_coded(line: str) -> None:
    found = [f for f in audit_of(block(line)).findings if f.id.startswith("hard-coded")]
    assert found == []


def test_an_account_id_inside_an_arn_is_one_finding() -> None:
    found = [f.id for f in audit_of(block('x = "arn:aws:iam::123456789012:root"')).findings]
    assert found == ["hard-coded-arn"]


def test_one_finding_for_each_value_and_block() -> None:
    [finding] = findings_of("hard-coded-domain", block('x = "https://a.org"\n  y = "https://a.org/z"'))
    assert places(finding) == ["main.tf:2-2", "main.tf:3-3"]


def test_variables_are_not_hard_coded() -> None:
    files = {"main.tf": 'variable "a" {\n  default = "10.0.0.0/8"\n}', "terraform.tfvars": 'a = "10.0.0.0/8"'}
    assert audit_of(files).findings == ()


# secrets

SECRET = "hunter2-correct-horse"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("terraform.tfvars", f'# x\ndatabase_password = "{SECRET}"', 2),
        ("a.auto.tfvars", f'harmless = "{SECRET}"', 1),
        ("other/x.tfvars", f'api_token = "{SECRET}"', 1),
        ("x.tfbackend", f'secret_key = "{SECRET}"', 1),
        ("terraform.tfvars.json", f'{{\n  "database_password": "{SECRET}"\n}}', 2),
        ("terraform.tfvars", f'keys_secret = {{ a = "{SECRET}" }}', 1),
    ],
)
def test_secrets_in_variable_files(path: str, text: str, line: int) -> None:
    files = {
        "main.tf": 'variable "harmless" {\n  sensitive = true\n}\nvariable "database_password" {}\nvariable "keys_secret" {}',
        path: text,
    }
    [finding] = findings_of("secret-in-tfvars", files)
    assert places(finding) == [f"{path}:{line}-{line}"]
    assert SECRET not in str(finding)


@pytest.mark.parametrize(
    "text", ['database_password = ""', 'region = "us-east-1"', 'password_length = "20"', 'secret_arn = "arn:x"']
)
def test_what_is_no_secret_in_a_variable_file(text: str) -> None:
    name = text.split()[0]
    assert findings_of("secret-in-tfvars", {"main.tf": f'variable "{name}" {{}}', "terraform.tfvars": text}) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (block(f'password = "{SECRET}"', "aws_db_instance"), 2),
        (block(f'x = jsonencode({{ api_key = "{SECRET}" }})'), 2),
        (f'provider "x" {{\n  token = "{SECRET}"\n}}', 2),
        (f'variable "x" {{\n  sensitive = true\n  default   = "{SECRET}"\n}}', 3),
        (
            'resource "aws_ecs_task_definition" "a" {\n  container_definitions = jsonencode([{\n    environment = [{\n'
            f'      name  = "DB_PASSWORD"\n      value = "{SECRET}"\n    }}]\n  }}])\n}}',
            5,
        ),
    ],
)
def test_secrets_in_the_configuration(text: str, line: int) -> None:
    [finding] = findings_of("secret-in-configuration", text)
    assert places(finding) == [f"main.tf:{line}-{line}"]
    assert SECRET not in str(finding)


@pytest.mark.parametrize(
    "line",
    [
        "password = var.password",
        'password = ""',
        'secret = "arn:aws:secretsmanager:x"',
        'password_policy = "strict"',
        'token_url = "https://x"',
        'password = var.password == "BUILT_IN" ? 1 : split("@", var.password)[0]',
        'x = { name = "DB_PASSWORD", valueFrom = "arn" }',
        "manage_master_user_password = true",
    ],
)
def test_what_is_no_secret_in_the_configuration(line: str) -> None:
    assert findings_of("secret-in-configuration", 'variable "password" {}\n' + block(line)) == []


# files

ZIP = b"PK\x03\x04\x14\x00\x08\x00\x08\x00" + b"\0" * 16 + b"\x06\x00\x00\x00tfplan" + b"...tfstate..."


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tfplan", ZIP),
        ("plans/out.bin", ZIP),
        ("x.tfplan", b"x"),
        ("p.json", b'{"format_version":"1.2","planned_values":{}}'),
    ],
)
def test_saved_plans(path: str, content: bytes) -> None:
    [finding] = findings_of("plan-file-in-folder", {"main.tf": "", path: content})
    assert places(finding) == [f"{path}:1-1"]


@pytest.mark.parametrize(
    ("path", "content"), [("lambda.zip", b"PK\x03\x04" + b"\0" * 40), ("tfplan", b""), ("plan.md", b"tfplan")]
)
def test_what_is_no_saved_plan(path: str, content: bytes) -> None:
    assert findings_of("plan-file-in-folder", {"main.tf": "", path: content}) == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("terraform.tfstate", b"{}"),
        ("terraform.tfstate.backup", b"{}"),
        ("terraform.tfstate.1700000000.backup", b"{}"),
        ("old/state.json", b'{\n "version": 4,\n "terraform_version": "1.5.0",\n "lineage": "x"}'),
    ],
)
def test_states_in_the_folder(path: str, content: bytes) -> None:
    [finding] = findings_of("state-file-in-folder", {"main.tf": "", path: content})
    assert places(finding) == [f"{path}:1-1"]


def test_what_is_no_state() -> None:
    assert (
        findings_of(
            "state-file-in-folder", {"main.tf": "", "a.json": b'{"terraform_version": "1"}', "tfstate.md": b"x"}
        )
        == []
    )


@pytest.mark.parametrize(
    "path", ["rules.tf.disabled", "main.tf.bak", "main.tf~", ".hidden.tf", "m/x.tf.old", "a.tf.json.off"]
)
def test_files_that_terraform_does_not_read(path: str) -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m"\n}', "m/main.tf": "", path: "x"}
    [finding] = findings_of("ignored-configuration-file", files)
    assert places(finding) == [f"{path}:1-1"]


@pytest.mark.parametrize(
    "path", ["a.tf", "a.tf.json", "notes.md", "a.tf.example", "a.tf.tpl", "elsewhere/x.tf.bak", ".terraform.lock.hcl"]
)
def test_files_that_are_read_or_are_something_else(path: str) -> None:
    assert findings_of("ignored-configuration-file", {"main.tf": "", path: "{}" if path.endswith("json") else ""}) == []


def test_override_files() -> None:
    files = {"main.tf": "", "override.tf": "", "x_override.tf": "", "overrides.tf": ""}
    assert [places(f) for f in findings_of("override-file", files)] == [["override.tf:1-1"], ["x_override.tf:1-1"]]


def test_json_configuration() -> None:
    files = {"main.tf": "", "b.tf.json": '{"resource": {"aws_lb": {"a": {"name": "x"}}}}', "c.json": "{}"}
    assert [places(f) for f in findings_of("json-configuration", files)] == [["b.tf.json:1-1"]]
