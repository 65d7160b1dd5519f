"""Downlinks, uplinks, and the variables and outputs of the shared module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from tfhoist.findings import Refusal


class Downlink(msgspec.Struct, frozen=True):
    """A block that stays reads a central one: `expression` as written becomes a read of `output`."""

    consumer: str
    producer: str
    expression: str
    output: str


class Uplink(msgspec.Struct, frozen=True):
    """A central block reads one that stays: `expression` as written becomes the pinned input `variable`."""

    consumer: str
    producer: str
    expression: str
    variable: str


class ModuleVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable of the shared module.

    `origin` is "service variable", "required", "hard-coded", "pinned" or "workspace". `declaration` is the source of its block; only
    service variables, pins and what differs by environment are passed by the central roots.
    """

    name: str
    type: str
    sensitive: bool
    origin: str
    declaration: str
    description: str = ""
    passed: bool = False


class ModuleOutput(msgspec.Struct, frozen=True, kw_only=True):
    """An output of the shared module, offered by the central roots under the same name.

    `expression` is in the module's scope; `producer` the block it's read from ("" for a variable). A value that may be
    null travels in a list of one (`listed`), since remote state drops null outputs.
    """

    name: str
    expression: str
    sensitive: bool
    consumers: tuple[str, ...] = ()
    producer: str = ""
    description: str = ""
    listed: bool = False
    required: bool = False


class OrderingNote(msgspec.Struct, frozen=True):
    """A `depends_on` that crosses the boundary and is dropped."""

    consumer: str
    producer: str


class Followers(msgspec.Struct, frozen=True):
    """Which side reads each local, data source and variable: "central", "local" or "both"."""

    sides: Mapping[str, str]

    def central(self) -> set[str]:
        """What the shared module needs."""
        return {address for address, side in self.sides.items() if side in ("central", "both")}

    def only_central(self) -> set[str]:
        """What only the shared module needs."""
        return {address for address, side in self.sides.items() if side == "central"}


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """All that crosses, the interface, and what can't cross."""

    downlinks: tuple[Downlink, ...]
    uplinks: tuple[Uplink, ...]
    outputs: tuple[ModuleOutput, ...]
    pins: Mapping[str, Pin]
    orderings: tuple[OrderingNote, ...]
    followers: Followers
    refusals: tuple[Refusal, ...]


Pinned: TypeAlias = "str | tuple[Pinned, ...] | dict[str, Pinned]"
"""A captured value: text, a list, or a map or object."""


class Pin(msgspec.Struct, frozen=True):
    """An uplink's value: the expression in the service root, and its value in each environment."""

    variable: str
    expression: str
    type: str
    values: Mapping[str, Pinned]
