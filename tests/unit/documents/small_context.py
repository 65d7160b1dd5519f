"""A small context, made by hand: two environments, and one of everything that the documents tell apart."""

from __future__ import annotations

from datetime import date

import msgspec

from tfhoist.boundary.model import (
    Boundary,
    Downlink,
    Followers,
    ModuleOutput,
    ModuleVariable,
    OrderingNote,
    Pin,
    Uplink,
)
from tfhoist.configuration.environments import Backend, Environment, EnvironmentSettings, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import Module
from tfhoist.consolidation.imports import Import, Imports, Left
from tfhoist.diagnostics import Severity
from tfhoist.documents.context import DocumentContext
from tfhoist.findings import Finding
from tfhoist.placement.model import Placed, Side

MAIN = """\
terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }

  backend "s3" {
    bucket = "acme-state"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = var.aws_region
}

variable "aws_region" {
  type    = string
  default = "eu-west-1"
}

variable "environment" {
  type = string
}

variable "certificate_arn" {
  type    = string
  default = ""
}

variable "zone_id" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

locals {
  prefix = "shop-${var.environment}"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "alb" {
  name_prefix = "${local.prefix}-alb-"
  vpc_id      = aws_vpc.main.id
}

resource "aws_lb" "main" {
  name            = local.prefix
  security_groups = [aws_security_group.alb.id]
}

resource "aws_lb_target_group" "web" {
  name   = "${local.prefix}-web"
  port   = 8080
  vpc_id = aws_vpc.main.id

  health_check {
    path = "/healthz"
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "https" {
  count = var.certificate_arn != "" ? 1 : 0

  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_lb_listener_rule" "web" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 20

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }

  condition {
    host_header {
      values = ["shop.example.org"]
    }
  }

  dynamic "condition" {
    for_each = [["/cart/*", "/basket"]]

    content {
      path_pattern {
        values = condition.value
      }
    }
  }
}

resource "aws_lb_listener_rule" "web_any" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 30

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }

  condition {
    path_pattern {
      values = ["/cart/*"]
    }
  }
}

resource "aws_route53_record" "shop" {
  zone_id = var.zone_id
  name    = "shop.example.org"
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}

resource "aws_iam_role" "task" {
  name               = "${local.prefix}-task"
  assume_role_policy = "{}"
}

resource "aws_ecs_cluster" "main" {
  name = local.prefix
}

resource "aws_ecs_service" "web" {
  name    = "web"
  cluster = aws_ecs_cluster.main.id

  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
  }

  depends_on = [aws_lb_listener.http]
}
"""

TREE = {
    "main.tf": MAIN.encode(),
    "env/staging.tfvars": b'environment = "staging"\nzone_id     = "Z0STAGING"\n',
    "env/production.tfvars": b'environment     = "production"\nzone_id         = "Z0PRODUCTION"\n'
    b'certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/0a"\n',
}
STAYS = ("aws_ecs_cluster.main", "aws_ecs_service.web", "aws_vpc.main")


def environment(module: Module, settings: EnvironmentSettings) -> Environment:
    found, diagnostics = read_environment(TREE, module, settings)
    assert not diagnostics
    return found


