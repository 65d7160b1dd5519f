"""Blocks as they're written, brought to terms without resolving a name: for declarations, addresses and settings."""

from __future__ import annotations

from tfhoist.configuration.model import Declaration
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    Index,
    Literal,
    Nested,
    Object,
    Parentheses,
    Splat,
    Template,
    Tuple,
    Unary,
    Variable,
    children,
)
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms


def plain_body(
    terms: Terms, body: Body, without: frozenset[str] = frozenset(), *, only: str = "", renamed: str = ""
) -> Term:
    """A body's arguments and blocks. `var.<renamed>x` is read as `var.x`."""
    parts: list[object] = []
    for attribute in sorted(body.attributes, key=lambda attribute: attribute.name):
        if attribute.name not in without and (not only or attribute.name == only):
            parts += [attribute.name, plain(terms, attribute.expression, renamed)]
    if only:
        return terms.make("body", *parts)
    by_type: dict[str, list[Term]] = {}
    for block in body.blocks:
        inner = plain_body(terms, block.body, renamed=renamed)
        by_type.setdefault(block.type, []).append(terms.make("block", ".".join(block.labels), inner))
    for kind in sorted(by_type):
        parts += [kind, terms.make("blocks", *by_type[kind])]
    return terms.make("body", *parts)


def plain(terms: Terms, expression: Expression, renamed: str = "") -> Term:
    """An expression with its names as they are."""

    def inner(part: Expression) -> Term:
        return plain(terms, part, renamed)

    match expression:
        case Literal(value=value):
            return terms.constant(value)
        case Parentheses(inner=part):
            return inner(part)
        case Template(parts=(Parentheses(inner=part),)):
            return inner(part)
        case Template(parts=parts):
            return terms.template(map(inner, parts))
        case Tuple(items=items):
            return terms.make("tuple", *map(inner, items))
        case Object(items=pairs):
            return terms.object([(inner(key), inner(value)) for key, value in pairs])
        case Variable(name=name):
            return terms.make("name", name)
        case Attr(target=Variable(name="var"), name=name) if renamed and name.startswith(renamed):
            return terms.make("index", terms.make("name", "var"), terms.text(name.removeprefix(renamed)))
        case Attr(target=target, name=name):
            return terms.make("index", inner(target), terms.text(name))
        case Index(target=target, key=key):
            return terms.make("index", inner(target), inner(key))
        case Splat(target=target, steps=steps):
            return terms.make(
                "splat", inner(target), *[terms.text(s) if isinstance(s, str) else inner(s) for s in steps]
            )
        case Nested(steps=steps):
            return terms.make("each", *[terms.text(s) if isinstance(s, str) else inner(s) for s in steps])
        case Call(name=name, arguments=arguments, expand=expand):
            return terms.make("call", name, "expand" if expand else "", *map(inner, arguments))
        case Unary(operator=operator, operand=operand):
            return terms.make("unary", operator, inner(operand))
        case Binary(operator=operator, left=left, right=right):
            return terms.make("binary", operator, inner(left), inner(right))
        case Conditional(condition=condition, yes=yes, no=no):
            return terms.make("conditional", inner(condition), inner(yes), inner(no))
    names = [str(getattr(expression, field, "")) for field in ("key", "value", "group")]
    return terms.make("written", type(expression).__name__, *names, *map(inner, children(expression)))


def variable_term(terms: Terms, declaration: Declaration, renamed: str = "") -> Term:
    """What a variable's declaration says, without its description; names that begin with `renamed` are read without it."""
    if declaration.json:
        return terms.make("name", declaration.file.source.decode("utf-8", "replace"))
    term = plain_body(terms, declaration.body, frozenset({"description"}), renamed=renamed)
    if declaration.literal("sensitive") is not True:
        return term
    parts = list(term.parts)
    if "default" in parts[::2]:
        parts[parts.index("default") + 1] = terms.sensitive(parts[parts.index("default") + 1])
    return terms.make("body", *parts)
