"""What functions take: their arguments as text, numbers, lists and maps, or `CannotCall`."""

from __future__ import annotations

from decimal import Decimal

from tfhoist.values.types import SetValue, Value, to_number, to_text

LARGEST_WHOLE = 1 << 62


class CannotCall(Exception):
    """The arguments aren't what the function takes, or what it gives isn't told here."""


def text_of(value: Value) -> str:
    """Text, or a number or bool as text."""
    text = to_text(value)
    if text is None:
        raise CannotCall
    return text


def number_of(value: Value) -> int | Decimal:
    """A number, or text that is one."""
    number = to_number(value)
    if number is None:
        raise CannotCall
    return number


def whole_of(value: Value) -> int:
    """A whole number, as positions and lengths are."""
    number = number_of(value)
    if not -LARGEST_WHOLE <= number <= LARGEST_WHOLE or number != int(number):
        raise CannotCall
    return int(number)


def items_of(value: Value) -> tuple[Value, ...]:
    """The items of a list, tuple or set."""
    if not isinstance(value, tuple):
        raise CannotCall
    return value


def list_of(value: Value) -> tuple[Value, ...]:
    """The items of a list or tuple: a set has no positions."""
    if isinstance(value, SetValue):
        raise CannotCall
    return items_of(value)


def map_of(value: Value) -> dict[str, Value]:
    """A map or object."""
    if not isinstance(value, dict):
        raise CannotCall
    return value
