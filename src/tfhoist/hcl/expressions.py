"""Expressions as trees. Offsets are bytes of the file that the expression stands in.

Source of the rules: HashiCorp's "HCL Native Syntax Specification".
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

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
    """`target[*].steps` and the legacy `target.*.steps`; each step is a name or an index expression.

    `mark_end` is the byte behind `[*]`, `ends` those behind the steps.
    """

    target: Expression
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


def children(expression: Expression) -> Iterator[Expression]:
    """The expressions directly inside another."""
    match expression:
        case Template(parts=parts):
            yield from parts
        case Tuple(items=items):
            yield from items
        case Object(items=pairs):
            for key, value in pairs:
                yield key
                yield value
        case Attr(target=target):
            yield target
        case Index(target=target, key=key):
            yield target
            yield key
        case Splat(target=target, steps=steps):
            yield target
            yield from (step for step in steps if isinstance(step, Expression))
        case Call(arguments=arguments):
            yield from arguments
        case Unary(operand=operand):
            yield operand
        case Binary(left=left, right=right):
            yield left
            yield right
        case Conditional(condition=condition, yes=yes, no=no):
            yield condition
            yield yes
            yield no
        case TemplateIf(condition=condition, yes=body, no=other):
            yield condition
            yield body
            yield other
        case TemplateFor(collection=collection, body=body):
            yield collection
            yield body
        case ForTuple(collection=collection, result=result, condition=test):
            yield collection
            yield result
            if test is not None:
                yield test
        case ForObject(collection=collection, result_key=key, result=result, condition=test):
            yield collection
            yield key
            yield result
            if test is not None:
                yield test
        case Parentheses(inner=inner):
            yield inner


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all that is inside it, outermost first, in the order of the source."""
    pending = [expression]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(children(current))))
