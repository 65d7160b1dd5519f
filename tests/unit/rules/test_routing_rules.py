"""The findings about routing and reachability: each where it should be, with its witness, and none where it shouldn't."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.audit.support import findings_of, state
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding, Witness
from tfhoist.placement.model import Placed, Side

BASE = """
    resource "aws_vpc" "main" {}
    resource "aws_vpc" "other" {}
    resource "aws_subnet" "a" {
      vpc_id = aws_vpc.main.id
    }
    resource "aws_lb" "main" {
      name            = "main"
      subnets         = [aws_subnet.a.id]
      security_groups = [aws_security_group.lb.id]
    }
    resource "aws_lb" "other" {
      name = "other"
    }
    resource "aws_security_group" "lb" {
      vpc_id = aws_vpc.main.id
      egress {
        from_port   = 0
        to_port     = 0
        protocol    = "-1"
        cidr_blocks = ["0.0.0.0/0"]
      }
    }
    resource "aws_lb_target_group" "a" {
      name     = "a"
      port     = 80
      protocol = "HTTP"
      vpc_id   = aws_vpc.main.id
    }
    resource "aws_lb_target_group" "b" {
      name     = "b"
      port     = 80
      protocol = "HTTP"
      vpc_id   = aws_vpc.main.id
    }
    resource "aws_lb_listener" "https" {
      load_balancer_arn = aws_lb.main.arn
      port              = 443
      protocol          = "HTTPS"
      default_action {
        type = "fixed-response"
        fixed_response {
          content_type = "text/plain"
          status_code  = "404"
        }
      }
    }
"""


def rule(name: str, priority: str, target: str, *conditions: str, listener: str = "https") -> str:
    blocks = "\n".join(
        f"condition {{\n  {kind} {{\n    {arguments}\n  }}\n}}"
        for kind, _, arguments in (condition.partition(" ") for condition in conditions)
    )
    return f"""
    resource "aws_lb_listener_rule" "{name}" {{
      listener_arn = aws_lb_listener.{listener}.arn
      {f"priority = {priority}" if priority else ""}
      action {{
        type             = "forward"
        target_group_arn = aws_lb_target_group.{target}.arn
      }}
      {blocks}
    }}
