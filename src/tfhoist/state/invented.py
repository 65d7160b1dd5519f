"""Attributes that no state has: made up when they're asked for, for mocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from tfhoist.state.addresses import InstanceKey
from tfhoist.state.cty import BOOL, NUMBER, STRING, CtyType, Plain, object_of

Invent: TypeAlias = Callable[[str, str, InstanceKey, str], Plain]
"""From a resource's type ("data." before that of a data source, or "module"), its address, an instance's key and an attribute."""


class Invented(Mapping[str, Plain]):
    """Every attribute that anybody asks for."""

    def __init__(self, value: Callable[[str], Plain]) -> None:
        self._value = value

    def __getitem__(self, name: str) -> Plain:
        return self._value(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class InventedTypes(Mapping[str, CtyType]):
    """The types of what is made up."""

    def __init__(self, value: Callable[[str], Plain]) -> None:
        self._value = value

    def __getitem__(self, name: str) -> CtyType:
        return type_of(self._value(name))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def type_of(value: Plain) -> CtyType:
    """The type of a made-up value: its lists and maps are of one type, as those of resources are."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int | Decimal):
        return NUMBER
    if isinstance(value, list):
        return ("list", type_of(value[0]) if value else STRING)
    if isinstance(value, dict):
        return object_of({name: type_of(item) for name, item in value.items()})
    return STRING
