"""The result of a conditional: that of the branch taken, of the one type that both branches have.

`c ? 1 : "a"` is text, and `c ? ["a"] : []` a list. The type of the branch that isn't taken counts too, so where its value isn't
known its expression may still tell the type (Terraform's documentation, "Conditional Expressions").
"""

from __future__ import annotations

from tfhoist.configuration.model import Module
from tfhoist.configuration.type_constraints import Type, parse_type
from tfhoist.hcl.expressions import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    Literal,
    Parentheses,
    Template,
    Unary,
    Variable,
)
from tfhoist.values.types import Unknown, Value
from tfhoist.values.unify import NULL, STRING, UNTOLD, Shape, converted, is_text, shape_of, unified

_NUMBER: Shape = ("number",)
_BOOL: Shape = ("bool",)
_OF_CALLS = {
    **dict.fromkeys("abs ceil floor length max min parseint sum tonumber".split(), _NUMBER),
    **dict.fromkeys("alltrue anytrue can contains endswith fileexists startswith strcontains tobool".split(), _BOOL),
    **dict.fromkeys(
        "basename base64encode cidrhost cidrsubnet file format join jsonencode lower md5 replace sha256 substr templatefile title "
        "tostring trim trimprefix trimspace trimsuffix upper".split(),
        STRING,
    ),
}


def taken(chosen: Value, other: Value, expression: Expression, module: Module) -> Value:
    """The value of the branch taken, beside another one of a value and expression; unknown where the type isn't told."""
    if chosen is None or isinstance(chosen, Unknown):
        return chosen
    beside = static_shape(expression, module) if other is None or isinstance(other, Unknown) else shape_of(other)
    if beside == UNTOLD and (isinstance(chosen, str) or (isinstance(chosen, dict) and is_text(chosen))):
        return chosen
    of = unified([shape_of(chosen), beside])
    if isinstance(other, Unknown) and of != shape_of(chosen) and not isinstance(expression, Attr):
        of = None  # a branch that fails has no type
    if of is None:
        return Unknown("a conditional whose branches are of no one type that is told")
    return converted(chosen, of)


def static_shape(expression: Expression, module: Module) -> Shape:
    """The type of an expression whatever its value is; `UNTOLD` where it doesn't show."""
    match expression:
        case Literal(value=None):
            return NULL
        case Literal(value=value):
            return shape_of(value)
        case Parentheses(inner=inner) | Template(parts=(Parentheses(inner=inner),)):
            return static_shape(inner, module)
        case Template():
            return STRING
        case Binary(operator=operator):
            return _NUMBER if operator in "+-*/%" else _BOOL
        case Unary(operator=operator):
            return _NUMBER if operator == "-" else _BOOL
        case Call(name=name):
            return _OF_CALLS.get(name.removeprefix("core::"), UNTOLD)
        case Conditional(yes=yes, no=no):
            return unified([static_shape(yes, module), static_shape(no, module)]) or UNTOLD
        case Attr(target=Variable(name="var"), name=name):
            declaration = module.get(f"var.{name}")
            return UNTOLD if declaration is None else _declared(parse_type(declaration.expression("type")))
    return UNTOLD


def _declared(wanted: Type) -> Shape:
    if wanted.kind in ("string", "number", "bool"):
        return (wanted.kind,)
    if wanted.kind in ("list", "set", "map"):
        inner = _declared(wanted.items[0])
        return UNTOLD if inner == UNTOLD else (wanted.kind, inner)
    if wanted.kind == "tuple":
        return ("tuple", *map(_declared, wanted.items))
    if wanted.kind == "object":
        return ("object", *((name, _declared(of)) for name, of, _, _ in wanted.fields))
    return UNTOLD
