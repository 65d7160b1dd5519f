"""Terraform's pure functions, as far as names, hosts, counts and pins need them.

A function that isn't here, or arguments that it can't take, give `Unknown`: never a guess. Source of each rule: the
function's page in Terraform's documentation.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import math
from collections import deque
from collections.abc import Callable
from decimal import Decimal

from tfhoist.values.types import (
    LARGEST,
    LARGEST_SET,
    Unknown,
    Value,
    as_set,
    bounded,
    equal,
    has_unknown,
    number_text,
    to_bool,
    to_number,
    to_text,
)

Function = Callable[..., Value]


class CannotCall(Exception):
    """The arguments aren't what the function takes."""


def call(name: str, arguments: list[Value]) -> Value:
    """The value of a call; `Unknown` when it can't be computed."""
    name = name.removeprefix("core::")
    if name == "try":
        return next((argument for argument in arguments), Unknown("try() without an argument"))
    if name == "coalesce":
        return _coalesce(arguments)
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name}() isn't evaluated")
    if name not in _LAZY and any(has_unknown(argument) for argument in arguments):
        return _first_unknown(arguments)
    try:
        return bounded(function(*arguments))
    except (
        CannotCall,
        RecursionError,
        TypeError,
        ValueError,
        KeyError,
        IndexError,
        ArithmeticError,
        AttributeError,
    ) as error:
        return Unknown(f"{name}() can't take these arguments: {type(error).__name__}")


def _first_unknown(arguments: list[Value]) -> Unknown:
    pending = deque(arguments)
    found: Unknown | None = None
    while pending:
        current = pending.popleft()
        if isinstance(current, Unknown):
            if found is None or current.sensitive:
                found = current
        elif isinstance(current, tuple):
            pending.extend(current)
        elif isinstance(current, dict):
            pending.extend(current.values())
    return found or Unknown("an argument isn't known")


def _coalesce(arguments: list[Value]) -> Value:
    for argument in arguments:
        if isinstance(argument, Unknown):
            return argument
        if argument is not None and argument != "":
            return argument
    return Unknown("coalesce() found nothing")


def _text(value: Value) -> str:
    text = to_text(value)
    if text is None:
        raise CannotCall
    return text


def _sum(values: tuple[Value, ...]) -> Value:
    """Terraform refuses to sum an empty list."""
    return sum((_number(item) for item in values), start=Decimal(0)) if values else Unknown("the sum of nothing")


def _number(value: Value) -> int | Decimal:
    number = to_number(value)
    if number is None:
        raise CannotCall
    return number


def _list(value: Value) -> tuple[Value, ...]:
    if not isinstance(value, tuple):
        raise CannotCall
    return value


