"""What a plan says: the configuration where it's set, what was there where it isn't, and unknown where there was nothing.

Terraform proposes a new state that has merged the configuration and the prior state by the schema. What's left to the
provider: unknown values on creation, defaults, and what doesn't count as a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.simulator.values import UNKNOWN, Value, is_empty, is_unknown

Json = dict[str, Any]


def planned(
    block: Json, proposed: Json, prior: Json | None, defaults: Mapping[str, Value], kept: frozenset[str] = frozenset()
) -> Json:
    """The planned state of a block; `prior` is None where it's new. A default's name is dotted inside nested blocks.

    The blocks named in `kept` stay when the configuration has none.
    """
    result = dict(proposed)
    for name, attribute in block.get("attributes", {}).items():
        value, before = proposed.get(name), (prior or {}).get(name)
        if attribute.get("write_only"):
            result[name] = None
        elif value is None and name in defaults:
            result[name] = defaults[name]
        elif value is None and attribute.get("computed"):
            result[name] = before if prior is not None else UNKNOWN
        elif prior is not None and equivalent(value, before, unordered=attribute["type"][0] == "set"):
            result[name] = before
    for name, nested in block.get("block_types", {}).items():
        value, before = proposed.get(name), (prior or {}).get(name)
        if value == [] and before and (name in kept or _is_void(before)):
            result[name] = before
            continue
        inside = {
            key.removeprefix(f"{name}."): default for key, default in defaults.items() if key.startswith(f"{name}.")
        }
        result[name] = _planned_nested(nested, value, before, inside)
    return result


def _planned_nested(nested: Json, value: Value, before: Value, defaults: Mapping[str, Value]) -> Value:
    block, mode = nested["block"], nested["nesting_mode"]
    if mode in ("single", "group"):
        # Timeouts, nearly always: what isn't set there stays null.
        return before if equivalent(value, before) else value
    if not isinstance(value, list):
        return value  # unknown: a dynamic block over something that isn't known yet
    earlier: list[Json | None] = list(before) if isinstance(before, list) else []
    if mode == "set":
        earlier = [_similar(element, earlier) for element in value]
    return [
        planned(block, element, earlier[at] if at < len(earlier) else None, defaults)
        if isinstance(element, dict)
        else element
        for at, element in enumerate(value)
    ]


def equivalent(value: Value, before: Value, *, unordered: bool = False) -> bool:
    """Whether the provider sees no difference: equal, both empty, or the same JSON in other words."""
    if is_unknown(value) or is_unknown(before):
        return False
    if value is None:
        return is_empty(before)
    if isinstance(value, str) and isinstance(before, str) and value != before:
        return _same_json(value, before)
    if isinstance(value, list) and isinstance(before, list):
        if len(value) != len(before):
            return False
        if not unordered or value == before:
            return all(map(equivalent, value, before))
        left = list(before)
        for element in value:
            found = next((at for at, other in enumerate(left) if equivalent(element, other)), None)
            if found is None:
                return False
            del left[found]
        return True
    if isinstance(value, dict) and isinstance(before, dict):
        return value.keys() == before.keys() and all(equivalent(value[name], before[name]) for name in value)
    return type(value) is type(before) and bool(value == before)


def replacements(names: Iterable[str], prior: Json, plan: Json) -> list[str]:
    """Of these attributes and nested blocks, those that change: they make a new resource of it."""
    return [name for name in sorted(names) if name in plan and plan[name] != prior.get(name)]


def _is_void(value: Value) -> bool:
    """Whether there's nothing in a value but blocks around nothing."""
    if isinstance(value, list):
        return all(map(_is_void, value))
    return all(map(_is_void, value.values())) if isinstance(value, dict) else is_empty(value)


def _similar(element: Value, earlier: list[Json | None]) -> Json | None:
    """The earlier element of a set that this one is: they differ only where this one says nothing."""
    return next((candidate for candidate in earlier if _agrees(element, candidate)), None)


def _agrees(value: Value, before: Value) -> bool:
    if is_empty(value):
        return True
    if isinstance(value, dict) and isinstance(before, dict):
        return all(_agrees(each, before.get(name)) for name, each in value.items())
    if isinstance(value, list) and isinstance(before, list):
        return len(value) == len(before) and all(map(_agrees, value, before))
    return equivalent(value, before)


def _same_json(one: str, other: str) -> bool:
    """Policies and container definitions come back from AWS in another layout."""
    if one[:1] not in ("{", "[") or other[:1] not in ("{", "["):
        return False
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False
