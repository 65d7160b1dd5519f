"""Arithmetic as Terraform does it: numbers are binary, of 512 bits, and zero has a sign.

What comes out is the same in decimal as long as both numbers and the result are whole, or fractions with a power of two below
(0.5, 0.375): of others (0.1 + 0.2, 1 / 3) the last digits aren't told here.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from tfhoist.values.types import LARGEST_EXPONENT, Unknown, Value

_LONGEST = 500
"""Bits of a number that is computed."""

_EXACT = Context(prec=2_000)


def is_negative_zero(number: int | Decimal) -> bool:
    """Whether it's zero with a minus, which Terraform keeps and shows."""
    return isinstance(number, Decimal) and number.is_zero() and number.is_signed()


def arithmetic(operator: str, left: int | Decimal, right: int | Decimal) -> Value:
    """`left operator right`, for `+ - * / %` and comparisons; unknown where the result isn't certain."""
    if operator in ("<", ">", "<=", ">="):
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]
    if operator in ("/", "%") and right == 0:
        return Unknown("a division by zero")
    for side in (left, right):
        if is_negative_zero(side) or (isinstance(side, Decimal) and abs(side.adjusted()) > LARGEST_EXPONENT):
            return Unknown("arithmetic out of range")
    a, b = Fraction(left), Fraction(right)
    result = _fraction(operator, a, b)
    if result == 0 and operator in ("*", "/", "%") and (a < 0 or b < 0):
        return Unknown("a zero with a sign")
    return (
        Unknown("arithmetic whose last digits aren't told")
        if not all(map(_is_binary, (a, b, result)))
        else _number(result)
    )


def _fraction(operator: str, a: Fraction, b: Fraction) -> Fraction:
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    return a / b if operator == "/" else a - b * int(a / b)


def _is_binary(value: Fraction) -> bool:
    below = value.denominator
    return below & (below - 1) == 0 and value.numerator.bit_length() <= _LONGEST and below.bit_length() <= _LONGEST


def _number(value: Fraction) -> int | Decimal:
    if value.denominator == 1:
        return value.numerator
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def negative(number: int | Decimal) -> int | Decimal:
    """`-number`, also of zero."""
    return Decimal("-0") if number == 0 and not is_negative_zero(number) else 0 if number == 0 else -number
