"""Random root modules with random placements: carried, refused for a known reason, never different, and never a crash.

The quick form runs with the suite. `make placements` runs thousands: TFHOIST_PLACEMENTS is their number, TFHOIST_SEED the
first seed. A draw that fails is named by its seed, and shown as small as it could be made.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.properties.choices import Choices, shrink
from tests.properties.placements import EQUIVALENT, REFUSED, UNDECIDED, known_refusals, try_root
from tests.properties.roots import Root, random_root

QUICK = 150
AT_ONCE = 250
LEAST_SHARE = 0.7
SHRINKING_SECONDS = 45
NUMBER = int(os.environ.get("TFHOIST_PLACEMENTS", QUICK))
SEED = int(os.environ.get("TFHOIST_SEED", "3"))

UNDECIDED_FOR = (r"\btimestamp\b", r"^check\b", r"^file .* other roots may call this module too$")
"""What the proof may leave open by its design: a function of time, a check that reads both sides, and a module beside the root
that changes for roots that aren't read."""


class Judged:
    """What came of one root: the kind that the shares are counted by, and what is wrong with it ("" for nothing)."""

    def __init__(self, root: Root) -> None:
        self.kind, self.wrong = "crash", ""
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcome = try_root(root, Path(folder))
            except Exception as error:
                self.wrong = f"{type(error).__name__}: {error}"
                return
        self.kind = outcome.kind
        unknown: list[str] = []
        if outcome.kind == REFUSED:
            self.kind = f"{REFUSED}: {', '.join(outcome.reasons)}"
            unknown = [reason for reason in outcome.reasons if reason not in known_refusals()]
        elif outcome.kind == UNDECIDED:
            unknown = [r for r in outcome.reasons if not any(re.search(known, r) for known in UNDECIDED_FOR)]
        elif outcome.kind != EQUIVALENT:
            unknown = list(outcome.reasons)
        self.wrong = "\n".join(unknown)

    def like(self, other: Judged) -> bool:
        """Whether both are wrong in the same way."""
        return bool(self.wrong) and self.kind == other.kind and self.wrong[:12] == other.wrong[:12]


def _fails_alike(found: Judged, choices: Choices) -> bool:
    return Judged(random_root(choices)).like(found)


@pytest.mark.parametrize("first", range(0, NUMBER, AT_ONCE))
def test_random_placements(first: int, record_property: Callable[[str, object], None]) -> None:
    shares: Counter[str] = Counter()
    for number in range(first, min(first + AT_ONCE, NUMBER)):
        choices = Choices(source=random.Random(f"{SEED}/{number}"))
        judged = Judged(random_root(choices))
        if judged.wrong:
            smaller = shrink(choices.taken, partial(_fails_alike, judged), seconds=SHRINKING_SECONDS)
            root = random_root(Choices(smaller))
            pytest.fail(
                f"draw {number} of seed {SEED}: {judged.kind}\n{judged.wrong}\n\nmade smaller:\n{Judged(root).wrong}\n{root.text()}",
                pytrace=False,
            )
        shares[judged.kind] += 1
    table = "\n".join(f"  {n:5} {n / shares.total():6.1%}  {kind}" for kind, n in shares.most_common())
    record_property("shares", f"{shares.total()} random placements, seed {SEED}, from draw {first}\n{table}")
    assert shares[EQUIVALENT] >= LEAST_SHARE * shares.total(), table


def test_a_draw_is_the_same_again() -> None:
    first, again = (random_root(Choices(source=random.Random("x"))) for _ in range(2))
    assert first.text() == again.text()


def test_shrinking_keeps_what_fails() -> None:
    """The smallest sequence with two choices of at least 5 has nothing else in it."""

    def fails(choices: Choices) -> bool:
        return sum(choices.number(0, 9) >= 5 for _ in range(choices.number(0, 30))) >= 2

    start = Choices(source=random.Random(1))
    while not fails(start):
        start = Choices(source=random.Random(len(start.taken)))
    smaller = shrink(start.taken, fails, seconds=20)
    assert fails(Choices(smaller))
    assert sum(number >= 5 for number in smaller[1:]) == 2
