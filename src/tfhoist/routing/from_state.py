"""The routing table that a state snapshot records. Real priorities stand in it, and real names.

Nothing of a condition that may be a secret (a header of that sort, a sensitive value) gets into the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tfhoist.routing.limits import secret_header, trouble
from tfhoist.routing.model import Action, Condition, Kind, Listener, Rule, Target, by_priority
from tfhoist.routing.others import claims_of_state
from tfhoist.routing.read import FINAL, LISTENER_RULES, LISTENERS, LOAD_BALANCERS, RECORDS, TARGET_GROUPS
from tfhoist.routing.table import LoadBalancer, Record, Table, TargetGroup, ordered
from tfhoist.state.snapshot import Instance, Snapshot, attributes_of

Attributes = dict[str, Any]


def table_of_state(snapshot: Snapshot, environment: str = "") -> Table:
    """The table; identities are addresses where the state knows the thing, ARNs where it doesn't."""
    found: dict[str, list[tuple[str, Attributes, Instance]]] = {}
    for resource in snapshot.resources:
        for instance in resource.instances:
            if resource.mode == "managed" and not instance.deposed:
                entry = (resource.instance_address(instance), attributes_of(instance), instance)
                found.setdefault(resource.type, []).append(entry)

    def of(*types: str) -> Iterator[tuple[str, Attributes, Instance]]:
        for kind in types:
            yield from found.get(kind, ())

    balancers: dict[str, LoadBalancer] = {}
    names: dict[str, str] = {}  # DNS name to load balancer
    for address, values, _ in of(*LOAD_BALANCERS):
        balancer = LoadBalancer(
            address, _text(values.get("name")), _text(values.get("load_balancer_type")) or "application",
            values.get("internal") if isinstance(values.get("internal"), bool) else None,
            _text(values.get("ip_address_type")).startswith("dualstack"),
        )  # fmt: skip
        balancers[_text(values.get("arn"))] = balancer
        names[_text(values.get("dns_name")).lower()] = address
    groups = {
        _text(values.get("arn")): TargetGroup(
            address, _text(values.get("name")), _text(values.get("port")), _text(values.get("protocol"))
        )
        for address, values, _ in of(*TARGET_GROUPS)
    }
    rules: dict[str, list[Rule]] = {}
    for address, values, instance in of(*LISTENER_RULES):
        rules.setdefault(_text(values.get("listener_arn")), []).append(_rule(address, values, instance, groups))
    listeners: list[Listener] = []
    for address, values, _ in of(*LISTENERS):
        arn = _text(values.get("load_balancer_arn"))
        owner = balancers.get(arn)
        listeners.append(
            Listener(
                address, owner.address if owner is not None else arn, _text(values.get("port")),
                _text(values.get("protocol")), _action(values.get("default_action"), groups),
                by_priority(rules.pop(_text(values.get("arn")), [])),
                owner.ipv6 if owner is not None else None, owner.name if owner is not None else "",
            )
        )  # fmt: skip
    for arn, left in rules.items():
        unknown = Action("unknown", unknown="the listener isn't in this state")
        listeners.append(Listener(arn, "", "", "HTTPS", unknown, by_priority(left), None))
    records = [_record(address, values, names) for address, values, _ in of(*RECORDS)]
    return Table(
        environment,
        tuple(sorted(balancers.values(), key=lambda one: one.address)),
        ordered(listeners),
        tuple(sorted(groups.values(), key=lambda one: one.address)),
        tuple(sorted(records, key=lambda one: one.address)),
        claims_of_state((address, kind, values) for kind in found for address, values, _ in found[kind]),
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _dicts(value: object) -> list[Attributes]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in value if isinstance(one, str))) if isinstance(value, list) else ()


def _sensitive(instance: Instance, name: str) -> bool:
    """Whether something inside an attribute is marked sensitive."""
    paths = msgspec.json.decode(instance.sensitive_attributes)
    return any(
        isinstance(path, list) and path and isinstance(path[0], dict) and path[0].get("value") == name
        for path in (paths if isinstance(paths, list) else [])
    )


def _rule(address: str, values: Attributes, instance: Instance, groups: Mapping[str, TargetGroup]) -> Rule:
    conditions: list[Condition] = []
    unknown: list[str] = ["a transform"] if _dicts(values.get("transform")) else []
    if _sensitive(instance, "condition"):
        unknown.append("a sensitive value")
    else:
        for block in _dicts(values.get("condition")):
            for condition, why in _conditions(block):
                reason = why or (trouble(condition) if condition is not None else None)
                if reason is not None:
                    unknown.append(reason)
                elif condition is not None:
                    conditions.append(condition)
    priority = values.get("priority")
    return Rule(
        address,
        priority if isinstance(priority, int) and not isinstance(priority, bool) else None,
        tuple(conditions),
        _action(values.get("action"), groups),
        tuple(dict.fromkeys(unknown)),
    )


def _conditions(block: Attributes) -> Iterator[tuple[Condition | None, str | None]]:
    for kind in Kind:
        inner = _dicts(block.get(kind.value))
        if kind is Kind.QUERY:
            pairs = [(_text(one.get("key")) or None, _text(one.get("value"))) for one in inner]
            if pairs:
                yield Condition(kind, pairs=tuple(pairs)), None
            continue
        for one in inner:
            name = _text(one.get("http_header_name"))
            if one.get("regex_values"):
                yield None, "a regular expression"
            elif kind is Kind.HEADER and secret_header(name):
                yield None, f"the value of the header {name}, which may be a secret"
            else:
                yield Condition(kind, _texts(one.get("values")), name), None


def _action(value: object, groups: Mapping[str, TargetGroup]) -> Action:
    blocks = sorted(_dicts(value), key=lambda one: one.get("order") or 0)
    final = next((one for one in reversed(blocks) if one.get("type") in FINAL), None)
    if final is None:
        return Action("unknown", unknown="there is no action that ends it")
    before = tuple(_text(one.get("type")) for one in blocks if one is not final)
    kind = _text(final.get("type"))
    if kind == "forward":
        several = [one for forward in _dicts(final.get("forward")) for one in _dicts(forward.get("target_group"))]
        given = [(_text(one.get("arn")), one.get("weight")) for one in several]
        arn = _text(final.get("target_group_arn"))
        targets = []
        for target, weight in given or [(arn, 1)]:
            group = groups.get(target)
            share = weight if isinstance(weight, int) else 1
            targets.append(Target(group.address if group else target, group.name if group else "", share))
        return Action(
            kind, tuple(targets), (), before, "" if all(one.address for one in targets) else "it names no target"
        )
    details: list[tuple[str, str]] = []
    names = {
        "redirect": ("protocol", "host", "port", "path", "query", "status_code"),
        "fixed-response": ("content_type", "message_body", "status_code"),
    }[kind]
    for inner in _dicts(final.get(kind.replace("-", "_"))):
        details += [(name, _text(inner.get(name))) for name in names if inner.get(name) not in (None, "")]
    return Action(kind, (), tuple(details), before)


def _record(address: str, values: Attributes, names: Mapping[str, str]) -> Record:
    targets = [_text(alias.get("name")) for alias in _dicts(values.get("alias"))] + list(_texts(values.get("records")))
    known = [names.get(target.lower().removeprefix("dualstack.").rstrip("."), target) for target in targets if target]
    weighted = any(values.get(name) for name in values if name.endswith("_routing_policy"))
    return Record(
        address, _text(values.get("name")).lower().rstrip("."), _text(values.get("type")), _text(values.get("zone_id")),
        tuple(dict.fromkeys(known)), weighted,
    )  # fmt: skip
