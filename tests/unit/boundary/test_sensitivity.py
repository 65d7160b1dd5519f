"""Marks of what crosses: what is asked for twice is found once."""

from __future__ import annotations

import pytest

from tfhoist.boundary.sensitivity import Sensitivity
from tfhoist.configuration.load import load_module
from tfhoist.values.marks import ALL, NONE, SOME

DEEP = 60
"""So many locals that each read the one before twice: one by one that would be 2^60 ways."""


@pytest.mark.parametrize(
    ("last", "step", "mark"),
    [
        ('"plain"', "[local.a{0}, local.a{0}]", NONE),
        ("var.secret", 'format("%s%s", local.a{0}, local.a{0})', ALL),
        ("{{ k = var.secret }}", "merge(local.a{0}, local.a{0})", SOME),
        ("[var.secret]", "[for x in local.a{0} : x if length(local.a{0}) > 0]", SOME),
    ],
)
def test_locals_that_read_locals(last: str, step: str, mark: int) -> None:
    lines = [f"  a0 = {last.format()}", *(f"  a{n + 1} = {step.format(n)}" for n in range(DEEP))]
    text = 'variable "secret" {\n  sensitive = true\n}\nlocals {\n' + "\n".join(lines) + "\n}\n"
    module = load_module({"main.tf": text.encode()})
    declaration = module.get(f"local.a{DEEP}")
    assert declaration is not None
    assert declaration.attribute is not None
    assert Sensitivity(module).of_expression(declaration.attribute.expression) == mark


def test_a_name_that_is_bound_has_the_mark_of_its_loop() -> None:
    text = """
variable "secret" {
  sensitive = true
}

locals {
  secrets = [for x in [{ v = var.secret }] : x.v]
  plain   = [for x in [{ v = "p" }] : x.v]
}
"""
    module = load_module({"main.tf": text.encode()})
    marks = []
    sensitivity = Sensitivity(module)
    for name in ("secrets", "plain", "secrets"):
        declaration = module.get(f"local.{name}")
        assert declaration is not None
        assert declaration.attribute is not None
        marks.append(sensitivity.of_expression(declaration.attribute.expression))
    assert marks == [SOME, NONE, SOME]
