"""Protocol buffers by hand: the messages of Terraform's plugin protocol 5 are few, and most are flat.

A message is a mapping from field number to value. Writing takes bytes, text, integers, flags, messages, and lists of
these; reading gives, for each field, the list of what came: integers, or bytes that the caller knows how to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

Scalar: TypeAlias = "bytes | str | int | bool"
Message: TypeAlias = "Mapping[int, Scalar | Message | list[Scalar | Message] | None]"

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def encode(message: Message) -> bytes:
    """A message's bytes. What is None, empty, zero or false is left out, as proto3 does; inside a list it isn't."""
    parts: list[bytes] = []
    for number, value in message.items():
        if isinstance(value, list):
            parts.extend(_field(number, element) for element in value)
        elif isinstance(value, Mapping) or value:
            parts.append(_field(number, value))
    return b"".join(parts)


def decode(data: bytes) -> dict[int, list[int | bytes]]:
    """Every field of a message, in the order that they came."""
    fields: dict[int, list[int | bytes]] = {}
    for number, value in _fields(data):
        fields.setdefault(number, []).append(value)
    return fields


def first_bytes(fields: Mapping[int, list[int | bytes]], number: int) -> bytes:
    """A field that is bytes, text or a message, and stands there once at most."""
    value = fields.get(number, [b""])[-1]
    assert isinstance(value, bytes)
    return value


def first_text(fields: Mapping[int, list[int | bytes]], number: int) -> str:
    """A field that is text."""
    return first_bytes(fields, number).decode()


def _field(number: int, value: Scalar | Message) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | VARINT) + _varint(value)
    content = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else encode(value)
    return _varint(number << 3 | BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == VARINT:
            value, at = _read_varint(data, at)
            yield tag >> 3, value
            continue
        if kind == BYTES:
            size, at = _read_varint(data, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind} is no part of proto3")
        yield tag >> 3, data[at : at + size]
        at += size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
