"""Whole consolidations of small roots: what the example doesn't have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.support import tfhoist

LOAD_BALANCER = 'resource "aws_lb" "main" {\n  name = "main"\n}\n'
READER = 'resource "aws_sqs_queue" "q" {\n  name = aws_lb.main.arn\n}\n'

ROOTS: dict[str, dict[str, str]] = {
    "nothing declared that the request asks for": {"main.tf": LOAD_BALANCER + READER},
    "for_each across the boundary": {
        "main.tf": """
resource "aws_lb" "by" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "aws_sqs_queue" "q" {
  for_each = toset(["a", "b"])
  name     = aws_lb.by[each.key].arn
}
output "all" { value = keys(aws_lb.by) }
"""
    },
    "count across the boundary, legacy and full": {
        "main.tf": """
variable "on" { default = true }
resource "aws_lb" "maybe" {
  count = var.on ? 1 : 0
  name  = "maybe"
}
resource "aws_sqs_queue" "a" { name = try(aws_lb.maybe[0].arn, "none") }
resource "aws_sqs_queue" "b" { name = join(",", aws_lb.maybe.*.arn) }
resource "aws_sqs_queue" "c" { count = length(aws_lb.maybe) }
resource "aws_sqs_queue" "d" { name = one(aws_lb.maybe[*].dns_name) }
"""
    },
    "a value that may be null": {
        "main.tf": LOAD_BALANCER + 'resource "aws_sqs_queue" "q" {\n  name = aws_lb.main.customer_owned_ipv4_pool\n}\n'
    },
    "an alias of a provider": {
        "main.tf": """
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = "~> 5.0"
    }
  }
}
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
  default_tags {
    tags = { Where = "west" }
  }
}
resource "aws_lb" "east" { name = "east" }
resource "aws_lb" "west" {
  provider = aws.west
  name     = "west"
}
resource "aws_sqs_queue" "q" { name = "${aws_lb.east.arn}${aws_lb.west.arn}" }
"""
    },
    "a module beside the root": {
        "root/main.tf": 'module "vpc" {\n  source = "../modules/vpc"\n}\n'
        + LOAD_BALANCER.replace('"main"\n', '"main"\n  subnets = [module.vpc.subnet]\n')
        + READER,
        "modules/vpc/main.tf": 'resource "aws_subnet" "s" {}\noutput "subnet" {\n  value = aws_subnet.s.id\n}\n',
    },
    "a sensitive attribute": {
        "main.tf": """
resource "aws_lb" "main" { name = random_password.shared.id }
resource "random_password" "shared" { length = 20 }
resource "aws_db_instance" "d" { password = random_password.shared.result }
""",
        "tfhoist.toml": '[placement.overrides]\n"random_password.shared" = "central"\n',
    },
    "reads that may fail, and don't": {
        "main.tf": LOAD_BALANCER
        + """
variable "on" { default = false }
resource "terraform_data" "t" { input = { name = "n" } }
resource "aws_sqs_queue" "a" { name = try(terraform_data.t.output.owner, "nobody") }
resource "aws_sqs_queue" "b" { name = var.on ? aws_lb.main.tags["Missing"] : "-" }
resource "aws_sqs_queue" "c" { name = lookup(aws_lb.main.tags_all, "Missing", aws_lb.main.arn) }
resource "aws_sqs_queue" "d" { name = aws_lb.main.access_logs[0].bucket }
""",
        "tfhoist.toml": '[placement.overrides]\n"terraform_data.t" = "central"\n',
    },
    "sensitivity from a variable, a local, a function, a data source and modules": {
        "main.tf": LOAD_BALANCER
        + """
