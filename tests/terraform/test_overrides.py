"""Override files: what tfhoist makes of them plans as what Terraform makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.states import terraform
from tfhoist.configuration.load import load_module

BASE = """
terraform {
  required_version = ">= 1.0"
  backend "local" {
    path = "old.tfstate"
  }
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}

variable "size" {
  description = "Before"
  default     = 1
}

variable "kept" { default = "k" }

locals {
  colour = "blue" # this comment stays
  text   = <<-EOT
    before
  EOT
}

# what is shared
resource "terraform_data" "a" {
  # of the input
  input            = { colour = local.colour, size = var.size }
  triggers_replace = [local.text]

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [triggers_replace]
  }
}

resource "terraform_data" "line" { input = "one" }

resource "terraform_data" "none" {}

module "m" {
  source = "./one"
  text   = "t"
}

data "terraform_remote_state" "r" {
  count   = 0
  backend = "local"
  config  = { path = "x" }
}

output "all" {
  value = [terraform_data.a.input, terraform_data.line.input, terraform_data.none, module.m.text, var.kept]
}
"""
FIRST = """
terraform {
  required_version = ">= 1.1"
  backend "local" {
    path = "new.tfstate"
  }
}

variable "size" {
  type    = string
  default = "2"
}

locals {
  colour = "red"
}

resource "terraform_data" "a" {
  input = "first"
  # to be replaced
  triggers_replace = "first"

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
  }
}

resource "terraform_data" "line" {
  input = <<-EOT
    several
    lines
  EOT

  lifecycle {
    create_before_destroy = true
  }
}

module "m" {
  source = "./two"
}

output "all" {
  sensitive = true
}
"""
SECOND = """
locals {
  text = "after"
}

resource "terraform_data" "a" {
  input = { colour = local.colour, size = var.size, text = local.text }

  provisioner "local-exec" {
    command = "true"
  }

  lifecycle { prevent_destroy = false }
}

resource "terraform_data" "none" {
  count = 2
  input = count.index
}
"""
MODULES = {
    "one/main.tf": 'variable "text" {}\noutput "text" {\n  value = "one ${var.text}"\n}\n',
    "two/main.tf": 'variable "text" {}\noutput "text" {\n  value = "two ${var.text}"\n}\n',
    "two/override.tf": 'output "text" {\n  value = "overridden ${var.text}"\n}\n',
}


def planned(folder: Path) -> dict[str, Any]:
    terraform(folder, "plan", "-input=false", "-out=plan.bin")
    shown: dict[str, Any] = json.loads(terraform(folder, "show", "-json", "plan.bin"))
    wanted = {key: shown[key] for key in ("planned_values", "output_changes", "variables")}
    wanted["configuration"] = json.loads(json.dumps(shown["configuration"]).replace("one/", "two/"))
    return wanted


@pytest.mark.terraform
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_terraform_plans_the_same(tmp_path: Path, line_end: str) -> None:
    files = {"main.tf": BASE, "a_override.tf": FIRST, "b_override.tf": SECOND, **MODULES}
    written = {path: text.replace("\n", line_end) for path, text in files.items()}
    root = load_module({path: text.encode() for path, text in written.items()})
    two = root.children["m"]
    assert (root.unmerged, root.diagnostics) == ((), ())
    merged = {file.path: file.source.decode() for module in (root, two) for file in module.files}
    assert sorted(merged) == ["main.tf", "two/main.tf"]
    for name, tree in (("before", written), ("after", merged)):
        for path, text in tree.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(text.encode())
        terraform(tmp_path / name, "init", "-input=false")
    assert planned(tmp_path / "before") == planned(tmp_path / "after")
    backends = [
        json.loads((tmp_path / n / ".terraform/terraform.tfstate").read_text())["backend"] for n in ("before", "after")
    ]
    assert backends[0] == backends[1]
    assert backends[0]["config"]["path"] == "new.tfstate"


REJECTED = {
    "a resource that isn't there": 'resource "terraform_data" "zz" {\n  input = 1\n}\n',
    "a local that isn't there": "locals {\n  zz = 1\n}\n",
    "a moved block": "moved {\n  from = terraform_data.q\n  to   = terraform_data.none\n}\n",
    "a check": 'check "c" {\n  assert {\n    condition     = true\n    error_message = "No."\n  }\n}\n',
    "a validation": 'variable "kept" {\n  validation {\n    condition     = var.kept != "x"\n    error_message = "No."\n  }\n}\n',
    "a precondition": 'output "all" {\n  precondition {\n    condition     = var.kept != "x"\n    error_message = "No."\n  }\n}\n',
    "two lifecycle blocks": 'resource "terraform_data" "a" {\n  lifecycle {\n  }\n  lifecycle {\n  }\n}\n',
    "two backends": 'terraform {\n  backend "local" {\n  }\n}\nterraform {\n  backend "local" {\n  }\n}\n',
    "depends_on": 'resource "terraform_data" "a" {\n  depends_on = [terraform_data.line]\n}\n',
}


@pytest.mark.terraform
@pytest.mark.parametrize("what", REJECTED)
def test_terraform_rejects_it_too(tmp_path: Path, what: str) -> None:
    files = {"main.tf": BASE, "override.tf": REJECTED[what], **MODULES}
    root = load_module({path: text.encode() for path, text in files.items()})
    assert [problem.range and problem.range.file for problem in root.unmerged] == ["override.tf"]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    terraform(tmp_path, "init", "-input=false", "-no-color", code=1)


def test_the_merged_text_says_where_it_was_written() -> None:
    root = load_module({"main.tf": BASE.encode(), "a_override.tf": FIRST.encode(), "b_override.tf": SECOND.encode()})
    block, line = root.get("terraform_data.a"), root.get("terraform_data.line")
    assert block is not None
    assert line is not None
    attributes = {name: block.body.attribute(name) for name in ("input", "triggers_replace")}
    ranges = [
        block.range,
        *(block.file.range(a.value_start, a.value_end) for a in attributes.values() if a),
        line.range,
    ]
    assert [(r.file, r.start_line, r.end_line) for r in ranges] == [
        ("main.tf", 27, 36), ("b_override.tf", 7, 7), ("a_override.tf", 21, 21), ("main.tf", 38, 38),
    ]  # fmt: skip
