"""What is told of a migration by blocks: by what both states show, whoever applied them, and by the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tfhoist.migration.blocks import Standing, is_done
from tfhoist.migration.content import Content
from tfhoist.migration.journal import Progress
from tfhoist.migration.model import DESTINATION, SOURCE, ImportBlock, MigrationPlan, Operation, Report, Side, Status

AGAIN = "tfhoist migrate plan --strategy blocks"


def report_of_blocks(
    plan: MigrationPlan,
    progress: Progress,
    found: Standing,
    contents: Mapping[Side, Content],
    unreadable: Sequence[str],
    verdict: str,
    told: Sequence[str],
    steps: Sequence[str],
) -> Report:
    """How things stand. `contents` are those of the states that could be read."""
    status, contradictions, following = _status(plan, progress, found, contents)
    blocks = {one.to: one for one in plan.imports}
    return Report(
        status=status,
        environment=plan.environment,
        plan=plan.id,
        operations=[_operation(one, status, progress, found, blocks) for one in plan.operations],
        source=_told(contents.get(SOURCE), plan.source),
        destination=_told(contents.get(DESTINATION), plan.destination),
        backups=list(progress.backups),
        verdict=verdict,
        notes=[*plan.notes, *told],
        conflicts=[*unreadable, *contradictions],
        next=following,
        strategy=plan.strategy,
        steps=list(steps) if status in ("planned", "rehearsed", "running") else [],
    )


def _status(
    plan: MigrationPlan, progress: Progress, found: Standing, read: Collection[Side]
) -> tuple[Status, list[str], str]:
    phase = progress.phase
    begun = progress.started or phase in ("running", "rolling-back")
    if phase == "rolled_back":
        return "rolled_back", [], AGAIN
    if phase in ("migrated", "verified", "finalized"):
        wrong = [*found.problems, *_undone(plan, found, read, settled=phase != "migrated")]
        if wrong:
            return "conflict", wrong, "look at who applied what since; `tfhoist migrate rollback` imports back"
        status: Status = "migrated" if phase == "migrated" else "verified" if phase == "verified" else "finalized"
        following = {
            "migrated": "tfhoist migrate verify",
            "verified": "tfhoist finalize, once every environment is verified",
        }
        return status, [], following.get(phase, "")
    done = [one for one in plan.operations if is_done(one, found)]
    if found.problems:
        told = list(found.problems)
        return ("conflict", told, AGAIN) if begun else ("planned", told, AGAIN)
    if phase == "rolling-back":
        return "running", [], "tfhoist migrate rollback"
    if plan.operations and len(done) == len(plan.operations):
        return "migrated", [], "tfhoist migrate verify"
    if begun or any(not one.already for one in done):
        return "running", [], "tfhoist migrate resume, or rollback"
    if phase == "rehearsed":
        return "rehearsed", [], "tfhoist migrate run, or the steps above"
    return "planned", [], "tfhoist migrate rehearse"


def _undone(plan: MigrationPlan, found: Standing, read: Collection[Side], *, settled: bool) -> list[str]:
    """What isn't in the central state any more, or has come back into the service's, after all was done: of what could be `read`."""
    imports = [one for one in plan.operations if one.kind == "import"]
    gone = [f"{one.to} isn't in the central state" for one in imports if one.to not in found.imported]
    back = [f"{one.from_} is in the service's state again" for one in imports if one.from_ not in found.forgotten]
    is_gone = DESTINATION in read and (not settled or len(gone) == len(imports))
    return [*(gone if is_gone else []), *(back if SOURCE in read else [])]


def _operation(
    one: Operation, status: Status, progress: Progress, found: Standing, blocks: Mapping[str, ImportBlock]
) -> dict[str, object]:
    if status == "rolled_back":
        state = "reverted"
    elif is_done(one, found):
        state = "done"
    else:
        side = DESTINATION if one.kind == "import" else SOURCE
        state = "intended" if side in progress.open_write else "pending"
    told: dict[str, object] = {"id": one.id, "kind": one.kind, "from": one.from_, "to": one.to, "state": state}
    block = blocks.get(one.to) if one.kind == "import" else None
    if block is not None:
        told |= {"import_id": block.id, "made_of": block.made_of, "source": block.source, "warnings": block.warnings}
    return told


def _told(content: Content | None, planned: Content) -> dict[str, object]:
    one = content or planned
    return {
        "lineage": one.lineage, "serial": one.serial, "resources": one.resources, "instances": one.instances,
    }  # fmt: skip
