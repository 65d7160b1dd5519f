"""Who answers a URL, and why the rules before it didn't."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tfhoist.errors import UsageError
from tfhoist.routing.interpret import answering, failing, matches
from tfhoist.routing.model import Action, Kind, Listener, Request, Rule
from tfhoist.routing.table import Table

_PORTS = {"http": "80", "https": "443"}


class PassedOver(msgspec.Struct, frozen=True):
    """A rule that is tried before, and why it doesn't answer."""

    rule: str
    because: str


class Answer(msgspec.Struct, frozen=True):
    """What one listener does with a request; `rule` is null for its default action, `certain` false where that's open.

    `through` says how a request gets to the listener: by a record, by a rule for its host, or nobody knows.
    """

    environment: str
    listener: str
    rule: str | None
    action: Action
    passed_over: tuple[PassedOver, ...]
    certain: bool
    through: str


def request_of(url: str, method: str = "GET", headers: Sequence[str] = (), source_ip: str = "") -> tuple[Request, str]:
    """A request from a URL and its port; raises `UsageError` for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL: {error}.", "Write it as https://HOST/PATH.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UsageError(f"{url!r} is no URL of a load balancer.", "Write it as https://HOST/PATH.")
    sent: dict[str, tuple[str, ...]] = {}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise UsageError(f"{header!r} is no header.", "Write it as 'NAME: VALUE'.")
        sent[name.strip().lower()] = (*sent.get(name.strip().lower(), ()), value.strip())
    if source_ip:
        try:
            ipaddress.ip_address(source_ip)
        except ValueError:
            raise UsageError(f"{source_ip!r} is no IP address.", "Write it as 192.0.2.1 or 2001:db8::1.") from None
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    known = {"source_ip": source_ip} if source_ip else {}
    request = Request(parts.scheme, parts.hostname, parts.path or "/", method, sent, query, **known)
    return request, str(port) if port is not None else _PORTS[parts.scheme]


def answers(table: Table, request: Request, port: str) -> list[Answer]:
    """What the listeners do that a request may come to: those of the load balancer that DNS names, if it's known here.

    Otherwise those of load balancers with a rule for the host, and otherwise all of that port.
    """
    listeners = [one for one in table.listeners if one.speaks_http and one.port in (port, "")]
    pointed = {
        target
        for record in table.records
        if record.type.upper() in ("A", "AAAA", "CNAME") and matches(record.name, request.host.lower())
        for target in record.targets
    }
    balancers = {balancer.address for balancer in table.load_balancers}
    by_record = [one for one in listeners if one.load_balancer in pointed]
    if by_record or (pointed and pointed <= balancers):
        return [_answer(table, one, request, "by the record of the host") for one in by_record]
    by_rule = [one for one in listeners if any(_names(rule, request.host) for rule in one.rules)]
    chosen = by_rule or listeners
    how = (
        "by a rule for the host; no record is known here" if by_rule else "if DNS leads there; no record is known here"
    )
    return [_answer(table, one, request, how) for one in chosen]


def _names(rule: Rule, host: str) -> bool:
    return any(
        condition.kind is Kind.HOST and any(matches(value.lower(), host.lower()) for value in condition.values)
        for condition in rule.conditions
    )


def _answer(table: Table, listener: Listener, request: Request, through: str) -> Answer:
    rule, certain = answering(listener, request)
    passed: list[PassedOver] = []
    for other in listener.rules:
        if other is rule:
            break
        missed = failing(other, request)
        if missed is not None:
            because = f"{_shown(missed.kind, missed.name, request)} isn't {missed.text()}"
        elif other.unknown:
            because = f"not decided: {other.unknown[0]}"
        else:
            because = "not decided: its priority isn't known"
        passed.append(PassedOver(other.address, because))
    return Answer(
        table.environment, listener.address, rule.address if rule is not None else None,
        rule.action if rule is not None else listener.default, tuple(passed), certain, through,
    )  # fmt: skip


def _shown(kind: Kind, name: str, request: Request) -> str:
    if kind is Kind.HEADER:
        return ", ".join(request.headers.get(name.lower(), ())) or "no such header"
    return {
        Kind.HOST: request.host,
        Kind.PATH: request.path,
        Kind.METHOD: request.method,
        Kind.SOURCE_IP: request.source_ip,
        Kind.QUERY: request.query_text() or "no query",
    }[kind]
