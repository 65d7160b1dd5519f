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
