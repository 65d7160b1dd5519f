"""Bodies, blocks and attributes, with the bytes that they stand in."""

from __future__ import annotations

import msgspec

from tfhoist.hcl.expressions import Expression


class Attribute(msgspec.Struct, frozen=True):
    """`name = expression`: the bytes of the whole, of the value, and the value as a tree."""

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    expression: Expression


class Block(msgspec.Struct, frozen=True):
    """A block: `type`, `labels`, and its body between the braces at `open` and `close`."""

    type: str
    labels: tuple[str, ...]
    start: int
    end: int
    open: int
    close: int
    body: Body


class Body(msgspec.Struct, frozen=True):
    """The attributes and blocks of a body, each in the order of the file."""

    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[Block, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, or None."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    def blocks_of(self, kind: str) -> list[Block]:
        """The nested blocks of one type."""
        return [block for block in self.blocks if block.type == kind]
