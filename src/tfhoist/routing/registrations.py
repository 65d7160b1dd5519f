"""What registers with target groups: ECS services, attachments of instances and addresses, and Auto Scaling groups.

Sources: the provider's pages of each resource; Elastic Load Balancing, "Target groups for your Application Load Balancers" (a target
that says no port has its target group's, and a Lambda function has none).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

import msgspec

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.inventory import real_name
from tfhoist.routing.blocks import Inner, nested, outermost
from tfhoist.values.types import to_number

ATTACHMENTS = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")


class Registration(msgspec.Struct, frozen=True):
    """What registers with a target group: `groups` are its security groups, None when they aren't known.

    `port` is where it answers, None when it isn't known. `service` names an ECS service in AWS: cluster and name; empty for
    anything else. `subnets` and `networks` (CIDRs) say where it is, None when that isn't known.
    """

    address: str
    service: tuple[str, str]
    target_group: str
    port: int | None
    groups: tuple[str, ...] | None
    subnets: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None


def read_registrations(evaluation: Evaluation, groups: Mapping[str, BlockInstance]) -> tuple[Registration, ...]:
    """All of one environment. `groups` are its target groups, by address."""
    return (
        *_services(evaluation),
        *_attachments(evaluation, groups),
        *_scaling(evaluation, groups),
    )


def _services(evaluation: Evaluation) -> Iterator[Registration]:
    for instance in evaluation.of("aws_ecs_service"):
        groups: tuple[str, ...] | None = None
        subnets: tuple[str, ...] | None = None
        for network in nested(instance, "network_configuration"):
            groups = network.targets("security_groups") if network is not None else None
            subnets = network.targets("subnets") if network is not None else None
        for block in nested(instance, "load_balancer"):
            target = block.target("target_group_arn") if block is not None else None
            if block is None or target is None:
                continue
            port = to_number(block.value("container_port"))
            name = (instance.points_at("cluster") or "", real_name(instance) or instance.address)
            number = port if isinstance(port, int) else None
            yield Registration(instance.address, name, target, number, groups or None, subnets or None)


def _port_of(group: BlockInstance | None) -> int | None:
    return group.number("port") if group is not None else None


def _attachments(evaluation: Evaluation, groups: Mapping[str, BlockInstance]) -> Iterator[Registration]:
    instances = {one.address: one for one in evaluation.of("aws_instance")}
    for attachment in evaluation.of(*ATTACHMENTS):
        target, what = attachment.points_at("target_group_arn"), attachment.points_at("target_id")
        group = groups.get(target or "")
        if target is None or what is None or (group is not None and group.text("target_type") == "lambda"):
            continue
        port = attachment.number("port") if attachment.value("port") is not None else _port_of(group)
        machine = instances.get(what)
        if machine is not None:
            subnet = machine.points_at("subnet_id")
            yield Registration(
                what, ("", ""), target, port, _security_groups(outermost(machine)), (subnet,) if subnet else None
            )
        elif _address(what):
            yield Registration(attachment.address, ("", ""), target, port, None, None, (what,))


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _scaling(evaluation: Evaluation, groups: Mapping[str, BlockInstance]) -> Iterator[Registration]:
    scaling = {one.address: one for one in evaluation.of("aws_autoscaling_group")}
    templates = {one.address: one for one in evaluation.of("aws_launch_template", "aws_launch_configuration")}
    found: list[tuple[BlockInstance, str]] = []
    for instance in scaling.values():
        found += [(instance, target) for target in outermost(instance).targets("target_group_arns") or ()]
        found += _sources(instance, instance)
    for attachment in evaluation.of("aws_autoscaling_attachment"):
        owner = scaling.get(attachment.points_at("autoscaling_group_name") or "")
        for name in ("lb_target_group_arn", "alb_target_group_arn"):
            target = attachment.points_at(name)
            if owner is not None and target is not None:
                found.append((owner, target))
    for attachment in evaluation.of("aws_autoscaling_traffic_source_attachment"):
        owner = scaling.get(attachment.points_at("autoscaling_group_name") or "")
        if owner is not None:
            found += _sources(attachment, owner)
    for instance, target in found:
        subnets = outermost(instance).targets("vpc_zone_identifier")
        machines = _machines(instance, templates)
        yield Registration(instance.address, ("", ""), target, _port_of(groups.get(target)), machines, subnets or None)


def _sources(instance: BlockInstance, owner: BlockInstance) -> list[tuple[BlockInstance, str]]:
    blocks = [block for block in nested(instance, "traffic_source") if block is not None]
    return [
        (owner, target)
        for block in blocks
        if block.text("type") in (None, "elbv2") and (target := block.target("identifier")) is not None
    ]


def _machines(instance: BlockInstance, templates: Mapping[str, BlockInstance]) -> tuple[str, ...] | None:
    """The security groups of what an Auto Scaling group starts; None when they aren't known."""
    configuration = templates.get(instance.points_at("launch_configuration") or "")
    if configuration is not None:
        return outermost(configuration).targets("security_groups") or None
    inner = [
        specification
        for policy in nested(instance, "mixed_instances_policy")
        if policy is not None
        for template in policy.blocks("launch_template")
        if template is not None
        for specification in template.blocks("launch_template_specification")
    ]
    named: set[str] = set()
    for block in (*nested(instance, "launch_template"), *inner):
        if block is not None:
            names = ("id", "name", "launch_template_id", "launch_template_name")
            named.update(target for name in names if (target := block.target(name)) is not None)
    template = templates.get(next(iter(named))) if len(named) == 1 else None
    return _security_groups(outermost(template)) if template is not None else None


def _security_groups(machine: Inner) -> tuple[str, ...] | None:
    """The security groups of an instance or launch template; None when they aren't known, or are the VPC's default one."""
    if machine.expression("vpc_security_group_ids") is not None:
        return machine.targets("vpc_security_group_ids") or None
    interfaces = list(machine.blocks("network_interfaces"))
    if len(interfaces) == 1 and interfaces[0] is not None:
        return interfaces[0].targets("security_groups") or None
    return None
