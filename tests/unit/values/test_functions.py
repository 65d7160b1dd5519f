"""Functions, each call tried with `terraform console` 1.11.4."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.values.test_evaluate import value
from tfhoist.values.types import Unknown, Value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('basename("/a/b/")', "b"), ('basename("")', "."), ('basename("/")', "/"), ('split(",", "")', ("",)),
        ('split(",", "a,b,,c")', ("a", "b", "", "c")), ('substr("hello", -3, 2)', "ll"), ('substr("hello", -9, 2)', "he"),
        ('substr("hello", 1, -1)', "ello"), ('substr("hello", 1, 99)', "ello"), ('substr("ab", -1, 0)', "b"),
        ('title("it\'s a-b_c d.e")', "It\'S A-B_c D.E"), ('title("a\\tb1 1c")', "A\\tB1 1c".replace("\\t", "\t")),
        ('lower("ΑΣ")', "ασ"), ('trimspace("\\u0085a\\u001c")', "a\x1c"), ('length("é")', 1), ('length("e\\u0301")', 1),
        ('format("%05d", -3)', "-0003"), ('format("%05s", "ab")', "000ab"), ('format("%5v|", true)', " true|"),
        ('join(",", [1, "a", true])', "1,a,true"), ('join("-", ["a"], ["b"])', "a-b"), ('startswith("e\\u0301x", "e")', False),
        ('jsonencode("<&>\\u2028")', '"\\u003c\\u0026\\u003e\\u2028"'), ("jsonencode(0.0000001)", "0.0000001"),
        ('jsonencode({ b = 1, a = [null] })', '{"a":[null],"b":1}'), ("jsonencode(-0)", "-0"),
    ],
)  # fmt: skip
def test_text(text: str, wanted: Value) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('tolist(["a", 1, true])', ("a", "1", "true")),
        ("tolist([[1], [\"a\"]])", (("1",), ("a",))), ('tomap({ a = 1, b = "x" })', {"a": "1", "b": "x"}),
        ('toset([2, 10, "a"])', ("10", "2", "a")), ('distinct([1, "1"])', ("1",)), ('compact([1, "", null, 0])', ("1", "0")),
        ('coalesce("", null, "a")', "a"), ('coalesce(1, "a")', "1"),
        ("coalesce(null, 1)", 1), ('lookup({ a = 1 }, "b", "x")', "x"),
        ('lookup(tomap({ a = "x" }), "b", 2)', "2"), ('setintersection([1, 2], ["1"])', ("1",)),
        ("range(4, 1)", (4, 3, 2)), ("range(-3)", (0, -1, -2)),
        ("range(0)", ()), ('concat(tolist([1]), tolist(["a"]))', ("1", "a")),
        ('concat([1], ["a"])', (1, "a")), ('element(["a", "b"], 5)', "b"),
        ('slice(["a", "b", "c"], 1, 2)', ("b",)),
        ('index(["a", "b"], "b")', 1), ('zipmap(["b", "a"], [1, 2])', {"a": 2, "b": 1}),
        ('reverse([1, "a"])', ("a", 1)), ('flatten([["a"], [["b"]], "c"])', ("a", "b", "c")), ("sum([1, 0.5])", Decimal("1.5")),
        ('contains([1], "1")', False), ('cidrsubnet("10.1.2.3/8", 8, 2)', "10.2.0.0/16"),
        ('cidrsubnet("2001:db8::/32", 16, 1)', "2001:db8:1::/48"),
    ],
)  # fmt: skip
def test_collections_and_numbers(text: str, wanted: Value) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        'slice(["a"], -1, 1)', 'slice(["a"], 0, 9)', 'slice(["a"], 0.5, 1)',
        'slice(toset(["a"]), 0, 1)', 'element(["a"], -1)', 'element(["a"], 0.5)',
        'element(toset(["a"]), 0)', 'index(toset(["a"]), "a")', "tolist([1, true])",
        "tolist([[1], {}])", "tomap({ a = 1, b = [1] })", "toset([[2], [1]])",
        'coalesce(["a"], "a")', "coalesce(1, true)", 'lookup(tomap({ a = 1 }), "b", "x")',
        'lookup(tomap({ a = 1 }), "a", "x")', "setsubtract([1])",
        'concat(toset(["a"]), ["b"])', "concat()", "range(0, 5, -1)", "range(0, 1, 0)",
        "range(1025)", 'format("%d", 1.5)', 'format("%v", 1000000000000000000000)',
        'format("%3s", "👨‍👩‍👧")', 'length("👨‍👩‍👧")', 'title("é")',
        'upper("ß")', 'lower("İ")', 'substr("a\\r\\nb", 1, 1)', 'formatlist([], [])',
        'cidrsubnet("10.0.0.0/255.0.0.0", 8, 1)', 'cidrsubnet("10.0.0.0/8", 1.5, 1)',
        'cidrsubnet("::ffff:10.0.0.0/104", 8, 1)', "contains([null], null)",
        'cidrsubnet("fe80::%eth0/64", 8, 1)', "sum([0.1, 0.2])", "sum([])",
        'jsondecode("\\"\\\\ud800\\"")', 'zipmap([1, true], ["a", "b"])', "ceil(-0.5)",
    ],
)  # fmt: skip
def test_what_isnt_told_or_fails(text: str) -> None:
    assert isinstance(value(text), Unknown)