variable "user" { sensitive = true }
locals { both = { user = var.user, open = "o" } }
data "aws_ssm_parameter" "p" { name = "p" }
resource "aws_db_instance" "a" {
  username          = local.both.user
  db_name           = local.both.open
  identifier        = nonsensitive(var.user)
  kms_key_id        = sensitive("k")
  availability_zone = data.aws_ssm_parameter.p.value
  option_group_name = data.aws_ssm_parameter.p.name
}
module "m" {
  source = "./m"
  given  = var.user
}
module "n" {
  source   = "./m"
  for_each = toset(["a"])
  given    = "open"
}
resource "aws_sqs_queue" "q" {
  name   = aws_lb.main.arn
  policy = "${aws_db_instance.a.username}${aws_db_instance.a.db_name}${aws_db_instance.a.kms_key_id}"
  tags   = {
    one   = aws_db_instance.a.identifier
    two   = aws_db_instance.a.availability_zone
    three = module.m.given
    four  = module.m.secret
    five  = module.m.open
    six   = module.n["a"].given
    seven = module.n["a"].secret
    eight = aws_db_instance.a.option_group_name
  }
}
""",
        "m/main.tf": """
variable "given" {}
resource "aws_sns_topic" "t" { name = var.given }
output "given" { value = aws_sns_topic.t.name }
output "open" { value = aws_sns_topic.t.arn }
output "secret" {
  value     = aws_sns_topic.t.id
  sensitive = true
}
""",
        "tfhoist.toml": '[placement.overrides]\n"aws_db_instance.a" = "central"\n"module.m" = "central"\n"module.n" = "central"\n',
        "terraform.tfvars": 'user = "u"\n',
    },
    "an iterator by the name of something else": {
        "main.tf": LOAD_BALANCER
        + """
data "aws_region" "here" {}
resource "aws_sqs_queue" "q" {
  name = aws_lb.main.arn
}
resource "aws_ecs_task_definition" "t" {
  family = data.aws_region.here.name
  dynamic "volume" {
    for_each = data.aws_region.here.id == "x" ? [aws_lb.main.arn] : []
    iterator = data
    content { name = data.value }
  }
}
"""
    },
    "two folders of one name beside the root": {
        "root/main.tf": LOAD_BALANCER
        + READER
        + 'module "a" {\n  source = "../a/net"\n}\nmodule "b" {\n  source = "../b/net"\n}\n'
        + 'resource "aws_sqs_queue" "r" {\n  name = "${module.a.id}${module.b.id}"\n}\n',
        "a/net/main.tf": 'resource "aws_subnet" "s" {}\noutput "id" {\n  value = aws_subnet.s.id\n}\n',
        "b/net/main.tf": 'resource "aws_subnet" "t" {}\noutput "id" {\n  value = aws_subnet.t.arn\n}\n',
        "root/tfhoist.toml": '[placement.overrides]\n"module.a" = "central"\n"module.b" = "central"\n',
    },
    "files by every literal path, and a folder by the beginning of a path": {
        "main.tf": LOAD_BALANCER.replace('"main"\n', '''"main"
  tags = {
    a = file("a.txt")
    b = file("./b.txt")
    c = file("${path.root}/c/c.txt")
    d = file("${path.module}/a.txt")
    e = templatefile("t/${var.which}.tpl", { a = "a" })
    f = join(",", fileset("${path.module}/t", "*.tpl"))
    g = fileexists("a.txt") ? "yes" : "no"
  }
''')
        + READER
        + 'variable "which" { default = "one" }\n',
        "a.txt": "a\n", "b.txt": "b\n", "c/c.txt": "c\n", "t/one.tpl": "${a}1\n", "t/two.tpl": "${a}2\n",
    },
    "a module that reads its own files": {
        "main.tf": 'module "m" { source = "./m" }\n' + LOAD_BALANCER.replace('"main"\n', "module.m.id\n") + READER,
        "m/main.tf": 'resource "aws_sns_topic" "t" { name = file("${path.module}/policies/t.json") }\n'
        'output "id" { value = aws_sns_topic.t.id }\n',
        "m/policies/t.json": "{}",
        "tfhoist.toml": '[placement.overrides]\n"module.m" = "central"\n',
    },
    "ephemeral values, write-only": {
        "main.tf": LOAD_BALANCER
        + READER
        + """
