"""A load balancer that sends requests to a target group of another VPC: AWS refuses it."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.rules.base import Routed
from tfhoist.rules.routing import Draft, RoutingRule


class TargetGroupInAnotherNetwork(RoutingRule):
    """Only where both VPCs are known in the same way; a lookup may be either."""

    id = "target-group-in-another-network"
    severity = Severity.ERROR
    description = "a load balancer sends requests to a target group of another VPC"
    advice = (
        "AWS refuses the rule or the action: both have to be in one VPC. Make the target group in the load balancer's."
    )

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for balancer, group, here, there in routed.reachability.networks():
            yield Draft(
                f"{balancer} is in {here}, and sends requests to {group} in {there}",
                (group, balancer),
                {"load_balancer": balancer, "target_group": group},
            )
        for service, group, here, there in routed.reachability.misplaced():
            yield Draft(
                f"{service} is in {here}, and registers with {group} in {there}",
                (service, group),
                {"target_group": group},
                severity=Severity.WARNING,
                advice="Targets belong in the VPC of their target group; only addresses (target_type ip) may be of a peered one.",
            )
