"""The declared list: what each environment's checks are, by the configuration with its values and, where it's given, the state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.audit.scopes import BlockInstance, Evaluation, known_text
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Module
from tfhoist.documents.routes import STRANGER, answering, requests, routes_of
from tfhoist.inventory import real_name
from tfhoist.routing.blocks import nested
from tfhoist.routing.model import Action, Kind, Rule
from tfhoist.routing.model import Condition as RoutingCondition
from tfhoist.routing.read import LISTENER_RULES, LISTENERS, LOAD_BALANCERS, RECORDS, TARGET_GROUPS, read_table
from tfhoist.routing.table import Record, Table
from tfhoist.secrets import holds_placeholder
from tfhoist.state.snapshot import Snapshot, attributes_of
from tfhoist.validation.model import (
    SCHEMA,
    Check,
    Condition,
    Declared,
    DeclaredEnvironment,
    DnsCheck,
    EcsCheck,
    EndpointCheck,
    ListenerCheck,
    NotDeclared,
    RoleCheck,
    RuleCheck,
    TargetGroupCheck,
    check_order,
)
from tfhoist.validation.wording import action_text

CLUSTERS, SERVICES, ROLES = ("aws_ecs_cluster",), ("aws_ecs_service",), ("aws_iam_role",)
INLINE, ATTACHMENTS = ("aws_iam_role_policy",), ("aws_iam_role_policy_attachment",)
_READ = frozenset(
    (
        *LOAD_BALANCERS,
        *TARGET_GROUPS,
        *LISTENERS,
        *LISTENER_RULES,
        *RECORDS,
        *CLUSTERS,
        *SERVICES,
        *ROLES,
        *INLINE,
        *ATTACHMENTS,
    )
)
_KEPT = ("name", "zone_id", "port", "cluster", "policy_arn", "role", "fqdn")
"""The attributes that a state is asked for: names and what points at things, never a value that can be secret."""

_NO_NAME = "its real name isn't known"


def declare(
    service: str,
    module: Module,
    environments: Sequence[Environment],
    moved: Sequence[str],
    snapshots: Mapping[str, Snapshot],
) -> Declared:
    """The declared list of a service root as it was, moved or not: what it serves must stay as it is."""
    return Declared(
        schema=SCHEMA,
        service=service,
        environments=tuple(
            _Environment(module, one, frozenset(moved), snapshots.get(one.name)).declared() for one in environments
        ),
    )


def encode(declared: Declared) -> bytes:
    """`validation.json`: indented, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(declared), indent=2) + b"\n"


