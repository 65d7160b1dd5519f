"""Bodies, blocks and attributes, with the bytes that they stand in."""

from __future__ import annotations

from functools import cached_property

import msgspec

from tfhoist.hcl.expressions import Expression

_FEW = 16  # up to here, looking at each is quicker than a table


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


class Body(msgspec.Struct, frozen=True, dict=True):
    """The attributes and blocks of a body, each in the order of the file."""

    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[Block, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Attribute]:
        return {attribute.name: attribute for attribute in self.attributes}

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, or None."""
        if len(self.attributes) > _FEW:
            return self._by_name.get(name)
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    def blocks_of(self, kind: str) -> list[Block]:
        """The nested blocks of one type."""
        return [block for block in self.blocks if block.type == kind]
