"""The routes that the registry's claims list, each with a request that shows it where one is certain."""

from __future__ import annotations

import msgspec

from tfhoist.report.model import Route
from tfhoist.routing.interpret import matches


class _Route(msgspec.Struct):
    load_balancer: str = ""
    listener: str = ""
    port: str = ""
    priority: int | None = None
    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    action: str = ""
    targets: tuple[str, ...] = ()
    address: str = ""
    decided: bool = True


class _Environment(msgspec.Struct):
    name: str
    routes: tuple[_Route, ...] = ()
    hosts: tuple[str, ...] = ()


class _Claims(msgspec.Struct):
    environments: tuple[_Environment, ...] = ()


def read_routes(claims: bytes | None) -> dict[str, tuple[Route, ...]]:
    """Environment to its routes, by listener and priority; empty without claims or where they can't be read."""
    if claims is None:
        return {}
    try:
        document = msgspec.json.decode(claims, type=_Claims)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    found: dict[str, tuple[Route, ...]] = {}
    for environment in document.environments:
        routes = sorted(
            environment.routes,
            key=lambda one: (one.load_balancer, one.listener, one.priority is None, one.priority or 0, one.address),
        )
        found[environment.name] = tuple(
            Route(
                load_balancer=one.load_balancer, listener=one.listener, port=one.port, priority=one.priority,
                hosts=one.hosts, paths=one.paths, conditions=one.conditions, action=one.action, targets=one.targets,
                address=one.address, witness=_witness(one, routes, environment.hosts),
            )
            for one in routes
        )  # fmt: skip
    return found


def _witness(route: _Route, routes: list[_Route], known: tuple[str, ...]) -> str:
    """A request that this rule answers and none before it takes; "" where the files don't settle it."""
    if not route.decided or route.conditions or route.priority is None:
        return ""
    before = [
        one
        for one in routes
        if one is not route
        and one.listener == route.listener
        and one.load_balancer == route.load_balancer
        and (one.priority is None or one.priority <= route.priority)
    ]
    hosts = route.hosts or (*known, "any-host.example.com")
    for host in map(_plain, hosts):
        for path in map(_plain, route.paths or ("/",)):
            if path.startswith("/") and not any(_may_take(one, host, path) for one in before):
                scheme = "https" if route.port == "443" else "http"
                port = "" if route.port in ("", "80", "443") else f":{route.port}"
                return f"{scheme}://{host}{port}{path}"
    return ""


def _may_take(route: _Route, host: str, path: str) -> bool:
    if not route.decided:
        return True
    hosts = not route.hosts or any(matches(pattern.lower(), host.lower()) for pattern in route.hosts)
    return hosts and (not route.paths or any(matches(pattern, path) for pattern in route.paths))


def _plain(pattern: str) -> str:
    text = pattern.replace("?", "x")
    return text.replace("*", "www" if text.startswith("*.") else "")
