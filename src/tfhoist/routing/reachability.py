"""From load balancer to target: which services register where, on which port, and whether security groups let them meet."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.inventory import real_name
from tfhoist.routing.blocks import nested, outermost
from tfhoist.routing.read import LOAD_BALANCERS, TARGET_GROUPS
from tfhoist.routing.security_groups import SecurityGroup, read_security_groups
from tfhoist.routing.table import Table
from tfhoist.values.types import to_number


class Registration(msgspec.Struct, frozen=True):
    """A service that registers with a target group: `groups` are its security groups, None when they aren't known.

    `port` is where its containers listen, None when it isn't known. `service` names the service in AWS: cluster and name.
    """

    address: str
    service: tuple[str, str]
    target_group: str
    port: int | None
    groups: tuple[str, ...] | None


class Closed(msgspec.Struct, frozen=True):
    """A port that a load balancer can't reach: `direction` is where it's closed, at the groups `closed`."""

    load_balancer: str
    service: str
    target_group: str
    port: int
    direction: str
    closed: tuple[str, ...]
    peers: tuple[str, ...]
    health: bool


class Reachability:
    """What is known of one environment."""

    def __init__(self, evaluation: Evaluation, table: Table) -> None:
        self.evaluation = evaluation
        self.table = table
        self.security_groups: dict[str, SecurityGroup] = read_security_groups(evaluation)
        self.registrations = tuple(_registrations(evaluation))
        self.target_groups = {one.address: one for one in evaluation.of(*TARGET_GROUPS)}
        self.load_balancers = {one.address: one for one in evaluation.of(*LOAD_BALANCERS)}

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
        """The ports that security groups keep closed for certain."""
        routed = self.routed()
        for one in self.registrations:
            group = self.target_groups.get(one.target_group)
            for balancer in routed.get(one.target_group, ()):
                sources = self._groups_of(balancer)
                if sources is None or one.groups is None or not all(g in self.security_groups for g in one.groups):
                    continue
                ports = [(one.port, False)]
                health = health_port(group) if group is not None else None
                if health is not None and health != one.port:
                    ports.append((health, True))
                for port, is_health in ports:
                    if port is None:
                        continue
                    direction = self._closed(sources, one.groups, port)
                    if direction is not None:
                        shut, peers = (one.groups, sources) if direction == "ingress" else (sources, one.groups)
                        yield Closed(
                            balancer,
                            one.address,
                            one.target_group,
                            port,
                            direction,
                            tuple(shut),
                            tuple(peers),
                            is_health,
                        )

    def _groups_of(self, balancer: str) -> tuple[str, ...] | None:
        """The security groups of a load balancer, all of them known here."""
        instance = self.load_balancers.get(balancer)
        groups = outermost(instance).targets("security_groups") if instance is not None else None
        if not groups or not all(group in self.security_groups for group in groups):
            return None
        return groups

    def _closed(self, sources: tuple[str, ...], targets: tuple[str, ...], port: int) -> str | None:
        for direction, groups, peers in (("egress", sources, targets), ("ingress", targets, sources)):
            lists = [getattr(self.security_groups[group], direction) for group in groups]
            if None in lists or not groups:
                continue
            if not any(rule.lets(port, frozenset(peers)) for rules in lists for rule in rules):
                return direction
        return None

    def networks(self) -> Iterator[tuple[str, str, str, str]]:
        """Load balancers and target groups in different VPCs for certain: both, and both VPCs."""
        for group, balancers in self.routed().items():
            instance = self.target_groups.get(group)
            there = instance.points_at("vpc_id") if instance is not None else None
            for balancer in balancers:
                here = self._vpc_of(balancer)
                if here is not None and there is not None and comparable(here, there) and here != there:
                    yield balancer, group, here, there

    def _vpc_of(self, balancer: str) -> str | None:
        """The VPC of a load balancer, by its subnets."""
        instance = self.load_balancers.get(balancer)
        subnets = outermost(instance).targets("subnets") if instance is not None else None
        known = {one.address: one for one in self.evaluation.of("aws_subnet")}
        found = {known[one].points_at("vpc_id") if one in known else None for one in subnets or ()}
        return next(iter(found)) if len(found) == 1 else None


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


def _registrations(evaluation: Evaluation) -> Iterator[Registration]:
    for instance in evaluation.of("aws_ecs_service"):
        groups: tuple[str, ...] | None = None
        for network in nested(instance, "network_configuration"):
            groups = network.targets("security_groups") if network is not None else None
        for block in nested(instance, "load_balancer"):
            target = block.target("target_group_arn") if block is not None else None
            if block is None or target is None:
                continue
            port = to_number(block.value("container_port"))
            name = (instance.points_at("cluster") or "", real_name(instance) or instance.address)
            yield Registration(instance.address, name, target, port if isinstance(port, int) else None, groups or None)
