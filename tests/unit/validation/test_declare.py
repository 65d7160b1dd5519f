"""The declared list of small roots: names by values and by state, and what is left out, with its reason."""

from __future__ import annotations

import json
from typing import Any

from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.secrets import Redaction
from tfhoist.state.snapshot import Snapshot, read_snapshot
from tfhoist.validation.declare import declare, encode
from tfhoist.validation.model import (
    DeclaredEnvironment,
    DnsCheck,
    EndpointCheck,
    ListenerCheck,
    RoleCheck,
    RuleCheck,
    read_declared,
)

BALANCER = """
resource "aws_lb" "main" {
  name = "shop"
}
resource "aws_lb_target_group" "web" {
  name = "shop-web"
  port = 8080
  health_check {
    path = "/up"
  }
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
"""


def declared(
    source: str, snapshot: Snapshot | None = None, moved: tuple[str, ...] = (), inside: str = ""
) -> DeclaredEnvironment:
    tree = {"main.tf": source.encode(), **({"lb/main.tf": inside.encode()} if inside else {})}
    tree = Redaction([tree]).redact(tree)
    module = load_module(tree)
    environment, problems = read_environment(tree, module, EnvironmentSettings(name="staging"))
    assert not problems
    found = declare("shop", module, [environment], moved, {"staging": snapshot} if snapshot is not None else {})
    assert read_declared(encode(found), "x") == found
    return found.environments[0]


def state(*resources: tuple[str, str, dict[str, Any]], sensitive: str = "[]") -> Snapshot:
    document = {
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "one", "outputs": {},
        "resources": [
            {
                "mode": "managed", "type": kind, "name": name, "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [{"attributes": attributes, "sensitive_attributes": json.loads(sensitive)}],
            }
            for kind, name, attributes in resources
        ],
    }  # fmt: skip
    return read_snapshot(json.dumps(document).encode(), "state")


def ids(found: DeclaredEnvironment) -> list[str]:
    return [check.id for check in found.checks]


def test_the_side_says_what_moves() -> None:
    found = declared(BALANCER, moved=("aws_lb_listener.https",))
    assert {check.id: check.side for check in found.checks} == {
        "listener shop:443": "central", "target-group shop-web": "local",
    }  # fmt: skip


def test_a_name_that_aws_completes_is_known_by_the_state_alone() -> None:
    source = BALANCER.replace('name = "shop-web"', 'name_prefix = "web-"')
    without = declared(source)
    assert [(one.address, one.why) for one in without.not_declared] == [
        ("aws_lb_target_group.web", "its real name isn't known")
    ]
    listener = next(check for check in without.checks if isinstance(check, ListenerCheck))
    assert listener.default == "", "where it leads isn't known either"
    found = declared(source, state(("aws_lb_target_group", "web", {"name": "web-2026"})))
    assert "target-group web-2026" in ids(found)
    assert found.not_declared == ()


def test_a_sensitive_name_is_not_taken_from_a_state() -> None:
    source = BALANCER.replace('name = "shop-web"', 'name_prefix = "web-"')
    marks = '[[{"type": "get_attr", "value": "name"}]]'
    found = declared(source, state(("aws_lb_target_group", "web", {"name": "web-2026"}), sensitive=marks))
    assert "web-2026" not in encode_text(found)


def encode_text(found: DeclaredEnvironment) -> str:
    import msgspec

    return msgspec.json.encode(found).decode()


RULE = """
resource "aws_lb_listener_rule" "web" {
  listener_arn = aws_lb_listener.https.arn
  %s
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
  condition {
    host_header {
      values = ["Shop.example.com"]
    }
  }
  %s
}
"""


def test_a_priority_that_aws_chose_is_known_by_the_state_alone() -> None:
    source = BALANCER + RULE % ("", "")
    without = declared(source)
    assert [one.why for one in without.not_declared] == ["its priority isn't in the files, and no state was given"]
    found = declared(source, state(("aws_lb_listener_rule", "web", {"priority": 7})))
    rule = next(check for check in found.checks if isinstance(check, RuleCheck))
    assert rule.id == "rule shop:443 priority 7"
    assert rule.conditions is not None
    assert rule.conditions[0].values == ("shop.example.com",)
    assert rule.action == "forward to shop-web"


def test_values_of_headers_and_queries_are_never_written() -> None:
    condition = """
  condition {
    http_header {
      http_header_name = "X-Origin-Verify"
      values           = ["correct-horse-battery"]
    }
  }
  condition {
    query_string {
      key   = "token"
      value = "staple"
    }
  }
"""
    found = declared(BALANCER + RULE % ("priority = 5", condition))
    text = encode_text(found)
    assert "correct-horse" not in text
    assert "staple" not in text
    rule = next(check for check in found.checks if isinstance(check, RuleCheck))
    assert rule.conditions is not None
    assert [(one.kind, one.name, one.hidden) for one in rule.conditions] == [
        ("host_header", "", False), ("http_header", "x-origin-verify", True), ("query_string", "", True),
    ]  # fmt: skip


