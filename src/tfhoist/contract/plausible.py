"""Values that look like those of AWS: providers check ARNs, ids and names even under a mock. None of them is anybody's.

The account is the one of AWS's own documentation; the forms are those of "Amazon Resource Names (ARNs)" and "Resource IDs" there.
"""

from __future__ import annotations

import hashlib

from tfhoist.state.cty import Plain

ACCOUNT = "123456789012"
REGION = "us-east-1"

_IDS = {
    "aws_vpc": "vpc", "aws_subnet": "subnet", "aws_security_group": "sg", "aws_nat_gateway": "nat", "aws_internet_gateway": "igw",
    "aws_route_table": "rtb", "aws_eip": "eipalloc", "aws_network_interface": "eni", "aws_instance": "i", "aws_ami": "ami",
    "aws_vpc_endpoint": "vpce", "aws_network_acl": "acl", "aws_ebs_volume": "vol", "aws_launch_template": "lt",
    "aws_efs_file_system": "fs", "aws_ec2_transit_gateway": "tgw", "aws_vpc_peering_connection": "pcx", "aws_flow_log": "fl",
    "aws_security_group_rule": "sgrule", "aws_vpc_security_group_ingress_rule": "sgr", "aws_vpc_security_group_egress_rule": "sgr",
}  # fmt: skip
"""How ids of EC2 begin."""

_NAMED_IDS = {
    "vpc": "vpc", "subnet": "subnet", "security_group": "sg", "sg": "sg", "nat_gateway": "nat", "internet_gateway": "igw",
    "route_table": "rtb", "instance": "i", "ami": "ami", "image": "ami",
}  # fmt: skip
"""The same, for names that only speak of such a thing: `private_subnet_ids`."""

_SERVICES = {
    "lb": "elasticloadbalancing", "alb": "elasticloadbalancing", "acm": "acm", "iam": "iam", "s3": "s3", "sns": "sns", "sqs": "sqs",
    "ecs": "ecs", "ecr": "ecr", "kms": "kms", "db": "rds", "rds": "rds", "dynamodb": "dynamodb", "lambda": "lambda", "cloudwatch": "logs",
    "secretsmanager": "secretsmanager", "route53": "route53", "ssm": "ssm", "efs": "elasticfilesystem", "wafv2": "wafv2",
    "vpc": "ec2", "subnet": "ec2", "security": "ec2", "elasticache": "elasticache", "kinesis": "kinesis", "eks": "eks",
    "cloudfront": "cloudfront", "apigatewayv2": "apigateway", "cognito": "cognito-idp", "service": "servicediscovery",
}  # fmt: skip
"""The second word of a resource's type to the service of its ARN."""

_LISTS = ("ids", "names", "subnets", "security_groups", "cidr_blocks", "name_servers", "availability_zones", "zone_ids")


