"""The routing table of one environment, from its configuration with values; a state fills in what only it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.inventory import real_name
from tfhoist.routing.blocks import Inner, nested, outermost
from tfhoist.routing.limits import trouble
from tfhoist.routing.model import Action, Condition, Kind, Listener, Rule, Target, by_priority
from tfhoist.routing.others import read_claims
from tfhoist.routing.table import LoadBalancer, Record, Table, TargetGroup, ordered
from tfhoist.state.snapshot import Snapshot, attributes_of
from tfhoist.values.types import to_number

LOAD_BALANCERS = ("aws_lb", "aws_alb")
LISTENERS = ("aws_lb_listener", "aws_alb_listener")
LISTENER_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
RECORDS = ("aws_route53_record",)
_LEGACY = {"path-pattern": Kind.PATH, "host-header": Kind.HOST}
"""The fields of a condition in versions of the provider before 3.0."""

_POLICIES = tuple(
    f"{name}_routing_policy"
    for name in ("weighted", "latency", "failover", "geolocation", "geoproximity", "cidr", "multivalue_answer")
)
FINAL = ("forward", "redirect", "fixed-response")


def read_table(
    evaluation: Evaluation,
    snapshot: Snapshot | None = None,
    dropped: frozenset[tuple[str, int]] = frozenset(),
) -> Table:
    """What is routed in one environment.

    `dropped` are definitions (file and first byte) that don't count, since another one of their address is kept; of further
    equal addresses the first counts. `snapshot` gives the priorities that the configuration leaves to AWS.
    """

    def of(*types: str) -> Iterator[BlockInstance]:
        seen: set[str] = set()
        for instance in evaluation.of(*types):
            place = (instance.declaration.file.path, instance.declaration.start)
            if place not in dropped and instance.address not in seen:
                seen.add(instance.address)
                yield instance

    balancers = {one.address: _load_balancer(one) for one in of(*LOAD_BALANCERS)}
    groups = {one.address: _target_group(one) for one in of(*TARGET_GROUPS)}
    priorities = _priorities(snapshot) if snapshot is not None else {}
    rules: dict[str, list[Rule]] = {}
    for instance in of(*LISTENER_RULES):
        owner = instance.points_at("listener_arn") or f"the listener of {instance.address}"
        rules.setdefault(owner, []).append(_rule(instance, groups, priorities))
    listeners: list[Listener] = []
    for instance in of(*LISTENERS):
        owner = instance.points_at("load_balancer_arn") or ""
        balancer = balancers.get(owner)
        kind = balancer.kind if balancer is not None else "application"
        listeners.append(
            Listener(
                address=instance.address,
                load_balancer=owner,
                port=instance.text("port") or "",
                protocol=_protocol(instance, kind),
                default=_action(instance, "default_action", groups),
                rules=by_priority(rules.pop(instance.address, [])),
                ipv6=balancer.ipv6 if balancer is not None else None,
                load_balancer_name=balancer.name if balancer is not None else "",
            )
        )
    for owner, left in rules.items():  # listeners of another root: nobody here knows their ports and other rules
        unknown = Action("unknown", unknown="the listener isn't in this root")
        listeners.append(Listener(owner, "", "", "HTTPS", unknown, by_priority(left), None))
    return Table(
        evaluation.name,
        tuple(balancers[address] for address in sorted(balancers)),
        ordered(listeners),
        tuple(groups[address] for address in sorted(groups)),
        tuple(sorted((read_record(one) for one in of(*RECORDS)), key=lambda record: record.address)),
        read_claims(evaluation),
    )


def _protocol(instance: BlockInstance, kind: str) -> str:
    protocol = instance.text("protocol")
    if protocol is None and instance.value("protocol") is None and kind == "application":
        return "HTTP"  # the provider's default
    return protocol or ""


def _load_balancer(instance: BlockInstance) -> LoadBalancer:
    internal = instance.value("internal")
    kind = instance.value("load_balancer_type")
    address_type = instance.value("ip_address_type")
    return LoadBalancer(
        instance.address,
        real_name(instance) or "",
        kind if isinstance(kind, str) else "application" if kind is None else "",
        internal if isinstance(internal, bool) else False if internal is None else None,
        False
        if address_type is None or address_type == "ipv4"
        else address_type.startswith("dualstack")
        if isinstance(address_type, str)
        else None,
    )


def _target_group(instance: BlockInstance) -> TargetGroup:
    return TargetGroup(
        instance.address, real_name(instance) or "", instance.text("port") or "", instance.text("protocol") or ""
    )


def read_record(instance: BlockInstance) -> Record:
    """One DNS record; `zone` is the zone's id, "" where it isn't known."""
    targets: list[str] = []
    for alias in nested(instance, "alias"):
        target = alias.target("name") if alias is not None else None
        if target is not None:
            targets.append(target.split("#")[0])
    targets.extend(target.split("#")[0] for target in outermost(instance).targets("records") or ())
    body = instance.declaration.body
    written = {word for block in body.blocks for word in (block.type, *block.labels)}
    written.update(attribute.name for attribute in body.attributes)
    weighted = any(list(nested(instance, name)) or instance.value(name) for name in _POLICIES if name in written)
    return Record(
        instance.address,
        (instance.text("name") or "").lower().rstrip("."),
        instance.text("type") or "",
        instance.text("zone_id") or "",
        tuple(dict.fromkeys(targets)),
        weighted,
    )


def _priorities(snapshot: Snapshot) -> dict[str, int]:
    found: dict[str, int] = {}
    for resource in snapshot.resources:
        if resource.mode == "managed" and resource.type in LISTENER_RULES:
            for one in resource.instances:
                priority = attributes_of(one).get("priority")
                if not one.deposed and isinstance(priority, int):
                    found[resource.instance_address(one)] = priority
    return found


def _rule(instance: BlockInstance, groups: Mapping[str, TargetGroup], priorities: Mapping[str, int]) -> Rule:
    conditions: list[Condition] = []
    unknown: list[str] = []
    for block in nested(instance, "condition"):
        if block is None:
            unknown.append("how many conditions there are isn't known")
            continue
        for condition, why in _conditions(block):
            reason = why or (trouble(condition) if condition is not None else None)
            if reason is not None:
                unknown.append(reason)
            elif condition is not None:
                conditions.append(condition)
    if any(True for _ in nested(instance, "transform")):
        unknown.append("a transform")
    given = instance.value("priority")
    number = to_number(given) if given is not None else None
    priority = number if isinstance(number, int) else None
    if priority is None:
        priority = priorities.get(instance.address)
    return Rule(
        instance.address,
        priority,
        tuple(conditions),
        _action(instance, "action", groups),
        tuple(dict.fromkeys(unknown)),
    )


def _conditions(block: Inner) -> Iterator[tuple[Condition | None, str | None]]:
    """The conditions of one `condition` block, or why one isn't known."""
    field = block.text("field")
    if field in _LEGACY:
        yield _valued(_LEGACY[field], block, "")
    for kind in Kind:
        pairs: list[tuple[str | None, str]] = []
        for inner in block.blocks(kind.value):
            if inner is None:
                yield None, f"how many {kind.value} blocks there are isn't known"
            elif inner.value("regex_values") is not None:
                yield None, "a regular expression"
            elif kind is Kind.QUERY:
                key, value = inner.value("key"), inner.text("value")
                text = inner.text("key")
                if value is None or (key is not None and text is None):
                    yield None, "a query_string value that isn't known"
                else:
                    pairs.append((text, value))
            elif kind is Kind.HEADER:
                name = inner.text("http_header_name")
                yield (None, "a header name that isn't known") if name is None else _valued(kind, inner, name)
            else:
                yield _valued(kind, inner, "")
        if pairs:
            yield Condition(kind, pairs=tuple(pairs)), None


