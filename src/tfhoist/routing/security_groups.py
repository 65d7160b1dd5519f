"""Which ports security groups open, and for whom: inline blocks and separate rules, as one model.

Sources: the provider's pages "aws_security_group" (Terraform takes away the rule by which AWS allows all egress),
"aws_security_group_rule", "aws_vpc_security_group_ingress_rule" and "aws_vpc_security_group_egress_rule".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.routing.blocks import Inner, nested, outermost
from tfhoist.values.types import Unknown, to_number

_ALL = ("-1", "all")


Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Peer = Literal["open", "unknown", "list", "closed"]
"""What a rule comes to for one peer: whether it lets it through, with `list` where only the entries of a prefix list tell."""


class Opening(msgspec.Struct, frozen=True):
    """One rule: ports (both ends included), protocol, and the peers.

    `groups` are security groups, `ranges` CIDRs, `lists` prefix lists; `unknown` says that a peer is named which isn't known.
    """

    first: int
    last: int
    protocol: str
    groups: frozenset[str]
    ranges: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    unknown: bool = False
    itself: bool = False

    def ports(self) -> str:
        """The ports as a person reads them."""
        if self.protocol in _ALL:
            return "all ports"
        return f"{self.protocol} {self.first}" + (f" to {self.last}" if self.last != self.first else "")

    def about(self, port: int, protocol: str) -> bool:
        """Whether it's about a port of a protocol (tcp or udp)."""
        if self.protocol in _ALL:
            return True
        return self.protocol in (protocol, _NUMBERS[protocol]) and self.first <= port <= self.last


_NUMBERS = {"tcp": "6", "udp": "17"}


def judge(rules: Iterable[Opening], peers: frozenset[str], networks: Sequence[Network] | None) -> Peer:
    """What some rules come to together for a peer that is in some groups and has its addresses in some networks.

    `networks` may hold more than the peer's addresses; None where nothing is known of them.
    """
    found: set[Peer] = set()
    ranges: list[Network] = []
    for rule in rules:
        if not rule.groups.isdisjoint(peers):
            return "open"
        if rule.unknown or any(group.startswith(":") for group in rule.groups):
            found.add("unknown")  # a group that isn't this root's, or a reference that isn't resolved, may be any
        if rule.lists:
            found.add("list")
        for text in rule.ranges:
            try:
                ranges.append(ipaddress.ip_network(text, strict=False))
            except ValueError:
                found.add("unknown")
    if any(one.prefixlen == 0 for one in ranges):
        return "open"
    if ranges and networks is None:
        found.add("unknown")
    elif ranges and networks is not None:
        left = list(networks)
        for one in ranges:
            left = [part for network in left for part in _without(network, one)]
        if not left:
            return "open"
        if any(one.version == network.version and one.overlaps(network) for one in ranges for network in networks):
            found.add("unknown")  # some of the addresses that the peer may have
    return "unknown" if "unknown" in found else "list" if "list" in found else "closed"


