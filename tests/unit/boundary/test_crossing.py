"""How a reference crosses: one row of the table in `boundary.crossing` each, and what can't."""

from __future__ import annotations

import pytest

from tfhoist.boundary.crossing import CannotCross, cross, project, reads_whole
from tfhoist.boundary.projection import Projection
from tfhoist.configuration.load import load_module
from tfhoist.hcl.references import Reference

BLOCKS = """
resource "a_x" "single" {}
resource "a_x" "many" { count = 2 }
resource "a_x" "keyed" { for_each = toset(["k"]) }
"""


def crossing(expression: str) -> tuple[str, str]:
    """The output's expression, and what the reader writes with OUT for the output."""
    tree = {"main.tf": f'{BLOCKS}\noutput "o" {{\n  value = {expression}\n}}\n'.encode()}
    module = load_module(tree)
    assert not module.diagnostics
    output = module.get("output.o")
    assert output is not None
    reference: Reference = next(r for r in output.references if r.root == "a_x")
    producer = module.get(".".join(reference.names()[:2]))
    assert producer is not None
    if reads_whole(reference, producer):
        read = Projection(module, lambda declaration: True).attributes(output, reference, producer)
        found = project(reference, producer, read, read)
    else:
        found = cross(output.file, reference, producer)
    kept = "".join(output.file.text(start, end) for start, end in found.keep)
    value = output.body.attribute("value")
    assert value is not None
    before = output.file.text(value.value_start, reference.start)
    after = output.file.text(reference.end, value.value_end)
    return found.expression, f"{before}OUT{found.splat}{kept}{after}"


@pytest.mark.parametrize(
    ("expression", "output", "reader"),
    [
        ("a_x.single.arn", "a_x.single.arn", "OUT"),
        ('"t-${a_x.single.arn}"', "a_x.single.arn", '"t-${OUT}"'),
        ("a_x.single.a.b", "a_x.single.a", "OUT.b"),
        ('a_x.single.tags["k"]', "a_x.single.tags", 'OUT["k"]'),
        ("a_x.single.list[0]", "a_x.single.list", "OUT[0]"),
        ("a_x.single.block[0].b", "a_x.single.block", "OUT[0].b"),
        ("a_x.single.block[0].b[1]", "a_x.single.block", "OUT[0].b[1]"),
        ("a_x.single.block[var.i].b", "a_x.single.block", "OUT[var.i].b"),
        ("a_x.single[*].id", "a_x.single[*].id", "OUT"),
        ("a_x.many[0].arn", "a_x.many[*].arn", "OUT[0]"),
        ("a_x.many[count.index].arn", "a_x.many[*].arn", "OUT[count.index]"),
        ("a_x.many.0.arn", "a_x.many[*].arn", "OUT.0"),
        ("a_x.many[*].arn", "a_x.many[*].arn", "OUT"),
        ("a_x.many.*.arn", "a_x.many[*].arn", "OUT"),
        ("a_x.many.*.arn[0]", "a_x.many[*].arn", "OUT[0]"),
        ("a_x.many.*.map.k[0]", "a_x.many[*].map", "OUT.*.k[0]"),
        ("a_x.many[*].map.k[0]", "a_x.many[*].map", "OUT[*].k[0]"),
        ("a_x.many[1].map.k", "a_x.many[*].map", "OUT[1].k"),
        ("a_x.many[*].list[0]", "a_x.many[*].list", "OUT[*][0]"),
        ("one(a_x.many[*].arn)", "a_x.many[*].arn", "one(OUT)"),
        ("length(a_x.many)", "a_x.many[*].id", "length(OUT)"),
        ('a_x.keyed["k"].arn', "{ for key, instance in a_x.keyed : key => instance.arn }", 'OUT["k"]'),
        ("a_x.keyed[each.key].arn", "{ for key, instance in a_x.keyed : key => instance.arn }", "OUT[each.key]"),
        ('a_x.keyed["k"].list[2]', "{ for key, instance in a_x.keyed : key => instance.list }", 'OUT["k"][2]'),
        (
            "values(a_x.keyed)[*].arn",
            "{ for key, instance in a_x.keyed : key => { arn = instance.arn } }",
            "values(OUT)[*].arn",
        ),
        (
            "[for k, x in a_x.many : x.b[0] if x.a != k]",
            "[for instance in a_x.many : { a = instance.a, b = instance.b }]",
            "[for k, x in OUT : x.b[0] if x.a != k]",
        ),
        (
            "[for k, x in a_x.keyed : k]",
            "{ for key, instance in a_x.keyed : key => instance.id }",
            "[for k, x in OUT : k]",
        ),
        ("keys(a_x.keyed)", "{ for key, instance in a_x.keyed : key => instance.id }", "keys(OUT)"),
    ],
)
def test_crossings(expression: str, output: str, reader: str) -> None:
    assert crossing(expression) == (output, reader)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("a_x.single", "the whole of a_x.single"),
        ("values(a_x.keyed)", "the whole of a_x.keyed"),
        ("a_x.many[0]", "the whole of a_x.many"),
        ("[for x in a_x.many : x]", "the whole of a_x.many"),
        ("[for x in a_x.many : jsonencode(x)]", "the whole of a_x.many"),
        ("a_x.single == null", "the whole of a_x.single"),
        ("a_x.many.arn", "without an instance key"),
        ("a_x.keyed[*].arn", "a splat over a_x.keyed"),
    ],
)
def test_what_cannot_cross(expression: str, message: str) -> None:
    with pytest.raises(CannotCross) as caught:
        crossing(expression)
    assert message in caught.value.summary
