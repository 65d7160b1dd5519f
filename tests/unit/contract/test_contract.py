"""Reads of outputs, shapes of what is offered, and what doesn't fit."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tfhoist.configuration.load import load_module
from tfhoist.contract.check import FINDINGS, Contract, check
from tfhoist.contract.offers import offers_of_root, offers_of_state
from tfhoist.contract.reads import reads_of
from tfhoist.contract.shapes import of_cty, unlike
from tfhoist.state.cty import parse_type
from tfhoist.state.snapshot import OutputState, Snapshot

DATA = 'data "terraform_remote_state" "central" {\n  backend = "s3"\n}\n'


def contract(service: str, central: str, **modules: str) -> Contract:
    tree = {"main.tf": (DATA + textwrap.dedent(service)).encode()}
    tree |= {f"{name}/main.tf": textwrap.dedent(text).encode() for name, text in modules.items()}
    root = load_module({"main.tf": textwrap.dedent(central).encode(), **{k: v for k, v in tree.items() if "/" in k}})
    return check("central", reads_of(load_module(tree)), {"live": offers_of_root(root)})


def problems(service: str, central: str, **modules: str) -> list[str]:
    return [finding.id for finding in contract(service, central, **modules).findings]


def reader(expression: str, argument: str = "input") -> str:
    text = expression.replace("@", "data.terraform_remote_state.central.outputs")
    return f'resource "terraform_data" "x" {{\n  {argument} = {text}\n}}\n'


@pytest.mark.parametrize(
    "expression",
    [
        "@.gone", '@["gone"]', '"${@.gone}-x"', "try(@.gone, null)", "[for a in @.gone : a]", "@.gone[*].id", "{ a = @.gone }",
        'data.terraform_remote_state.central.outputs["gone"][0]', "false ? @.gone : 1", "(@).gone", "[@.there, @.gone][0]",
        "length(@.gone)", "<<EOT\n${@.gone}\nEOT",
    ],
)  # fmt: skip
def test_every_read_of_an_output_that_is_gone_is_found(expression: str) -> None:
    found = contract(reader(expression), 'output "there" { value = "x" }\noutput "gone_now" { value = "x" }')
    (finding,) = found.findings
    assert (finding.id, finding.severity) == ("missing-output", "error")
    assert finding.summary == "terraform_data.x reads the output 'gone', which live doesn't have."
    assert finding.range is not None
    assert finding.range.file == "main.tf"
    assert finding.evidence["offered"].split(", ")[0] == "gone_now"


def test_reads_through_locals_and_nested_blocks() -> None:
    service = """
        locals {
          central = data.terraform_remote_state.central.outputs
          state   = data.terraform_remote_state.central
          again   = local.central
          lb      = local.again.lb
          unread  = data.terraform_remote_state.central.outputs.unread
        }
        resource "aws_x" "a" {
          block {
            inner {
              value = local.lb.arn
            }
          }
          dynamic "more" {
            for_each = local.state.outputs.many
            content {
              value = more.value
            }
          }
        }
        output "o" {
          value = local.again["named"]
        }
    """
    found = contract(service, "")
    assert {one.name: one.readers for one in found.outputs} == {
        "lb": ("local.lb", "aws_x.a"), "many": ("aws_x.a",), "named": ("output.o",), "unread": ("local.unread",),
    }  # fmt: skip
    assert [one.id for one in found.findings] == ["missing-output"] * 4
    assert found.findings[0].addresses == ("local.lb", "aws_x.a")


def test_other_data_sources_and_other_roots_dont_count() -> None:
    service = """
        data "terraform_remote_state" "other" {}
        resource "aws_x" "a" {
          a = data.terraform_remote_state.other.outputs.gone
          b = data.aws_vpc.central.outputs.gone
          c = data.terraform_remote_state.central.workspace
          d = data.terraform_remote_state.central.outputs.there
        }
    """
    assert problems(service, 'output "there" { value = 1 }') == []
    assert problems('resource "aws_x" "a" {}', "") == ["no-outputs-read"]


@pytest.mark.parametrize("expression", ["@[var.name]", "@", "keys(@)", "merge(@, {})"])
def test_reads_without_a_name_are_noted(expression: str) -> None:
    assert problems(reader(expression), 'output "there" { value = 1 }') == ["outputs-not-named"]


OFFERS = {
    "text": '"a"', "number": "1", "template": '"a${var.x}"', "tuple": '["a", "b"]', "splat": "aws_lb.many[*].arn",
    "object": '{ arn = "a", zone = { id = "z" } }', "map": "{ for k, v in var.m : k => v }", "listed": "[aws_lb.one.arn]",
    "arn": "aws_lb.one.arn", "variable": "var.names", "local": "local.l", "child": "module.m.ids", "conditional": "var.x ? [1] : [2]",
    "whole": "aws_lb.one", "unknown": "aws_lb.one.tags", "bool": "var.x == 1",
}  # fmt: skip
CENTRAL = (
    """
    variable "names" {
      type = list(string)
    }
    variable "x" {}
    variable "m" {}
    locals {
      l = tolist(["a"])
    }
    module "m" {
      source = "./m"
    }
    resource "aws_lb" "one" {}
    resource "aws_lb" "many" {
      count = 2
    }
    """
    + "".join(f'output "{name}" {{\n  value = {value}\n}}\n' for name, value in OFFERS.items())
)  # fmt: skip
MODULE = 'resource "aws_subnet" "s" {\n  count = 2\n}\noutput "ids" {\n  value = aws_subnet.s[*].id\n}\n'


@pytest.mark.parametrize(
    "expression",
    [
        "@.text", '"${@.text}"', '"${@.number}/"', "@.tuple[0]", "@.splat[count.index]", "@.splat[*]", '"${@.splat[0]}"',
        "@.object.arn", '"${@.object.zone.id}"', '@.object["zone"]', "@.map.anything", '@.map["x"]', "@.listed[0]", 'join(",", @.splat)',
        'join(",", @.variable)', "@.local[0]", "@.child[1]", "one(@.listed)",
        "@.whole.anything", "@.unknown[0]", "@.unknown.a", "@.number + 1",
        "[for a in @.tuple : a]", "@.object == @.text", "length(@.text)", "@.conditional[0]", "@.text[*]", "lookup(@.map, \"a\", 1)",
        "!@.bool", "@.bool ? 1 : 2",
    ],
)  # fmt: skip
def test_what_fits_is_no_finding(expression: str) -> None:
    assert problems(reader(expression), textwrap.dedent(CENTRAL), m=MODULE) == []


@pytest.mark.parametrize(
    "expression",
    [
        "@.text[0]", "@.text.arn", "@.number[0]", '"${@.tuple}x"', "@.tuple.arn", "@.splat.arn", '"${@.splat}x"', "@.object[0]",
        "@.object.missing", '@.object["missing"]', "@.object.zone.missing", "@.object.arn.x", "@.object.zone[0]", "@.map[0]",
        'join(",", @.text)', 'join(",", @.object)', '"${@.listed}/x"', "@.listed.arn", "@.arn[0]", "@.variable.a", "@.local.a",
        "@.child.a", "@.template[0]", "@.tuple + 1", "@.listed[0].x", "@.conditional.a", "upper(@.tuple)", "concat(@.text, [])",
    ],
)  # fmt: skip
def test_what_doesnt_fit_is_found(expression: str) -> None:
    found = contract(reader(expression), CENTRAL, m=MODULE)
    assert [(one.id, one.severity) for one in found.findings] == [("output-of-another-type", "error")]


def test_a_modules_argument_asks_for_its_variables_type() -> None:
    call = 'module "m" {\n  source = "./m"\n  given = data.terraform_remote_state.central.outputs.@\n}\n'
    for type_, fits, other in [
        ("string", "text", "tuple"), ("list(string)", "splat", "text"), ("set(string)", "tuple", "object"),
        ("map(string)", "map", "tuple"), ("object({ arn = string })", "object", "text"), ("number", "number", "listed"),
    ]:  # fmt: skip
        child = f'variable "given" {{\n  type = {type_}\n}}\n' + MODULE
        assert problems(call.replace("@", fits), CENTRAL, m=child) == []
        assert problems(call.replace("@", other), CENTRAL, m=child) == ["output-of-another-type"], type_
    wanting = 'variable "given" {\n  type = object({ arn = string, name = string, more = optional(string) })\n}\n'
    assert problems(call.replace("@", "object"), CENTRAL, m=wanting + MODULE) == ["output-of-another-type"]


def test_the_names_of_aws_arguments_make_warnings() -> None:
    for argument, fits, other in [("load_balancer_arn", "text", "splat"), ("subnet_ids", "splat", "text")]:
        block = f'resource "aws_x" "a" {{\n  {argument} = data.terraform_remote_state.central.outputs.@\n}}\n'
        assert problems(block.replace("@", fits), CENTRAL, m=MODULE) == []
        found = contract(block.replace("@", other), CENTRAL, m=MODULE).findings
        assert [(one.id, one.severity) for one in found] == [("output-of-another-type", "warning")]
        assert problems(block.replace("@", other).replace("aws_x", "other_x"), CENTRAL, m=MODULE) == []


def test_a_state_has_exact_types() -> None:
    def output(type_: Any) -> OutputState:
        return OutputState(type=msgspec.Raw(msgspec.json.encode(type_)))

    snapshot = Snapshot(
        4,
        outputs={
            "a": output("string"),
            "b": output(["tuple", ["string", "string"]]),
            "c": output(["object", {"id": "string"}]),
        },
    )
    offers = {"state": offers_of_state(snapshot)}
    reads = reads_of(load_module({"main.tf": (DATA + reader("[@.a[0], @.b[0], @.c.id, @.c.x, @.d]")).encode()}))
    found = check("central", reads, offers)
    assert [(one.id, one.evidence["output"]) for one in found.findings] == [
        ("missing-output", "d"), ("output-of-another-type", "a"), ("output-of-another-type", "c"),
    ]  # fmt: skip
    assert {one.name: one.types["state"] for one in found.outputs} == {
        "a": "string", "b": "tuple([string, string])", "c": "object({id = string})", "d": "",
    }  # fmt: skip


def test_conversions_that_terraform_makes_are_no_difference() -> None:
    def shape(*type_: Any) -> Any:
        return of_cty(parse_type(type_[0] if len(type_) == 1 else list(type_)))

    assert not unlike(shape("number"), shape("string"))
    assert not unlike(shape("list", "string"), shape("set", "string"))
    assert not unlike(shape("object", {"a": "string"}), shape("map", "string"))
    assert not unlike(shape("dynamic"), shape("list", "string"))
    assert unlike(shape("number"), shape("bool"))
    assert unlike(shape("list", ["list", "string"]), shape("list", "string"))
    assert unlike(shape("string"), shape("list", "string"))


def test_every_finding_is_documented() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/contract.md").read_text()
    assert all(f"| `{name}` |" in page for name in FINDINGS)


@pytest.mark.parametrize("read", ["gone", "gone.id", "gone[0]", "gone[*].id"])
def test_reads_in_json_are_found(read: str) -> None:
    text = f"${{data.terraform_remote_state.central.outputs.{read}}}"
    json = {"resource": {"terraform_data": {"x": {"input": text}}}, "output": {"y": {"value": text}}}
    tree = {"main.tf": DATA.encode(), "more.tf.json": msgspec.json.encode(json)}
    offered = {"live": offers_of_root(load_module({"main.tf": b'output "gone_now" { value = "x" }'}))}
    (finding,) = check("central", reads_of(load_module(tree)), offered).findings
    assert (finding.id, finding.addresses) == ("missing-output", ("terraform_data.x", "output.y"))
    assert finding.range is not None
    assert finding.range.file == "more.tf.json"
    there = {"live": offers_of_root(load_module({"main.tf": b'output "gone" { value = [{ id = "x" }] }'}))}
    assert [
        one.id for one in check("central", reads_of(load_module(tree)), there).findings if one.id == "missing-output"
    ] == []
