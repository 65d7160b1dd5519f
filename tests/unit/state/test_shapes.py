"""Shapes of states that older and newer versions of Terraform write."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.state.support import AWS, OTHER_LINEAGE, Number, instance, resource, state, written
from tfhoist.state.check import problems
from tfhoist.state.document import empty_document, read_document, render
from tfhoist.state.moves import Move
from tfhoist.state.surgery import move, reverse

SHAPES: dict[str, dict[str, Any]] = {
    "nothing in it": state(),
    "each, and a provider without its source": state(
        resource("null_resource.a", instance("1", key=0), instance("2", key=1), provider="provider.null", each="list"),
        resource("null_resource.b", instance("3", key="k"), provider="module.m.provider.null.east", each="map"),
        terraform_version="0.12.31",
    ),
    "depends_on of early versions": state(resource("null_resource.a", instance("1", depends_on=["null_resource.b"]))),
    "attributes as flat text": state(
        resource("null_resource.a", {"schema_version": 0, "attributes_flat": {"id": "1", "tags.%": "1", "tags.a": "b"}})
    ),
    "a resource without instances": state(resource("null_resource.a")),
    "deposed without a current one": state(resource("null_resource.a", instance("1", deposed="00c0ffee"))),
    "create before destroy, tainted": state(
        resource("null_resource.a", instance("1", status="tainted", create_before_destroy=True, deps=["null_resource.b"]))
    ),
    "identities and a schema version of them": state(
        resource("aws_lb.a", instance("1", identity_schema_version=1, identity={"arn": "x", "n": Number("1.50")}))
    ),
    "sensitive paths": state(
        resource("aws_lb.a", {
            "schema_version": 2,
            "attributes": {"id": "1", "list": [{"password": "p"}]},
            "sensitive_attributes": [[
                {"type": "get_attr", "value": "list"},
                {"type": "index", "value": {"value": Number("0"), "type": "number"}},
                {"type": "get_attr", "value": "password"},
            ]],
            "private": "eyJzY2hlbWFfdmVyc2lvbiI6IjIifQ==",
        })
    ),
    "checks": state(
        resource("aws_lb.a", instance("1")),
        check_results=[{
            "object_kind": "resource", "config_addr": "aws_lb.a", "status": "fail",
            "objects": [{"object_addr": 'aws_lb.a["<k>"]', "status": "fail", "failure_messages": ["a < b & c"]}],
        }],
    ),
    "a later version": state(
        resource("aws_lb.a", instance("1", later={"a": [Number("1e+05")]}), later="x"), terraform_version="2.7.0", later=[{}, []],
    ),
    "no terraform_version, no check_results": {
        "version": 4, "serial": 1, "lineage": "x", "outputs": {"o": {"value": [], "type": ["tuple", []], "later": 1}},
        "resources": [resource("aws_lb.a", instance("1"))],
    },
    "no outputs": {"version": 4, "terraform_version": "1.1.0", "serial": 1, "lineage": "x", "outputs": None, "resources": None},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_kept_and_moves_there_and_back(shape: str) -> None:
    source = written(SHAPES[shape])
    document = read_document(source, shape)
    assert render(document) == source
    assert problems(document) == ()
    empty = empty_document(OTHER_LINEAGE, "1.11.4")
    moves = [Move(one.address, f"module.dp.{one.address}") for one in document.resources if one.instances]
    surgery = move(document, empty, moves, providers={AWS: f"{AWS}.dp"})
    for side in (surgery.source, surgery.destination):
        assert problems(read_document(render(side), shape)) == ()
    home = reverse(
        surgery.inverse, surgery.source, surgery.destination, source_serial=document.serial, destination_serial=0
    )
    assert render(home.source) == source
    assert render(home.destination) == render(empty)


def test_each_follows_the_kind_of_the_key() -> None:
    source = read_document(written(SHAPES["each, and a provider without its source"]), "old")
    surgery = move(source, empty_document(OTHER_LINEAGE, "1.0.0"), [Move("null_resource.a[1]", 'null_resource.a["x"]')])
    assert b'"each": "map"' in render(surgery.destination)
    home = reverse(
        surgery.inverse, surgery.source, surgery.destination, source_serial=source.serial, destination_serial=0
    )
    assert render(home.source) == render(source)
