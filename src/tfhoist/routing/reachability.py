"""From load balancer to target: which services register where, on which port, and whether security groups let them meet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.routing.blocks import nested, outermost
from tfhoist.routing.read import LOAD_BALANCERS, TARGET_GROUPS
from tfhoist.routing.registrations import read_registrations
from tfhoist.routing.security_groups import Network, SecurityGroup, judge, read_security_groups
from tfhoist.routing.table import Table
from tfhoist.values.types import to_number


class Closed(msgspec.Struct, frozen=True):
    """A port that a load balancer can't reach: `direction` is where it's closed, at the groups `closed`.

    With `lists` it isn't known whether it's closed: only the entries of these prefix lists tell.
    """

    load_balancer: str
    service: str
    target_group: str
    port: int
    protocol: str
    direction: str
    closed: tuple[str, ...]
    peers: tuple[str, ...]
    health: bool
    lists: tuple[str, ...] = ()


class _Side(NamedTuple):
    """One end of a connection: its security groups (None: not known as a whole), and the networks that hold its addresses."""

    groups: tuple[str, ...] | None
    networks: tuple[Network, ...] | None


class Reachability:
    """What is known of one environment."""

    def __init__(self, evaluation: Evaluation, table: Table) -> None:
        self.evaluation = evaluation
        self.table = table
        self.security_groups: dict[str, SecurityGroup] = read_security_groups(evaluation)
        self.target_groups = {one.address: one for one in evaluation.of(*TARGET_GROUPS)}
        self.registrations = read_registrations(evaluation, self.target_groups)
        self.load_balancers = {one.address: one for one in evaluation.of(*LOAD_BALANCERS)}
        self.subnets = {one.address: one for one in evaluation.of("aws_subnet", "aws_default_subnet")}
        self.vpcs = {one.address: one for one in evaluation.of("aws_vpc")}

    def routed(self) -> dict[str, list[str]]:
        """Target group to the load balancers that send requests to it."""
        found: dict[str, list[str]] = {}
        for listener in self.table.listeners:
            for action in (listener.default, *(rule.action for rule in listener.rules)):
                for target in action.targets:
                    known = found.setdefault(target.address, [])
                    if listener.load_balancer and listener.load_balancer not in known:
                        known.append(listener.load_balancer)
        return found

    def closed(self) -> Iterator[Closed]:
        """The ports that security groups keep closed for certain, and those that only a prefix list may open."""
        routed = self.routed()
        for one in self.registrations:
            group = self.target_groups.get(one.target_group)
            target = _Side(self._known(one.groups), self._networks(one.subnets, one.networks))
            for balancer in routed.get(one.target_group, ()):
                source = self._side_of(balancer)
                for port, protocol, is_health in _ports(one.port, group):
                    found = self._shut(source, target, port, protocol)
                    if found is None:
                        continue
                    direction, lists = found
                    shut, peers = (target, source) if direction == "ingress" else (source, target)
                    yield Closed(
                        balancer, one.address, one.target_group, port, protocol, direction, shut.groups or (),
                        peers.groups or (), is_health, lists,
                    )  # fmt: skip

    def _known(self, groups: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Security groups, if all of them are this root's."""
        return groups if groups and all(group in self.security_groups for group in groups) else None

    def _side_of(self, balancer: str) -> _Side:
        instance = self.load_balancers.get(balancer)
        groups = outermost(instance).targets("security_groups") if instance is not None else None
        known = self.table.balancer(balancer)
        passes = known is None or known.kind != "application"  # a Network Load Balancer may keep the sender's address
        return _Side(self._known(groups), None if passes else self._networks(self._subnets_of(balancer), None))

    def _subnets_of(self, balancer: str) -> tuple[str, ...] | None:
        instance = self.load_balancers.get(balancer)
        if instance is None:
            return None
        found = outermost(instance).targets("subnets")
        for block in nested(instance, "subnet_mapping"):
            subnet = block.target("subnet_id") if block is not None else None
            if subnet is None or found is None:
                return None
            found = (*found, subnet)
        return found or None

    def _networks(self, subnets: tuple[str, ...] | None, written: tuple[str, ...] | None) -> tuple[Network, ...] | None:
        """Networks that hold every address of some subnets, or those that are written; None when one isn't known.

        Of a subnet whose CIDR isn't known its VPC's counts, of which it is a part.
        """
        texts: list[str | None] = list(written) if written is not None else []
        if written is None:
            if subnets is None:
                return None
            for address in subnets:
                subnet = self.subnets.get(address)
                vpc = self.vpcs.get(subnet.points_at("vpc_id") or "") if subnet is not None else None
                text = subnet.text("cidr_block") if subnet is not None else None
                texts.append(text or (vpc.text("cidr_block") if vpc is not None else None))
        try:
            return tuple(ipaddress.ip_network(text, strict=False) for text in texts if text) if all(texts) else None
        except ValueError:
            return None

    def _shut(self, source: _Side, target: _Side, port: int, protocol: str) -> tuple[str, tuple[str, ...]] | None:
        """Where a port is closed, with the prefix lists that may open it; None where it's open, or nobody can tell."""
        told: tuple[str, tuple[str, ...]] | None = None
        for direction, here, there in (("egress", source, target), ("ingress", target, source)):
            if here.groups is None:
                continue
            lists = [getattr(self.security_groups[group], direction) for group in here.groups]
            if None in lists:
                continue
            rules = [rule for found in lists for rule in found if rule.about(port, protocol)]
            named = any(rule.groups for rule in rules)
            if there.groups is None and (named or there.networks is None) and rules:
                continue  # a rule for a group may be for one of the groups that aren't known
            judged = judge(rules, frozenset(there.groups or ()), there.networks)
            if judged == "closed":
                return direction, ()
            if judged == "list" and told is None:
                told = direction, tuple(sorted({name for rule in rules for name in rule.lists}))
        return told

    def networks(self) -> Iterator[tuple[str, str, str, str]]:
        """Load balancers and target groups in different VPCs for certain: both, and both VPCs."""
        for group, balancers in self.routed().items():
            there = self._vpc_of_group(group)
            for balancer in balancers:
                here = self._vpc_of(self._subnets_of(balancer))
                if here is not None and there is not None and comparable(here, there) and here != there:
                    yield balancer, group, here, there

    def misplaced(self) -> Iterator[tuple[str, str, str, str]]:
        """What registers with a target group of another VPC than its own, for certain: both, and both VPCs."""
        for one in self.registrations:
            here, there = self._vpc_of(one.subnets), self._vpc_of_group(one.target_group)
            if here is not None and there is not None and comparable(here, there) and here != there:
                yield one.address, one.target_group, here, there

    def _vpc_of_group(self, group: str) -> str | None:
        instance = self.target_groups.get(group)
        return instance.points_at("vpc_id") if instance is not None else None

    def _vpc_of(self, subnets: tuple[str, ...] | None) -> str | None:
        """The VPC of some subnets, if they're all in one."""
        found = {self.subnets[one].points_at("vpc_id") if one in self.subnets else None for one in subnets or ()}
        return next(iter(found)) if len(found) == 1 else None


