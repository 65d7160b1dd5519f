"""What AWS answers, as facts: pure functions from the answers of its API (their form is that of the AWS API references).

ARNs are facts: a thing that was made anew has another one. Contents that may be secret (values of headers, texts of answers,
documents of policies) are digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tfhoist.routing.model import Action, Target
from tfhoist.validation.model import (
    Condition,
    EcsCheck,
    ListenerCheck,
    Observation,
    RoleCheck,
    RuleCheck,
    TargetGroupCheck,
)
from tfhoist.validation.wording import action_text, condition_text, conditions_text, counted

Answer = Mapping[str, Any]

_FIELDS = {
    "host-header": ("host_header", "HostHeaderConfig"),
    "path-pattern": ("path_pattern", "PathPatternConfig"),
    "http-header": ("http_header", "HttpHeaderConfig"),
    "query-string": ("query_string", "QueryStringConfig"),
    "source-ip": ("source_ip", "SourceIpConfig"),
    "http-request-method": ("http_request_method", "HttpRequestMethodConfig"),
}
_FINAL = ("forward", "redirect", "fixed-response")


def digest(value: object) -> str:
    """A short digest of any JSON value, whatever the order of its keys."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]


def name_of(arn: str) -> str:
    """The name in the ARN of a load balancer or target group (`.../app/NAME/id`, `targetgroup/NAME/id`)."""
    parts = arn.split("/")
    return parts[-2] if len(parts) > 2 else arn


def action_of(actions: Sequence[Answer]) -> Action:
    """The actions of a rule or a listener, in the form that the files' actions have."""
    ordered = sorted(actions, key=lambda one: int(one.get("Order") or 0))
    final = next((one for one in reversed(ordered) if one["Type"] in _FINAL), None)
    if final is None:
        return Action("unknown", unknown="no action ends it")
    before = tuple(str(one["Type"]) for one in ordered if one["Type"] not in _FINAL)
    kind = str(final["Type"])
    if kind == "forward":
        groups = (final.get("ForwardConfig") or {}).get("TargetGroups") or []
        if not groups and final.get("TargetGroupArn"):
            groups = [{"TargetGroupArn": final["TargetGroupArn"]}]
        targets = tuple(
            Target(one["TargetGroupArn"], name_of(one["TargetGroupArn"]), int(one.get("Weight", 1))) for one in groups
        )
        return Action(kind, targets, authenticate=before)
    config = final.get("RedirectConfig" if kind == "redirect" else "FixedResponseConfig") or {}
    names = {
        "Protocol": "protocol", "Host": "host", "Port": "port", "Path": "path", "Query": "query", "StatusCode": "status_code",
    }  # fmt: skip
    details = tuple((names[key], str(value)) for key, value in config.items() if key in names and value is not None)
    return Action(kind, details=details, authenticate=before)


def _fixed_text(actions: Sequence[Answer]) -> dict[str, str]:
    for one in actions:
        config = one.get("FixedResponseConfig")
        if one["Type"] == "fixed-response" and config:
            return {
                "answer's text": f"{config.get('ContentType', '')} {digest(config.get('MessageBody') or '')}".strip()
            }
    return {}


def conditions_of(rule: Answer) -> list[tuple[Condition, str]]:
    """A rule's conditions, each with a digest of its values where they're hidden."""
    found: list[tuple[Condition, str]] = []
    for one in rule.get("Conditions") or ():
        kind, key = _FIELDS.get(one["Field"], (str(one["Field"]), ""))
        config = one.get(key) or {}
        values = config.get("Values") or one.get("Values") or []
        regular = config.get("RegexValues") or one.get("RegexValues") or []
        if kind in ("http_header", "query_string"):
            name = str(config.get("HttpHeaderName", "")).lower()
            found.append((Condition(kind, name, hidden=True), digest([values, regular])))
            continue
        texts = [str(value).lower() if kind == "host_header" else str(value) for value in values]
        texts += [f"/{value}/" for value in regular]
        found.append((Condition(kind, "", tuple(sorted(texts))), ""))
    return sorted(found)


