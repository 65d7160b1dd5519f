"""What AWS accepts in a condition; a value that it doesn't isn't decided upon. Source: docs/routing.md, point by point."""

from __future__ import annotations

import ipaddress

from tfhoist.routing.model import Condition, Kind
from tfhoist.secrets import sounds_secret

LONGEST_VALUE = 128
LONGEST_NAME = 40
MOST_VALUES = 5
"""Values of all conditions of a rule ("Quotas for your Application Load Balancers": match evaluations per rule)."""

MOST_WILDCARDS = 6
"""Wildcards of all conditions of a rule (the quotas page says 6, the page on conditions 5: the larger is refused for certain)."""

HIGHEST_PRIORITY = 50_000

USUAL_RULES = 100
"""Rules of a load balancer, without the default ones; a quota that AWS raises on request (the quotas page)."""


def trouble(condition: Condition) -> str | None:
    """Why what a condition takes can't be decided; None when it can."""
    texts = [*condition.values, *(text for pair in condition.pairs for text in pair if text is not None)]
    if not texts:
        return f"a {condition.kind.value} condition without values"
    if condition.kind is Kind.HEADER and not 0 < len(condition.name) <= LONGEST_NAME:
        return f"a header name of no character, or more than {LONGEST_NAME}"
    for text in texts:
        if len(text) > LONGEST_VALUE:
            return f"a {condition.kind.value} value of more than {LONGEST_VALUE} characters, which AWS refuses"
        if condition.kind is Kind.SOURCE_IP:
            if not _network(text):
                return "a source_ip value that is no CIDR block"
        elif any(not " " <= character <= "~" for character in text):
            return f"a {condition.kind.value} value with characters that AWS doesn't compare"
        elif "\\" in text and not (condition.kind is Kind.QUERY and _escapes(text)):
            return f"a {condition.kind.value} value with a backslash, whose meaning isn't documented"
    return None


def _network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _escapes(text: str) -> bool:
    rest = text.replace("\\*", "").replace("\\?", "")
    return "\\" not in rest


def wildcards(condition: Condition) -> int:
    """How many wildcards a condition has."""
    if condition.kind in (Kind.METHOD, Kind.SOURCE_IP):
        return 0
    texts = [*condition.values, *(text for pair in condition.pairs for text in pair if text is not None)]
    return sum(text.replace("\\*", "").replace("\\?", "").count(wild) for text in texts for wild in "*?")


def evaluations(condition: Condition) -> int:
    """How many values a condition compares."""
    return len(condition.values) + len(condition.pairs)


def secret_header(name: str) -> bool:
    """Whether a header's value may be a secret, such as the one by which a load balancer knows its CDN."""
    return sounds_secret(name.replace("-", "_")) or "verify" in name.lower()