class _Environment:
    """One environment's checks."""

    def __init__(
        self, module: Module, environment: Environment, moved: frozenset[str], snapshot: Snapshot | None
    ) -> None:
        self.name = environment.name or "default"
        self.moved = moved
        self.evaluation = Evaluation(module, environment)
        self.table: Table = read_table(self.evaluation, snapshot)
        self.state = _known(snapshot) if snapshot is not None else {}
        self.instances = {one.address: one for one in self.evaluation.of(*sorted(_READ))}
        self.names = {address: self._name(one) for address, one in self.instances.items()}
        self.regions: dict[str, str] = {}
        self.left: list[NotDeclared] = []

    def declared(self) -> DeclaredEnvironment:
        """All of them, by kind; of equal ids each has its address."""
        checks: list[Check] = [
            *self.listeners(), *self.rules(), *self.target_groups(), *self.records(), *self.endpoints(), *self.services(),
            *self.roles(),
        ]  # fmt: skip
        several = {name for name, number in Counter(check.id for check in checks).items() if number > 1}
        checks = [
            msgspec.structs.replace(check, id=f"{check.id} ({check.address})") if check.id in several else check
            for check in checks
        ]
        left = sorted(set(self.left), key=lambda one: (one.address, one.why))
        return DeclaredEnvironment(
            name=self.name, checks=tuple(sorted(checks, key=check_order)), not_declared=tuple(left)
        )

    # what is known of a block

    def _name(self, instance: BlockInstance) -> str:
        name = self.state.get(instance.address, {}).get("name") or real_name(instance) or ""
        return "" if name.endswith("*") or _secret(name) else name

    def _common(self, address: str) -> dict[str, str]:
        block = without_keys(address)
        root = ".".join(block.split(".")[:2]) if block.startswith("module.") else block
        return {
            "address": address,
            "side": "central" if root in self.moved else "local",
            "region": self._region(address),
        }

    def _region(self, address: str) -> str:
        instance = self.instances.get(address)
        if instance is None:
            return ""
        provider = instance.owner.provider(instance.declaration)
        if provider not in self.regions:
            root = self.evaluation.root
            block = root.module.get(f"provider.{provider}")
            text = known_text(root.instance_of_any(block).value("region")) if block is not None else None
            self.regions[provider] = text if text and not _secret(text) else ""
        return self.regions[provider]

    def _leave(self, address: str, why: str) -> None:
        self.left.append(NotDeclared(address, why))

    def _place(self, listener: str) -> tuple[str, int] | None:
        """The load balancer's name and the port of a listener, or None when one isn't known."""
        found = next((one for one in self.table.listeners if one.address == listener), None)
        if found is None:
            return None
        name = self.names.get(found.load_balancer, "")
        port = found.port or self.state.get(listener, {}).get("port", "")
        return (name, int(port)) if name and port.isdigit() else None

    def _action(self, action: Action) -> str:
        if action.unknown or any(not self.names.get(target.address, "") for target in action.targets):
            return ""
        named = [msgspec.structs.replace(one, name=self.names[one.address]) for one in action.targets]
        text = action_text(msgspec.structs.replace(action, targets=tuple(named)))
        return "" if _secret(text) else text

    # the kinds

    def listeners(self) -> Iterator[Check]:
        """One for each listener that is declared here."""
        for one in self.table.listeners:
            if one.address not in self.instances:
                continue
            place = self._place(one.address)
            if place is None:
                self._leave(one.address, "its load balancer's real name or its port isn't known")
                continue
            yield ListenerCheck(
                id=f"listener {place[0]}:{place[1]}",
                **self._common(one.address),
                load_balancer=place[0],
                port=place[1],
                protocol=one.protocol,
                default=self._action(one.default),
            )

    def rules(self) -> Iterator[Check]:
        """One for each rule whose listener and priority are known."""
        for listener in self.table.listeners:
            place = self._place(listener.address)
            for rule in listener.rules:
                if place is None:
                    self._leave(rule.address, "its listener isn't in this root, or isn't known")
                elif rule.priority is None:
                    self._leave(rule.address, "its priority isn't in the files, and no state was given")
                else:
                    yield RuleCheck(
                        id=f"rule {place[0]}:{place[1]} priority {rule.priority}",
                        **self._common(rule.address),
                        load_balancer=place[0],
                        port=place[1],
                        priority=rule.priority,
                        conditions=_conditions(rule),
                        action=self._action(rule.action),
                    )

    def target_groups(self) -> Iterator[Check]:
        """One for each target group whose name is known."""
        for group in self.table.target_groups:
            name = self.names.get(group.address, "")
            if not name:
                self._leave(group.address, _NO_NAME)
                continue
            path = _health_path(self.instances[group.address])
            yield TargetGroupCheck(
                id=f"target-group {name}",
                **self._common(group.address),
                name=name,
                port=group.port,
                health_path="" if _secret(path) else path,
            )

    def records(self) -> Iterator[Check]:
        """One for each DNS record whose name and type are known."""
        for record in self.table.records:
            known = self.state.get(record.address, {})
            name = _dns_name(record, known)
            if not name or not record.type or _secret(name):
                self._leave(record.address, "its name or type isn't known")
                continue
            instance = self.instances[record.address]
            balancer = next((self.names[one] for one in record.targets if self.table.balancer(one) is not None), "")
            alias = any(True for _ in nested(instance, "alias"))
            plain = () if alias else instance.texts(instance.declaration.expression("records"))
            yield DnsCheck(
                id=f"dns {name} {record.type}",
                **self._common(record.address),
                name=name,
                type=record.type,
                zone=record.zone or known.get("zone_id", ""),
                load_balancer=balancer,
                values=() if any(map(_secret, plain)) else tuple(sorted(plain)),
                rotates=record.weighted or (alias and not balancer),
            )

    def endpoints(self) -> Iterator[Check]:
        """Requests that show a rule at work, and health checks' paths: as users reach them, and on each load balancer."""
        everything = {without_keys(address) for address in self.instances}
        routes = routes_of(self.evaluation, self.table, everything)
        names = {without_keys(address): name for address, name in self.names.items()}
        public = {
            (record.name, names.get(record.alias, "")) for record in routes.records if record.name and record.alias
        }
        done: set[tuple[str, str]] = set()
        asked = [
            (one.listener, one.host.lower(), one.path, _small_host(one.url()), one.rule, False)
            for one in requests(routes)
            if one.decided and one.host != STRANGER
        ]
        for listener, host, _, url, rule, _ in list(asked):  # the health checks of what a host's requests reach
            for address in (rule.action if rule is not None else listener.default).targets:
                group = routes.target_groups.get(address)
                path = group.health_path if group is not None else ""
                if not path.startswith("/") or _secret(path):
                    continue
                answer, certain = answering(routes.rules_of(listener), host, path)
                if certain and address in (answer.action if answer is not None else listener.default).targets:
                    asked.append((listener, host, path, "/".join(url.split("/", 3)[:3]) + path, answer, True))
        for listener, host, _, url, rule, health in asked:
            balancer = names.get(listener.load_balancer, "")
            if not balancer or _secret(url):
                continue
            through = "" if (host, balancer) in public else balancer
            if (through, url) in done:
                continue
            done.add((through, url))
            action = rule.action if rule is not None else listener.default
            yield EndpointCheck(
                id=f"endpoint {url}" + (f" through {through}" if through else ""),
                **self._common(rule.instance if rule is not None else listener.instance),
                url=url,
                through=through,
                answered_by=rule.instance if rule is not None else f"{listener.instance} (default)",
                status=action.status if action.kind in ("redirect", "fixed-response") else "",
                health=health,
            )

    def services(self) -> Iterator[Check]:
        """One for each ECS service whose cluster's name is known."""
        for instance in self.evaluation.of(*SERVICES):
            name = self.names[instance.address]
            cluster = self._cluster(instance)
            if not name or not cluster:
                self._leave(instance.address, _NO_NAME if not name else "its cluster's name isn't known")
                continue
            common = self._common(instance.address)
            yield EcsCheck(id=f"ecs {cluster}/{name}", **common, cluster=cluster, service=name)

    def _cluster(self, instance: BlockInstance) -> str:
        target = (instance.points_at("cluster") or "").split("#")[0]
        name = self.names.get(target, "")
        if not name and target not in self.instances:
            text = self.state.get(instance.address, {}).get("cluster") or instance.text("cluster") or ""
            name = text.rsplit("/", 1)[-1]
        if not name and instance.declaration.expression("cluster") is None:
            name = "default"  # the provider's default: the cluster of that name
        return "" if _secret(name) else name

    def roles(self) -> Iterator[Check]:
        """One for each role, with its policies."""
        inline: dict[str, set[str]] = {}
        attached: dict[str, set[str]] = {}
        for instance in self.evaluation.of(*INLINE):
            self._policy(inline, instance, self.names[instance.address])
        for instance in self.evaluation.of(*ATTACHMENTS):
            known = self.state.get(instance.address, {}).get("policy_arn") or instance.text("policy_arn") or ""
            self._policy(attached, instance, known)
        for instance in self.evaluation.of(*ROLES):
            name = self.names[instance.address]
            if not name:
                self._leave(instance.address, _NO_NAME)
                continue
            for arn in instance.texts(instance.declaration.expression("managed_policy_arns")):
                attached.setdefault(name, set()).add(arn)
            yield RoleCheck(
                id=f"role {name}",
                **self._common(instance.address),
                name=name,
                inline=tuple(sorted(inline.get(name, ()))),
                attached=tuple(sorted(attached.get(name, ()))),
            )

    def _policy(self, into: dict[str, set[str]], instance: BlockInstance, policy: str) -> None:
        target = (instance.points_at("role") or "").split("#")[0]
        role = self.names.get(target) or self.state.get(instance.address, {}).get("role") or instance.text("role")
        if role and policy and not _secret(policy):
            into.setdefault(role, set()).add(policy)


