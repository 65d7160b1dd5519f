"""Load balancers, their listeners, rules and target groups: what several rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tfhoist.audit.links import qualified
from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.model import Declaration
from tfhoist.configuration.paths import is_override
from tfhoist.routing.read import LISTENER_RULES, LISTENERS, LOAD_BALANCERS, TARGET_GROUPS
from tfhoist.rules.base import Context

__all__ = ["LISTENERS", "LISTENER_RULES", "LOAD_BALANCERS", "TARGET_GROUPS", "unused", "without_keys"]


def unused(
    context: Context, types: tuple[str, ...], uses: Callable[[Declaration], bool]
) -> Iterator[tuple[str, Declaration, list[str]]]:
    """The blocks of some types that no resource for which `uses` is true reads, with the environments where that is so.

    Reading through locals, data sources, variables and outputs of local modules counts. A block that isn't there in an
    environment neither counts as used nor as using; one that a module which isn't read takes counts as used.
    """
    links = context.links
    absent = {evaluation.name: _absent(evaluation) for evaluation in context.evaluations}
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
        where = [name for name, gone in absent.items() if gone(node) is False and all(gone(user) for user in using)]
        if where:
            yield node, declaration, where


def _absent(evaluation: Evaluation) -> Callable[[str], bool | None]:
    """Whether a block has no instance in an environment; None when that isn't known."""
    present: set[str] = set()
    unknown: set[str] = set()
    for owner in evaluation.modules:
        path = without_keys(owner.path)
        for declaration in owner.module.of("resource", "module"):
            instances = owner.instances(declaration)
            if instances is None:
                unknown.add(qualified(path, declaration.address))
            elif instances:
                present.add(qualified(path, declaration.address))

    def test(node: str) -> bool | None:
        if node in present:
            return False
        if node in unknown or any(node.startswith(f"{call}.") for call in unknown):
            return None
        return True

    return test


def without_keys(address: str) -> str:
    """An address without its instance keys."""
    if "[" not in address:
        return address
    kept: list[str] = []
    inside = quoted = escaped = False
    for character in address:
        if not inside:
            inside = character == "["
            if not inside:
                kept.append(character)
        elif escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "]" and not quoted:
            inside = False
    return "".join(kept)