def _map(value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise CannotCall
    return value


def _set(value: Value) -> tuple[Value, ...]:
    if isinstance(value, dict):
        raise CannotCall
    items = as_set(_list(value))
    if items is None:
        raise CannotCall
    return items


def _distinct(values: tuple[Value, ...]) -> list[Value]:
    if all(isinstance(item, str) for item in values):
        return list(dict.fromkeys(values))
    if len(values) > LARGEST_SET:
        raise CannotCall  # each is compared with each
    items: list[Value] = []
    for item in values:
        if not any(equal(item, other) for other in items):
            items.append(item)
    return items


def _length(value: Value) -> Value:
    if isinstance(value, str | tuple | dict):
        return len(value)
    raise CannotCall


def _lookup(mapping: Value, key: Value, *default: Value) -> Value:
    table = _map(mapping)
    name = _text(key)
    if name in table:
        return table[name]
    if default:
        return default[0]
    raise CannotCall


def _merge(*maps: Value) -> Value:
    merged: dict[str, Value] = {}
    for value in maps:
        if value is not None:
            merged.update(_map(value))
    return dict(sorted(merged.items()))


def _concat(*lists: Value) -> Value:
    return tuple(item for value in lists for item in _list(value))


def _flatten(value: Value) -> Value:
    items: list[Value] = []
    for item in _list(value):
        items.extend(_list(_flatten(item)) if isinstance(item, tuple) else [item])
    return tuple(items)


def _format(pattern: Value, *arguments: Value) -> Value:
    text = _text(pattern)
    result: list[str] = []
    rest = list(arguments)
    position = 0
    while position < len(text):
        character = text[position]
        if character != "%":
            result.append(character)
            position += 1
            continue
        verb_at = position + 1
        while verb_at < len(text) and text[verb_at] in "0123456789":
            verb_at += 1
        verb = text[verb_at : verb_at + 1]
        width = text[position + 1 : verb_at]
        if verb == "%" and not width:
            result.append("%")
        elif verb in ("s", "d", "v") and rest:
            value = rest.pop(0)
            if verb == "d":
                number = _number(value)
                shown = str(int(number))
            else:
                shown = _text(value)
            if len(width) > 4:
                raise CannotCall
            fill = "0" if width.startswith("0") else " "
            result.append(shown.rjust(int(width), fill) if width else shown)
        else:
            raise CannotCall
        position = verb_at + 1
    if rest:
        raise CannotCall
    return "".join(result)


def _range(*arguments: Value) -> Value:
    numbers = [int(_number(argument)) for argument in arguments]
    values = range(*numbers)
    if len(values) > 1024:
        raise CannotCall
    return tuple(values)


def plain(value: Value) -> object:
    """A value for Python's json module, numbers exact."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else _refuse(number_text(value))
    if isinstance(value, Unknown):
        return _refuse(value.why)
    return value


def _refuse(why: str) -> object:
    raise CannotCall(why)


def _jsonencode(value: Value) -> Value:
    text = json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _from_json(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if isinstance(value, dict):
        return {key: _from_json(item) for key, item in value.items()}
    if isinstance(value, str | int | Decimal | bool) or value is None:
        return value
    raise CannotCall


def _cidrsubnet(prefix: Value, bits: Value, number: Value) -> Value:
    network = ipaddress.ip_network(_text(prefix), strict=False)
    new = network.prefixlen + int(_number(bits))
    step = 1 << (network.max_prefixlen - new)
    index = int(_number(number))
    if index < 0 or index >= 1 << int(_number(bits)):
        raise CannotCall
    return f"{network.network_address + index * step}/{new}"


def _element(values: Value, index: Value) -> Value:
    items = _list(values)
    return items[int(_number(index)) % len(items)]


def _one(values: Value) -> Value:
    items = _list(values)
    if len(items) > 1:
        raise CannotCall
    return items[0] if items else None


def _title(value: Value) -> Value:
    return " ".join(word[:1].upper() + word[1:] for word in _text(value).split(" "))


def _contains(values: Value, wanted: Value) -> Value:
    return any(equal(item, wanted) for item in _list(values))


def _zipmap(keys: Value, values: Value) -> Value:
    return {_text(key): value for key, value in zip(_list(keys), _list(values), strict=True)}


def _index(values: Value, wanted: Value) -> Value:
    for position, item in enumerate(_list(values)):
        if equal(item, wanted):
            return position
    raise CannotCall


def _tostring(value: Value) -> Value:
    return None if value is None else _text(value)


def _tonumber(value: Value) -> Value:
    return None if value is None else _number(value)


def _tobool(value: Value) -> Value:
    result = to_bool(value)
    if result is None and value is not None:
        raise CannotCall
    return result


def _compact(values: Value) -> Value:
    return tuple(item for item in _list(values) if item not in ("", None))


def _setlike(operation: Callable[[list[Value], list[Value]], list[Value]]) -> Function:
    def function(*sets: Value) -> Value:
        current = list(_set(sets[0]))
        for other in sets[1:]:
            current = operation(current, list(_set(other)))
        return _set(tuple(current))

    return function


def _substr(value: Value, offset: Value, length: Value) -> Value:
    text = _text(value)
    start, count = int(_number(offset)), int(_number(length))
    start = start + len(text) if start < 0 else start
    return text[start:] if count < 0 else text[start : start + count]


def _replace(value: Value, old: Value, new: Value) -> Value:
    pattern = _text(old)
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        raise CannotCall  # RE2, which Python's expressions aren't
    if _text(value).count(pattern) * len(_text(new)) > LARGEST:
        raise CannotCall
    return _text(value).replace(pattern, _text(new))


def _join(separator: Value, values: Value) -> Value:
    texts = [_text(item) for item in _list(values)]
    if len(_text(separator)) * len(texts) > LARGEST:
        raise CannotCall
    return _text(separator).join(texts)


def _formatlist(pattern: Value, *arguments: Value) -> Value:
    lengths = {len(argument) for argument in arguments if isinstance(argument, tuple)}
    if len(lengths) != 1:
        raise CannotCall
    count = lengths.pop()
    return tuple(
        _format(pattern, *(argument[number] if isinstance(argument, tuple) else argument for argument in arguments))
        for number in range(count)
    )


FUNCTIONS: dict[str, Function] = {
    "abs": lambda value: abs(_number(value)),
    "base64encode": lambda value: base64.b64encode(_text(value).encode()).decode(),
    "base64decode": lambda value: base64.b64decode(_text(value), validate=True).decode(),
    "basename": lambda value: _text(value).rsplit("/", 1)[-1],
    "ceil": lambda value: math.ceil(_number(value)),
    "chomp": lambda value: _text(value).rstrip("\r\n"),
    "cidrsubnet": _cidrsubnet,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": lambda values: tuple(_distinct(_list(values))),
    "element": _element,
    "endswith": lambda value, end: _text(value).endswith(_text(end)),
    "flatten": _flatten,
    "floor": lambda value: math.floor(_number(value)),
    "format": _format,
    "formatlist": _formatlist,
    "index": _index,
    "join": _join,
    "jsondecode": lambda value: _from_json(json.loads(_text(value), parse_float=Decimal)),
    "jsonencode": _jsonencode,
    "keys": lambda mapping: tuple(sorted(_map(mapping))),
    "length": _length,
    "lookup": _lookup,
    "lower": lambda value: _text(value).lower(),
    "max": lambda *values: max(_number(value) for value in values),
    "md5": lambda value: hashlib.md5(_text(value).encode(), usedforsecurity=False).hexdigest(),
    "merge": _merge,
    "min": lambda *values: min(_number(value) for value in values),
    "nonsensitive": lambda value: value,
    "one": _one,
    "range": _range,
    "replace": _replace,
    "reverse": lambda values: tuple(reversed(_list(values))),
    "sensitive": lambda _: Unknown("sensitive", sensitive=True),
    "setintersection": _setlike(lambda a, b: [item for item in a if item in b]),
    "setsubtract": _setlike(lambda a, b: [item for item in a if item not in b]),
    "setunion": _setlike(lambda a, b: [*a, *b]),
    "sha256": lambda value: hashlib.sha256(_text(value).encode()).hexdigest(),
    "slice": lambda values, start, end: _list(values)[int(_number(start)) : int(_number(end))],
    "sort": lambda values: tuple(sorted(_text(item) for item in _list(values))),
    "split": lambda separator, value: tuple(_text(value).split(_text(separator))) if _text(value) else (),
    "startswith": lambda value, start: _text(value).startswith(_text(start)),
    "substr": _substr,
    "sum": lambda values: _sum(_list(values)),
    "title": _title,
    "tobool": _tobool,
    "tolist": lambda values: tuple(_list(values)),
    "tomap": lambda mapping: _map(mapping),
    "tonumber": _tonumber,
    "toset": _set,
    "tostring": _tostring,
    "trim": lambda value, characters: _text(value).strip(_text(characters)),
    "trimprefix": lambda value, prefix: _text(value).removeprefix(_text(prefix)),
    "trimspace": lambda value: _text(value).strip(),
    "trimsuffix": lambda value, suffix: _text(value).removesuffix(_text(suffix)),
    "upper": lambda value: _text(value).upper(),
    "values": lambda mapping: tuple(value for _, value in sorted(_map(mapping).items())),
    "zipmap": _zipmap,
}
_LAZY = frozenset(
    {"length", "merge", "concat", "keys", "lookup", "values", "element", "one", "slice", "reverse", "tolist", "tomap"}
)
"""Functions that pass items on without looking into them: an unknown item is no reason to give up."""
