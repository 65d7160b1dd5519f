"""A listener that redirects to a port of its own load balancer where nothing listens."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import without_keys
from tfhoist.diagnostics import Severity
from tfhoist.routing.model import Listener, Request
from tfhoist.rules.base import Routed
from tfhoist.rules.listeners import LISTENERS
from tfhoist.rules.routing import Draft, RoutingRule


class RedirectToClosedPort(RoutingRule):
    """Only where the redirect keeps the host, every listener of this root is known, and the host's load balancer is this one."""

    id = "redirect-to-closed-port"
    severity = Severity.WARNING
    description = "a listener redirects to a port where its load balancer doesn't listen"
    advice = (
        "The client is sent to a port that nothing answers on. Add the listener (HTTPS needs a certificate), or forward instead. "
        "If another root has it, say so in a comment."
    )

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        listeners = routed.table.listeners
        owners = [
            module.instances(d)
            for module in routed.evaluation.modules
            for d in module.module.of("resource")
            if d.type in LISTENERS
        ]
        if None in owners or any(not one.port or not one.load_balancer for one in listeners):
            return  # a listener that isn't known may be the one
        ports = {(one.load_balancer, one.port) for one in listeners}
        known = {balancer.address for balancer in routed.table.load_balancers}
        hosts = {target: record.name for record in routed.table.records for target in record.targets if record.name}
        for listener in listeners:
            port = _redirects(listener)
            if port is None or listener.load_balancer not in known or (listener.load_balancer, port) in ports:
                continue
            yield Draft(
                f"{listener.address} redirects to port {port}, and {without_keys(listener.load_balancer)} has no listener there",
                (listener.address, listener.load_balancer),
                {"load_balancer": listener.load_balancer, "port": port},
                Request(scheme=listener.scheme, host=hosts.get(listener.load_balancer, "any.example.com")),
            )


def _redirects(listener: Listener) -> str | None:
    """The port that the default action redirects to, on the same host; None when it doesn't."""
    details = dict(listener.default.details)
    if listener.default.kind != "redirect" or listener.default.unknown or details.get("host", "#{host}") != "#{host}":
        return None
    port = details.get("port", "#{port}")
    return port if port.isdigit() else None