def digits(seed: str, length: int = 17, alphabet: str = "0123456789abcdef") -> str:
    """Characters that are always the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    found = ""
    while len(found) < length:
        number, rest = (
            divmod(number, len(alphabet))
            if number
            else (int(hashlib.sha256(f"{seed}{found}".encode()).hexdigest(), 16), 0)
        )
        found += alphabet[rest]
    return found


def invented(kind: str, address: str, key: str | int | None, attribute: str) -> Plain:
    """An attribute of a resource (`kind` is its type, "data." before that of a data source, or "module")."""
    kind = kind.removeprefix("data.")
    seed = f"{address}[{key}]"
    name = _label(address.rsplit(".", 1)[-1]) + (f"-{_label(str(key))}" if key is not None else "")
    if attribute == "arn":
        return arn(kind, name, seed)
    if attribute == "arn_suffix":
        return arn(kind, name, seed).rsplit(":", 1)[-1].removeprefix("loadbalancer/")
    if attribute == "id":
        return _id(kind, name, seed)
    if attribute == "name":
        return name
    if kind == "aws_availability_zones" and attribute == "names":
        return [f"{REGION}{letter}" for letter in "abc"]
    return by_name(attribute, f"{seed}.{attribute}", kind, name)


def arn(kind: str, name: str, seed: str) -> str:
    """An ARN of that type of resource."""
    long = digits(seed, 16)
    forms = {
        "aws_lb": f"loadbalancer/app/{name}/{long}",
        "aws_lb_listener": f"listener/app/{name}/{long}/{digits(seed + 'l', 16)}",
        "aws_lb_listener_rule": f"listener-rule/app/{name}/{long}/{digits(seed + 'l', 16)}/{digits(seed + 'r', 16)}",
        "aws_lb_target_group": f"targetgroup/{name}/{long}",
        "aws_acm_certificate": f"certificate/{uuid(seed)}",
        "aws_kms_key": f"key/{uuid(seed)}",
        "aws_vpc": f"vpc/{_id('aws_vpc', name, seed)}",
        "aws_subnet": f"subnet/{_id('aws_subnet', name, seed)}",
        "aws_security_group": f"security-group/{_id('aws_security_group', name, seed)}",
        "aws_ecs_cluster": f"cluster/{name}",
        "aws_ecr_repository": f"repository/{name}",
        "aws_db_instance": f"db:{name}",
        "aws_secretsmanager_secret": f"secret:{name}-{digits(seed, 6)}",
        "aws_cloudwatch_log_group": f"log-group:{name}",
        "aws_dynamodb_table": f"table/{name}",
        "aws_lambda_function": f"function:{name}",
        "aws_sns_topic": name,
        "aws_sqs_queue": name,
    }
    kind = kind.replace("aws_alb", "aws_lb")
    if kind == "aws_s3_bucket":
        return f"arn:aws:s3:::{name}"
    if kind.startswith("aws_iam_"):
        what = kind.removeprefix("aws_iam_").replace("_", "-")
        return f"arn:aws:iam::{ACCOUNT}:{what}/{name}"
    words = kind.split("_")
    service = _SERVICES.get(words[1], words[1]) if len(words) > 1 else "service"
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{forms.get(kind, '/'.join((*words[2:], name)))}"


def by_name(name: str, seed: str, kind: str = "", label: str = "") -> Plain:
    """A value by nothing but its name: an attribute's, an output's or a variable's. `label` is what a name in it may be."""
    label = label or _label(name)
    lower = name.lower()
    for plural in ("_arns", "_ids", "_names", "_cidrs"):
        if lower.endswith(plural):
            return [by_name(name[:-1], f"{seed}{number}", kind) for number in range(2)]
    if lower in _LISTS or lower.endswith(("_subnets", "_cidr_blocks")):
        single = {"subnets": "subnet_id", "security_groups": "security_group_id", "ids": "id", "names": "name"}.get(
            lower, lower[:-1]
        )
        return [by_name(single, f"{seed}{number}", kind) for number in range(2)]
    if lower.endswith("arn"):
        return arn(_kind_of(lower) or kind or "aws_service", label, seed)
    if lower.endswith("arn_suffix"):
        return (
            arn("aws_lb_target_group" if "target" in lower else "aws_lb", label, seed)
            .rsplit(":", 1)[-1]
            .removeprefix("loadbalancer/")
        )
    if lower.endswith("account_id") or lower in ("owner_id", "account"):
        return ACCOUNT
    if lower.endswith(("zone_id", "hosted_zone_id")):
        return "Z" + digits(seed, 20, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if lower.endswith("_id") or lower == "id":
        thing = lower.removesuffix("id").rstrip("_")
        for end, prefix in _NAMED_IDS.items():
            if thing == end or thing.endswith(f"_{end}"):
                return f"{prefix}-{digits(seed)}"
        return _id(kind, label, seed)
    if "dns" in lower or lower.endswith(("fqdn", "domain_name", "hostname")):
        return f"{label}-{digits(seed, 10, '0123456789')}.{REGION}.elb.amazonaws.com"
    if lower.endswith(("endpoint", "address")):
        return f"{label}.{digits(seed, 12)}.{REGION}.rds.amazonaws.com"
    if lower.endswith(("url", "uri")):
        return f"https://{label}.example.com"
    if lower.endswith(("cidr", "cidr_block")):
        return "10.0.0.0/16"
    if lower.endswith("port"):
        return 443
    if lower in ("json", "policy", "assume_role_policy") or lower.endswith("_policy_json"):
        return '{"Version":"2012-10-17","Statement":[]}'
    if lower.endswith(("region",)) or (lower in ("name", "id") and kind == "aws_region"):
        return REGION
    if "availability_zone" in lower:
        return f"{REGION}a"
    if lower == "partition":
        return "aws"
    if lower == "dns_suffix":
        return "amazonaws.com"
    return label


def uuid(seed: str) -> str:
    """A UUID."""
    text = digits(seed, 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def _id(kind: str, name: str, seed: str) -> str:
    kind = kind.replace("aws_alb", "aws_lb")
    if kind in _IDS:
        return f"{_IDS[kind]}-{digits(seed)}"
    if kind in ("aws_lb", "aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group", "aws_acm_certificate", "aws_sns_topic",
                "aws_secretsmanager_secret", "aws_iam_policy"):  # fmt: skip
        return arn(kind, name, seed)
    if kind in ("aws_route53_zone",):
        return str(by_name("zone_id", seed))
    if kind in ("aws_caller_identity",):
        return ACCOUNT
    if kind == "aws_region":
        return REGION
    if kind in ("terraform_data", "random_uuid", "null_resource", "aws_kms_key"):
        return uuid(seed)
    return name


def _kind_of(name: str) -> str:
    for part, kind in {
        "target_group": "aws_lb_target_group", "listener": "aws_lb_listener", "alb": "aws_lb", "lb_": "aws_lb", "load_balancer": "aws_lb",
        "role": "aws_iam_role", "policy": "aws_iam_policy", "certificate": "aws_acm_certificate", "bucket": "aws_s3_bucket",
        "topic": "aws_sns_topic", "queue": "aws_sqs_queue", "key": "aws_kms_key", "cluster": "aws_ecs_cluster",
        "secret": "aws_secretsmanager_secret",
        "log_group": "aws_cloudwatch_log_group", "subnet": "aws_subnet", "vpc": "aws_vpc", "table": "aws_dynamodb_table",
        "lambda": "aws_lambda_function", "function": "aws_lambda_function",
    }.items():  # fmt: skip
        if part in name:
            return kind
    return ""


def _label(text: str) -> str:
    """A name that AWS takes: letters, digits and hyphens, 32 at most."""
    cleaned = "".join(character if character.isascii() and character.isalnum() else "-" for character in text).strip(
        "-"
    )
    return (cleaned or "mock")[:32].strip("-").lower()
