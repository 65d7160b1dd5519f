"""Outputs that were agreed: each name still means what it was to mean."""

from __future__ import annotations

from tests.unit.proof.small import STAYS, different, equivalent, split
from tfhoist.proof import Subject

LOAD_BALANCER = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
ZONES = 'variable "zone" {\n  default = ""\n}\nvariable "other" {\n  default = ""\n}\n'


def promised(value: str) -> Subject:
    """A shared module that passes on an input which the service root has no variable for."""
    subject = split(LOAD_BALANCER + STAYS, STAYS, f'{ZONES}{LOAD_BALANCER}output "zone" {{\n  value = {value}\n}}\n')
    fields = {name: getattr(subject, name) for name in subject.__struct_fields__}
    return Subject(**{**fields, "promises": {"zone": "var.zone"}})


def test_an_input_that_is_new_is_passed_on_as_it_is() -> None:
    equivalent(promised("var.zone"))
    for other in ("var.other", '""', "null", "var.zone[0]", "[var.zone]", "upper(var.zone)"):
        different(promised(other), "promise", "central output.zone")
