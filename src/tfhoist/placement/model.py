"""Sides, and the explained placement of one address."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec


class Side(enum.StrEnum):
    """Where a block lives after the consolidation."""

    CENTRAL = "central"
    LOCAL = "local"


class Decider(enum.StrEnum):
    """What had the last word on a block's side."""

    OVERRIDE = "override"
    RULE = "rule"
    COMPANION = "companion"
    CUT = "cut"


class Placed(msgspec.Struct, frozen=True):
    """The side of one address, and what decided it, most important first."""

    side: Side
    reasons: tuple[str, ...]
    by: Decider = Decider.CUT


Placement = Mapping[str, Placed]
"""Address of a managed resource or module call to its side."""
