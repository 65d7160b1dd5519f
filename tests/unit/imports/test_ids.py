"""The id that each type is imported by. The expected ids are written as the provider's documentation pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tfhoist.imports.table import Importable, NotImportable, caveats, formats, importing, not_imported, source_of
from tfhoist.imports.templates import parse_template
from tfhoist.state.snapshot import Instance, ResourceState

if TYPE_CHECKING:
    from tests.simulator.preparation import Prepared

AWS = 'provider["registry.terraform.io/hashicorp/aws"]'
LB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a"
POLICY = "arn:aws:iam::123456789012:policy/test"
ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/w/a1b2"


def told(kind: str, attributes: dict[str, Any], provider: str = AWS, **more: Any) -> Importable | NotImportable:
    instance = Instance(attributes=msgspec.Raw(msgspec.json.encode(attributes)), **more)
    return importing(ResourceState("managed", kind, "x", provider, "", (instance,)), instance)


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("aws_lb", {"id": "x", "arn": f"{LB}:loadbalancer/app/a/50dc"}, f"{LB}:loadbalancer/app/a/50dc"),
    ("aws_alb", {"arn": f"{LB}:loadbalancer/app/a/50dc"}, f"{LB}:loadbalancer/app/a/50dc"),
    ("aws_lb_listener", {"arn": f"{LB}:listener/app/a/50dc/5eca"}, f"{LB}:listener/app/a/50dc/5eca"),
    ("aws_lb_listener_rule", {"arn": f"{LB}:listener-rule/app/t/a/b/c"}, f"{LB}:listener-rule/app/t/a/b/c"),
    ("aws_lb_target_group", {"arn": f"{LB}:targetgroup/app/20cf"}, f"{LB}:targetgroup/app/20cf"),
    (
        "aws_lb_listener_certificate",
        {"id": "x", "listener_arn": f"{LB}:listener/app/test/8e4/9b6", "certificate_arn": CERTIFICATE},
        f"{LB}:listener/app/test/8e4/9b6_{CERTIFICATE}",
    ),
    ("aws_route53_zone", {"zone_id": "Z1D633PJN98FT9"}, "Z1D633PJN98FT9"),
    (
        "aws_route53_record",
        {"zone_id": "Z4K", "name": "dev.example.com", "type": "NS", "set_identifier": ""},
        "Z4K_dev.example.com_NS",
    ),
    (
        "aws_route53_record",
        {"zone_id": "Z4K", "name": "dev", "type": "CNAME", "set_identifier": "live"},
        "Z4K_dev_CNAME_live",
    ),
    (
        "aws_route53_record",
        {"zone_id": "Z4K", "name": "_dmarc.example.com", "type": "TXT", "set_identifier": None},
        "Z4K__dmarc.example.com_TXT",
    ),
    ("aws_route53_record", {"zone_id": "Z4K", "name": "", "fqdn": "example.com", "type": "A"}, "Z4K_example.com_A"),
    ("aws_route53_record", {"zone_id": "Z4K", "name": "*.example.com", "type": "A"}, "Z4K_*.example.com_A"),
    ("aws_acm_certificate", {"arn": CERTIFICATE}, CERTIFICATE),
    ("aws_iam_role", {"id": "developer_name", "name": "developer_name"}, "developer_name"),
    ("aws_iam_policy", {"arn": POLICY, "name": "test"}, POLICY),
    (
        "aws_iam_role_policy",
        {"role": "role_of_mypolicy_name", "name": "mypolicy_name"},
        "role_of_mypolicy_name:mypolicy_name",
    ),
    (
        "aws_iam_role_policy_attachment",
        {"id": "test-role-2026", "role": "test-role", "policy_arn": POLICY},
        f"test-role/{POLICY}",
    ),
    ("aws_iam_user_policy_attachment", {"user": "u", "policy_arn": POLICY}, f"u/{POLICY}"),
    ("aws_iam_group_policy_attachment", {"group": "g", "policy_arn": POLICY}, f"g/{POLICY}"),
    ("aws_iam_instance_profile", {"name": "app-instance-profile-1"}, "app-instance-profile-1"),
    ("aws_iam_user_group_membership", {"user": "user1", "groups": ["group1", "group2"]}, "user1/group1/group2"),
    ("aws_security_group", {"id": "sg-903004f8", "name": "x"}, "sg-903004f8"),
    (
        "aws_vpc_security_group_ingress_rule",
        {"id": "sgr-02108b27edd666983", "security_group_rule_id": "sgr-02108b27edd666983"},
        "sgr-02108b27edd666983",
    ),
    ("aws_vpc_security_group_egress_rule", {"id": "sgr-02108b27edd666983"}, "sgr-02108b27edd666983"),
    ("aws_vpc", {"id": "vpc-a01106c2"}, "vpc-a01106c2"),
    ("aws_subnet", {"id": "subnet-9d4a7b6c"}, "subnet-9d4a7b6c"),
    ("aws_route_table", {"id": "rtb-4e616f6d69"}, "rtb-4e616f6d69"),
    (
        "aws_route_table_association",
        {"id": "x", "subnet_id": "subnet-6777656e", "gateway_id": "", "route_table_id": "rtb-656c"},
        "subnet-6777656e/rtb-656c",
    ),
    (
        "aws_route_table_association",
        {"subnet_id": "", "gateway_id": "igw-0123", "route_table_id": "rtb-656c"},
        "igw-0123/rtb-656c",
    ),
    ("aws_route", {"route_table_id": "rtb-656C", "destination_cidr_block": "10.42.0.0/16"}, "rtb-656C_10.42.0.0/16"),
    (
        "aws_route",
        {
            "route_table_id": "rtb-656C",
            "destination_cidr_block": "",
            "destination_ipv6_cidr_block": "2620:0:2d0:200::8/125",
        },
        "rtb-656C_2620:0:2d0:200::8/125",
    ),
    (
        "aws_route",
        {"route_table_id": "rtb-656C", "destination_prefix_list_id": "pl-0570a1d2d725c16be"},
        "rtb-656C_pl-0570a1d2d725c16be",
    ),
    ("aws_internet_gateway", {"id": "igw-c0a643a9"}, "igw-c0a643a9"),
    ("aws_nat_gateway", {"id": "nat-05dba92075d71c408"}, "nat-05dba92075d71c408"),
    ("aws_eip", {"id": "eipalloc-00a10e96", "allocation_id": "eipalloc-00a10e96"}, "eipalloc-00a10e96"),
    (
        "aws_network_acl_rule",
        {"network_acl_id": "acl-7aaabd18", "rule_number": 100, "protocol": "tcp", "egress": False},
        "acl-7aaabd18:100:tcp:false",
    ),
    ("aws_wafv2_web_acl", {"id": "a1b2", "name": "example", "scope": "REGIONAL"}, "a1b2/example/REGIONAL"),
    (
        "aws_wafv2_web_acl_association",
        {"web_acl_arn": ACL, "resource_arn": f"{LB}:loadbalancer/app/a/5"},
        f"{ACL},{LB}:loadbalancer/app/a/5",
    ),
    ("aws_cloudwatch_log_group", {"name": "yada"}, "yada"),
    (
        "aws_cloudwatch_log_subscription_filter",
        {"log_group_name": "/aws/lambda/example_lambda_name", "name": "f"},
        "/aws/lambda/example_lambda_name|f",
    ),
    (
        "aws_cloudwatch_event_target",
        {"event_bus_name": "default", "rule": "rule-name", "target_id": "target-id"},
        "default/rule-name/target-id",
    ),
    ("aws_s3_bucket", {"bucket": "bucket-name"}, "bucket-name"),
    ("aws_s3_bucket_policy", {"bucket": "my-tf-test-bucket"}, "my-tf-test-bucket"),
    (
        "aws_s3_bucket_versioning",
        {"id": "bucket-name,123456789012", "bucket": "bucket-name"},
        "bucket-name,123456789012",
    ),
    ("aws_s3_bucket_public_access_block", {"bucket": "my-bucket"}, "my-bucket"),
    ("aws_kms_alias", {"name": "alias/my-key-alias"}, "alias/my-key-alias"),
    ("aws_secretsmanager_secret_version", {"secret_id": "arn:s", "version_id": "xxxxx-7"}, "arn:s|xxxxx-7"),
    (
        "aws_ecs_service",
        {"cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/cluster-name", "name": "service-name"},
        "cluster-name/service-name",
    ),
    (
        "aws_appautoscaling_target",
        {"service_namespace": "ecs", "resource_id": "service/c/s", "scalable_dimension": "ecs:service:DesiredCount"},
        "ecs/service/c/s/ecs:service:DesiredCount",
    ),
    (
        "aws_lambda_permission",
        {"function_name": "my_test_lambda_function", "statement_id": "Allow", "qualifier": ""},
        "my_test_lambda_function/Allow",
    ),
    (
        "aws_lambda_permission",
        {"function_name": "my_test_lambda_function", "statement_id": "Allow", "qualifier": "live"},
        "my_test_lambda_function:live/Allow",
    ),
    ("aws_service_discovery_private_dns_namespace", {"id": "0123456789", "vpc": "vpc-123345"}, "0123456789:vpc-123345"),
]

RULE = {
    "security_group_id": "sg-6e616f6d69", "type": "ingress", "protocol": "tcp", "from_port": 8000, "to_port": 8000,
    "cidr_blocks": None, "ipv6_cidr_blocks": [], "prefix_list_ids": [], "source_security_group_id": None, "self": False,
}  # fmt: skip

RULES: list[tuple[dict[str, Any], str]] = [
    ({"cidr_blocks": ["10.0.3.0/24"]}, "sg-6e616f6d69_ingress_tcp_8000_8000_10.0.3.0/24"),
    (
        {"cidr_blocks": ["10.1.0.0/16", "10.2.0.0/16"], "ipv6_cidr_blocks": ["2001:db8::/48"]},
        "sg-6e616f6d69_ingress_tcp_8000_8000_10.1.0.0/16_10.2.0.0/16_2001:db8::/48",
    ),
    ({"source_security_group_id": "sg-64"}, "sg-6e616f6d69_ingress_tcp_8000_8000_sg-64"),
    ({"self": True}, "sg-6e616f6d69_ingress_tcp_8000_8000_self"),
    ({"self": True, "cidr_blocks": ["10.0.3.0/24"]}, "sg-6e616f6d69_ingress_tcp_8000_8000_10.0.3.0/24_self"),
    ({"from_port": 0, "to_port": 0, "protocol": "-1", "self": True}, "sg-6e616f6d69_ingress_-1_0_0_self"),
    ({"type": "egress", "prefix_list_ids": ["pl-34800000"]}, "sg-6e616f6d69_egress_tcp_8000_8000_pl-34800000"),
]


@pytest.mark.parametrize(("kind", "attributes", "expected"), CASES)
def test_ids(kind: str, attributes: dict[str, Any], expected: str) -> None:
    found = told(kind, attributes)
    assert isinstance(found, Importable)
    assert found.id == expected


@pytest.mark.parametrize(("changes", "expected"), RULES)
def test_security_group_rules(changes: dict[str, Any], expected: str) -> None:
    found = told("aws_security_group_rule", RULE | changes)
    assert isinstance(found, Importable)
    assert found.id == expected


@pytest.mark.parametrize("kind", sorted(formats()))
def test_every_type_needs_what_its_template_names(kind: str) -> None:
    """Without attributes there's no id, and with any one missing none that is half of one."""
    assert isinstance(told(kind, {}), NotImportable)
    template = formats()[kind].template
    whole: dict[str, Any] = {name: [f"v-{name}"] if name in LISTS else f"v-{name}" for name in template.names()}
    found = told(kind, whole)
    assert isinstance(found, Importable)
    assert found.parts.keys() <= template.names()
    for name, value in found.parts.items():
        assert (value[0] if isinstance(value, list) else value) in found.id
        other = told(kind, {**whole, name: "other" if isinstance(value, str) else ["other"]})
        assert isinstance(other, Importable)
        assert other.id != found.id


