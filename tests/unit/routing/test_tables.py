"""Reading tables from configuration and states, and comparing them."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.unit.audit.support import state
from tfhoist.api.reading import read
from tfhoist.api.routing import overall, tables
from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import discover, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.routing.answer import answers, request_of
from tfhoist.routing.from_state import table_of_state
from tfhoist.routing.model import Kind
from tfhoist.routing.read import read_table
from tfhoist.routing.table import Table
from tfhoist.routing.tables import compare_tables

EXAMPLE = REPOSITORY / "examples" / "data-pipeline"
STATES = REPOSITORY / "examples" / "states" / "data-pipeline"

ROOT = """
    locals {
      hosts = { a = "a.example.com", b = "b.example.com" }
    }
    resource "aws_alb" "main" {
      name            = "main"
      ip_address_type = "dualstack"
    }
    resource "aws_alb_target_group" "each" {
      for_each = local.hosts
      name     = "group-${each.key}"
    }
    resource "aws_alb_listener" "two" {
      count             = 2
      load_balancer_arn = aws_alb.main.arn
      port              = 8080 + count.index
      default_action {
        type = "forward"
        forward {
          dynamic "target_group" {
            for_each = aws_alb_target_group.each
            content {
              arn    = target_group.value.arn
              weight = target_group.key == "a" ? 90 : 10
            }
          }
        }
      }
    }
    resource "aws_alb_listener_rule" "each" {
      for_each     = local.hosts
      listener_arn = aws_alb_listener.two[1].arn
      priority     = index(keys(local.hosts), each.key) + 1
      action {
        type  = "authenticate-oidc"
        order = 1
        authenticate_oidc {
          client_id = "c"
        }
      }
      action {
        type             = "forward"
        order            = 2
        target_group_arn = aws_alb_target_group.each[each.key].arn
      }
      condition {
        host_header {
          values = [each.value]
        }
      }
      dynamic "condition" {
        for_each = ["v1"]
        content {
          query_string {
            key   = "version"
            value = condition.value
          }
          query_string {
            value = "x"
          }
        }
      }
      condition {
        http_header {
          http_header_name = "X-A"
          values           = ["1"]
        }
      }
    }
"""


def table(text: str) -> Table:
    tree = {"main.tf": textwrap.dedent(text).encode()}
    module = load_module(tree)
    assert module.diagnostics == ()
    [settings] = discover(tree, module)
    environment, _ = read_environment(tree, module, settings)
    return read_table(Evaluation(module, environment))


def test_old_names_counts_keys_and_dynamic_blocks() -> None:
    found = table(ROOT)
    assert [(one.address, one.port, one.ipv6) for one in found.listeners] == [
        ("aws_alb_listener.two[0]", "8080", True),
        ("aws_alb_listener.two[1]", "8081", True),
    ]
    weights = {target.name: target.weight for target in found.listeners[0].default.targets}
    assert weights == {"group-a": 90, "group-b": 10}
    first, second = found.listeners[1].rules
    assert first.address == 'aws_alb_listener_rule.each["a"]'
    assert first.action.authenticate == ("authenticate-oidc",)
    assert [target.name for target in second.action.targets] == ["group-b"]
    kinds = {condition.kind: condition for condition in first.conditions}
    assert kinds[Kind.QUERY].pairs == (("version", "v1"), (None, "x"))
    assert (kinds[Kind.HEADER].name, kinds[Kind.HEADER].values) == ("X-A", ("1",))
    assert first.unknown == ()


def test_the_configuration_and_its_state_are_one_table() -> None:
    service = read(EXAMPLE)
    for one in service.environments:
        [recorded] = tables(STATES / f"{one.name}.tfstate")
        declared = read_table(Evaluation(service.resolved, one))
        result = compare_tables(declared, recorded)
        assert (result.equal, result.undecided) == (True, ())
        assert result.listeners == len(declared.listeners) > 3


def test_a_state_shows_no_secret() -> None:
    listener = {"arn": "arn:l", "load_balancer_arn": "arn:lb", "port": 443, "protocol": "HTTPS", "default_action": []}
    header = {"http_header": [{"http_header_name": "X-Origin-Token", "values": ["s3cr3t"]}]}
    plain = {"path_pattern": [{"values": ["/hidden"]}]}
    action = [{"type": "fixed-response", "fixed_response": [{"status_code": "200", "content_type": "text/plain"}]}]
    snapshot = state(
        ("aws_lb_listener.l", {"attributes": listener}),
        (
            "aws_lb_listener_rule.a",
            {"attributes": {"listener_arn": "arn:l", "priority": 1, "condition": [header], "action": action}},
        ),
        (
            "aws_lb_listener_rule.b",
            {
                "attributes": {"listener_arn": "arn:l", "priority": 2, "condition": [plain], "action": action},
                "sensitive_attributes": [[{"type": "get_attr", "value": "condition"}]],
            },
        ),
    )
    found = table_of_state(snapshot)
    assert "s3cr3t" not in repr(found)
    assert "hidden" not in repr(found)
    assert all(rule.unknown for rule in found.listeners[0].rules)


def test_a_difference_has_its_witness() -> None:
    before, after = table(ROOT), table(ROOT.replace("b.example.com", "c.example.com"))
    result = compare_tables(before, after)
    assert result.equal is False
    hosts = {one.difference.witness.host for one in result.differences if one.difference is not None}
    assert hosts == {"b.example.com", "c.example.com"}
    assert overall([result, compare_tables(before, before)]) is False


def test_a_listener_that_is_gone_is_a_difference() -> None:
    result = compare_tables(table(ROOT), table(ROOT.replace("count             = 2", "count             = 1")))
    assert any(one.after is None and one.port == "8081" for one in result.differences) or result.equal is None


def test_equal_priorities_on_both_sides_are_equal() -> None:
    twice = ROOT.replace("index(keys(local.hosts), each.key) + 1", "7")
    assert compare_tables(table(twice), table(twice)).equal is True


def test_who_answers_and_why_the_others_do_not(tmp_path: Path) -> None:
    [found] = tables(EXAMPLE, environment="production")
    request, port = request_of("https://registry.hokus.ai/api/mlflow/x")
    [answer] = answers(found, request, port)
    assert answer.rule == "aws_lb_listener_rule.dedicated_registry_api_mlflow[0]"
    assert answer.certain
    assert [passed.rule for passed in answer.passed_over] == ["aws_lb_listener_rule.dedicated_registry_mlflow[0]"]
    assert "isn't path /mlflow or /mlflow/*" in answer.passed_over[0].because
