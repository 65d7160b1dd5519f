"""From plans to a verdict: which changes the consolidation made, and which were there before.

The plan of the root as it was, over the state as it was, is the baseline: what it shows too, nobody has made by moving.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from tfhoist.engine.plans import ResourceChange, TerraformPlan
from tfhoist.engine.process import EngineFailed

EQUIVALENT, DIFFERENT, UNDECIDED = "equivalent", "different", "undecided"


class Baseline(msgspec.Struct, frozen=True):
    """What a root's own plan showed before: pending changes, drift, outputs."""

    changes: tuple[ResourceChange, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    output_changes: tuple[str, ...] = ()


class RootVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan of one root shows after the consolidation.

    `changes` were made by it, `pending` were there before; `output_changes` aren't expected, `expected_outputs` are. `reads` are
    data sources that give something else than before, `deferred` those that are read only by an apply now.
    """

    verdict: str
    baseline: Baseline
    changes: tuple[ResourceChange, ...] = ()
    pending: tuple[ResourceChange, ...] = ()
    output_changes: tuple[str, ...] = ()
    expected_outputs: tuple[str, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    reads: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def judge(
    after: TerraformPlan | EngineFailed,
    before: Collection[TerraformPlan],
    homes: Mapping[str, str],
    expected_outputs: Collection[str] = (),
    module: str = "",
) -> RootVerdict:
    """Compare a root's plan with those of before: its own and that of the root that its resources came from.

    `homes` maps an instance's address to the one that it had before, and what else is inside `module` (data sources aren't moved)
    stood outside of it. An output is expected to change
    when it's one of `expected_outputs` (its value couldn't be computed, so an apply has to).
    """
    if isinstance(after, EngineFailed):
        return RootVerdict(verdict=UNDECIDED, baseline=_baseline(before), reasons=(str(after),))
    known = {(one.address, one.deposed): one.actions for plan in before for one in plan.changes if one.is_change}
    drifted = {(one.address, one.deposed) for plan in before for one in plan.drift}
    read = {address: digest for plan in before for address, digest in plan.reads.items()}
    deferred_before = {address for plan in before for address in plan.deferred}
    outputs_before = {name for plan in before for name in plan.outputs}

    def home(address: str) -> str:
        return homes.get(address) or (address.removeprefix(f"{module}.") if module else address)

    changes: list[ResourceChange] = []
    pending: list[ResourceChange] = []
    for one in after.changes:
        if one.is_change:
            same = known.get((home(one.address), one.deposed)) == one.actions
            (pending if same else changes).append(one)
    own = tuple(one for one in after.drift if (home(one.address), one.deposed) not in drifted)
    reads = tuple(
        sorted(a for a, digest in after.reads.items() if home(a) in read and read[home(a)] != digest)
    )  # fmt: skip
    deferred = tuple(one for one in after.deferred if home(one) not in deferred_before)
    new_outputs = [name for name in after.outputs if name not in outputs_before]
    unexpected = tuple(name for name in new_outputs if name not in expected_outputs)
    reasons = _reasons(after, own, reads, deferred)
    verdict = UNDECIDED if reasons else EQUIVALENT
    if changes or unexpected:
        verdict = DIFFERENT
    return RootVerdict(
        verdict=verdict,
        baseline=_baseline(before),
        changes=tuple(changes),
        pending=tuple(pending),
        output_changes=unexpected,
        expected_outputs=tuple(name for name in new_outputs if name in expected_outputs),
        drift=own,
        reads=reads,
        deferred=deferred,
        reasons=reasons,
    )


def _reasons(
    after: TerraformPlan, drift: tuple[ResourceChange, ...], reads: tuple[str, ...], deferred: tuple[str, ...]
) -> tuple[str, ...]:
    reasons = [] if after.complete else ["the plan isn't complete"]
    reasons += [f"{one.address} was changed outside Terraform between the two plans" for one in drift]
    reasons += [f"{address} gives something else than before" for address in reads]
    reasons += [f"{address} is read only by an apply" for address in deferred]
    return tuple(reasons)


def _baseline(before: Collection[TerraformPlan]) -> Baseline:
    def collected(chosen: Callable[[TerraformPlan], tuple[ResourceChange, ...]]) -> tuple[ResourceChange, ...]:
        return tuple(one for plan in before for one in chosen(plan))

    return Baseline(
        tuple(one for one in collected(lambda plan: plan.changes) if one.is_change),
        collected(lambda plan: plan.drift),
        tuple(sorted({name for plan in before for name in plan.outputs})),
    )


def worst(verdicts: Collection[str]) -> str:
    """The worse of several verdicts; undecided where there's none."""
    for verdict in (DIFFERENT, UNDECIDED):
        if verdict in verdicts:
            return verdict
    return EQUIVALENT if verdicts else UNDECIDED
