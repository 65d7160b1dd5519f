"""What is planned of a migration by blocks, and what two states show of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.unit.state.support import AWS
from tfhoist.consolidation.imports import Import, Imports, Left
from tfhoist.migration.blocks import (
    Standing,
    back_imports,
    ids_in,
    is_done,
    operations_of_blocks,
    planned_imports,
    removed_blocks,
    standing,
    with_imports,
    with_removed,
    without_instances,
)  # fmt: skip
from tfhoist.migration.blocks_telling import report_of_blocks
from tfhoist.migration.content import Content
from tfhoist.migration.final import without_call
from tfhoist.migration.journal import Progress
from tfhoist.migration.model import DESTINATION, SOURCE, ImportBlock, MigrationPlan, Report, Side
from tfhoist.state.snapshot import Instance, ResourceState, Snapshot
from tfhoist.state.surgery import ALREADY_GONE, ALREADY_THERE, MOVED, Outcome

EMPTY = Content("", 0, 0, 0, "")
KEYS = ("a.b/c", "x y")


def lbs(module: str = "", **arns: str) -> Snapshot:
    """A state with a load balancer for each key."""
    instances = tuple(
        Instance(index_key=key, attributes=msgspec.Raw(msgspec.json.encode({"arn": arn}))) for key, arn in arns.items()
    )
    return Snapshot(4, resources=(ResourceState("managed", "aws_lb", "a", AWS, module, instances),))


def planned(**more: Any) -> MigrationPlan:
    outcomes = [Outcome(f'aws_lb.a["{key}"]', f'module.s.aws_lb.a["{key}"]', MOVED) for key in KEYS]
    blocks = tuple(ImportBlock(one.from_, one.to, f"arn:{key}") for one, key in zip(outcomes, KEYS, strict=True))
    fields: dict[str, Any] = {
        "id": "p", "environment": "live", "created": "", "module": "module.s", "moved": ("aws_lb.a",), "source": EMPTY,
        "destination": EMPTY, "source_after": EMPTY, "destination_after": EMPTY, "operations": operations_of_blocks(outcomes),
        "imports": blocks, "strategy": "blocks",
    }  # fmt: skip
    return MigrationPlan(**{**fields, **more})


HOME = lbs(**{key: f"arn:{key}" for key in KEYS})
THERE = lbs("module.s", **{key: f"arn:{key}" for key in KEYS})
NOTHING = lbs()


def found(source: Snapshot | None, destination: Snapshot | None) -> Standing:
    return standing(planned(), {SOURCE: source, DESTINATION: destination})


def test_where_things_stand() -> None:
    plan = planned()
    assert found(HOME, None) == Standing(frozenset(), frozenset(), ())
    half = lbs("module.s", **{KEYS[0]: f"arn:{KEYS[0]}"})
    assert found(HOME, half).imported == {'module.s.aws_lb.a["a.b/c"]'}
    assert not found(HOME, THERE).is_done(plan)
    assert found(NOTHING, THERE).is_done(plan)
    assert found(NOTHING, None).problems == tuple(f'aws_lb.a["{key}"] is in neither state' for key in KEYS)
    other = lbs("module.s", **{KEYS[0]: "arn:other", KEYS[1]: f"arn:{KEYS[1]}"})
    assert found(HOME, other).problems == ('a different resource (by its id) is at module.s.aws_lb.a["a.b/c"]',)
    replaced = lbs(**{KEYS[0]: "arn:new", KEYS[1]: f"arn:{KEYS[1]}"})
    assert found(replaced, None).problems == ('aws_lb.a["a.b/c"] is another one than when it was planned',)
    more = lbs(**{key: f"arn:{key}" for key in KEYS}, came="arn:c")
    assert found(more, None).problems == ('aws_lb.a["came"] came to the service\'s state since the plan',)


def test_nothing_is_said_of_a_side_that_was_not_read() -> None:
    plan = planned()
    for side, live in ((SOURCE, HOME), (DESTINATION, THERE)):
        one = standing(plan, {side: live})
        assert one.problems == ()
        assert not one.is_done(plan)
    assert standing(plan, {DESTINATION: THERE}).forgotten == frozenset()
    assert report("verified", standing(plan, {SOURCE: NOTHING}), [SOURCE]).status == "verified"
    assert report("migrated", standing(plan, {DESTINATION: THERE}), [DESTINATION]).conflicts == []


def report(phase: str, where: Standing, read: list[Side] | None = None, **progress: Any) -> Report:
    sides: list[Side] = [SOURCE, DESTINATION] if read is None else read
    told = Progress(phase=phase, **progress)
    return report_of_blocks(planned(), told, where, dict.fromkeys(sides, EMPTY), (), "", (), ["step"])


@pytest.mark.parametrize(
    ("phase", "source", "destination", "status"),
    [
        ("planned", HOME, None, "planned"),
        ("rehearsed", HOME, None, "rehearsed"),
        ("planned", HOME, THERE, "running"),  # somebody applied the central root by hand
        ("planned", NOTHING, THERE, "migrated"),
        ("running", HOME, THERE, "running"),
        ("running", NOTHING, THERE, "migrated"),
        ("rolling-back", NOTHING, THERE, "running"),
        ("migrated", NOTHING, THERE, "migrated"),
        ("verified", NOTHING, THERE, "verified"),
        ("verified", HOME, THERE, "conflict"),
        ("verified", NOTHING, NOTHING, "conflict"),
        ("finalized", NOTHING, THERE, "finalized"),
        ("rolled_back", HOME, NOTHING, "rolled_back"),
    ],
)
def test_the_status_is_what_the_states_show(phase: str, source: Snapshot, destination: Snapshot, status: str) -> None:
    told = report(phase, found(source, destination))
    assert told.status == status
    assert bool(told.conflicts) == (status == "conflict")
    assert bool(told.steps) == (status in ("planned", "rehearsed", "running"))
    assert told.next or status == "finalized"


def test_a_plan_that_the_states_contradict() -> None:
    gone = found(NOTHING, None)
    assert report("planned", gone).status == "planned"
    assert report("planned", gone).conflicts
    assert report("running", gone, touched=True).status == "conflict"


def test_operations() -> None:
    outcomes = [
        Outcome("aws_lb.a", "module.s.aws_lb.a", MOVED),
        Outcome("aws_lb.b", "module.s.aws_lb.b", ALREADY_THERE),
        Outcome("aws_lb.c", "module.s.aws_lb.c", ALREADY_GONE),
        Outcome("data.aws_vpc.v", "module.s.data.aws_vpc.v", MOVED),
    ]
    told = [(one.kind, one.from_, one.already) for one in operations_of_blocks(outcomes)]
    assert told == [
        ("import", "aws_lb.a", False), ("import", "aws_lb.b", True), ("import", "aws_lb.c", True),
        ("forget", "aws_lb.a", False), ("forget", "aws_lb.b", False), ("forget", "aws_lb.c", True),
    ]  # fmt: skip
    assert is_done(operations_of_blocks(outcomes)[3], Standing(frozenset(), frozenset({"aws_lb.a"}), ()))


def test_imports_and_refusals() -> None:
    wanted = Imports(
        (Import("aws_lb.a", "module.s.aws_lb.a", "arn:a"), Import("aws_lb.b", "module.s.aws_lb.b", "arn:b")),
        (
            Left("random_id.r", "its value would be another"),
            Left("aws_thing.t", "the import id of aws_thing isn't known"),
            Left("random_id.gone", "the configuration has no such instance", configured=False),
            Left("aws_own.o", "the import id of aws_own isn't known"),
        ),
    )
    given = {"module.s.aws_lb.a": "arn:a", "module.s.aws_lb.b": "arn:old", "module.s.aws_own.o": "own-id"}
    blocks, refused = planned_imports(wanted, given, "module.s", ids_in(lbs()), ["aws_thing.t"])
    assert [(one.to, one.id) for one in blocks] == [
        ("module.s.aws_lb.a", "arn:a"), ("module.s.aws_lb.b", "arn:b"), ("module.s.aws_own.o", "own-id"),
    ]  # fmt: skip
    assert [(one.id, one.address) for one in refused] == [
        ("import-differs", "aws_lb.b"),
        ("not-importable", "random_id.r"),
    ]
    assert "registry.terraform.io/providers/hashicorp/random" in refused[1].summary


def test_files_of_blocks() -> None:
    block = ImportBlock('aws_lb.a["x y"]', 'module.s.aws_lb.a["x y"]', 'a"b')
    first = with_imports(None, [block], "s")
    assert b'to = module.s.aws_lb.a["x y"]' in first
    assert b'id = "a\\"b"' in first
    more = with_imports(first, [ImportBlock("aws_lb.b", "module.s.aws_lb.b", "b")], "s")
    assert more.startswith(first.rstrip(b"\n"))
    assert more.count(b"import {") == 2
    removed = with_removed(None, ["aws_lb.a", "module.vpc"])
    assert removed_blocks({"removed.tf": removed}) == {"aws_lb.a", "module.vpc"}
    assert removed_blocks({"r.tf": removed.replace(b"false", b"true")}) == frozenset()
    assert removed_blocks({"r.tf": with_removed(removed, ["aws_lb.c"])}) == {"aws_lb.a", "module.vpc", "aws_lb.c"}


def test_the_way_back() -> None:
    blocks, without = back_imports(planned(), THERE, NOTHING)
    assert [(one.to, one.id) for one in blocks] == [(f'aws_lb.a["{key}"]', f"arn:{key}") for key in KEYS]
    assert without == []
    assert back_imports(planned(), THERE, HOME) == ([], [])
    assert back_imports(planned(imports=()), None, NOTHING)[1] == [f'aws_lb.a["{key}"]' for key in KEYS]
    kept = {'aws_lb.a["x y"]'}
    assert ids_in(without_instances(HOME, kept)).keys() == {'aws_lb.a["a.b/c"]'}


def test_a_central_root_without_the_call() -> None:
    source = b"""provider "aws" {
  alias = "s"
}

module "s" {
  source = "../s"
}

module "s_other" {
  source = "../other"
}

output "lb" {
  value = module.s.lb_arn
}

output "other" {
  value = module.s_other.x
}
"""
    left = without_call("main.tf", source, "s")
    assert left is not None
    assert b'module "s" {' not in left
    assert b"module.s.lb_arn" not in left
    assert b'module "s_other"' in left
    assert b"module.s_other.x" in left
    assert b'alias = "s"' in left
