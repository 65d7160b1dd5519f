"""Disagreements between a state and the configuration are found before a move."""

from __future__ import annotations

from tests.unit.state.support import instance, resource, state, written
from tfhoist.state.addresses import InstanceKey
from tfhoist.state.document import read_document
from tfhoist.state.drift import Drift, drift, refusals

STATE = read_document(
    written(
        state(
            resource("aws_lb.main", instance("a", status="tainted")),
            resource("aws_lb.gone", instance("b")),
            resource(
                "aws_x.many", instance("c", key=0), instance("d", key=1), instance("e", key=1, deposed="deadbeef")
            ),
            resource("aws_x.counted", instance("f")),
            resource("module.read/aws_x.y", instance("g", key="a")),
            resource('module.unread["k"]/aws_x.y', instance("h")),
            resource("data.aws_vpc.main", instance("i")),
        )
    ),
    "state",
)
CONFIGURED: dict[str, list[InstanceKey]] = {
    "aws_lb.main": [None],
    "aws_lb.new": [None],
    "aws_x.many": [0, 2],
    "aws_x.counted": [0],
    "module.read.aws_x.y": ["a", "b"],
}


def test_each_kind_is_found() -> None:
    assert drift(STATE, CONFIGURED, ["module.unread"]) == Drift(
        configured_not_in_state=("aws_lb.new", "aws_x.many[2]", 'module.read.aws_x.y["b"]'),
        in_state_not_configured=("aws_lb.gone", "aws_x.many[1]"),
        tainted=("aws_lb.main",),
        deposed=("aws_x.many[1] (deposed deadbeef)",),
    )


def test_without_knowing_of_a_module_what_is_in_it_is_extra() -> None:
    assert 'module.unread["k"].aws_x.y' in drift(STATE, CONFIGURED).in_state_not_configured


def test_only_what_is_asked_for() -> None:
    assert drift(STATE, CONFIGURED, within=["module.read", "aws_x.counted"]) == Drift(('module.read.aws_x.y["b"]',))
    assert not drift(STATE, CONFIGURED, within=["aws_x.counted"])


def test_what_isnt_accepted_by_name_is_refused() -> None:
    found = drift(STATE, CONFIGURED, ["module.unread"])
    kinds = {one.address: one.id for one in refusals(found)}
    assert kinds["aws_lb.main"] == "tainted-instance"
    assert kinds["aws_lb.gone"] == "in-state-not-configured"
    assert len(kinds) == 7
    left = refusals(found, ["aws_lb.main", "aws_lb.gone", "aws_lb.new", "aws_x.many", "module.read.aws_x.y"])
    assert left == ()
    assert [one.address for one in refusals(found, ["aws_x.many[1]", "aws_lb.gone", "aws_lb.main", "aws_lb.new"])] == [
        "aws_x.many[2]", 'module.read.aws_x.y["b"]', "aws_x.many[1] (deposed deadbeef)",
    ]  # fmt: skip
