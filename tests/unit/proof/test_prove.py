"""The hand-made split is proven, and every way of breaking it that we thought of is found and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.unit.proof import fixture
from tfhoist.proof import Proof, prove

Trees = dict[str, dict[str, str]]


def trees() -> Trees:
    return {
        "before/service": dict(fixture.BEFORE_SERVICE),
        "service": dict(fixture.SERVICE),
        "before/central": dict(fixture.BEFORE_CENTRAL),
        "central": dict(fixture.CENTRAL),
    }


def proof_of(files: Trees, *, with_identities: bool = True) -> Proof:
    return prove(
        fixture.subject(
            files["service"], files["central"], files["before/service"], files["before/central"],
            with_identities=with_identities,
        )
    )  # fmt: skip


def explain(proof: Proof) -> str:
    return "\n".join(
        f"{o.result} {o.kind} {o.address} [{o.environment}]: {o.detail}"
        for o in proof.obligations
        if o.result != "holds"
    )


def test_the_split_is_equivalent() -> None:
    proof = proof_of(trees())
    assert explain(proof) == ""
    assert proof.verdict == "equivalent"
    assert proof.environments == {"development": "equivalent", "production": "equivalent"}
    assert proof.counts["fails"] == proof.counts["undecided"] == 0


def test_what_is_compared() -> None:
    proof = proof_of(trees())
    kinds = {o.kind for o in proof.obligations}
    assert kinds >= {
        "resource", "module", "data", "provider", "output", "variable", "settings", "pin", "removed", "remote-state",
        "interface", "file", "central-file", "central-root", "check",
    }  # fmt: skip
    pins = {(o.address, o.environment, o.detail) for o in proof.obligations if o.kind == "pin"}
    assert (
        "var.web_shop_vpc_id", "production", 'module.vpc.aws_vpc.this.id is "vpc-p" in the snapshot',
    ) in pins  # fmt: skip


def test_assumptions_and_notes() -> None:
    proof = proof_of(trees())
    assert (
        "environments/production: TF_VAR_web_shop_admin_token has to be given the value that TF_VAR_admin_token has in the "
        "service root"
    ) in proof.assumptions
    assert any("aws_ecs_service.api waited for aws_lb_listener.http" in note for note in proof.notes)
    assert any("module.vpc.aws_vpc.this was created before" in note for note in proof.notes)


def test_it_is_deterministic() -> None:
    assert proof_of(trees()) == proof_of(trees())


class Mutation(NamedTuple):
    """A way to break the split: the file, what is replaced there (None: the whole file goes), and what must be named."""

    name: str
    path: str
    old: str
    new: str | None
    named: str
    result: str = "fails"
    kind: str = ""


MODULE = fixture.MODULE
DEV = "central/environments/development"
PROD = "central/environments/production"

MUTATIONS = [
    Mutation("a moved block is gone", f"{MODULE}/alb.tf", 'resource "aws_lb_target_group" "worker"', 'resource "aws_lb_target_group" "other"', "aws_lb_target_group.worker"),
    Mutation("a port", f"{MODULE}/alb.tf", "port   = 9000", "port   = 9001", "aws_lb_target_group.worker"),
    Mutation("a port as text", f"{MODULE}/alb.tf", "port   = 9000", 'port   = "9000"', "aws_lb_target_group.worker"),
    Mutation("count is gone", f"{MODULE}/alb.tf", '  count             = var.certificate_arn != "" ? 1 : 0\n', "", "aws_lb_listener.https"),
    Mutation("count's branch", f"{MODULE}/alb.tf", '!= "" ? 1 : 0', '!= "" ? 1 : 1', "aws_lb_listener.https"),
    Mutation("a branch that isn't taken", f"{MODULE}/alb.tf", '"production" ? true', '"production" ? false', "aws_lb.main"),
    Mutation("a condition", f"{MODULE}/alb.tf", '"production" ? true', '"staging" ? true', "aws_lb.main"),
    Mutation("an operator", f"{MODULE}/alb.tf", 'environment == "prod', 'environment != "prod', "aws_lb.main"),
    Mutation("a tag", f"{MODULE}/alb.tf", 'Service = "edge"', 'Service = "rim"', "aws_lb.main"),
    Mutation("a local's tag", f"{MODULE}/main.tf", 'Team = "shop"', 'Team = "site"', "aws_lb.main"),
    Mutation("tags are gone", f"{MODULE}/alb.tf", '  tags     = merge(local.tags, { Service = "edge" })\n', "", "aws_lb.main"),
    Mutation("an argument more", f"{MODULE}/alb.tf", "  internal = false\n", "  internal = false\n  idle_timeout = 60\n", "aws_lb.main"),
    Mutation("a name's prefix", f"{MODULE}/main.tf", '"shop-${', '"shop_${', "aws_lb.main"),
    Mutation("a heredoc", f"{MODULE}/alb.tf", "Nothing here.", "Nothing there.", "aws_lb_listener.http"),
    Mutation("a heredoc that stays", "service/services.tf", "answers slowly", "answers quickly", "aws_cloudwatch_metric_alarm.edge"),
    Mutation("a list's order", f"{MODULE}/alb.tf", 'var.shop_domain, "www.example.com"', '"www.example.com", var.shop_domain', "aws_lb_listener_rule.api"),
    Mutation("a hard-coded value's default", f"{MODULE}/variables.tf", '"shop.example.com"', '"shop.example.org"', "aws_lb_listener_rule.api"),
    Mutation("a variable's type", f"{MODULE}/variables.tf", "type    = number", "type    = string", "aws_lb_target_group.api"),
    Mutation("lifecycle is gone", f"{MODULE}/alb.tf", "create_before_destroy = true", "prevent_destroy = false", "aws_lb_target_group.api"),
    Mutation("ignore_changes", f"{MODULE}/alb.tf", "[tags, name]", "[tags]", "aws_lb_target_group.api"),
    Mutation("prevent_destroy more", f"{MODULE}/alb.tf", "create_before_destroy = true", "create_before_destroy = true\n    prevent_destroy = true", "aws_lb_target_group.api"),
    Mutation("create_before_destroy more", f"{MODULE}/alb.tf", 'resource "aws_security_group" "edge" {', 'resource "aws_security_group" "edge" {\n  lifecycle {\n    create_before_destroy = true\n  }', "aws_security_group.edge"),
    Mutation("depends_on within the module", f"{MODULE}/alb.tf", "  depends_on = [aws_lb_target_group.worker]\n", "", "aws_lb_listener_rule.api"),
    Mutation("depends_on within the service", "service/services.tf", "container_port   = 9000\n  }\n  depends_on = [aws_s3_bucket.data]", "container_port   = 9000\n  }", "aws_ecs_service.worker"),
    Mutation("depends_on more", f"{MODULE}/alb.tf", "depends_on = [aws_lb_target_group.worker]", "depends_on = [aws_lb_target_group.worker, aws_lb.main]", "aws_lb_listener_rule.api"),
    Mutation("a dynamic block's list", f"{MODULE}/alb.tf", '["80", "443"]', '["80"]', "aws_security_group.edge"),
    Mutation("a dynamic block's content", f"{MODULE}/alb.tf", "to_port   = ingress.value", "to_port   = ingress.key", "aws_security_group.edge"),
    Mutation("for_each", f"{MODULE}/alb.tf", "for_each = var.hosts", 'for_each = { shop = "shop.example.com" }', "aws_route53_record.host"),
    Mutation("each.value", f"{MODULE}/alb.tf", "name     = each.value", "name     = each.key", "aws_route53_record.host"),
    Mutation("a reference", f"{MODULE}/alb.tf", "target_group_arn = aws_lb_target_group.api.arn", "target_group_arn = aws_lb_target_group.worker.arn", "aws_lb_listener_rule.api"),
    Mutation("an attribute", f"{MODULE}/alb.tf", "zone_id = aws_lb.main.zone_id", "zone_id = aws_lb.main.id", "aws_route53_record.host"),
    Mutation("the wrong output", "service/services.tf", "outputs.api_target_group_arn", "outputs.worker_target_group_arn", "aws_ecs_service.api"),
    Mutation("an output of something else", f"{MODULE}/outputs.tf", "value = aws_lb_target_group.api.arn", "value = aws_lb_target_group.worker.arn", "aws_ecs_service.api"),
    Mutation("a central output of something else", f"{DEV}/web-shop_outputs.tf", "value = module.web_shop.api_target_group_arn", "value = module.web_shop.worker_target_group_arn", "aws_ecs_service.api"),
    Mutation("an output that isn't there", f"{PROD}/web-shop_outputs.tf", 'output "host_fqdn"', 'output "hosts_fqdn"', "output.host_fqdn"),
    Mutation("the wrong key", "service/services.tf", 'host_fqdn["admin"]', 'host_fqdn["shop"]', "aws_ssm_parameter.admin_host"),
    Mutation("the wrong index", "service/main.tf", "listener_arn[0]", "listener_arn[1]", "aws_ssm_parameter.fallback"),
    Mutation("an index for count.index", "service/services.tf", "https_listener_arn[count.index]", "https_listener_arn[0]", "aws_ssm_parameter.listener"),
    Mutation("try's fallback", "service/main.tf", '"none"', '"nothing"', "aws_ssm_parameter.fallback"),
    Mutation("an output inside try", "service/main.tf", "try(local.central_https_listener_arn[0]", "try(data.terraform_remote_state.central.outputs.https_listener_arn[0]", "output.https_listener_arn"),
    Mutation("a block that moved is still read", "service/services.tf", "data.terraform_remote_state.central.outputs.main_alb_arn_suffix", "aws_lb.main.arn_suffix", "aws_cloudwatch_metric_alarm.edge"),
    Mutation("sensitive isn't said by the reader", "service/services.tf", "value = sensitive(data.terraform_remote_state.central.outputs.mail_secret)", "value = data.terraform_remote_state.central.outputs.mail_secret", "aws_ssm_parameter.mail"),
    Mutation("sensitive isn't said by the central output", f"{DEV}/web-shop_outputs.tf", "\n  sensitive = true", "", "output.mail_secret", kind="sensitive"),
    Mutation("sensitive more", "service/services.tf", "LoadBalancer = data.terraform_remote_state.central.outputs.main_alb_arn_suffix", "LoadBalancer = sensitive(data.terraform_remote_state.central.outputs.main_alb_arn_suffix)", "aws_cloudwatch_metric_alarm.edge"),
    Mutation("a module variable isn't sensitive", f"{MODULE}/variables.tf", 'variable "webhook_secret" {\n  type      = string\n  sensitive = true', 'variable "webhook_secret" {\n  type      = string', "aws_lb_listener_rule.secret", result="holds"),
    Mutation("the central variable isn't sensitive", f"{DEV}/web-shop_variables.tf", 'variable "web_shop_webhook_secret" {\n  type      = string\n  sensitive = true', 'variable "web_shop_webhook_secret" {\n  type      = string', "var.web_shop_webhook_secret"),
    Mutation("a module's argument", f"{MODULE}/main.tf", '"ops@example.com", ', "", "module.alerts.aws_sns_topic_subscription.email"),
    Mutation("a moved module's content", f"{MODULE}/modules/alerts/main.tf", '-alerts"', '-alarms"', "module.alerts.aws_sns_topic.this"),
    Mutation("a moved module's file", f"{MODULE}/modules/alerts/main.tf", "email", "email", "", result="holds"),
    Mutation("a file's content", f"{MODULE}/policies/trust.json", "[]", '["x"]', "aws_iam_role.task"),
    Mutation("a file is missing", f"{MODULE}/policies/trust.json", "", None, "aws_iam_role.task", result="undecided"),
    Mutation("a provider's default_tags are gone", f"{DEV}/web-shop.tf", '  default_tags {\n    tags = { Project = "shop", Environment = var.web_shop_environment }\n  }\n', "", "provider.aws"),
    Mutation("a provider's tag", f"{PROD}/web-shop.tf", 'Project = "shop"', 'Project = "site"', "provider.aws"),
    Mutation("the central root's own provider", f"{DEV}/web-shop.tf", "aws      = aws.web_shop\n", "aws      = aws\n", "provider.aws"),
    Mutation("swapped aliases", f"{DEV}/web-shop.tf", "aws      = aws.web_shop\n    aws.east = aws.web_shop_east", "aws      = aws.web_shop_east\n    aws.east = aws.web_shop", "aws_acm_certificate.edge"),
    Mutation("a block's provider is gone", f"{MODULE}/alb.tf", "  provider    = aws.east\n", "", "aws_acm_certificate.edge"),
    Mutation("a provider's source", f"{MODULE}/versions.tf", "hashicorp/aws", "someone/aws", "required_providers.aws"),
    Mutation("a provider's version", f"{MODULE}/versions.tf", "~> 5.0", "~> 6.0", "", result="holds"),
    Mutation("a value of one environment", f"{PROD}/web-shop.auto.tfvars", "certificate/1", "certificate/2", "aws_lb_listener.https"),
    Mutation("an environment's name", f"{PROD}/web-shop.auto.tfvars", '"production"', '"development"', "aws_lb.main"),
    Mutation("a central default", f"{DEV}/web-shop_variables.tf", "8001", "8002", "aws_lb_target_group.api"),
    Mutation("a central default that is overridden", f"{PROD}/web-shop_variables.tf", 'web_shop_certificate_arn" {\n  type    = string\n  default = ""', 'web_shop_certificate_arn" {\n  type    = string\n  default = "x"', "var.web_shop_certificate_arn"),
    Mutation("a central variable's type", f"{DEV}/web-shop_variables.tf", "type    = number", "type    = string", "var.web_shop_api_port"),
    Mutation("a central variable's validation", f"{DEV}/web-shop_variables.tf", '["development", "production"]', '["development"]', "var.web_shop_environment"),
    Mutation("a secret's value", f"{DEV}/web-shop_variables.tf", "tfhoist-secret-1", "tfhoist-secret-2", "aws_lb_listener_rule.secret"),
    Mutation("a secret that isn't passed", f"{DEV}/web-shop.tf", "= var.web_shop_admin_token", "= var.web_shop_webhook_secret", "aws_lb_listener_rule.secret"),
    Mutation("a pinned value", f"{PROD}/web-shop.auto.tfvars", '"vpc-p"', '"vpc-d"', "var.web_shop_vpc_id", kind="pin"),
    Mutation("pinned values in another order", f"{DEV}/web-shop.auto.tfvars", '["subnet-d0", "subnet-d1"]', '["subnet-d1", "subnet-d0"]', "var.web_shop_vpc_public_subnets", kind="pin"),
    Mutation("the wrong pin", f"{DEV}/web-shop.tf", "vpc_id             = var.web_shop_vpc_id", "vpc_id             = var.web_shop_vpc_public_subnets[0]", "var.web_shop_vpc_public_subnets"),
    Mutation("a pin without value", f"{DEV}/web-shop.auto.tfvars", 'web_shop_vpc_id = "vpc-d"\n', "", "aws_lb_target_group.api", result="undecided"),
    Mutation("the remote state's key", "service/central.tf", "environments/${var.environment}/", "environments/production/", "data.terraform_remote_state.central", kind="remote-state"),
    Mutation("the remote state's bucket", "service/central.tf", "central-state", "shop-state", "data.terraform_remote_state.central", kind="remote-state"),
    Mutation("the remote state's workspace", "service/central.tf", 'backend = "s3"', 'backend = "s3"\n  workspace = "blue"', "data.terraform_remote_state.central", kind="remote-state"),
    Mutation("the remote state's defaults", "service/central.tf", 'backend = "s3"', 'backend = "s3"\n  defaults = {}', "data.terraform_remote_state.central", kind="remote-state"),
    Mutation("the remote state's type", "service/central.tf", 'backend = "s3"', 'backend = "gcs"', "data.terraform_remote_state.central", kind="remote-state"),
    Mutation("the service's backend", "service/versions.tf", "shop-state", "other-state", "terraform.backend.s3"),
    Mutation("the service's version", "service/versions.tf", ">= 1.7", ">= 1.8", "terraform.required_version"),
    Mutation("the service's provider", "service/versions.tf", 'Project = "shop"', 'Project = "site"', "provider.aws"),
    Mutation("the service's provider requirement", "service/versions.tf", "~> 5.0", "~> 6.0", "terraform.required_providers.aws"),
    Mutation("a service variable's default", "service/variables.tf", "8001", "8002", "var.api_port"),
    Mutation("a service variable's type", "service/variables.tf", "type    = number", "type    = string", "var.api_port"),
    Mutation("a service variable's sensitivity", "service/variables.tf", "  type      = string\n  sensitive = true\n}\nvariable \"webhook", "  type      = string\n}\nvariable \"webhook", "var.admin_token"),
    Mutation("a service variable's validation", "service/variables.tf", '"development", "production"]', '"development", "production", "x"]', "var.environment"),
    Mutation("a service output is gone", "service/outputs.tf", 'output "vpc_id" {\n  value = module.vpc.vpc_id\n}\n', "", "output.vpc_id"),
    Mutation("a service output is new", "service/outputs.tf", 'output "vpc_id"', 'output "new" {\n  value = 1\n}\noutput "vpc_id"', "output.new"),
    Mutation("a service output of something else", "service/outputs.tf", "outputs.alb_dns_name", "outputs.web_shop_alb_arn", "output.alb_dns_name"),
    Mutation("a service output isn't sensitive", "service/outputs.tf", "\n  sensitive = true", "", "output.mail_secret"),
    Mutation("one() is gone", "service/outputs.tf", "one(data.terraform_remote_state.central.outputs.https_listener_arn)", "data.terraform_remote_state.central.outputs.https_listener_arn", "output.https_listener_arn", result="undecided"),
    Mutation("a block that stays", "service/services.tf", 'name = "api"', 'name = "apis"', "aws_ecs_service.api"),
    Mutation("a block that stays is gone", "service/iam.tf", 'resource "aws_iam_role_policy" "task"', 'resource "aws_iam_role_policy" "tasks"', "aws_iam_role_policy.task"),
    Mutation("a check's condition", "service/services.tf", ") > 0", ") > 1", "check edge"),
    Mutation("a check is gone", "service/services.tf", 'check "edge"', 'check "rim"', "check edge"),
    Mutation("a new block in the service", "service/services.tf", 'check "edge"', 'resource "aws_sqs_queue" "new" {}\ncheck "edge"', "aws_sqs_queue.new"),
    Mutation("new data in the service", "service/main.tf", 'data "aws_region" "current" {}', 'data "aws_region" "current" {}\ndata "aws_vpc" "new" {}', "data.aws_vpc.new"),
    Mutation("a new variable in the service", "service/variables.tf", 'variable "region"', 'variable "new" {}\nvariable "region"', "var.new"),
    Mutation("data with other arguments", "service/main.tf", 'data "aws_region" "current" {}', 'data "aws_region" "current" {\n  name = "eu-west-2"\n}', "data.aws_region.current"),
    Mutation("copied data with other arguments", f"{MODULE}/main.tf", 'data "aws_region" "current" {}', 'data "aws_region" "current" {\n  name = "eu-west-2"\n}', "data.aws_region.current"),
    Mutation("a new block in the shared module", f"{MODULE}/main.tf", 'module "alerts"', 'resource "aws_sqs_queue" "new" {}\nmodule "alerts"', "aws_sqs_queue.new"),
    Mutation("a block on both sides", "service/iam.tf", 'resource "aws_iam_role_policy"', 'resource "aws_iam_access_key" "mail" {\n  user = "mail"\n}\nresource "aws_iam_role_policy"', "aws_iam_access_key.mail"),
    Mutation("a block defined twice", f"{MODULE}/iam.tf", 'resource "aws_iam_access_key"', 'resource "aws_iam_access_key" "mail" {\n  user = "mail"\n}\nresource "aws_iam_access_key"', "aws_iam_access_key.mail"),
    Mutation("a removed block is missing", "service/removed.tf", "from = aws_lb.main\n", "from = aws_lb.none\n", "removed aws_lb.main"),
    Mutation("a removed block for what stays", "service/removed.tf", "from = aws_lb.main\n", "from = aws_s3_bucket.data\n", "removed aws_s3_bucket.data"),
    Mutation("destroy = true", "service/removed.tf", "destroy = false", "destroy = true", "removed aws_acm_certificate.edge"),
    Mutation("destroy isn't said", "service/removed.tf", "destroy = false", "", "removed aws_acm_certificate.edge"),
    Mutation("a moved block in the service", "service/removed.tf", "removed {\n  from = aws_lb.main\n", "moved {\n  from = aws_s3_bucket.data\n  to = aws_s3_bucket.other\n}\nremoved {\n  from = aws_lb.main\n", "moved aws_s3_bucket.data"),
    Mutation("the service's values", "service/environments/production.tfvars", "certificate/1", "certificate/2", "environments/production.tfvars"),
    Mutation("a child module that stays", "service/modules/vpc/main.tf", "count      = 2", "count      = 3", "module.vpc.aws_subnet.public"),
    Mutation("another file of the service", "service/README.md", "The shop.", "A shop.", "README.md"),
    Mutation("a file of the service is gone", "service/README.md", "", None, "README.md"),
    Mutation("a file of the service is new", "service/x.auto.tfvars", "", 'region = "eu-west-1"\n', "x.auto.tfvars"),
    Mutation("an override file", "service/x_override.tf", "", 'resource "aws_s3_bucket" "data" {\n  bucket = "x"\n}\n', "x_override.tf"),
    Mutation("another service's line", "central/terraform_module/site/main.tf", '"site-$', '"sites-$', "terraform_module/site/main.tf"),
    Mutation("another service's value", f"{DEV}/variables.tf", '"development"', '"production"', "environments/development/variables.tf"),
    Mutation("a file in another service's module", "central/terraform_module/site/new.tf", "", 'resource "aws_sqs_queue" "new" {}\n', "terraform_module/site/new.tf"),
    Mutation("a central file is gone", "central/CODEOWNERS", "", None, "CODEOWNERS"),
    Mutation("a pipeline is new", "central/.github/workflows/apply.yml", "", "on: push\n", ".github/workflows/apply.yml"),
    Mutation("a registry's line", fixture.RECORDS, "- site.example.com\n", "", "docs/resource_registry.md"),
    Mutation("a value of somebody else's variable", f"{DEV}/web-shop.auto.tfvars", "web_shop_vpc_id", 'environment = "x"\nweb_shop_vpc_id', "environments/development/web-shop.auto.tfvars"),
    Mutation("a new block in a central root", f"{DEV}/web-shop.tf", 'module "web_shop"', 'resource "aws_sqs_queue" "new" {}\nmodule "web_shop"', "aws_sqs_queue.new"),
    Mutation("new data in a central root", f"{DEV}/web-shop.tf", 'module "web_shop"', 'data "aws_vpc" "new" {}\nmodule "web_shop"', "data.aws_vpc.new"),
    Mutation("a second module call", f"{DEV}/web-shop.tf", 'module "web_shop"', 'module "more" {\n  source = "../../terraform_module/site"\n}\nmodule "web_shop"', "environments/development"),
    Mutation("a default provider in a central root", f"{DEV}/web-shop.tf", '  alias  = "web_shop"\n', "", "environments/development: provider.aws"),
    Mutation("a backend in a central root", f"{DEV}/web-shop.tf", 'module "web_shop"', 'terraform {\n  backend "local" {}\n}\nmodule "web_shop"', "environments/development: terraform"),
    Mutation("an output's name that is taken", f"{DEV}/web-shop_outputs.tf", 'output "alb_dns_name"', 'output "alb_arn" {\n  value = 1\n}\noutput "alb_dns_name"', "output.alb_arn"),
    Mutation("a moved block in a central root", f"{DEV}/web-shop.tf", 'module "web_shop"', 'moved {\n  from = module.site\n  to   = module.other\n}\nmodule "web_shop"', "environments/development: moved"),
    Mutation("an import of something else", f"{DEV}/web-shop.tf", 'module "web_shop"', 'import {\n  to = module.site.aws_lb.site\n  id = "x"\n}\nmodule "web_shop"', "import module.site.aws_lb.site"),
    Mutation("an import of a moved block", f"{DEV}/web-shop.tf", 'module "web_shop"', 'import {\n  to = module.web_shop.aws_lb.main\n  id = "x"\n}\nmodule "web_shop"', "", result="holds"),
    Mutation("the new call has count", f"{DEV}/web-shop.tf", "environment        =", "count = 1\n  environment        =", "module.web_shop"),
    Mutation("the new call has depends_on", f"{DEV}/web-shop.tf", "environment        =", "depends_on = [module.site]\n  environment        =", "module.web_shop"),
    Mutation("an argument isn't passed", f"{DEV}/web-shop.tf", "  hosts              = var.web_shop_hosts\n", "", "module.web_shop"),
    Mutation("an argument nobody takes", f"{DEV}/web-shop.tf", "environment        =", "colour = 1\n  environment        =", "module.web_shop"),
    Mutation("the new call is gone", f"{DEV}/web-shop.tf", 'module "web_shop"', 'module "site"', "environments/development"),
    Mutation("another module's folder", f"{DEV}/web-shop.tf", "terraform_module/web-shop", "terraform_module/site", "aws_lb.main"),
    Mutation("broken HCL in the service", "service/services.tf", 'name = "api"', "name = = 1", "services.tf", kind="syntax"),
    Mutation("broken HCL in the module", f"{MODULE}/alb.tf", "internal = false", "internal = [", "terraform_module/web-shop/alb.tf", kind="syntax"),
    Mutation("broken values", f"{DEV}/web-shop.auto.tfvars", "= ", "= = ", "web-shop.auto.tfvars", kind="syntax"),
    Mutation("a time", f"{MODULE}/alb.tf", "  internal = false\n", "  internal = false\n  idle_timeout = timestamp()\n", "aws_lb.main"),
    Mutation("formatting and comments", f"{MODULE}/alb.tf", "  internal = false\n", "  # really\n  internal   = (false)\n", "", result="holds"),
    Mutation("quoted text for a heredoc", f"{MODULE}/alb.tf", '<<-EOT\n        Nothing here.\n        Try again.\n      EOT', '"Nothing here.\\nTry again.\\n"', "", result="holds"),
]  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_mutation(mutation: Mutation) -> None:
    files = trees()
    side = next(name for name in ("service", "central") if mutation.path.startswith(f"{name}/"))
    path = mutation.path.removeprefix(f"{side}/")
    if mutation.new is None:
        del files[side][path]
    elif path not in files[side]:
        files[side][path] = mutation.new
    else:
        assert mutation.old in files[side][path], "the mutation doesn't apply"
        files[side][path] = files[side][path].replace(mutation.old, mutation.new, 1)
    proof = proof_of(files)
    told = explain(proof)
    if mutation.result == "holds":
        assert told == ""
        return
    assert proof.verdict == {"fails": "different", "undecided": "undecided"}[mutation.result], told
    found = [o for o in proof.obligations if o.result == mutation.result]
    assert any(
        mutation.named in f"{o.address} {o.detail}" and (not mutation.kind or o.kind == mutation.kind) for o in found
    ), told


def swap(files: Trees, side: str, path: str, one: str, other: str) -> None:
    text = files[side][path]
    assert one in text
    assert other in text
    files[side][path] = text.replace(one, "\0").replace(other, one).replace("\0", other)


SWAPS: list[tuple[str, Callable[[Trees], None], str]] = [
    (
        "two outputs",
        lambda files: swap(
            files, "central", "terraform_module/web-shop/outputs.tf", "aws_lb_target_group.api", "aws_lb_target_group.worker"
        ),
        "aws_ecs_service.api",
    ),
    (
        "two values",
        lambda files: swap(files, "central", "environments/production/web-shop.tf", "var.web_shop_hosts", "var.web_shop_api_port"),
        "aws_route53_record.host",
    ),
    (
        "the environments' values",
        lambda files: files["central"].update(
            {
                "environments/development/web-shop.auto.tfvars": fixture.CENTRAL["environments/production/web-shop.auto.tfvars"]
            }
        ),
        "aws_lb.main",
    ),
]


@pytest.mark.parametrize(("name", "change", "named"), SWAPS, ids=[name for name, _, _ in SWAPS])
def test_swap(name: str, change: Callable[[Trees], None], named: str) -> None:
    files = trees()
    change(files)
    proof = proof_of(files)
    assert proof.verdict == "different"
    assert named in explain(proof)


def test_only_the_changed_environment_differs() -> None:
    files = trees()
    path = "environments/production/web-shop.auto.tfvars"
    files["central"][path] = files["central"][path].replace("certificate/1", "certificate/2")
    assert proof_of(files).environments == {"development": "equivalent", "production": "different"}


def test_pins_without_identities_are_undecided() -> None:
    proof = proof_of(trees(), with_identities=False)
    assert proof.verdict == "undecided"
    assert {o.address for o in proof.obligations if o.result == "undecided"} == {
        "var.web_shop_vpc_id", "var.web_shop_vpc_public_subnets",
    }  # fmt: skip
    assert "there's no snapshot of production" in explain(proof)


def test_secrets_are_not_printed() -> None:
    files = trees()
    for name in fixture.ENVIRONMENTS:
        path = f"environments/{name}/web-shop_variables.tf"
        files["central"][path] = files["central"][path].replace("tfhoist-secret-1", "tfhoist-secret-2")
    proof = proof_of(files)
    assert proof.verdict == "different"
    assert "tfhoist-secret" not in explain(proof)
