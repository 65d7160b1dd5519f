"""What a plan shows, told apart from what the plans of before showed."""

from __future__ import annotations

import msgspec
import pytest

from tfhoist.engine.plans import ResourceChange, TerraformPlan, UnreadablePlan, read_plan
from tfhoist.engine.verdict import judge, worst

NOTHING = TerraformPlan(terraform_version="1.11.4", changes=(), drift=(), outputs={}, reads={}, deferred=())
HOMES = {"module.shop.aws_lb.main": "aws_lb.main"}


def plan(**fields: object) -> TerraformPlan:
    return msgspec.structs.replace(NOTHING, **fields)


def update(address: str) -> ResourceChange:
    return ResourceChange(address, ("update",))


def test_an_address_is_looked_up_where_it_stood() -> None:
    # Both roots had an aws_lb.main: what was pending for one says nothing of the other.
    after = plan(changes=(update("module.shop.aws_lb.main"),))
    moved = judge(after, plan(changes=(update("aws_lb.main"),)), NOTHING, HOMES, module="module.shop")
    assert (moved.verdict, [one.address for one in moved.changes]) == ("different", ["module.shop.aws_lb.main"])
    moved = judge(after, NOTHING, plan(changes=(update("aws_lb.main"),)), HOMES, module="module.shop")
    assert (moved.verdict, moved.changes, len(moved.pending)) == ("equivalent", (), 1)
    own = judge(plan(changes=(update("aws_lb.main"),)), NOTHING, plan(changes=(update("aws_lb.main"),)), HOMES)
    assert (own.verdict, len(own.changes)) == ("different", 1)


def test_data_sources_of_both_roots_may_have_one_address() -> None:
    name = "data.aws_caller_identity.current"
    own, origin = plan(reads={name: "central"}), plan(reads={name: "service"})
    after = plan(reads={name: "central", f"module.shop.{name}": "service"})
    assert judge(after, own, origin, HOMES, module="module.shop").verdict == "equivalent"
    swapped = plan(reads={name: "service", f"module.shop.{name}": "service"})
    found = judge(swapped, own, origin, HOMES, module="module.shop")
    assert (found.verdict, found.reads) == ("undecided", (name,))


def test_outputs_that_change_with_what_was_pending_are_undecided() -> None:
    after = plan(changes=(update("module.shop.aws_lb.main"),), outputs={"lb": ("update",)})
    before = plan(changes=(update("aws_lb.main"),))
    found = judge(after, NOTHING, before, HOMES, module="module.shop")
    assert (found.verdict, found.output_changes) == ("undecided", ("lb",))
    assert "apply that first" in found.reasons[0]
    assert judge(plan(outputs={"lb": ("update",)}), NOTHING, NOTHING, HOMES).verdict == "different"
    assert judge(plan(outputs={"lb": ("create",)}), NOTHING, NOTHING, HOMES, ("lb",)).verdict == "equivalent"


def test_drift_and_reads_that_wait_for_an_apply() -> None:
    one = update("module.shop.aws_lb.main")
    assert judge(plan(drift=(one,)), NOTHING, NOTHING, HOMES).verdict == "undecided"
    assert judge(plan(drift=(one,)), NOTHING, plan(drift=(update("aws_lb.main"),)), HOMES).verdict == "equivalent"
    waiting = plan(deferred=("data.aws_vpc.main",))
    assert judge(waiting, NOTHING, None, {}).verdict == "undecided"
    assert judge(waiting, waiting, None, {}).verdict == "equivalent"
    assert judge(plan(complete=False), NOTHING, None, {}).reasons == ("the plan isn't complete",)


def test_an_import_is_a_change() -> None:
    after = plan(changes=(ResourceChange("aws_lb.main", ("no-op",), importing=True),))
    assert judge(after, NOTHING, None, {}).verdict == "different"


def test_the_worst_verdict() -> None:
    assert worst(["equivalent", "undecided", "different"]) == "different"
    assert worst(["equivalent", "undecided"]) == "undecided"
    assert worst(["equivalent"]) == "equivalent"
    assert worst([]) == "undecided"


def test_another_version_of_the_plans_json_is_refused() -> None:
    with pytest.raises(UnreadablePlan, match=r"version 2\.0"):
        read_plan(b'{"format_version": "2.0"}')
    with pytest.raises(UnreadablePlan):
        read_plan(b"[]")


@pytest.mark.parametrize(
    ("after", "after_sensitive", "expected"),
    [
        ({"input": "a"}, {"input": True}, True),  # what isn't there is known after an apply only
        ({"input": "a", "tags": {"x": 1}}, {"input": True}, True),
        ({"input": "b"}, {"input": True}, False),
        ({"input": "a", "more": None}, {"input": True}, False),
        ({"input": "a"}, {}, False),
    ],
)
def test_a_change_of_marks_alone_is_told(after: dict[str, object], after_sensitive: object, expected: bool) -> None:
    change = {
        "actions": ["update"], "before": {"input": "a", "tags": {"x": 1}}, "after": after, "before_sensitive": {},
        "after_sensitive": after_sensitive,
    }  # fmt: skip
    source = {"format_version": "1.2", "resource_changes": [{"address": "a.b", "mode": "managed", "change": change}]}
    (found,) = read_plan(msgspec.json.encode(source)).changes
    assert found.marks_only is expected
    assert found.is_change
