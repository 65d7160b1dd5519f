"""Some AWS resources and data sources, as far as the random roots use them: arguments, blocks and what others read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.properties.expressions import BOOL, LIST, MAP, NUMBER, STRING

Attributes = Mapping[str, str]


class Schema(NamedTuple):
    """A type with its arguments, nested blocks, and the attributes that are read; all by their types."""

    type: str
    arguments: Attributes
    attributes: Attributes
    blocks: Mapping[str, Attributes]
    required: tuple[str, ...] = ()


_NAMED = {"id": STRING, "arn": STRING}

AWS = (
    Schema(
        "aws_lb",
        {"name": STRING, "internal": BOOL, "subnets": LIST, "security_groups": LIST, "tags": MAP},
        {**_NAMED, "dns_name": STRING, "zone_id": STRING},
        {"access_logs": {"bucket": STRING, "enabled": BOOL}},
    ),
    Schema(
        "aws_lb_target_group",
        {"name": STRING, "port": NUMBER, "vpc_id": STRING, "tags": MAP},
        {**_NAMED, "arn_suffix": STRING},
        {"health_check": {"path": STRING, "interval": NUMBER}},
    ),
    Schema(
        "aws_lb_listener",
        {"load_balancer_arn": STRING, "port": NUMBER},
        _NAMED,
        {"default_action": {"type": STRING, "target_group_arn": STRING}},
        ("load_balancer_arn",),
    ),
    Schema(
        "aws_security_group",
        {"name": STRING, "vpc_id": STRING, "tags": MAP},
        _NAMED,
        {"ingress": {"from_port": NUMBER, "to_port": NUMBER, "protocol": STRING, "cidr_blocks": LIST}},
    ),
    Schema("aws_vpc", {"cidr_block": STRING, "tags": MAP}, {**_NAMED, "cidr_block": STRING}, {}),
    Schema("aws_subnet", {"vpc_id": STRING, "cidr_block": STRING, "tags": MAP}, _NAMED, {}, ("vpc_id",)),
    Schema("aws_iam_role", {"name": STRING, "assume_role_policy": STRING, "tags": MAP}, _NAMED, {}, ("assume_role_policy",)),
    Schema("aws_iam_role_policy", {"role": STRING, "policy": STRING}, {"id": STRING}, {}, ("role", "policy")),
    Schema("aws_sqs_queue", {"name": STRING, "policy": STRING, "delay_seconds": NUMBER, "tags": MAP}, {**_NAMED, "url": STRING}, {}),
    Schema("aws_s3_bucket", {"bucket": STRING, "tags": MAP}, {**_NAMED, "bucket": STRING}, {}),
    Schema("aws_ecs_cluster", {"name": STRING, "tags": MAP}, _NAMED, {"setting": {"name": STRING, "value": STRING}}, ("name",)),
    Schema(
        "aws_ecs_service",
        {"name": STRING, "cluster": STRING, "desired_count": NUMBER},
        {"id": STRING},
        {"load_balancer": {"target_group_arn": STRING, "container_name": STRING, "container_port": NUMBER}},
        ("name",),
    ),
    Schema(
        "aws_route53_record",
        {"zone_id": STRING, "name": STRING, "type": STRING, "records": LIST, "ttl": NUMBER},
        {"id": STRING, "fqdn": STRING},
        {},
        ("zone_id", "name", "type"),
    ),
    Schema("aws_ssm_parameter", {"name": STRING, "type": STRING, "value": STRING}, _NAMED, {}, ("name", "type")),
    Schema(
        "aws_db_instance", {"instance_class": STRING, "password": STRING, "tags": MAP}, {**_NAMED, "endpoint": STRING}, {},
        ("instance_class",),
    ),
    Schema("aws_cloudwatch_log_group", {"name": STRING, "retention_in_days": NUMBER, "tags": MAP}, _NAMED, {}),
)  # fmt: skip

DATA = (
    Schema("aws_caller_identity", {}, {"account_id": STRING, "arn": STRING}, {}),
    Schema("aws_region", {}, {"name": STRING}, {}),
    Schema("aws_route53_zone", {"name": STRING}, {"zone_id": STRING, "name_servers": LIST}, {}, ("name",)),
    Schema(
        "aws_iam_policy_document",
        {},
        {"json": STRING},
        {"statement": {"actions": LIST, "resources": LIST}},
    ),
    Schema("aws_subnets", {"tags": MAP}, {"ids": LIST}, {}),
)
