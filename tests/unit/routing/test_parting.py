"""Rules that no request with single values meets together, and security-group rules by range: against every possibility."""

from __future__ import annotations

import ipaddress
import itertools
import random

from tfhoist.routing.interpret import matches
from tfhoist.routing.model import Action, Condition, Kind, Rule
from tfhoist.routing.parting import parted
from tfhoist.routing.security_groups import Network, Opening, judge

WORDS = ["".join(word) for length in range(5) for word in itertools.product("ab", repeat=length)]
"""Every value that matters: patterns have at most two characters of these two letters, besides wildcards."""


def rule(*conditions: Condition) -> Rule:
    return Rule("r", 1, conditions, Action("forward"))


def pattern(source: random.Random) -> str:
    return "".join(source.choice("ab*?") for _ in range(source.randint(1, 2)))


def test_headers_with_one_value() -> None:
    source = random.Random(6)
    answers = set()
    for _ in range(2_000):
        one = Condition(Kind.HEADER, tuple(pattern(source) for _ in range(source.randint(1, 2))), "X-A")
        other = Condition(Kind.HEADER, tuple(pattern(source).upper() for _ in range(source.randint(1, 2))), "x-a")
        together = any(
            any(matches(value, word) for value in one.values)
            and any(matches(value.lower(), word) for value in other.values)
            for word in WORDS
        )
        assert parted(rule(one), rule(other)) is not together, (one, other)
        answers.add(together)
    assert answers == {True, False}


def test_only_one_field_and_one_key_part() -> None:
    def query(key: str | None, value: str) -> Condition:
        return Condition(Kind.QUERY, pairs=((key, value),))

    assert parted(rule(query("v", "1")), rule(query("V", "2")))
    assert not parted(rule(query("v", "1")), rule(query("w", "2")))
    assert not parted(rule(query("v*", "1")), rule(query("v*", "2")))  # ?v1=1&v2=2
    assert not parted(rule(query(None, "1")), rule(query(None, "2")))
    a, b = Condition(Kind.HEADER, ("a",), "X"), Condition(Kind.HEADER, ("b",), "Y")
    assert not parted(rule(a), rule(b))
    assert not parted(rule(a), rule())


def test_ranges_against_every_address() -> None:
    source = random.Random(7)
    space = list(ipaddress.ip_network("10.0.0.0/28"))
    answers = set()

    def network() -> Network:
        length = source.randint(28, 32)
        return ipaddress.ip_network(f"{source.choice(space)}/{length}", strict=False)

    for _ in range(3_000):
        networks = [network() for _ in range(source.randint(1, 2))]
        openings = [
            Opening(0, 0, "-1", frozenset(), tuple(str(network()) for _ in range(source.randint(0, 2))))
            for _ in range(source.randint(0, 2))
        ]
        ranges = [ipaddress.ip_network(text) for opening in openings for text in opening.ranges]
        addresses = [address for one in networks for address in one]
        let = sum(any(address in one for one in ranges) for address in addresses)
        expected = "open" if let == len(addresses) else "unknown" if let else "closed"
        assert judge(openings, frozenset(), networks) == expected
        answers.add(expected)
    assert answers == {"open", "unknown", "closed"}
