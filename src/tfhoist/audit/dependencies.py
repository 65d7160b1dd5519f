"""Dependencies on other services, and the points where services meet. What is wrong there is for findings: rules for a host that
belongs elsewhere are `co-tenant`, `host-routed-elsewhere` or `host-without-record`.

Kinds: `remote-state` (another root's outputs), `lookup` (an existing thing found by name, tag or id), `secret` (a secret or
parameter read), `account` (another account in an ARN or principal), `domain` (a host that this root has no record for),
`literal-id` (a security group, subnet or network by its id), `service-discovery` (a name that others resolve), `port` (what listens
where), `connection` (who may reach it), `peering`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfhoist.audit.links import qualified
from tfhoist.audit.literals import accounts
from tfhoist.audit.model import Dependency
from tfhoist.audit.scopes import BlockInstance, known_text
from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.diagnostics import SourceRange
from tfhoist.hcl.bodies import Body
from tfhoist.inventory import real_name
from tfhoist.rules.base import Context
from tfhoist.rules.listeners import TARGET_GROUPS
from tfhoist.secrets import sounds_secret
from tfhoist.values.types import Unknown, Value

_COMPUTED = frozenset(
    "aws_iam_policy_document aws_caller_identity aws_region aws_regions aws_partition aws_availability_zones "
    "aws_availability_zone aws_elb_service_account aws_elb_hosted_zone_id aws_canonical_user_id aws_service_principal aws_arn "
    "aws_default_tags aws_ip_ranges aws_ecs_container_definition aws_cloudfront_log_delivery_canonical_user_id "
    "aws_billing_service_account aws_redshift_service_account aws_cloudtrail_service_account aws_service "
    "template_file template_cloudinit_config cloudinit_config archive_file local_file null_data_source external http tls_public_key "
    "google_client_config google_project azurerm_client_config azurerm_subscription".split()
)
"""Data sources that compute something, or say who and where one is: they depend on nobody."""

_SECRETS = (
    "aws_secretsmanager_secret",
    "aws_ssm_parameter",
    "google_secret_manager_secret",
    "azurerm_key_vault_secret",
    "vault_",
)
_PEERING = (
    "aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter", "aws_ec2_transit_gateway_vpc_attachment",
    "aws_vpc_endpoint_service", "aws_ram_resource_share", "aws_vpn_connection",
)  # fmt: skip
_LITERAL_ID = re.compile(r"\b(sg|subnet|vpc|rtb|igw|nat|eni|vpce|tgw|pcx)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")
_ID_NAMES = {
    "sg": "security group", "subnet": "subnet", "vpc": "VPC", "rtb": "route table", "igw": "internet gateway",
    "nat": "NAT gateway", "eni": "network interface", "vpce": "VPC endpoint", "tgw": "transit gateway",
    "pcx": "peering connection",
}  # fmt: skip
_LOOKUPS = (
    "name", "id", "arn", "names", "ids", "bucket", "domain", "task_definition", "cluster_name", "service_name", "family",
    "url", "secret_id", "path", "tags", "vpc_id", "key_id", "most_recent", "default",
)  # fmt: skip


def build_dependencies(context: Context) -> tuple[Dependency, ...]:
    """All dependencies, each once, in order."""
    found: dict[tuple[str, str, str, str], Dependency] = {}
    sources = (
        _data,
        _literal_ids,
        _accounts,
        _domains,
        _service_discovery,
        _ports,
        _connections,
        _peerings,
    )
    for source in sources:
        for dependency in source(context):
            key = (dependency.kind, dependency.address, dependency.target, dependency.detail)
            found.setdefault(key, dependency)
    return tuple(sorted(found.values(), key=Dependency.order))


def _per_environment(values: dict[str, str]) -> str:
    """One text for all environments, or each with its name."""
    distinct = list(dict.fromkeys(values.values()))
    if len(distinct) <= 1:
        return distinct[0] if distinct else ""
    return ", ".join(f"{value} ({', '.join(n for n, v in values.items() if v == value)})" for value in distinct)


def _once(context: Context, *types: str) -> Iterator[tuple[str, Declaration, dict[str, BlockInstance]]]:
    """Each block of these types, of the root and its modules, once: its address, a definition, its first instance by environment."""
    for kind in types:
        for address, by_environment in context.first_instances(kind).items():
            yield address, next(iter(by_environment.values())).declaration, by_environment


def _data(context: Context) -> Iterator[Dependency]:
    found: dict[Declaration, dict[str, BlockInstance]] = {}
    for evaluation in context.evaluations:
        for instance in evaluation.instances:
            if instance.declaration.kind == "data":
                found.setdefault(instance.declaration, {})[evaluation.name] = instance
    for path, module in context.modules:
        for declaration in module.of("data"):
            address = qualified(path, declaration.address)
            instances = found.get(declaration, {})
            if declaration.type == "terraform_remote_state":
                target = _per_environment({name: _state_place(one) for name, one in instances.items()})
                outputs = _outputs_read(context, path, declaration)
                yield Dependency(
                    kind="remote-state", address=address, target=target or declaration.name,
                    detail=f"reads {', '.join(outputs)}" if outputs else "nothing is read of it", range=declaration.range,
                )  # fmt: skip
            elif declaration.type not in _COMPUTED:
                kind = "secret" if declaration.type.startswith(_SECRETS) else "lookup"
                target, detail = _looked_up(declaration, instances)
                own = _own(context, path, module, declaration, target)
                if own is not None:
                    detail += f"; it's this root's own {own}"
                yield Dependency(kind=kind, address=address, target=target, detail=detail, range=declaration.range)


def _state_place(instance: BlockInstance) -> str:
    config: Value = instance.value("config")
    if not isinstance(config, dict):
        return ""
    parts = [
        known_text(config.get(name))
        for name in ("bucket", "storage_account_name", "organization", "path", "key", "prefix")
    ]
    place = "/".join(part for part in parts if part)
    return f"{instance.text('backend') or 'remote'}: {place}" if place else ""


def _outputs_read(context: Context, path: str, declaration: Declaration) -> list[str]:
    found: set[str] = set()
    module = next(module for here, module in context.modules if here == path)
    for file in module.files:
        for reference in file.references:
            names = reference.names()
            if (
                names[:3] == ("data", declaration.type, declaration.name)
                and names[3:4] == ("outputs",)
                and len(names) > 4
            ):
                found.add(names[4])
    return sorted(found)


def _looked_up(declaration: Declaration, instances: dict[str, BlockInstance]) -> tuple[str, str]:
    """What a data source looks up, and how."""
    what = declaration.type
    by: list[str] = []
    targets: dict[str, str] = {}
    for argument in _LOOKUPS:
        attribute = declaration.body.attribute(argument)
        if attribute is None:
            continue
        by.append(f"by {argument}")
        for name, instance in instances.items():
            text = _shown(instance.value(argument))
            if text:
                targets.setdefault(name, text)
        if not targets:
            targets[""] = declaration.file.text(attribute.value_start, attribute.value_end)
    filters = [block.body for block in declaration.body.blocks_of("filter")]
    if filters:
        names = [_literal(body, "name") for body in filters]
        by.append(f"by {', '.join(name for name in names if name) or 'filter'}")
    target = _per_environment(targets) if targets else what
    return target, " ".join([what, *by])


def _own(context: Context, path: str, module: Module, declaration: Declaration, target: str) -> str | None:
    """What this root itself makes, and looks up again: by a reference, or by the name that it gives."""
    for reference in declaration.references:
        address = target_address(reference)
        if address in module.definitions and not address.startswith(("var.", "local.", "data.")):
            return qualified(path, address)
    for evaluation in context.evaluations:
        for instance in evaluation.by_type.get(declaration.type, ()):
            if real_name(instance) == target:
                return instance.block
    return None


def _literal(body: Body, name: str) -> str | None:
    value = getattr(getattr(body.attribute(name), "expression", None), "value", None)
    return value if isinstance(value, str) else None


def _shown(value: Value | None) -> str | None:
    if isinstance(value, dict):
        pairs = [(key, known_text(inner)) for key, inner in sorted(value.items()) if not sounds_secret(key)]
        return ", ".join(f"{key}={text}" for key, text in pairs if text) or None
    if isinstance(value, tuple):
        return ", ".join(text for item in value if (text := known_text(item))) or None
    return known_text(value) if value is not None and not isinstance(value, bool | Unknown) else None


def _literal_ids(context: Context) -> Iterator[Dependency]:
    for text in context.literals:
        for match in _LITERAL_ID.finditer(text.text):
            declaration = text.declaration
            yield Dependency(
                kind="literal-id", address=qualified(text.path, declaration.address), target=match.group(),
                detail=f"a {_ID_NAMES[match.group(1)]} by its id, in {'.'.join(text.names)}",
                range=declaration.file.range(text.start, text.end),
            )  # fmt: skip


def _accounts(context: Context) -> Iterator[Dependency]:
    for text in context.literals:
        for account in accounts(text):
            declaration = text.declaration
            yield Dependency(
                kind="account", address=qualified(text.path, declaration.address), target=account,
                detail=f"named in {'.'.join(text.names)}", range=declaration.file.range(text.start, text.end),
            )  # fmt: skip


def _above(host: str) -> list[str]:
    """The domains that a host is in, without itself."""
    parts = host.split(".")
    return [".".join(parts[number:]) for number in range(1, len(parts))]


def _covering(host: str) -> list[str]:
    """The names of records that answer for a host."""
    return [host, *(f"*.{domain}" for domain in _above(host))]


def _domains(context: Context) -> Iterator[Dependency]:
    records = context.records
    domains = {domain for record in records for domain in _above(record)}
    for text in context.literals:
        for host in text.hosts:
            if host in domains or any(record in records for record in _covering(host)):
                continue
            declaration = text.declaration
            yield Dependency(
                kind="domain", address=qualified(text.path, declaration.address), target=host,
                detail=f"named in {'.'.join(text.names)}; this root has no record for it",
                range=declaration.file.range(text.start, text.end),
            )  # fmt: skip


def _service_discovery(context: Context) -> Iterator[Dependency]:
    types = dict.fromkeys(
        kind
        for evaluation in context.evaluations
        for kind in evaluation.by_type
        if kind.startswith("aws_service_discovery")
    )
    for address, declaration, instances in _once(context, *types):
        names: dict[str, str] = {}
        for environment, instance in instances.items():
            name = real_name(instance)
            if name is None:
                continue
            if declaration.type == "aws_service_discovery_service":
                zone = _namespace(context, environment, instance)
                name = f"{name}.{zone}" if zone else name
            names[environment] = name
        yield Dependency(
            kind="service-discovery", address=address, target=_per_environment(names) or declaration.name,
            detail="a name that others resolve" if declaration.type.endswith("_service") else "a namespace", range=declaration.range,
        )  # fmt: skip


def _namespace(context: Context, environment: str, service: BlockInstance) -> str | None:
    attributes = [block.body.attribute("namespace_id") for block in service.nested("dns_config")]
    attributes.append(service.declaration.body.attribute("namespace_id"))
    for attribute in attributes:
        target = service.target(attribute.expression) if attribute is not None else None
        for evaluation in context.evaluations:
            if evaluation.name == environment:
                for instance in evaluation.instances:
                    if instance.address == target:
                        return real_name(instance)
    return None


def _ports(context: Context) -> Iterator[Dependency]:
    for address, declaration, instances in _once(context, *TARGET_GROUPS, "aws_ecs_service"):
        instance = next(iter(instances.values()))
        if declaration.type in TARGET_GROUPS:
            ports = _per_environment({name: one.text("port") or "" for name, one in instances.items()})
            if ports:
                yield Dependency(
                    kind="port", address=address, target=f"{instance.text('protocol') or 'any'} {ports}",
                    detail="where its targets listen", range=declaration.range,
                )  # fmt: skip
        else:
            for block in declaration.body.blocks_of("load_balancer"):
                group, port = block.body.attribute("target_group_arn"), block.body.attribute("container_port")
                target = instance.target(group.expression) if group is not None else None
                number = known_text(instance.inner(port.expression)) if port is not None else None
                if target is not None:
                    yield Dependency(
                        kind="port", address=address, target=target,
                        detail=f"its tasks answer there{f', on port {number}' if number else ''}",
                        range=declaration.file.range(block.start, block.end),
                    )  # fmt: skip


_RULE_TYPES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")


def _connections(context: Context) -> Iterator[Dependency]:
    for address, declaration, instances in _once(context, "aws_security_group", *_RULE_TYPES):
        instance = next(iter(instances.values()))
        if declaration.type == "aws_security_group":
            for direction in ("ingress", "egress"):
                for block in declaration.body.blocks_of(direction):
                    yield from _connection(
                        instance, address, block.body, direction, declaration.file.range(block.start, block.end)
                    )
        else:
            direction = instance.text("type") or ("egress" if "egress" in declaration.type else "ingress")
            owner = instance.points_at("security_group_id") or address
            yield from _connection(instance, owner, declaration.body, direction, declaration.range)


def _connection(
    instance: BlockInstance, address: str, body: Body, direction: str, place: SourceRange
) -> Iterator[Dependency]:
    """From or to other security groups; ranges of addresses are hard-coded, or the world."""
    ports = [
        known_text(instance.inner(a.expression))
        for n in ("from_port", "to_port")
        if (a := body.attribute(n)) is not None
    ]
    protocol = next(
        (known_text(instance.inner(a.expression)) for n in ("protocol", "ip_protocol") if (a := body.attribute(n))),
        None,
    )
    span = "any port" if protocol == "-1" else f"{protocol or 'tcp'} {'-'.join(dict.fromkeys(p or '?' for p in ports))}"
    for name in ("security_groups", "source_security_group_id", "referenced_security_group_id"):
        attribute = body.attribute(name)
        if attribute is None:
            continue
        inner = getattr(attribute.expression, "items", None) or (attribute.expression,)
        for expression in inner:
            target = instance.target(expression)
            if target is not None:
                yield Dependency(
                    kind="connection", address=address, target=target,
                    detail=f"{'accepts' if direction == 'ingress' else 'reaches'} {span}", range=place,
                )  # fmt: skip


def _peerings(context: Context) -> Iterator[Dependency]:
    for address, declaration, instances in _once(context, *_PEERING):
        names = {name: real_name(one) or "" for name, one in instances.items()}
        target = _per_environment({name: text for name, text in names.items() if text}) or declaration.name
        yield Dependency(
            kind="peering", address=address, target=target, detail=declaration.type, range=declaration.range
        )
