"""Expressions as trees. Offsets are bytes of the file that the expression stands in.

Source of the rules: HashiCorp's "HCL Native Syntax Specification".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec


class Expression(msgspec.Struct, frozen=True):
    """Base of all expressions."""

    start: int
    end: int


class Literal(Expression, frozen=True):
    """A number, bool, null, or text without interpolation."""

    value: str | int | Decimal | bool | None


class Template(Expression, frozen=True):
    """A quoted template or heredoc: its parts are joined as text; a single interpolation passes its value on."""

    parts: tuple[Expression, ...]


class TemplateIf(Expression, frozen=True):
    """`%{ if }` in a template."""

    condition: Expression
    yes: Template
    no: Template


class TemplateFor(Expression, frozen=True):
    """`%{ for }` in a template."""

    key: str
    value: str
    collection: Expression
    body: Template


class Tuple(Expression, frozen=True):
    """`[a, b]`."""

    items: tuple[Expression, ...]


class Object(Expression, frozen=True):
    """`{ a = b }`; a bare name as key is a `Literal`."""

    items: tuple[tuple[Expression, Expression], ...]


class Variable(Expression, frozen=True):
    """The root of a traversal: `var`, `aws_lb`, `each`, a name bound by `for`."""

    name: str


class Attr(Expression, frozen=True):
    """`target.name`."""

    target: Expression
    name: str


class Index(Expression, frozen=True):
    """`target[key]`, also the legacy `target.0`."""

    target: Expression
    key: Expression


class Splat(Expression, frozen=True):
    """`target[*].steps` and the legacy `target.*.steps`; each step is a name, an index expression or a `Nested` splat.

    `mark_end` is the byte behind `[*]`, `ends` those behind the steps. All that follows `[*]` is as of each item, but behind
    `.*` only names and numbers are: an index there is one of the result (specification, "Splat Operators").
    """

    target: Expression
    steps: tuple[str | Expression, ...]
    mark_end: int = 0
    ends: tuple[int, ...] = ()


class Nested(Expression, frozen=True):
    """A splat in the steps of another: `[*].c` in `a[*].b[*].c`, which gives a list for each item of `a`."""

    steps: tuple[str | Expression, ...]
    mark_end: int = 0
    ends: tuple[int, ...] = ()


class Call(Expression, frozen=True):
    """`name(arguments)`; `expand` for a final `...`."""

    name: str
    arguments: tuple[Expression, ...]
    expand: bool


class Unary(Expression, frozen=True):
    """`-a` and `!a`."""

    operator: str
    operand: Expression


class Binary(Expression, frozen=True):
    """`a + b` and the like."""

    operator: str
    left: Expression
    right: Expression


class Conditional(Expression, frozen=True):
    """`a ? b : c`."""

    condition: Expression
    yes: Expression
    no: Expression


class ForTuple(Expression, frozen=True):
    """`[for key, value in collection : result if condition]`; `key` is "" when it isn't named."""

    key: str
    value: str
    collection: Expression
    result: Expression
    condition: Expression | None


class ForObject(Expression, frozen=True):
    """`{for key, value in collection : result_key => result... if condition}`."""

    key: str
    value: str
    collection: Expression
    result_key: Expression
    result: Expression
    condition: Expression | None
    group: bool


class Parentheses(Expression, frozen=True):
    """`(inner)`: an object key in parentheses is an expression, and so on."""

    inner: Expression


LEAVES = (Literal, Variable)
"""The expressions with nothing inside."""


def children(expression: Expression) -> Sequence[Expression]:
    """The expressions directly inside another, in the order of the source."""
    inside = _INSIDE.get(type(expression))
    return inside(expression) if inside is not None else ()


def _in_object(expression: Object) -> list[Expression]:
    return [side for pair in expression.items for side in pair]


def _in_splat(expression: Splat) -> list[Expression]:
    return [expression.target, *(step for step in expression.steps if isinstance(step, Expression))]


def _in_nested(expression: Nested) -> list[Expression]:
    return [step for step in expression.steps if isinstance(step, Expression)]


def _in_for_tuple(expression: ForTuple) -> list[Expression]:
    test = expression.condition
    return [expression.collection, expression.result, *([test] if test is not None else ())]


def _in_for_object(expression: ForObject) -> list[Expression]:
    test = expression.condition
    return [expression.collection, expression.result_key, expression.result, *([test] if test is not None else ())]


_INSIDE: dict[type[Expression], Callable[[Any], Sequence[Expression]]] = {
    Template: attrgetter("parts"),
    Tuple: attrgetter("items"),
    Object: _in_object,
    Attr: lambda attr: (attr.target,),
    Index: attrgetter("target", "key"),
    Splat: _in_splat,
    Nested: _in_nested,
    Call: attrgetter("arguments"),
    Unary: lambda unary: (unary.operand,),
    Binary: attrgetter("left", "right"),
    Conditional: attrgetter("condition", "yes", "no"),
    TemplateIf: attrgetter("condition", "yes", "no"),
    TemplateFor: attrgetter("collection", "body"),
    ForTuple: _in_for_tuple,
    ForObject: _in_for_object,
    Parentheses: lambda parentheses: (parentheses.inner,),
}
"""What is directly inside, by type: files have many expressions, and everybody goes down them."""


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all that is inside it, outermost first, in the order of the source."""
    pending = [expression]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def flat_steps(steps: Sequence[str | Expression]) -> Iterator[str | Expression]:
    """The names and indices of a splat, also those of the splats inside it."""
    for step in steps:
        if isinstance(step, Nested):
            yield from flat_steps(step.steps)
        else:
            yield step
