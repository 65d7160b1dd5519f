"""What a saved plan may do: only what is allowed by name, and everything else is an objection that names it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tfhoist.engine.gate import Allowed, Judged, judge_saved
from tfhoist.engine.plans import UnreadablePlan

A, B = "module.s.aws_lb.a", 'module.s.aws_lb.b["x"]'
MAY = Allowed(imports={A: "arn:a", B: "arn:b"}, forgets={"aws_lb.old"}, outputs=("create",))


def change(address: str, *actions: str, importing: str | None = None, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"actions": list(actions)}
    if importing is not None:
        told["importing"] = {"id": importing}
    return {"address": address, "mode": "managed", "change": told, **more}


def judged(*changes: dict[str, Any], may: Allowed = MAY, **more: Any) -> Judged:
    plan = {"format_version": "1.2", "resource_changes": list(changes), **more}
    return judge_saved(json.dumps(plan).encode(), may)


def test_what_is_allowed() -> None:
    found = judged(
        change(A, "no-op", importing="arn:a"),
        change(B, "no-op", importing="arn:b"),
        change("aws_lb.old", "forget"),
        change("aws_lb.same", "no-op"),
        change("data.aws_vpc.v", "read") | {"mode": "data"},
        output_changes={"new": {"actions": ["create"]}, "same": {"actions": ["no-op"]}},
    )
    assert found == Judged((A, B), ("aws_lb.old",), (), ("new",), ())
    assert not found.is_empty
    assert judged(change("aws_lb.same", "no-op")).is_empty


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (change(A, "no-op", importing="arn:other"), "another id"),
        (change("aws_lb.c", "no-op", importing="arn:c"), "isn't to be imported"),
        (change(A, "update", importing="arn:a"), f"update of {A}, which should only be imported"),
        (change(A, "delete", "create", importing="arn:a"), "delete+create"),
        (change("aws_lb.c", "create"), "create of aws_lb.c"),
        (change("aws_lb.c", "update"), "update of aws_lb.c"),
        (change("aws_lb.old", "delete"), "delete of aws_lb.old"),
        (change("aws_lb.old", "create", "delete"), "create+delete of aws_lb.old"),
        (change("aws_lb.old", "create", "forget"), "create+forget"),
        (change("aws_lb.other", "forget"), "isn't to be forgotten"),
        (change("aws_lb.old", "forget", deposed="00c0ffee"), "deposed object of aws_lb.old"),
    ],
)
def test_what_is_not_allowed(one: dict[str, Any], words: str) -> None:
    found = judged(one)
    assert len(found.objections) == 1
    assert words in found.objections[0]
    assert found.is_empty  # nothing of it counts as planned


def test_what_was_accepted_by_name() -> None:
    may = Allowed(imports={A: "arn:a"}, updated={A}, created={"aws_lb.c"})
    found = judged(change(A, "update", importing="arn:a"), change("aws_lb.c", "create"), may=may)
    assert found.objections == ()
    assert found.others == (f"update {A}", "create aws_lb.c")
    found = judged(change(A, "delete", "create", importing="arn:a"), change("aws_lb.c", "delete"), may=may)
    assert len(found.objections) == 2


def test_outputs_and_incomplete_plans() -> None:
    changed = {"a": {"actions": ["update"]}, "b": {"actions": ["delete"]}, "c": {"actions": ["create"]}}
    assert judged(output_changes=changed).objections == ("output a changes (update)", "output b changes (delete)")
    assert judged(output_changes=changed, may=Allowed()).objections[-1] == "output c changes (create)"
    assert judged(complete=False).objections == ("the plan isn't complete",)
    assert judged(errored=True).objections == ("the plan isn't complete",)


@pytest.mark.parametrize(
    "source", [b"", b"{", b"[]", b'{"format_version": "2.0"}', b'{"format_version": "1.0", "resource_changes": 3}']
)
def test_what_is_no_plan(source: bytes) -> None:
    with pytest.raises(UnreadablePlan):
        judge_saved(source, MAY)
