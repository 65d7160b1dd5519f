"""The claims of one service, for machines: `registry/<service>.json`, schema "tfhoist/registry/1"."""

from __future__ import annotations

import msgspec

SCHEMA = "tfhoist/registry/1"


class RouteClaim(msgspec.Struct, frozen=True):
    """One listener rule. `priority` is null, and `decided` false, where the files don't tell.

    `hosts` and `paths` are empty for any; `conditions` names what else the rule asks for. `targets` are target groups by
    real name. `load_balancer` is a real name, `listener` and `address` addresses in the shared module.
    """

    load_balancer: str
    listener: str
    port: str
    priority: int | None
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    conditions: tuple[str, ...]
    action: str
    targets: tuple[str, ...]
    address: str
    decided: bool


class DnsClaim(msgspec.Struct, frozen=True):
    """One DNS record. `alias` is the address of what it points to, "" for none; `zone` the zone's id, "" when unknown."""

    name: str
    type: str
    zone: str
    alias: str
    address: str


class NameClaim(msgspec.Struct, frozen=True):
    """One real name: `type` is Terraform's resource type. A name that ends with `*` is completed by AWS."""

    type: str
    name: str
    address: str


class EnvironmentClaims(msgspec.Struct, frozen=True):
    """What a service claims in one environment."""

    name: str
    central_root: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    routes: tuple[RouteClaim, ...]
    dns: tuple[DnsClaim, ...]
    names: tuple[NameClaim, ...]
    roles: tuple[str, ...]


class Claims(msgspec.Struct, frozen=True):
    """What a service claims, offers and owns in the central repository."""

    schema: str
    service: str
    owner: str
    contact: str
    module: str
    environments: tuple[EnvironmentClaims, ...]
    outputs: tuple[str, ...]
    resources: tuple[str, ...]


def encode(claims: Claims) -> bytes:
    """The JSON form, indented, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(claims), indent=2) + b"\n"
