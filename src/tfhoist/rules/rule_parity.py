"""An HTTP and an HTTPS listener of one load balancer that answer one request differently."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.compare import Comparison, compare
from tfhoist.routing.model import Action, Listener, same_action
from tfhoist.rules.base import Routed
from tfhoist.rules.routing import Draft, RoutingRule

_SHOWN = 4


def alike(one: Action, other: Action) -> bool | None:
    """Whether HTTP and HTTPS treat a request alike: they do the same, or HTTP sends it to the same place on HTTPS."""
    details = dict(one.details)
    if (
        one.kind == "redirect"
        and not one.unknown
        and details.get("protocol") == "HTTPS"
        and details.get("host", "#{host}") == "#{host}"
        and details.get("path", "/#{path}") == "/#{path}"
        and details.get("query", "#{query}") == "#{query}"
    ):
        return True
    return same_action(one, other)


def parity(plain: Listener, secure: Listener) -> Comparison:
    """Where an HTTP listener answers differently from an HTTPS one."""
    return compare(plain, secure, alike, most=_SHOWN + 1)


class RuleParity(RoutingRule):
    """One finding for each pair of listeners, with the first requests that show it. A redirect to HTTPS is no difference."""

    id = "rule-parity"
    severity = Severity.WARNING
    description = "an HTTP and an HTTPS listener answer one request differently"
    advice = "Give both the same rules, or let HTTP redirect to HTTPS."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        listeners = [one for one in routed.table.listeners if one.speaks_http and one.load_balancer and one.port]
        for plain in listeners:
            for secure in listeners:
                if plain.load_balancer != secure.load_balancer or (plain.port, secure.port) != ("80", "443"):
                    continue
                if plain.scheme != "http" or secure.scheme != "https":
                    continue
                result = parity(plain, secure)
                if not result.differences:
                    continue
                shown = result.differences[:_SHOWN]
                first = shown[0]
                rules = [name for one in shown for name in (one.rule_before, one.rule_after) if name is not None]
                yield Draft(
                    f"{first.witness.host}{first.witness.path} is answered differently by {plain.address} "
                    f"({first.before.text()}) and {secure.address} ({first.after.text()})"
                    + (f", and so are {len(result.differences) - 1} more" if len(result.differences) > 1 else ""),
                    (plain.address, secure.address, *rules),
                    {
                        "load_balancer": plain.load_balancer,
                        "differences": "; ".join(
                            f"{one.witness.host}{one.witness.path}: {one.before.text()}, {one.after.text()}"
                            for one in shown
                        ),
                    },
                    first.witness,
                )
