"""Pinned inputs, captured from a state that Terraform wrote: both roots are planned over the halves of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.constructs.planned import judged
from tests.acceptance.support import tfhoist
from tests.terraform.states import terraform

OWN = """
resource "terraform_data" "own" {
  for_each = { a = "x", b = "y" }
  input    = each.value
}

resource "terraform_data" "many" {
  count = 2
  input = count.index
}

resource "terraform_data" "single" {
  input = 1
}
"""
MOVED = """
locals {
  chosen = { for name, one in terraform_data.own : name => one if name != "a" }
  single = terraform_data.single
}

resource "terraform_data" "shared" {
  input = {
    looped  = [for one in terraform_data.own : one.id]
    values  = values(terraform_data.own)[*].id
    splat   = terraform_data.many[*].id
    numbers = [for one in terraform_data.many : one.id]
    chosen  = [for one in values(local.chosen) : one.id]
    single  = local.single.id
    length  = length(terraform_data.own)
    keys    = keys(terraform_data.own)
    by_key  = { for key, one in terraform_data.own : key => one.id }
    first   = values(terraform_data.own)[0].id
  }
}

resource "terraform_data" "each" {
  for_each = terraform_data.own
  input    = each.value.id
}

module "shared" {
  source = "./rules"
  all    = terraform_data.own
  some   = terraform_data.many
}
"""
RULES = """
variable "all" {
  type = map(object({ id = string }))
}

variable "some" {
}

resource "terraform_data" "inside" {
  for_each = var.all
  input    = [each.value.id, var.some[*].id, each.key]
}
"""
READER = 'resource "terraform_data" "reader" {\n  input = terraform_data.shared.id\n}\n'
SIDES = {
    "central": ("terraform_data.shared", "terraform_data.each", "module.shared"),
    "local": ("terraform_data.own", "terraform_data.many", "terraform_data.single", "terraform_data.reader"),
}


@pytest.mark.terraform
def test_wholes_are_pinned_with_the_types_that_they_have(tmp_path: Path) -> None:
    """`terraform_data` keeps the type of its input: a list where a tuple was would be a change."""
    root, out = tmp_path / "in", tmp_path / "out"
    (root / "rules").mkdir(parents=True)
    (root / "main.tf").write_text(OWN + MOVED + READER)
    (root / "rules/main.tf").write_text(RULES)
    settings = "".join(f'"{address}" = "{side}"\n' for side, several in SIDES.items() for address in several)
    (root / "tfhoist.toml").write_text(f"[placement.overrides]\n{settings}")
    terraform(root, "init", "-input=false", "-no-color")
    terraform(root, "apply", "-auto-approve", "-input=false", "-no-color")
    state = f"default={root / 'terraform.tfstate'}"
    answer = tfhoist("consolidate", root, "--service", "small", "--state", state, "--out", out)
    assert answer.code == 0, answer.out + answer.err
    trial = judged(root, out)
    assert (trial.verdict, [one.reasons for one in trial.roots.values()]) == ("equivalent", [(), ()]), trial
