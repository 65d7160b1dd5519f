"""Load balancers, their listeners, rules and target groups: what several rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tfhoist.configuration.model import Declaration
from tfhoist.configuration.paths import is_override
from tfhoist.routing.read import LISTENER_RULES, LISTENERS, LOAD_BALANCERS, TARGET_GROUPS
from tfhoist.rules.base import Context

__all__ = ["LISTENERS", "LISTENER_RULES", "LOAD_BALANCERS", "TARGET_GROUPS", "unused"]


def unused(
    context: Context, types: tuple[str, ...], uses: Callable[[Declaration], bool]
) -> Iterator[tuple[str, Declaration, list[str]]]:
    """The blocks of some types that no resource for which `uses` is true reads, with the environments where that is so.

    Reading through locals, data sources, variables and outputs of local modules counts. A block that isn't there in an
    environment neither counts as used nor as using; one that a module which isn't read takes counts as used.
    """
    links = context.links
    for node, declaration in links.declarations.items():
        if declaration.kind != "resource" or declaration.type not in types or is_override(declaration.file.path):
            continue
        readers = links.reached_by(node, links.carries)
        if not links.opaque.isdisjoint(readers):
            continue
        using = [
            reader
            for reader in readers
            if (found := links.declarations.get(reader)) is not None and found.kind == "resource" and uses(found)
        ]
        where = [
            evaluation.name
            for evaluation in context.evaluations
            if evaluation.lacks(node) is False and all(map(evaluation.lacks, using))
        ]
        if where:
            yield node, declaration, where