def _ports(port: int | None, group: BlockInstance | None) -> Iterator[tuple[int, str, bool]]:
    """Ports and protocols that have to be open, and whether only for the health check."""
    protocol = (group.text("protocol") or "" if group is not None else "").upper()
    if port is not None:
        if protocol in ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE"):
            yield port, "udp", False
        if protocol not in ("UDP", "QUIC", "GENEVE"):
            yield port, "tcp", False
    health = health_port(group) if group is not None else None
    if health is not None and (health != port or protocol in ("UDP", "QUIC")):
        yield health, "tcp", True


def comparable(one: str, other: str) -> bool:
    """Whether two VPCs are known in the same way: as this root's, or by their ids."""
    return all(text.split(".")[-2:-1] == ["aws_vpc"] and "data" not in text.split(".") for text in (one, other)) or all(
        text.startswith("vpc-") for text in (one, other)
    )


def health_port(group: BlockInstance) -> int | None:
    """The port of a target group's health check, where it has one of its own."""
    for block in nested(group, "health_check"):
        number = to_number(block.value("port")) if block is not None else None
        if isinstance(number, int):
            return number
    return None


def health_path(group: BlockInstance) -> str | None:
    """The path of a target group's health check; None when it isn't known. The provider's default is `/`."""
    blocks = list(nested(group, "health_check"))
    if None in blocks:
        return None
    for block in blocks:
        if block is not None and block.value("path") is not None:
            return block.text("path")
    protocol = group.text("protocol")
    return "/" if protocol in ("HTTP", "HTTPS") else None
