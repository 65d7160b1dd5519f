"""Two listeners of one load balancer on one port: AWS refuses the second."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.scopes import BlockInstance
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.routing.model import Request
from tfhoist.rules.base import Context, Rule, distinct_blocks, environments_of, in_environments, together
from tfhoist.rules.listeners import LISTENERS


class ListenerPortConflict(Rule):
    """One finding for each load balancer and port."""

    id = "listener-port-conflict"
    severity = Severity.ERROR
    description = "two listeners of one load balancer have one port"
    advice = "AWS refuses the second listener (DuplicateListener). Keep one, and move the other's rules to it."

    def match(self, context: Context) -> Iterator[Finding]:
        found: dict[tuple[str, int, tuple[str, ...]], list[str]] = {}
        places: dict[tuple[str, int, tuple[str, ...]], list[BlockInstance]] = {}
        for evaluation in context.evaluations:
            taken: dict[tuple[str, int], list[BlockInstance]] = {}
            for listener in evaluation.of(*LISTENERS):
                owner, port = listener.points_at("load_balancer_arn"), listener.number("port")
                if owner is not None and port is not None:
                    taken.setdefault((owner, port), []).append(listener)
            for (owner, port), listeners in taken.items():
                if len({listener.address for listener in listeners}) > 1:
                    key = (owner, port, tuple(distinct_blocks(listeners)))
                    found.setdefault(key, []).append(evaluation.name)
                    places.setdefault(key, listeners)
        for (owner, port, blocks), environments in found.items():
            who = together(blocks) if len(blocks) > 1 else f"instances of {blocks[0]}"
            yield self.finding(
                f"{owner} has two listeners on port {port}: {who}{in_environments(environments)}",
                address=blocks[0],
                addresses=blocks,
                ranges=[d.range for d in distinct_blocks(places[(owner, port, blocks)]).values()],
                evidence={"load_balancer": owner, "port": str(port), **environments_of(environments)},
                witness=_request(places[(owner, port, blocks)], port),
            )


def _request(listeners: list[BlockInstance], port: int) -> Request | None:
    """A request that both listeners would take; none where a URL doesn't show the port."""
    protocols = {(listener.text("protocol") or "HTTP").upper() for listener in listeners}
    scheme = {80: "http", 443: "https"}.get(port)
    return Request(scheme=scheme, host="any.example.com") if scheme and protocols == {scheme.upper()} else None
