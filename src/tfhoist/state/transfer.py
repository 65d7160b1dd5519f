"""The pass itself: instances out of one snapshot, into another, with the dependencies of both made whole.

It is the same in both directions; `surgery` says which instances, where they go, and what is known of their places there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.state.addresses import InstanceKey, inside
from tfhoist.state.document import InstanceText, ResourceText, SnapshotDocument
from tfhoist.state.edits import after_dependencies, readdressed, with_dependencies, with_key
from tfhoist.state.inverse import (
    DependenciesBack,
    InstanceBack,
    InstancePlace,
    Remaining,
    ResourceBack,
)

T = TypeVar("T")
K = TypeVar("K")


class Step(NamedTuple):
    """One object to carry over, and what is known of its place in the state that takes it.

    `arrives` is false when the taker has it already, `leaves` when the giver keeps it. `back` is set on the way back.
    """

    resource: ResourceText
    instance: InstanceText
    module: str
    name: str
    key: InstanceKey
    provider: str
    arrives: bool = True
    leaves: bool = True
    back: InstanceBack | None = None

    @property
    def to_resource(self) -> str:
        """The address of the resource that it becomes part of."""
        own = f"{self.resource.type}.{self.name}"
        return inside(self.module, own if self.resource.mode == "managed" else f"data.{own}")

    @property
    def to(self) -> str:
        """The address that it gets."""
        return self.to_resource + index_suffix(self.key)

    @property
    def from_(self) -> str:
        """The address that it had."""
        return self.resource.instance_address(self.instance)


class Hints(NamedTuple):
    """What the way back knows: the resources' places, dependencies that stayed and lost some, and empty resources."""

    resources: Mapping[str, ResourceBack] = {}
    remaining: Mapping[InstancePlace, DependenciesBack] = {}
    empty: frozenset[str] = frozenset()


class Transferred(NamedTuple):
    """The resources of both states afterwards, and what undoes it."""

    giver: tuple[ResourceText, ...]
    taker: tuple[ResourceText, ...]
    instances: tuple[InstanceBack, ...]
    resources: tuple[ResourceBack, ...]
    remaining: tuple[Remaining, ...]
    empty: tuple[str, ...]


def transfer(
    giver: SnapshotDocument,
    taker: SnapshotDocument,
    steps: Sequence[Step],
    elsewhere: Mapping[str, str],
    hints: Hints,
) -> Transferred:
    """Carry the steps out. `elsewhere` maps addresses (without keys) that left the giver before to their new ones.

    The caller has seen to it that nothing collides.
    """
    return _Transfer(giver, taker, steps, elsewhere, hints).run()