"""


def path(*values: str) -> str:
    return f"path_pattern values = [{', '.join(f'{chr(34)}{value}{chr(34)}' for value in values)}]"


def host(*values: str) -> str:
    return f"host_header values = [{', '.join(f'{chr(34)}{value}{chr(34)}' for value in values)}]"


def witness(finding: Finding) -> Witness:
    assert isinstance(finding.witness, Witness)
    return finding.witness


def test_a_shadowed_rule_names_what_shadows_it() -> None:
    text = (
        BASE
        + rule("all", "10", "a", host("X.example.com"))
        + rule("some", "20", "b", host("x.example.com"), path("/s/*"))
    )
    [finding] = findings_of("shadowed-rule", text)
    assert finding.severity is Severity.WARNING
    assert finding.addresses == ("aws_lb_listener_rule.some", "aws_lb_listener_rule.all")
    assert finding.evidence["shadowed_by"] == "aws_lb_listener_rule.all"
    assert (witness(finding).host, witness(finding).path) == ("x.example.com", "/s/")


def test_a_rule_that_does_the_same_is_a_note() -> None:
    text = BASE + rule("all", "10", "a", path("/s*")) + rule("some", "20", "a", path("/s/*"))
    [finding] = findings_of("shadowed-rule", text)
    assert finding.severity is Severity.NOTE
    assert finding.summary.endswith("and does the same")


def test_rules_that_shadow_together() -> None:
    text = (
        BASE
        + rule("get", "10", "a", path("/s/*"), 'http_request_method values = ["GET"]')
        + rule("low", "11", "a", path("/s/*"), 'source_ip values = ["0.0.0.0/1"]')
        + rule("high", "12", "a", path("/*"), 'source_ip values = ["128.0.0.0/1"]')
        + rule("none", "20", "b", path("/s/x"))
    )
    [finding] = findings_of("shadowed-rule", text)
    assert finding.evidence["shadowed_by"] == "aws_lb_listener_rule.low, aws_lb_listener_rule.high"
    assert "together take" in finding.summary


def test_a_condition_that_no_request_meets() -> None:
    [finding] = findings_of("shadowed-rule", BASE + rule("no_slash", "10", "a", path("api/*")))
    assert "no request meets path api/*" in finding.summary
    assert finding.witness is msgspec.UNSET


def test_the_special_case_first_is_no_finding() -> None:
    text = BASE + rule("some", "10", "a", path("/s/*")) + rule("all", "20", "b", path("/*"))
    for name in ("shadowed-rule", "rule-after-catch-all", "rule-overlap", "equal-rule-priority"):
        assert findings_of(name, text) == []


def test_rules_after_a_catch_all_are_one_finding() -> None:
    text = (
        BASE + rule("all", "10", "a", path("/*")) + rule("s", "20", "b", path("/s")) + rule("t", "30", "b", path("/t"))
    )
    [finding] = findings_of("rule-after-catch-all", text)
    assert finding.addresses == ("aws_lb_listener_rule.s", "aws_lb_listener_rule.t", "aws_lb_listener_rule.all")
    assert findings_of("shadowed-rule", text) == []


def test_an_overlap_says_which_one_wins() -> None:
    text = BASE + rule("h", "10", "a", host("x.example.com")) + rule("p", "20", "b", path("/mlflow/*"))
    [finding] = findings_of("rule-overlap", text)
    assert finding.severity is Severity.NOTE
    assert finding.evidence["wins"] == "aws_lb_listener_rule.h"
    assert (witness(finding).host, witness(finding).path) == ("x.example.com", "/mlflow/")


def test_an_overlap_that_an_earlier_rule_answers_is_none() -> None:
    text = (
        BASE
        + rule("both", "5", "b", host("x.example.com"), path("/mlflow/*"))
        + rule("h", "10", "a", host("x.example.com"))
        + rule("p", "20", "b", path("/mlflow/*"))
    )
    assert findings_of("rule-overlap", text) == []


def test_a_tie_has_a_witness_where_a_request_meets_both() -> None:
    text = BASE + rule("a", "10", "a", path("/x*")) + rule("b", "10", "b", path("*y"))
    [finding] = findings_of("equal-rule-priority", text)
    assert witness(finding).path.startswith("/x")
    assert witness(finding).path.endswith("y")
    apart = BASE + rule("a", "10", "a", path("/x")) + rule("b", "10", "b", path("/y"))
    [finding] = findings_of("equal-rule-priority", apart)
    assert finding.witness is msgspec.UNSET


def test_a_priority_that_only_the_state_knows() -> None:
    text = BASE + rule("a", "10", "a", path("/x*")) + rule("b", "", "b", path("/x/*"))
    assert findings_of("shadowed-rule", text) == []
    snapshot = state(("aws_lb_listener_rule.b", {"attributes": {"priority": 11}}))
    [finding] = findings_of("shadowed-rule", text, states={"": snapshot})
    assert finding.address == "aws_lb_listener_rule.b"


def test_what_is_not_decided_is_no_finding() -> None:
    regex = BASE + rule("r", "10", "a", 'path_pattern regex_values = [".*"]') + rule("b", "20", "b", path("/x"))
    unknown = (
        BASE
        + 'variable "v" {}\n'
        + rule("r", "10", "a", "path_pattern values = [var.v]")
        + rule("b", "20", "b", path("/x"))
    )
    for text in (regex, unknown):
        for name in ("shadowed-rule", "rule-overlap", "rule-after-catch-all"):
            assert findings_of(name, text) == []


HTTP = """
    resource "aws_lb_listener" "http" {
      load_balancer_arn = aws_lb.main.arn
      port              = 80
      protocol          = "HTTP"
      default_action {
        %s
      }
    }