LISTS = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "groups")


def test_the_table() -> None:
    assert len(formats()) >= 60
    usual = (
        "lb lb_listener lb_listener_rule lb_listener_certificate lb_target_group route53_record route53_zone iam_role iam_policy "
        "iam_role_policy iam_role_policy_attachment security_group security_group_rule vpc_security_group_ingress_rule "
        "vpc_security_group_egress_rule vpc subnet route route_table route_table_association internet_gateway nat_gateway eip "
        "eip_association vpc_endpoint network_acl"
    )
    assert {f"aws_{one}" for one in usual.split()} <= formats().keys()
    assert not formats().keys() & not_imported().keys()
    for kind, found in formats().items():
        assert kind.startswith("aws_")
        assert found.source.startswith("https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/")
        assert found.source.endswith("#import")
    assert formats()["aws_alb_listener"].source.endswith("/lb_listener#import")


@pytest.mark.parametrize(
    ("kind", "attributes", "more", "why"),
    [
        ("aws_example_thing", {"id": "x"}, {}, "the import id of aws_example_thing isn't known"),
        ("random_password", {"id": "none", "result": "secret"}, {}, "the password would be another"),
        ("aws_lb_target_group_attachment", {"id": "x"}, {}, "has no import"),
        ("aws_lb", {"arn": "a"}, {"status": "tainted"}, "tainted"),
        ("aws_lb", {"arn": None, "id": "x"}, {}, "the state lacks"),
        ("aws_lb", {"arn": "a"}, {"provider": 'provider["registry.terraform.io/acme/aws"]'}, "isn't hashicorp/aws"),
        ("aws_ssm_parameter", {"name": "n"}, {"sensitive_attributes": msgspec.Raw(b'[[{"type":"get_attr","value":"name"}]]')}, "sensitive"),
    ],
)  # fmt: skip
def test_what_is_not_imported(kind: str, attributes: dict[str, Any], more: dict[str, Any], why: str) -> None:
    found = told(kind, attributes, **more)
    assert isinstance(found, NotImportable)
    assert why in found.why


