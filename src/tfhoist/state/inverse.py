"""What undoes a surgery: where each instance came from, and what stood around it. It holds no attribute of any resource."""

from __future__ import annotations

import msgspec

from tfhoist.state.addresses import InstanceKey


class InstancePlace(msgspec.Struct, frozen=True):
    """An object in a state: the resource, the instance's key, and the deposed key ("" for the current object)."""

    resource: str
    key: InstanceKey
    deposed: str = ""


class DependenciesBack(msgspec.Struct, frozen=True):
    """Dependencies as they were, and as the surgery left them: only what is still as it was left is put back.

    `followed_by` is the field that stood behind them, where the surgery took the field out.
    """

    before: tuple[str, ...]
    left: tuple[str, ...]
    followed_by: str = ""


class InstanceBack(msgspec.Struct, frozen=True):
    """One instance that goes back. `after` is the one that stood before it in its resource.

    `stays` when it was at the destination already: then it's copied, and stays there too.
    """

    from_: InstancePlace = msgspec.field(name="from")
    to: InstancePlace
    dependencies: DependenciesBack
    after: InstancePlace | None = None
    stays: bool = False


class ResourceBack(msgspec.Struct, frozen=True):
    """A resource that instances go back to: its provider, and the resource that stood before it ("" for none).

    `gone` when the surgery left nothing of it, so that it has to be put in again; `each` is what old versions wrote there.
    """

    address: str
    provider: str
    after: str
    gone: bool
    each: str = ""


class Remaining(msgspec.Struct, frozen=True):
    """An instance that stayed and lost dependencies."""

    place: InstancePlace
    dependencies: DependenciesBack


class Inverse(msgspec.Struct, frozen=True, kw_only=True):
    """All that takes a surgery back: from the state that took (the destination) to the one that gave (the source)."""

    schema: str = "tfhoist/surgery-inverse/1"
    source_serial: int
    destination_serial: int
    destination_version: str
    destination_version_left: str
    instances: tuple[InstanceBack, ...]
    resources: tuple[ResourceBack, ...]
    remaining: tuple[Remaining, ...]
    empty_resources: tuple[str, ...]
    """Resources of the destination that were there without any instance."""
    outputs: tuple[str, ...]
    """Outputs that the surgery wrote."""
