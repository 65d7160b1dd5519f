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
import re
import unicodedata
from collections import deque
from collections.abc import Callable
from decimal import Decimal

from tfhoist.values import text_functions as texts
from tfhoist.values.arguments import CannotCall, items_of, list_of, map_of, number_of, text_of, whole_of
from tfhoist.values.arithmetic import arithmetic, is_negative_zero
from tfhoist.values.types import (
    LARGEST_SET,
    ListValue,
    MapValue,
    Unknown,
    Value,
    as_set,
    bounded,
    compared,
    equal,
    has_unknown,
    number_text,
    to_bool,
    to_number,
)
from tfhoist.values.unify import as_list, as_map, converted, is_text, shape_of, unified

Function = Callable[..., Value]


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
        value = bounded(function(*arguments))
        return unicodedata.normalize("NFC", value) if isinstance(value, str) and not value.isascii() else value
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
    """The first that is neither null nor "", of the one type of all (without one Terraform refuses the call)."""
    for argument in arguments:
        if isinstance(argument, Unknown):
            return argument
        if argument is not None and argument != "":
            of = unified([shape_of(item) for item in arguments])
            if of is None and isinstance(argument, str) and all(isinstance(i, Unknown | str | None) for i in arguments):
                return argument
            return Unknown("coalesce() of several types") if of is None else converted(argument, of)
    return Unknown("coalesce() found nothing")


def _sum(values: Value) -> Value:
    """Terraform refuses to sum an empty list."""
    total: Value = None
    for item in items_of(values):
        total = number_of(item) if total is None else arithmetic("+", number_of(total), number_of(item))
    return Unknown("the sum of nothing") if total is None else total


def _set(value: Value) -> tuple[Value, ...]:
    if isinstance(value, dict):
        raise CannotCall
    items = as_set(items_of(value))
    if items is None:
        raise CannotCall
    return items


def _as_list(value: Value) -> ListValue:
    """A list, tuple or set as a list, its items of one type."""
    items = as_list(items_of(value))
    if items is None:
        raise CannotCall
    return items


def _distinct(value: Value) -> Value:
    items = _as_list(list_of(value))
    if all(isinstance(item, str) for item in items):
        return ListValue(dict.fromkeys(items))
    if len(items) > LARGEST_SET:
        raise CannotCall  # each is compared with each
    distinct: list[Value] = []
    for item in items:
        if not any(equal(item, other) for other in distinct):
            distinct.append(item)
    return ListValue(distinct)


def _length(value: Value) -> Value:
    if isinstance(value, str):
        return texts.length(value)
    if isinstance(value, tuple | dict):
        return len(value)
    raise CannotCall


def _lookup(mapping: Value, key: Value, *default: Value) -> Value:
    """A map's default becomes what the map is of; an object's stays as it is."""
    table = map_of(mapping)
    name = text_of(key)
    if len(default) > 1 or (name not in table and not default):
        raise CannotCall
    if not default or not isinstance(mapping, MapValue):
        return table[name] if name in table else default[0]
    of = unified([shape_of(item) for item in table.values()]) if table else None
    if of in (None, ("null",)) or of is None:
        (value,) = default
        if isinstance(value, str) and to_number(value) is None and to_bool(value) is None and name not in table:
            return value  # whatever the map is of, or Terraform refuses it
        raise CannotCall
    if unified([of, shape_of(default[0])]) != of:
        raise CannotCall
    return table[name] if name in table else converted(default[0], of)


def _merge(*maps: Value) -> Value:
    merged: dict[str, Value] = {}
    for value in maps:
        if value is not None:
            merged.update(map_of(value))
    made = dict(sorted(merged.items()))
    given = [value for value in maps if value is not None]
    if not all(isinstance(value, MapValue) for value in given) or not given:
        return made
    return made if len({shape_of(value) for value in given}) > 1 else MapValue(made)


def _concat(*lists: Value) -> Value:
    """Lists alone come to one type; beside a tuple each item stays as it is."""
    given = [list_of(value) for value in lists]
    if not given:
        raise CannotCall
    items = tuple(item for value in given for item in value)
    if not all(isinstance(value, ListValue) for value in given):
        return items
    of = unified([shape_of(value) for value in given])
    if of is None:
        if not is_text(items):
            raise CannotCall  # an empty list may be one of text
        return ListValue(items)
    return converted(items, of)


