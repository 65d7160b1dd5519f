"""Listener rules with the values of an environment, and who answers a request."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.documents.small_context import small_context
from tfhoist.documents.routes import Action, Routes, answering, matches, read_routes, requests


def routes(name: str) -> Routes:
    context = small_context()
    environment = next(one for one in context.environments if one.name == name)
    return read_routes(context.module, environment, context.moved)


def test_values_of_an_environment() -> None:
    found = routes("staging")
    assert [listener.instance for listener in found.listeners] == ["aws_lb_listener.http"]
    rule = found.rules[0]
    assert (rule.priority, rule.hosts, rule.paths) == (20, ("shop.example.org",), ("/cart/*", "/basket"))
    assert rule.listener == "aws_lb_listener.http"
    assert found.target_names(rule.action) == ("shop-staging-web",)
    assert found.target_groups["aws_lb_target_group.web"].health_path == "/healthz"
    assert found.records[0].zone == "Z0STAGING"
    assert found.records[0].alias == "aws_lb.main"
    assert found.listeners[0].default.status == "404"


def test_count_decides_what_is_there() -> None:
    assert [listener.instance for listener in routes("production").listeners] == [
        "aws_lb_listener.http",
        "aws_lb_listener.https[0]",
    ]


def test_requests_show_each_rule() -> None:
    found = {
        request.url(): request.rule.address if request.rule else None for request in requests(routes("production"))
    }
    assert found == {
        "http://shop.example.org/cart/": "aws_lb_listener_rule.web",
        "http://shop.example.org/basket": "aws_lb_listener_rule.web",
        "http://unclaimed.example.com/cart/": "aws_lb_listener_rule.web_any",
        "http://shop.example.org/": None,
        "https://shop.example.org/": None,
    }


def test_hosts_without_case_paths_with_it() -> None:
    rules = routes("staging").rules
    assert answering(rules, "SHOP.example.org", "/basket")[0] == rules[0]
    assert answering(rules, "shop.example.org", "/Basket") == (None, True)


def test_equal_priorities_and_ports_leave_it_open() -> None:
    found = routes("staging")
    first = found.rules[0]
    redirect = msgspec.structs.replace(first, instance="other", action=Action("redirect", (), "301"))
    assert answering((first, redirect), "shop.example.org", "/basket") == (first, False)
    assert answering((first, first), "shop.example.org", "/basket") == (first, True)
    twice = msgspec.structs.replace(found, listeners=(*found.listeners, *found.listeners))
    assert not any(request.decided for request in requests(twice))


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        ("/api/*", "/api/", True),
        ("/api/*", "/api", False),
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("*", "", True),
        ("*.x", "a.b.x", True),
        ("a*b*c", "axbxc", True),
        ("a*b*c", "axcxb", False),
        ("*" * 50 + "b", "a" * 5000, False),
    ],
)
def test_patterns(pattern: str, text: str, *, taken: bool) -> None:
    assert matches(pattern, text) is taken