def small_context() -> DocumentContext:
    module = load_module(TREE)
    settings = tuple(
        EnvironmentSettings(name=name, var_files=(f"env/{name}.tfvars",), backend={"key": f"shop/{name}.tfstate"})
        for name in ("staging", "production")
    )
    placed = [declaration.address for declaration in module.of("resource")]
    placement = {a: Placed(Side.LOCAL if a in STAYS else Side.CENTRAL, ("by hand",)) for a in sorted(placed)}
    moved = tuple(address for address, one in placement.items() if one.side is Side.CENTRAL)
    return DocumentContext(
        service="shop",
        label="shop",
        owner="shop-team@example.org",
        contact="slack: #shop",
        repository="acme-infrastructure",
        module=module,
        environments=tuple(environment(module, one) for one in settings),
        environment_settings=settings,
        placement=placement,
        boundary=BOUNDARY,
        variables=VARIABLES,
        module_folder="terraform_module/shop",
        central_folders={name: f"environments/{name}" for name in ("staging", "production")},
        service_folder="infrastructure",
        remote_state="central",
        central_backends={
            name: Backend("s3", {"bucket": "acme-central", "key": f"{name}.tfstate", "region": "eu-west-1"})
            for name in ("staging", "production")
        },
        moved=moved,
        stays=STAYS,
        state_instances={
            "production": (*(a for a in moved if a != "aws_lb_listener.https"), "aws_lb_listener.https[0]", *STAYS),
        },
        imports={
            "production": Imports(
                blocks=tuple(
                    Import(
                        address,
                        f"module.shop.{address}",
                        f"id-of-{address}",
                        ("default_action.forward",) if "https" in address else (),
                    )
                    for address in (
                        *(a for a in moved if not a.startswith(("aws_lb_listener.https", "aws_iam"))),
                        "aws_lb_listener.https[0]",
                    )
                ),
                left=(
                    Left("aws_iam_role.task", "its provider isn't hashicorp/aws"),
                    Left("aws_lb.main[1]", "the configuration has no such instance", configured=False),
                ),
            )
        },
        findings=(
            Finding(
                id="hard-coded-domain",
                severity=Severity.WARNING,
                summary="shop.example.org is written into the rule.",
                advice="Use a variable.",
                address="aws_lb_listener_rule.web",
            ),
            Finding(
                id="x", severity=Severity.WARNING, summary="not about what moves", advice="", address="aws_vpc.main"
            ),
        ),
        assumptions=("TF_VAR_shop_token is given the value that TF_VAR_token has in the service root",),
        timeline_start=date(2026, 3, 2),
    )


def variable(name: str, text: str, **values: object) -> ModuleVariable:
    made = ModuleVariable(
        name=name, type="string", sensitive=False, origin="service variable", passed=True,
        declaration=f'variable "{name}" {{\n  type = string\n{text}}}',
    )  # fmt: skip
    return msgspec.structs.replace(made, **values)


VARIABLES = (
    variable("certificate_arn", '  default = ""\n', description="Certificate; empty for none"),
    variable("environment", "", description="Environment"),
    variable("shop_domain", '  default = "shop.example.org"\n', origin="hard-coded", passed=False),
    variable("token", "", sensitive=True),
    variable("vpc_main_id", "", origin="pinned", description="Pinned input"),
    variable("zone_id", "", description="Zone"),
)


def output(name: str, expression: str, producer: str, **values: object) -> ModuleOutput:
    made = ModuleOutput(name=name, expression=expression, sensitive=False, producer=producer, required=True)
    return msgspec.structs.replace(made, **values)


BOUNDARY = Boundary(
    downlinks=(
        Downlink("aws_ecs_service.web", "aws_lb_target_group.web", "aws_lb_target_group.web.arn", "web_target_group_arn"),
    ),
    uplinks=(
        Uplink("aws_lb_target_group.web", "aws_vpc.main", "aws_vpc.main.id", "vpc_main_id"),
        Uplink("aws_security_group.alb", "aws_vpc.main", "aws_vpc.main.id", "vpc_main_id"),
    ),
    outputs=(
        output("alb_security_group_id", "aws_security_group.alb.id", "aws_security_group.alb"),
        output("https_listener_arn", "aws_lb_listener.https[*].arn", "aws_lb_listener.https", required=False),
        output("main_alb_arn", "aws_lb.main.arn", "aws_lb.main", description="ARN of aws_lb.main"),
        output("main_alb_dns_name", "aws_lb.main.dns_name", "aws_lb.main"),
        output("task_role_arn", "aws_iam_role.task.arn", "aws_iam_role.task", sensitive=True),
        output("web_health_path", "[aws_lb_target_group.web.health_check[0].path]", "aws_lb_target_group.web", listed=True),
        output(
            "web_target_group_arn", "aws_lb_target_group.web.arn", "aws_lb_target_group.web",
            consumers=("aws_ecs_service.web",),
        ),
    ),
    pins={
        "vpc_main_id": Pin(
            "vpc_main_id", "aws_vpc.main.id", "string", {"staging": "vpc-0aaa", "production": "vpc-0bbb"}
        )
    },
    orderings=(OrderingNote("aws_ecs_service.web", "aws_lb_listener.http"),),
    followers=Followers({"local.prefix": "both", "var.environment": "both"}),
    refusals=(),
)  # fmt: skip
