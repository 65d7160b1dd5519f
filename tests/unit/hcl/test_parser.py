"""The parser: what is read, what is refused, and where."""

from __future__ import annotations

import pytest

from tfhoist.hcl.expressions import (
    Binary,
    Conditional,
    Index,
    Literal,
    Nested,
    Object,
    Splat,
    Template,
    Variable,
    walk,
)
from tfhoist.hcl.parser import ParseError, parse_body, parse_expression
from tfhoist.hcl.syntax import parse_file
from tfhoist.values.evaluate import evaluate_constant


def value(text: str) -> object:
    source = text.encode()
    return evaluate_constant(parse_expression(source, 0, len(source)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("!false && true", True),
        ("1 < 2 == true", True),
        ("5e+2", 500),
        ("-3", -3),
        ('"a${1 + 1}b"', "a2b"),
        ('"${[1, 2]}"', (1, 2)),
        (r'"tab\tquote\" u\u00e9"', 'tab\tquote" ué'),
        ('"$${x} %%{y} $$"', "${x} %{y} $$"),
        ('"$$${x}"', "$${x}"),
        ('{ a = 1, "b" : 2\n (upper("c")) = 3 }', {"a": 1, "b": 2, "C": 3}),
        ('[for k, v in { x = 1, y = 2 } : "${k}${v}" if v > 1]', ("y2",)),
        ('{ for v in ["a", "b", "a"] : v => 1... }', {"a": (1, 1), "b": (1,)}),
        ("true ? 1 : 2", 1),
        ("null", None),
        ("[1, 2, 3][1]", 2),
        ("[{ a = 1 }, { a = 2 }][*].a", (1, 2)),
        ("[{ a = 1 }].0.a", 1),
        ('"%{ if true }yes%{ else }no%{ endif }"', "yes"),
        ('"%{ for x in [1, 2] ~} ${x} %{ endfor ~} !"', "1 2 !"),
        ('"<${~ 1 ~}>  "', "<1>  "),
        ("max([1, 5, 3]...)", 5),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<EOT\n  a\n    b\nEOT", "  a\n    b\n"),
        ("<<-EOT\n    a\n      b\n    EOT", "a\n  b\n"),
        ("<<-EOT\n    a\n\n      b\n    EOT", "a\n\n  b\n"),
        ("<<-EOT\n    ${1}\n      b\n    EOT", "1\n  b\n"),
        ("<<-EOT\n  %{ for x in [1, 2] ~}\n  - ${x}\n  %{ endfor ~}\n  EOT", "  - 1\n  - 2\n"),
        ("<<EOT\nEOT", ""),
        ("<<EOT\nEOTX\nEOT", "EOTX\n"),
        ('<<EOT\n"quotes" and \\n stay\nEOT', '"quotes" and \\n stay\n'),
    ],
)
def test_heredocs(text: str, expected: str) -> None:
    assert value(text) == expected


def test_ranges_are_bytes() -> None:
    source = 'a = "é"\nb = aws_x.y[0].z\n'.encode()
    body = parse_body(source, 0, len(source))
    second = body.attributes[1]
    assert source[second.value_start : second.value_end] == b"aws_x.y[0].z"
    assert isinstance(second.expression, type(parse_expression(b"a.b", 0, 3)))