variable "token" {
  type      = string
  ephemeral = true
}
ephemeral "aws_secretsmanager_secret_version" "s" { secret_id = aws_lb.main.name }
resource "aws_ssm_parameter" "p" {
  name             = "p"
  type             = "SecureString"
  value_wo         = "${ephemeral.aws_secretsmanager_secret_version.s.secret_string}${var.token}"
  value_wo_version = 1
}
resource "aws_ssm_parameter" "stays" {
  name             = "s"
  type             = "SecureString"
  value_wo         = ephemeral.aws_secretsmanager_secret_version.t.secret_string
  value_wo_version = 1
}
ephemeral "aws_secretsmanager_secret_version" "t" { secret_id = aws_lb.main.name }
""",
        "tfhoist.toml": '[placement.overrides]\n"aws_ssm_parameter.p" = "central"\n',
    },
    "data sources behind provider settings": {
        "main.tf": """
variable "account" { default = "main" }
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "tagged"
  region = "eu-west-1"
  default_tags {
    tags = { account = local.account, zone = data.aws_route53_zone.z["a"].id }
  }
}
locals { account = data.aws_caller_identity.me.account_id }
data "aws_caller_identity" "me" {}
data "aws_route53_zone" "z" {
  for_each = toset(["a"])
  name     = "${each.key}.${var.account}.${data.aws_region.here.name}"
}
data "aws_region" "here" {
  provider = aws
}
resource "aws_lb" "main" {
  provider = aws.tagged
  name     = data.aws_caller_identity.me.account_id
}
"""
        + READER
    },
    "whole resources passed on": {
        "main.tf": """
locals {
  lb      = aws_lb.main
  subnets = aws_subnet.by
  queues  = { for key, subnet in local.subnets : key => subnet.arn }
}
resource "aws_lb" "main" { name = "main" }
resource "aws_lb" "several" {
  count = 2
  name  = "several-${count.index}"
}
resource "aws_subnet" "by" {
  for_each   = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  cidr_block = each.value
}
resource "aws_eip" "each" {
  for_each = aws_subnet.by
  domain   = each.value.arn
  tags     = { key = each.key, zone = each.value.availability_zone }
}
resource "aws_eip" "values" { domain = join(",", values(aws_subnet.by)[*].id) }
resource "aws_eip" "loops" {
  domain = join(",", [for key, s in local.subnets : "${key}=${s.id}" if s.cidr_block != ""])
  tags   = { for number, lb in aws_lb.several : number => lb.dns_name }
}
resource "aws_eip" "locals" {
  domain = local.lb.arn
  tags   = merge(local.queues, { name = local.lb.tags["Name"], one = local.subnets["a"].id })
}
resource "aws_ecs_task_definition" "t" {
  family = length(local.subnets)
  dynamic "volume" {
    for_each = aws_subnet.by
    content { name = "${volume.key}${volume.value.id}" }
  }
}
module "reader" {
  source  = "./reader"
  lb      = aws_lb.main
  subnets = local.subnets
  one     = aws_subnet.by["a"]
}
module "many" {
  source   = "./reader"
  for_each = aws_subnet.by
  lb       = local.lb
  subnets  = {}
  one      = each.value
}
output "q" { value = "${module.reader.id}${module.many["a"].id}" }
""",
        "reader/main.tf": """
variable "lb" {}
variable "subnets" { type = any }
variable "one" {}
resource "aws_sqs_queue" "q" {
  name   = var.lb.dns_name
  policy = join(",", [for s in var.subnets : s.id])
  tags   = { one = var.one.id, two = join(",", [for s in [var.lb] : s.zone_id]) }
}
output "id" { value = aws_sqs_queue.q.id }
""".replace('join(",", [for s in [var.lb] : s.zone_id])', "var.lb.zone_id"),
        "tfhoist.toml": '[placement.overrides]\n"aws_subnet.by" = "central"\n'
        + "".join(f'"{a}" = "local"\n' for a in ("aws_eip.each", "aws_eip.values", "aws_eip.loops", "aws_eip.locals")),
    },
    "creation before destruction through an output's depends_on, and a branch that folds away": {
        "main.tf": LOAD_BALANCER
        + """
