"""The registry entry of a service, for people in the form of the request, and its claims for machines."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tfhoist.configuration.model import Module, target_address
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.markdown import code, one_line, prose
from tfhoist.documents.routes import (
    LISTENERS,
    LOAD_BALANCERS,
    RECORDS,
    RULES,
    TARGET_GROUPS,
    Listener,
    Record,
    Routes,
    Rule,
    record_of,
)
from tfhoist.documents.views import EnvironmentView, Views
from tfhoist.registry.claims import (
    SCHEMA,
    Claims,
    Consumed,
    DnsClaim,
    EdgeClaim,
    EnvironmentClaims,
    ListenerClaim,
    NameClaim,
    RouteClaim,
    encode,
)
from tfhoist.registry.consumed import central_reads
from tfhoist.routing.limits import secret_header
from tfhoist.routing.model import Kind

_SHOWN = {*LOAD_BALANCERS, *LISTENERS, *RULES, *TARGET_GROUPS, *RECORDS, "aws_iam_role", "aws_security_group", "module"}


class Claimed(msgspec.Struct, frozen=True):
    """A path pattern or DNS name ("" for a line without one), and what it is, as plain text."""

    names: tuple[str, ...]
    description: str


class Provisioned(msgspec.Struct, frozen=True):
    """A line of provisioned resources: `label: what`, with the real names of each below it; all plain text."""

    label: str
    what: str
    details: tuple[str, ...] = ()


class RegistryEntry(msgspec.Struct, frozen=True):
    """One service's entry. Everything in it is plain text: `render_entry` makes it safe for Markdown."""

    service: str
    paths: tuple[Claimed, ...]
    dns: tuple[Claimed, ...]
    resources: tuple[Provisioned, ...]
    owner: str
    contact: str
    integration_points: tuple[str, ...] = ()


def build_entry(context: DocumentContext) -> RegistryEntry:
    """The entry of what moves, with the values of all environments."""
    views = Views(context)
    return RegistryEntry(
        service=context.service,
        paths=_paths(views),
        dns=_dns(views),
        resources=_resources(views),
        owner=context.owner,
        contact=context.contact,
        integration_points=context.integration_points,
    )


def render_entry(entry: RegistryEntry) -> str:
    """The entry in the request's form. Lines end with `\\n`; the blanks at the ends of lines are the form's."""
    lines = [f"### Service: {prose(entry.service)}", "", "**Path Prefixes**: "]
    lines += [_claim_line(claim) for claim in entry.paths] or ["- None"]
    lines += ["", "**DNS**: "]
    lines += [_claim_line(claim) for claim in entry.dns] or ["- None"]
    lines += ["", "**Provisioned Resources**:"]
    for line in entry.resources:
        lines.append(f"- {line.label}: {prose(line.what)}")
        lines += [f"  - {prose(detail)}" for detail in line.details]
    if not entry.resources:
        lines.append("- None")
    if entry.integration_points:
        lines += ["", "**Integration Points**:", *(f"- {prose(point)}" for point in entry.integration_points)]
    lines += [
        "",
        f"**Owner**: {code(entry.owner) or 'not given'}  ",
        f"**Contact**: {code(entry.contact) or 'not given'}",
    ]
    return "\n".join(lines) + "\n"


def _claim_line(claim: Claimed) -> str:
    names = ", ".join(code(name) for name in claim.names)
    if not names:
        return f"- {prose(claim.description)}"
    return f"- {names} - {prose(claim.description)}"


def build_claims(context: DocumentContext) -> bytes:
    """The claims document of the service."""
    views = Views(context)
    return encode(
        Claims(
            schema=SCHEMA,
            service=context.service,
            owner=context.owner,
            contact=context.contact,
            module=context.module_folder,
            environments=tuple(_environment_claims(view) for view in views.environments),
            outputs=tuple(sorted(output.name for output in context.boundary.outputs)),
            resources=tuple(sorted(context.moved)),
            consumes=_consumed(context),
        )
    )


def _consumed(context: DocumentContext) -> tuple[Consumed, ...]:
    """The outputs of the central root that the service root reads: the module's own, and those that it has read before."""
    own = {one.output for one in context.boundary.downlinks}
    others = set(central_reads(context.module, context.environments, context.central_backends)) - own
    found = [Consumed(context.service, tuple(sorted(own)))] if own else []
    return (*found, *([Consumed("", tuple(sorted(others)))] if others else []))


