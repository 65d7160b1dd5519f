"""Rules for a host whose record in this root points at another load balancer: nobody who asks DNS gets there."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.model import Kind, Request
from tfhoist.routing.table import Record, Table
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule


def plain_hosts(table: Table) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Load balancer and host (without wildcards) to the rules for it: rule, listener and scheme."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for listener in table.listeners:
        for rule in listener.rules:
            for condition in rule.conditions:
                if condition.kind is Kind.HOST:
                    for host in condition.values:
                        if "*" not in host and "?" not in host:
                            key = (listener.load_balancer, host.lower())
                            found.setdefault(key, []).append((rule.address, listener.address, listener.scheme))
    return found


def address_records(table: Table) -> dict[str, list[Record]]:
    """The records that say where a host is (A, AAAA, CNAME), by the host."""
    found: dict[str, list[Record]] = {}
    for record in table.records:
        if record.type.upper() in ("A", "AAAA", "CNAME") and record.name:
            found.setdefault(record.name, []).append(record)
    return found


class HostRoutedElsewhere(RoutingRule):
    """One finding for each host and load balancer. Only where all records of the host are known, and none points here."""

    united = True
    id = "host-routed-elsewhere"
    severity = Severity.WARNING
    description = "a load balancer has rules for a host whose record points at another one"
    advice = (
        "Requests that follow DNS never meet these rules. Delete them once the other load balancer answers for all of the host, or "
        "point the record here; not while migrating."
    )

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        table = routed.table
        known = {balancer.address: balancer.internal for balancer in table.load_balancers}
        records = address_records(table)
        for (balancer, host), rules in plain_hosts(table).items():
            named = records.get(host, [])
            targets = {target for record in named for target in record.targets}
            if balancer not in known or not targets or not targets <= known.keys() or balancer in targets:
                continue
            if any(known[target] != known[balancer] for target in targets):
                continue  # one is inside, one outside: the host may well have a record in a private zone and in a public one
            if any(not record.targets for record in named):
                continue
            addresses = dict.fromkeys(address for address, _, _ in rules)
            yield Draft(
                f"{balancer} has rules for {host}, whose record points at {together(sorted(targets))}",
                (*addresses, *(record.address for record in named)),
                {"host": host, "load_balancer": balancer, "target": ", ".join(sorted(targets))},
                Request(scheme=rules[0][2], host=host),
            )
