"""Blocks that need each other: Terraform can't order them, and refuses."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule


class ReferenceCycle(Rule):
    """Local modules are looked into: two modules that read each other's unrelated outputs are no cycle."""

    id = "reference-cycle"
    severity = Severity.ERROR
    description = "declarations refer to each other in a circle"
    advice = (
        "Terraform refuses such a root. Break the circle: give one of them the value itself, or split a block in two."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        for circle in context.links.cycles():
            members = list(dict.fromkeys(circle))
            declarations = [context.links.declarations.get(member) for member in members]
            yield self.finding(
                f"{members[0]} refers to itself"
                if len(members) == 1
                else f"a circle of references: {' -> '.join(circle)}",
                address=members[0],
                addresses=members,
                ranges=[declaration.range for declaration in declarations if declaration is not None],
                evidence={"path": " -> ".join(circle)},
            )
