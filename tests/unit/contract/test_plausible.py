"""Made-up values: of the forms that providers check, always the same, and nobody's."""

from __future__ import annotations

import re

import pytest

from tfhoist.contract.mock_file import from_reads, hcl
from tfhoist.contract.plausible import ACCOUNT, by_name, invented, uuid
from tfhoist.state.cty import Plain

ARN = re.compile(r"arn:aws:[a-z0-9-]+:([a-z]{2}-[a-z]+-\d)?:(\d{12})?:[\w/:.\-]+\Z")
FORMS = {
    ("aws_lb", "arn"): r".*:loadbalancer/app/main/[0-9a-f]{16}",
    ("aws_lb", "id"): r"arn:.*:loadbalancer/app/main/[0-9a-f]{16}",
    ("aws_lb", "arn_suffix"): r"app/main/[0-9a-f]{16}",
    ("aws_lb", "dns_name"): r"main-\d{10}\.us-east-1\.elb\.amazonaws\.com",
    ("aws_lb", "zone_id"): r"Z[0-9A-Z]{20}",
    ("aws_lb_listener", "arn"): r".*:listener/app/main/[0-9a-f]{16}/[0-9a-f]{16}",
    ("aws_lb_target_group", "arn_suffix"): r"targetgroup/main/[0-9a-f]{16}",
    ("aws_iam_role", "arn"): rf"arn:aws:iam::{ACCOUNT}:role/main",
    ("aws_iam_policy", "arn"): rf"arn:aws:iam::{ACCOUNT}:policy/main",
    ("aws_s3_bucket", "arn"): r"arn:aws:s3:::main",
    ("aws_sqs_queue", "arn"): rf"arn:aws:sqs:us-east-1:{ACCOUNT}:main",
    ("aws_acm_certificate", "arn"): r".*:certificate/[0-9a-f-]{36}",
    ("aws_vpc", "id"): r"vpc-[0-9a-f]{17}",
    ("aws_subnet", "id"): r"subnet-[0-9a-f]{17}",
    ("aws_security_group", "id"): r"sg-[0-9a-f]{17}",
    ("data.aws_caller_identity", "account_id"): ACCOUNT,
    ("data.aws_region", "name"): "us-east-1|main",
    ("module", "vpc_id"): r"vpc-[0-9a-f]{17}",
    ("module", "https_listener_arn"): r"arn:.*:listener/app/.*",
    ("data.aws_iam_policy_document", "json"): r'\{"Version":"2012-10-17","Statement":\[\]\}',
}


@pytest.mark.parametrize(("kind", "attribute"), FORMS)
def test_forms(kind: str, attribute: str) -> None:
    value = invented(kind, f"{kind}.main", None, attribute)
    assert isinstance(value, str)
    assert re.fullmatch(FORMS[kind, attribute], value), value
    assert not value.startswith("arn:") or ARN.match(value)
    assert invented(kind, f"{kind}.main", None, attribute) == value


def test_instances_differ_and_lists_are_lists() -> None:
    assert invented("aws_subnet", "aws_subnet.a", 0, "id") != invented("aws_subnet", "aws_subnet.a", 1, "id")
    ids = by_name("private_subnet_ids", "x")
    assert isinstance(ids, list)
    assert all(re.fullmatch(r"subnet-[0-9a-f]{17}", str(one)) for one in ids)
    assert len(set(map(str, ids))) == 2
    assert by_name("port", "x") == 443
    assert invented("data.aws_availability_zones", "data.aws_availability_zones.a", None, "names") == [
        "us-east-1a", "us-east-1b", "us-east-1c",
    ]  # fmt: skip
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", uuid("x"))


def test_a_value_that_all_reads_lead_into() -> None:
    assert from_reads("x", [()], "leaf") == "leaf"
    assert from_reads("x", [(1,), (0, "name")], "leaf") == [{"name": "leaf"}, {"name": "leaf"}]
    assert from_reads("x", [("a", "b"), ("a", "c"), ("d", None)], "leaf") == {
        "a": {"b": "leaf", "c": "leaf"},
        "d": ["leaf"] * 3,
    }


def test_values_in_hcl() -> None:
    value: Plain = {"a": [1, True, None, 'q"\\', "${x}%{y}\n"], "b c": {}, "n": []}
    assert hcl(value) == '{ a = [1, true, null, "q\\"\\\\", "$${x}%%{y}\\n"], "b c" = {}, n = [] }'
