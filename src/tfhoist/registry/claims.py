"""The claims of one service, for machines: `registry/<service>.json`, schema "tfhoist/registry/1"."""

from __future__ import annotations

import re

import msgspec

from tfhoist.routing.model import Condition

SCHEMA = "tfhoist/registry/1"
SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


class RouteClaim(msgspec.Struct, frozen=True, omit_defaults=True):
    """One listener rule. `priority` is null, and `decided` false, where the files don't tell.

    `hosts` and `paths` are empty for any; `conditions` names what else the rule asks for, `matches` has it with its values, as far
    as they're known and no secrets. `targets` are target groups by real name. `load_balancer` is a real name, `listener` and
    `address` addresses in the shared module.
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
    matches: tuple[Condition, ...] = ()


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


class ListenerClaim(msgspec.Struct, frozen=True):
    """One listener of any load balancer: `load_balancer` is its real name ("" when it isn't known); it has each port once."""

    load_balancer: str
    port: str
    protocol: str
    address: str


class EdgeClaim(msgspec.Struct, frozen=True, omit_defaults=True):
    """What answers beside listeners: a CloudFront distribution, a domain of API Gateway, or a mapping of it.

    `kind` is cloudfront, api-gateway or api-gateway-mapping; `hosts` are aliases or the domain, `paths` patterns in their order;
    `mapping` is the path of an API mapping, "" for the one that takes what no other does.
    """

    kind: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    address: str
    mapping: str = ""


class EnvironmentClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a service claims in one environment."""

    name: str
    central_root: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    routes: tuple[RouteClaim, ...]
    dns: tuple[DnsClaim, ...]
    names: tuple[NameClaim, ...]
    roles: tuple[str, ...]
    listeners: tuple[ListenerClaim, ...] = ()
    edges: tuple[EdgeClaim, ...] = ()


class Consumed(msgspec.Struct, frozen=True):
    """Outputs of the central root that a service reads. `service` offers them; "" where only the registry can tell who does."""

    service: str
    outputs: tuple[str, ...]


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a service claims, offers and owns in the central repository.

    `transfer_from` names services whose claims pass to this one, with the proposal that says so; `transferred` those that have.
    """

    schema: str
    service: str
    owner: str
    contact: str
    module: str
    environments: tuple[EnvironmentClaims, ...]
    outputs: tuple[str, ...]
    resources: tuple[str, ...]
    consumes: tuple[Consumed, ...] = ()
    transfer_from: tuple[str, ...] = ()
    transferred: tuple[str, ...] = ()


_DECODER = msgspec.json.Decoder(Claims)


def decode(source: bytes) -> Claims:
    """The claims in a file; raises `msgspec.DecodeError` (`ValidationError`) for what isn't of the schema."""
    try:
        claims = _DECODER.decode(source)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None
    if claims.schema != SCHEMA:
        raise msgspec.DecodeError(f"the schema is {claims.schema[:60]!r}, not {SCHEMA!r}")
    if not SERVICE.fullmatch(claims.service):
        raise msgspec.DecodeError("the service's name can't name a file: letters, digits, - and _, a letter first")
    return claims


def encode(claims: Claims) -> bytes:
    """The JSON form, indented, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(claims), indent=2) + b"\n"
