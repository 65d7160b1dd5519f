"""Tainted instances: the next apply replaces them."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import without_keys
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments
from tfhoist.rules.state import compared


class TaintedInstance(Rule):
    """A creation that failed half-way, or `terraform taint`."""

    id = "tainted-instance"
    severity = Severity.WARNING
    description = "a state marks an instance as tainted"
    advice = "The next apply replaces it. Apply before migrating, or `terraform untaint` it if it's sound."

    def match(self, context: Context) -> Iterator[Finding]:
        for one in compared(context):
            for resource in one.snapshot.resources:
                for instance in resource.instances:
                    if instance.status == "tainted" and not instance.deposed:
                        address = resource.instance_address(instance)
                        declaration = one.declared.get(without_keys(resource.address))
                        yield self.finding(
                            f"{address} is tainted{in_environments([one.evaluation.name])}",
                            address=address,
                            ranges=[declaration.range if declaration is not None else None],
                            evidence=environments_of([one.evaluation.name]),
                        )