def test_trees() -> None:
    text = b"a.b.*.c[0]"
    tree = parse_expression(text, 0, len(text))
    assert isinstance(tree, Index)
    assert isinstance(tree.target, Splat)
    assert tree.target.steps == ("c",)
    full = parse_expression(b"a[*].b[0].c", 0, 11)
    assert isinstance(full, Splat)
    assert len(full.steps) == 3
    condition = parse_expression(b"a ? b : c ? d : e", 0, 17)
    assert isinstance(condition, Conditional)
    assert isinstance(condition.no, Conditional)
    assert isinstance(parse_expression(b"1 == 2 || x", 0, 11), Binary)
    bare = parse_expression(b"{ fore = 1 }", 0, 12)
    assert isinstance(bare, Object)
    assert bare.items[0][0] == Literal(2, 6, "fore")


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("a = 1 b = 2\n", 1, "expected a new line after an argument"),
        ('a = "x\ny"\n', 1, "quoted text can't go over several lines"),
        ("x { a = 1, b = 2 }\n", 1, "expected an argument or a block"),
        ("x { a = 1 b = 2 }\n", 1, "one argument at most"),
        ("a = [1 2]\n", 1, "expected ']'"),
        ("a = { b = 1 c = 2 }\n", 1, "expected ',' or a new line"),
        ("a = 1\na = 2\n", 2, "already set"),
        ("x {\n", 1, "isn't closed"),
        ("}\n", 1, "without its '{'"),
        ("a =\n  1\n", 1, "expected an expression"),
        ("a = 1\n  + 2\n", 2, "expected an argument or a block"),
        ("a = <<EOT\nx\n", 3, "isn't closed"),
        ('a = "%{ if x }"\n', 1, "without %{ endif }"),
        ("a = f(1\n", 2, "to close the call"),
        ("a = 1 +\n", 1, "expected an expression"),
        ("x {} y {}\n", 1, "expected a new line after a block"),
        ('x "${a}" {}\n', 1, "can't be a template"),
    ],
)
def test_refuses_what_terraform_refuses(source: str, line: int, message: str) -> None:
    file = parse_file("main.tf", source.encode())
    assert len(file.diagnostics) == 1
    problem = file.diagnostics[0]
    assert message in problem.summary
    assert problem.range is not None
    assert problem.range.start_line == line
    assert not file.body.blocks


def test_accepts_what_terraform_accepts() -> None:
    source = b"""# comment \xff in a comment
x { a = 1 }
y {}
z "label" other {
  list = [
    1, # one
    2,
  ]
  object = {
    a = 1
    "b" : 2, c = 3
  }
  call = f(
    1,
    2
  )
  long = (
    1
    + 2
  )
  condition = true ? 1 : 2 // end
}
"""
    file = parse_file("main.tf", source)
    assert not file.diagnostics
    assert [block.type for block in file.body.blocks] == ["x", "y", "z"]
    assert file.body.blocks[2].labels == ("label", "other")


def test_crlf_and_byte_order_mark() -> None:
    file = parse_file("main.tf", b"\xef\xbb\xbfx {\r\n  a = 1\r\n  b = [\r\n    2\r\n  ]\r\n}\r\n")
    assert not file.diagnostics
    assert [attribute.name for attribute in file.body.blocks[0].body.attributes] == ["a", "b"]


def test_invalid_utf8() -> None:
    file = parse_file("main.tf", b'a = 1\nb = "\xff"\n')
    assert file.diagnostics[0].summary == "invalid UTF-8"
    assert file.diagnostics[0].range is not None
    assert file.diagnostics[0].range.start_line == 2
    assert parse_file("main.tf", "a = 1".encode("utf-16")).diagnostics[0].summary == "UTF-16 text"


@pytest.mark.parametrize("opening", ["[", "(", "{ a = ", "-", "f(", '"${'])
def test_deep_nesting_is_refused_and_quick(opening: str) -> None:
    file = parse_file("main.tf", ("a = " + opening * 20_000).encode())
    assert "levels deep" in file.diagnostics[0].summary


def test_blocks_nest_as_deep_as_expressions() -> None:
    for depth, wanted in ((400, []), (20_000, ["nested more than 400 levels deep"])):
        file = parse_file("main.tf", b"x {\n" * depth + b"}\n" * depth)
        assert [diagnostic.summary for diagnostic in file.diagnostics] == wanted


@pytest.mark.parametrize("link", [" + 1", " && true", ".b", "[0]", "[0].0", ".*[0]"])
def test_long_chains_are_refused_and_quick(link: str) -> None:
    for length, wanted in ((300, []), (100_000, ["an expression of more than 1000 levels"])):
        file = parse_file("main.tf", f"a = b{link * length}".encode())
        assert [diagnostic.summary for diagnostic in file.diagnostics] == wanted