def listener(
    check: ListenerCheck,
    balancer: Answer | None,
    found: Answer | None,
    rules: Sequence[Answer],
    more: Sequence[Answer] = (),
) -> Observation:
    """A listener with its load balancer, and the priorities of all of its rules, whoever's they are.

    `more` are all of its certificates, the default one among them.
    """
    if balancer is None or found is None:
        missing = "load balancer" if balancer is None else "listener on that port"
        return Observation(there=False, unchecked=(), notes=(f"there is no {missing}",))
    action = action_text(action_of(found.get("DefaultActions") or ()))
    priorities = sorted(int(one["Priority"]) for one in rules if one.get("Priority") not in (None, "default"))
    certificates = sorted({str(one.get("CertificateArn")) for one in (*(found.get("Certificates") or ()), *more)})
    protocol = str(found.get("Protocol", ""))
    notes = []
    if check.protocol and protocol.upper() != check.protocol.upper():
        notes.append(f"the files say {check.protocol}, it speaks {protocol}")
    if check.default and action != check.default:
        notes.append(f"the files say {check.default}, its default action is {action}")
    return Observation(
        brief=f"{protocol}, {action}, {counted(len(priorities), 'rule')}",
        facts={
            "load balancer": str(balancer["LoadBalancerArn"]),
            "listener": str(found["ListenerArn"]),
            "address": str(balancer.get("DNSName", "")),
            "scheme": str(balancer.get("Scheme", "")),
            "protocol": protocol,
            "certificates": ", ".join(certificates),
            "TLS policy": str(found.get("SslPolicy") or ""),
            "default action": action,
            **_fixed_text(found.get("DefaultActions") or ()),
            "priorities": ", ".join(map(str, priorities)),
        },
        notes=tuple(notes),
    )


def rule(check: RuleCheck, found: Answer | None) -> Observation:
    """One rule of a listener."""
    if found is None:
        return Observation(there=False)
    conditions = conditions_of(found)
    action = action_text(action_of(found.get("Actions") or ()))
    shown = " and ".join(condition_text(one) + (f" (sha256 {hidden})" if hidden else "") for one, hidden in conditions)
    notes = []
    if check.action and action != check.action:
        notes.append(f"the files say {check.action}, it does {action}")
    if check.conditions is not None:
        wanted, there = conditions_text(check.conditions), conditions_text(one for one, _ in conditions)
        if wanted != there:
            notes.append(f"the files ask for {wanted}, it asks for {there}")
    facts = {
        "rule": str(found["RuleArn"]),
        "conditions": shown or "any request",
        "action": action,
        **_fixed_text(found.get("Actions") or ()),
    }
    if found.get("Transforms"):
        facts["transforms"] = digest(found["Transforms"])
    return Observation(brief=action, facts=facts, notes=tuple(notes))


def target_group(check: TargetGroupCheck, found: Answer | None, health: Iterable[Answer]) -> Observation:
    """A target group, how many of its targets are healthy, and which load balancers send requests to it."""
    if found is None:
        return Observation(there=False)
    states = [str((one.get("TargetHealth") or {}).get("State", "")) for one in health]
    healthy = states.count("healthy")
    path, port = str(found.get("HealthCheckPath") or ""), str(found.get("Port") or "")
    notes = []
    if not states:
        notes.append("no target is registered")
    elif not healthy:
        notes.append("no target is healthy")
    if check.port and port != check.port:
        notes.append(f"the files say port {check.port}, it has {port}")
    if check.health_path and path != check.health_path:
        notes.append(f"the files say health check {check.health_path}, it has {path or 'none'}")
    matcher = found.get("Matcher") or {}
    check_text = [
        found.get("HealthCheckProtocol"), found.get("HealthCheckPort"), path,
        matcher.get("HttpCode") or matcher.get("GrpcCode"),
    ]  # fmt: skip
    return Observation(
        brief=f"{healthy} of {len(states)} healthy",
        facts={
            "target group": str(found["TargetGroupArn"]),
            "port": f"{found.get('Protocol') or ''} {port}".strip(),
            "health check": " ".join(str(one) for one in check_text if one),
            "attached to": ", ".join(sorted({name_of(arn) for arn in found.get("LoadBalancerArns") or ()}))
            or "nothing",
        },
        at_least={"healthy targets": healthy},
        notes=tuple(notes),
    )


