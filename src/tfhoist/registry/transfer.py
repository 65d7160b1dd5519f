"""Handing claims over: a proposal may take what another service claims only where it says so, and only once."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tfhoist.findings import Finding
from tfhoist.registry.advice import listener_key
from tfhoist.registry.catalogue import finding
from tfhoist.registry.claims import Claims, EnvironmentClaims, RouteClaim
from tfhoist.registry.edges import same_edge, same_port
from tfhoist.registry.entries import Entry


def check_transfer(proposal: Entry, before: Claims | None, known: frozenset[str]) -> Iterator[Finding]:
    """What is wrong with the transfers that a proposal asks for. `before` are the claims that it replaces."""
    claims = proposal.claims
    for name in claims.transfer_from:
        if before is not None and name in before.transferred:
            why = f"{claims.service} has already taken claims over from {name}"
        elif name == claims.service:
            why = f"{claims.service} can't take claims over from itself"
        elif name not in known:
            why = f"{claims.service} takes claims over from {name}, which has none"
        else:
            continue
        yield finding(
            "registry-transfer-refused",
            why,
            services=[claims.service, name],
            places=[proposal.place('"transfer_from"')],
        )


def settled(proposal: Claims, before: Claims | None) -> Claims:
    """The claims as they're written: transfers that they ask for are made with it, and won't be again."""
    done = (*(before.transferred if before is not None else ()), *proposal.transfer_from)
    return msgspec.structs.replace(proposal, transfer_from=(), transferred=tuple(sorted(set(done))))


def without(owner: Claims, taken: Claims) -> Claims:
    """What is left of the claims of a service, once another one has taken over those that both have."""
    places = {place.name: place for place in taken.environments}
    return msgspec.structs.replace(
        owner,
        environments=tuple(_left(place, places.get(place.name)) for place in owner.environments),
        outputs=tuple(output for output in owner.outputs if output not in set(taken.outputs)),
    )


def _left(place: EnvironmentClaims, taken: EnvironmentClaims | None) -> EnvironmentClaims:
    if taken is None:
        return place
    routes = tuple(route for route in place.routes if not any(_same(route, other) for other in taken.routes))
    hosts = {record.name.lower() for record in taken.dns}
    names = {(name.type, name.name) for name in taken.names}
    return msgspec.structs.replace(
        place,
        routes=routes,
        hosts=tuple(sorted({host for route in routes for host in route.hosts})),
        paths=tuple(sorted({path for route in routes for path in route.paths or ("/*",)})),
        dns=tuple(record for record in place.dns if record.name.lower() not in hosts),
        names=tuple(name for name in place.names if (name.type, name.name) not in names),
        roles=tuple(role for role in place.roles if role not in taken.roles),
        listeners=tuple(one for one in place.listeners if not any(same_port(one, other) for other in taken.listeners)),
        edges=tuple(one for one in place.edges if not any(same_edge(one, other) for other in taken.edges)),
    )


def _same(one: RouteClaim, other: RouteClaim) -> bool:
    """Whether a claim is handed over with another: the same priority of a listener, or a path of the same host."""
    if listener_key(one) == listener_key(other) and one.priority is not None and one.priority == other.priority:
        return True
    hosts = not one.hosts or not other.hosts or not set(one.hosts).isdisjoint(other.hosts)
    return hosts and not set(one.paths or ("/*",)).isdisjoint(other.paths or ("/*",))
