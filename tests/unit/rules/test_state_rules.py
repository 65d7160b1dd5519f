"""The rules that compare the configuration with a state."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import findings_of, places, state

ROOT = {
    "main.tf": """
        resource "aws_sns_topic" "a" {
          name = "a"
        }
        resource "aws_sns_topic" "gated" {
          count = var.on ? 1 : 0
          name  = "b"
        }
        variable "on" {
          type    = bool
          default = false
        }
        module "vpc" {
          source = "./vpc"
        }
        module "registry" {
          source = "registry/vpc/aws"
        }
    """,
    "vpc/main.tf": 'resource "aws_vpc" "main" {\n}',
}
ALL = [("aws_sns_topic.a", {}), ("module.vpc.aws_vpc.main", {}), ("module.registry.aws_vpc.this", {"index_key": 0})]


@pytest.mark.parametrize(
    "rule", ["in-state-not-configured", "configured-not-in-state", "tainted-instance", "deposed-instance"]
)
def test_a_state_that_fits(rule: str) -> None:
    assert findings_of(rule, ROOT, states={"": state(*ALL)}) == []


def test_without_a_state_nothing_is_said() -> None:
    assert findings_of("configured-not-in-state", ROOT) == []


def test_in_the_state_and_not_configured() -> None:
    snapshot = state(
        *ALL, ("aws_sqs_queue.old", {}), ("module.gone.aws_vpc.x", {}), ("module.vpc.aws_subnet.x", {"index_key": 0})
    )
    findings = findings_of("in-state-not-configured", ROOT, states={"": snapshot})
    assert [(f.address, f.range) for f in findings] == [
        ("aws_sqs_queue.old", None),
        ("module.gone.aws_vpc.x", None),
        ("module.vpc.aws_subnet.x", None),
    ]


def test_in_the_state_and_left_out_by_its_count() -> None:
    snapshot = state(*ALL, ("aws_sns_topic.gated", {"index_key": 0}))
    [finding] = findings_of("in-state-not-configured", ROOT, states={"": snapshot})
    assert (finding.address, places(finding)) == ("aws_sns_topic.gated", ["main.tf:4-7"])
    assert finding.summary.endswith("its count there leaves it out")
    assert findings_of("in-state-not-configured", ROOT, states={"": snapshot}, variables={"on": True}) == []


def test_single_instances_are_compared() -> None:
    files = 'resource "aws_sns_topic" "a" {\n  for_each = toset(["x", "y"])\n  name = each.key\n}'
    snapshot = state(("aws_sns_topic.a", {"index_key": "x"}), ("aws_sns_topic.a", {"index_key": "z"}))
    [gone] = findings_of("in-state-not-configured", files, states={"": snapshot})
    [new] = findings_of("configured-not-in-state", files, states={"": snapshot})
    assert (gone.address, new.address) == ('aws_sns_topic.a["z"]', 'aws_sns_topic.a["y"]')


def test_a_count_that_came_or_went_is_no_finding() -> None:
    files = 'resource "aws_sns_topic" "a" {\n  count = 1\n}'
    for rule in ("in-state-not-configured", "configured-not-in-state"):
        assert findings_of(rule, files, states={"": state(("aws_sns_topic.a", {}))}) == []


def test_an_unknown_count_makes_no_finding() -> None:
    files = 'variable "n" {}\nresource "aws_sns_topic" "a" {\n  count = var.n\n}\nresource "aws_sns_topic" "b" {\n  count = var.n\n}'
    for rule in ("in-state-not-configured", "configured-not-in-state"):
        assert findings_of(rule, files, states={"": state(("aws_sns_topic.a", {"index_key": 3}))}) == []


@pytest.mark.parametrize(
    "block",
    [
        "moved {\n  from = aws_sns_topic.old\n  to   = aws_sns_topic.new\n}",
        'removed {\n  from = aws_sns_topic.old\n}\nimport {\n  to = aws_sns_topic.new\n  id = "x"\n}',
        "moved {\n  from = module.m\n  to   = module.n\n}\nremoved {\n  from = aws_sns_topic.old\n}\n"
        'import {\n  to = aws_sns_topic.new\n  id = "x"\n}',
    ],
)
def test_what_moved_removed_and_import_blocks_name_is_no_finding(block: str) -> None:
    files = 'resource "aws_sns_topic" "new" {\n}\n' + block
    snapshot = state(("aws_sns_topic.old", {}), *([("module.m.aws_vpc.x", {})] if "module.m" in block else []))
    for rule in ("in-state-not-configured", "configured-not-in-state"):
        assert findings_of(rule, files, states={"": snapshot}) == []


def test_configured_and_not_in_the_state() -> None:
    findings = findings_of("configured-not-in-state", ROOT, states={"": state(ALL[0])}, variables={"on": True})
    assert [(f.address, places(f)) for f in findings] == [
        ("aws_sns_topic.gated", ["main.tf:4-7"]),
        ("module.vpc.aws_vpc.main", ["vpc/main.tf:1-2"]),
    ]


def test_environments_are_put_together() -> None:
    files = {**ROOT, "staging.tfvars": "on = true", "production.tfvars": "on = true"}
    snapshot = state(*ALL)
    [finding] = findings_of("configured-not-in-state", files, states={"staging": snapshot, "production": snapshot})
    assert finding.evidence == {"environments": "staging, production"}


def test_tainted_and_deposed_instances() -> None:
    snapshot = state(*ALL[1:], ("aws_sns_topic.a", {"status": "tainted"}), ("aws_sns_topic.a", {"deposed": "4f6e0a1b"}))
    [tainted] = findings_of("tainted-instance", ROOT, states={"": snapshot})
    [deposed] = findings_of("deposed-instance", ROOT, states={"": snapshot})
    assert (tainted.address, places(tainted)) == ("aws_sns_topic.a", ["main.tf:1-3"])
    assert (deposed.evidence["deposed"], places(deposed)) == ("4f6e0a1b", ["main.tf:1-3"])


def test_only_a_deposed_instance_left() -> None:
    snapshot = state(*ALL, ("aws_sqs_queue.old", {"deposed": "4f6e0a1b"}))
    assert findings_of("in-state-not-configured", ROOT, states={"": snapshot}) == []
