"""`moved`, `import` and `removed` blocks that name what moves.

A `moved` block goes into the shared module with what it leads to: its addresses are relative to the module that it stands in. An
environment where it wasn't applied yet has the old address in its state still, so the service root forgets that one too.
`import` blocks have to stand in a root module (documentation page "Import"), so they go into the central roots.
"""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.diagnostics import article
from tfhoist.findings import Refusal
from tfhoist.hcl.references import Reference

_IMPORTS = frozenset({"to", "id"})
_REPEATED = _IMPORTS | {"for_each"}


class StateBlocks(NamedTuple):
    """The blocks that move, the old addresses that have to be forgotten with them, and what can't be carried."""

    moved: tuple[Declaration, ...]
    imports: tuple[Declaration, ...]
    forgotten: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def state_blocks(
    module: Module, central: Set[str], placed: Set[str], settled: tuple[Declaration, ...] = ()
) -> StateBlocks:
    """Which of a root's blocks move. `central` are the addresses that move, `placed` all that could; `settled` blocks go anyway."""
    moved: list[Declaration] = []
    imports: list[Declaration] = []
    forgotten: set[str] = set()
    refusals: list[Refusal] = []
    ends = _ends(module)

    def side(reference: Reference) -> bool | None:
        """Whether an address is central; None when nothing of that name is declared."""
        address = target_address(reference)
        return address in central if address in placed else None

    for declaration in module.of("moved"):
        start, end = _address(declaration, "from"), _address(declaration, "to")
        if start is None or end is None or declaration in settled:
            continue
        before, after = side(start), side(_end(end, ends, placed))
        if after and before is not False and not declaration.json:
            moved.append(declaration)
            if before is None:
                forgotten.add(_whole(start))
        elif after or before:
            refusals.append(_refusal(declaration, start if before else end))
    for declaration in module.of("import"):
        to = _address(declaration, "to")
        if to is None or not side(to) or declaration in settled:
            continue
        if not declaration.json and _is_alone(declaration):
            imports.append(declaration)
        else:
            refusals.append(_refusal(declaration, to))
    for declaration in module.of("removed"):
        start = _address(declaration, "from")
        if start is not None and side(start):
            refusals.append(_refusal(declaration, start))
    return StateBlocks(tuple(moved), tuple(imports), tuple(sorted(forgotten)), tuple(refusals))


def _is_alone(declaration: Declaration) -> bool:
    """Whether an `import` block means the same in another root: its id and `for_each` read nothing but `each`."""
    if {attribute.name for attribute in declaration.body.attributes} not in (_IMPORTS, _REPEATED):
        return False
    return all(
        reference.root == "each"
        for name in ("id", "for_each")
        if (attribute := declaration.body.attribute(name)) is not None
        for reference in declaration.file.references_in(attribute.value_start, attribute.value_end)
    )


def _address(declaration: Declaration, name: str) -> Reference | None:
    attribute = declaration.body.attribute(name)
    if attribute is None:
        return None
    found = declaration.file.references_in(attribute.value_start, attribute.value_end)
    return found[0] if found else None


def _whole(reference: Reference) -> str:
    """An address without instance keys: a `removed` block can't name one instance."""
    return ".".join([reference.root, *(str(step.key) for step in reference.steps if step.kind == "attribute")])


def _ends(module: Module) -> dict[str, Reference]:
    """Where the `moved` blocks lead to, by where they begin."""
    found: dict[str, Reference] = {}
    for declaration in module.of("moved"):
        start, end = _address(declaration, "from"), _address(declaration, "to")
        if start is not None and end is not None:
            found[_whole(start)] = end
    return found


def _end(reference: Reference, ends: dict[str, Reference], placed: Set[str]) -> Reference:
    """The end of a chain of `moved` blocks."""
    seen: set[str] = set()
    while target_address(reference) not in placed and _whole(reference) not in seen:
        seen.add(_whole(reference))
        reference = ends.get(_whole(reference), reference)
    return reference


def _refusal(declaration: Declaration, reference: Reference) -> Refusal:
    address = target_address(reference)
    if declaration.json:
        return Refusal(
            id=f"{declaration.kind}-names-moved", address=address, range=declaration.range,
            summary=f"{article(declaration.kind)} `{declaration.kind}` block in {declaration.file.path} names {address}, which moves, "
            "and .tf.json isn't edited.",
            advice="Write this block in a .tf file, or keep the address local.",
        )  # fmt: skip
    return Refusal(
        id=f"{declaration.kind}-names-moved",
        address=address,
        range=declaration.range,
        summary=f"{article(declaration.kind)} `{declaration.kind}` block names {address}, which moves, and can't move along.",
        advice="Apply it in every environment and take the block out first (or give every environment's state, which shows "
        "that); or keep the address local.",
    )