@pytest.mark.parametrize(
    "provider", [f"{AWS}.west", 'provider["registry.opentofu.org/hashicorp/aws"]', f"module.vpc.{AWS}"]
)
def test_providers_that_are_the_same(provider: str) -> None:
    assert isinstance(told("aws_vpc", {"id": "vpc-1"}, provider), Importable)


def test_what_an_import_does_badly_is_named() -> None:
    listener = told("aws_lb_listener", {"arn": "a", "default_action": [{"forward": [{"stickiness": []}]}]})
    assert isinstance(listener, Importable)
    assert listener.unknown_to_import == ("default_action.forward",)
    plain = told("aws_lb_listener", {"arn": "a", "default_action": [{"forward": [], "target_group_arn": "t"}]})
    assert isinstance(plain, Importable)
    assert plain.unknown_to_import == ()
    bucket = told("aws_s3_bucket", {"bucket": "b", "force_destroy": True})
    assert isinstance(bucket, Importable)
    assert bucket.unknown_to_import == ("force_destroy",)


@pytest.mark.parametrize("text", ["{a", "a}", "[a", "{}", "[{a}[{b}]]", "{A}", "{a?}", "{a:first}"])
def test_templates_that_are_not_written_right(text: str) -> None:
    with pytest.raises(ValueError, match=r"isn't written right|is no field"):
        parse_template(text)


