"""What is free: priorities on a listener, and paths on a host."""

from __future__ import annotations

from collections.abc import Iterable

from tfhoist.registry.claims import Claims, EnvironmentClaims, RouteClaim
from tfhoist.routing.limits import HIGHEST_PRIORITY

SHOWN = 3


def listener_key(route: RouteClaim) -> tuple[str, str]:
    """A listener as several services name it: the load balancer's real name and the port."""
    return route.load_balancer or route.listener, route.port


def taken_priorities(claims: Iterable[Claims], environment: str, listener: tuple[str, str]) -> set[int]:
    """The priorities that are claimed on a listener."""
    return {
        route.priority
        for one in claims
        for place in one.environments
        if place.name == environment
        for route in place.routes
        if route.priority is not None and listener_key(route) == listener
    }


def free_priorities(taken: set[int], near: int) -> list[int]:
    """The free priorities that come next after one, then those before it."""
    found: list[int] = []
    candidate = near + 1
    while len(found) < SHOWN and candidate <= HIGHEST_PRIORITY:
        if candidate not in taken:
            found.append(candidate)
        candidate += 1
    candidate = near - 1
    while len(found) < SHOWN and candidate >= 1:
        if candidate not in taken:
            found.append(candidate)
        candidate -= 1
    return found


def free_paths(service: str, host: str, places: Iterable[EnvironmentClaims]) -> list[str]:
    """Paths of a service's own name on a host that nobody claims a path below."""
    claimed = [
        path
        for place in places
        for route in place.routes
        if not route.hosts or host in route.hosts
        for path in route.paths or ("/*",)
    ]
    begins = [path.split("*")[0].split("?")[0] for path in claimed]
    found = []
    for candidate in (f"/{service}", f"/api/{service}", f"/services/{service}"):
        if not any(
            candidate.startswith(begin) or begin.startswith(f"{candidate}/") or begin == candidate for begin in begins
        ):
            found.append(f"{candidate}/*")
    return found
