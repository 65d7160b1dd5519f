"""The second proof: both roots planned over copies of the states as the migration would leave them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from tfhoist.engine.plans import TerraformPlan
from tfhoist.engine.process import Engine, EngineFailed
from tfhoist.engine.scratch import SCRATCH, RootFiles, plan_root, write_root
from tfhoist.engine.verdict import RootVerdict, judge, worst
from tfhoist.state.document import SnapshotDocument, render
from tfhoist.state.surgery import ALREADY_GONE, Surgery

CENTRAL, SERVICE = "central", "service"
CENTRAL_BEFORE, SERVICE_BEFORE = "central-before", "service-before"

TOLD = {
    CENTRAL_BEFORE: "the central root as it was",
    SERVICE_BEFORE: "the service root as it was",
    CENTRAL: "the central root",
    SERVICE: "the service root",
}


class TrialInput(msgspec.Struct, frozen=True, kw_only=True):
    """One environment: both roots before and after, the states before, and the surgery between.

    `central_before` is None where there's no central root yet. `module` is the address of the shared module's call. `untold` are
    outputs whose values couldn't be computed.
    """

    service_before: RootFiles
    service_after: RootFiles
    central_before: RootFiles | None
    central_after: RootFiles
    source: SnapshotDocument
    destination: SnapshotDocument
    surgery: Surgery
    module: str = ""
    untold: Collection[str] = ()


class Trial(msgspec.Struct, frozen=True):
    """The verdict of one environment, and of each root in it."""

    verdict: str
    roots: dict[str, RootVerdict]


def try_out(
    engine: Engine,
    given: TrialInput,
    *,
    refresh: bool = True,
    parallelism: int = 0,
    progress: Callable[[str], None] = lambda message: None,
) -> Trial:
    """Plan both roots as they were and as they'll be, each over its own copy of a state, and compare.

    The user's folders, states and backends aren't touched. Raises `EngineFailed` when a root as it was can't be planned; one that
    can't be planned afterwards is undecided, with the engine's own words.
    """
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as scratch:  # of mode 0700: the states hold secrets
        base = Path(scratch).resolve()

        def planned(name: str, root: RootFiles, state: SnapshotDocument | None) -> TerraformPlan:
            progress(f"planning {TOLD[name]}")
            folder = write_root(base, name, root, render(state) if state is not None else None)
            try:
                return plan_root(engine, folder, root, refresh=refresh, parallelism=parallelism)
            except EngineFailed as failure:  # a scratch folder's name says nothing, and is another one each time
                raise EngineFailed(failure.command, failure.output.replace(str(base), "(scratch)")) from None

        def attempted(name: str, root: RootFiles, state: SnapshotDocument) -> TerraformPlan | EngineFailed:
            try:
                return planned(name, root, state)
            except EngineFailed as failure:
                return failure

        central_baseline = (
            planned(CENTRAL_BEFORE, given.central_before, given.destination)
            if given.central_before is not None
            else None
        )
        service_baseline = planned(SERVICE_BEFORE, given.service_before, given.source)
        # The central root first: the service root reads its outputs.
        central_plan = attempted(CENTRAL, given.central_after, given.surgery.destination)
        service_plan = attempted(SERVICE, given.service_after, given.surgery.source)
    homes = {one.to: one.from_ for one in given.surgery.outcomes if one.state != ALREADY_GONE}
    roots = {
        CENTRAL: judge(central_plan, central_baseline, service_baseline, homes, given.untold, given.module),
        SERVICE: judge(service_plan, service_baseline, None, {}),
    }
    return Trial(worst([one.verdict for one in roots.values()]), roots)
