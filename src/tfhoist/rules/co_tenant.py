"""Another service that lives in this root: its requests are routed here, and its tasks aren't run here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from tfhoist.addresses import without_keys
from tfhoist.audit.literals import may_tell
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import Expression, Literal, Object, Template, Variable, walk
from tfhoist.inventory import real_name
from tfhoist.placement.services import ServiceUses, host_service, is_workload, words
from tfhoist.routing import model as routing
from tfhoist.rules.base import Context, Rule, together
from tfhoist.rules.listeners import TARGET_GROUPS

_REGISTERS = (
    "aws_ecs_service", "aws_ecs_task_set", "aws_lb_target_group_attachment", "aws_alb_target_group_attachment",
    "aws_autoscaling_group", "aws_autoscaling_attachment", "aws_autoscaling_traffic_source_attachment",
    "aws_codedeploy_deployment_group", "aws_eks_node_group", "kubernetes_manifest", "kubectl_manifest", "helm_release",
)  # fmt: skip
"""Types that make something answer in the target groups that they name."""

_ROLES = frozenset(
    "blue green canary stable primary secondary active passive standby old new next legacy default fallback maintenance main "
    "this tg tgt target group lb alb nlb ded dedicated http https grpc tcp tls www web app ui frontend backend public private "
    "internal external health v1 v2 a b c".split()
)
"""Words of names that say what a target group is for, not whose it is."""


class _Route(NamedTuple):
    """One listener's default or rule: its target groups, its hosts, and its load balancer."""

    block: str
    declaration: Declaration
    targets: tuple[str, ...]
    hosts: tuple[str, ...]
    balancer: str


class _Tenant:
    """What is known of one other service."""

    def __init__(self) -> None:
        self.hosts: dict[str, None] = {}
        self.places: dict[str, SourceRange] = {}  # the blocks that take part
        self.groups: dict[str, None] = {}
        self.calls: dict[str, str] = {}  # a workload to the variable by which it calls


