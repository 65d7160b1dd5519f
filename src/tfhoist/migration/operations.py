"""The operations of a plan: what a surgery does, each with an id, and where the instances of a plan should be afterwards."""

from __future__ import annotations

import hashlib

from tfhoist.addresses import split_steps
from tfhoist.migration.content import Content
from tfhoist.migration.model import MigrationPlan, Operation
from tfhoist.migration.standing import addresses_in
from tfhoist.state.document import SnapshotDocument
from tfhoist.state.outputs import ComputedOutputs
from tfhoist.state.surgery import ALREADY_GONE, ALREADY_THERE, Surgery


def plan_id(environment: str, contents: tuple[Content, ...]) -> str:
    """The id of a plan: a digest of both states before and after."""
    text = "\n".join([environment, *(f"{one.lineage} {one.serial} {one.digest}" for one in contents[:2]), *(
        one.digest for one in contents[2:]
    )])  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def operations_of(surgery: Surgery, computed: ComputedOutputs) -> tuple[Operation, ...]:
    """What a surgery did, and the outputs that it filled in."""
    moves = [
        Operation(f"move-{number:04d}", "move", one.from_, one.to, already=one.state in (ALREADY_GONE, ALREADY_THERE))
        for number, one in enumerate(surgery.outcomes, start=1)
    ]
    written = set(surgery.inverse.outputs)
    outputs = [
        Operation(f"output-{number:04d}", "output", "", f"output.{name}", already=name not in written)
        for number, name in enumerate(sorted(computed.outputs), start=1)
    ]
    return (*moves, *outputs)


def moves(plan: MigrationPlan) -> list[Operation]:
    """The managed instances: data sources are read anew by any plan."""
    return [
        one for one in plan.operations
        if one.kind in ("move", "import") and not any(step == "data" for step in split_steps(one.to))
    ]  # fmt: skip


def misplaced(plan: MigrationPlan, destination: SnapshotDocument, source: SnapshotDocument) -> tuple[str, ...]:
    """What moved and isn't where it should be; plans alone don't see that a state forgot something nobody configures."""
    there, left = addresses_in(destination), addresses_in(source)
    moving = moves(plan)
    found = [f"{one.to} isn't in the central state" for one in moving if one.to not in there]
    return (*found, *(f"{one.from_} is in the service's state" for one in moving if one.from_ in left))
