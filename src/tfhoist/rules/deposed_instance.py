"""Deposed instances: left over from a replacement, and still to be destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import without_keys
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments
from tfhoist.rules.state import compared


class DeposedInstance(Rule):
    """With `create_before_destroy`, a failed destroy leaves the old instance behind."""

    id = "deposed-instance"
    severity = Severity.WARNING
    description = "a state holds a deposed instance"
    advice = "The next apply destroys it. Apply before migrating, so that only live instances move."

    def match(self, context: Context) -> Iterator[Finding]:
        for one in compared(context):
            for resource in one.snapshot.resources:
                for instance in resource.instances:
                    if instance.deposed:
                        address = resource.instance_address(instance)
                        declaration = one.declared.get(without_keys(resource.address))
                        yield self.finding(
                            f"{address} has a deposed instance, {instance.deposed}{in_environments([one.evaluation.name])}",
                            address=address,
                            ranges=[declaration.range if declaration is not None else None],
                            evidence={"deposed": instance.deposed, **environments_of([one.evaluation.name])},
                        )
