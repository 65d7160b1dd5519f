"""What a provider's overlay says about one type of resource or data source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.invention import Template


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything has a default, so an unlisted type works too: it just looks less like the real one."""

    values: Mapping[str, Template] = field(default_factory=dict)
    """Templates for what's computed."""

    force_new: frozenset[str] = frozenset()
    """Attributes and blocks whose change replaces the resource; {"*"} for all of them."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Values of arguments that aren't set and aren't computed either; dotted names for those in blocks."""

    kept: frozenset[str] = frozenset()
    """Blocks that AWS fills in itself: without one in the configuration, what was there stays."""

    normal: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Of attributes that AWS gives back in other words: what to compare instead."""

    import_id: Template = "{id}"
    """The id that `terraform import` takes, as a template."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a provider's schemas don't say."""

    resources: Mapping[str, Kind]
    data: Mapping[str, Kind]
