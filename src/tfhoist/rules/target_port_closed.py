"""A load balancer whose security group, or its target's, doesn't let requests through."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule


class TargetPortClosed(RoutingRule):
    """Only where all rules of these groups are known here. CIDRs and prefix lists may hold the peer: they count as open."""

    id = "target-port-closed"
    severity = Severity.WARNING
    description = "no security-group rule lets a load balancer reach a service on its port"
    advice = "Its requests and health checks time out. Add the rule; if another root adds it, say so in a comment."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for closed in routed.reachability.closed():
            groups, peers = together(closed.closed), together(closed.peers)
            lets = f"lets {peers} in" if closed.direction == "ingress" else f"lets requests out to {peers}"
            use = f"port {closed.port}" + (", that of its health check" if closed.health else "")
            yield Draft(
                f"{closed.load_balancer} can't reach {closed.service} on {use}: no {closed.direction} rule of {groups} {lets}",
                (closed.service, closed.load_balancer, *closed.closed, *closed.peers),
                {
                    "load_balancer": closed.load_balancer,
                    "target_group": closed.target_group,
                    "port": str(closed.port),
                    "direction": closed.direction,
                },
            )
