"""Target groups of one service whose health checks ask for different paths."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.reachability import health_path
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule


class HealthCheckDiffers(RoutingRule):
    """A service is one in AWS: of one cluster and name. One port answers all of its target groups that have that port."""

    id = "health-check-differs"
    severity = Severity.WARNING
    description = "the target groups of one service have health checks of different paths"
    advice = "A task that one target group finds healthy may be taken out of the other. Give both the path that the service answers."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        reach = routed.reachability
        services: dict[tuple[tuple[str, str], int | None], list[tuple[str, str]]] = {}
        for one in reach.registrations:
            if one.service == ("", ""):
                continue
            services.setdefault((one.service, one.port), []).append((one.address, one.target_group))
        for ((_, name), _), several in services.items():
            paths: dict[str, list[str]] = {}
            for _, group in several:
                instance = reach.target_groups.get(group)
                path = health_path(instance) if instance is not None else None
                if path is not None and group not in paths.setdefault(path, []):
                    paths[path].append(group)
            if len(paths) < 2:
                continue
            shown = [f"{path} ({', '.join(groups)})" for path, groups in sorted(paths.items())]
            yield Draft(
                f"the service {name} is asked for {together(shown)}",
                tuple(
                    dict.fromkeys(
                        (*(address for address, _ in several), *(g for groups in paths.values() for g in groups))
                    )
                ),
                {"service": name, "paths": ", ".join(sorted(paths))},
            )
