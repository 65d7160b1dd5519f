"""Terraform's value types as states write them beside outputs, and values in JSON that agree with them.

A primitive type is "string", "number", "bool" or "dynamic"; others are tuples: ("list", T), ("set", T), ("map", T),
("tuple", (T, ...)) and ("object", ((name, T), ...)) with the names in order. Source: go-cty's documentation, "JSON serialization".
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeAlias

from tfhoist.state.layout import text
from tfhoist.values.types import number_text

CtyType: TypeAlias = "str | tuple[str, Any]"
Plain: TypeAlias = "str | int | Decimal | bool | None | list[Plain] | dict[str, Plain]"

STRING, NUMBER, BOOL, DYNAMIC = "string", "number", "bool", "dynamic"
PRIMITIVES = (STRING, NUMBER, BOOL)


class TypeProblem(ValueError):
    """Text that is no type, or a value that doesn't agree with its type. The message holds no value."""


def object_of(fields: dict[str, CtyType]) -> CtyType:
    """An object type."""
    return ("object", tuple(sorted(fields.items())))


def parse_type(value: object) -> CtyType:
    """A type from its decoded JSON; raises `TypeProblem`."""
    if isinstance(value, str):
        if value in (*PRIMITIVES, DYNAMIC):
            return value
    elif isinstance(value, list) and len(value) in (2, 3) and isinstance(value[0], str):
        kind, inner = value[0], value[1]
        if kind in ("list", "set", "map") and len(value) == 2:
            return (kind, parse_type(inner))
        if kind == "tuple" and isinstance(inner, list) and len(value) == 2:
            return (kind, tuple(parse_type(item) for item in inner))
        if kind == "object" and isinstance(inner, dict):  # a third element names optional attributes
            return object_of({str(name): parse_type(item) for name, item in inner.items()})
    raise TypeProblem("what stands for its type is no type")


def decode(source: bytes) -> Plain:
    """A JSON value with exact numbers."""
    decoded: Plain = json.loads(source, parse_float=Decimal)
    return decoded


def check_value(value: Plain, type_: CtyType, path: str = "the value") -> None:
    """Raise `TypeProblem` unless a value is one of that type, as Terraform reads it from a state."""
    if isinstance(type_, str):
        _check_primitive(value, type_, path)
        return
    if value is None:
        return
    kind, inner = type_
    if kind in ("list", "set", "tuple"):
        if not isinstance(value, list):
            raise TypeProblem(f"{path} isn't a {kind}")
        if kind == "tuple" and len(inner) != len(value):
            raise TypeProblem(f"{path} has {len(value)} elements, and its type {len(inner)}")
        for position, item in enumerate(value):
            check_value(item, inner[position] if kind == "tuple" else inner, f"{path}[{position}]")
        if kind == "set" and len({_json(item) for item in value}) != len(value):
            raise TypeProblem(f"{path} is a set with equal elements")
        return
    if not isinstance(value, dict):
        raise TypeProblem(f"{path} is no {kind}")
    if kind == "map":
        for name, item in value.items():
            check_value(item, inner, f"{path}[{name!r}]")
        return
    fields = dict(inner)
    if fields.keys() != value.keys():
        raise TypeProblem(f"{path} hasn't the attributes that its type has")
    for name, item in value.items():
        check_value(item, fields[name], f"{path}.{name}")


def _check_primitive(value: Plain, type_: str, path: str) -> None:
    if type_ == DYNAMIC:
        # Terraform writes a value of unknown type as an object of both, and an untyped null as null.
        if value is None:
            return
        if not isinstance(value, dict) or value.keys() != {"value", "type"}:
            raise TypeProblem(f"{path} is dynamic, and doesn't name its type")
        check_value(value["value"], parse_type(value["type"]), path)
        return
    fits = {
        STRING: isinstance(value, str),
        NUMBER: isinstance(value, int | Decimal) and not isinstance(value, bool),
        BOOL: isinstance(value, bool),
    }[type_]
    if value is not None and not fits:
        raise TypeProblem(f"{path} is no {type_}")


def encode_type(type_: CtyType) -> bytes:
    """A type as JSON."""
    if isinstance(type_, str):
        return text(type_)
    kind, inner = type_
    if kind == "tuple":
        inside = b"[" + b",".join(map(encode_type, inner)) + b"]"
    elif kind == "object":
        inside = b"{" + b",".join(text(name) + b":" + encode_type(item) for name, item in sorted(inner)) + b"}"
    else:
        inside = encode_type(inner)
    return b"[" + text(kind) + b"," + inside + b"]"


def encode_value(value: Plain) -> bytes:
    """A value as JSON, the numbers as Terraform prints them and the names in order."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if value is None:
        return b"null"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Decimal):
        return number_text(value).encode()
    if isinstance(value, int):
        return str(value).encode()
    if isinstance(value, list):
        return b"[" + b",".join(map(encode_value, value)) + b"]"
    return b"{" + b",".join(text(name) + b":" + encode_value(value[name]) for name in sorted(value)) + b"}"


def _json(value: Plain) -> bytes:
    return encode_value(value)
