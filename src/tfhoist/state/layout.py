"""JSON text exactly as Terraform lays its states out: two spaces a level, `<`, `>` and `&` escaped.

Terraform writes a state with Go's `json.MarshalIndent(state, "", "  ")` and a newline. A value that is taken from one place of a
state to another at the same depth therefore keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

Text = bytes | msgspec.Raw

_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)


@lru_cache(maxsize=1 << 14)  # the names of fields, and the addresses among dependencies, come again and again
def text(value: str) -> bytes:
    """A string as Go writes it."""
    return escaped(msgspec.json.encode(value))


def escaped(json: bytes) -> bytes:
    """JSON with the escapes that Go adds; these characters stand in strings only."""
    for character, escape in _ESCAPES:
        if character in json:
            json = json.replace(character, escape)
    return json


def pieces(members: Mapping[str, Text | Iterable[Text]], depth: int) -> Iterator[Text]:
    """An object whose brace stands `depth` levels deep. A value is the text of one, or the elements of a list."""
    if not members:
        yield b"{}"
        return
    margin = b"\n" + b"  " * (depth + 1)
    start = b"{" + margin
    for key, value in members.items():
        yield start
        yield text(key)
        yield b": "
        if isinstance(value, bytes | msgspec.Raw):
            yield value
        else:
            yield from array(value, depth + 1)
        start = b"," + margin
    yield b"\n" + b"  " * depth + b"}"


def array(elements: Iterable[Text], depth: int) -> Iterator[Text]:
    """A list whose bracket stands on a line that is `depth` levels deep."""
    margin = b"\n" + b"  " * (depth + 1)
    start = b"[" + margin
    empty = True
    for element in elements:
        yield start
        yield element
        start = b"," + margin
        empty = False
    yield b"[]" if empty else b"\n" + b"  " * depth + b"]"


def join(parts: Iterable[Text]) -> bytes:
    """The parts as one text."""
    return b"".join(parts)


def laid_out(value: bytes, depth: int) -> bytes:
    """Any JSON value in Terraform's layout, for a place `depth` levels deep."""
    lines = msgspec.json.format(value, indent=2)
    return lines.replace(b"\n", b"\n" + b"  " * depth)
