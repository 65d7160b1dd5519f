"""The audit and the placement of a service root."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from tfhoist.api.policies import rules_of
from tfhoist.api.reading import Service, read_states
from tfhoist.audit.audit import audit
from tfhoist.audit.model import Audit
from tfhoist.boundary.followers import followers_of
from tfhoist.boundary.model import Followers
from tfhoist.errors import UsageError
from tfhoist.graph import Graph
from tfhoist.placement.place import PlacementResult, place


def placed(service: Service) -> tuple[Graph, PlacementResult]:
    """The placement of a service root."""
    graph = Graph(service.resolved)
    return graph, place(graph, rules_of(service), service.settings.placement.overrides)


def run_audit(
    service: Service,
    states: Mapping[str, Path],
    known: tuple[Graph, PlacementResult] | None = None,
    followers: Followers | None = None,
) -> Audit:
    """The audit of a service root: inventory, dependencies and findings. What is known of `placed` and `followers_of` may be given."""
    graph, result = known if known is not None else placed(service)
    if known is None:
        followers = followers_of(graph, result.placement)
    sides = {a: s for a, s in (followers.sides if followers is not None else {}).items() if a.startswith("data.")}
    return audit(
        graph if not service.dropped else Graph(service.module),
        service.environments,
        result.placement,
        sides,
        {**service.tree, **service.files.large},
        read_states(states),
        frozenset((declaration.file.path, declaration.start) for declaration in service.dropped),
    )


def explain(service: Service, address: str) -> tuple[str, tuple[str, ...]]:
    """The side of one address ("both" for what is copied) and its reasons; raises `UsageError` for an address that isn't placed."""
    graph, result = placed(service)
    if result.refusals:
        raise UsageError(result.refusals[0].summary, result.refusals[0].advice)
    found = result.placement.get(address)
    if found is not None:
        return found.side.value, found.reasons
    sides = followers_of(graph, result.placement).sides
    if address in sides:
        readers = sorted({edge.consumer for edge in graph.readers.get(address, ())})
        shown = {"both": "both sides read it: it's copied", "central": "only central blocks read it"}
        return sides[address], (
            f"it follows its readers: {shown.get(sides[address], 'only blocks that stay read it')}",
            f"read by {', '.join(readers)}" if readers else "nothing reads it",
        )
    close = difflib.get_close_matches(address, [*result.placement, *sides], 3)
    raise UsageError(
        f"{address} isn't declared.", f"Did you mean {' or '.join(close)}?" if close else "See `tfhoist audit`."
    )
