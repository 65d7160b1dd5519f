"""The policy: what matches, what the conditions see, and that the built-in one is the request's two lists."""

from __future__ import annotations

import json
import tomllib

import msgspec
import pytest

from tfhoist.configuration.load import load_module
from tfhoist.placement.model import Side
from tfhoist.placement.policy import PolicyRule, When, builtin_policy, first_match, load_policy, matches
from tfhoist.placement.trust import Principal, lets_in_other_accounts, principals


def rule_for(source: str, address: str, rules: tuple[PolicyRule, ...] | None = None) -> PolicyRule | None:
    module = load_module({"main.tf": source.encode()})
    declaration = module.get(address)
    assert declaration is not None
    return first_match(rules if rules is not None else builtin_policy(), declaration, module)


def named(source: str, address: str) -> tuple[str, str, str] | None:
    rule = rule_for(source, address)
    return None if rule is None else (rule.name, rule.side.value, rule.strength)


# --- The policy as data ---------------------------------------------------------------------------------------------------


def test_every_rule_has_its_own_name_and_a_reason() -> None:
    rules = builtin_policy()
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.reason and rule.match for rule in rules)


@pytest.mark.parametrize(
    "text",
    [
        'rules = [{ name = "a", match = ["x"], side = "centrl" }]',
        'rules = [{ name = "a", match = ["x"], side = "local", wen = {} }]',
        'rules = [{ name = "a", match = ["x"], side = "local", when = { internl = true } }]',
        'rules = [{ match = ["x"], side = "local" }]',
        'rule = []\nrules = []',
    ],
)  # fmt: skip
def test_a_broken_policy_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        load_policy(text.encode())


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        load_policy(b"rules = ")


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="no built-in policy"):
        builtin_policy("../secrets")


# --- Globs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        ("aws_s3_*", "aws_s3_bucket.a", True),
        ("aws_s3_bucket", "aws_s3_bucket.a", True),
        ("aws_s3_bucket", "aws_s3_bucket_policy.a", False),
        ("aws_s3_bucket.a", "aws_s3_bucket.a", True),
        ("aws_s3_bucket.b", "aws_s3_bucket.a", False),
        ("*.a", "aws_s3_bucket.a", True),
        ("module.v*", "module.vpc", True),
        ("*", "module.vpc", False),
        ("*", "aws_s3_bucket.a", True),
        ("AWS_s3_bucket", "aws_s3_bucket.a", False),
    ],
)
def test_globs(pattern: str, address: str, expected: bool) -> None:
    module = load_module(
        {
            "a.tf": b'resource "aws_s3_bucket" "a" {}\nresource "aws_s3_bucket_policy" "a" {}\nmodule "vpc" {\n  source = "x/y"\n}\n'
        }
    )
    declaration = module.get(address)
    assert declaration is not None
    assert matches(PolicyRule(name="r", match=(pattern,), side=Side.LOCAL), declaration) is expected


def test_the_first_rule_counts() -> None:
    mine = PolicyRule(name="mine", match=("aws_s3_bucket.a",), side=Side.CENTRAL)
    conditional = PolicyRule(name="no", match=("*",), side=Side.CENTRAL, when=When(internal=True))
    source = 'resource "aws_s3_bucket" "a" {}\nresource "aws_s3_bucket" "b" {}\n'
    rules = (conditional, mine, *builtin_policy())
    found = [rule_for(source, address, rules) for address in ("aws_s3_bucket.a", "aws_s3_bucket.b")]
    assert [rule.name for rule in found if rule is not None] == ["mine", "bucket"]


# --- The built-in policy --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["aws_lb", "aws_alb", "aws_elb"])
@pytest.mark.parametrize(
    ("internal", "expected"),
    [
        ("", ("public-load-balancer", "central", "rule")),
        ("internal = false", ("public-load-balancer", "central", "rule")),
        ("internal = true", ("internal-load-balancer", "local", "rule")),
        ('internal = "true"', ("internal-load-balancer", "local", "rule")),
        ("internal = var.private", ("internal-load-balancer", "local", "rule")),
        ("internal = !local.private", ("public-load-balancer", "central", "rule")),
        ("internal = var.given", ("load-balancer", "central", "preference")),
    ],
)
def test_load_balancers(kind: str, internal: str, expected: tuple[str, str, str]) -> None:
    source = f"""
variable "private" {{
  default = true
}}
variable "given" {{
  type = bool
}}
locals {{
  private = var.private
}}
resource "{kind}" "a" {{
  {internal}
}}
"""
    assert named(source, f"{kind}.a") == expected


def test_a_load_balancer_in_json_may_be_either() -> None:
    text = json.dumps({"resource": {"aws_lb": {"a": {"internal": True}}}})
    module = load_module({"main.tf.json": text.encode()})
    declaration = module.get("aws_lb.a")
    assert declaration is not None
    rule = first_match(builtin_policy(), declaration, module)
    assert rule is not None
    assert rule.name == "load-balancer"


