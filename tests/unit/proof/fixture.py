"""A small service root, split by hand: what the proof's tests start from, and break on purpose.

`moved` are load balancer, listeners, rules, target groups, records, role and the `alerts` module; the network, services,
database and policy stay. The central repository has another service, which nobody may touch.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.proof import Identities, IdentityInstance, ProofEnvironment, Subject

ENVIRONMENTS = ("development", "production")


def _text(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


BEFORE_SERVICE = {
    "versions.tf": _text("""
        terraform {
          required_version = ">= 1.7"
          required_providers {
            aws = {
              source  = "hashicorp/aws"
              version = "~> 5.0"
            }
          }
          backend "s3" {
            bucket = "shop-state"
            region = "eu-west-1"
          }
        }

        provider "aws" {
          region = var.region
          default_tags {
            tags = { Project = "shop", Environment = var.environment }
          }
        }

        provider "aws" {
          alias  = "east"
          region = "us-east-1"
        }
    """),
    "variables.tf": _text("""
        variable "environment" {
          description = "Which environment"
          type        = string
          validation {
            condition     = contains(["development", "production"], var.environment)
            error_message = "Unknown environment."
          }
        }
        variable "region" {
          type    = string
          default = "eu-west-1"
        }
        variable "certificate_arn" {
          type    = string
          default = ""
        }
        variable "api_port" {
          type    = number
          default = 8001
        }
        variable "hosts" {
          type    = map(string)
          default = { shop = "shop.example.com", admin = "admin.example.com" }
        }
        variable "admin_token" {
          type      = string
          sensitive = true
        }
        variable "webhook_secret" {
          type      = string
          sensitive = true
          default   = "tfhoist-secret-1"
        }
    """),
    "main.tf": _text("""
        locals {
          name_prefix = "shop-${var.environment}"
          tags        = { Team = "shop" }
          listener    = try(aws_lb_listener.https[0].arn, "none")
        }

        data "aws_caller_identity" "current" {}

        data "aws_region" "current" {}

        module "vpc" {
          source = "./modules/vpc"
          name   = local.name_prefix
          cidr   = "10.0.0.0/16"
        }

        module "alerts" {
          source = "./modules/alerts"
          name   = local.name_prefix
          emails = ["ops@example.com", "dev@example.com"]
        }
    """),
    "lb.tf": _text("""
        resource "aws_lb" "main" {
          name     = local.name_prefix
          internal = false
          subnets  = module.vpc.public_subnets
          tags     = merge(local.tags, { Service = "edge" })

          enable_deletion_protection = var.environment == "production" ? true : false
        }

        resource "aws_lb_listener" "http" {
          load_balancer_arn = aws_lb.main.arn
          port              = 80
          default_action {
            type = "fixed-response"
            fixed_response {
              content_type = "text/plain"
              message_body = <<-EOT
                Nothing here.
                Try again.
              EOT
            }
          }
        }

        resource "aws_lb_listener" "https" {
          count             = var.certificate_arn != "" ? 1 : 0
          load_balancer_arn = aws_lb.main.arn
          port              = 443
          certificate_arn   = var.certificate_arn
        }

        resource "aws_lb_target_group" "api" {
          name   = "${local.name_prefix}-api"
          port   = var.api_port
          vpc_id = module.vpc.vpc_id
          health_check {
            path    = "/health"
            matcher = "200"
          }
          lifecycle {
            create_before_destroy = true
            ignore_changes        = [tags, name]
          }
        }

        resource "aws_lb_target_group" "worker" {
          name   = "${local.name_prefix}-worker"
          port   = 9000
          vpc_id = module.vpc.vpc_id
        }

        resource "aws_lb_listener_rule" "api" {
          listener_arn = aws_lb_listener.http.arn
          priority     = 10
          action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.api.arn
          }
          condition {
            host_header {
              values = ["shop.example.com", "www.example.com"]
            }
          }
          depends_on = [aws_lb_target_group.worker]
        }

        resource "aws_lb_listener_rule" "secret" {
          listener_arn = aws_lb_listener.http.arn
          priority     = 20
          action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.worker.arn
          }
          condition {
            http_header {
              http_header_name = "X-Token"
              values           = [var.admin_token, var.webhook_secret]
            }
          }
        }

        resource "aws_route53_record" "host" {
          for_each = var.hosts
          zone_id  = "Z123"
          name     = each.value
          type     = "A"
          alias {
            name    = aws_lb.main.dns_name
            zone_id = aws_lb.main.zone_id
          }
        }

        resource "aws_acm_certificate" "edge" {
          provider    = aws.east
          domain_name = "edge.example.com"
        }

        resource "aws_security_group" "edge" {
          name   = "${local.name_prefix}-edge"
          vpc_id = module.vpc.vpc_id
          dynamic "ingress" {
            for_each = toset(["80", "443"])
            content {
              from_port = ingress.value
              to_port   = ingress.value
              protocol  = "tcp"
            }
          }
        }
    """),
    "iam.tf": _text("""
        resource "aws_iam_role" "task" {
          name               = "${local.name_prefix}-task"
          assume_role_policy = file("${path.module}/policies/trust.json")
          description        = "Runs in ${data.aws_region.current.name}"
        }

        resource "aws_iam_access_key" "mail" {
          user = "mail"
        }

        resource "aws_iam_role_policy" "task" {
          role   = aws_iam_role.task.name
          policy = jsonencode({
            Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.data.arn }]
          })
        }
    """),
    "services.tf": _text("""
        resource "aws_s3_bucket" "data" {
          bucket = "shop-data-${data.aws_caller_identity.current.account_id}"
        }

        resource "aws_ecs_service" "api" {
          name = "api"
          load_balancer {
            target_group_arn = aws_lb_target_group.api.arn
            container_port   = var.api_port
          }
          depends_on = [aws_lb_listener.http, aws_s3_bucket.data]
        }

        resource "aws_ecs_service" "worker" {
          name = "worker"
          load_balancer {
            target_group_arn = aws_lb_target_group.worker.arn
            container_port   = 9000
          }
          depends_on = [aws_s3_bucket.data]
        }

        resource "aws_ssm_parameter" "listener" {
          count = length(aws_lb_listener.https)
          name  = "listener"
          type  = "String"
          value = aws_lb_listener.https[count.index].arn
        }

        resource "aws_ssm_parameter" "fallback" {
          name  = "fallback"
          type  = "String"
          value = local.listener
        }

        resource "aws_ssm_parameter" "admin_host" {
          name  = "admin"
          type  = "String"
          value = aws_route53_record.host["admin"].fqdn
        }

        resource "aws_ssm_parameter" "mail" {
          name  = "mail"
          type  = "SecureString"
          value = aws_iam_access_key.mail.secret
        }

        resource "aws_ssm_parameter" "description" {
          name  = "description"
          type  = "String"
          value = coalesce(aws_iam_role.task.description, var.admin_token)
        }

        resource "aws_cloudwatch_metric_alarm" "edge" {
          alarm_name    = "edge"
          dimensions    = { LoadBalancer = aws_lb.main.arn_suffix }
          alarm_actions = [module.alerts.topic_arn]
          description   = <<-EOT
            The edge answers slowly.
          EOT
        }

        check "edge" {
          assert {
            condition     = length(aws_lb.main.dns_name) > 0
            error_message = "No name."
          }
        }
    """),
    "outputs.tf": _text("""
        output "alb_dns_name" {
          value = aws_lb.main.dns_name
        }
        output "alb_arn" {
          value = aws_lb.main.arn
        }
        output "https_listener_arn" {
          value = one(aws_lb_listener.https[*].arn)
        }
        output "vpc_id" {
          value = module.vpc.vpc_id
        }
        output "mail_secret" {
          value     = aws_iam_access_key.mail.secret
          sensitive = true
        }
    """),
    "policies/trust.json": '{"Statement": []}\n',
    "modules/vpc/main.tf": _text("""
        variable "name" { type = string }
        variable "cidr" { type = string }

        resource "aws_vpc" "this" {
          cidr_block = var.cidr
          tags       = { Name = var.name }
        }

        resource "aws_subnet" "public" {
          count      = 2
          vpc_id     = aws_vpc.this.id
          cidr_block = cidrsubnet(var.cidr, 8, count.index)
        }

        output "vpc_id" { value = aws_vpc.this.id }
        output "public_subnets" { value = aws_subnet.public[*].id }
    """),
    "modules/alerts/main.tf": _text("""
        variable "name" { type = string }
        variable "emails" { type = list(string) }

        resource "aws_sns_topic" "this" {
          name = "${var.name}-alerts"
        }

        resource "aws_sns_topic_subscription" "email" {
          for_each  = toset(var.emails)
          topic_arn = aws_sns_topic.this.arn
          protocol  = "email"
          endpoint  = each.key
        }

        output "topic_arn" { value = aws_sns_topic.this.arn }
    """),
    "environments/development.tfvars": 'environment = "development"\n',
    "environments/production.tfvars": _text("""
        environment     = "production"
        certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    """),
    "README.md": "The shop.\n",
}

SERVICE = {
    **BEFORE_SERVICE,
    "main.tf": _text("""
        locals {
          name_prefix = "shop-${var.environment}"
          listener    = try(local.central_https_listener_arn[0], "none")
        }

        data "aws_caller_identity" "current" {}

        data "aws_region" "current" {}

        module "vpc" {
          source = "./modules/vpc"
          name   = local.name_prefix
          cidr   = "10.0.0.0/16"
        }
    """),
    "iam.tf": _text("""
        resource "aws_iam_role_policy" "task" {
          role   = data.terraform_remote_state.central.outputs.task_role_name
          policy = jsonencode({
            Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.data.arn }]
          })
        }
    """),
    "services.tf": _text("""
        resource "aws_s3_bucket" "data" {
          bucket = "shop-data-${data.aws_caller_identity.current.account_id}"
        }

        resource "aws_ecs_service" "api" {
          name = "api"
          load_balancer {
            target_group_arn = data.terraform_remote_state.central.outputs.api_target_group_arn
            container_port   = var.api_port
          }
          depends_on = [aws_s3_bucket.data]
        }

        resource "aws_ecs_service" "worker" {
          name = "worker"
          load_balancer {
            target_group_arn = data.terraform_remote_state.central.outputs.worker_target_group_arn
            container_port   = 9000
          }
          depends_on = [aws_s3_bucket.data]
        }

        resource "aws_ssm_parameter" "listener" {
          count = length(data.terraform_remote_state.central.outputs.https_listener_arn)
          name  = "listener"
          type  = "String"
          value = data.terraform_remote_state.central.outputs.https_listener_arn[count.index]
        }

        resource "aws_ssm_parameter" "fallback" {
          name  = "fallback"
          type  = "String"
          value = local.listener
        }

        resource "aws_ssm_parameter" "admin_host" {
          name  = "admin"
          type  = "String"
          value = data.terraform_remote_state.central.outputs.host_fqdn["admin"]
        }

        resource "aws_ssm_parameter" "mail" {
          name  = "mail"
          type  = "SecureString"
          value = sensitive(data.terraform_remote_state.central.outputs.mail_secret)
        }

        resource "aws_ssm_parameter" "description" {
          name  = "description"
          type  = "String"
          value = coalesce(data.terraform_remote_state.central.outputs.task_role_description[0], var.admin_token)
        }

        resource "aws_cloudwatch_metric_alarm" "edge" {
          alarm_name    = "edge"
          dimensions    = { LoadBalancer = data.terraform_remote_state.central.outputs.main_alb_arn_suffix }
          alarm_actions = [data.terraform_remote_state.central.outputs.alerts_topic_arn]
          description   = <<-EOT
            The edge answers slowly.
          EOT
        }

        check "edge" {
          assert {
            condition     = length(data.terraform_remote_state.central.outputs.alb_dns_name) > 0
            error_message = "No name."
          }
        }
    """),
    "outputs.tf": _text("""
        output "alb_dns_name" {
          value = data.terraform_remote_state.central.outputs.alb_dns_name
        }
        output "alb_arn" {
          value = data.terraform_remote_state.central.outputs.web_shop_alb_arn
        }
        output "https_listener_arn" {
          value = one(data.terraform_remote_state.central.outputs.https_listener_arn)
        }
        output "vpc_id" {
          value = module.vpc.vpc_id
        }
        output "mail_secret" {
          value     = sensitive(data.terraform_remote_state.central.outputs.mail_secret)
          sensitive = true
        }
    """),
    "central.tf": _text("""
        data "terraform_remote_state" "central" {
          backend = "s3"
          config = {
            bucket = "central-state"
            key    = "environments/${var.environment}/terraform.tfstate"
            region = "eu-west-1"
          }
        }

        locals {
          central_https_listener_arn = data.terraform_remote_state.central.outputs.https_listener_arn
        }
    """),
    "removed.tf": "\n".join(
        f"removed {{\n  from = {address}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
        for address in (
            "aws_acm_certificate.edge", "aws_iam_access_key.mail", "aws_iam_role.task", "aws_lb.main",
            "aws_lb_listener.http", "aws_lb_listener.https", "aws_lb_listener_rule.api", "aws_lb_listener_rule.secret",
            "aws_lb_target_group.api", "aws_lb_target_group.worker", "aws_route53_record.host", "aws_security_group.edge",
            "module.alerts",
        )
    ),
}  # fmt: skip
# It had that through the target group, which moved.
SERVICE["modules/vpc/main.tf"] = SERVICE["modules/vpc/main.tf"].replace(
    "  tags       = { Name = var.name }\n",
    "  tags       = { Name = var.name }\n\n  lifecycle {\n    create_before_destroy = true\n  }\n",
)
for _path in ("lb.tf", "policies/trust.json", "modules/alerts/main.tf"):
    del SERVICE[_path]

SHARED_MODULE = {
    "alb.tf": BEFORE_SERVICE["lb.tf"]
    .replace("module.vpc.vpc_id", "var.vpc_id")
    .replace("module.vpc.public_subnets", "var.vpc_public_subnets")
    .replace('"shop.example.com", "www', 'var.shop_domain, "www'),
    "iam.tf": BEFORE_SERVICE["iam.tf"].split('resource "aws_iam_role_policy"')[0],
    "main.tf": _text("""
        locals {
          name_prefix = "shop-${var.environment}"
          tags        = { Team = "shop" }
        }

        data "aws_region" "current" {}

        module "alerts" {
          source = "./modules/alerts"
          name   = local.name_prefix
          emails = ["ops@example.com", "dev@example.com"]
        }
    """),
    "variables.tf": _text("""
        variable "environment" { type = string }
        variable "certificate_arn" {
          type    = string
          default = ""
        }
        variable "api_port" {
          type    = number
          default = 8001
        }
        variable "hosts" { type = map(string) }
        variable "admin_token" {
          type      = string
          sensitive = true
        }
        variable "webhook_secret" {
          type      = string
          sensitive = true
        }
        variable "vpc_id" { type = string }
        variable "vpc_public_subnets" { type = list(string) }
        variable "shop_domain" {
          type    = string
          default = "shop.example.com"
        }
    """),
    "outputs.tf": _text("""
        output "alb_dns_name" { value = aws_lb.main.dns_name }
        output "web_shop_alb_arn" { value = aws_lb.main.arn }
        output "main_alb_arn_suffix" { value = aws_lb.main.arn_suffix }
        output "api_target_group_arn" { value = aws_lb_target_group.api.arn }
        output "worker_target_group_arn" { value = aws_lb_target_group.worker.arn }
        output "https_listener_arn" { value = aws_lb_listener.https[*].arn }
        output "host_fqdn" { value = { for key, instance in aws_route53_record.host : key => instance.fqdn } }
        output "task_role_name" { value = aws_iam_role.task.name }
        output "task_role_description" { value = [aws_iam_role.task.description] }
        output "alerts_topic_arn" { value = module.alerts.topic_arn }
        output "mail_secret" {
          value     = aws_iam_access_key.mail.secret
          sensitive = true
        }
    """),
    "versions.tf": _text("""
        terraform {
          required_providers {
            aws = {
              source                = "hashicorp/aws"
              version               = "~> 5.0"
              configuration_aliases = [aws.east]
            }
          }
        }
    """),
    "policies/trust.json": BEFORE_SERVICE["policies/trust.json"],
    "modules/alerts/main.tf": BEFORE_SERVICE["modules/alerts/main.tf"],
}

_OUTPUTS = (
    "alb_dns_name", "web_shop_alb_arn", "main_alb_arn_suffix", "api_target_group_arn", "worker_target_group_arn",
    "https_listener_arn", "host_fqdn", "task_role_name", "task_role_description", "alerts_topic_arn",
)  # fmt: skip


def _central_root(environment: str) -> dict[str, str]:
    """The files that one central root gains."""
    values = {
        "development": 'web_shop_environment = "development"\n',
        "production": 'web_shop_environment = "production"\n'
        'web_shop_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"\n',
    }
    letter = environment[0]
    return {
        "web-shop.tf": _text("""
            provider "aws" {
              alias  = "web_shop"
              region = var.web_shop_region
              default_tags {
                tags = { Project = "shop", Environment = var.web_shop_environment }
              }
            }

            provider "aws" {
              alias  = "web_shop_east"
              region = "us-east-1"
            }

            module "web_shop" {
              source = "../../terraform_module/web-shop"
              providers = {
                aws      = aws.web_shop
                aws.east = aws.web_shop_east
              }
              environment        = var.web_shop_environment
              certificate_arn    = var.web_shop_certificate_arn
              api_port           = var.web_shop_api_port
              hosts              = var.web_shop_hosts
              admin_token        = var.web_shop_admin_token
              webhook_secret     = var.web_shop_webhook_secret
              vpc_id             = var.web_shop_vpc_id
              vpc_public_subnets = var.web_shop_vpc_public_subnets
            }
        """),
        "web-shop_variables.tf": BEFORE_SERVICE["variables.tf"]
        .replace('variable "', 'variable "web_shop_')
        .replace("var.environment", "var.web_shop_environment")
        + 'variable "web_shop_vpc_id" {\n  type = string\n}\n'
        + 'variable "web_shop_vpc_public_subnets" {\n  type = list(string)\n}\n',
        "web-shop_outputs.tf": "".join(
            f'output "{name}" {{\n  value = module.web_shop.{name}\n}}\n' for name in _OUTPUTS
        )
        + 'output "mail_secret" {\n  value     = module.web_shop.mail_secret\n  sensitive = true\n}\n',
        "web-shop.auto.tfvars": values[environment]
        + f'web_shop_vpc_id = "vpc-{letter}"\n'
        + f'web_shop_vpc_public_subnets = ["subnet-{letter}0", "subnet-{letter}1"]\n',
    }


def _existing_root(environment: str) -> dict[str, str]:
    """A central root as it was: the site's."""
    return {
        "main.tf": _text("""
            module "site" {
              source      = "../../terraform_module/site"
              environment = var.environment
            }
        """),
        "variables.tf": f'variable "environment" {{\n  type    = string\n  default = "{environment}"\n}}\n',
        "outputs.tf": 'output "alb_arn" {\n  value = module.site.alb_arn\n}\n',
        "terraform.tf": _text(f"""
            terraform {{
              required_version = ">= 1.7"
              backend "s3" {{
                bucket = "central-state"
                key    = "environments/{environment}/terraform.tfstate"
                region = "eu-west-1"
              }}
            }}

            provider "aws" {{
              region = "eu-west-1"
              default_tags {{
                tags = {{ Team = "site" }}
              }}
            }}
        """),
    }