def test_splats_inside_splats_are_of_each_item() -> None:
    text = b"a[*].b[*].c"
    tree = parse_expression(text, 0, len(text))
    assert isinstance(tree, Splat)
    assert tree.target == Variable(0, 1, "a")
    assert tree.steps == ("b", Nested(6, 11, ("c",), 9, (11,)))
    text = b"a[*].b.*.c[0]"
    tree = parse_expression(text, 0, len(text))
    assert isinstance(tree, Splat)
    assert tree.steps[1:] == (Nested(6, 10, ("c",), 8, (10,)), Literal(11, 12, 0))
    text = b"a.*.b[*].c"
    tree = parse_expression(text, 0, len(text))
    assert isinstance(tree, Splat)
    assert isinstance(tree.target, Splat)
    with pytest.raises(ParseError, match="expected an attribute's name"):
        parse_expression(b"a.*.b.*.c", 0, 9)
    found = {one.root: one for one in parse_file("main.tf", b"a = b[*].c[*].d[e.f]").references}
    assert [step.kind for step in found["b"].steps] == ["splat", "attribute", "splat", "attribute", "index"]
    assert "e" in found


def test_splats_inside_splats_have_a_limit() -> None:
    for length, wanted in ((300, []), (100_000, ["nested more than 400 levels deep"])):
        file = parse_file("main.tf", f"a = b{'[*]' * length}".encode())
        assert [diagnostic.summary for diagnostic in file.diagnostics] == wanted


def test_a_splat_has_any_number_of_steps() -> None:
    file = parse_file("main.tf", b"a = b[*]" + b"[0].c" * 20_000)
    assert len(file.references[0].steps) == 40_001


def test_walk_visits_everything() -> None:
    text = b'{ a = [1, f(x.y[z], "t${u}")], b = v ? -w : [for i in j : k if l] }'
    names = {node.name for node in walk(parse_expression(text, 0, len(text))) if hasattr(node, "name")}
    assert {"x", "y", "z", "u", "v", "w", "j", "k", "l", "f"} <= names


def test_parse_error_has_an_offset() -> None:
    with pytest.raises(ParseError) as caught:
        parse_expression(b"a +", 0, 3)
    assert caught.value.offset == 3


def test_single_interpolation_is_a_template() -> None:
    assert isinstance(parse_expression(b'"${x}"', 0, 6), Template)


REFUSED = [
    "{\n x = 1\n , y = 2\n}", "{\n x = 1 # c\n , y = 2\n}", "{\n x = 1\n\n,\n}", "{\n x =\n 1\n}", "{\n x\n = 1\n}",
    "{\n x = <<E\ny\nE\n, z = 1\n}", "[{\n b = 1\n, c = 2 }]", "{ x = 1 y = 2 }", "{,}", "{ x = 1,, y = 2 }", "{ for = 1 }",
    "[1 2]", "[1\n2]", "[,]", "[1,,2]", "f(1 2)", "f(,)", "f(1...,)", "f(1..., 2)", "1 +", "{\n x = 1\n + 2\n}", "a.0.1", "a.*.0.1",
    "1.2.3", "a::b", '"\\uD800"', "a.*.b.*", "a ? b", "[for x in y : x => x]", "{ for x in y : x }",
]  # fmt: skip
READ = [
    "{\n x = 1,\n y = 2,\n}", "{ x = 1, y = 2, }", "{\n x = (\n1\n)\n}", "{ x = [\n1\n,\n2\n]\n y : f(\n1\n,\n2\n) }", "[\n1\n,2,\n]",
    "f(1,)", "f(1...\n)", "f (1)", "[f\n(1)]", "(1\n+\n2)", "a.0.b", "a.*.b.0", "a[*].*", "{\n x = <<E\ny\nE\n z = 1\n}",
    "{ for k, v in x\n : k =>\n v ...\n if\n c\n}", "{\r\n x = 1\r\n y = 2\r\n}", "{ x = 1 /* c */ , y = 2 }",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_terraform_refuses_is_refused(text: str) -> None:
    assert parse_file("main.tf", f"a = {text}\n".encode()).diagnostics


@pytest.mark.parametrize("text", READ)
def test_what_terraform_reads_is_read(text: str) -> None:
    assert not parse_file("main.tf", f"a = {text}\n".encode()).diagnostics
