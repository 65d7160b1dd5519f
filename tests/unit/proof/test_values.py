"""Values: what is the same and what isn't, types of variables, secrets without a value."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import STAYS, different, equivalent, split, told, undecided
from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.proof import Proof, prove


def argument(before: str, after: str, head: str = "", **more: str) -> Proof:
    """The proof of a moved block with one argument, before and after."""
    block = 'resource "aws_lb" "a" {\n  x = %s\n}\n'
    return prove(split(head + STAYS + block % before, head + STAYS, head + block % after, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", "1.0"),
        ("1e3", "1000"),
        ('"a\\nb\\n"', "<<E\na\nb\nE"),
        ('"a-${"b"}"', '"a-b"'),
        ('"${1}-x"', '"1-x"'),
        ("(1)", "1"),
        ('{ b = 1, a = 2 }', '{ a = 2, "b" = 1 }'),
        ("[for k, v in {a = 1} : v]", "[for key, value in {a = 1} : value]"),
        ("[for a in [1] : [for b in [2] : a + b]]", "[for b in [1] : [for a in [2] : b + a]]"),
        ('"%{ for x in ["a"] }${x}%{ endfor }"', '"%{ for y in ["a"] }${y}%{ endfor }"'),
        ("core::upper(\"a\")", 'upper("a")'),
    ],
)  # fmt: skip
def test_the_same(before: str, after: str) -> None:
    proof = argument(before, after)
    assert told(proof) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", '"1"'),
        ("true", '"true"'),
        ("null", '""'),
        ('"a"', '"A"'),
        ("[1, 2]", "[2, 1]"),
        ("[1]", "1"),
        ("{ a = 1 }", "{ a = 2 }"),
        ("{ a = 1 }", "{ A = 1 }"),
        ("{ a = 1 }", "{ a = 1, b = 2 }"),
        ('"a"', "<<E\na\nE"),
        ("jsonencode({ p = 8001 })", 'jsonencode({ p = "8001" })'),
        ("true ? 1 : 2", "true ? 1 : 3"),
        ("true ? 1 : 2", "true ? 2 : 1"),
        ("1 + 2", "2 + 1"),
        ("[for a in [1] : [for b in [2] : a]]", "[for a in [1] : [for b in [2] : b]]"),
        ("[for v in [1] : v]", "[for v in [1] : v if v > 0]"),
        ("{ for v in [1] : v => v }", "{ for v in [1] : v => v... }"),
        ("upper(\"a\")", 'lower("a")'),
        ("max([1, 2]...)", "max([1, 2])"),
        ("-1", "1"),
        ("!true", "true"),
    ],
)  # fmt: skip
def test_not_the_same(before: str, after: str) -> None:
    proof = argument(before, after)
    assert proof.verdict == "different"
    assert "aws_lb.a: x" in told(proof)


def test_different_forms_are_undecided() -> None:
    read = 'resource "aws_lb" "a" {\n  x = %s\n}\nresource "aws_lb" "b" {\n}\n'
    moved = ("aws_lb.a", "aws_lb.b")
    one, other = read % "aws_lb.b.arn", read % 'aws_lb.b.arn != null ? aws_lb.b.arn : "1"'
    undecided(split(STAYS + one, STAYS, other, moved=moved), "aws_lb.a", "of different form")
    different(
        split(STAYS + read % "coalesce(aws_lb.b.arn, 1)", STAYS, read % "try(aws_lb.b.arn, 1)", moved=moved), "x:"
    )


# variables and their types

VARIABLE = 'variable "v" {\n  type = %s\n%s}\n'


def typed(kind: str, value: str, inner: str, *, default: str = "", central: str | None = None) -> Proof:
    """A variable of the service root, and the shared module's of another declaration."""
    block = 'resource "aws_lb" "a" {\n  x = jsonencode(var.v)\n}\n'
    head = VARIABLE % (kind, default)
    outer = head.replace('"v"', '"s_v"') if central is None else central
    return prove(
        split(
            head + STAYS + block, head + STAYS, inner + block, arguments="  v = var.s_v", central=outer,
            values=f"s_v = {value}\n", files={"terraform.tfvars": f"v = {value}\n"},
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "inner", "same"),
    [
        ("number", "8001", "number", True),
        ("number", '"8001"', "number", True),
        ("number", "8001", "any", True),
        ("number", "8001", "string", False),
        ("string", "8001", "string", True),
        ("string", "8001", "number", False),
        ("bool", '"true"', "bool", True),
        ("bool", "true", "string", False),
        ("list(number)", '["1", 2]', "list(number)", True),
        ("list(number)", "[1, 2]", "list(string)", False),
        ("set(string)", '["b", "a", "b"]', "set(string)", True),
        ("set(string)", '["b", "a"]', "list(string)", True),
        ("list(string)", '["b", "a"]', "set(string)", False),
        ("map(string)", "{ a = 1 }", "map(string)", True),
        ("map(string)", "{ a = 1 }", "map(number)", False),
        ("object({ a = string, b = optional(number) })", '{ a = "x" }', "object({ a = string, b = optional(number) })", True),
        ("object({ a = string, b = optional(number) })", '{ a = "x" }', "object({ a = string })", False),
        ("object({ a = string, b = optional(number, 1) })", '{ a = "x" }', "object({ a = string, b = optional(number) })", True),
        ("object({ a = string, b = optional(number) })", '{ a = "x" }', "object({ a = string, b = optional(number, 1) })", False),
        ("tuple([string, number])", '["1", "2"]', "tuple([string, number])", True),
        ("any", '["1", 2]', "list(any)", False),
    ],
)  # fmt: skip
def test_types(kind: str, value: str, inner: str, same: bool) -> None:
    proof = typed(kind, value, VARIABLE % (inner, ""))
    assert (proof.verdict == "equivalent") is same, told(proof)