def record_text(records: Sequence[Answer]) -> str:
    """A record (or several of one name and type, by their sets) as Route 53 has it; "" for none."""
    shown = []
    for one in records:
        alias = one.get("AliasTarget")
        if alias:
            text = f"alias of {str(alias['DNSName']).lower().rstrip('.').removeprefix('dualstack.')}"
        else:
            values = sorted(str(value["Value"]) for value in one.get("ResourceRecords") or ())
            text = f"{', '.join(values)} (TTL {one.get('TTL')})"
        policy = {
            key: one[key]
            for key in (
                "SetIdentifier",
                "Weight",
                "Region",
                "Failover",
                "GeoLocation",
                "MultiValueAnswer",
                "HealthCheckId",
            )
            if one.get(key) is not None
        }
        shown.append(text + (f" {msgspec.json.encode(policy, order='deterministic').decode()}" if policy else ""))
    return "; ".join(sorted(shown))


def ecs_service(check: EcsCheck, found: Answer | None) -> Observation:
    """An ECS service: it's stable when it runs what it wants, with one deployment that is completed."""
    if found is None or found.get("status") == "INACTIVE":
        return Observation(there=False)
    status = str(found.get("status", ""))
    running, desired = int(found.get("runningCount") or 0), int(found.get("desiredCount") or 0)
    unstable = []
    if status != "ACTIVE":
        unstable.append(f"its status is {status}")
    if running != desired:
        unstable.append(f"{running} of {desired} tasks run")
    state = status
    notes = []
    if (found.get("deploymentController") or {}).get("type", "ECS") == "ECS":
        deployments = found.get("deployments") or ()
        primary = next((one for one in deployments if one.get("status") == "PRIMARY"), None)
        state = str((primary or {}).get("rolloutState") or "")
        if primary is None:
            unstable.append("it has no primary deployment")
        elif state and state != "COMPLETED":
            unstable.append(f"its deployment is {state}")
        if len(deployments) > 1:
            unstable.append(f"{len(deployments)} deployments at once")
    else:
        notes.append("its deployments aren't made by ECS itself: only its counts are looked at")
    if not desired:
        notes.append("it wants no task")
    groups = {name_of(one["targetGroupArn"]) for one in found.get("loadBalancers") or () if one.get("targetGroupArn")}
    return Observation(
        brief=f"{running} of {desired} running" + (f", {state}" if state else ""),
        facts={
            "service": str(found.get("serviceArn", "")),
            "task definition": str(found.get("taskDefinition", "")).rsplit("/", 1)[-1],
            "target groups": ", ".join(sorted(groups)) or "none",
            "runs tasks": "yes" if desired else "no",
        },
        unstable=tuple(unstable),
        notes=tuple(notes),
    )


def role(
    check: RoleCheck, found: Answer | None, attached: Iterable[Answer], inline: Mapping[str, object | None]
) -> Observation:
    """A role; `inline` has each inline policy's document, null where only its name is known."""
    if found is None:
        return Observation(there=False)
    arns = sorted(str(one["PolicyArn"]) for one in attached)
    notes = [f"the files attach {arn}, and it isn't attached" for arn in check.attached if arn not in arns]
    notes += [
        f"the files give it the inline policy {name}, and it isn't there" for name in check.inline if name not in inline
    ]
    return Observation(
        brief=f"{len(arns)} attached, {len(inline)} inline",
        facts={
            "role": str(found["Arn"]),
            "id": str(found.get("RoleId", "")),
            "trust policy": digest(found.get("AssumeRolePolicyDocument")),
            "attached": ", ".join(arns) or "none",
            "inline": ", ".join(sorted(inline)) or "none",
            **{f"inline {name}": digest(document) for name, document in sorted(inline.items()) if document is not None},
        },
        notes=tuple(notes),
    )
