"""What is told of a migration: the status, each operation's state, and what to do next, by the live states and the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfhoist.migration.content import Content
from tfhoist.migration.journal import Progress
from tfhoist.migration.model import DESTINATION, NAMES, SOURCE, MigrationPlan, Operation, Report, Side, Status
from tfhoist.migration.operations import moves
from tfhoist.migration.standing import Live, Standing, addresses_in


def report_of(
    plan: MigrationPlan,
    progress: Progress,
    lives: Mapping[Side, Live],
    unreadable: Sequence[str] = (),
    verdict: str = "",
    told: Sequence[str] = (),
) -> Report:
    """How things stand. `lives` are the states that could be read, `unreadable` says why others couldn't, `told` goes with a verdict."""
    status, contradictions, following = _status(plan, progress, lives)
    notes = [*plan.notes, *(f"output {name} isn't filled in: {why}" for name, why in sorted(plan.untold.items()))]
    if plan.untold:
        notes.append("apply the central root before the service root: its plan must show changes of outputs alone")
    return Report(
        status=status,
        environment=plan.environment,
        plan=plan.id,
        operations=[_operation(one, status, progress, lives) for one in plan.operations],
        source=_told(lives.get(SOURCE), plan.source),
        destination=_told(lives.get(DESTINATION), plan.destination),
        backups=list(progress.backups),
        verdict=verdict,
        notes=[*notes, *told],
        conflicts=[*unreadable, *contradictions],
        next=following,
    )


def _status(plan: MigrationPlan, progress: Progress, lives: Mapping[Side, Live]) -> tuple[Status, list[str], str]:
    """The status, what contradicts it, and what to do next."""
    phase = progress.phase
    if phase in ("migrated", "verified", "finalized"):
        wrong = _undone(plan, lives, settled=phase != "migrated")
        if wrong:
            return (
                "conflict",
                wrong,
                "Compare with the backups; `tfhoist migrate rollback` gives back what is still there.",
            )
        status: Status = "migrated" if phase == "migrated" else "verified" if phase == "verified" else "finalized"
        following = {
            "migrated": "tfhoist migrate verify",
            "verified": "tfhoist finalize, once every environment is verified",
        }
        return status, [], following.get(phase, "")
    if phase == "rolled_back":
        return "rolled_back", [], "tfhoist migrate plan"
    begun = progress.started or phase == "rolling-back"
    others = [side for side, live in lives.items() if live.standing is Standing.OTHER]
    if others and begun:
        return (
            "conflict",
            [f"{NAMES[side]} is neither as it was nor as it was to be: somebody else wrote to it" for side in others],
            "tfhoist migrate rollback, or tfhoist migrate plan: what has moved already is then done",
        )
    if others:
        stale = [f"{NAMES[side]} has changed since the plan was made" for side in others]
        return ("rehearsed" if phase == "rehearsed" else "planned"), stale, "tfhoist migrate plan"
    arrived = [side for side, live in lives.items() if live.standing is Standing.AFTER and not _same(plan, side)]
    if arrived and not begun:  # this very plan, from another folder
        if all(live.standing is Standing.AFTER for live in lives.values()):
            return "migrated", [], "tfhoist migrate resume, which writes down here that it's done"
        return (
            "running",
            ["another migration carries this plan out"],
            "tfhoist migrate status, where that one was started",
        )
    if begun or phase == "running":
        torn = [f"{NAMES[side]} is half written" for side, live in lives.items() if live.standing is Standing.TORN]
        way = "tfhoist migrate rollback" if phase == "rolling-back" else "tfhoist migrate resume, or rollback"
        return "running", torn, way
    return (
        ("rehearsed", [], "tfhoist migrate run")
        if phase == "rehearsed"
        else ("planned", [], "tfhoist migrate rehearse")
    )


def _same(plan: MigrationPlan, side: Side) -> bool:
    before, after = plan.side(side)
    return before.same(after)


def _undone(plan: MigrationPlan, lives: Mapping[Side, Live], *, settled: bool) -> list[str]:
    """What isn't in the central state any more, or has come back into the service's, after all was done.

    Once it's `settled` (verified), life goes on: single resources may be taken out of the central state by their owners.
    """
    found: list[str] = []
    moving = moves(plan)
    if DESTINATION in lives:
        there = addresses_in(lives[DESTINATION].document)
        gone = [f"{one.to} isn't in the central state" for one in moving if one.to not in there]
        found += gone if not settled or len(gone) == len(moving) else []
    if SOURCE in lives:
        left = addresses_in(lives[SOURCE].document)
        found += [f"{one.from_} is in the service's state again" for one in moving if one.from_ in left]
    return found


def _operation(one: Operation, status: Status, progress: Progress, lives: Mapping[Side, Live]) -> dict[str, object]:
    if status == "rolled_back":
        state = "reverted"
    elif one.already or status in ("migrated", "verified", "finalized"):
        state = "done"
    elif status in ("running", "conflict"):
        live = lives.get(DESTINATION)
        arrived = live is not None and live.standing is Standing.AFTER
        left = lives.get(SOURCE)
        gone = left is not None and left.standing is Standing.AFTER
        done = arrived and (gone or one.kind == "output")
        state = "done" if done else "intended" if progress.started or arrived else "pending"
    else:
        state = "pending"
    return {"id": one.id, "kind": one.kind, "from": one.from_, "to": one.to, "state": state}


def _told(live: Live | None, planned: Content) -> dict[str, object]:
    content = live.content if live is not None and live.standing is not Standing.TORN else planned
    told: dict[str, object] = {
        "lineage": content.lineage, "serial": content.serial, "resources": content.resources, "instances": content.instances,
    }  # fmt: skip
    if live is not None:
        told["standing"] = live.standing.value
    return told
