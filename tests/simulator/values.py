"""Values as Terraform sends them: msgpack, with unknown values as extensions.

They stay what msgpack makes of them (numbers that don't fit are text, sets are lists): the provider passes nearly all of
them on as they came, and so changes none.
"""

from __future__ import annotations

import json
from typing import Any

import msgpack

Value = Any

# Unknown, and nothing else said about it. Terraform also sends refined ones (extension 12): those are passed on.
UNKNOWN = msgpack.ExtType(0, b"\x00")


def is_unknown(value: Value) -> bool:
    """Whether the value itself is unknown."""
    return isinstance(value, msgpack.ExtType)


def has_unknown(value: Value) -> bool:
    """Whether anything in the value is unknown."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return is_unknown(value)


def is_empty(value: Value) -> bool:
    """Null, or what the provider's SDK can't tell from null: "", 0, false, no elements."""
    return value is None or (not is_unknown(value) and not value)


def unpack(data: bytes) -> Value:
    """A value from msgpack."""
    return msgpack.unpackb(data, raw=False, strict_map_key=False) if data else None


def pack(value: Value) -> bytes:
    """A value as msgpack."""
    packed = msgpack.packb(value, use_bin_type=True, default=_large)
    assert isinstance(packed, bytes)
    return packed


def _large(value: object) -> object:
    if isinstance(value, int):
        return str(value)  # more than 64 bits: Terraform sends and takes these as text
    raise TypeError(f"no value of Terraform's: {value!r}")


def from_state(value: Any, kind: Any) -> Value:
    """A value of a state file (JSON) as msgpack has it. `kind` is its type: only `dynamic` looks different."""
    if value is None:
        return None
    if kind == "dynamic":
        return [json.dumps(value["type"]).encode(), from_state(value["value"], value["type"])]
    if isinstance(kind, list):
        container, inner = kind
        if container == "object":
            return {name: from_state(value.get(name), inner[name]) for name in inner}
        if container == "map":
            return {name: from_state(element, inner) for name, element in value.items()}
        if container == "tuple":
            return [from_state(element, each) for element, each in zip(value, inner, strict=True)]
        return [from_state(element, inner) for element in value]
    return value


def conform(value: Any, block: dict[str, Any]) -> Value:
    """A resource of a state file, with every attribute and nested block that the schema has, and no other."""
    result = {
        name: from_state(value.get(name), attribute["type"]) for name, attribute in block.get("attributes", {}).items()
    }
    for name, nested in block.get("block_types", {}).items():
        mode, inner, found = nested["nesting_mode"], nested["block"], value.get(name)
        if mode in ("single", "group"):
            result[name] = None if found is None else conform(found, inner)
        elif mode == "map":
            result[name] = {key: conform(element, inner) for key, element in (found or {}).items()}
        else:
            result[name] = [conform(element, inner) for element in found or []]
    return result