class CoTenant(Rule):
    """Two signs, each enough by itself.

    A target group that is routed to, that nothing here registers with while this root's own tasks register with others, and
    whose name is none of this root's workloads. Or a host that is routed here and that this root's own tasks call by a variable
    of its name.
    """

    id = "co-tenant"
    severity = Severity.WARNING
    description = "another service seems to live in this root"
    advice = (
        "Ask who owns it before anything moves: its load balancers, rules and records would become part of this service's shared "
        "module and registry entry. Let its owner take them over later, or keep them here by [placement.overrides]."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        seen = _Seen(context)
        tenants: dict[str, _Tenant] = {}
        seen.foreign_groups(tenants)
        seen.called_hosts(tenants)
        for name in sorted(tenants):
            tenant = tenants[name]
            signs = []
            if tenant.groups:
                are, them = ("is", "it") if len(tenant.groups) == 1 else ("are", "them")
                signs.append(f"{together(tenant.groups)} {are} routed to, and nothing here registers with {them}")
            if tenant.calls:
                variables = together(dict.fromkeys(tenant.calls.values()))
                call = "calls" if len(tenant.calls) == 1 else "call"
                signs.append(f"{together(sorted(tenant.calls))} {call} it, by {variables}")
            where = f" ({together(sorted(tenant.hosts))})" if tenant.hosts else ""
            first = next(iter(tenant.groups), next(iter(tenant.places)))
            places = {first: tenant.places[first], **tenant.places}
            yield self.finding(
                f"another service, {name}{where} seems to live here: {'; '.join(signs)}",
                address=first,
                addresses=places,
                ranges=places.values(),
                evidence={"service": name, **({"hosts": ", ".join(sorted(tenant.hosts))} if tenant.hosts else {})},
            )


def _hosts(rule: routing.Rule) -> frozenset[str]:
    """The hosts that a rule names."""
    return frozenset(
        value.lower()
        for condition in rule.conditions
        if condition.kind is routing.Kind.HOST
        for value in condition.values
    )


class _Seen:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.uses = ServiceUses(context.graph)

    @cached_property
    def routes(self) -> list[_Route]:
        """What is routed in any environment, each block once."""
        found: dict[str, _Route] = {}
        for routed in self.context.routing:
            for listener in routed.table.listeners:
                balancer = without_keys(listener.load_balancer)
                actions = [(listener.address, listener.default, frozenset[str]())]
                actions += [(rule.address, rule.action, _hosts(rule)) for rule in listener.rules]
                for address, action, hosts in actions:
                    declaration = routed.declarations.get(address)
                    if declaration is not None:
                        targets = [target.address for target in action.targets]
                        self._add(found, without_keys(address), declaration, targets, sorted(hosts), balancer)
        return list(found.values())

    @staticmethod
    def _add(
        found: dict[str, _Route],
        block: str,
        declaration: Declaration,
        targets: Sequence[str],
        hosts: Sequence[str],
        balancer: str,
    ) -> None:
        before = found.get(block)
        known = (*(before.targets if before else ()), *(without_keys(target) for target in targets))
        named = (*(before.hosts if before else ()), *hosts)
        found[block] = _Route(block, declaration, tuple(dict.fromkeys(known)), tuple(dict.fromkeys(named)), balancer)

    @cached_property
    def own_words(self) -> frozenset[str]:
        """The words that this root's workloads go by."""
        found: set[str] = set()
        for node, declaration in self.context.links.declarations.items():
            if declaration.kind == "resource" and is_workload(declaration.type):
                found.update(self._words_of(node, declaration))
        return frozenset(found)

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """Block to its real names, in all environments."""
        found: dict[str, set[str]] = {}
        for evaluation in self.context.evaluations:
            for instance in evaluation.instances:
                kind = instance.declaration.type
                name = real_name(instance) if is_workload(kind) or kind in TARGET_GROUPS else None
                if name is not None:
                    found.setdefault(instance.block, set()).add(name)
        return found

    def _words_of(self, node: str, declaration: Declaration) -> set[str]:
        found = {declaration.name, *self.names.get(node, ())}
        own = self.uses.own(declaration.address) if node == declaration.address else None
        if own is not None:
            found.add(own.service)
        return {word for name in found for word in words(name)}

    def foreign_groups(self, tenants: dict[str, _Tenant]) -> None:
        """Target groups that are routed to, and that nothing registers with."""
        links = self.context.links
        registered: set[str] = set()
        unknown: set[str] = set()
        groups = {
            node: declaration
            for node, declaration in links.declarations.items()
            if declaration.kind == "resource" and declaration.type in TARGET_GROUPS
        }
        for node in groups:
            readers = links.reached_by(node, links.carries)
            kinds = {links.declarations[reader].type for reader in readers if reader in links.declarations}
            if kinds.intersection(_REGISTERS):
                registered.add(node)
            elif not links.opaque.isdisjoint(readers):
                unknown.add(node)
        if not registered:
            return  # what runs here is registered by something else than Terraform, or runs elsewhere altogether
        routed = {target for route in self.routes for target in route.targets}.difference(registered, unknown)
        asked = {node: declaration for node, declaration in groups.items() if node in routed}
        shared = self._shared_words() if asked else set()
        foreign: dict[str, str] = {}
        for node, declaration in asked.items():
            mine = self._words_of(node, declaration)
            if not mine.intersection(self.own_words - shared - _ROLES):
                name = self._tenant_name(declaration, mine - shared)
                if name:
                    foreign[node] = name
        for node, name in foreign.items():
            tenant = tenants.setdefault(name, _Tenant())
            tenant.groups[node] = None
            tenant.places[node] = groups[node].range
            for route in self.routes:
                if node in route.targets:
                    tenant.places[route.block] = route.declaration.range
                    tenant.hosts.update(dict.fromkeys(route.hosts))
        for name, tenant in tenants.items():
            self._add_hosts(tenant, {node for node, whose in foreign.items() if whose == name})

    def _shared_words(self) -> set[str]:
        """The words that every name here begins with: they tell nothing apart."""
        named = [name for names in self.names.values() for name in names]
        alike = words(named[0]) if len(named) > 1 else []
        for name in named:
            found = words(name)
            while alike != found[: len(alike)]:
                alike.pop()
        return {*self.uses.shared_words, *alike}

    def _tenant_name(self, declaration: Declaration, mine: set[str]) -> str:
        own = self.uses.own(declaration.address)
        if own is not None and not set(words(own.service)) & _ROLES:
            return own.service
        left = [word for word in words(declaration.name) if word in mine and word not in _ROLES]
        return "-".join(left)

    def _add_hosts(self, tenant: _Tenant, groups: set[str]) -> None:
        """Hosts whose record points at a load balancer that routes to these groups only, and rules for the same hosts."""
        only = {
            route.balancer
            for route in self.routes
            if route.balancer
            and groups.intersection(route.targets)
            and all(groups.issuperset(other.targets) for other in self.routes if other.balancer == route.balancer)
        }
        for record, found in self.context.records.items():
            if only.intersection(without_keys(target) for target in found.targets):
                tenant.hosts[record] = None
                tenant.places.setdefault(found.block, found.declaration.range)
        self._add_rules(tenant)

    def _add_rules(self, tenant: _Tenant) -> None:
        for route in self.routes:
            if tenant.hosts.keys() & set(route.hosts):
                tenant.places.setdefault(route.block, route.declaration.range)

    def called_hosts(self, tenants: dict[str, _Tenant]) -> None:
        """Hosts that rules here answer for, and that this root's own workloads call by a variable of the host's name."""
        routed = {host for route in self.routes for host in route.hosts}
        told = all(map(may_tell, routed))
        naming = {text.declaration for text in self.context.literals if _host_of(text.text) in routed}
        for node, declaration in self.context.links.declarations.items():
            if (told and declaration not in naming) or not is_workload(declaration.type):
                continue
            if declaration.kind != "resource":
                continue
            for variable, text in _settings(declaration.body):
                host = _host_of(text)
                if host not in routed:
                    continue
                label = host_service(host)
                if "." in label or label not in words(variable):
                    continue
                if set(words(label)) & (self.own_words | _ROLES):
                    continue
                tenant = tenants.setdefault(label, _Tenant())
                tenant.hosts[host] = None
                tenant.calls[node] = variable
                self._add_rules(tenant)


_URL = re.compile(r"[a-z][a-z0-9+.-]*://([^/:\s$]+)", re.IGNORECASE)


def _host_of(text: str) -> str:
    match = _URL.match(text)
    return (match.group(1) if match is not None else text).lower().rstrip(".")


def _settings(body: Body) -> Iterator[tuple[str, str]]:
    """What a workload is told by its environment: `{ name = "X", value = "..." }` and `{ X = "..." }`."""
    pending = [body]
    while pending:
        current = pending.pop()
        pending.extend(block.body for block in current.blocks)
        for attribute in current.attributes:
            for node in walk(attribute.expression):
                if not isinstance(node, Object):
                    continue
                items = {_key(key): value for key, value in node.items}
                name, value = items.get("name"), items.get("value")
                if isinstance(name, Literal) and isinstance(name.value, str) and value is not None:
                    yield name.value, _beginning(value)
                else:
                    yield from ((key, _beginning(inner)) for key, inner in items.items() if key)


def _key(key: Expression) -> str:
    name = key.name if isinstance(key, Variable) else getattr(key, "value", None)
    return name if isinstance(name, str) else ""


def _beginning(expression: Expression) -> str:
    """The text of a literal, or the literal beginning of a template."""
    if isinstance(expression, Template) and expression.parts:
        expression = expression.parts[0]
    return expression.value if isinstance(expression, Literal) and isinstance(expression.value, str) else ""
