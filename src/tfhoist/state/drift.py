"""Where a state and the configuration disagree, looked at before anything moves: a move would carry the disagreement along."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.findings import Refusal
from tfhoist.state.addresses import InstanceKey, below
from tfhoist.state.document import SnapshotDocument


class Drift(msgspec.Struct, frozen=True):
    """Addresses of resource instances by what is the matter with them, in order."""

    configured_not_in_state: tuple[str, ...] = ()
    in_state_not_configured: tuple[str, ...] = ()
    tainted: tuple[str, ...] = ()
    deposed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(msgspec.structs.astuple(self))


class _Status(msgspec.Struct):
    status: str = ""


def drift(
    snapshot: SnapshotDocument,
    configured: Mapping[str, Collection[InstanceKey]],
    unknown: Iterable[str] = (),
    within: Iterable[str] | None = None,
    elsewhere: Collection[str] = (),
) -> Drift:
    """Compare the managed resources of a state with those that are configured.

    `configured` has the instance keys of each resource by its address (with its module's keys). `unknown` are addresses, without
    keys, of blocks and modules whose number of instances isn't known: nothing is said of those. `within` limits the answer to
    some addresses and what is below them, such as those that move. What is `elsewhere` (instance addresses) isn't missing.
    """
    bare = tuple(map(without_keys, unknown))
    wanted = tuple(within) if within is not None else None

    def counts(address: str) -> bool:
        return wanted is None or any(_holds(one, address) for one in wanted)

    def told(address: str) -> bool:
        return not any(_holds(one, without_keys(address)) for one in bare)

    there = {resource.address: resource for resource in snapshot.resources if resource.mode == "managed"}
    missing: list[str] = []
    for address, keys in configured.items():
        resource = there.get(address)
        present = {one.key for one in resource.instances if not one.deposed} if resource is not None else set()
        if counts(address) and told(address) and not _only_count_changed(set(keys), present):
            absent = (address + index_suffix(key) for key in keys if key not in present)
            missing.extend(one for one in absent if one not in elsewhere)
    extra: list[str] = []
    tainted: list[str] = []
    deposed: list[str] = []
    for address, resource in there.items():
        if not counts(address):
            continue
        keys = set(configured.get(address, ()))
        present = {one.key for one in resource.instances if not one.deposed}
        for instance in resource.instances:
            own = resource.instance_address(instance)
            if instance.deposed:
                deposed.append(f"{own} (deposed {instance.deposed})")
                continue
            if msgspec.json.decode(instance.text, type=_Status).status == "tainted":
                tainted.append(own)
            if told(address) and instance.key not in keys and not _only_count_changed(keys, present):
                extra.append(own)
    return Drift(tuple(sorted(missing)), tuple(sorted(extra)), tuple(sorted(tainted)), tuple(sorted(deposed)))


def _holds(outer: str, address: str) -> bool:
    return below(address, outer) is not None


def _only_count_changed(keys: set[InstanceKey], present: set[InstanceKey]) -> bool:
    """Terraform itself moves between no key and 0 when a `count` comes or goes."""
    return len(keys) == 1 and len(present) == 1 and keys | present == {None, 0}


_ADVICE: Mapping[str, tuple[str, str, str]] = {
    "configured_not_in_state": (
        "configured-not-in-state", "is configured and isn't in the state: a plan would create it",
        "Apply it first, or accept it by name.",
    ),
    "in_state_not_configured": (
        "in-state-not-configured", "is in the state and no longer configured: a plan would destroy it",
        "Apply or mend that first, or accept it by name.",
    ),
    "tainted": (
        "tainted-instance", "is tainted: a plan would replace it",
        "Run `terraform untaint`, or apply first, or accept it by name.",
    ),
    "deposed": (
        "deposed-instance", "is left over from a replacement: the next apply destroys it",
        "Apply first, or accept it by name.",
    ),
}  # fmt: skip


def refusals(found: Drift, accepted: Collection[str] = ()) -> tuple[Refusal, ...]:
    """A refusal for each disagreement whose address (or resource, without the key) isn't accepted by name."""
    result: list[Refusal] = []
    for field, (kind, what, advice) in _ADVICE.items():
        for address in getattr(found, field):
            if address not in accepted and without_keys(address.partition(" ")[0]) not in accepted:
                result.append(Refusal(id=kind, summary=f"{address} {what}.", advice=advice, address=address))
    return tuple(result)