class _Transfer:
    def __init__(
        self,
        giver: SnapshotDocument,
        taker: SnapshotDocument,
        steps: Sequence[Step],
        elsewhere: Mapping[str, str],
        hints: Hints,
    ) -> None:
        self.giver = giver
        self.taker = taker
        self.steps = steps
        self.hints = hints
        self.crossed: dict[str, dict[str, None]] = {}  # without keys: an address to those that it became, in order
        for start, end in elsewhere.items():
            self.crossed.setdefault(start, {})[end] = None
        for step in steps:
            start, end = without_keys(step.resource.address), without_keys(step.to_resource)
            self.crossed.setdefault(start, {})[end] = None
        self.leaving: dict[str, set[tuple[InstanceKey, str]]] = {}
        for step in steps:
            if step.leaves:
                self.leaving.setdefault(step.resource.address, set()).add(step.instance.place)
        self.kept = {
            without_keys(resource.address)
            for resource in giver.resources
            if len(resource.instances) > len(self.leaving.get(resource.address, ()))
        }
        self.gone = self.crossed.keys() - self.kept
        self.remaining: list[Remaining] = []
        self.resources: list[ResourceBack] = []
        self.memory: dict[tuple[str, ...], tuple[str, ...]] = {}

    def run(self) -> Transferred:
        left = self._what_stays()
        backs: list[InstanceBack] = []
        arriving: dict[str, list[tuple[Step, InstanceText]]] = {}
        before = self._neighbours()
        for step in self.steps:
            instance = self._arrived(step)
            backs.append(self._back(step, instance, before))
            if step.arrives:
                arriving.setdefault(step.to_resource, []).append((step, instance))
        taken = self._merge(arriving)
        empty = tuple(
            resource.address
            for resource in self.taker.resources
            if not resource.instances and resource.address in arriving
        )
        return Transferred(left, taken, tuple(backs), tuple(self.resources), tuple(self.remaining), empty)

    # the giving side

    def _what_stays(self) -> tuple[ResourceText, ...]:
        result: list[ResourceText] = []
        previous = ""
        for resource in self.giver.resources:
            leaving = self.leaving.get(resource.address)
            instances = self._staying(resource, leaving or set())
            gone = leaving is not None and not instances and resource.address not in self.hints.empty
            if leaving is not None:
                each = "each" in resource.members
                self.resources.append(
                    ResourceBack(
                        resource.address, resource.provider, previous, gone,
                        bytes(resource.members["each"]).decode().strip('"') if each else "",
                    )
                )  # fmt: skip
            previous = resource.address
            if gone:
                continue
            unchanged = len(instances) == len(resource.instances) and all(map(_is, instances, resource.instances))
            result.append(resource if unchanged else resource.with_instances(instances))
        return tuple(result)

    def _staying(self, resource: ResourceText, leaving: set[tuple[InstanceKey, str]]) -> list[InstanceText]:
        result: list[InstanceText] = []
        for instance in resource.instances:
            if leaving and instance.place in leaving:
                continue
            if not self.gone.isdisjoint(instance.dependencies):
                kept = tuple(address for address in instance.dependencies if address not in self.gone)
                followed_by = "" if kept else after_dependencies(instance)
                place = InstancePlace(resource.address, instance.key, instance.deposed)
                self.remaining.append(Remaining(place, DependenciesBack(instance.dependencies, kept, followed_by)))
                instance = with_dependencies(instance, kept)
            result.append(instance)
        return result

    def _neighbours(self) -> dict[tuple[str, InstanceKey, str], InstancePlace]:
        """For each object that leaves, the one that stands before it in its resource."""
        found: dict[tuple[str, InstanceKey, str], InstancePlace] = {}
        for resource in self.giver.resources:
            leaving = self.leaving.get(resource.address)
            if leaving is None:
                continue
            for previous, instance in zip(resource.instances, resource.instances[1:], strict=False):
                if instance.place in leaving:
                    found[(resource.address, *instance.place)] = InstancePlace(resource.address, *previous.place)
        return found

    # the taking side

    def _arrived(self, step: Step) -> InstanceText:
        instance = with_key(step.instance, step.key)
        if step.back is not None and instance.dependencies == step.back.dependencies.left:
            return with_dependencies(instance, step.back.dependencies.before, step.back.dependencies.followed_by)
        return with_dependencies(instance, self._carried(instance.dependencies))

    def _carried(self, dependencies: tuple[str, ...]) -> tuple[str, ...]:
        """Dependencies under their new addresses; what didn't cross isn't in that state, and is left out."""
        found = self.memory.get(dependencies)
        if found is None:
            result: dict[str, None] = {}
            for address in dependencies:
                result.update(self.crossed.get(address, {}))
            found = self.memory[dependencies] = tuple(result)
        return found

    def _back(
        self, step: Step, arrived: InstanceText, before: Mapping[tuple[str, InstanceKey, str], InstancePlace]
    ) -> InstanceBack:
        instance = step.instance
        followed_by = after_dependencies(instance) if instance.dependencies and not arrived.dependencies else ""
        return InstanceBack(
            from_=InstancePlace(step.to_resource, step.key, instance.deposed),
            to=InstancePlace(step.resource.address, instance.key, instance.deposed),
            dependencies=DependenciesBack(instance.dependencies, arrived.dependencies, followed_by),
            after=before.get((step.resource.address, *instance.place)),
            stays=not step.arrives,
        )

    def _merge(self, arriving: Mapping[str, list[tuple[Step, InstanceText]]]) -> tuple[ResourceText, ...]:
        there: list[ResourceText] = []
        known: set[str] = set()
        for resource in self.taker.resources:
            known.add(resource.address)
            instances = self._restored(resource)
            if resource.address in arriving:
                instances = _with_arrivals(instances, arriving[resource.address])
            unchanged = instances is resource.instances
            there.append(resource if unchanged else resource.with_instances(instances))
        new: list[ResourceText] = []
        for address, several in arriving.items():
            if address in known:
                continue
            step = several[0][0]
            hint = self.hints.resources.get(address)
            each = hint.each if hint is not None else _each(step.key)
            instances = _with_arrivals((), several)
            new.append(readdressed(step.resource, step.module, step.name, step.provider, instances, each or None))
        return tuple(_placed(there, new, self.hints.resources))

    def _restored(self, resource: ResourceText) -> tuple[InstanceText, ...]:
        """The instances with the dependencies that the way there took from them."""
        if not self.hints.remaining:
            return resource.instances
        result: list[InstanceText] = []
        changed = False
        for instance in resource.instances:
            back = self.hints.remaining.get(InstancePlace(resource.address, instance.key, instance.deposed))
            if back is not None and instance.dependencies == back.left:
                instance = with_dependencies(instance, back.before, back.followed_by)
                changed = True
            result.append(instance)
        return tuple(result) if changed else resource.instances


