"""Rules about references: to what isn't declared, and in a circle."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import findings_of, places

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
