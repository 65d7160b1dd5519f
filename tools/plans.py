"""Breaks consolidated results on purpose and has Terraform plan each: `make plans`, or `python -m tools.plans [--seed 7]`.

The roots under tests/e2e/roots are created on the simulated providers and consolidated. A mutant that a plan shows and the
symbolic proof calls equivalent is printed with its diff, and ends the command with exit code 1. One that only the symbolic proof
sees has to have a reason (tests/e2e/README.md lists them); one without is printed too, and isn't counted as an error: look at it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.mutants import BOTH, NEITHER, ONLY_PLAN, ONLY_SYMBOLIC, Compared, compare_all, subject
from tests.e2e.reasons import explain
from tests.e2e.subjects import ROOTS
from tests.mutants.kinds import KINDS
from tests.mutants.run import diff, mutants
from tests.simulator.fixture import NewSimulator
from tests.simulator.preparation import MissingError, prepare
from tests.simulator.simulator import Simulator


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="plans", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same mutants")
    parser.add_argument("--count", type=int, default=1000, help="how many mutants to make")
    parser.add_argument(
        "--kind", action="append", default=[], help="only kinds whose name holds this (may be repeated)"
    )
    parser.add_argument(
        "--root", action="append", default=[], help="only roots whose name holds this (may be repeated)"
    )
    parser.add_argument("--threads", type=int, default=2, help="how many plans run at once")
    parser.add_argument("--show", action="store_true", help="show every mutant that only the symbolic proof sees too")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """The command."""
    options = arguments(given)
    kinds = [kind for name, kind in KINDS.items() if not options.kind or any(part in name for part in options.kind)]
    names = [name for name in ROOTS if not options.root or any(part in name for part in options.root)]
    start = time.perf_counter()
    compared: list[Compared] = []
    with tempfile.TemporaryDirectory(prefix="plans-") as work, simulators(Path(work)) as new_simulator:
        subjects = [subject(name, new_simulator, Path(work) / name) for name in names]
        by_name = {one.result.name: one for one in subjects}
        reasons: dict[str, Counter[str]] = {}
        results = {one.result.name: one.result for one in subjects}
        made = mutants(list(results.values()), kinds, options.count, options.seed)
        print(f"{len(made)} mutants of {len(kinds)} kinds over {len(subjects)} roots (seed {options.seed})", flush=True)
        for one in compare_all(made, subjects, options.threads, progress):
            compared.append(one)
            reason = explain(one.mutant, by_name[one.mutant.result]) if one.what == ONLY_SYMBOLIC else ""
            if one.what == ONLY_SYMBOLIC:
                reasons.setdefault(one.mutant.kind, Counter())[reason or "unexplained"] += 1
            if one.what == ONLY_PLAN or (one.what == ONLY_SYMBOLIC and (options.show or not reason)):
                print(f"\n{one.what}: {one.mutant.kind} in {one.mutant.result}: {one.mutant.where}")
                print(diff(one.mutant, results[one.mutant.result]))
                print(
                    f"  plan: {one.plan or 'nothing'}\n  symbolic: {one.symbolic.verdict} {one.symbolic.detail}",
                    flush=True,
                )
    table(compared, reasons)
    print(f"\n{len(compared)} mutants in {time.perf_counter() - start:.0f} s")
    return int(any(one.what == ONLY_PLAN for one in compared))


def progress(done: int) -> None:
    """A sign of life on standard error: thousands of plans take their time."""
    if done % 50 == 0:
        print(f"{done} done", file=sys.stderr, flush=True)


def table(compared: Sequence[Compared], reasons: Mapping[str, Counter[str]]) -> None:
    """How many mutants of each kind are seen by whom."""
    columns = (BOTH, ONLY_SYMBOLIC, NEITHER, ONLY_PLAN)
    width = max(map(len, KINDS))
    print(f"\n{'kind':{width}}  " + "  ".join(columns))
    for name in KINDS:
        counts = Counter(one.what for one in compared if one.mutant.kind == name)
        if counts:
            print(
                f"{name:{width}}  "
                + "  ".join(f"{counts[column] or '':>{len(column)}}" for column in columns)
                + "  "
                + ", ".join(f"{number} {reason}" for reason, number in reasons.get(name, Counter()).most_common())
            )
    counts = Counter(one.what for one in compared)
    print(f"{'':{width}}  " + "  ".join(f"{counts[column]:>{len(column)}}" for column in columns))


@contextmanager
def simulators(work: Path) -> Iterator[NewSimulator]:
    """Makes simulators, and closes them."""
    if shutil.which("terraform") is None:
        raise MissingError("terraform is not on PATH")
    prepared, made = prepare(), list[Simulator]()

    def new(**options: Any) -> Simulator:
        made.append(Simulator(prepared, work / f"simulator{len(made)}", **options))
        return made[-1]

    yield new
    for simulator in made:
        simulator.close()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MissingError as error:
        sys.exit(str(error))