def test_a_base_path_may_be_the_root() -> None:
    for attributes, expected in (({}, "example.com/"), ({"base_path": "v1"}, "example.com/v1")):
        found = told("aws_api_gateway_base_path_mapping", {"domain_name": "example.com", "base_path": "", **attributes})
        assert isinstance(found, Importable)
        assert found.id == expected


def test_what_an_import_does_badly_has_a_source() -> None:
    for kind, found in caveats().items():
        assert kind in formats()
        assert all(one.source.startswith("https://") and one.what for one in found)
    for kind in (*not_imported(), *formats()):
        assert source_of(kind).startswith("https://"), kind
    assert source_of("aws_lb_target_group_attachment").endswith("/docs/resources/lb_target_group_attachment")
    assert source_of("random_id").endswith("/hashicorp/random/latest/docs/resources/id")
    assert source_of("aws_example_thing") == ""
    forward = told("aws_lb_listener", {"arn": "a", "default_action": [{"forward": [{"stickiness": []}]}]})
    assert isinstance(forward, Importable)
    assert len(forward.warnings) == 1  # the argument isn't named a second time
    assert "forward block plans a diff" in forward.warnings[0]
    fixed = told("aws_lb_listener", {"arn": "a", "default_action": [{"forward": [], "type": "fixed-response"}]})
    assert isinstance(fixed, Importable)
    assert fixed.warnings == ()
    bucket = told("aws_s3_bucket", {"bucket": "b", "force_destroy": True})
    assert isinstance(bucket, Importable)
    assert "can't read force_destroy" in bucket.warnings[0]


def test_every_attribute_is_one_of_the_provider(prepared_simulator: Prepared) -> None:
    """Whatever the table names is in the provider's schema, as its package has it."""
    schemas = prepared_simulator.schemas("aws")["resource_schemas"]
    for kind, found in formats().items():
        block = schemas[kind]["block"]
        assert found.template.names() <= block["attributes"].keys(), kind
        for path in (*found.only_in_state, *(one.when for one in caveats().get(kind, ()) if one.when)):
            inner = block
            for step in path.split("."):
                nested = inner.get("block_types", {}).get(step)
                assert nested is not None or step in inner.get("attributes", {}), (kind, path)
                inner = nested["block"] if nested is not None else {}
    assert {kind for kind in not_imported() if kind.startswith("aws_")} <= schemas.keys()
