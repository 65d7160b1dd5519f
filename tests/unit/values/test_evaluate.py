"""Values of expressions, each tried with `terraform console` 1.11.4."""

from __future__ import annotations

from decimal import Decimal

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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('false ? "a" : 1', "1"),
        ("true ? 1 : null", 1),
        ('true ? ["a", 1] : []', ("a", "1")),
        ('true ? { a = 1 } : { b = "x" }', {"a": "1"}),
        ("false ? [1] : [2, 3]", (2, 3)),
        ('true ? tolist(["a"]) : [1]', ("a",)),
        ('true ? tomap({ a = 1 }) : { b = "x" }', {"a": "1"}),
    ],
)
def test_the_branches_of_a_conditional_come_to_one_type(text: str, wanted: Value) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text", ["true ? 1 : true", "true ? [1] : {}", 'true ? { a = 1 } : "a"', "true ? 1 : var.x", "true ? [1] : var.x"]
)
def test_a_conditional_of_no_one_type_isnt_known(text: str) -> None:
    assert isinstance(value(text), Unknown)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('1 == "1"', False), ('true == "true"', False), ("null == null", True), ('null == ""', False), ("1 == 1.0", True),
        ("[1] == [2]", False), ('tolist(["a"]) == tolist(["a"])', True), ('toset(["a", "b"]) == toset(["b", "a"])', True),
        ("{ a = 1 } == { a = 2 }", False), ("0 == -0", True), ('"e\\u0301" == "\\u00e9"', True),
    ],
)  # fmt: skip
def test_equality(text: str, wanted: Value) -> None:
    assert value(text) is wanted


@pytest.mark.parametrize(
    "text", ['tolist(["a"]) == ["a"]', 'toset(["a"]) == ["a"]', "tomap({ a = 1 }) == { a = 1 }", "[] == tolist([])"]
)
def test_equal_items_of_collections_whose_kinds_may_differ_arent_known_to_be_equal(text: str) -> None:
    assert value(text) is False or isinstance(value(text), Unknown)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("7 % 3", 1), ("-7 % 3", -1), ("7 % -3", 1), ("10 / 4", Decimal("2.5")), ("0.5 + 0.25", Decimal("0.75")),
        ("123456789012345678901234567890 + 1", 123456789012345678901234567891), ('"2" * "3"', 6), ('"${-0}x"', "-0x"),
        ('"true" && true', True), ('!"false"', True),
    ],
)  # fmt: skip
def test_arithmetic(text: str, wanted: Value) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text", ["1 / 3", "0.1 + 0.2", "1 / 0", "0 * -1", "true + 1", 'false && "x"', "true || 1", "-null"]
)
def test_what_arithmetic_doesnt_tell(text: str) -> None:
    assert isinstance(value(text), Unknown)


def test_two_items_of_a_for_with_one_key_are_an_error() -> None:
    assert isinstance(value('{ for x in ["a", "a"] : x => 1 }'), Unknown)
    assert value('{ for i, x in ["a", "b", "a"] : x => i... }') == {"a": (0, 2), "b": (1,)}
    assert isinstance(value('[for x in [] : x if "a"]'), Unknown)


def test_a_set_has_no_positions() -> None:
    assert isinstance(value('toset(["a"])[0]'), Unknown)
    assert value('[for k, v in toset(["b", "a"]) : k]') == ("a", "b")


def test_try_of_what_fails_in_part_isnt_known() -> None:
    assert isinstance(value('try("${length([for x in ["a"] : x + 1])}", "b")'), Unknown)
    assert value('try({ a = 1 }.b, "x")') == "x"