"""
TO_HTTPS = 'type = "redirect"\nredirect {\n  port = "443"\n  protocol = "HTTPS"\n  status_code = "HTTP_301"\n}'


def test_http_and_https_that_answer_differently() -> None:
    forward = HTTP % 'type = "forward"\ntarget_group_arn = aws_lb_target_group.a.arn'
    [finding] = findings_of("rule-parity", BASE + forward)
    assert finding.addresses == ("aws_lb_listener.http", "aws_lb_listener.https")
    assert witness(finding).path == "/"
    assert findings_of("rule-parity", BASE + HTTP % TO_HTTPS) == []


def test_a_redirect_to_a_port_that_nobody_listens_on() -> None:
    redirect = (HTTP % TO_HTTPS).replace("aws_lb.main", "aws_lb.other")
    [finding] = findings_of("redirect-to-closed-port", BASE + redirect)
    assert finding.address == "aws_lb_listener.http"
    assert findings_of("redirect-to-closed-port", BASE + HTTP % TO_HTTPS) == []


def test_limits() -> None:
    text = BASE + rule("many", "10", "a", path("/a", "/b", "/c"), host("a.x", "b.x", "c.x"))
    [finding] = findings_of("listener-rule-limit", text)
    assert "6 values" in finding.summary
    [finding] = findings_of("listener-rule-limit", BASE + rule("long", "10", "a", path("/" + "x" * 128)))
    assert "more than 128 characters" in finding.summary
    [finding] = findings_of("listener-rule-limit", BASE + rule("high", "50001", "a", path("/")))
    assert "priority 50001" in finding.summary
    [finding] = findings_of("listener-rule-limit", BASE + rule("wild", "1", "a", path("/*?*?*?*")))
    assert "7 wildcards" in finding.summary
    assert findings_of("listener-rule-limit", BASE + rule("fine", "50000", "a", path("/a*", "/b*"))) == []


@pytest.mark.parametrize("count", [100, 101])
def test_more_rules_than_the_usual_quota(count: int) -> None:
    each = rule("each", "count.index + 1", "a", 'path_pattern values = ["/${count.index}"]')
    text = BASE + each.replace('"each" {', f'"each" {{\n      count = {count}')
    found = findings_of("listener-rule-limit", text)
    assert [(one.severity, one.evidence["rules"]) for one in found] == ([(Severity.NOTE, "101")] if count > 100 else [])


RECORD = """
    resource "aws_route53_record" "r" {
      zone_id = "Z"
      name    = "x.example.com"
      type    = "A"
      alias {
        name                   = aws_lb.%s.dns_name
        zone_id                = aws_lb.%s.zone_id
        evaluate_target_health = true
      }
    }
"""


def test_a_host_that_is_routed_elsewhere() -> None:
    rules = BASE + rule("h", "10", "a", host("x.example.com"))
    [finding] = findings_of("host-routed-elsewhere", rules + RECORD % ("other", "other"))
    assert finding.evidence["target"] == "aws_lb.other"
    assert findings_of("host-routed-elsewhere", rules + RECORD % ("main", "main")) == []
    inside = rules.replace('name = "other"', 'name = "other"\ninternal = true')
    assert findings_of("host-routed-elsewhere", inside + RECORD % ("other", "other")) == []


def test_a_host_without_a_record() -> None:
    rules = BASE + RECORD % ("main", "main") + rule("h", "10", "a", host("x.example.com"))
    assert findings_of("host-without-record", rules) == []
    [finding] = findings_of("host-without-record", rules + rule("y", "11", "a", host("y.example.com")))
    assert (finding.severity, finding.evidence["host"]) == (Severity.NOTE, "y.example.com")
    assert findings_of("host-without-record", rules + rule("y", "11", "a", host("y.another.org"))) == []


def test_a_record_that_no_rule_takes() -> None:
    [finding] = findings_of("record-without-rule", BASE + RECORD % ("main", "main"))
    assert (finding.address, witness(finding).host) == ("aws_route53_record.r", "x.example.com")
    taken = BASE + RECORD % ("main", "main") + rule("h", "10", "a", host("*.example.com"))
    assert findings_of("record-without-rule", taken) == []
    any_host = BASE + RECORD % ("main", "main") + rule("p", "10", "a", path("/x"))
    assert findings_of("record-without-rule", any_host) == []


SERVICE = """
    resource "aws_ecs_service" "s" {
      name = "s"
      network_configuration {
        security_groups = [aws_security_group.tasks.id]
      }
      load_balancer {
        target_group_arn = aws_lb_target_group.a.arn
        container_port   = 8001
      }
    }
