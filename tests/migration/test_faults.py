"""A sample of `make faults`: kills, failing calls, lost answers, full disks, and somebody else in between."""

from __future__ import annotations

import pytest

from tests.migration.faults import (
    Scenario,
    Tally,
    answer_is_lost,
    attempt,
    call_fails,
    disk_is_full,
    kill_at,
    kill_sometime,
    somebody_applies,
    two_at_once,
)
from tests.migration.s3 import S3
from tests.migration.worlds import World

pytestmark = pytest.mark.terraform

IN_FILES = [
    kill_at(4, "before"), kill_at(4, "after"), kill_at(5, "before"), kill_at(6, "after"), kill_at(7, "before"),
    kill_at(8, "before"), kill_at(2, "after", "rollback"), kill_at(4, "before", "rollback"), kill_sometime(children=False),
    disk_is_full(0), disk_is_full(3000), two_at_once(one_journal=True), two_at_once(one_journal=False),
    somebody_applies("destination", "between reading and writing"),
]  # fmt: skip
ON_S3 = [
    kill_at(4, "after"), kill_at(7, "before"), kill_sometime(children=True), kill_sometime("rollback", children=True),
    answer_is_lost("destination"), answer_is_lost("source"), call_fails("error", 31), call_fails("lose", 29), call_fails("lose", 52),
    somebody_applies("destination", "between reading and writing"), somebody_applies("source", "between reading and writing"),
]  # fmt: skip


@pytest.mark.parametrize("scenario", IN_FILES, ids=[one.name for one in IN_FILES])
def test_in_files(files_world: World, scenario: Scenario) -> None:
    _holds(files_world, scenario)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ON_S3, ids=[one.name for one in ON_S3])
def test_on_s3(s3_world: World, scenario: Scenario) -> None:
    _holds(s3_world, scenario)


def _holds(world: World, scenario: Scenario) -> None:
    tally = Tally()
    attempt(world, scenario, 5, tally)
    assert not tally.wrong
    assert not any(what == "lost" for _, what in tally.counts)


def test_the_check_can_fail(files_world: World) -> None:
    """What a careless migration does (write the source first, and die) is seen."""

    def careless(world: World, chance: object) -> None:
        after = (world.journal / "live/source.after.tfstate").read_bytes()
        world.write("source", after)

    tally = Tally()
    attempt(files_world, Scenario("careless", careless), 1, tally)
    assert tally.counts[("careless", "lost")] == 1
    assert tally.wrong


def test_the_proxy_fails_calls(s3_world: World) -> None:
    from tests.migration.s3 import Fault
    from tests.migration.worlds import S3World

    assert isinstance(s3_world, S3World)
    assert isinstance(s3_world.s3, S3)
    s3_world.reset()
    s3_world.s3.fault = lambda number, call: Fault("error")
    assert s3_world.migrate("plan").code == 1
    s3_world.reset()
