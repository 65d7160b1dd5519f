"""Companions: blocks that belong to another block, and go where it goes.

A *firm* companion has no life of its own (a listener without its load balancer); a *loose* one is pulled, and other
evidence can outweigh it (a policy attachment whose policy stays).
"""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.graph import Graph


class Companion(NamedTuple):
    """Which attribute of a type names its owner; the path may lead into a nested block."""

    owner_argument: str
    what: str
    firm: bool


COMPANIONS: dict[str, Companion] = {
    "aws_lb_listener": Companion("load_balancer_arn", "a listener belongs to its load balancer", True),
    "aws_alb_listener": Companion("load_balancer_arn", "a listener belongs to its load balancer", True),
    "aws_lb_listener_rule": Companion("listener_arn", "a rule belongs to its listener", True),
    "aws_alb_listener_rule": Companion("listener_arn", "a rule belongs to its listener", True),
    "aws_lb_listener_certificate": Companion("listener_arn", "a certificate belongs to its listener", True),
    "aws_alb_listener_certificate": Companion("listener_arn", "a certificate belongs to its listener", True),
    "aws_wafv2_web_acl_association": Companion(
        "resource_arn", "a firewall's association belongs to what it guards", False
    ),
    "aws_route53_record": Companion("alias", "an alias record belongs to its load balancer", True),
    "aws_iam_role_policy_attachment": Companion("role", "a policy attachment belongs to its role", False),
    "aws_iam_instance_profile": Companion("role", "an instance profile belongs to its role", False),
    "aws_s3_bucket_versioning": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_server_side_encryption_configuration": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_lifecycle_configuration": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_public_access_block": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_ownership_controls": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_policy": Companion("bucket", "a bucket's policy belongs to its bucket", False),
    "aws_security_group_rule": Companion("security_group_id", "a rule belongs to its security group", False),
    "aws_vpc_security_group_ingress_rule": Companion(
        "security_group_id", "a rule belongs to its security group", False
    ),
    "aws_vpc_security_group_egress_rule": Companion("security_group_id", "a rule belongs to its security group", False),
    "aws_subnet": Companion("vpc_id", "a subnet belongs to its network", True),
    "aws_internet_gateway": Companion("vpc_id", "a gateway belongs to its network", True),
    "aws_nat_gateway": Companion("subnet_id", "a NAT gateway belongs to its subnet", True),
    "aws_route_table": Companion("vpc_id", "a route table belongs to its network", True),
    "aws_route": Companion("route_table_id", "a route belongs to its table", True),
    "aws_route_table_association": Companion("route_table_id", "an association belongs to its table", True),
    "aws_ecs_cluster_capacity_providers": Companion("cluster_name", "it configures its cluster", True),
    "aws_secretsmanager_secret_version": Companion("secret_id", "a version belongs to its secret", True),
}


def owners(graph: Graph) -> dict[str, tuple[str, Companion]]:
    """Address to the address of its owner, where the owner is a placed block of the same module."""
    found: dict[str, tuple[str, Companion]] = {}
    for address in graph.placed:
        declaration = graph.module.get(address)
        companion = COMPANIONS.get(declaration.type) if declaration is not None else None
        if declaration is None or companion is None:
            continue
        attribute = declaration.body.attribute(companion.owner_argument)
        spans = [(attribute.start, attribute.end)] if attribute is not None else []
        spans += [(block.start, block.end) for block in declaration.body.blocks_of(companion.owner_argument)]
        for edge in graph.readings(address):
            direct = edge.consumer == address
            inside = direct and any(start <= edge.reference.start < end for start, end in spans)
            if inside and edge.producer != address and edge.use == "value":
                found[address] = (edge.producer, companion)
                break
    return found