@pytest.mark.parametrize(
    ("kind", "name", "side"),
    [
        ("aws_lb_listener", "routing", "central"),
        ("aws_lb_listener_rule", "routing", "central"),
        ("aws_lb_target_group", "target-group", "central"),
        ("aws_route53_record", None, None),
        ("aws_ecs_cluster", "ecs", "local"),
        ("aws_ecs_service", "ecs", "local"),
        ("aws_ecs_task_definition", "ecs", "local"),
        ("aws_ecs_capacity_provider", "ecs", "local"),
        ("aws_appautoscaling_target", "scaling", "local"),
        ("aws_db_instance", "database", "local"),
        ("aws_rds_cluster", "database", "local"),
        ("aws_s3_bucket", "bucket", "local"),
        ("aws_s3_bucket_versioning", "bucket", "local"),
        ("aws_cloudwatch_log_group", "monitoring", "local"),
        ("aws_cloudwatch_metric_alarm", "monitoring", "local"),
        ("aws_cloudwatch_dashboard", "monitoring", "local"),
        ("aws_ecr_repository", "image-repository", "local"),
        ("aws_secretsmanager_secret", "secret", "local"),
        ("aws_ssm_parameter", "secret", "local"),
        ("aws_sns_topic", "messaging", "local"),
        ("aws_sqs_queue", "messaging", "local"),
        ("aws_service_discovery_service", "service-discovery", "local"),
        ("aws_lambda_function", "function", "local"),
        ("aws_security_group", "security-group", "local"),
        ("aws_vpc_security_group_ingress_rule", "security-group", "local"),
        ("aws_vpc", None, None),
        ("aws_subnet", None, None),
        ("aws_internet_gateway", None, None),
        ("aws_nat_gateway", None, None),
        ("aws_route_table", None, None),
        ("aws_eip", None, None),
        ("aws_acm_certificate", None, None),
        ("aws_iam_role", None, None),
        ("aws_iam_policy", None, None),
    ],
)
def test_types(kind: str, name: str | None, side: str | None) -> None:
    rule = rule_for(f'resource "{kind}" "a" {{}}\n', f"{kind}.a")
    assert (rule.name if rule else None, rule.side.value if rule else None) == (name, side)


def test_module_calls_follow_the_cut() -> None:
    assert named('module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n', "module.vpc") is None


def test_weights_fit_the_costs_of_the_cut() -> None:
    from tfhoist.placement.place import DOWNLINK_COST, UPLINK_COST

    weights = {rule.name: rule.weight for rule in builtin_policy() if rule.strength == "preference"}
    assert weights["target-group"] > UPLINK_COST
    assert DOWNLINK_COST < weights["security-group"] < UPLINK_COST - 2 * DOWNLINK_COST
    assert weights["shared-bucket-policy"] < UPLINK_COST


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("var.zone_id", "public-dns"),
        ('"Z0123456789"', "public-dns"),
        ("aws_route53_zone.public.zone_id", "public-dns"),
        ("data.aws_route53_zone.public.zone_id", "public-dns"),
        ("aws_route53_zone.private.zone_id", "private-dns"),
        ("data.aws_route53_zone.private[0].zone_id", "private-dns"),
        ("local.zone", "private-dns"),
        ("aws_service_discovery_private_dns_namespace.a.hosted_zone", "private-dns"),
    ],
)
def test_dns(zone: str, expected: str) -> None:
    source = f"""
resource "aws_route53_zone" "public" {{}}
resource "aws_route53_zone" "private" {{
  vpc {{
    vpc_id = "vpc-1"
  }}
}}
data "aws_route53_zone" "public" {{}}
data "aws_route53_zone" "private" {{
  private_zone = true
}}
resource "aws_service_discovery_private_dns_namespace" "a" {{}}
locals {{
  zone = aws_route53_zone.private.id
}}
resource "aws_route53_record" "a" {{
  zone_id = {zone}
}}
"""
    rule = rule_for(source, "aws_route53_record.a")
    assert rule is not None
    assert rule.name == expected
    assert named(source, "aws_route53_zone.public") == ("public-dns", "central", "rule")
    assert named(source, "aws_route53_zone.private") == ("private-dns", "local", "preference")


# --- Whom a policy lets in ------------------------------------------------------------------------------------------------

REST = """
data "aws_caller_identity" "current" {}
locals {
  account = data.aws_caller_identity.current.account_id
  trust   = jsonencode({ Statement = [{ Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
}
resource "aws_iam_role" "other" {}
data "aws_iam_policy_document" "ecs" {
  statement {
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "combined" {
  source_policy_documents = [data.aws_iam_policy_document.ecs.json]
  statement {
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.partner}:root"]
    }
  }
}
data "aws_iam_policy_document" "ring" {
  source_policy_documents = [data.aws_iam_policy_document.ring.json]
}
"""
ECS = ("ecs-role", "central", "rule")
CROSS = ("cross-account-role", "central", "rule")