BEFORE_CENTRAL = {
    **{f"environments/{name}/{path}": text for name in ENVIRONMENTS for path, text in _existing_root(name).items()},
    "terraform_module/site/main.tf": _text("""
        variable "environment" { type = string }

        resource "aws_lb" "site" {
          name = "site-${var.environment}"
        }

        output "alb_arn" { value = aws_lb.site.arn }
    """),
    "docs/resource_registry.md": "# Resources\n\n## site\n\n- site.example.com\n",
    "CODEOWNERS": "* @infrastructure\n",
}

CENTRAL = {
    **BEFORE_CENTRAL,
    **{f"environments/{name}/{path}": text for name in ENVIRONMENTS for path, text in _central_root(name).items()},
    **{f"terraform_module/web-shop/{path}": text for path, text in SHARED_MODULE.items()},
    "docs/resource_registry.md": "# Resources\n\n## site\n\n- site.example.com\n\n## web-shop\n\n- shop.example.com\n",
    "registry/web-shop.json": "{}\n",
}

Files = Mapping[str, str]


def identities(environment: str) -> Identities:
    """What the state of one environment says of the network."""
    letter = environment[0]
    subnets = [
        IdentityInstance("managed", "aws_subnet", "public", "module.vpc", number, {"id": f"subnet-{letter}{number}"})
        for number in range(2)
    ]
    vpc = IdentityInstance("managed", "aws_vpc", "this", "module.vpc", None, {"id": f"vpc-{letter}"})
    return Identities(instances=(vpc, *subnets), outputs={"vpc_id": f"vpc-{letter}"})


def subject(
    service: Files = SERVICE,
    central: Files = CENTRAL,
    before_service: Files = BEFORE_SERVICE,
    before_central: Files = BEFORE_CENTRAL,
    *,
    with_identities: bool = True,
    kept: Mapping[str, str] | None = None,
) -> Subject:
    """The subject of some trees."""

    def tree(files: Files) -> dict[str, bytes]:
        return {path: text.encode() for path, text in files.items()}

    return Subject(
        before_service=tree(before_service),
        service=tree(service),
        before_central=tree(before_central),
        central=tree(central),
        environments=tuple(
            ProofEnvironment(
                EnvironmentSettings(name=name, var_files=(f"environments/{name}.tfvars",)), f"environments/{name}"
            )
            for name in ENVIRONMENTS
        ),
        kept=kept or {},
        identities={name: identities(name) for name in ENVIRONMENTS} if with_identities else {},
    )
