"""`lifecycle` in all that it may say, keyed provider configurations, and a remote state that may refuse what it reads."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.proof.small import STAYS, different, equivalent, split, undecided
from tfhoist.proof import Subject

LB = 'resource "aws_lb" "a" {\n  name = "a"\n  %s\n}\n'
REGIONS = (
    'provider "aws" {\n  for_each = { eu = "eu", us = "us" }\n  alias    = "by_region"\n  region   = each.value\n}\n'
)

CONDITION = """lifecycle {
    postcondition {
      condition     = self.outputs.guard == 1
      error_message = "No."
    }
  }"""


def stays(old: str, new: str) -> Subject:
    """A queue that stays has something else in it."""
    queue = 'resource "aws_sqs_queue" "q" {\n  %s\n}\n'
    return split(LB % "" + queue % old, queue % new, LB % "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ignore_changes = all", "ignore_changes = [all]"),
        ("ignore_changes = all", "ignore_changes = [tags]"),
        ("prevent_destroy = true", "prevent_destroy = true\n    enabled = false"),
        ("prevent_destroy = true", 'prevent_destroy = true\n    action_trigger {\n      events = ["x"]\n    }'),
        ("prevent_destroy = true", "prevent_destroy = true\n    create_before_destroy = 1 == 2"),
    ],
)
def test_lifecycle_that_says_something_else(old: str, new: str) -> None:
    one, other = (f"lifecycle {{\n    {text}\n  }}" for text in (old, new))
    equivalent(stays(one, one))
    different(stays(one, other), "aws_sqs_queue.q", "lifecycle")
    different(split(LB % one + STAYS, STAYS, LB % other), "aws_lb.a", "lifecycle")


def test_lifecycle_in_a_module_call() -> None:
    call = 'module "m" {\n  source = "./m"\n  %s\n}\n'
    child = {"m/main.tf": 'resource "aws_sqs_queue" "q" {\n}\n'}
    for text in ("enabled = false", "create_before_destroy = true", "prevent_destroy = false"):
        lifecycle = f"lifecycle {{\n    {text}\n  }}"
        different(split(LB % "" + call % "", call % lifecycle, LB % "", files=child), "module.m", "lifecycle")


def test_another_key_of_a_provider() -> None:
    eu, us, default = 'provider = aws.by_region["eu"]', 'provider = aws.by_region["us"]', "provider = aws"
    equivalent(split(REGIONS + LB % "" + STAYS + _queue(eu), REGIONS + STAYS + _queue(eu), LB % ""))
    for new in (us, default, "provider = aws.by_region"):
        different(split(REGIONS + LB % "" + STAYS + _queue(eu), REGIONS + STAYS + _queue(new), LB % ""), "provider")


def _queue(text: str) -> str:
    return f'resource "aws_sqs_queue" "regional" {{\n  {text}\n}}\n'


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (CONDITION, undecided),
        ("lifecycle {\n    enabled = false\n  }", different),
        ("defaults = {\n    guard = 1\n  }", different),
        ('workspace = "other"', different),
        ("count = 1", different),
    ],
)  # fmt: skip
def test_a_remote_state_that_may_refuse(said: str, verdict: object) -> None:
    subject = split(LB % "" + STAYS, STAYS, LB % "")
    remote = subject.service["central.tf"].decode().replace('backend = "local"\n', f'backend = "local"\n  {said}\n')
    changed = msgspec.structs.replace(subject, service={**subject.service, "central.tf": remote.encode()})
    assert callable(verdict)
    verdict(changed, "remote-state")