def aws(principal: str) -> str:
    return f"jsonencode({{ Statement = [{{ Principal = {{ AWS = {principal} }} }}] }})"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("local.trust", ECS),
        ("data.aws_iam_policy_document.ecs.json", ECS),
        ("data.aws_iam_policy_document.combined.json", ECS),
        ("data.aws_iam_policy_document.ring.json", None),
        ('jsonencode({ Statement = { Principal = { Service = ["a", "ecs-tasks.amazonaws.com"] } } })', ECS),
        (
            'jsonencode({ Statement = { "Principal" : { "Service" : "ecs-tasks.${data.aws_partition.p.dns_suffix}" } } })',
            ECS,
        ),
        ('<<-EOF\n  {"Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}\n  EOF\n', ECS),
        (r'"{\"Statement\": {\"Principal\": {\"Service\": [\"ecs-tasks.amazonaws.com\"]}}}"', ECS),
        (
            'jsonencode({ Statement = { Principal = { Service = "ecs.amazonaws.com" } } }) # ecs-tasks.amazonaws.com',
            None,
        ),
        ('jsonencode({ Statement = { Sid = "ecs-tasks.amazonaws.com" } })', None),
        (aws('"arn:aws:iam::210987654321:root"'), CROSS),
        (aws('"210987654321"'), CROSS),
        (aws('"arn:aws:sts::210987654321:assumed-role/x/y"'), CROSS),
        (aws('["arn:aws:iam::${var.partner}:role/deploy"]'), CROSS),
        (aws("var.partner_role"), CROSS),
        (aws('"*"'), CROSS),
        ('jsonencode({ Statement = { Principal = "*" } })', CROSS),
        (
            '<<EOF\n{"Statement": [{"Principal": "*"}, {"Principal": {"AWS": "arn:aws:iam::${var.x}:root"}}]}\nEOF\n',
            CROSS,
        ),
        (aws('"arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"'), None),
        (aws('"arn:aws:iam::${local.account}:root"'), None),
        (aws('"arn:aws:iam::${var.account_id}:root"'), None),
        (aws("aws_iam_role.other.arn"), None),
        (
            'jsonencode({ Statement = { Principal = { Federated = "arn:aws:iam::210987654321:oidc-provider/x" } } })',
            None,
        ),
        (
            'jsonencode({ Statement = { Principal = { Service = "ec2.amazonaws.com" }, '
            'Condition = { StringEquals = { "aws:SourceAccount" = "210987654321" } } } })',
            None,
        ),
        ("var.policy", None),
        ('file("trust.json")', None),
        ('"not json"', None),
    ],
)
def test_roles(policy: str, expected: tuple[str, str, str] | None) -> None:
    source = f'{REST}\nresource "aws_iam_role" "a" {{\n  assume_role_policy = {policy}\n}}\n'
    assert named(source, "aws_iam_role.a") == expected


def test_a_shared_bucket_policy_is_a_preference() -> None:
    statement = '{ Statement = { Principal = { AWS = "arn:aws:iam::210987654321:root" } } }'
    source = f'resource "aws_s3_bucket_policy" "a" {{\n  policy = jsonencode({statement})\n}}\n'
    assert named(source, "aws_s3_bucket_policy.a") == ("shared-bucket-policy", "central", "preference")
    assert named('resource "aws_s3_bucket_policy" "a" {}\n', "aws_s3_bucket_policy.a") == ("bucket", "local", "rule")


def test_principals_of_combined_documents() -> None:
    source = f'{REST}\nresource "aws_iam_role" "a" {{\n  assume_role_policy = data.aws_iam_policy_document.combined.json\n}}\n'
    module = load_module({"main.tf": source.encode()})
    declaration = module.get("aws_iam_role.a")
    assert declaration is not None
    found = principals(declaration, module)
    assert found is not None
    assert sorted(found) == [
        Principal("AWS", "arn:aws:iam::other-account:root"),
        Principal("Service", "ecs-tasks.amazonaws.com"),
        Principal("Service", "lambda.amazonaws.com"),
    ]
    assert lets_in_other_accounts(found)


def test_cross_account_false_needs_a_policy_that_can_be_read() -> None:
    rules = (PolicyRule(name="own", match=("aws_iam_role",), side=Side.LOCAL, when=When(cross_account=False)),)
    own = 'resource "aws_iam_role" "a" {\n  assume_role_policy = jsonencode({})\n}\n'
    assert rule_for(own, "aws_iam_role.a", rules) is not None
    unread = 'resource "aws_iam_role" "a" {\n  assume_role_policy = var.x\n}\n'
    assert rule_for(unread, "aws_iam_role.a", rules) is None
