"""Values of expressions, each tried with `terraform console` 1.11.4."""

from __future__ import annotations

import pytest

from tfhoist.hcl.parser import parse_expression
from tfhoist.values.evaluate import evaluate_constant
from tfhoist.values.types import Unknown, Value


def value(text: str) -> Value:
    """The value of an expression that refers to nothing."""
    source = text.encode()
    return evaluate_constant(parse_expression(source, 0, len(source)))


LISTS = "[{ b = [{ c = [1] }, { c = [2, 3] }] }, { b = [{ c = [4] }] }]"


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        ("[*].b[*].c", (((1,), (2, 3)), ((4,),))),
        ("[*].b[*].c[0]", ((1, 2), (4,))),
        ("[*].b[0].c", ((1,), (4,))),
        ("[*].b.*.c[0]", ((1,), (4,))),
        (".*.b[*]", (({"c": (1,)}, {"c": (2, 3)}), ({"c": (4,)},))),
        (".*.b[1]", ({"c": (4,)},)),
        (".*.b.0.c", ((1,), (4,))),
    ],
)
def test_splats(after: str, wanted: Value) -> None:
    assert value(LISTS + after) == wanted


def test_splats_of_no_list() -> None:
    assert value("null[*].a") == ()
    assert value('{ a = "x" }[*].a') == ("x",)
    assert isinstance(value("[{}][*].a")[0], Unknown)  # type: ignore[index]