def _is(one: object, other: object) -> bool:
    return one is other


def _each(key: InstanceKey) -> str:
    return "list" if isinstance(key, int) else "map" if isinstance(key, str) else ""


def _with_arrivals(
    there: Sequence[InstanceText], arriving: Sequence[tuple[Step, InstanceText]]
) -> tuple[InstanceText, ...]:
    """Instances with the new ones: behind the neighbour that a way back names, else in Terraform's order."""
    followers: dict[tuple[InstanceKey, str] | None, list[InstanceText]] = {}
    present = {instance.place for instance in there} | {instance.place for _, instance in arriving}
    loose: list[InstanceText] = []
    for step, instance in arriving:
        after = step.back.after if step.back is not None else None
        if step.back is None or (after is not None and (after.key, after.deposed) not in present):
            loose.append(instance)
        else:
            followers.setdefault((after.key, after.deposed) if after is not None else None, []).append(instance)
    result = _chained(there, followers, lambda instance: instance.place)
    for instance in sorted(loose, key=InstanceText.order):
        result.insert(bisect_left(result, instance.order(), key=InstanceText.order), instance)
    return tuple(result)


def _placed(
    there: list[ResourceText], new: Iterable[ResourceText], hints: Mapping[str, ResourceBack]
) -> list[ResourceText]:
    new = list(new)
    present = {resource.address for resource in there} | {resource.address for resource in new}
    followers: dict[str | None, list[ResourceText]] = {}
    loose: list[ResourceText] = []
    for resource in new:
        hint = hints.get(resource.address)
        if hint is None or (hint.after and hint.after not in present):
            loose.append(resource)
        else:
            followers.setdefault(hint.after or None, []).append(resource)
    result = _chained(there, followers, lambda resource: resource.address)
    for resource in sorted(loose, key=ResourceText.order):
        result.insert(bisect_left(result, resource.order(), key=ResourceText.order), resource)
    return result


def _chained(there: Sequence[T], followers: dict[K | None, list[T]], place: Callable[[T], K]) -> list[T]:
    """The elements with each one's followers behind it, and theirs behind them; those of None come first."""
    result: list[T] = []
    pending = [*reversed(followers.pop(None, []))]
    for element in [None, *there]:
        if element is not None:
            pending.append(element)
        while pending:
            current = pending.pop()
            result.append(current)
            pending.extend(reversed(followers.pop(place(current), [])))
    return result
