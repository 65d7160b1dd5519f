"""Operators, conditionals, functions, templates and loops."""

from __future__ import annotations

import re
from random import Random

from tests.mutants.places import another, replaced, swap
from tests.mutants.registry import Group, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import (
    Binary,
    Call,
    Conditional,
    ForObject,
    ForTuple,
    Literal,
    Template,
    Unary,
)

GROUP = Group("operations")
ALIKE = ({"==", "!="}, {"<", "<=", ">", ">="}, {"+", "-", "*", "/", "%"}, {"&&", "||"})
FUNCTIONS = (
    {"jsonencode", "yamlencode"}, {"lower", "upper", "title", "trimspace"}, {"min", "max"}, {"tolist", "toset", "sort", "distinct"},
    {"keys", "values"}, {"concat", "setunion"}, {"coalesce", "try"}, {"length", "sum"}, {"file", "filebase64", "filemd5"},
    {"one", "tolist"}, {"base64encode", "base64sha256"}, {"merge", "zipmap"}, {"format", "formatlist"},
)  # fmt: skip


def conditional(site: Site, result: Result) -> bool:
    """`a ? b : c`."""
    return isinstance(site.expression, Conditional)


def call(site: Site, result: Result) -> bool:
    """Function calls, but not the words of a type."""
    return isinstance(site.expression, Call) and not (site.top == "variable" and site.name == "type")


def template(site: Site, result: Result) -> bool:
    """Quoted text with something in it."""
    return isinstance(site.expression, Template) and site.text.startswith('"')


def loop(site: Site, result: Result) -> bool:
    """`[for ...]` and `{for ...}`."""
    return isinstance(site.expression, ForTuple | ForObject)


@GROUP.over(expressions, "branches-swapped", "the branches of a conditional changed places", where=conditional)
def branches_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert isinstance(site.expression, Conditional)
    yes, no = site.expression.yes, site.expression.no
    return swap(site.source, (yes.start, yes.end), (no.start, no.end))


@GROUP.over(expressions, "condition-negated", "the condition of a conditional is the opposite", where=conditional)
def negated(site: Site, random: Random, result: Result) -> list[Edit]:
    assert isinstance(site.expression, Conditional)
    condition = site.expression.condition
    return [Edit(condition.start, condition.end, f"!({site.file.text(condition.start, condition.end)})".encode())]


@GROUP.over(expressions, "conditional-decided", "only one branch of a conditional is left", where=conditional)
def decided(site: Site, random: Random, result: Result) -> list[Edit]:
    assert isinstance(site.expression, Conditional)
    branch = random.choice((site.expression.yes, site.expression.no))
    return replaced(site, site.file.text(branch.start, branch.end))


@GROUP.over(expressions, "operator-changed", "an operator is another one")
def operator_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, Binary):
        return None
    alike = next((group for group in ALIKE if node.operator in group), set())
    chosen = another(random, alike, node.operator)
    at = site.source.find(node.operator.encode(), node.left.end, node.right.start)
    return [Edit(at, at + len(node.operator), chosen.encode())] if chosen and at >= 0 else None


@GROUP.over(expressions, "operands-swapped", "the operands of an operator changed places")
def operands_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, Binary) or node.operator in ("==", "!=", "&&", "||", "+", "*"):
        return None
    return swap(site.source, (node.left.start, node.left.end), (node.right.start, node.right.end))


@GROUP.over(expressions, "negation-dropped", "a `!` or `-` is gone")
def negation_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    return replaced(site, site.file.text(node.operand.start, node.operand.end)) if isinstance(node, Unary) else None


@GROUP.over(expressions, "function-changed", "another function is called", where=call)
def function_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert isinstance(site.expression, Call)
    name = site.expression.name
    alike = set().union(*(group for group in FUNCTIONS if name in group)) or {"tostring"}
    chosen = another(random, alike, name)
    start = site.expression.start
    return [Edit(start, start + len(name.encode()), chosen.encode())] if chosen else None


@GROUP.over(expressions, "function-dropped", "a function's argument stands there without the call", where=call)
def function_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert isinstance(site.expression, Call)
    if not site.expression.arguments:
        return None
    chosen = random.choice(site.expression.arguments)
    return replaced(site, site.file.text(chosen.start, chosen.end))


