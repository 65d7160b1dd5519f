"""Rules for a host that this root has no record for, though it has records of the same domain."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.interpret import matches
from tfhoist.routing.model import Request
from tfhoist.rules.base import Routed
from tfhoist.rules.host_routed_elsewhere import address_records, plain_hosts
from tfhoist.rules.routing import Draft, RoutingRule


class HostWithoutRecord(RoutingRule):
    """A note: the record may be another root's. Without records of the domain here, DNS is plainly made elsewhere: no finding."""

    united = True
    id = "host-without-record"
    severity = Severity.NOTE
    description = "a load balancer has rules for a host, and this root has no record for it"
    advice = "Its record is another root's, or missing: find out which before anything moves."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        records = address_records(routed.table)
        domains = {name.partition(".")[2] for name in records} | set(records)
        wild = [name for name in records if "*" in name]
        for (balancer, host), rules in plain_hosts(routed.table).items():
            if host in records or host.partition(".")[2] not in domains or any(matches(name, host) for name in wild):
                continue
            addresses = dict.fromkeys(address for address, _, _ in rules)
            yield Draft(
                f"{balancer or rules[0][1]} has rules for {host}, which this root has no record for",
                tuple(addresses),
                {"host": host, "load_balancer": balancer},
                Request(scheme=rules[0][2], host=host),
            )
