"""What a saved plan may do, asked before it's applied: the plan's JSON is judged, never its text or an exit code."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from tfhoist.engine.plans import QUIET, ResourceChange, UnreadablePlan, read_plan
from tfhoist.migration.model import SOURCE, MigrationPlan, Side


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan may do: import these addresses by these ids, forget those, and change outputs in these ways (`create`).

    `updated` may be written in place with their import, `created` anew: somebody accepted that by name.
    """

    imports: Mapping[str, str] = {}
    forgets: Collection[str] = ()
    outputs: Collection[str] = ()
    updated: Collection[str] = ()
    created: Collection[str] = ()


class Judged(msgspec.Struct, frozen=True):
    """A saved plan: what it imports, forgets and does besides that was accepted, and what speaks against applying it."""

    imports: tuple[str, ...]
    forgets: tuple[str, ...]
    others: tuple[str, ...]
    outputs: tuple[str, ...]
    objections: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether an apply would do nothing at all."""
        return not (self.imports or self.forgets or self.others or self.outputs)


# what each side may do


def allowed(plan: MigrationPlan, side: Side) -> Allowed:
    """What the plan of one root may do: import at the destination, forget at the source."""
    if side == SOURCE:
        return Allowed(forgets=frozenset(one.from_ for one in plan.operations if one.kind == "forget"))
    accepted = frozenset(f"{plan.module}.{one}" for one in plan.accepted)
    imported = {one.to: one.id for one in plan.imports}
    return Allowed(
        imports=imported, outputs=("create",), updated=accepted & imported.keys(), created=accepted - imported.keys()
    )


def allowed_back(plan: MigrationPlan, side: Side) -> Allowed:
    """What the plan of one root may do on the way back."""
    if side == SOURCE:
        return Allowed(imports={one.from_: one.id for one in plan.imports})
    return Allowed(forgets=frozenset(one.to for one in plan.operations if one.kind == "import"), outputs=("delete",))


def told(judged: Judged) -> str:
    """A judged plan in one line."""
    parts = [
        f"{len(found)} {what}"
        for what, found in (("imported", judged.imports), ("forgotten", judged.forgets), ("outputs", judged.outputs))
        if found
    ]
    return ", ".join([*parts, *judged.others])


# judging


class _Importing(msgspec.Struct):
    id: str = ""


class _Change(msgspec.Struct):
    importing: _Importing | None = None


class _ResourceChange(msgspec.Struct):
    address: str
    change: _Change


class _Ids(msgspec.Struct):
    resource_changes: tuple[_ResourceChange, ...] = ()


def judge_saved(source: bytes, allowed: Allowed) -> Judged:
    """Judge a plan's JSON (`terraform show -json`); raises `UnreadablePlan`. Whatever isn't allowed is an objection."""
    plan = read_plan(source)
    ids = _ids(source)
    imports: list[str] = []
    forgets: list[str] = []
    others: list[str] = []
    objections = [] if plan.complete else ["the plan isn't complete"]
    for one in plan.changes:
        if not one.is_change:
            continue
        against = _against(one, ids, allowed)
        if against:
            objections.append(against)
        elif one.actions == ("forget",):
            forgets.append(one.address)
        elif one.importing and one.actions in QUIET:
            imports.append(one.address)
        else:
            others.append(f"{'+'.join(one.actions)} {one.address}")
    objections += [
        f"output {name} changes ({'+'.join(actions)})"
        for name, actions in plan.outputs.items()
        if not set(actions) <= set(allowed.outputs)
    ]
    return Judged(tuple(imports), tuple(forgets), tuple(others), tuple(sorted(plan.outputs)), tuple(objections))


def _ids(source: bytes) -> dict[str, str]:
    try:
        found = msgspec.json.decode(source, type=_Ids)
    except msgspec.DecodeError as error:
        raise UnreadablePlan(f"The plan's JSON can't be read: {error}.") from None
    return {one.address: one.change.importing.id for one in found.resource_changes if one.change.importing is not None}


def _against(one: ResourceChange, ids: Mapping[str, str], allowed: Allowed) -> str:
    """What speaks against one change; "" when nothing does."""
    what = "+".join(one.actions)
    if one.deposed:
        return f"{what} of a deposed object of {one.address}"
    if one.importing:
        wanted = allowed.imports.get(one.address)
        if wanted is None:
            return f"it imports {one.address}, which isn't to be imported"
        if ids.get(one.address) != wanted:
            return f"it imports {one.address} by another id than the one that was planned"
        if one.actions in QUIET or (one.actions == ("update",) and one.address in allowed.updated):
            return ""
        return f"{what} of {one.address}, which should only be imported"
    if one.actions == ("forget",):
        return "" if one.address in allowed.forgets else f"it forgets {one.address}, which isn't to be forgotten"
    if one.actions == ("create",) and one.address in allowed.created:
        return ""
    return f"{what} of {one.address}"