def _environment_claims(view: EnvironmentView) -> EnvironmentClaims:
    routes = view.routes
    listeners = {listener.address: listener for listener in routes.listeners}
    claims: list[RouteClaim] = []
    for rule in routes.rules:
        listener = listeners.get(rule.listener)
        balancer = routes.load_balancer(listener.load_balancer) if listener is not None else None
        claims.append(
            RouteClaim(
                load_balancer=balancer.name if balancer is not None else _balancer(routes, listener, rule),
                listener=rule.listener,
                port=listener.port if listener is not None else rule.port,
                priority=rule.priority,
                hosts=tuple(sorted(rule.hosts)),
                paths=tuple(sorted(rule.paths)),
                conditions=rule.others,
                action=rule.action.kind,
                targets=routes.target_names(rule.action),
                address=rule.instance,
                decided=rule.decided and rule.priority is not None,
                matches=tuple(
                    one for one in rule.matches if one.kind is not Kind.HEADER or not secret_header(one.name)
                ),
            )
        )
    names = [
        NameClaim(type=address.split(".")[0], name=name, address=address)
        for address, name in view.named(_types(view), view.context.moved)
        if name and not address.startswith(RECORDS)
    ]
    return EnvironmentClaims(
        name=view.name,
        central_root=view.folder,
        hosts=tuple(sorted({host for rule in routes.rules for host in rule.hosts})),
        paths=tuple(sorted({path for rule in routes.rules for path in rule.paths or ("/*",)})),
        routes=tuple(claims),
        dns=tuple(DnsClaim(one.name, one.type, one.zone, one.alias, one.address) for one in routes.records),
        names=tuple(names),
        roles=tuple(name for _, name in view.named(("aws_iam_role",), view.context.moved) if name),
        listeners=tuple(
            ListenerClaim(_balancer(routes, one, None), one.port, one.protocol, one.instance)
            for one in routes.listeners
        ),
        edges=tuple(
            EdgeClaim(one.kind, tuple(sorted(one.hosts)), one.paths, one.address, one.mapping) for one in routes.edges
        ),
    )


def _balancer(routes: Routes, listener: Listener | None, rule: Rule | None) -> str:
    """The real name of the load balancer of a listener or rule, "" when it isn't known."""
    if listener is None:
        return rule.balancer if rule is not None else ""
    name = routes.names.get(listener.load_balancer, "")
    return "" if name.endswith("*") else name


def _types(view: EnvironmentView) -> tuple[str, ...]:
    return tuple(sorted({address.split(".")[0] for address in view.context.moved}))


def _paths(views: Views) -> tuple[Claimed, ...]:
    """Each path pattern once: hosts, load balancer and target group; where it isn't in every environment, in which."""
    found: dict[str, dict[tuple[str, str], dict[str, set[str]]]] = {}  # path, then balancer and target, then host
    for view in views.environments:
        balancers = {listener.address: listener.load_balancer for listener in view.routes.listeners}
        for rule in view.routes.rules:
            place = (_label(balancers.get(rule.listener, "")) or _label(rule.listener), _target(view.routes, rule))
            for path in rule.paths or ("/*",):
                hosts = found.setdefault(path, {}).setdefault(place, {})
                for host in rule.hosts or ("",):
                    hosts.setdefault(host, set()).add(view.name)
    everywhere = [view.name for view in views.environments]
    claims: list[Claimed] = []
    for path in sorted(found):
        parts: list[str] = []
        for (balancer, target), hosts in sorted(found[path].items()):
            there = [name for name in everywhere if any(name in names for names in hosts.values())]
            only = "" if len(there) == len(everywhere) else f" ({', '.join(there)})"
            parts.append(f"{_hosts(hosts)} on {balancer} to {target}{only}")
        claims.append(Claimed((path,), "; ".join(parts)))
    return tuple(claims)


def _hosts(hosts: Iterable[str]) -> str:
    named = sorted(host for host in hosts if host)
    if "" not in hosts:
        return ", ".join(named)
    return f"{', '.join(named)} and any other host" if named else "any host"


def _target(routes: Routes, rule: Rule) -> str:
    if rule.action.kind != "forward" or not rule.action.targets:
        return f"{rule.action.kind} {rule.action.status}".strip()
    shown = []
    for address in rule.action.targets:
        group = routes.target_groups.get(address)
        shown.append(_label(address) + (f":{group.port}" if group is not None and group.port else ""))
    return ", ".join(shown)


def _label(address: str) -> str:
    return address.partition(".")[2]


def _dns(views: Views) -> tuple[Claimed, ...]:
    found: dict[str, str] = {}
    for record, there in _records(views):
        what = f"{record.type or 'DNS'} record"
        what += f", alias of the load balancer {_label(record.alias)}" if record.alias else ""
        what += "" if there else "; in no environment yet"
        found.setdefault(record.name or record.address, what)
    claims = [Claimed((name,), found[name]) for name in sorted(found)]
    internal: dict[str, list[str]] = {}
    for view in views.environments:
        for balancer in (*view.routes.load_balancers, *view.kept_routes.load_balancers):
            if balancer.internal and balancer.name:
                internal.setdefault(balancer.address, []).append(balancer.name)
    for address, names in sorted(internal.items()):
        stays = "" if address in views.context.moved else "; stays with the service"
        claims.append(
            Claimed((), f"Internal endpoint {_label(address)}: load balancer {', '.join(dict.fromkeys(names))}{stays}")
        )
    discovered: dict[str, list[str]] = {}
    for view in views.environments:
        for address, name in _discovery(view):
            discovered.setdefault(address, []).append(name)
    for names in discovered.values():
        claims.append(Claimed(tuple(dict.fromkeys(names)), "inside the VPC; stays with the service"))
    return tuple(claims)


