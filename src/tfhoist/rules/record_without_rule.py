"""A record that points at a load balancer which has no rule for its host, and answers with an error of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.interpret import holds
from tfhoist.routing.model import Kind, Listener, Request, Rule
from tfhoist.rules.base import Routed, together
from tfhoist.rules.host_routed_elsewhere import address_records
from tfhoist.rules.routing import Draft, RoutingRule


class RecordWithoutRule(RoutingRule):
    """Only where every listener is known, none has a rule that may take the host, and each default is a fixed error or redirect."""

    id = "record-without-rule"
    severity = Severity.WARNING
    description = "a record points at a load balancer that has no rule for its host"
    advice = "Whoever asks for the host gets the listener's own error. Add a rule for it, or take the record away."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        by_balancer: dict[str, list[Listener]] = {}
        taken: set[tuple[str, str]] = set()
        for listener in routed.table.listeners:
            by_balancer.setdefault(listener.load_balancer, []).append(listener)
            taken.update((listener.load_balancer, host) for rule in listener.rules for host in _only_hosts(rule))
        for host, records in address_records(routed.table).items():
            if "*" in host:
                continue
            for record in records:
                for target in record.targets:
                    if (target, host) in taken:
                        continue
                    listeners = by_balancer.get(target, [])
                    refusing = [one for one in listeners if _refuses(one)]
                    if not refusing or not all(_leaves(one, host) for one in listeners):
                        continue
                    yield Draft(
                        f"{record.address} points {host} at {target}, where no rule takes it: "
                        f"{together(one.address for one in refusing)} {'answers' if len(refusing) == 1 else 'answer'} "
                        f"{dict(refusing[0].default.details).get('status_code', 'an error')}",
                        (record.address, *(one.address for one in refusing)),
                        {"host": host, "load_balancer": target},
                        Request(scheme=refusing[0].scheme, host=host),
                    )


def _only_hosts(rule: Rule) -> tuple[str, ...]:
    """The hosts that a rule surely may take: those of its only condition for hosts."""
    conditions = [condition for condition in rule.conditions if condition.kind is Kind.HOST]
    return tuple(value.lower() for value in conditions[0].values) if len(conditions) == 1 else ()


def _refuses(listener: Listener) -> bool:
    status = dict(listener.default.details).get("status_code", "")
    return listener.default.kind == "fixed-response" and status[:1] in ("4", "5")


def _leaves(listener: Listener, host: str) -> bool:
    """Whether all requests for a host are left to a default action that is an error or a redirect."""
    if listener.default.unknown or not (_refuses(listener) or listener.default.kind == "redirect"):
        return False
    request = Request(host=host)
    return all(
        any(condition.kind is Kind.HOST and not holds(condition, request) for condition in rule.conditions)
        for rule in listener.rules
    )