def _without(network: Network, other: Network) -> list[Network]:
    """What is left of a network without another one."""
    if isinstance(network, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        if network.subnet_of(other):
            return []
        return list(network.address_exclude(other)) if other.subnet_of(network) else [network]
    if isinstance(network, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        if network.subnet_of(other):
            return []
        return list(network.address_exclude(other)) if other.subnet_of(network) else [network]
    return [network]


class SecurityGroup(msgspec.Struct):
    """A group with its rules in one direction each; None for a direction that isn't known as a whole."""

    address: str
    vpc: str = ""
    ingress: list[Opening] | None = msgspec.field(default_factory=list)
    egress: list[Opening] | None = msgspec.field(default_factory=list)

    def add(self, direction: str, opening: Opening | None) -> None:
        """Add a rule; None makes the direction unknown."""
        rules = self.ingress if direction == "ingress" else self.egress
        if opening is None or rules is None:
            if direction == "ingress":
                self.ingress = None
            else:
                self.egress = None
            return
        if opening.itself:
            opening = msgspec.structs.replace(opening, groups=opening.groups | {self.address})
        rules.append(opening)


def read_security_groups(evaluation: Evaluation) -> dict[str, SecurityGroup]:
    """The security groups of one environment, by address."""
    found: dict[str, SecurityGroup] = {}
    for instance in evaluation.of("aws_security_group"):
        group = found[instance.address] = SecurityGroup(instance.address, instance.points_at("vpc_id") or "")
        for direction in ("ingress", "egress"):
            if instance.declaration.body.attribute(direction) is not None:
                group.add(direction, None)  # `ingress = [...]`, as an attribute
            for block in nested(instance, direction):
                group.add(direction, _opening(block) if block is not None else None)
    separate = [(one, one.text("type")) for one in evaluation.of("aws_security_group_rule")]
    separate += [(one, "ingress") for one in evaluation.of("aws_vpc_security_group_ingress_rule")]
    separate += [(one, "egress") for one in evaluation.of("aws_vpc_security_group_egress_rule")]
    for instance, kind in separate:
        for owner in _owners(instance, found):
            for direction in (kind,) if kind in ("ingress", "egress") else ("ingress", "egress"):
                owner.add(str(direction), _opening(outermost(instance)) if kind is not None else None)
    for unknown in _uncounted(evaluation):
        for owner in found.values():
            owner.add(unknown, None)
    return found


def _owners(instance: BlockInstance, groups: dict[str, SecurityGroup]) -> list[SecurityGroup]:
    """The group that a separate rule belongs to; every group when that isn't known."""
    target = instance.points_at("security_group_id")
    if target in groups:
        return [groups[target]]
    return [] if target is not None and not target.startswith(":") else list(groups.values())


def _uncounted(evaluation: Evaluation) -> Iterator[str]:
    """Directions in which there are rules of an unknown number, or of modules that aren't read."""
    for module in evaluation.modules:
        for declaration in module.module.of("resource"):
            directions = {
                "aws_security_group_rule": ("ingress", "egress"),
                "aws_vpc_security_group_ingress_rule": ("ingress",),
                "aws_vpc_security_group_egress_rule": ("egress",),
            }.get(declaration.type, ())
            if directions and module.instances(declaration) is None:
                yield from directions


def _opening(block: Inner) -> Opening | None:
    protocol = block.text("protocol") or block.text("ip_protocol")
    if protocol is None:
        return None
    first, last = to_number(block.value("from_port")), to_number(block.value("to_port"))
    if protocol not in _ALL and not (isinstance(first, int) and isinstance(last, int)):
        return None
    groups: set[str] = set()
    for name in ("security_groups",):
        targets = block.targets(name)
        if targets is None:
            return None
        groups.update(targets)
    for name in ("source_security_group_id", "referenced_security_group_id"):
        if block.expression(name) is not None and block.value(name) is not None:
            target = block.target(name)
            if target is None:
                return None
            groups.add(target)
    ranges: list[str] = []
    unknown = False
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        value = block.value(name)
        items = value if isinstance(value, tuple) else () if value is None else (value,)
        texts = [item for item in items if isinstance(item, str)]
        ranges += texts
        unknown = unknown or len(texts) < len(items)
    itself = block.value("self")
    return Opening(
        first if isinstance(first, int) else 0,
        last if isinstance(last, int) else 0,
        protocol.lower(),
        frozenset(groups),
        tuple(ranges),
        tuple(_lists(block)),
        unknown,
        itself is True or isinstance(itself, Unknown),
    )


def _lists(block: Inner) -> Iterator[str]:
    """The prefix lists that a rule names, as a person reads them."""
    for name in ("prefix_list_ids", "prefix_list_id"):
        expression = block.expression(name)
        if expression is None or block.value(name) in (None, ()):
            continue
        targets = block.targets(name) if name.endswith("s") else (block.target(name) or "",)
        yield from (target.lstrip(":") or "a prefix list" for target in targets or ("a prefix list",))