@GROUP.over(expressions, "function-arguments-swapped", "two arguments of a function changed places", where=call)
def arguments_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert isinstance(site.expression, Call)
    if len(site.expression.arguments) < 2:
        return None
    one, two = random.sample(site.expression.arguments, 2)
    return swap(site.source, (one.start, one.end), (two.start, two.end))


@GROUP.over(expressions, "function-argument-dropped", "a function has an argument less", where=call)
def argument_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert isinstance(site.expression, Call)
    parts = [site.file.text(part.start, part.end) for part in site.expression.arguments]
    if len(parts) < 2:
        return None
    del parts[random.randrange(len(parts))]
    return replaced(site, f"{site.expression.name}({', '.join(parts)})")


@GROUP.over(expressions, "function-put-around", "a function is called with what stood there alone")
def put_around(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.top in ("variable", "terraform") or site.name in (
        "depends_on",
        "provider",
        "providers",
        "ignore_changes",
        "from",
        "to",
    ):
        return None
    if not isinstance(site.expression, Call | Template) or site.above:
        return None
    return replaced(site, f"{random.choice(('upper', 'tostring', 'md5', 'try', 'nonsensitive'))}({site.text})")


@GROUP.over(expressions, "template-part-dropped", "a part of a template is gone", where=template)
def part_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    found = list(re.finditer(r"\$\{[^{}]*\}", site.text))
    if not found:
        return None
    chosen = random.choice(found)
    return replaced(site, site.text[: chosen.start()] + site.text[chosen.end() :])


@GROUP.over(expressions, "template-escaped", "a part of a template is only text", where=template)
def escaped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    found = [match.start() for match in re.finditer(r"(?<!\$)\$\{", site.text)]
    if not found:
        return None
    at = random.choice(found)
    return replaced(site, f"{site.text[:at]}${site.text[at:]}")


@GROUP.over(expressions, "template-text-changed", "text in a template has one character more", where=template)
def template_text(site: Site, random: Random, result: Result) -> list[Edit]:
    assert isinstance(site.expression, Template)
    fixed = [part for part in site.expression.parts if isinstance(part, Literal)]
    at = random.choice([site.expression.start + 1, *(part.end for part in fixed)])
    return [Edit(at, at, b"x")]


@GROUP.over(expressions, "template-parts-swapped", "two parts of a template changed places", where=template)
def parts_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    found = list(re.finditer(r"\$\{[^{}]*\}", site.text))
    if len(found) < 2:
        return None
    one, two = random.sample(found, 2)
    base = site.expression.start if site.expression is not None else 0
    raw = [(base + len(site.text[: m.start()].encode()), base + len(site.text[: m.end()].encode())) for m in (one, two)]
    return swap(site.source, raw[0], raw[1])


@GROUP.over(expressions, "loop-condition-dropped", "a `for` takes all items", where=loop)
def condition_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    assert isinstance(node, ForTuple | ForObject)
    if node.condition is None:
        return None
    return [Edit(node.result.end, node.condition.end, b"..." if isinstance(node, ForObject) and node.group else b"")]


@GROUP.over(expressions, "loop-condition-added", "a `for` leaves items out", where=loop)
def condition_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    assert isinstance(node, ForTuple | ForObject)
    if node.condition is not None:
        return None
    return [Edit(node.end - 1, node.end - 1, f' if {node.value} != "x" '.encode())]


@GROUP.over(expressions, "loop-grouped", "a `for` groups its results, or doesn't any more", where=loop)
def grouped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, ForObject):
        return None
    if node.group:
        at = site.source.index(b"...", node.result.end)
        return [Edit(at, at + 3, b"")]
    return [Edit(node.result.end, node.result.end, b"...")]


@GROUP.over(expressions, "loop-names-swapped", "a `for` has key and value the other way round", where=loop)
def names_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    assert isinstance(node, ForTuple | ForObject)
    if not node.key:
        return None
    head = site.file.text(node.start, node.collection.start)
    return [
        Edit(node.start, node.collection.start, re.sub(r"(\w+)(\s*,\s*)(\w+)(\s+in\s)", r"\3\2\1\4", head).encode())
    ]
