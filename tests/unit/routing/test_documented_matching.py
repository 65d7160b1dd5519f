"""The points of docs/routing.md, one by one, in the interpreter and by the automata."""

from __future__ import annotations

import time

import pytest

from tfhoist.routing.decide import analyse
from tfhoist.routing.globs import meet, parse
from tfhoist.routing.interpret import holds, matches
from tfhoist.routing.limits import trouble
from tfhoist.routing.model import Action, Condition, Kind, Listener, Request, Rule
from tfhoist.routing.search import find
from tfhoist.routing.spaces import PATHS
from tfhoist.routing.work import Exhausted, Work

HOST, PATH, METHOD, IP, HEADER, QUERY = Kind.HOST, Kind.PATH, Kind.METHOD, Kind.SOURCE_IP, Kind.HEADER, Kind.QUERY


def rule(*conditions: Condition) -> Rule:
    return Rule("r", 1, conditions, Action("forward"))


def pairs(*values: tuple[str | None, str]) -> Condition:
    return Condition(QUERY, pairs=values)


@pytest.mark.parametrize(
    ("condition", "request_", "expected"),
    [
        (Condition(HOST, ("*.Example.com",)), Request(host="TEST.example.com"), True),
        (Condition(HOST, ("*.example.com",)), Request(host="example.com"), False),
        (Condition(PATH, ("/img/*",)), Request(path="/img/a.jpg"), True),
        (Condition(PATH, ("/img/*",)), Request(path="/IMG/a.jpg"), False),
        (Condition(PATH, ("/img/*/pics",)), Request(path="/img/a/b/pics"), True),
        (Condition(PATH, ("/a?",)), Request(path="/a"), False),
        (Condition(PATH, ("/a",)), Request(path="/a", query=(("b", "c"),)), True),
        (Condition(METHOD, ("GET",)), Request(method="get"), False),
        (Condition(IP, ("192.0.2.0/24", "198.51.100.10/32")), Request(source_ip="192.0.2.9"), True),
        (Condition(IP, ("0.0.0.0/0",)), Request(source_ip="2001:db8::1"), False),
        (
            Condition(HEADER, ("*chrome*",), "User-Agent"),
            Request(headers={"user-agent": ("Mozilla", "Chrome 1")}),
            True,
        ),
        (Condition(HEADER, ("*",), "X-A"), Request(), False),
        (pairs(("version", "v1"), (None, "*example*")), Request(query=(("VERSION", "V1"),)), True),
        (pairs(("version", "v1"), (None, "*example*")), Request(query=(("any", "an example"),)), True),
        (pairs((None, "a\\*b")), Request(query=(("k", "a*b"),)), True),
        (pairs((None, "a\\*b")), Request(query=(("k", "axb"),)), False),
    ],
)
def test_a_documented_point(condition: Condition, request_: Request, expected: bool) -> None:
    assert holds(condition, request_) is expected


def test_escapes_are_the_same_for_the_automata() -> None:
    star = rule(pairs((None, "a\\*")))
    anything = rule(pairs((None, "a?")))
    assert find([star], [anything], Work(10_000)) is None
    found = find([anything], [star], Work(10_000))
    assert found is not None
    assert not holds(star.conditions[0], found)


def test_each_path_begins_with_a_slash() -> None:
    assert find([rule()], [rule(Condition(PATH, ("/*",)))], Work(10_000)) is None
    assert find([rule(Condition(PATH, ("api/*",)))], [], Work(10_000)) is None


def test_several_headers_at_once() -> None:
    """A rule with two conditions on one header is met by two values; it isn't the intersection of the two."""
    both = rule(Condition(HEADER, ("a",), "X"), Condition(HEADER, ("b",), "x"))
    found = find([both], [], Work(10_000))
    assert found is not None
    assert set(found.headers["x"]) == {"a", "b"}
    assert find([both], [rule(Condition(HEADER, ("a", "c"), "X"))], Work(10_000)) is None


def test_ipv6_counts_where_it_may_be_used() -> None:
    everything = rule(Condition(IP, ("0.0.0.0/0",)))
    assert find([rule()], [everything], Work(10_000)) is None
    found = find([rule()], [everything], Work(10_000), ipv6=True)
    assert found is not None
    assert ":" in found.source_ip


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (Condition(PATH, ("/" + "x" * 10_000,)), "128 characters"),
        (Condition(HOST, ("a\\*.example.com",)), "backslash"),
        (Condition(PATH, ("/caf\u00e9",)), "doesn't compare"),
        (Condition(PATH, ("/a\n",)), "doesn't compare"),
        (Condition(IP, ("10.0.0.0",)), "no CIDR"),
        (Condition(PATH, ()), "without values"),
        (Condition(HEADER, ("a",), "x" * 41), "header name"),
        (pairs((None, "a\\x")), "backslash"),
    ],
)
def test_what_is_not_decided(condition: Condition, why: str) -> None:
    assert why in (trouble(condition) or "")


def test_hostile_patterns_take_no_time() -> None:
    began = time.monotonic()
    assert not matches("*a" * 5_000 + "b", "a" * 10_000)
    with pytest.raises(Exhausted):
        meet(PATHS, parse("/" + "*?" * 5_000), parse("/" + "?*a" * 50), Work(20_000))
    nasty = [
        Rule(f"r{number}", number + 1, (Condition(PATH, ("/" + "*a?b" * (number % 6 + 1) + "*",)),), Action("forward"))
        for number in range(200)
    ]
    listener = Listener("l", "lb", "443", "HTTPS", Action("fixed-response"), tuple(nasty))
    assert {judged.status for judged in analyse(listener).rules} <= {"live", "shadowed", "undecided"}
    assert time.monotonic() - began < 20


def test_beyond_the_budget_nothing_is_guessed() -> None:
    rules = [
        Rule(
            f"r{number}",
            number + 1,
            (Condition(PATH, (f"*{chr(97 + number)}*{chr(98 + number)}*",)),),
            Action("forward"),
        )
        for number in range(12)
    ]
    rules.append(Rule("last", 99, (Condition(PATH, ("/?????????*",)),), Action("redirect")))
    listener = Listener("l", "lb", "443", "HTTPS", Action("fixed-response"), tuple(rules))
    statuses = [judged.status for judged in analyse(listener, steps=60).rules]
    assert "undecided" in statuses
    assert "shadowed" not in statuses
