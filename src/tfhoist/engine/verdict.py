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
    own: TerraformPlan | None,
    origin: TerraformPlan | None,
    homes: Mapping[str, str],
    expected_outputs: Collection[str] = (),
    module: str = "",
) -> RootVerdict:
    """Compare a root's plan with those of before: its `own`, and that of the root that its new resources came from (`origin`).

    `homes` maps an instance's address to the one that it had at its origin, and what else is inside `module` (data sources aren't
    moved) stood outside of it there. Both roots may know one address, so each is only looked up where it stood. An output is expected
    to change when it's one of `expected_outputs` (its value couldn't be computed, so an apply has to).
    """
    before = [plan for plan in (own, origin) if plan is not None]
    if isinstance(after, EngineFailed):
        return RootVerdict(verdict=UNDECIDED, baseline=_baseline(before), reasons=(str(after),))
    past = _Past(own, origin, homes, module)
    changes: list[ResourceChange] = []
    pending: list[ResourceChange] = []
    for one in after.changes:
        if one.is_change:
            plan, address = past.place(one.address)
            same = any(
                (was.address, was.deposed, was.actions) == (address, one.deposed, one.actions) and was.is_change
                for was in past.changes(plan, address)
            )
            (pending if same else changes).append(one)
    drift = tuple(one for one in after.drift if not past.drifted(one))
    reads = tuple(sorted(address for address, digest in after.reads.items() if past.gave_another(address, digest)))
    deferred = tuple(address for address in after.deferred if not past.deferred(address))
    new_outputs = [name for name in after.outputs if own is None or name not in own.outputs]
    unexpected = tuple(name for name in new_outputs if name not in expected_outputs)
    reasons = _reasons(after, drift, reads, deferred)
    if pending and not changes and unexpected:
        # What was pending before may change outputs that the root of before hadn't: that's for an apply to show.
        reasons += tuple(
            f"output {name} changes, perhaps with what was pending before: apply that first" for name in unexpected
        )
    verdict = UNDECIDED if reasons else EQUIVALENT
    if changes or (unexpected and not pending):
        verdict = DIFFERENT
    return RootVerdict(
        verdict=verdict,
        baseline=_baseline(before),
        changes=tuple(changes),
        pending=tuple(pending),
        output_changes=unexpected,
        expected_outputs=tuple(name for name in new_outputs if name in expected_outputs),
        drift=drift,
        reads=reads,
        deferred=deferred,
        reasons=reasons,
    )


class _Past:
    """The plans of before, asked about addresses of now."""

    def __init__(
        self, own: TerraformPlan | None, origin: TerraformPlan | None, homes: Mapping[str, str], module: str
    ) -> None:
        self._own, self._origin, self._homes, self._module = own, origin, homes, module
        self._by_address: dict[int, dict[str, list[ResourceChange]]] = {}

    def place(self, address: str) -> tuple[TerraformPlan | None, str]:
        """The plan that knew it, and its address there."""
        if address in self._homes:
            return self._origin, self._homes[address]
        if self._module and address.startswith(f"{self._module}."):
            return self._origin, address.removeprefix(f"{self._module}.")
        return self._own, address

    def changes(self, plan: TerraformPlan | None, address: str) -> list[ResourceChange]:
        """What a plan of before would have done to an address."""
        if plan is None:
            return []
        if id(plan) not in self._by_address:
            found: dict[str, list[ResourceChange]] = {}
            for one in plan.changes:
                found.setdefault(one.address, []).append(one)
            self._by_address[id(plan)] = found
        return self._by_address[id(plan)].get(address, [])

    def drifted(self, one: ResourceChange) -> bool:
        """Whether it had been changed outside Terraform already."""
        plan, address = self.place(one.address)
        return plan is not None and any((was.address, was.deposed) == (address, one.deposed) for was in plan.drift)

    def gave_another(self, address: str, digest: str) -> bool:
        """Whether a data source gave something else; one that wasn't read before gave nothing."""
        plan, home = self.place(address)
        return plan is not None and plan.reads.get(home, digest) != digest

    def deferred(self, address: str) -> bool:
        """Whether only an apply would have read a data source before too."""
        plan, home = self.place(address)
        return plan is not None and home in plan.deferred


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
