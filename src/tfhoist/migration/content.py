"""What a state holds, apart from how it's written: the one thing that is compared between a state that was planned and a live one.

`state pull` and `push` drop what the engine doesn't know, sort, and lay out anew; serials rise with each push. So content is the
outputs and the instances with the fields that every engine keeps, each value exactly as it is, in one order.
"""

from __future__ import annotations

import hashlib
import json

import msgspec

from tfhoist.state.document import SnapshotDocument

_KEPT = (
    "index_key", "status", "deposed", "schema_version", "attributes", "attributes_flat", "sensitive_attributes", "private",
    "dependencies", "create_before_destroy",
)  # fmt: skip
"""The fields of an instance that Terraform 1.1 and later write (`internal/states/statefile`); identities are refreshed by plans."""


class Content(msgspec.Struct, frozen=True):
    """One state in short: its lineage and serial, how much is in it, and a digest of all that."""

    lineage: str
    serial: int
    resources: int
    instances: int
    digest: str

    def same(self, other: Content) -> bool:
        """Whether both hold the same. Two states that hold nothing are the same, whatever their lineage."""
        return self.digest == other.digest and (self.lineage == other.lineage or self.empty)

    @property
    def empty(self) -> bool:
        """Whether nothing is in it: a state that doesn't exist, or one that was emptied."""
        return self.digest == _NOTHING


def content_of(document: SnapshotDocument | None) -> Content:
    """What a snapshot holds; None is a state that doesn't exist."""
    if document is None:
        return Content("", 0, 0, 0, _NOTHING)
    outputs = {name: _exact(bytes(raw)) for name, raw in document.outputs.items()}
    managed = sum(1 for resource in document.resources if resource.mode == "managed")
    return Content(
        document.lineage, document.serial, managed, document.instances, _digest(outputs, _instances(document))
    )


def _instances(document: SnapshotDocument) -> list[object]:
    found: list[tuple[str, bytes]] = []
    for resource in document.resources:
        for instance in resource.instances:
            fields = _FIELDS.decode(instance.text)
            kept: dict[str, object] = {name: _exact(bytes(fields[name])) for name in _KEPT if name in fields}
            _normalise(kept)
            kept["provider"] = resource.provider
            found.append((resource.address, _text(kept)))
    return [[address, text.decode()] for address, text in sorted(found)]


def _normalise(fields: dict[str, object]) -> None:
    """Fields that mean the same when they're left out, and lists whose order means nothing."""
    for name in ("sensitive_attributes", "dependencies"):
        value = fields.get(name)
        if isinstance(value, list):
            fields[name] = sorted(value, key=_text)
    for name in [name for name, value in fields.items() if name != "attributes" and value in (None, "", [], False)]:
        del fields[name]


_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENCODER = msgspec.json.Encoder(order="sorted")
_NUMBERS = msgspec.json.Decoder(
    float_hook=lambda text: {"\0number": text}
)  # 1.10 and 1.1 are two values: no float is made of either


def _exact(raw: bytes) -> object:
    return _NUMBERS.decode(raw)


def _text(value: object) -> bytes:
    try:
        return _ENCODER.encode(value)
    except OverflowError:  # a whole number of more than 64 bits
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _digest(outputs: dict[str, object], instances: list[object]) -> str:
    return "sha256:" + hashlib.sha256(_text([outputs, instances])).hexdigest()


_NOTHING = _digest({}, [])
