"""Type constraints of variables: parsing, and converting a value as Terraform does on assignment.

Source: Terraform's documentation, "Type Constraints".
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from tfhoist.hcl.expressions import Call, Expression, Literal, Object, Tuple, Variable
from tfhoist.values.types import ListValue, MapValue, Unknown, Value, as_set, has_unknown, to_bool, to_number, to_text
from tfhoist.values.unify import as_list, as_map


class Type(msgspec.Struct, frozen=True):
    """`kind` is string, number, bool, any, list, set, map, object or tuple; what is inside is in `items` or `fields`."""

    kind: str
    items: tuple[Type, ...] = ()
    fields: tuple[tuple[str, Type, bool, Expression | None], ...] = ()  # name, type, optional, default


ANY = Type("any")
STRING = Type("string")


def parse_type(expression: Expression | None) -> Type:
    """The constraint that `type = ...` states; `any` when it's missing or can't be read."""
    match expression:
        case Literal(value=str(text)):
            return {"string": STRING, "list": Type("list", (ANY,)), "map": Type("map", (ANY,))}.get(text, ANY)
        case Variable(name=name):
            if name in ("list", "set", "map"):
                return Type(name, (ANY,))
            return Type(name) if name in ("string", "number", "bool", "any") else ANY
        case Call(name=name, arguments=(inner,)) if name in ("list", "set", "map"):
            return Type(name, (parse_type(inner),))
        case Call(name="tuple", arguments=(Tuple(items=items),)):
            return Type("tuple", tuple(parse_type(item) for item in items))
        case Call(name="object", arguments=(Object(items=pairs),)):
            fields = []
            for key, value in pairs:
                name = str(key.value) if isinstance(key, Literal) else ""
                if isinstance(value, Call) and value.name == "optional" and value.arguments:
                    default = value.arguments[1] if len(value.arguments) > 1 else None
                    fields.append((name, parse_type(value.arguments[0]), True, default))
                else:
                    fields.append((name, parse_type(value), False, None))
            return Type("object", fields=tuple(sorted(fields, key=lambda field: field[0])))
    return ANY


def convert(value: Value, wanted: Type) -> Value:
    """A value as a variable of that type holds it; `Unknown` when Terraform would refuse it."""
    if isinstance(value, Unknown) or value is None or wanted.kind == "any":
        return value
    if wanted.kind in ("string", "number", "bool"):
        return _primitive(value, wanted.kind)
    if wanted.kind in ("list", "set") and isinstance(value, tuple):
        items = tuple(convert(item, wanted.items[0]) for item in value)
        if wanted.kind == "list":
            of_one_type = ListValue(items) if wanted.items[0].kind != "any" else as_list(items)
            return Unknown("a list whose items are of no one type that is told") if of_one_type is None else of_one_type
        ordered = None if has_unknown(items) else as_set(items)
        return Unknown("a set whose items can't be told") if ordered is None else ordered
    if wanted.kind == "tuple" and isinstance(value, tuple) and len(value) == len(wanted.items):
        return tuple(convert(item, inner) for item, inner in zip(value, wanted.items, strict=True))
    if wanted.kind == "map" and isinstance(value, dict):
        pairs = {key: convert(item, wanted.items[0]) for key, item in value.items()}
        of_one = MapValue(pairs) if wanted.items[0].kind != "any" else as_map(pairs)
        return Unknown("a map whose items are of no one type that is told") if of_one is None else of_one
    if wanted.kind == "object" and isinstance(value, dict):
        return _object(value, wanted)
    return Unknown(f"a value that doesn't fit the type {wanted.kind}")


def _primitive(value: Value, kind: str) -> Value:
    converted: str | int | Decimal | bool | None
    if kind == "string":
        converted = to_text(value)
    elif kind == "number":
        converted = to_number(value)
    else:
        converted = to_bool(value)
    return Unknown(f"a value that is no {kind}") if converted is None else converted


def _object(value: dict[str, Value], wanted: Type) -> Value:
    from tfhoist.values.evaluate import evaluate_constant

    result: dict[str, Value] = {}
    for name, inner, optional, default in wanted.fields:
        given = value.get(name)
        if name in value and not (given is None and default is not None):
            result[name] = convert(given, inner)
        elif optional:
            result[name] = convert(evaluate_constant(default), inner) if default is not None else None
        else:
            return Unknown(f"a value without the attribute {name!r}")
    return result