def _valued(kind: Kind, block: Inner, name: str) -> tuple[Condition | None, str | None]:
    values = block.texts("values")
    if values is None:
        return None, f"a {kind.value} value that isn't known"
    return Condition(kind, tuple(dict.fromkeys(values)), name), None


def _action(instance: BlockInstance, kind: str, groups: Mapping[str, TargetGroup]) -> Action:
    found: list[tuple[int, int, Inner, str]] = []
    for number, block in enumerate(nested(instance, kind)):
        if block is None:
            return Action("unknown", unknown="how many actions there are isn't known")
        order = to_number(block.value("order"))
        name = block.text("type")
        if name is None:
            return Action("unknown", unknown="the action's type isn't known")
        found.append((order if isinstance(order, int) else number + 1, number, block, name))
    found.sort(key=lambda one: one[:2])
    final = next((one for one in reversed(found) if one[3] in FINAL), None)
    if final is None:
        return Action("unknown", unknown="there is no action that ends it")
    before = tuple(one[3] for one in found if one[3] not in FINAL)
    block, name = final[2], final[3]
    unknown = ""
    targets: list[Target] = []
    details: list[tuple[str, str]] = []
    if name == "forward":
        whole = [("target_group_arn", block)] if block.expression("target_group_arn") is not None else []
        several = [
            ("arn", inner)
            for forward in block.blocks("forward")
            if forward
            for inner in forward.blocks("target_group")
            if inner
        ]
        for argument, inner in several or whole:
            address = inner.target(argument)
            weight = to_number(inner.value("weight")) if argument == "arn" else 1
            if address is None:
                unknown = "its target isn't known"
                continue
            group = groups.get(address)
            share = weight if isinstance(weight, int) else 1
            targets.append(Target(address, group.name if group is not None else "", share))
        if not targets and not unknown:
            unknown = "it names no target"
    else:
        names = {
            "redirect": ("protocol", "host", "port", "path", "query", "status_code"),
            "fixed-response": ("content_type", "message_body", "status_code"),
        }[name]
        for nested_block in block.blocks(name.replace("-", "_")):
            if nested_block is None:
                unknown = "how many blocks it has isn't known"
                continue
            for argument in names:
                if nested_block.expression(argument) is None or nested_block.value(argument) is None:
                    continue
                text = nested_block.text(argument)
                if text is None:
                    unknown = f"its {argument} isn't known"
                else:
                    details.append((argument, text))
    return Action(name, tuple(targets), tuple(details), before, unknown)
