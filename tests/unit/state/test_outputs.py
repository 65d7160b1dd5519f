"""Outputs over a state: what a provider's schema tells, and what is named instead of computed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.state.support import instance, resource, state, written
from tfhoist.configuration.load import load_module
from tfhoist.errors import UsageError
from tfhoist.state.check import problems
from tfhoist.state.document import read_document
from tfhoist.state.outputs import ComputedOutputs, compute_outputs
from tfhoist.state.schemas import Schemas, read_schemas
from tfhoist.values.types import Unknown

SCHEMA = {
    "format_version": "1.0",
    "provider_schemas": {
        "registry.terraform.io/hashicorp/aws": {
            "resource_schemas": {
                "aws_lb": {
                    "version": 0,
                    "block": {
                        "attributes": {
                            "id": {"type": "string"}, "arn": {"type": "string"}, "name": {"type": "string"},
                            "subnets": {"type": ["set", "string"]}, "tags": {"type": ["map", "string"]},
                            "later": {"nested_type": {"nesting_mode": "single", "attributes": {"a": {"type": "number"}}}},
                        },
                        "block_types": {
                            "access_logs": {
                                "nesting_mode": "list",
                                "block": {"attributes": {"bucket": {"type": "string"}, "enabled": {"type": "bool"}}},
                            }
                        },
                    },
                }
            },
            "data_source_schemas": {"aws_vpc": {"block": {"attributes": {"id": {"type": "string"}}}}},
        }
    },
}  # fmt: skip
LB = instance(
    "lb", attributes={
        "name": None, "subnets": ["sn-1", "sn-2"], "tags": None, "later": {"a": 1},
        "access_logs": [{"bucket": "b", "enabled": True}],
    },
)  # fmt: skip


def outputs(
    configuration: str, *resources: dict[str, Any], schemas: Schemas | None = None, **variables: Any
) -> ComputedOutputs:
    document = read_document(written(state(*resources)), "state")
    assert problems(document) == ()
    return compute_outputs(load_module({"main.tf": configuration.encode()}), variables, document, schemas=schemas)


def types(found: ComputedOutputs) -> dict[str, Any]:
    assert found.untold == {}
    return {name: json.loads(one.type) for name, one in found.outputs.items()}


MANY = """
resource "aws_lb" "main" {}
output "subnets" { value = aws_lb.main.subnets }
output "tags" { value = aws_lb.main.tags }
output "bucket" { value = aws_lb.main.access_logs[0].bucket }
output "buckets" { value = aws_lb.main.access_logs[*].bucket }
output "listed" { value = [aws_lb.main.name] }
output "later" { value = aws_lb.main.later.a }
output "whole" { value = aws_lb.main }
"""


def test_a_schema_tells_the_types_of_lists_maps_and_nulls() -> None:
    found = outputs(MANY, resource("aws_lb.main", LB), schemas=read_schemas(json.dumps(SCHEMA).encode()))
    assert found.absent == ("tags",)
    assert types(found) == {
        "subnets": ["set", "string"],
        "bucket": "string",
        "buckets": ["list", "string"],
        "listed": ["tuple", ["string"]],
        "later": "number",
        "whole": ["object", {
            "id": "string", "arn": "string", "name": "string", "subnets": ["set", "string"], "tags": ["map", "string"],
            "later": ["object", {"a": "number"}], "access_logs": ["list", ["object", {"bucket": "string", "enabled": "bool"}]],
        }],
    }  # fmt: skip


def test_without_a_schema_they_are_named() -> None:
    found = outputs(MANY, resource("aws_lb.main", LB))
    assert found.outputs == {}
    assert found.untold.keys() == {"subnets", "tags", "bucket", "buckets", "listed", "later", "whole"}
    assert found.untold["subnets"] == "only the provider's schema tells the type of aws_lb.main.subnets"


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ('resource "aws_lb" "x" {}\noutput "o" { value = aws_lb.x.id }', "isn't in the state"),
        ('output "o" { value = aws_lb.x.id }', "isn't declared"),
        (
            'resource "aws_lb" "main" { count = 2 }\noutput "o" { value = aws_lb.main[*].id }',
            "every instance that is configured",
        ),
        (
            'resource "aws_lb" "main" { count = 0 }\noutput "o" { value = aws_lb.main[*].id }',
            "more instances of aws_lb.main",
        ),
        ('resource "aws_lb" "old" {}\noutput "o" { value = aws_lb.old.arn }', "aws_lb.old is tainted"),
        ('variable "v" {}\noutput "o" { value = var.v }', "sensitive"),
        (
            'module "m" { source = "terraform-aws-modules/vpc/aws" }\noutput "o" { value = module.m.id }',
            "isn't at hand",
        ),
        ('locals {\n a = local.b\n b = local.a\n}\noutput "o" { value = local.a }', "depends on itself"),
        ('output "o" { value = [for one in 5 : one] }', "no collection"),
        ('output "o" { value = "${[1]}-" }', "a template can't hold"),
        ('output "o" { value = uuid() }', "uuid()"),
    ],
)
def test_what_cant_be_computed_is_named_with_its_reason(configuration: str, reason: str) -> None:
    found = outputs(
        configuration,
        resource("aws_lb.main", LB), resource("aws_lb.old", instance("old", status="tainted")),
        v=Unknown("sensitive", sensitive=True),
    )  # fmt: skip
    assert found.outputs == {}
    assert reason in found.untold["o"]


def test_an_output_that_isnt_there_is_named() -> None:
    document = read_document(written(state()), "state")
    found = compute_outputs(load_module({"main.tf": b'output "a" {\n  value = 1\n}\n'}), {}, document, ["a", "b"])
    assert (list(found.outputs), list(found.untold)) == (["a"], ["b"])


@pytest.mark.parametrize("source", [b"", b"[]", b'{"provider_schemas": {"a": {"resource_schemas": {"b": {}}}}}'])
def test_what_is_no_schema_is_refused(source: bytes) -> None:
    with pytest.raises(UsageError):
        read_schemas(source)


# moves that the state hasn't behind yet

MOVED = "moved {\n  from = %s\n  to   = %s\n}\n"


def data(name: str, *keys: Any, module: str = "") -> dict[str, Any]:
    made = [instance(f"{name}{'' if key is None else key}", key=key) for key in keys or (None,)]
    return resource(f"{module}/terraform_data.{name}", *made)


@pytest.mark.parametrize(
    ("moves", "block", "state", "value"),
    [
        ([("a", "b"), ("b", "c")], "", data("a"), '"a"'),
        ([("b", "c"), ("a", "b")], "", data("b"), '"b"'),
        ([("a", "c")], "count = 2", data("a", 0, 1), '["a0","a1"]'),
        ([("a[0]", "c[1]"), ("a[1]", "c[0]")], "count = 2", data("a", 0, 1), '["a1","a0"]'),
        ([("a", 'c["x"]')], 'for_each = toset(["x"])', data("a"), '{"x":"a"}'),
        ([("c", 'c["x"]')], 'for_each = toset(["x"])', data("c"), '{"x":"c"}'),
        ([("a", "c")], "", data("c"), '"c"'),
    ],
)  # fmt: skip
def test_moves_that_are_to_come(moves: list[tuple[str, str]], block: str, state: dict[str, Any], value: str) -> None:
    blocks = "".join(MOVED % (f"terraform_data.{start}", f"terraform_data.{end}") for start, end in moves)
    read = {"": "terraform_data.c.id", "c": "terraform_data.c[*].id"}.get(
        block[:1], "{ for k, v in terraform_data.c : k => v.id }"
    )
    text = f'{blocks}resource "terraform_data" "c" {{\n  {block}\n}}\noutput "o" {{\n  value = {read}\n}}\n'
    assert outputs(text, state).outputs["o"].value == value.encode()


def test_moves_of_modules_and_inside_them() -> None:
    inner = (
        MOVED % ("terraform_data.a", "terraform_data.b")
        + 'resource "terraform_data" "b" {}\noutput "id" {\n  value = terraform_data.b.id\n}\n'
    )
    root = (
        MOVED % ("module.old", "module.new")
        + 'module "new" {\n  source = "./m"\n}\noutput "o" {\n  value = module.new.id\n}\n'
    )
    module = load_module({"main.tf": root.encode(), "m/main.tf": inner.encode()})
    for held in (data("a", module="module.new"), data("b", module="module.old"), data("b", module="module.new")):
        document = read_document(written(state(held)), "state")
        assert compute_outputs(module, {}, document).outputs["o"].value == f'"{held["name"]}"'.encode()


def test_a_move_that_leaves_something_over_is_not_told() -> None:
    text = (
        MOVED % ("terraform_data.a", "terraform_data.c")
        + 'resource "terraform_data" "c" {\n  count = 1\n}\noutput "o" {\n  value = terraform_data.c[*].id\n}\n'
    )
    assert "every instance" in outputs(text, data("a", 0, 1)).untold["o"]
    assert "every instance" in outputs(text.replace("a\n", "x\n"), data("a", 0)).untold["o"]