def _conditions(rule: Rule) -> tuple[Condition, ...] | None:
    if rule.unknown:
        return None
    found = tuple(sorted(map(_condition, rule.conditions)))
    return None if any(_secret(value) for one in found for value in one.values) else found


def _condition(one: RoutingCondition) -> Condition:
    if one.kind in (Kind.HEADER, Kind.QUERY):
        return Condition(one.kind.value, one.name.lower(), hidden=True)
    small = one.kind is Kind.HOST
    return Condition(one.kind.value, "", tuple(sorted(value.lower() if small else value for value in one.values)))


def _small_host(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}"


def _health_path(group: BlockInstance) -> str:
    block = next((found for found in nested(group, "health_check") if found is not None), None)
    return (block.text("path") if block is not None else None) or ""


def _dns_name(record: Record, known: Mapping[str, str]) -> str:
    """The whole name: a state knows it (`fqdn`) where the files name a record relative to its zone."""
    return (known.get("fqdn") or record.name).lower().rstrip(".")


def _known(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Address to names, of the types that are checked; what is marked as sensitive is left out."""
    found: dict[str, dict[str, str]] = {}
    for resource in snapshot.resources:
        if resource.mode != "managed" or resource.type not in _READ:
            continue
        for instance in resource.instances:
            if instance.deposed:
                continue
            hidden = bytes(instance.sensitive_attributes)
            attributes = attributes_of(instance)
            found[resource.address + index_suffix(instance.index_key)] = {
                name: str(attributes[name])
                for name in _KEPT
                if isinstance(attributes.get(name), str | int) and f'"{name}"'.encode() not in hidden
            }
    return found


def _secret(text: str) -> bool:
    return holds_placeholder(text.encode())
