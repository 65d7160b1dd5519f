"""Which instances a list of moves takes, and where each of them goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.errors import TfhoistError
from tfhoist.findings import Refusal
from tfhoist.state.addresses import (
    AddressError,
    InstanceKey,
    StateAddress,
    below,
    inside,
    parse_address,
    split_provider,
)
from tfhoist.state.document import InstanceText, ResourceText, SnapshotDocument


class Move(msgspec.Struct, frozen=True):
    """One thing to move: a module, a resource with all its instances, or one instance (with its deposed ones)."""

    from_: str = msgspec.field(name="from")
    to: str


class SurgeryRefused(TfhoistError):
    """The moves can't be made; every reason is in `refusals`, not only the first. Nothing was changed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(refusal.summary for refusal in self.refusals))


class Selected(NamedTuple):
    """One instance of the source, and its place at the destination."""

    resource: ResourceText
    instance: InstanceText
    module: str
    name: str
    key: InstanceKey

    @property
    def to_resource(self) -> str:
        """The address of the resource that it becomes part of."""
        own = f"{self.resource.type}.{self.name}"
        return inside(self.module, own if self.resource.mode == "managed" else f"data.{own}")

    @property
    def to(self) -> str:
        """The address that it gets."""
        return self.to_resource + index_suffix(self.key)


class Selection(NamedTuple):
    """What moves, the moves that found nothing, and what is wrong."""

    selected: tuple[Selected, ...]
    missing: tuple[Move, ...]
    refusals: tuple[Refusal, ...]


def select(source: SnapshotDocument, moves: Iterable[Move]) -> Selection:
    """Resolve moves against the state that gives."""
    return _Selector(source).select(moves)


class _Selector:
    def __init__(self, source: SnapshotDocument) -> None:
        self.resources = {resource.address: resource for resource in source.resources}
        self.by_module: dict[str, list[ResourceText]] = {}
        for resource in source.resources:
            self.by_module.setdefault(resource.module, []).append(resource)
        self.selected: dict[tuple[str, InstanceKey, str], Selected] = {}
        self.missing: list[Move] = []
        self.refusals: list[Refusal] = []

    def select(self, moves: Iterable[Move]) -> Selection:
        for move in moves:
            try:
                start, end = parse_address(move.from_), parse_address(move.to)
            except AddressError as error:
                self._refuse("no-address", move, f"{error}.", "Write it as `terraform state list` does.")
                continue
            if start.is_module != end.is_module:
                self._refuse(
                    "different-kinds", move, f"{move.from_} and {move.to} aren't both modules or both resources.",
                    "Move a module to a module, and a resource to a resource.",
                )  # fmt: skip
            elif start.is_module:
                self._module(move, start, end)
            elif (start.mode, start.type) != (end.mode, end.type):
                self._refuse(
                    "different-types", move, f"{move.from_} and {move.to} are of different types.",
                    "Keep the type; change it afterwards with a `moved` block, where the provider supports that.",
                )  # fmt: skip
            else:
                self._resource(move, start, end)
        return Selection(tuple(self.selected.values()), tuple(self.missing), tuple(self.refusals))

    def _module(self, move: Move, start: StateAddress, end: StateAddress) -> None:
        found = False
        for module, resources in self.by_module.items():
            rest = below(module, start.module)
            if rest is None:
                continue
            for resource in resources:
                for instance in resource.instances:
                    found = True
                    self._take(move, Selected(resource, instance, end.module + rest, resource.name, instance.key))
        if not found:
            self.missing.append(move)

    def _resource(self, move: Move, start: StateAddress, end: StateAddress) -> None:
        resource = self.resources.get(start.resource)
        instances = [
            instance
            for instance in (resource.instances if resource is not None else ())
            if not start.keyed or _same_key(instance.key, start.key)
        ]
        if resource is None or not instances:
            self.missing.append(move)
            return
        keys = {instance.key for instance in instances}
        if end.keyed and len(keys) > 1:
            self._refuse(
                "many-instances", move, f"{move.from_} has {len(keys)} instances, and {move.to} is one.",
                "Move the instances one by one.",
            )  # fmt: skip
            return
        for instance in instances:
            key = end.key if end.keyed or start.keyed else instance.key
            self._take(move, Selected(resource, instance, end.module, end.name, key))

    def _take(self, move: Move, selected: Selected) -> None:
        place = (selected.resource.address, *selected.instance.place)
        before = self.selected.setdefault(place, selected)
        if before.to != selected.to:
            address = selected.resource.instance_address(selected.instance)
            self._refuse(
                "moved-twice", move, f"{address} would move to {before.to} and to {selected.to}.",
                "Name it in one move only.",
            )  # fmt: skip

    def _refuse(self, kind: str, move: Move, summary: str, advice: str) -> None:
        self.refusals.append(Refusal(id=kind, summary=summary, advice=advice, address=move.from_))


def _same_key(one: InstanceKey, other: InstanceKey) -> bool:
    return type(one) is type(other) and one == other


def moved_provider(provider: str, moves: Iterable[Move]) -> str:
    """A provider address after whole modules have moved: what is configured inside one of them goes along."""
    module, own = split_provider(provider)
    if module:
        for move in moves:
            rest = below(module, without_keys(move.from_)) if move.from_.startswith("module.") else None
            if rest is not None and parse_address(move.from_).is_module:
                return inside(without_keys(move.to) + rest, own)
    return provider
