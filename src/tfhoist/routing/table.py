"""The routing of one environment: load balancers with their listeners and rules, target groups, and DNS records."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tfhoist.routing.model import Listener


class LoadBalancer(msgspec.Struct, frozen=True):
    """A load balancer. `name` is "" when it isn't known, `kind` application, network or gateway."""

    address: str
    name: str = ""
    kind: str = "application"
    internal: bool | None = None
    ipv6: bool | None = False


class TargetGroup(msgspec.Struct, frozen=True):
    """A target group."""

    address: str
    name: str = ""
    port: str = ""
    protocol: str = ""


class Record(msgspec.Struct, frozen=True):
    """A DNS record: `targets` are addresses of what it points at, or names as they're written; empty where it isn't known."""

    address: str
    name: str
    type: str
    zone: str = ""
    targets: tuple[str, ...] = ()
    weighted: bool = False


class Claim(msgspec.Struct, frozen=True):
    """What something other than a listener rule answers for: hosts and paths by its own rules of matching.

    `kind` is cloudfront, api-gateway or api-gateway-mapping; `mapping` is the path of such a mapping, "" for the one that takes
    what no other does.
    """

    kind: str
    address: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    target: str = ""
    mapping: str = ""


class Table(msgspec.Struct, frozen=True):
    """All of it, by addresses; listeners by load balancer and port."""

    environment: str = ""
    load_balancers: tuple[LoadBalancer, ...] = ()
    listeners: tuple[Listener, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    records: tuple[Record, ...] = ()
    claims: tuple[Claim, ...] = ()

    def balancer(self, address: str) -> LoadBalancer | None:
        """The load balancer of that address."""
        return next((one for one in self.load_balancers if one.address == address), None)


def ordered(listeners: Iterable[Listener]) -> tuple[Listener, ...]:
    """Listeners in the order of a table."""
    return tuple(sorted(listeners, key=lambda one: (one.load_balancer, one.port.rjust(5, "0"), one.address)))