def _records(views: Views) -> list[tuple[Record, bool]]:
    """The records of all environments, and whether they're there: a record whose `count` is 0 everywhere is claimed too."""
    found = [(record, True) for view in views.environments for record in view.routes.records]
    there = {record.address for record, _ in found}
    view = views.environments[0]
    for address in _of(views.context, RECORDS):
        record = record_of(view.module, view.environment, address) if address not in there else None
        if record is not None:
            found.append((record, False))
    return found


def _discovery(view: EnvironmentView) -> list[tuple[str, str]]:
    """Names of service discovery that stay: service and namespace."""
    found: list[tuple[str, str]] = []
    for address, name in view.named(("aws_service_discovery_service",), view.context.stays):
        declaration = view.module.get(address.split("[")[0])
        if declaration is None or not name:
            continue
        for reference in declaration.references:
            target = target_address(reference)
            if "_dns_namespace." in target:
                namespace = view.names(target)
                if len(namespace) == 1:
                    found.append((address, f"{name}.{namespace[0]}"))
                break
    return sorted(set(found))


def _resources(views: Views) -> tuple[Provisioned, ...]:
    context = views.context
    module = context.module
    lines: list[Provisioned] = []
    for address in _of(context, LOAD_BALANCERS):
        names = _names(views, address)
        declaration = module.get(address)
        kind = str(declaration.literal("load_balancer_type") or "application") if declaration is not None else ""
        label = {"network": "NLB", "gateway": "GWLB"}.get(kind, "ALB")
        lines.append(Provisioned(label, f"{', '.join(names) or 'name not known'} ({_label(address)})"))
    groups = _of(context, TARGET_GROUPS)
    if groups:
        lines.append(Provisioned("Target Groups", _labels(groups), _details(views, groups)))
    shown = (
        (one.type, one.name or one.address, "" if there else " (in no environment yet)")
        for one, there in _records(views)
    )
    for kind, name, where in dict.fromkeys(shown):
        lines.append(Provisioned(f"Route53 {prose(kind or 'DNS')} record", f"{name}{where}"))
    roles = _of(context, ("aws_iam_role",))
    if roles:
        lines.append(Provisioned("IAM Roles", _labels(roles), _details(views, roles)))
    listeners = _of(context, LISTENERS)
    if listeners:
        lines.append(Provisioned("Listeners", ", ".join(_listener(views, address) for address in listeners)))
    priorities = _priorities(views)
    if priorities:
        lines.append(Provisioned("Listener Rules", priorities))
    security_groups = _of(context, ("aws_security_group",))
    if security_groups:
        lines.append(Provisioned("Security Groups", _labels(security_groups), _details(views, security_groups)))
    modules = _of(context, ("module",))
    if modules:
        lines.append(Provisioned("Modules", ", ".join(f"{_label(one)}{_source(module, one)}" for one in modules)))
    others = [address for address in context.moved if address.split(".")[0] not in _SHOWN]
    if others:
        lines.append(Provisioned("Other", ", ".join(others)))
    return tuple(lines)


def _of(context: DocumentContext, kinds: tuple[str, ...]) -> list[str]:
    return sorted(address for address in context.moved if address.split(".")[0] in kinds)


def _labels(addresses: list[str]) -> str:
    return ", ".join(_label(address) for address in addresses)


def _names(views: Views, address: str) -> list[str]:
    return list(dict.fromkeys(name for view in views.environments for name in view.names(address)))


def _details(views: Views, addresses: list[str]) -> tuple[str, ...]:
    return tuple(f"{_label(address)}: {', '.join(names)}" for address in addresses if (names := _names(views, address)))


def _listener(views: Views, address: str) -> str:
    found = {
        f"{listener.port or '?'} {listener.protocol}": None
        for view in views.environments
        for listener in view.routes.listeners
        if listener.address == address
    }
    there = [v.name for v in views.environments if any(one.address == address for one in v.routes.listeners)]
    only = "" if len(there) in (0, len(views.environments)) else f"; {', '.join(there)}"
    return f"{_label(address)} ({', '.join(found) or 'in no environment'}{only})"


def _priorities(views: Views) -> str:
    numbers: dict[str, set[int]] = {}
    for view in views.environments:
        for rule in view.routes.rules:
            if rule.priority is not None:
                numbers.setdefault(_label(rule.listener) or "?", set()).add(rule.priority)
    return "; ".join(f"{listener} {', '.join(map(str, sorted(found)))}" for listener, found in sorted(numbers.items()))


def _source(module: Module, address: str) -> str:
    declaration = module.get(address)
    source = declaration.literal("source") if declaration is not None else None
    return f" ({one_line(source)})" if isinstance(source, str) else ""
