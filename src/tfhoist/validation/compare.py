"""Whether what is served now is what was served before: one verdict a check, and nothing that wasn't looked at passes."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import msgspec

from tfhoist.validation.model import Check, Observation


class Verdict(enum.StrEnum):
    """Of one check. `recorded` and `look` are a baseline's: there is nothing yet to compare with."""

    SAME = "same"
    DIFFERS = "differs"
    MISSING = "missing"
    UNCHECKED = "unchecked"
    RECORDED = "recorded"
    LOOK = "look"


PASSED = frozenset((Verdict.SAME, Verdict.RECORDED))
"""The verdicts that let a migration go on."""


class Difference(msgspec.Struct, frozen=True):
    """One fact before and after; "" where there was none."""

    fact: str
    before: str
    after: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One check with its verdict; `why` explains every verdict that isn't a pass, `notes` decide nothing."""

    id: str
    kind: str
    address: str
    verdict: Verdict
    before: str = ""
    after: str = ""
    differences: tuple[Difference, ...] = ()
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def compared(
    checks: Sequence[Check], before: Mapping[str, Observation], after: Mapping[str, Observation]
) -> tuple[Row, ...]:
    """A row for each check, in their order."""
    return tuple(_row(check, before.get(check.id), after.get(check.id)) for check in checks)


def recorded(checks: Sequence[Check], seen: Mapping[str, Observation]) -> tuple[Row, ...]:
    """A baseline's rows: what isn't there, isn't stable, or isn't as the files have it, should be looked at first."""
    rows = []
    for check in checks:
        one = seen.get(check.id)
        if one is None:
            rows.append(_plain(check, Verdict.UNCHECKED, None, None, ("it wasn't looked at",)))
            continue
        if not one.there:
            verdict, why = Verdict.MISSING, one.unchecked or ("it doesn't exist",)
        elif one.unchecked or one.failure:
            verdict, why = Verdict.UNCHECKED, (*filter(None, (one.failure,)), *one.unchecked)
        elif one.unstable or one.notes:
            verdict, why = Verdict.LOOK, (*one.unstable, *one.notes)
        else:
            verdict, why = Verdict.RECORDED, ()
        row = _plain(check, verdict, None, one, why)
        rows.append(msgspec.structs.replace(row, notes=tuple(note for note in one.notes if note not in why)))
    return tuple(rows)


def _row(check: Check, before: Observation | None, after: Observation | None) -> Row:
    if after is None:
        return _plain(check, Verdict.UNCHECKED, before, after, ("it wasn't looked at",))
    if before is None:
        return _plain(check, Verdict.UNCHECKED, before, after, ("the baseline doesn't have it",))
    if not before.there and not after.there:
        return _plain(check, Verdict.MISSING, before, after, ("it didn't exist before, and doesn't now",))
    if before.there != after.there:
        what = "it's gone" if before.there else "it didn't exist before"
        return _plain(check, Verdict.DIFFERS, before, after, (what,))
    differences = _differences(before, after)
    why: list[str] = list(after.unstable)
    if after.failure and not before.failure and _looked_at(before):
        why.insert(0, f"it answered before; now: {after.failure}")
    if differences or why:
        return _plain(check, Verdict.DIFFERS, before, after, tuple(why), differences)
    if after.failure:
        return _plain(check, Verdict.UNCHECKED, before, after, (f"no answer, before or after: {after.failure}",))
    if before.failure:
        return _plain(check, Verdict.UNCHECKED, before, after, (f"the baseline has no answer: {before.failure}",))
    if before.unchecked or after.unchecked:
        reasons = (*(f"in the baseline: {one}" for one in before.unchecked), *after.unchecked)
        return _plain(check, Verdict.UNCHECKED, before, after, tuple(dict.fromkeys(reasons)))
    return _plain(check, Verdict.SAME, before, after, ())


def _looked_at(one: Observation) -> bool:
    return bool(one.facts)


def _differences(before: Observation, after: Observation) -> tuple[Difference, ...]:
    found: list[Difference] = []
    if not before.failure and not after.failure:
        for fact in dict.fromkeys((*before.facts, *after.facts)):
            # what one side couldn't look at is no difference: it's said as unchecked
            if (fact not in before.facts and before.unchecked) or (fact not in after.facts and after.unchecked):
                continue
            old, new = before.facts.get(fact, ""), after.facts.get(fact, "")
            if old != new:
                found.append(Difference(fact, old, new))
    for fact, least in before.at_least.items():
        now = after.at_least.get(fact)
        if now is not None and now < least:
            found.append(Difference(fact, str(least), str(now)))
    return tuple(found)


def _plain(
    check: Check,
    verdict: Verdict,
    before: Observation | None,
    after: Observation | None,
    why: tuple[str, ...],
    differences: tuple[Difference, ...] = (),
) -> Row:
    return Row(
        id=check.id,
        kind=check.kind,
        address=check.address,
        verdict=verdict,
        before=_brief(before),
        after=_brief(after),
        differences=differences,
        why=why,
        notes=after.notes if after is not None else (),
    )


def _brief(one: Observation | None) -> str:
    if one is None:
        return "-"
    if not one.there:
        return "not there"
    return one.failure or one.brief or ("?" if one.unchecked else "")


def overall(rows: Sequence[Row]) -> str:
    """`equal` when every row passed, `different` when one differs or is missing, else `undecided`."""
    verdicts = {row.verdict for row in rows}
    if verdicts & {Verdict.DIFFERS, Verdict.MISSING, Verdict.LOOK}:
        return "different"
    return "undecided" if Verdict.UNCHECKED in verdicts or not rows else "equal"