""" + rule("r", "10", "a", path("/s"))


@pytest.mark.parametrize(
    ("group", "closed"),
    [
        ("", True),
        (
            'ingress {\n from_port = 8000\n to_port = 8010\n protocol = "tcp"\n security_groups = [aws_security_group.lb.id]\n}',
            False,
        ),
        (
            'ingress {\n from_port = 8002\n to_port = 8010\n protocol = "tcp"\n security_groups = [aws_security_group.lb.id]\n}',
            True,
        ),
        (
            'ingress {\n from_port = 8001\n to_port = 8001\n protocol = "udp"\n security_groups = [aws_security_group.lb.id]\n}',
            True,
        ),
        ('ingress {\n from_port = 8001\n to_port = 8001\n protocol = "tcp"\n self = true\n}', True),
        ('ingress {\n from_port = 8001\n to_port = 8001\n protocol = "tcp"\n cidr_blocks = ["10.0.0.0/8"]\n}', False),
        ("ingress = []", False),
    ],
)
def test_a_port_that_no_rule_opens(group: str, closed: bool) -> None:
    tasks = f'resource "aws_security_group" "tasks" {{\n{group}\n}}\n'
    found = findings_of("target-port-closed", BASE + SERVICE + tasks)
    assert [finding.evidence["direction"] for finding in found] == (["ingress"] if closed else [])


def test_separate_rules_open_ports_and_egress_is_closed_without_one() -> None:
    base = BASE.replace("egress {", "ingress {")
    tasks = 'resource "aws_security_group" "tasks" {}\n'
    for kind, source in (
        (
            "aws_security_group_rule",
            'type = "ingress"\nprotocol = "tcp"\nsource_security_group_id = aws_security_group.lb.id',
        ),
        (
            "aws_vpc_security_group_ingress_rule",
            'ip_protocol = "tcp"\nreferenced_security_group_id = aws_security_group.lb.id',
        ),
    ):
        opened = f"""
    resource "{kind}" "in" {{
      security_group_id = aws_security_group.tasks.id
      from_port = 8001
      to_port   = 8001
      {source}
    }}
"""
        assert findings_of("target-port-closed", BASE + SERVICE + tasks + opened) == []
        [finding] = findings_of("target-port-closed", base + SERVICE + tasks + opened)
        assert finding.evidence["direction"] == "egress"


NETWORK = """
    resource "aws_vpc" "main" {
      cidr_block = "10.0.0.0/16"
    }
    resource "aws_vpc" "other" {}
    resource "aws_subnet" "a" {
      vpc_id     = aws_vpc.main.id
      cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, 1)
    }
"""
KNOWN = BASE.replace(BASE[: BASE.index('    resource "aws_lb" "main"')], NETWORK)


def opened(source: str, port: int = 80) -> str:
    """The security group of what answers, with one ingress rule."""
    return f"""
    resource "aws_security_group" "tasks" {{
      ingress {{
        from_port = {port}
        to_port   = {port}
        protocol  = "tcp"
        {source}
      }}
    }}
"""


INSTANCE = """
    resource "aws_instance" "web" {
      vpc_security_group_ids = [aws_security_group.tasks.id]
      subnet_id              = aws_subnet.%s.id
    }
    resource "aws_lb_target_group_attachment" "web" {
      target_group_arn = aws_lb_target_group.a.arn
      target_id        = aws_instance.web.id
    }
"""
SCALING = """
    resource "aws_launch_template" "web" {
      vpc_security_group_ids = [aws_security_group.tasks.id]
    }
    resource "aws_autoscaling_group" "web" {
      vpc_zone_identifier = [aws_subnet.%s.id]
      launch_template {
        id = aws_launch_template.web.id
      }
    }
    resource "aws_autoscaling_attachment" "web" {
      autoscaling_group_name = aws_autoscaling_group.web.name
      lb_target_group_arn    = aws_lb_target_group.a.arn
    }
"""
CONFIGURED = """
    resource "aws_launch_configuration" "web" {
      security_groups = [aws_security_group.tasks.id]
    }
    resource "aws_autoscaling_group" "web" {
      vpc_zone_identifier  = [aws_subnet.%s.id]
      launch_configuration = aws_launch_configuration.web.name
      target_group_arns    = [aws_lb_target_group.a.arn]
    }
