"""Mutants of consolidated results under Terraform: does a plan over the split states see what the symbolic proof sees?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.e2e.rig import Case, Split
from tests.e2e.subjects import root
from tests.mutants.results import Result, read_result
from tests.mutants.run import Mutant, Outcome, judge
from tests.simulator.fixture import NewSimulator
from tests.simulator.simulator import TerraformFailed

BOTH = "both"
ONLY_SYMBOLIC = "only the symbolic proof"
NEITHER = "neither"
ONLY_PLAN = "only the plan"
"""A plan shows what the symbolic proof calls equivalent: a defect of the proof."""


class Subject(NamedTuple):
    """A root that was created and consolidated: the case for plans, the result for mutations, and the split states."""

    case: Case
    result: Result
    splits: dict[str, Split]


class Compared(NamedTuple):
    """What both proofs say of one mutant."""

    mutant: Mutant
    what: str
    symbolic: Outcome
    plan: str


def subject(name: str, new_simulator: NewSimulator, folder: Path) -> Subject:
    """Create and consolidate one of the small roots."""
    case = Case(root(name), new_simulator, folder)
    assert case.verdict == "equivalent", name
    return Subject(case, read_result(name, case.out_folder), {one: case.split(one) for one in case.root.environments})


def compare_all(
    made: Sequence[Mutant],
    subjects: Sequence[Subject],
    threads: int = 2,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Compared]:
    """Ask both proofs about each mutant. Terraform runs in some threads, each with scratch folders of its own."""
    by_name = {one.result.name: one for one in subjects}
    workers: SimpleQueue[str] = SimpleQueue()
    for number in range(threads):
        workers.put(f"mutant{number}")

    def planned(mutant: Mutant) -> str:
        worker = workers.get()
        try:
            return plan_mutant(mutant, by_name[mutant.result], worker)
        finally:
            workers.put(worker)

    with ThreadPoolExecutor(threads) as pool:
        for number, (mutant, plan) in enumerate(zip(made, pool.map(planned, made), strict=True)):
            symbolic = judge(mutant, by_name[mutant.result].result)
            yield Compared(mutant, _what(symbolic, plan), symbolic, plan)
            progress(number + 1)


def _what(symbolic: Outcome, plan: str) -> str:
    if symbolic.verdict == "equivalent":
        return ONLY_PLAN if plan else NEITHER
    return BOTH if plan else ONLY_SYMBOLIC


def plan_mutant(mutant: Mutant, subject: Subject, worker: str) -> str:
    """What the plans of a mutant show, in each environment until there's something; "" where they show nothing.

    Outputs are computed anew, as the migration would. What can't differ isn't planned: a service that didn't change and reads the
    same outputs.
    """
    case = subject.case
    central = any(path.startswith("central/") for path in mutant.changes)
    service = any(path.startswith("service/") for path in mutant.changes)
    for environment in case.root.environments:
        split = subject.splits[environment]
        before = split.computed.outputs
        try:
            if central:
                split = case.split(environment, mutant.changes)
                plan = case.plan_side("central", environment, split, mutant.changes, name=worker, refresh=False)
                if not plan.quiet:
                    return f"{environment}: central: {plan}"
            else:
                case.write_side("central", environment, split, name=worker)
            if service or split.computed.outputs != before:
                plan = case.plan_side("service", environment, split, mutant.changes, name=worker, refresh=False)
                if not plan.quiet:
                    return f"{environment}: service: {plan}"
        except TerraformFailed as error:
            return f"{environment}: {error}"
    return ""
