"""The document's entry of a service, written from its claims."""

from __future__ import annotations

from tfhoist.documents.markdown import prose
from tfhoist.registry.claims import Claims
from tfhoist.registry.entry import Claimed, Provisioned, RegistryEntry


def entry_of(claims: Claims) -> RegistryEntry:
    """The entry: each path once with its hosts and load balancers, each record, and what is provisioned by type."""
    paths: dict[str, dict[str, None]] = {}
    records: dict[str, str] = {}
    names: dict[str, dict[str, None]] = {}
    for place in claims.environments:
        for route in place.routes:
            for path in route.paths or ("/*",):
                host = ", ".join(route.hosts) or "any host"
                to = f" to {', '.join(route.targets)}" if route.targets else f": {route.action}"
                paths.setdefault(path, {})[f"{host} on {route.load_balancer or route.listener}{to}"] = None
        for record in place.dns:
            if record.name:
                records.setdefault(record.name, f"{record.type or 'DNS'} record")
        for name in place.names:
            names.setdefault(name.type, {})[name.name] = None
    return RegistryEntry(
        service=claims.service,
        paths=tuple(Claimed((path,), "; ".join(paths[path])) for path in sorted(paths)),
        dns=tuple(Claimed((name,), records[name]) for name in sorted(records)),
        resources=tuple(Provisioned(prose(kind), ", ".join(found)) for kind, found in sorted(names.items())),
        owner=claims.owner,
        contact=claims.contact,
    )
