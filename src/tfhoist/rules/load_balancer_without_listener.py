"""A load balancer that no listener names: it answers nothing, and costs money."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments
from tfhoist.rules.listeners import LISTENERS, LOAD_BALANCERS, unused


class LoadBalancerWithoutListener(Rule):
    """A load balancer that's passed to a module which isn't read may have its listeners there: no finding."""

    id = "load-balancer-without-listener"
    severity = Severity.WARNING
    description = "a load balancer has no listener in this root"
    advice = (
        "It answers nothing. Give it a listener, or delete it; if another root adds its listeners, say so in a comment."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        for block, declaration, environments in unused(context, LOAD_BALANCERS, lambda user: user.type in LISTENERS):
            yield self.finding(
                f"{block} has no listener{in_environments(environments)}",
                address=block,
                ranges=[declaration.range],
                evidence=environments_of(environments),
            )
