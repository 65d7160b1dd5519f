"""What answers beside listeners, from configuration and from states, and load balancers that only a lookup names."""

from __future__ import annotations

import textwrap

import pytest

from tests.unit.audit.support import state
from tests.unit.routing.test_tables import table
from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import Backend, discover, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import Module
from tfhoist.documents.routes import read_routes
from tfhoist.registry.consumed import central_reads
from tfhoist.routing.from_state import table_of_state
from tfhoist.routing.lookups import lookups
from tfhoist.routing.others import alias_within, one_within, patterns_of

EDGES = """
    resource "aws_cloudfront_distribution" "site" {
      aliases = ["WWW.example.com"]
      ordered_cache_behavior {
        path_pattern = "img/*"
      }
      ordered_cache_behavior {
        path_pattern = "*.css"
      }
    }
    resource "aws_apigatewayv2_domain_name" "api" {
      domain_name = "api.example.com"
    }
    resource "aws_apigatewayv2_api_mapping" "orders" {
      domain_name     = aws_apigatewayv2_domain_name.api.domain_name
      api_mapping_key = "orders"
    }
    resource "aws_api_gateway_base_path_mapping" "rest" {
      domain_name = aws_apigatewayv2_domain_name.api.domain_name
    }
    resource "aws_apigatewayv2_api_mapping" "deep" {
      count           = %d
      domain_name     = aws_apigatewayv2_domain_name.api.id
      api_mapping_key = "orders/v1"
    }
"""


@pytest.mark.parametrize(("deep", "orders"), [(0, ("/orders", "/orders/*")), (1, ("/orders*",))])
def test_mappings_match_by_their_beginning_once_one_has_several_levels(deep: int, orders: tuple[str, ...]) -> None:
    claims = {one.address: one for one in table(EDGES % deep).claims}
    assert claims["aws_cloudfront_distribution.site"].hosts == ("www.example.com",)
    assert claims["aws_cloudfront_distribution.site"].paths == ("/img/*", "*.css", "/*")
    assert claims["aws_apigatewayv2_api_mapping.orders"].paths == orders
    assert claims["aws_api_gateway_base_path_mapping.rest"].paths == ("/*",)


def test_a_state_has_the_same_claims() -> None:
    found = table_of_state(
        state(
            (
                "aws_cloudfront_distribution.site",
                {
                    "attributes": {
                        "aliases": ["WWW.example.com"],
                        "ordered_cache_behavior": [{"path_pattern": "img/*"}, {"path_pattern": "*.css"}],
                    }
                },
            ),
            ("aws_apigatewayv2_domain_name.api", {"attributes": {"domain_name": "api.example.com"}}),
            (
                "aws_apigatewayv2_api_mapping.orders",
                {"attributes": {"domain_name": "api.example.com", "api_mapping_key": "orders"}},
            ),
            (
                "aws_api_gateway_base_path_mapping.rest",
                {"attributes": {"domain_name": "api.example.com", "base_path": "(none)"}},
            ),
        )
    )
    told = {one.address: (one.kind, one.hosts, one.paths, one.mapping) for one in found.claims}
    declared = table(EDGES % 0).claims
    assert told == {one.address: (one.kind, one.hosts, one.paths, one.mapping) for one in declared}


def test_the_documented_requests_of_api_gateway() -> None:
    """The table of "Map API stages to a custom domain name for HTTP APIs"."""
    assert patterns_of("orders", True) == ("/orders*",)  # /ordersandmore goes to it
    assert patterns_of("orders", False) == ("/orders", "/orders/*")  # and here it doesn't
    assert one_within("orders", "ordersandmore", True)
    assert not one_within("orders", "ordersandmore", False)
    assert one_within("orders", "orders/v1", False)
    assert not one_within("", "orders", True)  # the empty mapping takes what no other does


def test_the_documented_aliases_of_cloudfront() -> None:
    assert alias_within("*.example.com", "www.example.com")
    assert alias_within("*.example.com", "marketing.product-name.example.com")
    assert alias_within("*.example.com", "*.www.example.com")
    assert not alias_within("*.example.com", "example.com")
    assert not alias_within("www.example.com", "www.example.com")


def loaded(text: str) -> tuple[Module, Evaluation]:
    tree = {"main.tf": textwrap.dedent(text).encode()}
    module = load_module(tree)
    [settings] = discover(tree, module)
    environment, _ = read_environment(tree, module, settings)
    return module, Evaluation(module, environment)


LOOKED_UP = """
    data "aws_lb" "shared" {
      name = "shared"
    }
    data "aws_lb_listener" "https" {
      load_balancer_arn = data.aws_lb.shared.arn
      port              = 443
    }
    data "aws_lb_listener" "unnamed" {
      arn = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/x/1/2"
    }
    resource "aws_lb_listener_rule" "api" {
      listener_arn = data.aws_lb_listener.https.arn
      priority     = 7
      action {
        type = "fixed-response"
      }
      condition {
        path_pattern {
          values = ["/api/*"]
        }
      }
      condition {
        http_request_method {
          values = ["POST"]
        }
      }
    }
    resource "aws_lb_listener" "own" {
      load_balancer_arn = data.aws_lb.shared.arn
      port              = 8443
      protocol          = "HTTPS"
    }
"""


def test_a_listener_that_a_lookup_names_is_the_one_that_others_name() -> None:
    module, evaluation = loaded(LOOKED_UP)
    found = lookups(evaluation)
    assert found[":data.aws_lb_listener.https.arn"] == ("shared", "443")
    assert not any("unnamed" in key for key in found)
    routes = read_routes(module, evaluation.environment, ("aws_lb_listener_rule.api", "aws_lb_listener.own"))
    [rule] = routes.rules
    assert (rule.balancer, rule.port, rule.priority) == ("shared", "443", 7)
    assert [(one.kind.value, one.values) for one in rule.matches] == [("http_request_method", ("POST",))]
    [listener] = routes.listeners
    assert routes.names[listener.load_balancer] == "shared"


def test_outputs_that_were_read_from_the_central_root_before() -> None:
    module, evaluation = loaded(
        """
        variable "environment" {
          default = "production"
        }
        data "terraform_remote_state" "central" {
          backend = "s3"
          config = {
            bucket = "central"
            key    = "${var.environment}.tfstate"
            region = "eu-central-1"
          }
        }
        data "terraform_remote_state" "other" {
          backend = "s3"
          config = {
            bucket = "central"
            key    = "other.tfstate"
          }
        }
        locals {
          vpc = data.terraform_remote_state.central.outputs.vpc_id
          no  = data.terraform_remote_state.other.outputs.zone_id
        }
        resource "aws_subnet" "a" {
          vpc_id = local.vpc
          tags   = { zone = local.no, peers = join(",", data.terraform_remote_state.central.outputs.peers[*].id) }
        }
        """
    )
    backend = Backend("s3", {"bucket": "central", "key": "production.tfstate", "dynamodb_table": "locks"})
    environments = (evaluation.environment,)
    name = evaluation.environment.name
    assert central_reads(module, environments, {name: backend}) == ("peers", "vpc_id")
    elsewhere = Backend("s3", {"bucket": "central", "key": "staging.tfstate"})
    assert central_reads(module, environments, {name: elsewhere}) == ()