def test_a_secret_path_is_on_no_list() -> None:
    source = (
        BALANCER
        + RULE % ("priority = 5", "")
        + 'variable "token" {\n  sensitive = true\n  default = "hunter2hunter2"\n}\n'
    )
    source = source.replace('values = ["Shop.example.com"]', 'values = ["${var.token}.example.com"]')
    text = encode_text(declared(source))
    assert "hunter2" not in text
    assert "tfhoist-secret" not in text


def test_endpoints_as_users_reach_them_and_at_the_load_balancer() -> None:
    source = BALANCER + RULE % ("priority = 5", "")
    apart = [check for check in declared(source).checks if isinstance(check, EndpointCheck)]
    assert {(check.url, check.through) for check in apart} == {
        ("https://shop.example.com/", "shop"), ("https://shop.example.com/up", "shop"),
    }  # fmt: skip
    record = """
resource "aws_route53_record" "shop" {
  zone_id = "Z123"
  name    = "shop.example.com"
  type    = "A"
  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}
"""
    found = declared(source + record)
    public = [check for check in found.checks if isinstance(check, EndpointCheck) and not check.through]
    assert {check.url: check.health for check in public} == {
        "https://shop.example.com/": False, "https://shop.example.com/up": True,
    }  # fmt: skip
    name = next(check for check in found.checks if isinstance(check, DnsCheck))
    assert (name.name, name.type, name.zone, name.load_balancer, name.rotates) == (
        "shop.example.com", "A", "Z123", "shop", False,
    )  # fmt: skip


def test_plain_and_weighted_records() -> None:
    source = """
resource "aws_route53_record" "plain" {
  zone_id = "Z1"
  name    = "mail.example.com"
  type    = "CNAME"
  ttl     = 60
  records = ["b.example.net", "a.example.net"]
}
resource "aws_route53_record" "one" {
  zone_id        = "Z1"
  name           = "w.example.com"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.1"]
  set_identifier = "one"
  weighted_routing_policy {
    weight = 1
  }
}
resource "aws_route53_record" "two" {
  zone_id        = "Z1"
  name           = "w.example.com"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.2"]
  set_identifier = "two"
  weighted_routing_policy {
    weight = 9
  }
}
"""
    found = {check.id: check for check in declared(source).checks if isinstance(check, DnsCheck)}
    assert list(found) == [
        "dns mail.example.com CNAME",
        "dns w.example.com A (aws_route53_record.one)",
        "dns w.example.com A (aws_route53_record.two)",
    ]
    assert found["dns mail.example.com CNAME"].values == ("a.example.net", "b.example.net")
    assert found["dns w.example.com A (aws_route53_record.one)"].rotates


def test_what_is_in_a_module_is_declared_with_its_region() -> None:
    source = """
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "east"
  region = "us-east-1"
}
module "lb" {
  source    = "./lb"
  providers = { aws = aws.east }
}
"""
    found = declared(source, moved=("module.lb",), inside=BALANCER)
    assert {(check.id, check.region, check.side) for check in found.checks} == {
        ("listener shop:443", "us-east-1", "central"), ("target-group shop-web", "us-east-1", "central"),
    }  # fmt: skip


def test_roles_have_the_policies_of_the_files() -> None:
    source = """
resource "aws_iam_role" "task" {
  name = "shop-task"
}
resource "aws_iam_role_policy" "s3" {
  name = "s3"
  role = aws_iam_role.task.id
}
resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.task.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"
}
"""
    (role,) = (check for check in declared(source).checks if isinstance(check, RoleCheck))
    assert (role.inline, role.attached) == (("s3",), ("arn:aws:iam::aws:policy/CloudWatchLogsFullAccess",))


def test_services_and_their_clusters() -> None:
    source = """
resource "aws_ecs_cluster" "main" {
  name = "shop"
}
resource "aws_ecs_service" "web" {
  name    = "web"
  cluster = aws_ecs_cluster.main.id
}
resource "aws_ecs_service" "arn" {
  name    = "jobs"
  cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/other"
}
resource "aws_ecs_service" "default" {
  name = "plain"
}
data "aws_ecs_cluster" "far" {
  cluster_name = "far"
}
resource "aws_ecs_service" "far" {
  name    = "far"
  cluster = data.aws_ecs_cluster.far.arn
}
"""
    found = declared(source)
    assert ids(found) == ["ecs default/plain", "ecs other/jobs", "ecs shop/web"]
    assert [(one.address, one.why) for one in found.not_declared] == [
        ("aws_ecs_service.far", "its cluster's name isn't known")
    ]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert declared(BALANCER) == declared(BALANCER)