def _flatten(value: Value) -> Value:
    items: list[Value] = []
    for item in items_of(value):
        items.extend(items_of(_flatten(item)) if isinstance(item, tuple) else [item])
    return tuple(items)


def _range(*arguments: Value) -> Value:
    """Up or down to the limit and without it; fractions aren't computed."""
    numbers = [whole_of(argument) for argument in arguments]
    if not 1 <= len(numbers) <= 3:
        raise CannotCall
    start, limit = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) == 3 else 1 if start <= limit else -1
    if step == 0 or (start < limit and step < 0) or (start > limit and step > 0):
        raise CannotCall
    values = range(start, limit, step)
    if len(values) > 1024:
        raise CannotCall
    return ListValue(values)


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
    text = _json(value)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _json(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{','.join(map(_json, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_json(key)}:{_json(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, Unknown):
        raise CannotCall(value.why)
    if isinstance(value, Decimal):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


def _from_json(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if isinstance(value, dict):
        return {key: _from_json(item) for key, item in value.items()}
    if isinstance(value, str):
        value.encode()  # half a character is none
        return value
    if isinstance(value, int | Decimal | bool) or value is None:
        return value
    raise CannotCall


_ADDRESS = re.compile(r"((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f:]+)/([0-9]{1,3})")


def _cidrsubnet(prefix: Value, bits: Value, number: Value) -> Value:
    match = _ADDRESS.fullmatch(text_of(prefix))
    if match is None:
        raise CannotCall
    network = ipaddress.ip_network(match[0], strict=False)
    new_bits, index = whole_of(bits), whole_of(number)
    new = network.prefixlen + new_bits
    if new_bits < 0 or new > network.max_prefixlen or not 0 <= index < 1 << new_bits:
        raise CannotCall
    made = network.network_address + index * (1 << (network.max_prefixlen - new))
    if isinstance(made, ipaddress.IPv6Address) and made.ipv4_mapped is not None:
        raise CannotCall
    return f"{made}/{new}"


def _element(values: Value, index: Value) -> Value:
    items, position = list_of(values), whole_of(index)
    if position < 0:
        raise CannotCall
    return items[position % len(items)]


def _slice(values: Value, start: Value, end: Value) -> Value:
    items, first, last = list_of(values), whole_of(start), whole_of(end)
    if not 0 <= first <= last <= len(items):
        raise CannotCall
    return _like(values, items[first:last])


def _like(values: Value, items: tuple[Value, ...]) -> Value:
    return ListValue(items) if isinstance(values, ListValue) else items


def _one(values: Value) -> Value:
    items = items_of(values)
    if len(items) > 1:
        raise CannotCall
    return items[0] if items else None


def _contains(values: Value, wanted: Value) -> Value:
    if wanted is None:
        raise CannotCall
    found = [compared(item, wanted) for item in items_of(values)]
    if any(same is True for same in found):
        return True
    return next((same for same in found if same is not False), False)


def _zipmap(keys: Value, values: Value) -> Value:
    names = [text_of(key) for key in _as_list(keys)]
    pairs = dict(zip(names, list_of(values), strict=True))
    return MapValue(pairs) if isinstance(values, ListValue) else pairs


def _index(values: Value, wanted: Value) -> Value:
    for position, item in enumerate(list_of(values)):
        same = compared(item, wanted)
        if same is not False:
            return position if same is True else same
    raise CannotCall


def _tostring(value: Value) -> Value:
    return None if value is None else text_of(value)


def _tonumber(value: Value) -> Value:
    return None if value is None else number_of(value)


def _tobool(value: Value) -> Value:
    result = to_bool(value)
    if result is None and value is not None:
        raise CannotCall
    return result


def _compact(values: Value) -> Value:
    texts_ = [None if item is None else text_of(item) for item in items_of(values)]
    return ListValue(item for item in texts_ if item)


def _setlike(operation: Callable[[list[Value], list[Value]], list[Value]], least: int, most: int) -> Function:
    """A function of sets, which come to one type first."""

    def function(*sets: Value) -> Value:
        if not least <= len(sets) <= most:
            raise CannotCall
        given = [_set(value) for value in sets]
        of = unified([shape_of(item) for items in given for item in items])
        if of is None or of[0] not in ("null", "string", "number", "bool"):
            raise CannotCall
        current, *others = ([converted(item, of) for item in items] for items in given)
        for other in others:
            current = operation(current, other)
        return _set(tuple(current))

    return function


def _rounded(rounding: Callable[[int | Decimal], int], value: Value) -> Value:
    number = number_of(value)
    rounded = rounding(number)
    if rounded == 0 and (number < 0 or is_negative_zero(number)):
        raise CannotCall  # it has a sign
    return rounded


def _sorted(values: Value) -> Value:
    return ListValue(sorted(text_of(item) for item in _as_list(values)))


def _values(mapping: Value) -> Value:
    items = tuple(value for _, value in sorted(map_of(mapping).items()))
    return ListValue(items) if isinstance(mapping, MapValue) else items


def _tomap(mapping: Value) -> Value:
    made = as_map(map_of(mapping))
    if made is None:
        raise CannotCall
    return made


FUNCTIONS: dict[str, Function] = {
    "abs": lambda value: abs(number_of(value)),
    "base64encode": lambda value: base64.b64encode(text_of(value).encode()).decode(),
    "base64decode": lambda value: base64.b64decode(text_of(value), validate=True).decode(),
    "basename": texts.basename,
    "ceil": lambda value: _rounded(math.ceil, value),
    "chomp": texts.chomp,
    "cidrsubnet": _cidrsubnet,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "endswith": lambda value, end: text_of(value).endswith(text_of(end)),
    "flatten": _flatten,
    "floor": lambda value: _rounded(math.floor, value),
    "format": texts.format_text,
    "formatlist": texts.formatlist,
    "index": _index,
    "join": texts.join,
    "jsondecode": lambda value: _from_json(json.loads(text_of(value), parse_float=Decimal)),
    "jsonencode": _jsonencode,
    "keys": lambda mapping: ListValue(sorted(map_of(mapping))),
    "length": _length,
    "lookup": _lookup,
    "lower": texts.lower,
    "max": lambda *values: max(number_of(value) for value in values),
    "md5": lambda value: hashlib.md5(text_of(value).encode(), usedforsecurity=False).hexdigest(),
    "merge": _merge,
    "min": lambda *values: min(number_of(value) for value in values),
    "nonsensitive": lambda value: value,
    "one": _one,
    "range": _range,
    "replace": texts.replace,
    "reverse": lambda values: _like(values, tuple(reversed(list_of(values)))),
    "sensitive": lambda _: Unknown("sensitive", sensitive=True),
    "setintersection": _setlike(lambda a, b: [item for item in a if item in b], 1, 99),
    "setsubtract": _setlike(lambda a, b: [item for item in a if item not in b], 2, 2),
    "setunion": _setlike(lambda a, b: [*a, *b], 1, 99),
    "sha256": lambda value: hashlib.sha256(text_of(value).encode()).hexdigest(),
    "slice": _slice,
    "sort": _sorted,
    "split": texts.split,
    "startswith": lambda value, start: text_of(value).startswith(text_of(start)),
    "substr": texts.substr,
    "sum": _sum,
    "title": texts.title,
    "tobool": _tobool,
    "tolist": _as_list,
    "tomap": _tomap,
    "tonumber": _tonumber,
    "toset": _set,
    "tostring": _tostring,
    "trim": lambda value, characters: text_of(value).strip(text_of(characters)),
    "trimprefix": lambda value, prefix: text_of(value).removeprefix(text_of(prefix)),
    "trimspace": lambda value: text_of(value).strip(texts.SPACE),
    "trimsuffix": lambda value, suffix: text_of(value).removesuffix(text_of(suffix)),
    "upper": texts.upper,
    "values": _values,
    "zipmap": _zipmap,
}
_LAZY = frozenset(
    {"length", "merge", "concat", "keys", "lookup", "values", "element", "one", "slice", "reverse", "tolist", "tomap"}
)
"""Functions that pass items on without looking into them: an unknown item is no reason to give up."""
