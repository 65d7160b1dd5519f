"""Two listener rules that take one request and send it to different targets, where neither is the other's special case."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.parting import parted
from tfhoist.rules.base import Routed
from tfhoist.rules.routing import Draft, RoutingRule


class RuleOverlap(RoutingRule):
    """A special case before its general one is how rules are meant to be written, and so are two values of one header: no finding."""

    id = "rule-overlap"
    severity = Severity.NOTE
    description = "two listener rules take one request and do different things: only their order decides"
    advice = "Check that the one that wins is meant to. A condition more, such as the host, would make it independent of the order."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for analysis in routed.analyses:
            for overlap in analysis.overlaps:
                first, second = overlap.first, overlap.second
                if parted(first, second):
                    continue
                yield Draft(
                    f"{overlap.witness.text()} meets {first.address} and {second.address} on {analysis.listener.address}: "
                    f"{first.address} answers (priority {first.priority} before {second.priority})",
                    (first.address, second.address),
                    {
                        "listener": analysis.listener.address,
                        "wins": first.address,
                        "does": first.action.text(),
                        "otherwise": second.action.text(),
                    },
                    overlap.witness,
                )
