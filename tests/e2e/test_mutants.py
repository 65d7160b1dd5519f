"""A plan sees nothing that the symbolic proof misses, and what only the proof sees has a reason. `make plans` makes many more mutants."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conftest import REPOSITORY
from tests.e2e.mutants import BOTH, ONLY_PLAN, ONLY_SYMBOLIC, Subject, compare_all, plan_mutant, subject
from tests.e2e.reasons import REASONS, explain
from tests.mutants.kinds import KINDS
from tests.mutants.results import Changes
from tests.mutants.run import Mutant, diff, mutants
from tests.simulator.fixture import NewSimulator

QUICK = ("maps", "secrets")
COUNT = 36
SEED = 3


@pytest.fixture(scope="module")
def subjects(simulators: NewSimulator, tmp_path_factory: pytest.TempPathFactory) -> list[Subject]:
    return [subject(name, simulators, tmp_path_factory.mktemp(name)) for name in QUICK]


def test_what_a_plan_sees_the_symbolic_proof_sees_too(subjects: list[Subject]) -> None:
    by_name = {one.result.name: one for one in subjects}
    made = mutants([one.result for one in subjects], [one for one in KINDS.values() if not one.harmless], COUNT, SEED)
    assert len(made) == COUNT
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    for one in compare_all(made, subjects):
        counts[one.what] += 1
        owner = by_name[one.mutant.result]
        if one.what == ONLY_PLAN or (one.what == ONLY_SYMBOLIC and not explain(one.mutant, owner)):
            wrong.append(f"{one.what}: {one.mutant.kind}: {one.plan}\n{diff(one.mutant, owner.result)}")
    assert wrong == []
    assert counts[BOTH] >= COUNT / 3, counts


def test_each_side_of_a_mutant_is_planned(subjects: list[Subject]) -> None:
    """The rig itself: a change of meaning is seen in either root, one without meaning in neither."""
    maps = subjects[0]

    def planned(path: str, old: bytes, new: bytes) -> str:
        source = maps.result.files[path]
        assert old in source
        return plan_mutant(Mutant("text-changed", "maps", "", {path: source.replace(old, new)}, ""), maps, "by-hand")

    module = maps.result.module
    assert "'update'" in planned(f"{module}alb.tf", b"200-299", b"200-298")
    assert "service: Seen" in planned(
        "service/main.tf", b"retention_in_days = each.value.public ? 30 : 7", b"retention_in_days = 7"
    )
    assert "'url': ['update']" in planned(f"{module}outputs.tf", b"aws_lb.main.dns_name", b"aws_lb.main.arn")
    assert planned(f"{module}alb.tf", b"200-299", b"200-299") == ""


def test_every_reason_is_documented() -> None:
    page = (REPOSITORY / "tests" / "e2e" / "README.md").read_text()
    for reason in REASONS:
        assert f"| {reason.name} | {reason.what} |" in page, reason.name


def test_a_reason_is_of_what_changed(subjects: list[Subject]) -> None:
    """A reason that fits one change doesn't cover another in the same mutant."""
    maps = subjects[0]
    removed = "service/removed.tf"
    change: Changes = {removed: maps.result.files[removed].replace(b"destroy = false", b"destroy = true")}
    alb = f"{maps.result.module}alb.tf"
    other: Changes = {alb: maps.result.files[alb].replace(b"200-299", b"200")}
    assert explain(Mutant("bool-flipped", "maps", "", change, ""), maps) == "migration blocks"
    assert explain(Mutant("bool-flipped", "maps", "", {**change, **other}, ""), maps) == ""