@pytest.mark.parametrize("text", [" 5", "5\\n", "0_5", "\uff15", "5e0x"])
def test_text_that_terraform_takes_for_no_number(text: str) -> None:
    block = 'resource "aws_lb" "a" {\n  x = var.v\n}\n'
    head = VARIABLE % ("number", "")
    different(
        split(
            head + STAYS + block, head + STAYS, head + block, arguments="  v = var.s_v",
            central=head.replace('"v"', '"s_v"'), values=f's_v = "{text}"\n', files={"terraform.tfvars": "v = 5\n"},
        ),
        "var.v",
    )  # fmt: skip


def test_null_and_nullable() -> None:
    default, strict = "  default = 1\n", "  default = 1\n  nullable = false\n"
    assert typed("number", "null", VARIABLE % ("number", default), default=default).verdict == "equivalent"
    assert typed("number", "null", VARIABLE % ("number", strict), default=default).verdict == "different"
    assert typed("number", "null", VARIABLE % ("number", strict), default=strict).verdict == "equivalent"
    assert typed("number", "2", VARIABLE % ("number", strict), default=default).verdict == "equivalent"


def test_a_secret_without_value() -> None:
    head = 'variable "v" {\n  type = string\n  sensitive = true\n}\n'
    block = 'resource "aws_lb" "a" {\n  x = "Bearer ${var.v}"\n}\n'
    central = head.replace('"v"', '"s_v"')
    proof = equivalent(
        split(head + STAYS + block, head + STAYS, head + block, arguments="  v = var.s_v", central=central)
    )
    assert "environments/dev: TF_VAR_s_v is given the value that TF_VAR_v has in the service root" in proof.assumptions
    open_ = central.replace("  sensitive = true\n", "")
    different(
        split(head + STAYS + block, head + STAYS, head + block, arguments="  v = var.s_v", central=open_), "var.s_v"
    )


def test_two_secrets_are_not_one_another() -> None:
    head = "".join(f'variable "{name}" {{\n  type = string\n  sensitive = true\n}}\n' for name in "vw")
    block = 'resource "aws_lb" "a" {\n  x = var.v\n  y = var.w\n}\n'
    central = head.replace('"v"', '"s_v"').replace('"w"', '"s_w"')
    good, bad = "  v = var.s_v\n  w = var.s_w", "  v = var.s_w\n  w = var.s_v"
    equivalent(split(head + STAYS + block, head + STAYS, head + block, arguments=good, central=central))
    different(split(head + STAYS + block, head + STAYS, head + block, arguments=bad, central=central), "aws_lb.a", "x:")


def test_the_workspace() -> None:
    block = 'resource "aws_lb" "a" {\n  x = terraform.workspace\n}\n'
    equivalent(split(STAYS + block, STAYS, block))
    blue = EnvironmentSettings(name="dev", workspace="blue")
    different(split(STAYS + block, STAYS, block, settings=blue), "aws_lb.a", '"blue" before, "default" after')


def test_a_splat_inside_a_splat_is_of_each_item() -> None:
    head = 'data "aws_lbs" "all" {\n  count = 2\n}\n'
    inner, outer = "data.aws_lbs.all[*].arns[*].x", "data.aws_lbs.all.*.arns[*].x"
    told_of = argument(inner, outer, head=head)
    assert told_of.verdict != "equivalent"


def test_two_values_that_cant_be_read_are_the_same_only_by_their_text() -> None:
    head = 'variable "v" {\n  type = list(string)\n}\n'
    block = 'resource "aws_lb" "a" {\n  x = var.v\n}\n'
    central = head.replace('"v"', '"s_v"')

    def proof(before: str, after: str) -> Proof:
        return prove(
            split(
                head + STAYS + block, head + STAYS, head + block, arguments="  v = var.s_v", central=central,
                values=f"s_v = {after}\n", files={"terraform.tfvars": f"v = {before}\n"},
            )
        )  # fmt: skip

    large, other = (f"[{', '.join([text] * 60_000)}]" for text in ('"aaaa${1}"', '"aaab${1}"'))
    assert proof(large, large).verdict == "equivalent"
    assert proof(large, other).verdict != "equivalent"
    assert proof('["${1 / 3}"]', '["${2 / 3}"]').verdict != "equivalent"


def test_a_zero_with_a_sign_is_no_zero() -> None:
    assert argument('"${-0}x"', '"${0}x"').verdict != "equivalent"
    assert argument('"${-0}x"', '"-0x"').verdict == "equivalent"
