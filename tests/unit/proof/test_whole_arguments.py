"""Whole resources that are given to a variable of an object type: the type's attributes are all that it takes."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import OUT, equivalent, split, told
from tfhoist.proof import Subject, prove

PRODUCER = 'resource "aws_lb" "a" {\n%s  name = "a"\n}\n'
REPEATED = {"": "", "list": "  count = 2\n", "map": '  for_each = toset(["x", "y"])\n'}
READS = {"": "var.lb.arn", "list": "var.lb[1].arn", "map": 'var.lb["x"].arn'}
CALL = 'module "m" {\n  source = "./m"\n  lb = %s\n}\n'
CHILD = (
    'variable "lb" {\n  type = %s\n}\n'
    'resource "aws_wafv2_web_acl_association" "w" {\n  resource_arn = %s\n'
    "  all = jsonencode(var.lb)\n}\n"
)
OBJECT = "object({ arn = string, name = string, idle_timeout = number })"
ATTRIBUTES = ("arn", "idle_timeout", "name")


def given(value: str, kind: str = "", type_: str = OBJECT) -> Subject:
    whole = f"{kind}({type_})" if kind else type_
    files = {"m/main.tf": CHILD % (whole, READS[kind])}
    producer = PRODUCER % REPEATED[kind]
    return split(
        producer + CALL % "aws_lb.a",
        CALL % f"{OUT}.out",
        f'{producer}output "out" {{\n  value = {value}\n}}\n',
        files=files,
    )


def killed(subject: Subject) -> None:
    """Found out, or undecided: never taken for the same."""
    proof = prove(subject)
    assert proof.verdict != "equivalent"
    assert "module.m.aws_wafv2_web_acl_association.w" in told(proof), told(proof)


def shaped(kind: str, **changed: str) -> str:
    source = "v" if kind else "aws_lb.a"
    fields = {name: f"{source}.{name}" for name in ATTRIBUTES} | changed
    one = "{ " + ", ".join(f"{name} = {value}" for name, value in fields.items() if value) + " }"
    if kind == "list":
        return f"[for v in aws_lb.a : {one}]"
    return f"{{ for k, v in aws_lb.a : k => {one} }}" if kind == "map" else one


@pytest.mark.parametrize("kind", ["", "list", "map"])
def test_what_the_type_names_is_all_that_crosses(kind: str) -> None:
    source = "v" if kind else "aws_lb.a"
    equivalent(given(shaped(kind), kind))
    equivalent(given(shaped(kind, dns_name=f"{source}.dns_name"), kind))  # the type drops it
    killed(given(shaped(kind, arn=""), kind))
    killed(given(shaped(kind, arn=f"{source}.name", name=f"{source}.arn"), kind))
    killed(given(shaped(kind, idle_timeout=f"{source}.id"), kind))
    killed(given(shaped(kind, idle_timeout="60"), kind))
    killed(given(shaped(kind, arn="null"), kind))


@pytest.mark.parametrize("kind", ["list", "map"])
def test_instances_that_are_lost_or_others(kind: str) -> None:
    lost = shaped(kind).removesuffix("]").removesuffix(" }") + ' if v.arn != "x"' + ("]" if kind == "list" else " }")
    killed(given(lost, kind))
    if kind == "map":
        killed(given(shaped(kind).replace("k =>", '"${k}-" =>'), kind))
    else:
        killed(given(f"reverse({shaped(kind)})", kind))


def test_an_optional_attribute_may_be_none_of_the_resource() -> None:
    """Nothing here knows the provider's schema, so such a conversion stays what it is."""
    type_ = OBJECT.replace("arn = string", "arn = optional(string)")
    killed(given(shaped(""), type_=type_))


def test_without_a_conversion_nothing_is_dropped() -> None:
    killed(given(shaped(""), type_="any"))


MODULE = 'module "m" {\n  source = "./m"\n}\n'
OUTPUTS = 'resource "aws_lb" "b" {\n  name = "b"\n}\noutput "arn" {\n  value = aws_lb.b.arn\n%s}\noutput "name" {\n  value = "b"\n}\n'
READER = 'resource "aws_sqs_queue" "q" {\n  name = jsonencode(%s)\n}\n'


def test_a_whole_module_is_the_object_of_its_outputs() -> None:
    def proof(value: str, hidden: str = "") -> str:
        text = OUTPUTS % hidden
        return prove(
            split(
                MODULE + READER % "module.m", READER % f"{OUT}.out", f'{MODULE}output "out" {{\n  value = {value}\n}}\n',
                moved=("module.m",), files={"m/main.tf": text}, shared_files={"m/main.tf": text},
            )
        ).verdict  # fmt: skip

    assert proof("module.m") == proof("{ arn = module.m.arn, name = module.m.name }") == "equivalent"
    assert proof("{ arn = module.m.arn }") != "equivalent"
    assert proof("{ arn = module.m.name, name = module.m.arn }") != "equivalent"
    assert proof('{ arn = module.m.arn, name = "b", more = 1 }') != "equivalent"
    assert proof("module.m.arn") != "equivalent"
    assert proof("module.m", hidden="  sensitive = true\n") != "equivalent"
