"""A load balancer whose security group, or its target's, doesn't let requests through."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule


class TargetPortClosed(RoutingRule):
    """Only where all rules of these groups are known here. A CIDR counts as open where it may hold the peer's subnets."""

    id = "target-port-closed"
    severity = Severity.WARNING
    description = "no security-group rule lets a load balancer reach a service on its port"
    advice = "Its requests and health checks time out. Add the rule; if another root adds it, say so in a comment."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for closed in routed.reachability.closed():
            groups = together(closed.closed)
            peers = together(closed.peers) or ("its load balancer" if closed.direction == "ingress" else closed.service)
            lets = f"lets {peers} in" if closed.direction == "ingress" else f"lets requests out to {peers}"
            kind = "" if closed.protocol == "tcp" else f"{closed.protocol.upper()} "
            use = f"{kind}port {closed.port}" + (", that of its health check" if closed.health else "")
            evidence = {
                "load_balancer": closed.load_balancer,
                "target_group": closed.target_group,
                "port": str(closed.port),
                "direction": closed.direction,
            }
            addresses = (closed.service, closed.load_balancer, *closed.closed, *closed.peers)
            if closed.lists:
                named = together(closed.lists)
                yield Draft(
                    f"whether {closed.load_balancer} can reach {closed.service} on {use} isn't known: no {closed.direction} rule "
                    f"of {groups} {lets}, but for the prefix list {named}",
                    addresses,
                    {**evidence, "prefix_lists": ", ".join(closed.lists)},
                    severity=Severity.NOTE,
                    advice="See whether its entries hold the addresses; `aws ec2 get-managed-prefix-list-entries` shows them.",
                )
                continue
            yield Draft(
                f"{closed.load_balancer} can't reach {closed.service} on {use}: no {closed.direction} rule of {groups} {lets}",
                addresses,
                evidence,
            )
