"""What a state says, whoever wrote it: for comparing what was written with what is pulled again.

`terraform state pull` and `push` don't keep everything: an engine leaves out what it doesn't know (identities before 1.12, future
fields), sorts, and writes its own version. So two states are compared without order, serial and version, and only by what every engine
keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from tfhoist.state.document import Members, SnapshotDocument
from tfhoist.state.edits import members_of
from tfhoist.state.layout import escaped

KEPT = (
    "status", "schema_version", "attributes", "attributes_flat", "sensitive_attributes", "private", "create_before_destroy",
)  # fmt: skip
"""The fields of an instance that every engine of version 1 keeps; dependencies are compared beside them."""
_DEFAULTS = {"sensitive_attributes": b"[]", "status": b'""', "private": b'""', "create_before_destroy": b"false"}


class Content(msgspec.Struct, frozen=True):
    """A state by digests: of each output and each object, and of all together. Lineage stands beside; no value is in it."""

    lineage: str
    outputs: dict[str, str]
    instances: dict[str, str]

    @property
    def digest(self) -> str:
        """One digest for all of it."""
        return _digest([msgspec.json.encode(self, order="sorted")])


class Difference(msgspec.Struct, frozen=True):
    """What one state has and the other hasn't, and what both have with another content; addresses and output names."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def content(document: SnapshotDocument) -> Content:
    """The content of a state."""
    outputs = {f"output.{name}": _digest([_compact(value)]) for name, value in document.outputs.items()}
    instances: dict[str, str] = {}
    for resource in document.resources:
        for instance in resource.instances:
            suffix = f" (deposed {instance.deposed})" if instance.deposed else ""
            parts = [resource.provider.encode(), *sorted(one.encode() for one in instance.dependencies)]
            parts.extend(_fields(members_of(instance)))
            instances[resource.instance_address(instance) + suffix] = _digest(parts)
    return Content(document.lineage, outputs, instances)


def compare(before: Content, after: Content) -> Difference:
    """What became different."""
    first = {**before.outputs, **before.instances}
    second = {**after.outputs, **after.instances}
    return Difference(
        tuple(sorted(second.keys() - first.keys())),
        tuple(sorted(first.keys() - second.keys())),
        tuple(sorted(name for name in first.keys() & second.keys() if first[name] != second[name])),
    )


def _fields(members: Members) -> Iterator[bytes]:
    for name in KEPT:
        value = _compact(members[name]) if name in members else b""
        if value and value != b"null" and value != _DEFAULTS.get(name):
            yield name.encode() + b"=" + value


def _compact(value: msgspec.Raw) -> bytes:
    return escaped(msgspec.json.format(bytes(value), indent=-1))


def _digest(parts: list[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest()
