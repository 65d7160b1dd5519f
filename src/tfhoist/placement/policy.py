"""The placement policy: rules that say a side for addresses or types, each with its reason.

A policy is data: the built-in one is `policy/prd.toml` of this package, and `[[placement.rules]]` of `tfhoist.toml` comes
before it. The first rule that matches counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from tfhoist.configuration.environments import variable_value
from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.hcl.references import Reference, references_of
from tfhoist.placement.model import Side
from tfhoist.placement.services import ServiceUses
from tfhoist.placement.trust import lets_in_other_accounts, principals
from tfhoist.values.evaluate import Scope, evaluate
from tfhoist.values.types import Value, to_bool

DEFAULT_POLICY = "default"
"""All policies that come with tfhoist, one after the other: each is about the types of one provider."""

SHIPPED = ("prd", "google", "azure")
BUILT_IN = (DEFAULT_POLICY, *SHIPPED)

RULE = "rule"
PREFERENCE = "preference"
DEFAULT_WEIGHT = 10


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the block itself has to show; every condition that is given has to hold.

    A condition that the files don't decide (`internal = var.internal` without a default) doesn't hold, whatever it asks for.
    """

    internal: bool | None = None  # of a load balancer
    principal: str | None = None  # that a trust policy (or a resource's policy) names
    cross_account: bool | None = None  # that such a policy lets in another account, or everyone
    public_dns: bool | None = None  # that a zone, or a record's zone, is none of a VPC


class ServiceCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many services use the block, as `placement.services` sees it; a block of which no user is seen meets neither."""

    services_at_least: int | None = None
    services_at_most: int | None = None


class PolicyRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. `match` holds globs of types (`aws_s3_*`) or of addresses (`aws_lb.main`, `module.vpc`).

    `strength` "rule" decides; "preference" weighs `weight` in the cut, where an uplink costs 20 and a downlink 2.
    """

    name: str
    match: tuple[str, ...]
    side: Side
    strength: Literal["rule", "preference"] = "rule"
    weight: int = DEFAULT_WEIGHT
    reason: str = ""
    when: When | None = None
    evidence: ServiceCount | None = None


def load_policy(text: bytes) -> tuple[PolicyRule, ...]:
    """The rules of a policy file (TOML, `[[rules]]`), in their order.

    Raises `ValueError` for what isn't TOML, and `msgspec.ValidationError` (one too) for what is no policy.
    """
    document = tomllib.loads(text.decode())
    return msgspec.convert(document, _Policy).rules


class _Policy(msgspec.Struct, forbid_unknown_fields=True):
    rules: tuple[PolicyRule, ...]


@lru_cache
def builtin_policy(name: str = DEFAULT_POLICY) -> tuple[PolicyRule, ...]:
    """A policy that comes with tfhoist; `name` is one of `BUILT_IN`."""
    if name not in BUILT_IN:
        raise ValueError(f"no built-in policy {name!r}")
    if name == DEFAULT_POLICY:
        return tuple(rule for one in SHIPPED for rule in builtin_policy(one))
    return load_policy((files("tfhoist") / "policy" / f"{name}.toml").read_bytes())


def first_match(
    rules: Iterable[PolicyRule], declaration: Declaration, module: Module, uses: ServiceUses | None = None
) -> PolicyRule | None:
    """The first rule that is about this managed resource or module call of `module`, or None.

    Without `uses`, rules that ask for evidence are about nothing.
    """
    for rule in rules:
        if not matches(rule, declaration) or (rule.when is not None and not _holds(rule.when, declaration, module)):
            continue
        if rule.evidence is None or (uses is not None and _seen(rule.evidence, len(uses.of(declaration.address)))):
            return rule
    return None


def _seen(wanted: ServiceCount, number: int) -> bool:
    least = wanted.services_at_least if wanted.services_at_least is not None else 1
    return number >= max(least, 1) and (wanted.services_at_most is None or number <= wanted.services_at_most)


def may_match(rule: PolicyRule, kind: str) -> bool:
    """Whether a rule may be about some block of a type: one of its globs is about the type, or about addresses."""
    return any("." in pattern or (kind and _compiled(pattern).match(kind)) for pattern in rule.match)


def matches(rule: PolicyRule, declaration: Declaration) -> bool:
    """Whether one of the rule's globs is about the address or type, whatever its conditions say."""
    for pattern in rule.match:
        subject = declaration.address if "." in pattern else declaration.type
        if subject and _compiled(pattern).match(subject):
            return True
    return False


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def _holds(when: When, declaration: Declaration, module: Module) -> bool:
    if when.internal is not None and _is_internal(declaration, module) is not when.internal:
        return False
    if when.public_dns is not None and _is_public_dns(declaration, module) is not when.public_dns:
        return False
    if when.principal is None and when.cross_account is None:
        return True
    found = principals(declaration, module)
    if found is None:
        return False
    if when.principal is not None and all(principal.text != when.principal for principal in found):
        return False
    return when.cross_account is None or lets_in_other_accounts(found) is when.cross_account


def _is_internal(declaration: Declaration, module: Module) -> bool | None:
    """Whether a load balancer is internal, with the variables' defaults; None when the files don't say."""
    if declaration.block is None:
        return None
    if declaration.body.attribute("internal") is None:
        return False  # the provider's default
    return to_bool(_default_value(declaration, "internal", module))


def _default_value(declaration: Declaration, name: str, module: Module) -> Value:
    expression = declaration.expression(name)
    if expression is None:
        return None
    variables = {variable.name: variable_value(variable, None) for variable in module.of("variable")}
    return evaluate(expression, Scope(module, variables))


def _is_public_dns(declaration: Declaration, module: Module) -> bool | None:
    """Whether a zone, or the zone of a record, answers outside of VPCs; a zone given by its id counts as public."""
    if declaration.block is None:
        return None
    if declaration.type in _ZONES:
        return not _is_private(declaration)
    expression = declaration.expression("zone_id") or declaration.expression("managed_zone")
    if expression is None:
        return None
    found: list[Declaration] = []
    references: list[Reference] = []
    references_of(expression, references)
    seen: set[str] = set()
    while references:
        address = target_address(references.pop())
        zone = module.get(address)
        if zone is None or address in seen:
            continue
        seen.add(address)
        if zone.type in _ZONES:
            found.append(zone)
        elif zone.attribute is not None:
            references_of(zone.attribute.expression, references)
        elif zone.type == "aws_service_discovery_private_dns_namespace":
            return False
    return not any(_is_private(zone) for zone in found)


_ZONES = ("aws_route53_zone", "google_dns_managed_zone")


def _is_private(zone: Declaration) -> bool:
    if zone.type == "google_dns_managed_zone":
        return zone.literal("visibility") == "private"
    return bool(zone.body.blocks_of("vpc")) if zone.kind == "resource" else zone.literal("private_zone") is True
