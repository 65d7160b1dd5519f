"""The values of Terraform's language in Python, and what isn't known.

Text is `str`, numbers `int` or `Decimal`, bools `bool`, null `None`; lists, sets and tuples are `tuple`, maps and objects
`dict`, of classes of their own where they're known to be a list, set or map. `Unknown` stands for what can't be known
before an apply, or mustn't be (a sensitive value).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeAlias

import msgspec


class Unknown(msgspec.Struct, frozen=True):
    """A value that isn't known, and why."""

    why: str
    sensitive: bool = False


class PartlyKnown(Unknown, frozen=True):
    """An object of which some attributes are known and others aren't: attributes can be read of it, and nothing else told."""

    known: dict[str, Value] = {}


Value: TypeAlias = "str | int | Decimal | bool | None | tuple[Value, ...] | dict[str, Value] | Unknown"


def has_unknown(value: Value) -> bool:
    """Whether a value is, or holds, something unknown."""
    pending: list[Value] = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, Unknown):
            return True
        if isinstance(current, tuple):
            pending.extend(current)
        elif isinstance(current, dict):
            pending.extend(current.values())
    return False


LARGEST = 200_000
"""Characters and items of a value; a larger one isn't worked out."""

DEEPEST = 400
"""Levels of a value, as of what the parser reads."""


LARGEST_EXPONENT = 1_000
"""Of a number as text; larger ones (`1e999999999`) are no numbers that anybody counts with."""

LARGEST_SET = 2_000
"""Items of a set of collections: each is compared with each."""


def bounded(value: Value) -> Value:
    """The value, or `Unknown` when it is larger or deeper than anything downstream should have to carry."""
    if isinstance(value, str):
        return value if len(value) < LARGEST else Unknown("a value that is too large")
    size = 0
    level: list[Value] = [value]
    for _ in range(DEEPEST):
        inner: list[Value] = []
        for current in level:
            size += 1
            if isinstance(current, str):
                size += len(current)
            elif isinstance(current, Decimal):
                size += abs(current.adjusted()) * 1000  # its digits cost more than text's: 1e999999 is a short one
            elif isinstance(current, tuple):
                inner.extend(current)
            elif isinstance(current, dict):
                size += sum(map(len, current))
                inner.extend(current.values())
            if size + len(inner) > LARGEST:
                return Unknown("a value that is too large")
        if not inner:
            return value
        level = inner
    return Unknown("a value that is too large")


def to_text(value: Value) -> str | None:
    """A primitive value as text, as templates convert it; None for what has no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return number_text(value)
    return None


def number_text(value: Decimal) -> str:
    """A number as Terraform prints it: without an exponent, and without zeros at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""Text that Terraform takes for a number: no blanks, no `_` and no other digits, which Python would take (tried with 1.11)."""


def to_number(value: Value) -> int | Decimal | None:
    """A value as a number, as arithmetic converts it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return None
        try:
            number = Decimal(value)
        except ArithmeticError:
            return None
        if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
            return None
        if number.is_zero() and number.is_signed():
            return number  # zero has a sign
        return int(number) if number == number.to_integral_value() and abs(number.adjusted()) < 200 else number
    return None


def to_bool(value: Value) -> bool | None:
    """A value as a bool, as conditions convert it."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def equal(left: Value, right: Value) -> bool:
    """`==` of Terraform: no conversion between types."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return Decimal(left) == Decimal(right)
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return left == right


def compared(left: Value, right: Value) -> bool | Unknown:
    """`==` between two values; unknown where they'd only be the same if they were of one type, which isn't told."""
    for side in (left, right):
        if has_unknown(side):
            return Unknown("a side isn't known")
    same = equal(left, right)
    if not same or not isinstance(left, tuple | dict) or (type(left) is type(right) and _is_told(left)):
        return same
    return Unknown("whether a list, tuple or set is compared isn't told")


def _is_told(value: Value) -> bool:
    """Whether it's a list, set or map of something, and of primitives: its type shows."""
    if not value or not isinstance(value, ListValue | SetValue | MapValue):
        return False
    items = value.values() if isinstance(value, MapValue) else value
    return not any(isinstance(item, tuple | dict) or item is None for item in items)


def alike(left: Value, right: Value) -> bool:
    """Whether two values have the same items in the same order, whichever kinds of collections hold them."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    return equal(left, right)


class ListValue(tuple[Value, ...]):
    """What is known to be a list: its items are of one type."""

    __slots__ = ()


class MapValue(dict[str, Value]):
    """What is known to be a map: its items are of one type."""

    __slots__ = ()


class SetValue(tuple[Value, ...]):
    """A set, its items in the order that `for` meets them, each with itself as its key."""

    __slots__ = ()


def as_set(values: tuple[Value, ...]) -> SetValue | None:
    """The items of a set in the order that `for` meets them; None where Terraform has no set of them.

    Text goes by its bytes, numbers by size, false before true, null last; numbers beside text become text. Collections go by
    an order of their own, which isn't told here: only one of them is a set that is known (tried with Terraform 1.11).
    """
    items = [item for item in values if item is not None]
    kinds = {"bool" if isinstance(i, bool) else "number" if isinstance(i, int | Decimal) else type(i) for i in items}
    if len(kinds) > 1:
        if str not in kinds or kinds - {"bool", "number", str}:
            return None
        items = [to_text(item) or "" for item in items]
    missing = (None,) if len(items) < len(values) and None in values else ()
    primitive = kinds <= {"bool", "number", str}
    distinct: list[Value] = []
    if primitive:
        distinct += sorted(dict.fromkeys(items))  # type: ignore[type-var]
    elif len(items) > LARGEST_SET:
        return None  # each is compared with each
    else:
        for item in items:
            if not any(equal(item, other) for other in distinct):
                distinct.append(item)
        if len(distinct) > 1:
            return None
    return SetValue((*distinct, *missing))
