"""Functions of text. Terraform counts characters as people see them (grapheme clusters), and maps letters one by one.

Only text of which both are certain is counted and mapped here: a letter with marks, a flag or a family of emoji isn't.
"""

from __future__ import annotations

import re
from decimal import Decimal

from tfhoist.values.arguments import CannotCall, items_of, number_of, text_of, whole_of
from tfhoist.values.types import LARGEST, ListValue, SetValue, Value

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Go's `strings.TrimSpace` trims."""

_FIRST_MARK = "\u0300"
"""Characters before this one stand alone, besides a line end of two."""


def length(text: str) -> int:
    """The number of characters as people see them."""
    if "\r\n" in text or not (text.isascii() or all(character < _FIRST_MARK for character in text)):
        raise CannotCall
    return len(text)


def substr(value: Value, offset: Value, count: Value) -> Value:
    """`substr`: a negative offset counts from the end; a length of -1 goes to the end, and one of 0 behind such an offset."""
    text = text_of(value)
    start, wanted = whole_of(offset), whole_of(count)
    if wanted < -1:
        raise CannotCall
    start = max(start + length(text), 0) if start < 0 else start
    length(text)
    return text[start:] if wanted < 0 or (not wanted and whole_of(offset) < 0) else text[start : start + wanted]


def title(value: Value) -> Value:
    """`title`: a letter behind anything but a letter, digit or `_` begins a word."""
    text = text_of(value)
    if not text.isascii():
        raise CannotCall
    return re.sub(r"(?<!\w)[a-z]", lambda match: match.group().upper(), text, flags=re.ASCII)


def upper(value: Value) -> Value:
    """`upper`, letter by letter."""
    text = text_of(value)
    return text.upper() if text.isascii() else "".join(map(_one_letter, map(str.upper, text)))


def lower(value: Value) -> Value:
    """`lower`, letter by letter."""
    text = text_of(value)
    return text.lower() if text.isascii() else "".join(map(_one_letter, map(str.lower, text)))


def _one_letter(mapped: str) -> str:
    if len(mapped) != 1:
        raise CannotCall  # a letter that Python makes several of, and Go doesn't
    return mapped


def basename(value: Value) -> Value:
    """`basename`: of a path without the slashes at its end."""
    path = text_of(value)
    if not path:
        return "."
    return path.rstrip("/").rsplit("/", 1)[-1] or "/"


def chomp(value: Value) -> Value:
    """`chomp`: all line ends at the end."""
    return text_of(value).rstrip("\r\n")


def split(separator: Value, value: Value) -> Value:
    """`split`: of no text it gives one empty text."""
    between, text = text_of(separator), text_of(value)
    return ListValue(text.split(between))


def join(separator: Value, *lists: Value) -> Value:
    """`join` over one list or several."""
    between = text_of(separator)
    texts = [text_of(item) for items in lists for item in items_of(items)]
    if not lists or len(between) * len(texts) > LARGEST:
        raise CannotCall
    return between.join(texts)


def replace(value: Value, old: Value, new: Value) -> Value:
    """`replace` of text; one between slashes is a regular expression (RE2), which Python's expressions aren't."""
    pattern = text_of(old)
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        raise CannotCall
    if text_of(value).count(pattern) * len(text_of(new)) > LARGEST:
        raise CannotCall
    return text_of(value).replace(pattern, text_of(new))


_VERB = re.compile(r"%([0-9]*)([sdv%])")


def format_text(pattern: Value, *arguments: Value) -> Value:
    """`format` with `%s`, `%d`, `%v` and a width; any other verb isn't computed."""
    text = text_of(pattern)
    result: list[str] = []
    rest = list(arguments)
    position = 0
    while position < len(text):
        opening = text.find("%", position)
        if opening < 0:
            break
        result.append(text[position:opening])
        match = _VERB.match(text, opening)
        if match is None or len(match[1]) > 4 or (match[2] == "%" and match[1]) or (match[2] != "%" and not rest):
            raise CannotCall
        result.append("%" if match[2] == "%" else _shown(match[2], match[1], rest.pop(0)))
        position = match.end()
    result.append(text[position:])
    if rest:
        raise CannotCall
    return "".join(result)


def _shown(verb: str, width: str, value: Value) -> str:
    if verb == "d":
        number = number_of(value)
        if number != int(number):
            raise CannotCall
        shown = str(int(number))
    else:
        shown = text_of(value)
        if verb == "v" and not isinstance(value, bool | str):
            _check_plain(number_of(value))
    if not width:
        return shown
    if verb == "d" and width.startswith("0"):
        return shown.zfill(int(width))
    return " " * (int(width) - length(shown)) + shown if not width.startswith("0") else _zeros(shown, int(width))


def _zeros(shown: str, width: int) -> str:
    if shown.startswith("-"):
        raise CannotCall
    return "0" * (width - length(shown)) + shown


def _check_plain(number: int | Decimal) -> None:
    """`%v` writes large and small numbers with an exponent."""
    if isinstance(number, Decimal) and (number.adjusted() < -4 or len(number.as_tuple().digits) > 15):
        raise CannotCall
    if not -(10**15) < number < 10**15:
        raise CannotCall


def formatlist(pattern: Value, *arguments: Value) -> Value:
    """`formatlist`: lists of one length, and single values that are the same for each item."""
    text_of(pattern)
    lists = [argument for argument in arguments if isinstance(argument, tuple)]
    if len({len(items) for items in lists}) != 1 or any(isinstance(items, SetValue) for items in lists):
        raise CannotCall
    if not lists[0]:
        for argument in arguments:
            if not isinstance(argument, tuple):
                text_of(argument)
    return ListValue(
        format_text(pattern, *(argument[number] if isinstance(argument, tuple) else argument for argument in arguments))
        for number in range(len(lists[0]))
    )
