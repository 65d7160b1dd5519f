"""Breaks consolidated results on purpose and proves each: `make mutants`, or `python -m tools.mutants [--seed 7]`.

Exit code 0 when every mistake was found, 1 when one wasn't.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.kinds import KINDS
from tests.mutants.run import BAD, CRASHED, EXPLAINED, HELD, KILLED, SLOW, Outcome, diff, judge_all, mutants
from tests.mutants.subjects import names, result


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same mutants")
    parser.add_argument("--count", type=int, default=4000, help="how many mutants to make")
    parser.add_argument(
        "--kind", action="append", default=[], help="only kinds whose name holds this (may be repeated)"
    )
    parser.add_argument(
        "--root", action="append", default=[], help="only results whose name holds this (may be repeated)"
    )
    parser.add_argument("--processes", type=int, default=2, help="how many processes prove")
    parser.add_argument("--show", action="store_true", help="show every mutant, not only those that survive")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """The command."""
    options = arguments(given)
    kinds = [kind for name, kind in KINDS.items() if not options.kind or any(part in name for part in options.kind)]
    chosen = [name for name in names() if not options.root or any(part in name for part in options.root)]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as work:
        results = [result(name, Path(work)) for name in chosen]
    made = mutants(results, kinds, options.count, options.seed)
    print(f"{len(made)} mutants of {len(kinds)} kinds over {len(results)} results (seed {options.seed})", flush=True)
    outcomes: list[Outcome] = []
    by_name = {one.name: one for one in results}
    for outcome in judge_all(made, results, options.processes):
        outcomes.append(outcome)
        if outcome.what in BAD or options.show:
            mutant = outcome.mutant
            print(f"\n{outcome.what}: {mutant.kind} in {mutant.result}: {mutant.where}")
            print(diff(mutant, by_name[mutant.result]))
            if outcome.detail:
                print(f"  -> {outcome.verdict} {outcome.detail}")
    table(outcomes)
    print(f"\n{len(outcomes)} mutants in {time.perf_counter() - start:.0f} s; the slowest proof took "
          f"{max((one.seconds for one in outcomes), default=0):.2f} s")  # fmt: skip
    return int(any(outcome.what in BAD for outcome in outcomes))


def table(outcomes: Sequence[Outcome]) -> None:
    """Killed and total, by kind."""
    width = max(map(len, KINDS))
    groups = {kind.group: [one for one in KINDS.values() if one.group == kind.group] for kind in KINDS.values()}
    for group, kinds in groups.items():
        print(f"\n{group}")
        for kind in kinds:
            counts = Counter(one.what for one in outcomes if one.mutant.kind == kind.name)
            total = sum(counts.values())
            if total:
                rest = ", ".join(
                    f"{count} {what}" for what, count in sorted(counts.items()) if what not in (KILLED, HELD)
                )
                print(f"  {kind.name:{width}}  {counts[KILLED] + counts[HELD]:4} / {total:<4}  {rest}".rstrip())
    counts = Counter(one.what for one in outcomes)
    harmful = sum(count for what, count in counts.items() if what != HELD and what != "false alarm")
    print(
        f"\nkilled {counts[KILLED]} of {harmful}, {counts[EXPLAINED]} equivalent, {counts['survived']} survived; "
        f"{counts[HELD]} of {counts[HELD] + counts['false alarm']} harmless changes held; "
        f"{counts[CRASHED]} crashed, {counts[SLOW]} too slow"
    )


if __name__ == "__main__":
    sys.exit(main())
