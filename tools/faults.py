"""`make faults`: break a migration in every way that we know, and count what is lost (nothing), resumed and rolled back.

The real engine, on S3 (moto's server on loopback, lock file on) and on local files.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.migration.faults import Tally, attempt, scenarios
from tests.migration.s3 import S3
from tests.migration.worlds import S3World, World


def main() -> int:
    """Run them, and print the table; exit code 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--moments", type=int, default=100, help="random kills in each place")
    parser.add_argument("--calls", type=int, default=56, help="calls of the backend at which each fault is tried")
    parser.add_argument("--place", choices=["files", "S3"], help="only there")
    chosen = parser.parse_args()
    wrong = 0
    for place in ("files", "S3"):
        if chosen.place not in (None, place):
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tfhoist-faults-") as folder:
            s3 = S3() if place == "S3" else None
            tally = Tally()
            try:
                world = S3World(Path(folder) / "w", s3) if s3 is not None else World(Path(folder) / "w")
                for scenario, seed in scenarios(world, moments=chosen.moments, calls=chosen.calls, seed=chosen.seed):
                    attempt(world, scenario, seed, tally)
                    if sys.stderr.isatty():
                        print(f"\r\x1b[2K{scenario.name}", end="", file=sys.stderr, flush=True)
            finally:  # what was tried counts, also when a long run is cut off
                if s3 is not None:
                    s3.close()
                print(f"{place}: {time.monotonic() - started:.0f} s\n{tally}\n", flush=True)
        wrong += len(tally.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
