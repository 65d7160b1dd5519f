"""Listeners by port, CloudFront aliases and API Gateway mappings of several services: compared as AWS does it.

Sources, point by point in docs/routing.md: a load balancer has each port once, whatever the protocol; a CloudFront alias stands in
one distribution, and of overlapping ones the more exact answers; a domain of API Gateway is there once, and each of its mappings too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfhoist.findings import Finding
from tfhoist.registry.catalogue import finding
from tfhoist.registry.claims import EdgeClaim, EnvironmentClaims, ListenerClaim
from tfhoist.registry.entries import Entry, Handed, owned, pairs_of
from tfhoist.routing.model import Request
from tfhoist.routing.others import alias_within, one_within

Places = Sequence[tuple[Entry, EnvironmentClaims]]
MOST_LABELS = 127
"""Labels of a host name (RFC 1035: 255 octets)."""

LONGEST_MAPPING = 300
"""Characters of a mapping ("Map API stages to a custom domain name for HTTP APIs", restrictions)."""

_MAPPING = "api-gateway-mapping"
_WORDS = {"cloudfront": "the CloudFront alias", "api-gateway": "the API Gateway domain", _MAPPING: "the API mapping"}


def same_port(one: ListenerClaim, other: ListenerClaim) -> bool:
    """Whether two listeners can't be there together."""
    return bool(one.load_balancer) and (one.load_balancer, one.port) == (other.load_balancer, other.port)


def same_edge(one: EdgeClaim, other: EdgeClaim) -> bool:
    """Whether AWS refuses the second of two."""
    return one.kind == other.kind and one.mapping == other.mapping and not set(one.hosts).isdisjoint(other.hosts)


def check_edges(name: str, places: Places, handed: Handed) -> Iterator[Finding]:
    """What several services claim beside rules, in one environment."""
    yield from _ports(name, places, handed)
    yield from _taken(name, places, handed)
    yield from _within(name, places, handed)


def _ports(name: str, places: Places, handed: Handed) -> Iterator[Finding]:
    taken: dict[tuple[str, str], list[tuple[Entry, ListenerClaim]]] = {}
    for entry, place in places:
        for one in place.listeners:
            if one.load_balancer and one.port:
                taken.setdefault((one.load_balancer, one.port), []).append((entry, one))
    for (balancer, port), several in taken.items():
        for first, second in pairs_of(several, handed):
            protocols = f"{second[1].protocol or '?'} and {first[1].protocol or '?'}"
            yield _finding(
                "registry-port-taken", f"port {port} of {balancer} ({protocols})", name, first, second,
                {"load_balancer": balancer, "port": port},
            )  # fmt: skip


def _taken(name: str, places: Places, handed: Handed) -> Iterator[Finding]:
    taken: dict[tuple[str, str, str], list[tuple[Entry, EdgeClaim]]] = {}
    for entry, place in places:
        for one in place.edges:
            for host in dict.fromkeys(one.hosts):
                taken.setdefault((one.kind, host, one.mapping), []).append((entry, one))
    for (kind, host, mapping), several in taken.items():
        for first, second in pairs_of(several, handed):
            what = f"{_WORDS.get(kind, kind)} {host}" + (f"/{mapping}" if kind == _MAPPING else "")
            witness = None if host.startswith("*") else Request(host=host, path=f"/{mapping}")
            yield _finding(
                "registry-edge-taken", what, name, first, second, {"kind": kind, "host": host, "mapping": mapping}, witness
            )  # fmt: skip


def _within(name: str, places: Places, handed: Handed) -> Iterator[Finding]:
    """Where the more exact of two claims takes requests out of the other one, which another service makes."""
    hosts: dict[tuple[str, str], list[tuple[Entry, EdgeClaim]]] = {}
    for entry, place in places:
        for one in place.edges:
            for host in dict.fromkeys(one.hosts):
                hosts.setdefault((one.kind, host), []).append((entry, one))
    for (kind, host), others in hosts.items():
        labels = host.split(".")[:MOST_LABELS] if kind != _MAPPING else []
        for number in range(len(labels)):
            wide = f"*.{'.'.join(labels[number + 1 :])}"
            if (kind, wide) in hosts and alias_within(wide, host):
                witness = Request(host=host.replace("*", "any"))
                yield from _overlaps(name, hosts[kind, wide], others, handed, f"{host}: {wide}, and {host}", witness)
    for (kind, host), claims in hosts.items():
        if kind != _MAPPING:
            continue
        several_levels = any("/" in one.mapping for _, one in claims)
        by_mapping: dict[str, list[tuple[Entry, EdgeClaim]]] = {}
        for entry, one in claims:
            by_mapping.setdefault(one.mapping, []).append((entry, one))
        for longer, inner in by_mapping.items():
            beginnings = {
                longer[:length] for length in range(1, min(len(longer), LONGEST_MAPPING + 1))
            } & by_mapping.keys()
            for shorter in sorted(beginnings):
                if one_within(shorter, longer, several_levels):
                    yield from _overlaps(
                        name, by_mapping[shorter], inner, handed, f"{host}/{longer}: the mappings /{shorter} and /{longer}",
                        Request(host=host, path=f"/{longer}"),
                    )  # fmt: skip


def _overlaps(
    name: str,
    outer: Sequence[tuple[Entry, EdgeClaim]],
    inner: Sequence[tuple[Entry, EdgeClaim]],
    handed: Handed,
    what: str,
    witness: Request,
) -> Iterator[Finding]:
    first, second = outer[0], inner[0]
    services = first[0].claims.service, second[0].claims.service
    if services[0] != services[1] and not handed(*services):
        evidence = {"kind": first[1].kind, "host": witness.host}
        yield _finding("registry-path-taken", what, name, first, second, evidence, witness)


def _finding(
    check: str,
    what: str,
    name: str,
    first: tuple[Entry, ListenerClaim | EdgeClaim],
    second: tuple[Entry, ListenerClaim | EdgeClaim],
    evidence: dict[str, str],
    witness: Request | None = None,
) -> Finding:
    head, colon, tail = what.partition(": ")
    return finding(
        check,
        f"{owned(second[0].claims)} and {owned(first[0].claims)} both claim {head}{f' in {name}' if name else ''}{colon}{tail}",
        services=[second[0].claims.service, first[0].claims.service],
        places=[one[0].place(f'"address": "{one[1].address}"') for one in (second, first)],
        evidence={"environment": name, **evidence, "rules": f"{second[1].address}, {first[1].address}"},
        witness=witness,
    )