"""


@pytest.mark.parametrize("targets", [INSTANCE, SCALING, CONFIGURED])
@pytest.mark.parametrize(
    ("source", "closed"),
    [
        ("security_groups = [aws_security_group.lb.id]", False),
        ("security_groups = [aws_security_group.other.id]", True),
        ('cidr_blocks = ["0.0.0.0/0"]', False),
        ('cidr_blocks = ["10.0.0.0/8"]', False),
        ('cidr_blocks = ["10.0.1.0/25", "10.0.1.128/25"]', False),
        ("cidr_blocks = [aws_vpc.main.cidr_block]", False),
        ('cidr_blocks = ["10.0.2.0/24"]', True),
        ('cidr_blocks = ["10.0.1.0/25"]', False),  # a part of the subnet: nobody knows where the load balancer is
        ("cidr_blocks = [var.office]", False),
        ('ipv6_cidr_blocks = ["2001:db8::/32"]', True),
    ],
)
def test_ports_of_machines_by_groups_and_ranges(targets: str, source: str, closed: bool) -> None:
    other = 'resource "aws_security_group" "other" {}\nvariable "office" {}\n'
    text = KNOWN + rule("r", "10", "a", path("/s")) + targets % "a" + opened(source) + other
    found = findings_of("target-port-closed", text)
    assert [(one.severity, one.evidence["direction"], one.evidence["port"]) for one in found] == (
        [(Severity.WARNING, "ingress", "80")] if closed else []
    )


def test_a_prefix_list_is_told_and_not_taken_as_open() -> None:
    listed = opened("prefix_list_ids = [data.aws_ec2_managed_prefix_list.cdn.id]") + (
        'data "aws_ec2_managed_prefix_list" "cdn" {}\n'
    )
    text = KNOWN + rule("r", "10", "a", path("/s")) + INSTANCE % "a"
    [finding] = findings_of("target-port-closed", text + listed)
    assert finding.severity is Severity.NOTE
    assert "isn't known" in finding.summary
    assert finding.evidence["prefix_lists"] == "data.aws_ec2_managed_prefix_list.cdn"
    both = listed.replace("prefix_list_ids", 'cidr_blocks = ["10.0.0.0/16"]\nprefix_list_ids')
    assert findings_of("target-port-closed", text + both) == []


def test_addresses_and_functions() -> None:
    text = KNOWN.replace('cidr_blocks = ["0.0.0.0/0"]', 'cidr_blocks = ["10.0.0.0/16"]') + rule(
        "r", "10", "a", path("/s")
    )
    attachment = """
    resource "aws_lb_target_group_attachment" "x" {
      target_group_arn = aws_lb_target_group.a.arn
      target_id        = "%s"
      port             = 9000
    }
