"""Types of values, and what values of several types become where one type is needed.

Both results of a conditional, the items of a list and the arguments of `coalesce` come to one type: a number or bool beside
text becomes text, a tuple a list, an object a map (Terraform's documentation, "Types and Values", and tried with 1.11). What
has no common type, or one that isn't told here, is None: Terraform refuses it, or nobody should guess.
"""

from __future__ import annotations

from typing import Any

from tfhoist.values.types import ListValue, MapValue, SetValue, Unknown, Value, to_text

Shape = tuple[Any, ...]
"""A kind, and what is inside: `("list", shape)`, `("tuple", shape...)`, `("object", (name, shape)...)`; "" is not known."""

NULL: Shape = ("null",)
UNTOLD: Shape = ("",)
STRING: Shape = ("string",)
_PRIMITIVES = frozenset({("string",), ("number",), ("bool",)})


def shape_of(value: Value) -> Shape:
    """The type of a value; an empty list, set or map doesn't tell what it's of."""
    if value is None:
        return NULL
    if isinstance(value, Unknown):
        return UNTOLD
    if isinstance(value, bool):
        return ("bool",)
    if isinstance(value, str):
        return STRING
    if isinstance(value, ListValue | SetValue):
        return ("list" if isinstance(value, ListValue) else "set", _inner(value))
    if isinstance(value, tuple):
        return ("tuple", *map(shape_of, value))
    if isinstance(value, MapValue):
        return ("map", _inner(tuple(value.values())))
    if isinstance(value, dict):
        return ("object", *((name, shape_of(value[name])) for name in sorted(value)))
    return ("number",)


def _inner(items: tuple[Value, ...]) -> Shape:
    return unified([shape_of(item) for item in items]) or UNTOLD if items else UNTOLD


def unified(shapes: list[Shape]) -> Shape | None:
    """The one type of values of these types; None where there's none, or it isn't told."""
    distinct = list(dict.fromkeys(shape for shape in shapes if shape != NULL))
    if not distinct:
        return NULL
    if len(distinct) == 1:
        return distinct[0]
    kinds = {shape[0] for shape in distinct}
    if "" in kinds:
        # what isn't known may be a number, bool or text: only text stays as it is beside each of them
        return STRING if kinds == {"", "string"} else None
    if set(distinct) <= _PRIMITIVES:
        return STRING if STRING in distinct else None
    if kinds == {"tuple"} and len({len(shape) for shape in distinct}) == 1:
        items = [unified(list(column)) for column in zip(*(shape[1:] for shape in distinct), strict=True)]
        return None if None in items else ("tuple", *items)
    if kinds <= {"tuple", "list"}:
        return _of_one("list", [inner for shape in distinct for inner in shape[1:]])
    if kinds == {"object"} and len({tuple(name for name, _ in shape[1:]) for shape in distinct}) == 1:
        names = [name for name, _ in distinct[0][1:]]
        fields = [unified([shape[number][1] for shape in distinct]) for number in range(1, len(names) + 1)]
        return None if None in fields else ("object", *zip(names, fields, strict=True))
    if kinds <= {"object", "map"}:
        inner = [
            part for shape in distinct for part in (shape[1:] if shape[0] == "map" else [of for _, of in shape[1:]])
        ]
        return _of_one("map", inner)
    return None


def _of_one(kind: str, inner: list[Shape]) -> Shape | None:
    of = unified(inner)
    return None if of is None else (kind, of)


def converted(value: Value, wanted: Shape) -> Value:
    """A value as one of a type that `unified` gave for it and others."""
    if value is None or isinstance(value, Unknown) or wanted[0] in ("", "null"):
        return value
    kind, *inner = wanted
    if kind == "string":
        return to_text(value)
    if kind == "list" and isinstance(value, tuple):
        return ListValue(converted(item, inner[0]) for item in value)
    if kind == "tuple" and isinstance(value, tuple):
        return tuple(converted(item, of) for item, of in zip(value, inner, strict=True))
    if kind == "map" and isinstance(value, dict):
        return MapValue((key, converted(item, inner[0])) for key, item in value.items())
    if kind == "object" and isinstance(value, dict):
        return {name: converted(value[name], of) for name, of in inner}
    return value


def as_list(values: tuple[Value, ...]) -> ListValue | None:
    """The items as a list holds them; None where they have no one type that is told."""
    if isinstance(values, ListValue | SetValue):
        return ListValue(values)
    of = unified([shape_of(item) for item in values])
    return None if of is None else ListValue(converted(item, of) for item in values)


def as_map(values: dict[str, Value]) -> MapValue | None:
    """The items as a map holds them; None where they have no one type that is told."""
    if isinstance(values, MapValue):
        return values
    of = unified([shape_of(item) for item in values.values()])
    return None if of is None else MapValue((key, converted(item, of)) for key, item in values.items())


def is_text(value: Value) -> bool:
    """Whether all that a value holds is text: it's the same value as whatever type of primitives."""
    pending: list[Value] = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, SetValue):
            return False
        if isinstance(current, tuple):
            pending.extend(current)
        elif isinstance(current, dict):
            pending.extend(current.values())
        elif not isinstance(current, str):
            return False
    return True
