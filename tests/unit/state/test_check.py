"""What Terraform wouldn't read is found before it's written (tests/terraform has Terraform's own word on it)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.state.support import instance, resource, state, written
from tfhoist.state.check import problems
from tfhoist.state.document import read_document
from tfhoist.state.layout import text


def found(**fields: Any) -> tuple[str, ...]:
    return problems(read_document(written({**state(resource("aws_lb.a", instance("1"))), **fields}), "state"))


def test_a_good_state_has_no_problem() -> None:
    assert found() == ()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"resources": [resource("aws_lb.a", instance("1", deposed="abc"))]}, "aws_lb.a: a deposed key"),
        ({"resources": [resource("aws_lb.a", instance("1", status="odd"))]}, "aws_lb.a: the status"),
        ({"resources": [resource("aws_lb.a", instance("1", deps=["module.a"]))]}, "'module.a' among its dependencies"),
        ({"resources": [resource("aws_lb.a", instance("1"), provider="aws")]}, "aws_lb.a: its provider's address"),
        ({"resources": [resource("aws_lb.a", {"schema_version": 0, "attributes": []})]}, "attributes are no object"),
        ({"outputs": {"o": {"value": "secret", "type": "number"}}}, "output o: the value is no number"),
        (
            {"outputs": {"o": {"value": ["secret"], "type": ["tuple", []]}}},
            "output o: the value has 1 elements, and its type 0",
        ),
        ({"outputs": {"o": {"value": {"a": 1}, "type": ["object", {"b": "number"}]}}}, "hasn't the attributes"),
        ({"outputs": {"o": {"value": ["a", "a"], "type": ["set", "string"]}}}, "a set with equal elements"),
        ({"outputs": {"o": {"value": 1, "type": "int"}}}, "is no type"),
        ({"terraform_version": "one"}, "version of Terraform"),
        ({"lineage": ""}, "no lineage"),
    ],
)
def test_each_problem_is_named_without_a_value(fields: dict[str, Any], problem: str) -> None:
    (only,) = found(**fields)
    assert problem in only
    assert "secret" not in only


def test_text_is_escaped_as_go_escapes_it() -> None:
    assert text('<a> & "é"\u2028') == '"\\u003ca\\u003e \\u0026 \\"é\\"\\u2028"'.encode()