"""
    assert findings_of("target-port-closed", text + attachment % "10.0.7.7") == []
    [finding] = findings_of("target-port-closed", text + attachment % "192.0.2.7")
    assert (finding.evidence["direction"], finding.evidence["port"]) == ("egress", "9000")
    function = text.replace('name     = "a"', 'name = "a"\ntarget_type = "lambda"')
    assert findings_of("target-port-closed", function + attachment % "192.0.2.7") == []


def test_datagrams_need_a_rule_of_their_own() -> None:
    text = KNOWN.replace('name            = "main"', 'name = "main"\nload_balancer_type = "network"')
    text = text.replace('protocol          = "HTTPS"', 'protocol = "TCP_UDP"').replace("port     = 80", "port = 53")
    text = text.replace('protocol = "HTTP"\n', 'protocol = "TCP_UDP"\n').replace(
        'type = "fixed-response"', 'type = "forward"\ntarget_group_arn = aws_lb_target_group.a.arn'
    )
    tasks = opened("security_groups = [aws_security_group.lb.id]", 53)
    [finding] = findings_of("target-port-closed", text + INSTANCE % "a" + tasks)
    assert "on UDP port 53" in finding.summary
    assert findings_of("target-port-closed", text + INSTANCE % "a" + tasks.replace('"tcp"', '"-1"')) == []


def test_what_registers_from_another_network() -> None:
    apart = 'resource "aws_subnet" "b" {\n  vpc_id = aws_vpc.other.id\n}\n' + opened("")
    for targets in (INSTANCE, SCALING, CONFIGURED):
        assert findings_of("target-group-in-another-network", KNOWN + targets % "a" + apart) == []
        [finding] = findings_of("target-group-in-another-network", KNOWN + targets % "b" + apart)
        assert finding.severity is Severity.WARNING
        assert "is in aws_vpc.other, and registers with aws_lb_target_group.a in aws_vpc.main" in finding.summary


def test_health_checks_of_one_service() -> None:
    second = """
      load_balancer {
        target_group_arn = aws_lb_target_group.b.arn
        container_port   = 8001
      }
    """
    text = BASE.replace('name     = "b"', 'name = "b"\nhealth_check {\n  path = "/health"\n}') + SERVICE.replace(
        "      load_balancer {", second + "      load_balancer {", 1
    )
    [finding] = findings_of("health-check-differs", text)
    assert finding.evidence["paths"] == "/, /health"
    assert findings_of("health-check-differs", BASE + SERVICE) == []


def test_a_target_group_of_another_network() -> None:
    moved = BASE.replace('name     = "a"', 'name = "a"\n#').replace(
        "vpc_id   = aws_vpc.main.id", "vpc_id   = aws_vpc.other.id", 1
    )
    [finding] = findings_of("target-group-in-another-network", moved + rule("r", "10", "a", path("/s")))
    assert finding.address == "aws_lb_target_group.a"
    assert findings_of("target-group-in-another-network", BASE + rule("r", "10", "a", path("/s"))) == []
    looked_up = moved.replace("aws_vpc.other.id", "data.aws_vpc.main.id") + 'data "aws_vpc" "main" {}\n'
    assert findings_of("target-group-in-another-network", looked_up + rule("r", "10", "a", path("/s"))) == []


EDGE = """
    resource "aws_cloudfront_distribution" "one" {
      aliases = ["www.example.com", "*.example.com"]
      ordered_cache_behavior {
        path_pattern = "img/*"
      }
    }
    resource "aws_cloudfront_distribution" "two" {
      aliases = ["%s"]
    }
    resource "aws_apigatewayv2_domain_name" "api" {
      domain_name = "api.example.com"
    }
    resource "aws_apigatewayv2_api_mapping" "a" {
      domain_name     = aws_apigatewayv2_domain_name.api.id
      api_mapping_key = "v1"
    }
    resource "aws_apigatewayv2_api_mapping" "b" {
      domain_name     = aws_apigatewayv2_domain_name.api.id
      api_mapping_key = "%s"
    }
"""


def test_what_is_claimed_twice_at_the_edge() -> None:
    alias, mapping = findings_of("edge-claimed-twice", EDGE % ("WWW.example.com", "v1"))
    assert alias.addresses == ("aws_cloudfront_distribution.one", "aws_cloudfront_distribution.two")
    assert (witness(mapping).host, witness(mapping).path) == ("api.example.com", "/v1")
    assert findings_of("edge-claimed-twice", EDGE % ("app.example.com", "v2")) == []


def test_security_groups_that_part() -> None:
    text = """
    resource "aws_security_group" "lb" {}
    resource "aws_security_group" "tasks" {
      ingress {
        from_port       = 8001
        to_port         = 8001
        protocol        = "tcp"
        security_groups = [aws_security_group.lb.id]
      }
    }
    resource "aws_vpc_security_group_egress_rule" "out" {
      security_group_id            = aws_security_group.lb.id
      ip_protocol                  = "-1"
      referenced_security_group_id = aws_security_group.tasks.id
    }
"""
    apart = {
        "aws_security_group.lb": Placed(Side.CENTRAL, ("",)),
        "aws_security_group.tasks": Placed(Side.LOCAL, ("",)),
    }
    found = findings_of("security-group-across", text, placement=apart)
    assert sorted(finding.summary for finding in found) == [
        "aws_security_group.lb (central) lets out to aws_security_group.tasks (local) on all ports",
        "aws_security_group.tasks (local) lets in aws_security_group.lb (central) on tcp 8001",
    ]
    together = dict.fromkeys(apart, Placed(Side.LOCAL, ("",)))
    assert findings_of("security-group-across", text, placement=together) == []
