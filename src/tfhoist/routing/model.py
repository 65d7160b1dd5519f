"""Load balancers, listeners, rules and requests, as far as routing goes.

Source of the rules: AWS, "Condition types for listener rules" and "Listener rules for your Application Load Balancer"; each
point stands in docs/routing.md with its page.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from tfhoist.findings import Witness


class Kind(enum.StrEnum):
    """What a condition looks at; the values are Terraform's block types."""

    HOST = "host_header"
    PATH = "path_pattern"
    METHOD = "http_request_method"
    SOURCE_IP = "source_ip"
    HEADER = "http_header"
    QUERY = "query_string"


class Condition(msgspec.Struct, frozen=True):
    """One condition: it holds when one of its values does.

    `name` is a header's. `pairs` are a query string's, with a null key for any.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    name: str = ""
    pairs: tuple[tuple[str | None, str], ...] = ()

    def text(self) -> str:
        """As a person reads it."""
        if self.kind is Kind.QUERY:
            return "query " + " or ".join(value if key is None else f"{key}={value}" for key, value in self.pairs)
        words = {Kind.HOST: "host", Kind.PATH: "path", Kind.METHOD: "method", Kind.SOURCE_IP: "source"}
        return f"{words.get(self.kind, f'header {self.name}')} {' or '.join(self.values)}"


class Target(msgspec.Struct, frozen=True):
    """A target group: its address or id, its real name ("" when it isn't known), and its weight."""

    address: str
    name: str = ""
    weight: int = 1


class Action(msgspec.Struct, frozen=True):
    """What a rule does: `kind` is the last action's type; `authenticate` the types before it.

    `details` are a redirect's or a fixed response's, by their argument's names. `unknown` says what isn't known of it.
    """

    kind: str
    targets: tuple[Target, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    authenticate: tuple[str, ...] = ()
    unknown: str = ""

    def text(self) -> str:
        """As a person reads it."""
        before = "".join(f"{kind}, then " for kind in self.authenticate)
        if self.kind == "forward":
            several = len(self.targets) > 1
            shown = [
                (target.name or target.address) + (f" ({target.weight})" if several else "") for target in self.targets
            ]
            return before + ("forward to " + " and ".join(shown) if shown else "forward")
        details = dict(self.details)
        if self.kind == "redirect":
            url = "{protocol}://{host}:{port}{path}?{query}".format(**{**REDIRECT, **details})
            return f"{before}redirect to {url} ({details.get('status_code', '').removeprefix('HTTP_')})"
        if self.kind == "fixed-response":
            return f"{before}answer {details.get('status_code', '')}".rstrip()
        return before + self.kind


def same_action(one: Action, other: Action) -> bool | None:
    """Whether two actions do the same; None when that isn't known."""
    if one.unknown or other.unknown:
        return None
    return written(one) == written(other)


def written(action: Action) -> object:
    """What an action does, in one form: shares instead of weights, and a redirect's defaults filled in."""
    total = sum(target.weight for target in action.targets) or 1
    weights: dict[str, int] = {}
    for target in action.targets:
        weights[target.address] = weights.get(target.address, 0) + target.weight
    shares = {address: weight / total for address, weight in weights.items() if weight or len(weights) == 1}
    details = {**REDIRECT, **dict(action.details)} if action.kind == "redirect" else dict(action.details)
    return action.kind, sorted(shares.items()), sorted(details.items()), action.authenticate


REDIRECT = {
    "protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}", "query": "#{query}",
}  # fmt: skip
"""What a redirect keeps where nothing is said (the provider's defaults)."""


class Rule(msgspec.Struct, frozen=True):
    """A rule. `priority` is null where only the state knows; `unknown` are the reasons why it isn't decided what it matches.

    Of a rule that isn't decided, `conditions` are those that are known: it matches no more than they do.
    """

    address: str
    priority: int | None
    conditions: tuple[Condition, ...]
    action: Action
    unknown: tuple[str, ...] = ()

    @property
    def catches_all(self) -> bool:
        """Whether nothing is asked for; a pattern that takes everything is for `decide` to find."""
        return not self.conditions and not self.unknown

    def text(self) -> str:
        """Its conditions as a person reads them."""
        known = [condition.text() for condition in self.conditions]
        return " and ".join([*known, *(f"({reason})" for reason in self.unknown)]) or "any request"


class Listener(msgspec.Struct, frozen=True):
    """A listener: `rules` by priority, those without one last. `port` and `protocol` are "" when they aren't known.

    `ipv6` says whether its load balancer takes requests over IPv6; null when that isn't known.
    """

    address: str
    load_balancer: str
    port: str
    protocol: str
    default: Action
    rules: tuple[Rule, ...] = ()
    ipv6: bool | None = False
    load_balancer_name: str = ""

    @property
    def scheme(self) -> str:
        """The scheme of a request to it."""
        return "https" if self.protocol.upper() in ("HTTPS", "TLS") else "http"

    @property
    def speaks_http(self) -> bool:
        """Whether rules apply to it at all; a Network Load Balancer's listener has its default action only."""
        return self.protocol.upper() in ("HTTP", "HTTPS")


def by_priority(rules: list[Rule]) -> tuple[Rule, ...]:
    """Rules in the order in which they're tried, as far as it's known."""
    return tuple(sorted(rules, key=lambda rule: (rule.priority is None, rule.priority or 0, rule.address)))


class Request(msgspec.Struct, frozen=True):
    """A request. Host and header names are in small letters; `source_ip` is an address."""

    scheme: str = "https"
    host: str = "example.com"
    path: str = "/"
    method: str = "GET"
    headers: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    source_ip: str = "198.51.100.7"

    def query_text(self) -> str:
        """The query string."""
        return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in self.query)

    def url(self) -> str:
        """As a browser shows it."""
        return f"{self.scheme}://{self.host}{self.path}" + (f"?{self.query_text()}" if self.query else "")

    def text(self) -> str:
        """As a person reads it: the URL, and what else matters."""
        more = [f"{name}: {value}" for name, values in sorted(self.headers.items()) for value in values]
        if self.method != "GET":
            more.insert(0, self.method)
        if self.source_ip != "198.51.100.7":
            more.append(f"from {self.source_ip}")
        return self.url() + (f" ({', '.join(more)})" if more else "")


def witness_of(request: Request) -> Witness:
    """A request as findings have it."""
    return Witness(
        request.scheme,
        request.host,
        request.path,
        request.method,
        dict(sorted(request.headers.items())),
        request.query_text(),
        request.source_ip,
    )
