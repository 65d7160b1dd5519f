"""References that cross: every way to write them, and what the reader makes of the output."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import OUT, different, equivalent, split, told
from tfhoist.proof import prove

PRODUCERS = {
    "single": 'resource "aws_lb" "a" {\n  name = "a"\n}\n',
    "count": 'resource "aws_lb" "a" {\n  count = 2\n  name  = "a"\n}\n',
    "for_each": 'resource "aws_lb" "a" {\n  for_each = toset(["x", "y"])\n  name     = each.key\n}\n',
}

CROSSINGS = [
    # producer, what was read, the output, what is read now
    ("single", "aws_lb.a.arn", "aws_lb.a.arn", "OUT"),
    ("single", 'aws_lb.a["arn"]', "aws_lb.a.arn", "OUT"),
    ("single", "aws_lb.a.description", "[aws_lb.a.description]", "OUT[0]"),
    ("single", "aws_lb.a[*].arn", "aws_lb.a.arn", "[OUT]"),
    ("single", "aws_lb.a.*.arn", "aws_lb.a[*].arn", "OUT"),
    ("single", "aws_lb.a.logs[0].bucket", "aws_lb.a.logs[*].bucket", "OUT[0]"),
    ("single", "aws_lb.a.logs.0.bucket", "aws_lb.a.logs[*].bucket", "OUT[0]"),
    ("single", "aws_lb.a.tags", "aws_lb.a.tags", "OUT"),
    ("single", 'aws_lb.a.tags["Name"]', "aws_lb.a.tags", "OUT.Name"),
    ("single", '"${aws_lb.a.arn}/*"', "aws_lb.a.arn", '"${OUT}/*"'),
    ("single", '"${aws_lb.a.arn}"', "aws_lb.a.arn", "OUT"),
    ("count", "aws_lb.a[0].arn", "aws_lb.a[*].arn", "OUT[0]"),
    ("count", "aws_lb.a.0.arn", "aws_lb.a[*].arn", "OUT.0"),
    ("count", "aws_lb.a[var.n].arn", "aws_lb.a[*].arn", "OUT[var.n]"),
    ("count", "aws_lb.a[*].arn", "aws_lb.a[*].arn", "OUT"),
    ("count", "aws_lb.a.*.arn", "aws_lb.a[*].arn", "OUT"),
    ("count", "aws_lb.a.*.arn[0]", "aws_lb.a[*].arn", "OUT[0]"),
    ("count", "element(aws_lb.a[*].arn, 1)", "aws_lb.a[*].arn", "element(OUT, 1)"),
    ("count", "[for b in aws_lb.a : b.arn]", "aws_lb.a[*].arn", "OUT"),
    ("count", "[for b in aws_lb.a : upper(b.arn)]", "aws_lb.a[*].arn", "[for x in OUT : upper(x)]"),
    ("count", "{for i, b in aws_lb.a : i => b.arn}", "aws_lb.a[*].arn", "{for i, x in OUT : i => x}"),
    ("count", '[for b in aws_lb.a : b.arn if b.arn != ""]', "aws_lb.a[*].arn", '[for x in OUT : x if x != ""]'),
    ("count", "one(aws_lb.a[*].arn)", "aws_lb.a[*].arn", "one(OUT)"),
    ("count", "length(aws_lb.a)", "aws_lb.a[*].id", "length(OUT)"),
    ("count", "length(aws_lb.a[*].arn)", "aws_lb.a[*].id", "length(OUT)"),
    ("count", "length(aws_lb.a) > 0 ? aws_lb.a[0].arn : null", "aws_lb.a[*].arn", "length(OUT) > 0 ? OUT[0] : null"),
    ("count", "aws_lb.a[*].logs[0].bucket", "aws_lb.a[*].logs", "OUT[*][0].bucket"),
    ("for_each", 'aws_lb.a["x"].arn', "{for k, v in aws_lb.a : k => v.arn}", 'OUT["x"]'),
    ("for_each", "aws_lb.a[var.n].arn", "{for k, v in aws_lb.a : k => v.arn}", "OUT[var.n]"),
    ("for_each", "{for k, v in aws_lb.a : k => v.arn}", "{for key, b in aws_lb.a : key => b.arn}", "OUT"),
    ("for_each", "{for k, v in aws_lb.a : upper(k) => v.arn}", "{for k, v in aws_lb.a : k => v.arn}", "{for k, v in OUT : upper(k) => v}"),
    ("for_each", "[for v in aws_lb.a : v.arn]", "{for k, v in aws_lb.a : k => v.arn}", "[for v in OUT : v]"),
    ("for_each", "values(aws_lb.a)[*].arn", "{for k, v in aws_lb.a : k => v.arn}", "values(OUT)"),
    ("for_each", "keys(aws_lb.a)", "{for k, v in aws_lb.a : k => v.id}", "keys(OUT)"),
    ("for_each", "values(aws_lb.a)[var.n].arn", "{for k, v in aws_lb.a : k => v.arn}", "values(OUT)[var.n]"),
    ("for_each", "values(aws_lb.a)[var.n].arn", "{for k, v in aws_lb.a : k => { arn = v.arn }}", "values(OUT)[var.n].arn"),
    ("for_each", "length(aws_lb.a)", "{for k, v in aws_lb.a : k => v.id}", "length(OUT)"),
]  # fmt: skip

BY_KEY = "{for k, v in aws_lb.a : k => { arn = v.arn, name = v.name }}"
LIST = "[for b in aws_lb.a : { arn = b.arn, id = b.id, name = b.name }]"
LOOPS = [
    (
        "for_each",
        "[for v in {for k, v in aws_lb.a : v.name => v} : v.arn]",
        BY_KEY,
        "[for v in {for k, v in OUT : v.name => v} : v.arn]",
    ),
    (
        "for_each",
        '[for v in {for k, v in aws_lb.a : v.name => v} : v.arn if v.name != "x"]',
        BY_KEY,
        '[for v in {for k, v in OUT : v.name => v} : v.arn if v.name != "x"]',
    ),
    ("for_each", '{for k, v in aws_lb.a : v.name => v}["n"].arn', BY_KEY, '{for k, v in OUT : v.name => v}["n"].arn'),
    (
        "for_each",
        "{for k, v in {for k, v in aws_lb.a : v.name => v} : k => v.arn}",
        BY_KEY,
        "{for k, v in OUT : v.name => v.arn}",
    ),
    (
        "for_each",
        '{for k, v in {for k, v in aws_lb.a : upper(k) => v if v.name != "x"} : "${k}!" => v.arn if v.name != "y"}',
        BY_KEY,
        '{for k, v in {for k, v in OUT : upper(k) => v if v.name != "x"} : "${k}!" => v.arn if v.name != "y"}',
    ),
    (
        "count",
        '[for a in [for b in aws_lb.a : b if b.name != "x"] : a.arn]',
        LIST,
        '[for b in OUT : b.arn if b.name != "x"]',
    ),
    (
        "count",
        '[for a in [for b in aws_lb.a : b if b.name != "x"] : a.arn if a.id != "y"]',
        LIST,
        '[for a in [for b in OUT : b if b.name != "x"] : a.arn if a.id != "y"]',
    ),
    ("count", '[for b in aws_lb.a : b if b.name != "x"][0].arn', LIST, '[for b in OUT : b if b.name != "x"][0].arn'),
    ("count", '[for b in aws_lb.a : b if b.name != "x"][*].arn', LIST, '[for b in OUT : b.arn if b.name != "x"]'),
    (
        "count",
        '[for i, a in [for b in aws_lb.a : b if b.name != "x"] : "${i} ${a.arn}"]',
        LIST,
        '[for i, a in [for b in OUT : b if b.name != "x"] : "${i} ${a.arn}"]',
    ),
    ("single", "jsonencode(aws_lb.a)", "aws_lb.a", "jsonencode(OUT)"),
    ("count", "jsonencode(aws_lb.a[0])", "aws_lb.a", "jsonencode(OUT[0])"),
    ("for_each", 'aws_lb.a["x"] == null', "aws_lb.a", 'OUT["x"] == null'),
]

WRONG = [
    ("single", "aws_lb.a.arn", "aws_lb.a.id", "OUT"),
    ("single", "aws_lb.a.arn", "[aws_lb.a.arn]", "OUT"),
    ("single", "aws_lb.a.logs[0].bucket", "aws_lb.a.logs[*].bucket", "OUT[1]"),
    ("single", "aws_lb.a.logs[0].bucket", "aws_lb.a.logs[*].prefix", "OUT[0]"),
    ("single", 'aws_lb.a.tags["Name"]', "aws_lb.a.tags", "OUT.Team"),
    ("count", "aws_lb.a[0].arn", "aws_lb.a[*].arn", "OUT[1]"),
    ("count", "aws_lb.a[0].arn", "aws_lb.a[*].id", "OUT[0]"),
    ("count", "aws_lb.a[0].arn", "aws_lb.a[*].arn", "OUT"),
    ("count", "aws_lb.a[*].arn", "aws_lb.a[*].arn", "OUT[0]"),
    ("count", "aws_lb.a[*].arn", "[aws_lb.a[0].arn]", "OUT"),
    ("count", "aws_lb.a[*].arn", "reverse(aws_lb.a[*].arn)", "OUT"),
    ("count", '[for b in aws_lb.a : b.arn if b.arn != ""]', "aws_lb.a[*].arn", "OUT"),
    ("count", "[for i, b in aws_lb.a : i]", "aws_lb.a[*].arn", "OUT"),
    ("count", "[for b in aws_lb.a : b.arn]", "{for i, b in aws_lb.a : i => b.arn}", "[for k, v in OUT : v]"),
    ("count", "aws_lb.a[*].arn", "{for i, b in aws_lb.a : i => b.arn}", "values(OUT)"),
    ("for_each", 'aws_lb.a["x"].arn', "{for k, v in aws_lb.a : k => v.arn}", 'OUT["y"]'),
    (
        "for_each",
        "values(aws_lb.a)[var.n].arn",
        "{for k, v in aws_lb.a : k => { arn = v.id }}",
        "values(OUT)[var.n].arn",
    ),
    ("for_each", "values(aws_lb.a)[0].arn", "{for k, v in aws_lb.a : k => { arn = v.arn }}", "values(OUT)[1].arn"),
    ("for_each", 'aws_lb.a["x"].arn', "{for k, v in aws_lb.a : v.id => v.arn}", 'OUT["x"]'),
    ("for_each", 'aws_lb.a["x"].arn', '{for k, v in aws_lb.a : k => v.arn if k != "x"}', 'OUT["x"]'),
    ("for_each", 'aws_lb.a["x"].arn', "{for k, v in aws_lb.a : k => v.id}", 'OUT["x"]'),
    ("for_each", "[for v in aws_lb.a : v.arn]", "{for k, v in aws_lb.a : k => v.arn}", "[for k, v in OUT : k]"),
    ("for_each", "{for k, v in aws_lb.a : k => v.arn}", "{for k, v in aws_lb.a : k => k}", "OUT"),
    (
        "for_each",
        "[for v in {for k, v in aws_lb.a : v.name => v} : v.arn]",
        BY_KEY,
        "[for v in OUT : v.arn]",
    ),
    (
        "for_each",
        "[for v in {for k, v in aws_lb.a : v.name => v} : v.arn]",
        BY_KEY,
        "[for v in {for k, v in OUT : v.arn => v} : v.arn]",
    ),
    (
        "for_each",
        "[for v in {for k, v in aws_lb.a : v.name => v} : v.arn]",
        BY_KEY,
        '[for v in {for k, v in OUT : v.name => v if v.name != "q"} : v.arn]',
    ),
    (
        "for_each",
        '[for v in {for k, v in aws_lb.a : v.name => v} : v.arn if v.name != "x"]',
        BY_KEY,
        '[for v in {for k, v in OUT : v.name => v if v.name != "x"} : v.arn]',
    ),
    (
        "for_each",
        '[for v in {for k, v in aws_lb.a : v.name => v} : v.arn if v.name != "x"]',
        "{for k, v in aws_lb.a : k => { arn = v.arn, name = v.id }}",
        '[for v in {for k, v in OUT : v.name => v} : v.arn if v.name != "x"]',
    ),
    (
        "for_each",
        '[for k, v in {for k, v in aws_lb.a : v.name => v} : "${k} ${v.arn}"]',
        BY_KEY,
        '[for k, v in OUT : "${k} ${v.arn}"]',
    ),
    (
        "count",
        '[for a in [for b in aws_lb.a : b if b.name != "x"] : a.arn if a.id != "y"]',
        LIST,
        '[for b in OUT : b.arn if b.name != "x" && b.id != "y"]',
    ),
    (
        "count",
        '[for i, a in [for b in aws_lb.a : b if b.name != "x"] : i]',
        LIST,
        '[for i, b in OUT : i if b.name != "x"]',
    ),
    (
        "count",
        '[for a in [for b in aws_lb.a : b if b.name != "x"] : a.arn]',
        LIST,
        '[for b in OUT : b.arn if b.name != "z"]',
    ),
    (
        "count",
        '[for a in [for b in aws_lb.a : b if b.name != "x"] : a.arn]',
        LIST,
        '[for b in OUT : b.id if b.name != "x"]',
    ),
    ("single", "jsonencode(aws_lb.a)", "{ arn = aws_lb.a.arn }", "jsonencode(OUT)"),
    ("count", "jsonencode(aws_lb.a)", "aws_lb.a[0]", "jsonencode(OUT)"),
]

VARIABLE = 'variable "n" {\n  default = 0\n}\n'


def crossing(producer: str, read: str, output: str, reader: str) -> tuple[str, str, str]:
    consumer = 'resource "aws_ssm_parameter" "p" {\n  value = %s\n}\n'
    before = VARIABLE + PRODUCERS[producer] + consumer % read
    after = VARIABLE + consumer % reader.replace("OUT", f"{OUT}.x")
    return before, after, PRODUCERS[producer] + f'output "x" {{\n  value = {output}\n}}\n'


@pytest.mark.parametrize(("producer", "read", "output", "reader"), CROSSINGS + LOOPS)
def test_crossing(producer: str, read: str, output: str, reader: str) -> None:
    equivalent(split(*crossing(producer, read, output, reader)))


@pytest.mark.parametrize(("producer", "read", "output", "reader"), WRONG)
def test_wrong_crossing(producer: str, read: str, output: str, reader: str) -> None:
    proof = prove(split(*crossing(producer, read, output, reader)))
    assert proof.verdict != "equivalent"
    assert "aws_ssm_parameter.p: value" in told(proof)


@pytest.mark.parametrize("function", ["try", "can", "lookup"])
def test_a_missing_output_must_not_pass_silently(function: str) -> None:
    read = {"try": "try(%s, 1)", "can": "can(%s)", "lookup": 'lookup(%s, "k", 1)'}[function]
    before, after, shared = crossing("single", read % "aws_lb.a.tags", "aws_lb.a.tags", read % "OUT")
    different(split(before, after, shared), "output.x", "inside try()")
    guarded = after.replace(f"{OUT}.x", "local.x") + f"locals {{\n  x = {OUT}.x\n}}\n"
    equivalent(split(before, guarded, shared))


def test_all_outputs_through_a_local_inside_try() -> None:
    before, after, shared = crossing("single", "try(aws_lb.a.arn, 1)", "aws_lb.a.arn", "try(local.o.x, 1)")
    different(split(before, after + f"locals {{\n  o = {OUT}\n}}\n", shared), "output.x", "inside try()")


def test_modules_cross_like_resources() -> None:
    child = 'resource "aws_lb" "x" {\n  name = "x"\n}\noutput "arn" {\n  value = aws_lb.x.arn\n}\n'
    consumer = 'resource "aws_ssm_parameter" "p" {\n  value = %s\n}\n'
    for repeated, read, output, reader in (
        ("", "module.m.arn", "module.m.arn", "OUT"),
        ("count = 2", "module.m[1].arn", "module.m[*].arn", "OUT[1]"),
        ('for_each = toset(["k"])', 'module.m["k"].arn', "{for k, v in module.m : k => v.arn}", 'OUT["k"]'),
    ):
        call = f'module "m" {{\n  source = "./m"\n  {repeated}\n}}\n'
        before = call + consumer % read
        after = consumer % reader.replace("OUT", f"{OUT}.x")
        shared = call + f'output "x" {{\n  value = {output}\n}}\n'
        moved = {"m/main.tf": child}
        subject = split(before, after, shared, moved=("module.m",), files=moved, shared_files=moved)
        equivalent(subject)
        changed = {"m/main.tf": child.replace("value = aws_lb.x.arn", "value = aws_lb.x.id")}
        different(split(before, after, shared, moved=("module.m",), files=moved, shared_files=changed), "arn before")
