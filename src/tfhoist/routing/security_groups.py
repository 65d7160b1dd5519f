"""Which ports security groups open, and for whom: inline blocks and separate rules, as one model.

Sources: the provider's pages "aws_security_group" (Terraform takes away the rule by which AWS allows all egress),
"aws_security_group_rule", "aws_vpc_security_group_ingress_rule" and "aws_vpc_security_group_egress_rule".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.routing.blocks import Inner, nested, outermost
from tfhoist.values.types import Unknown, to_number

_ALL = ("-1", "all")


class Opening(msgspec.Struct, frozen=True):
    """One rule: ports (both ends included), protocol, and the peers.

    `groups` are security groups; `ranges` says that CIDRs or prefix lists are named, which may hold the peer.
    """

    first: int
    last: int
    protocol: str
    groups: frozenset[str]
    ranges: bool
    itself: bool = False

    def ports(self) -> str:
        """The ports as a person reads them."""
        if self.protocol in _ALL:
            return "all ports"
        return f"{self.protocol} {self.first}" + (f" to {self.last}" if self.last != self.first else "")

    def lets(self, port: int, peers: frozenset[str]) -> bool:
        """Whether it may let TCP on a port through to or from one of some groups."""
        if self.protocol not in ("tcp", "6", *_ALL):
            return False
        if self.protocol not in _ALL and not self.first <= port <= self.last:
            return False
        return self.ranges or not self.groups.isdisjoint(peers)


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
    ranges = any(
        block.expression(name) is not None and block.value(name) not in (None, ())
        for name in ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "cidr_ipv4", "cidr_ipv6", "prefix_list_id")
    )
    # a group that isn't this root's, or a reference that isn't resolved, may be any
    ranges = ranges or any(group.startswith(":") for group in groups)
    itself = block.value("self")
    return Opening(
        first if isinstance(first, int) else 0,
        last if isinstance(last, int) else 0,
        protocol.lower(),
        frozenset(groups),
        ranges,
        itself is True or isinstance(itself, Unknown),
    )
