"""Two CloudFront distributions with one alias, or two API Gateway mappings of one path on one domain: AWS refuses the second."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.model import Request
from tfhoist.routing.table import Claim
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule


class EdgeClaimedTwice(RoutingRule):
    """One finding for each alias, or domain and path. A wildcard alias beside a more exact one is no conflict: the exact one wins."""

    id = "edge-claimed-twice"
    severity = Severity.ERROR
    description = "two distributions or API mappings claim one host, or one path of it"
    advice = "AWS refuses the second (CNAMEAlreadyExists, ConflictException). Keep one."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        taken: dict[tuple[str, str, str], list[Claim]] = {}
        for claim in routed.table.claims:
            for host in claim.hosts:
                path = f"/{claim.mapping}" if claim.kind == "api-gateway-mapping" else ""
                taken.setdefault((claim.kind, host, path), []).append(claim)
        for (kind, host, path), claims in taken.items():
            addresses = tuple(dict.fromkeys(claim.address for claim in claims))
            if len(addresses) > 1:
                yield Draft(
                    f"{host}{path} is claimed by {together(addresses)}",
                    addresses,
                    {"host": host, "kind": kind, **({"path": path} if path else {})},
                    None if "*" in host else Request(host=host, path=path or "/"),
                )
