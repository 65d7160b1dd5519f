"""Moving resources from one snapshot to another in one pass, and back again.

Both directions are functions from two snapshots to two snapshots. Nothing is read or written here, and a refusal changes nothing.
What crosses to the other side takes its attributes, `private`, identity, taint and deposed objects along as bytes; `dependencies`
that cross are dropped on both sides, since a state may only name what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from tfhoist.addresses import without_keys
from tfhoist.state.addresses import parse_address
from tfhoist.state.collisions import Room
from tfhoist.state.document import InstanceText, ResourceText, SnapshotDocument
from tfhoist.state.inverse import InstanceBack, Inverse
from tfhoist.state.layout import join, laid_out, pieces
from tfhoist.state.moves import Move, Selected, SurgeryRefused, moved_provider, select
from tfhoist.state.transfer import Hints, Step, transfer

MOVED = "moved"
ALREADY_THERE = "already-there"
ALREADY_GONE = "already-gone"


class Outcome(msgspec.Struct, frozen=True):
    """What became of one instance or move: it moved, was at the destination already, or had left the source already."""

    from_: str = msgspec.field(name="from")
    to: str
    state: str


class OutputText(msgspec.Struct, frozen=True):
    """A root output as a state writes it; value and type are JSON."""

    value: bytes
    type: bytes
    sensitive: bool = False


class Surgery(msgspec.Struct, frozen=True):
    """Both snapshots afterwards, what was done, and what undoes it."""

    source: SnapshotDocument
    destination: SnapshotDocument
    outcomes: tuple[Outcome, ...]
    inverse: Inverse


def move(
    source: SnapshotDocument,
    destination: SnapshotDocument,
    moves: Iterable[Move],
    *,
    providers: Mapping[str, str] | None = None,
) -> Surgery:
    """Carry modules, resources and instances over. Both serials rise by one; both lineages stay.

    `providers` maps provider addresses of the source to those of the destination, such as
    `provider["registry.terraform.io/hashicorp/aws"]` to the same with `.data_pipeline`. Raises `SurgeryRefused`.
    """
    wanted = tuple(moves)
    selection = select(source, wanted)
    room = Room(destination)
    room.refusals.extend(selection.refusals)
    gone = [one for one in selection.missing if room.is_there(one)]
    for one in selection.missing:
        if one not in gone:
            room.refuse(
                "not-in-state", one.from_, f"{one.from_} isn't in the source's state.",
                "Compare with `terraform state list`; leave out what was never applied.",
            )  # fmt: skip
    modules = [one for one in wanted if one.from_.startswith("module.")]

    def provider_of(address: str) -> str:
        return (providers or {}).get(address) or moved_provider(address, modules)

    steps = [_step(selected, provider_of(selected.resource.provider)) for selected in selection.selected]
    steps = room.steps(steps)
    if room.refusals:
        raise SurgeryRefused(room.refusals)
    elsewhere = {without_keys(one.from_): without_keys(one.to) for one in gone}
    done = transfer(source, destination, steps, elsewhere, Hints())
    version = newest(source.terraform_version, destination.terraform_version)
    inverse = Inverse(
        source_serial=source.serial,
        destination_serial=destination.serial,
        destination_version=destination.terraform_version,
        destination_version_left=version,
        instances=done.instances,
        resources=done.resources,
        remaining=done.remaining,
        empty_resources=done.empty,
        outputs=(),
    )
    outcomes = [Outcome(step.from_, step.to, MOVED if step.arrives else ALREADY_THERE) for step in steps]
    outcomes += [Outcome(one.from_, one.to, ALREADY_GONE) for one in gone]
    return Surgery(
        source.replaced(serial=source.serial + 1, resources=done.giver),
        destination.replaced(serial=destination.serial + 1, terraform_version=version, resources=done.taker),
        tuple(outcomes),
        inverse,
    )


def reverse(
    inverse: Inverse,
    source: SnapshotDocument,
    destination: SnapshotDocument,
    *,
    source_serial: int | None = None,
    destination_serial: int | None = None,
) -> Surgery:
    """Take a surgery back: the current instances of exactly what moved go home, and everything else stays.

    While neither state has changed since, the result is both files as they were, but for the serials, which rise (a state never
    goes back to an older serial) unless they're given. The `inverse` of the result is empty: a way back has none.
    Raises `SurgeryRefused`.
    """
    room = Room(source)
    by_address = {resource.address: resource for resource in destination.resources}
    homes = {resource.address: resource for resource in inverse.resources}
    steps: list[Step] = []
    for back in inverse.instances:
        resource = by_address.get(back.from_.resource)
        instance = _find(resource, back)
        if resource is None or instance is None:
            if not back.from_.deposed and not room.has(back.to.resource, back.to.key):
                room.refuse(
                    "not-in-state", back.from_.resource, f"{back.from_.resource} is no longer in the destination's state.",
                    "Somebody removed it since; look at what became of it before anything is put back.",
                )  # fmt: skip
            continue
        home = parse_address(back.to.resource)
        provider = homes[back.to.resource].provider
        steps.append(
            Step(resource, instance, home.module, home.name, back.to.key, provider, leaves=not back.stays, back=back)
        )
    steps = room.steps(steps)
    if room.refusals:
        raise SurgeryRefused(room.refusals)
    hints = Hints(
        homes,
        {one.place: one.dependencies for one in inverse.remaining},
        frozenset(inverse.empty_resources),
    )
    done = transfer(destination, source, steps, {}, hints)
    untouched = destination.terraform_version == inverse.destination_version_left
    outputs = {name: value for name, value in destination.outputs.items() if name not in inverse.outputs}
    return Surgery(
        source.replaced(
            serial=source.serial + 1 if source_serial is None else source_serial,
            terraform_version=None if untouched else newest(source.terraform_version, destination.terraform_version),
            resources=done.taker,
        ),
        destination.replaced(
            serial=destination.serial + 1 if destination_serial is None else destination_serial,
            terraform_version=inverse.destination_version if untouched else None,
            outputs=outputs,
            resources=done.giver,
        ),
        tuple(Outcome(step.from_, step.to, MOVED if step.arrives else ALREADY_THERE) for step in steps),
        msgspec.structs.replace(inverse, instances=(), resources=(), remaining=(), empty_resources=(), outputs=()),
    )


def with_outputs(surgery: Surgery, outputs: Mapping[str, OutputText]) -> Surgery:
    """The surgery with outputs written to the destination; one that is there already keeps its value."""
    found = dict(surgery.destination.outputs)
    new = [name for name in outputs if name not in found]
    for name in new:
        members = {
            "value": msgspec.Raw(laid_out(outputs[name].value, 3)),
            "type": msgspec.Raw(laid_out(outputs[name].type, 3)),
        }
        if outputs[name].sensitive:
            members["sensitive"] = msgspec.Raw(b"true")
        found[name] = msgspec.Raw(join(pieces(members, 2)))
    known = list(surgery.destination.outputs)
    names = sorted(found) if known == sorted(known) else [*known, *sorted(new)]
    return msgspec.structs.replace(
        surgery,
        destination=surgery.destination.replaced(outputs={name: found[name] for name in names}),
        inverse=msgspec.structs.replace(surgery.inverse, outputs=(*surgery.inverse.outputs, *sorted(new))),
    )


def _step(selected: Selected, provider: str) -> Step:
    return Step(selected.resource, selected.instance, selected.module, selected.name, selected.key, provider)


def _find(resource: ResourceText | None, back: InstanceBack) -> InstanceText | None:
    for instance in resource.instances if resource is not None else ():
        if instance.place == (back.from_.key, back.from_.deposed):
            return instance
    return None


_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(-?)(.*)\Z", re.DOTALL)


def newest(*versions: str) -> str:
    """The newest of some versions of Terraform; a pre-release comes before its release."""

    def order(version: str) -> tuple[int, int, int, bool, str]:
        match = _VERSION.match(version)
        if match is None:
            return (-1, 0, 0, False, version)
        return (int(match[1]), int(match[2]), int(match[3]), not match[4], match[5])

    return max(versions, key=order)
