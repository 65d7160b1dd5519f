"""Reading a state snapshot (version 4): which instances it holds, with their attributes still as bytes."""

from __future__ import annotations

from typing import Any

import msgspec

from tfhoist.addresses import index_suffix
from tfhoist.errors import UsageError
from tfhoist.state.document import check_version


class Instance(msgspec.Struct, frozen=True):
    """One instance of a resource in a state."""

    index_key: str | int | None = None
    status: str = ""
    deposed: str = ""
    attributes: msgspec.Raw = msgspec.Raw(b"{}")
    sensitive_attributes: msgspec.Raw = msgspec.Raw(b"[]")
    dependencies: tuple[str, ...] | None = None


class ResourceState(msgspec.Struct, frozen=True):
    """A resource of a state with its instances. `module` is "" for the root, otherwise `module.vpc`."""

    mode: str
    type: str
    name: str
    provider: str = ""
    module: str = ""
    instances: tuple[Instance, ...] = ()

    @property
    def address(self) -> str:
        """The address with its module, without an instance key."""
        own = f"{self.type}.{self.name}" if self.mode == "managed" else f"data.{self.type}.{self.name}"
        return f"{self.module}.{own}" if self.module else own

    def instance_address(self, instance: Instance) -> str:
        """The address of one of its instances."""
        return self.address + index_suffix(instance.index_key)


class OutputState(msgspec.Struct, frozen=True):
    """A root output as the state has it."""

    value: msgspec.Raw = msgspec.Raw(b"null")
    type: msgspec.Raw = msgspec.Raw(b'"dynamic"')
    sensitive: bool = False


class Snapshot(msgspec.Struct, frozen=True):
    """A state of version 4."""

    version: int
    terraform_version: str = ""
    serial: int = 0
    lineage: str = ""
    outputs: dict[str, OutputState] = msgspec.field(default_factory=dict)
    resources: tuple[ResourceState, ...] = ()

    def by_address(self) -> dict[str, ResourceState]:
        """Address to resource."""
        return {resource.address: resource for resource in self.resources}


_DECODER = msgspec.json.Decoder(Snapshot)


def read_snapshot(source: bytes, path: str) -> Snapshot:
    """Decode a snapshot; raises `UsageError` for what is no state of version 4 (`path` is for the message)."""
    check_version(source, path)
    try:
        return _DECODER.decode(source)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path} is a damaged state: {error}.", "Take a fresh one with `terraform state pull`."
        ) from None


def attributes_of(instance: Instance) -> dict[str, Any]:
    """The attributes of one instance as Python values. They may hold secrets: never print them whole."""
    decoded = msgspec.json.decode(instance.attributes)
    return decoded if isinstance(decoded, dict) else {}
