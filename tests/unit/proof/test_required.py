"""The required variables and outputs: each has to be there, whoever reads it."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.proof.small import STAYS, different, equivalent, split
from tfhoist.proof import Subject, prove
from tfhoist.proof.required import OUTPUTS, VARIABLES

LOAD_BALANCER = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
MANY = 'resource "aws_iam_role" "many" {\n  count = 2\n}\n'
KEYED = 'resource "aws_security_group" "keyed" {\n  for_each = toset(["x"])\n}\n'
INPUTS = "".join(f'variable "{name}" {{\n  default = ""\n}}\n' for name in VARIABLES)
GIVEN = {
    "zone": "var.route53_zone_id",
    "arn": "aws_lb.a.arn",
    "dns": "[aws_lb.a.dns_name]",
    "roles": "aws_iam_role.many[*].arn",
    "groups": "{ for k, v in aws_security_group.keyed : k => v.id }",
}


def subject(outputs: dict[str, str], inputs: str = INPUTS, *, required: bool = True) -> Subject:
    blocks = LOAD_BALANCER + MANY + KEYED
    shared = (
        inputs + blocks + "".join(f'output "{name}" {{\n  value = {value}\n}}\n' for name, value in outputs.items())
    )
    moved = ("aws_iam_role.many", "aws_lb.a", "aws_security_group.keyed")
    return msgspec.structs.replace(split(STAYS + blocks, STAYS, shared, moved=moved), required=required)


def test_all_are_there() -> None:
    equivalent(subject(GIVEN))
    equivalent(subject({**GIVEN, "dns": "aws_lb.a.dns_name", "roles": "[for r in aws_iam_role.many : r.arn]"}))
    equivalent(subject({}, "", required=False))


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_is_missing(name: str) -> None:
    rest = INPUTS.replace(f'variable "{name}"', 'variable "other"')
    outputs = {**GIVEN, "zone": '""'} if name == "route53_zone_id" else GIVEN
    different(subject(outputs, rest), "required", f"var.{name}")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("zone", "var.certificate_arn == 1 ? 1 : 2", "var.route53_zone_id"),
        ("arn", "aws_lb.a.name", "aws_lb.a.arn"),
        ("dns", "[[aws_lb.a.dns_name]]", "aws_lb.a.dns_name"),
        ("roles", "aws_iam_role.many[0].arn", "aws_iam_role.many.arn"),
        ("groups", "aws_security_group.keyed[\"x\"].id", "aws_security_group.keyed.id"),
    ],
)  # fmt: skip
def test_an_output_is_missing(name: str, value: str, told: str) -> None:
    proof = prove(subject({**GIVEN, name: value}))
    wrong = [o.address for o in proof.obligations if o.kind == "required" and o.result != "holds"]
    assert (proof.verdict != "equivalent", [one.endswith(told) for one in wrong]) == (True, [True])
    different(subject({one: text for one, text in GIVEN.items() if one != name}), "required", told)


def test_every_type_is_one_that_the_boundary_offers() -> None:
    """Both lists are the request's; they're written down twice on purpose, and may not drift apart."""
    from tfhoist.boundary.interface import REQUIRED_ATTRIBUTES
    from tfhoist.consolidation.shared_module import REQUIRED_VARIABLES

    assert set(REQUIRED_VARIABLES) == set(VARIABLES)
    assert all(set(names) <= set(REQUIRED_ATTRIBUTES[kind]) for kind, names in OUTPUTS.items())
    assert set(REQUIRED_ATTRIBUTES) == set(OUTPUTS)
