"""What stands in the picture, before it has a place."""

from __future__ import annotations

import msgspec


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the picture: a block, a group of blocks, or the `output` blocks of the service root."""

    key: str
    href: str
    title: str
    subtitle: str
    label: str
    side: str
    category: str
    members: tuple[str, ...]
    findings: tuple[int, int, int]


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the cut: an output or pinned input, or several between the same groups (`count`)."""

    key: str
    href: str
    title: str
    label: str
    pinned: bool
    left: tuple[str, ...]
    right: tuple[str, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line between two things: `kind` is "inside", "order" (a `depends_on`) or "lost" (one that the cut drops)."""

    consumer: str
    producer: str
    kind: str
