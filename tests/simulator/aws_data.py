"""Data sources of the aws provider whose values have to make sense."""

from __future__ import annotations

import json
from typing import Any

from tests.simulator.invention import Invention
from tests.simulator.kinds import Kind

ZONES = {"us-east-1": "abcdef", "us-west-1": "ab", "ca-central-1": "abd"}


def zones(invention: Invention) -> list[str]:
    """The availability zones of the region."""
    return [f"{invention.region}{letter}" for letter in ZONES.get(invention.region, "abc")]


def policy_document(invention: Invention) -> str:
    """The JSON of aws_iam_policy_document, near to how the provider writes it."""
    merged: list[Any] = []
    for name in ("source_policy_documents", "override_policy_documents"):
        for document in invention.values.get(name) or []:
            merged.extend(json.loads(document).get("Statement", []))
    statements = [*merged, *map(_statement, invention.values.get("statement") or [])]
    document = {"Version": invention.values.get("version") or "2012-10-17"}
    if identity := invention.values.get("policy_id"):
        document["Id"] = identity
    return json.dumps({**document, "Statement": statements}, indent=2)


def _statement(block: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if block.get("sid"):
        result["Sid"] = block["sid"]
    result["Effect"] = block.get("effect") or "Allow"
    for name, key in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if block.get(name):
            result[key] = _one_or_many(block[name])
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals: dict[str, Any] = {}
        for each in block.get(name) or []:
            principals[each["type"]] = _one_or_many(each["identifiers"])
        if principals:
            result[key] = "*" if principals == {"*": "*"} else principals
    for condition in block.get("condition") or []:
        tests = result.setdefault("Condition", {}).setdefault(condition["test"], {})
        tests[condition["variable"]] = _one_or_many(condition["values"])
    return result


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


DATA: dict[str, Kind] = {
    "aws_caller_identity": Kind(
        {
            "account_id": "{account}",
            "id": "{account}",
            "arn": "arn:aws:iam::{account}:user/terraform",
            "user_id": "AIDA{letters17}",
        }
    ),
    "aws_region": Kind(
        {
            "name": "{region}",
            "id": "{region}",
            "endpoint": "ec2.{region}.amazonaws.com",
            "description": "Region {region}",
        }
    ),
    "aws_partition": Kind(
        {"partition": "aws", "id": "aws", "dns_suffix": "amazonaws.com", "reverse_dns_prefix": "com.amazonaws"}
    ),
    "aws_availability_zones": Kind(
        {"names": zones, "id": "{region}", "zone_ids": lambda it: [f"use1-az{n}" for n, _ in enumerate(zones(it), 1)]}
    ),
    "aws_iam_policy_document": Kind({"json": policy_document, "minified_json": policy_document, "id": "{digits10}"}),
    "aws_vpc": Kind({"cidr_block": "10.0.0.0/16", "default": False, "state": "available"}),
    "aws_subnets": Kind(
        {"ids": lambda it: [f"subnet-{it.make('hex', 17, str(n))}" for n in range(3)], "id": "{region}"}
    ),
    "aws_subnet": Kind({"cidr_block": "10.0.1.0/24"}),
    "aws_route53_zone": Kind({"id": "{zone_id}", "zone_id": "Z{letters20}", "name": "example.com"}),
    "aws_ami": Kind(
        {"id": "ami-{hex17}", "image_id": "{id}", "architecture": "x86_64", "root_device_name": "/dev/xvda"}
    ),
    "aws_ssm_parameter": Kind(
        {"value": "value-{hex8}", "insecure_value": "value-{hex8}", "type": "String", "version": 1}
    ),
    "aws_secretsmanager_secret_version": Kind({"secret_string": '{{"password":"{hex16}"}}', "version_id": "{uuid}"}),
    "aws_elb_service_account": Kind({"id": "{account}", "arn": "arn:aws:iam::{account}:root"}),
    "aws_ecr_image": Kind({"image_digest": "sha256:{hex64}", "id": "{image_digest}"}),
    "aws_iam_policy": Kind({"policy": '{{"Version":"2012-10-17","Statement":[]}}'}),
}