module "m" { source = "./m" }
resource "aws_sns_topic" "t" {}
resource "aws_sqs_queue" "q" {
  name   = "${aws_lb.main.arn}${module.m.o}"
  policy = true ? "a" : aws_sns_topic.t.arn
  lifecycle { create_before_destroy = true }
}
""",
        "m/main.tf": 'resource "aws_s3_bucket" "b" {}\noutput "o" {\n  value      = "x"\n  depends_on = [aws_s3_bucket.b]\n}\n',
        "tfhoist.toml": '[placement.overrides]\n"module.m" = "central"\n"aws_sns_topic.t" = "central"\n',
    },
    "creation before destruction through a module in a module that waits": {
        "main.tf": LOAD_BALANCER + READER
        + 'module "m" {\n  source     = "./m"\n  depends_on = [aws_lb.main]\n}\n',
        "m/main.tf": 'module "n" {\n  source = "./n"\n}\n',
        "m/n/main.tf": 'resource "aws_sqs_queue" "q" {\n  name = "q"\n  lifecycle {\n    create_before_destroy = true\n  }\n}\n',
        "tfhoist.toml": '[placement.overrides]\n"module.m" = "local"\n',
    },
    "the number of a module's instances": {
        "main.tf": LOAD_BALANCER
        + READER
        + 'module "m" {\n  source = "./m"\n  count  = 2\n}\noutput "n" { value = length(module.m) }\n',
        "m/main.tf": 'resource "aws_sns_topic" "t" {}\noutput "arn" { value = aws_sns_topic.t.arn }\n',
        "tfhoist.toml": '[placement.overrides]\n"module.m" = "central"\n',
    },
    "windows line ends in a heredoc": {
        "main.tf": (
            LOAD_BALANCER.replace("}\n", "  tags = {\n    t = <<EOT\none\ntwo ${var.x}\nEOT\n  }\n}\n")
            + READER
            + 'variable "x" {\n  # why\n  default = "x"\n}\n'
        ).replace("\n", "\r\n")
    },
    "blocks on one line that gain something": {
        "main.tf": """
provider "aws" { region = "us-east-1" }
resource "aws_lb" "main" { name = "main" }
resource "aws_lb" "empty" {}
resource "aws_lb" "kept" {
  name = "kept"
  lifecycle { prevent_destroy = true }
}
resource "aws_sqs_queue" "q" {
  name = "${aws_lb.main.arn}${aws_lb.empty.arn}${aws_lb.kept.arn}"
  lifecycle { create_before_destroy = true }
}
"""
    },
    "windows line ends": {"main.tf": (LOAD_BALANCER + READER).replace("\n", "\r\n")},
    "a local that moves is all that reads what moves": {
        "main.tf": LOAD_BALANCER
        + """
locals { name = aws_lb.main.arn }
resource "aws_sns_topic" "t" { name = local.name }
resource "aws_sqs_queue" "q" { name = "q" }
""",
        "tfhoist.toml": '[placement.overrides]\n"aws_sns_topic.t" = "central"\n',
    },
    "locals that mix both sides": {
        "main.tf": LOAD_BALANCER
        + """
locals {
  both = { arn = aws_lb.main.arn, url = aws_sqs_queue.q.url }
}
resource "aws_sqs_queue" "q" {}
resource "aws_sqs_queue" "r" { name = "${local.both.arn}-${local.both.url}" }
"""
    },
    "a heredoc, a template and a file": {
        "main.tf": """
