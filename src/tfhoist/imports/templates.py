"""Templates of import ids: small enough to be read in a table, and strict. What isn't there gives no id, never half of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_FIELD = re.compile(r"\{([^{}]+)\}|\[([^\[\]]+)\]|([^{}\[\]]+)")
_CHOICE = re.compile(r"(?P<name>[a-z0-9_]+)(?:\?(?P<text>\w+)|\*(?P<separator>[^\w|]|_)|:(?P<filter>last))?\Z")


class Choice(msgspec.Struct, frozen=True):
    """One way to fill a field: an attribute, and what is made of it."""

    name: str
    text: str = ""
    separator: str = ""
    last: bool = False

    def value(self, attributes: Mapping[str, Any]) -> str | None:
        """The text for it, None where the attribute isn't there."""
        found = attributes.get(self.name)
        if self.text:
            return self.text if found is True else None
        if self.separator:
            members = [_scalar(one) for one in found] if isinstance(found, list) else []
            return self.separator.join(one for one in members if one) or None
        text = _scalar(found)
        return text.rpartition("/")[2] if self.last and text is not None else text


class Field(msgspec.Struct, frozen=True):
    """A value: the first of some choices that is there."""

    choices: tuple[Choice, ...]


class Optional(msgspec.Struct, frozen=True):
    """A part that stands only when everything in it is there."""

    parts: tuple[str | Field, ...]


class Template(msgspec.Struct, frozen=True):
    """The form of an import id."""

    parts: tuple[str | Field | Optional, ...]

    def names(self) -> frozenset[str]:
        """The attributes that it may read."""
        return frozenset(choice.name for field in _fields(self.parts) for choice in field.choices)

    def fill(self, attributes: Mapping[str, Any]) -> str | None:
        """The id of one instance; None where an attribute that it needs is missing or empty."""
        texts: list[str] = []
        for part in self.parts:
            text = _filled(part.parts, attributes) if isinstance(part, Optional) else _filled((part,), attributes)
            if text is None and not isinstance(part, Optional):
                return None
            texts.append(text or "")
        return "".join(texts)

    def used(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes that the id of an instance is made of, with their values."""
        found: dict[str, Any] = {}
        for part in self.parts:
            inner = part.parts if isinstance(part, Optional) else (part,)
            if _filled(inner, attributes) is None:
                continue
            for field in _fields(inner):
                choice = next(choice for choice in field.choices if choice.value(attributes))
                found[choice.name] = attributes[choice.name]
        return found


def parse_template(text: str) -> Template:
    """Read a template; raises `ValueError` for one that isn't written right."""
    return Template(tuple(_parts(text, inside=False)))


def _parts(text: str, *, inside: bool) -> Iterator[Any]:
    position = 0
    while position < len(text):
        match = _FIELD.match(text, position)
        if match is None or (inside and match.group(2)):
            raise ValueError(f"{text!r} isn't written right at {text[position:]!r}")
        field, optional, plain = match.groups()
        if field:
            yield Field(tuple(map(_choice, field.split("|"))))
        elif optional:
            yield Optional(tuple(_parts(optional, inside=True)))
        else:
            yield plain
        position = match.end()


def _choice(text: str) -> Choice:
    match = _CHOICE.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no field")
    return Choice(match["name"], match["text"] or "", match["separator"] or "", match["filter"] is not None)


def _fields(parts: Sequence[str | Field | Optional]) -> Iterator[Field]:
    for part in parts:
        if isinstance(part, Optional):
            yield from _fields(part.parts)
        elif isinstance(part, Field):
            yield part


def _filled(parts: Sequence[str | Field], attributes: Mapping[str, Any]) -> str | None:
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        values = (choice.value(attributes) for choice in part.choices)
        text = next((value for value in values if value), None)
        if text is None:
            return None
        texts.append(text)
    return "".join(texts)


def _scalar(value: Any) -> str | None:
    """A text, number or truth value as an id has it; None for anything else, and for an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) and value else None
