"""The claims of one service, for machines: `registry/<service>.json`, schema "tfhoist/registry/1"."""

from __future__ import annotations

import re

import msgspec

SCHEMA = "tfhoist/registry/1"
SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


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


class Consumed(msgspec.Struct, frozen=True):
    """Outputs of another service that a service reads."""

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
