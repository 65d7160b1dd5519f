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
