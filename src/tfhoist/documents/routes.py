"""Listeners and their rules with the values of one environment: priorities, hosts, paths, and where they send requests.

Source of the matching rules: AWS, "Application Load Balancers: Listener rules" (hosts match without case, paths with it;
`*` stands for any text, `?` for one character; the lowest priority is tried first).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Set

import msgspec

from tfhoist.addresses import without_keys
from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Module
from tfhoist.routing import interpret
from tfhoist.routing import model as routing
from tfhoist.routing import table as table_model
from tfhoist.routing.blocks import nested
from tfhoist.routing.interpret import matches
from tfhoist.routing.lookups import lookups
from tfhoist.routing.read import (
    LISTENER_RULES,
    LISTENERS,
    LOAD_BALANCERS,
    RECORDS,
    TARGET_GROUPS,
    read_record,
    read_table,
)

RULES = LISTENER_RULES
__all__ = [
    "LISTENERS",
    "LOAD_BALANCERS",
    "RECORDS",
    "RULES",
    "TARGET_GROUPS",
    "Action",
    "Listener",
    "LoadBalancer",
    "Record",
    "Request",
    "Routes",
    "Rule",
    "TargetGroup",
    "answering",
    "matches",
    "read_routes",
    "record_of",
    "requests",
    "routes_of",
]


class LoadBalancer(msgspec.Struct, frozen=True):
    """A load balancer: its address, real name ("" when it isn't known), and whether it's internal."""

    address: str
    name: str
    internal: bool | None


class TargetGroup(msgspec.Struct, frozen=True):
    """A target group; `port` and `health_path` are "" when they aren't known or not set."""

    address: str
    name: str
    port: str
    health_path: str


class Action(msgspec.Struct, frozen=True):
    """What a rule or a listener does: `kind` is the action's type, `targets` the addresses of the target groups."""

    kind: str
    targets: tuple[str, ...] = ()
    status: str = ""


class Listener(msgspec.Struct, frozen=True):
    """A listener of one environment; `instance` is its address with its key."""

    address: str
    instance: str
    load_balancer: str
    port: str
    protocol: str
    default: Action


class Rule(msgspec.Struct, frozen=True):
    """A rule of one environment. `hosts` and `paths` are empty for any; `decided` is false when a condition isn't known.

    `others` names the conditions besides host and path, such as a header; `matches` has them with their values. `balancer` and
    `port` are of a listener that only a lookup names.
    """

    address: str
    instance: str
    listener: str
    priority: int | None
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    others: tuple[str, ...]
    action: Action
    decided: bool
    matches: tuple[routing.Condition, ...] = ()
    balancer: str = ""
    port: str = ""


class Record(msgspec.Struct, frozen=True):
    """A DNS record; `alias` is the address of what it points to, "" for none."""

    address: str
    name: str
    type: str
    zone: str
    alias: str


class Routes(msgspec.Struct, frozen=True):
    """All of it in one environment, in the order of addresses; rules by listener and priority.

    `edges` are CloudFront distributions and API Gateway domains, `names` the real names of all load balancers, by block.
    """

    load_balancers: tuple[LoadBalancer, ...]
    listeners: tuple[Listener, ...]
    rules: tuple[Rule, ...]
    target_groups: Mapping[str, TargetGroup]
    records: tuple[Record, ...]
    edges: tuple[table_model.Claim, ...] = ()
    names: Mapping[str, str] = msgspec.field(default_factory=dict)

    def rules_of(self, listener: Listener) -> tuple[Rule, ...]:
        """The rules of a listener, by priority."""
        return tuple(rule for rule in self.rules if rule.listener == listener.address)

    def target_names(self, action: Action) -> tuple[str, ...]:
        """The real names of an action's target groups, or their addresses."""
        found = (self.target_groups.get(target) for target in action.targets)
        return tuple(
            group.name or group.address if group is not None else target
            for group, target in zip(found, action.targets, strict=True)
        )

    def load_balancer(self, address: str) -> LoadBalancer | None:
        """The load balancer of that address."""
        return next((one for one in self.load_balancers if one.address == address), None)


def read_routes(module: Module, environment: Environment, addresses: tuple[str, ...]) -> Routes:
    """What some addresses make in one environment, by its routing table: what has no instance there is left out."""
    evaluation = Evaluation(module, environment)
    return routes_of(evaluation, read_table(evaluation), set(addresses))


def routes_of(evaluation: Evaluation, table: table_model.Table, wanted: Set[str]) -> Routes:
    """What some addresses (without instance keys) make, by a table that is read already."""
    instances = {one.address: one for one in evaluation.of(*TARGET_GROUPS)}
    listeners = [one for one in table.listeners if without_keys(one.address) in wanted]
    elsewhere = lookups(evaluation)
    rules = [
        _rule(rule, without_keys(listener.address), *elsewhere.get(listener.address, ("", "")))
        for listener in table.listeners
        for rule in listener.rules
        if without_keys(rule.address) in wanted
    ]
    rules.sort(key=lambda rule: (rule.listener, rule.priority is None, rule.priority or 0, rule.instance))
    shown = tuple(_listener(one) for one in sorted(listeners, key=lambda one: one.address))
    targets = {t for action in (*(r.action for r in rules), *(one.default for one in shown)) for t in action.targets}
    groups: dict[str, TargetGroup] = {}
    for group in table.target_groups:
        block = without_keys(group.address)
        if block in wanted or block in targets:
            path = _health_path(instances[group.address])
            groups.setdefault(block, TargetGroup(block, group.name, group.port, path))
    return Routes(
        tuple(
            LoadBalancer(block, one.name, one.internal)
            for one in table.load_balancers
            if (block := without_keys(one.address)) in wanted
        ),
        shown,
        tuple(rules),
        dict(sorted(groups.items())),
        tuple(_record(one) for one in table.records if without_keys(one.address) in wanted),
        tuple(one for one in table.claims if without_keys(one.address) in wanted),
        {**{address: name for address, (name, port) in elsewhere.items() if not port},
         **{without_keys(one.address): one.name for one in table.load_balancers}},
    )  # fmt: skip


def record_of(module: Module, environment: Environment, address: str) -> Record | None:
    """A DNS record as its block says it, whether it has an instance in the environment or not."""
    declaration = module.get(address)
    if declaration is None or declaration.type not in RECORDS:
        return None
    root = Evaluation(module, environment).root
    return _record(read_record(root.instance_of_any(declaration)))


def _health_path(group: BlockInstance) -> str:
    block = next((found for found in nested(group, "health_check") if found is not None), None)
    return (block.text("path") if block is not None else None) or ""


def _listener(listener: routing.Listener) -> Listener:
    return Listener(
        without_keys(listener.address),
        listener.address,
        without_keys(listener.load_balancer),
        listener.port,
        listener.protocol,
        _action(listener.default),
    )


def _rule(rule: routing.Rule, listener: str, balancer: str, port: str) -> Rule:
    def values(kind: routing.Kind) -> tuple[str, ...]:
        return tuple(value for condition in rule.conditions if condition.kind is kind for value in condition.values)

    plain = (routing.Kind.HOST, routing.Kind.PATH)
    return Rule(
        without_keys(rule.address),
        rule.address,
        listener,
        rule.priority,
        values(routing.Kind.HOST),
        values(routing.Kind.PATH),
        tuple(condition.kind.value for condition in rule.conditions if condition.kind not in plain),
        _action(rule.action),
        not rule.unknown,
        tuple(condition for condition in rule.conditions if condition.kind not in plain),
        balancer,
        port,
    )


def _record(record: table_model.Record) -> Record:
    target = next((one for one in record.targets if one.split(".")[0] in LOAD_BALANCERS), "")
    return Record(without_keys(record.address), record.name, record.type, record.zone, without_keys(target))


def _action(action: routing.Action) -> Action:
    status = dict(action.details).get("status_code", "").removeprefix("HTTP_")
    targets = tuple(dict.fromkeys(without_keys(target.address) for target in action.targets))
    return Action(action.kind, targets, status)


class Request(msgspec.Struct, frozen=True):
    """A request that shows a rule at work, and which rule answers it: None for the listener's default action.

    `decided` is false when the files don't tell: a rule before it has a condition that isn't a host or path, two rules have one
    priority, or two listeners one port.
    """

    listener: Listener
    host: str
    path: str
    rule: Rule | None
    decided: bool

    def url(self) -> str:
        """As curl takes it."""
        scheme = "https" if self.listener.protocol.upper() in ("HTTPS", "TLS") else "http"
        port = self.listener.port
        shown = "" if not port or (scheme, port) in (("http", "80"), ("https", "443")) else f":{port}"
        return f"{scheme}://{self.host}{shown}{self.path}"


STRANGER, UNCLAIMED = "unclaimed.example.com", "/unclaimed"
"""A host and a path that nobody claims."""
_PLAIN_URL = re.compile(r"[A-Za-z0-9._~!$&()*+,;=:@%/-]*\Z")


def requests(routes: Routes) -> tuple[Request, ...]:
    """For each listener one request to each host and path that a rule names, and one that no rule does, if it can be had."""
    found: dict[tuple[str, str, str], Request] = {}
    for listener in routes.listeners:
        if listener.protocol.upper() not in ("HTTP", "HTTPS"):
            continue
        rules = routes.rules_of(listener)
        hosts = [record.name for record in routes.records if record.alias == listener.load_balancer]
        hosts += [host for rule in rules for host in rule.hosts]
        known = [host for host in dict.fromkeys(map(_witness, hosts)) if host] + [STRANGER]
        for rule in rules:
            if rule.others or not rule.decided:
                continue
            for path in map(_witness, rule.paths or ("/",)):
                asked = [_witness(host) for host in rule.hosts]
                if not asked:  # any host: one that no rule before it takes, if there is one
                    asked = [next((host for host in known if answering(rules, host, path)[0] is rule), known[0])]
                for host in asked:
                    _add(found, listener, rules, host, path)
        tried = ((host, path) for host in known for path in ("/", UNCLAIMED))
        default = next(((host, path) for host, path in tried if answering(rules, host, path)[0] is None), None)
        if default is not None:
            _add(found, listener, rules, *default)
    ports = Counter((listener.load_balancer, listener.port) for listener in routes.listeners)
    return tuple(
        one
        if ports[one.listener.load_balancer, one.listener.port] == 1
        else msgspec.structs.replace(one, decided=False)
        for one in found.values()
    )


def _add(
    found: dict[tuple[str, str, str], Request], listener: Listener, rules: tuple[Rule, ...], host: str, path: str
) -> None:
    if not _PLAIN_URL.match(host) or not _PLAIN_URL.match(path) or not path.startswith("/") or not host:
        return
    answer, decided = answering(rules, host, path)
    found.setdefault(
        (f"{listener.load_balancer} {listener.port}", host.lower(), path),
        Request(listener, host, path, answer, decided),
    )


def answering(rules: tuple[Rule, ...], host: str, path: str) -> tuple[Rule | None, bool]:
    """The first rule that takes a GET for this host and path, and whether that is certain."""
    known = dict(enumerate(rules))
    nobody = routing.Action("fixed-response")
    listener = routing.Listener("", "", "", "HTTP", nobody, tuple(_plain(str(n), rule) for n, rule in known.items()))
    answer, certain = interpret.answering(listener, routing.Request("http", host, path))
    return (known[int(answer.address)] if answer is not None else None), certain


def _plain(name: str, rule: Rule) -> routing.Rule:
    """A rule as the interpreter takes it; what else it asks for isn't known here."""
    conditions = [
        routing.Condition(kind, values)
        for kind, values in ((routing.Kind.HOST, rule.hosts), (routing.Kind.PATH, rule.paths))
        if values
    ]
    targets = tuple(routing.Target(target) for target in rule.action.targets)
    action = routing.Action(rule.action.kind, targets, (("status_code", rule.action.status),))
    return routing.Rule(name, rule.priority, tuple(conditions), action, rule.others if rule.decided else ("unknown",))


def _witness(pattern: str) -> str:
    """A plain text that the pattern takes: `/api/v1/` for `/api/v1/*`, `www.hokus.ai` for `*.hokus.ai`."""
    text = pattern.replace("?", "x")
    return text.replace("*", "www" if text.startswith("*.") else "")
