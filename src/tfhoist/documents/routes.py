"""Listeners and their rules with the values of one environment: priorities, hosts, paths, and where they send requests.

Source of the matching rules: AWS, "Application Load Balancers: Listener rules" (hosts match without case, paths with it;
`*` stands for any text, `?` for one character; the lowest priority is tried first).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.documents.names import blocks, environment_scope, instances, real_name, texts
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import Expression
from tfhoist.values.evaluate import Scope, evaluate
from tfhoist.values.types import to_number, to_text

LOAD_BALANCERS = ("aws_lb", "aws_alb")
LISTENERS = ("aws_lb_listener", "aws_alb_listener")
RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
RECORDS = ("aws_route53_record",)


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

    `others` names the conditions besides host and path, such as a header.
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


class Record(msgspec.Struct, frozen=True):
    """A DNS record; `alias` is the address of what it points to, "" for none."""

    address: str
    name: str
    type: str
    zone: str
    alias: str


class Routes(msgspec.Struct, frozen=True):
    """All of it in one environment, in the order of addresses; rules by listener and priority."""

    load_balancers: tuple[LoadBalancer, ...]
    listeners: tuple[Listener, ...]
    rules: tuple[Rule, ...]
    target_groups: Mapping[str, TargetGroup]
    records: tuple[Record, ...]

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
    """What some addresses make in one environment: what has no instance there is left out."""
    scope = environment_scope(module, environment)
    load_balancers: list[LoadBalancer] = []
    listeners: list[Listener] = []
    rules: list[Rule] = []
    groups: dict[str, TargetGroup] = {}
    records: list[Record] = []
    for address in sorted(addresses):
        declaration = module.get(address)
        if declaration is None or declaration.kind != "resource":
            continue
        for instance in instances(declaration, scope) or ():
            name = f"{address}{instance.suffix}"
            if declaration.type in LOAD_BALANCERS:
                internal = _value(declaration.body, "internal", instance.scope)
                known = {"true": True, "false": False, "": False}.get(internal)
                load_balancers.append(LoadBalancer(address, real_name(declaration, instance.scope), known))
            elif declaration.type in TARGET_GROUPS:
                groups[address] = _target_group(declaration, instance.scope)
            elif declaration.type in LISTENERS:
                listeners.append(_listener(declaration, name, instance.scope))
            elif declaration.type in RULES:
                rules.append(_rule(declaration, name, instance.scope))
            elif declaration.type in RECORDS:
                records.append(_record(declaration, instance.scope))
    actions = [*(rule.action for rule in rules), *(listener.default for listener in listeners)]
    for address in sorted({target for action in actions for target in action.targets} - set(groups)):
        declaration = module.get(address)
        if declaration is not None:
            groups[address] = _target_group(declaration, scope)
    rules.sort(key=lambda rule: (rule.listener, rule.priority is None, rule.priority or 0, rule.instance))
    return Routes(tuple(load_balancers), tuple(listeners), tuple(rules), dict(sorted(groups.items())), tuple(records))


def record_of(module: Module, environment: Environment, address: str) -> Record | None:
    """A DNS record as its block says it, whether it has an instance in the environment or not."""
    declaration = module.get(address)
    if declaration is None or declaration.type not in RECORDS:
        return None
    return _record(declaration, environment_scope(module, environment))


def _target_group(declaration: Declaration, scope: Scope) -> TargetGroup:
    health = next((found for found in blocks(declaration.body, "health_check", scope) if found is not None), None)
    path = _value(health[0], "path", health[1]) if health is not None else ""
    return TargetGroup(
        declaration.address, real_name(declaration, scope), _value(declaration.body, "port", scope), path
    )


def _listener(declaration: Declaration, instance: str, scope: Scope) -> Listener:
    body = declaration.body
    return Listener(
        declaration.address,
        instance,
        _referred(declaration, body, "load_balancer_arn", LOAD_BALANCERS),
        _value(body, "port", scope),
        _value(body, "protocol", scope) or "HTTP",
        _action(declaration, "default_action", scope),
    )


def _rule(declaration: Declaration, instance: str, scope: Scope) -> Rule:
    hosts: list[str] = []
    paths: list[str] = []
    others: list[str] = []
    decided = True
    for found in blocks(declaration.body, "condition", scope):
        if found is None:
            decided = False
            continue
        body, inner = found
        for block in body.blocks:
            kind = block.labels[0] if block.type == "dynamic" and block.labels else block.type
            values = _condition_values(body, kind, inner)
            if kind == "host_header" and values is not None:
                hosts += values
            elif kind == "path_pattern" and values is not None:
                paths += values
            elif kind in ("host_header", "path_pattern"):
                decided = False
            else:
                others.append(kind)
    priority = to_number(_evaluated(declaration.body, "priority", scope))
    return Rule(
        declaration.address,
        instance,
        _referred(declaration, declaration.body, "listener_arn", LISTENERS),
        priority if isinstance(priority, int) else None,
        tuple(hosts),
        tuple(paths),
        tuple(others),
        _action(declaration, "action", scope),
        decided,
    )


def _condition_values(body: Body, kind: str, scope: Scope) -> list[str] | None:
    values: list[str] = []
    for found in blocks(body, kind, scope):
        if found is None:
            return None
        argument = found[0].attribute("values")
        known = texts(evaluate(argument.expression, found[1])) if argument is not None else None
        if known is None:
            return None
        values += known
    return values


def _record(declaration: Declaration, scope: Scope) -> Record:
    body = declaration.body
    alias = next((found for found in blocks(body, "alias", scope) if found is not None), None)
    target = _referred(declaration, alias[0], "name", LOAD_BALANCERS) if alias is not None else ""
    return Record(
        declaration.address,
        _value(body, "name", scope),
        _value(body, "type", scope),
        _value(body, "zone_id", scope),
        target,
    )


def _action(declaration: Declaration, kind: str, scope: Scope) -> Action:
    types: list[str] = []
    targets: list[str] = []
    status = ""
    for found in blocks(declaration.body, kind, scope):
        if found is None:
            return Action("unknown")
        body, inner = found
        types.append(_value(body, "type", inner) or "unknown")
        targets += _all_referred(declaration, body, TARGET_GROUPS)
        for block in body.blocks:
            status = _value(block.body, "status_code", inner) or status
    if not types:
        return Action("unknown")
    return Action(types[-1], tuple(dict.fromkeys(targets)), status.removeprefix("HTTP_"))


def _value(body: Body, name: str, scope: Scope) -> str:
    return to_text(_evaluated(body, name, scope)) or ""


def _evaluated(body: Body, name: str, scope: Scope) -> str | int | bool | None:
    attribute = body.attribute(name)
    value = evaluate(attribute.expression, scope) if attribute is not None else None
    return value if isinstance(value, str | int | bool) else None


def _referred(declaration: Declaration, body: Body, name: str, kinds: tuple[str, ...]) -> str:
    attribute = body.attribute(name)
    if attribute is None:
        return ""
    found = _addresses(declaration, attribute.expression, kinds)
    return found[0] if found else ""


def _all_referred(declaration: Declaration, body: Body, kinds: tuple[str, ...]) -> Iterator[str]:
    pending = [body]
    while pending:
        current = pending.pop()
        for attribute in current.attributes:
            yield from _addresses(declaration, attribute.expression, kinds)
        pending.extend(reversed([block.body for block in current.blocks]))


def _addresses(declaration: Declaration, expression: Expression, kinds: tuple[str, ...]) -> list[str]:
    references = declaration.file.references_in(expression.start, expression.end)
    return [address for address in map(target_address, references) if address.split(".")[0] in kinds]


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
    certain = True
    for rule in rules:
        if not _takes(rule, host, path):
            continue
        if rule.others or not rule.decided or rule.priority is None:
            certain = False
            continue
        equal = (other for other in rules if other is not rule and other.priority == rule.priority)
        return rule, certain and not any(_takes(other, host, path) and other.action != rule.action for other in equal)
    return None, certain


def _takes(rule: Rule, host: str, path: str) -> bool:
    return (not rule.hosts or any(matches(pattern.lower(), host.lower()) for pattern in rule.hosts)) and (
        not rule.paths or any(matches(pattern, path) for pattern in rule.paths)
    )


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern with `*` and `?` takes the whole text; linear in the usual cases, never exponential."""
    at = position = 0
    star, resume = -1, 0
    while position < len(text):
        if at < len(pattern) and pattern[at] != "*" and pattern[at] in ("?", text[position]):
            at += 1
            position += 1
        elif at < len(pattern) and pattern[at] == "*":
            star, resume = at, position
            at += 1
        elif star >= 0:
            at = star + 1
            resume += 1
            position = resume
        else:
            return False
    return all(character == "*" for character in pattern[at:])


def _witness(pattern: str) -> str:
    """A plain text that the pattern takes: `/api/v1/` for `/api/v1/*`, `www.hokus.ai` for `*.hokus.ai`."""
    text = pattern.replace("?", "x")
    return text.replace("*", "www" if text.startswith("*.") else "")