variable "who" { default = "x" }
resource "aws_lb" "main" {
  name = "main"
  tags = {
    text = <<-EOT
      hello ${var.who}
        there
    EOT
    file = file("${path.module}/note.txt")
  }
}
resource "aws_sqs_queue" "q" { name = aws_lb.main.name }
""",
        "note.txt": "noted\n",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_is_equivalent(name: str, tmp_path: Path) -> None:
    for path, text in ROOTS[name].items():
        target = tmp_path / "in" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    root = tmp_path / "in" / ("root" if (tmp_path / "in/root").is_dir() else ".")
    out = tmp_path / "out"
    run = tfhoist("consolidate", root, "--service", "small", "--out", out)
    proof = json.loads((out / "proof.json").read_text()) if (out / "proof.json").exists() else {}
    wrong = [o for o in proof.get("obligations", []) if o["result"] != "holds"]
    assert run.code == 0, (run.out, run.err, wrong)
    assert proof["verdict"] == "equivalent"
    assert tfhoist("prove", out).code == 0


BROKEN = {
    "an output that reads below an attribute": (
        "reads that may fail, and don't", "central/terraform_module/small/outputs.tf",
        "[terraform_data.t.output]", "[terraform_data.t.output.owner]", "different",
    ),
    "an output that reads one instance": (
        "count across the boundary, legacy and full", "central/terraform_module/small/outputs.tf",
        "aws_lb.maybe[*].dns_name", "[aws_lb.maybe[0].dns_name]", "undecided",
    ),
    "a mark from a variable lost": (
        "sensitivity from a variable, a local, a function, a data source and modules", "service/main.tf",
        "sensitive(data.terraform_remote_state.central.outputs.a_db_instance_username)",
        "data.terraform_remote_state.central.outputs.a_db_instance_username", "different",
    ),
    "a mark from a module's output lost": (
        "sensitivity from a variable, a local, a function, a data source and modules", "service/main.tf",
        "sensitive(data.terraform_remote_state.central.outputs.n_secret)",
        "data.terraform_remote_state.central.outputs.n_secret", "different",
    ),
    "a mark gained": (
        "sensitivity from a variable, a local, a function, a data source and modules", "service/main.tf",
        "data.terraform_remote_state.central.outputs.a_db_instance_identifier",
        "sensitive(data.terraform_remote_state.central.outputs.a_db_instance_identifier)", "different",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_is_seen(name: str, tmp_path: Path) -> None:
    root, path, old, new, verdict = BROKEN[name]
    for file, text in ROOTS[root].items():
        (tmp_path / "in" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / file).write_text(text)
    out = tmp_path / "out"
    assert tfhoist("consolidate", tmp_path / "in", "--service", "small", "--out", out).code == 0
    text = (out / path).read_text()
    assert old in text
    (out / path).write_text(text.replace(old, new))
    run = tfhoist("prove", out)
    assert (run.code, json.loads((out / "proof.json").read_text())["verdict"]) == (2, verdict), run.out


def test_sensitive_values_arrive_marked(tmp_path: Path) -> None:
    for path, text in ROOTS["a sensitive attribute"].items():
        (tmp_path / path).write_text(text)
    assert tfhoist("consolidate", tmp_path, "--service", "small", "--out", tmp_path / "out").code == 0
    text = (tmp_path / "out/service/main.tf").read_text()
    assert "sensitive(data.terraform_remote_state.central.outputs.shared_password_result)" in text
    assert "sensitive   = true" in (tmp_path / "out/central/terraform_module/small/outputs.tf").read_text()


def test_an_output_never_stands_inside_try(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(ROOTS["count across the boundary, legacy and full"]["main.tf"])
    assert tfhoist("consolidate", tmp_path, "--service", "small", "--out", tmp_path / "out").code == 0
    text = (tmp_path / "out/service/main.tf").read_text()
    assert 'try(local.central_maybe_alb_arn[0], "none")' in text
    assert "outputs.maybe_alb_arn" in (tmp_path / "out/service/central.tf").read_text()


def test_an_output_below_an_attribute_that_only_try_read_is_seen(tmp_path: Path) -> None:
    """The reader and the output agree, so only that the output stands alone tells them apart."""
    for path, text in ROOTS["reads that may fail, and don't"].items():
        (tmp_path / path).write_text(text)
    out = tmp_path / "out"
    assert tfhoist("consolidate", tmp_path, "--service", "small", "--out", out).code == 0
    outputs, reader = out / "central/terraform_module/small/outputs.tf", out / "service/main.tf"
    outputs.write_text(outputs.read_text().replace("[terraform_data.t.output]", "[terraform_data.t.output.owner]"))
    reader.write_text(
        reader.read_text().replace("local.central_t_data_output[0].owner", "local.central_t_data_output[0]")
    )
    run = tfhoist("prove", out)
    assert run.code == 2
    assert "nothing read that unconditionally before" in run.out
