"""Where a live state stands beside the plan: as it was before, as it'll be after, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from tfhoist.addresses import index_suffix
from tfhoist.migration.content import Content, content_of
from tfhoist.state.document import SnapshotDocument


class Standing(Enum):
    """`TORN` is a file whose writing was cut off half-way: its beginning is the new content, its end the old."""

    BEFORE = "as before"
    AFTER = "as after"
    TORN = "half written"
    OTHER = "neither"


class Live(NamedTuple):
    """One live state: its text, what it parses to (None when it isn't there or is torn), and where it stands."""

    source: bytes | None
    document: SnapshotDocument | None
    content: Content
    standing: Standing


def stand(document: SnapshotDocument | None, before: Content, after: Content) -> Standing:
    """Compare a live state with both that the plan knows."""
    live = content_of(document)
    if live.same(after):
        return Standing.AFTER
    if live.same(before):
        return Standing.BEFORE
    return Standing.OTHER


def is_torn(live: bytes, old: bytes, new: bytes) -> bool:
    """Whether a file is what an interrupted write in place leaves: the beginning of `new`, and behind it what was there.

    The file may have been made longer (by zero bytes) before the write began, and not yet been cut to its length after it.
    """
    before = old + b"\0" * max(0, len(new) - len(old))
    same = _common_prefix(live, new)
    return len(live) == len(before) and live[same:] == before[same:]


def _common_prefix(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:  # the longest beginning that both share: halves are compared, not bytes
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class Difference(NamedTuple):
    """What somebody else did to a state: addresses that came, went, or changed, and outputs that did."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    outputs: tuple[str, ...]

    def text(self) -> str:
        """In one line, without any value."""
        parts = [
            f"{what} {_some(addresses)}"
            for what, addresses in (
                ("added", self.added), ("removed", self.removed), ("changed", self.changed), ("outputs changed:", self.outputs),
            )
            if addresses
        ]  # fmt: skip
        return "; ".join(parts) or "nothing that has an address"


def _some(names: tuple[str, ...], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def difference(before: SnapshotDocument | None, now: SnapshotDocument | None) -> Difference:
    """What differs between two snapshots, by address."""
    one, other = _digests(before), _digests(now)
    old_outputs = {} if before is None else {name: bytes(raw) for name, raw in before.outputs.items()}
    new_outputs = {} if now is None else {name: bytes(raw) for name, raw in now.outputs.items()}
    return Difference(
        tuple(sorted(other.keys() - one.keys())),
        tuple(sorted(one.keys() - other.keys())),
        tuple(sorted(address for address in one.keys() & other.keys() if one[address] != other[address])),
        tuple(sorted(n for n in old_outputs.keys() | new_outputs.keys() if old_outputs.get(n) != new_outputs.get(n))),
    )


def _digests(document: SnapshotDocument | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for resource in document.resources if document is not None else ():
        for instance in resource.instances:
            alone = document.replaced(outputs={}, resources=[resource.with_instances([instance])]) if document else None
            address = (
                resource.address
                + index_suffix(instance.key)
                + (f" (deposed {instance.deposed})" if instance.deposed else "")
            )
            found[address] = content_of(alone).digest
    return found


def addresses_in(document: SnapshotDocument | None) -> frozenset[str]:
    """The addresses of all current instances."""
    return frozenset(
        resource.instance_address(instance)
        for resource in (document.resources if document is not None else ())
        for instance in resource.instances
        if not instance.deposed
    )
