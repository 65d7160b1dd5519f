"""`moved` and `import` blocks of the service root that name what moves: what the states say of them.

One that has done its work in every environment says nothing any more, and goes. One that a state shows to be still open is refused:
what the migration would take from that state isn't there under its new address yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.diagnostics import article
from tfhoist.findings import Refusal
from tfhoist.hcl.references import Reference
from tfhoist.state.snapshot import Snapshot


class Settled(NamedTuple):
    """The blocks that go, those that are open, a sentence for each that goes, and the refusals for the others."""

    gone: tuple[Declaration, ...]
    open: tuple[Declaration, ...]
    notes: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def settle(
    module: Module,
    central: set[str],
    environments: tuple[Environment, ...],
    snapshots: Mapping[str, Snapshot],
) -> Settled:
    """Judge the blocks that name moved addresses, chains of `moved` blocks included."""
    states = [snapshots.get(environment.name) for environment in environments]
    named = [declaration for declaration in _named(module, central) if not declaration.json]  # those aren't edited
    gone: list[Declaration] = []
    open_: list[Declaration] = []
    notes: list[str] = []
    refusals: list[Refusal] = []
    for declaration in named:
        to, origin = _end(declaration, "to"), _end(declaration, "from")
        done = [
            None if state is None else _is_done(declaration.kind, to, origin, _addresses(state)) for state in states
        ]
        if False in done:
            open_.append(declaration)
            refusals.append(
                Refusal(
                    id=f"{declaration.kind}-names-moved", address=to or origin, range=declaration.range,
                    summary=f"{article(declaration.kind)} `{declaration.kind}` block names {to or origin}, which moves, and a state "
                    "hasn't it behind yet.",
                    advice="Apply it in every environment first; or keep the address local.",
                )
            )  # fmt: skip
        elif None not in done:
            gone.append(declaration)
            what = f"the `{declaration.kind}` block for {to or origin} ({declaration.range})"
            notes.append(f"{what} is taken out: by the states it has done its work in every environment")
    return Settled(tuple(gone), tuple(open_), tuple(notes), tuple(refusals))


def _named(module: Module, central: set[str]) -> list[Declaration]:
    """The blocks that name a moved address, or lead to one through further `moved` blocks."""
    blocks = list(module.of("moved", "import"))
    wanted = set(central)
    found: list[Declaration] = []
    grew = True
    while grew:
        grew = False
        for declaration in blocks:
            if declaration in found:
                continue
            named = {target_address(reference) for end in ("to", "from") for reference in _references(declaration, end)}
            if named & wanted:  # what the `id` of an `import` reads isn't named
                found.append(declaration)
                wanted |= named if declaration.kind == "moved" else set()
                grew = True
    return sorted(found, key=lambda declaration: (declaration.file.path, declaration.start))


def _references(declaration: Declaration, name: str) -> tuple[Reference, ...]:
    attribute = declaration.body.attribute(name)
    if attribute is None:
        return ()
    return declaration.file.references_in(attribute.value_start, attribute.value_end)


def _end(declaration: Declaration, name: str) -> str:
    """The address in `from` or `to`, without instance keys."""
    references = _references(declaration, name)
    if not references:
        return ""
    steps = [str(step.key) for step in references[0].steps if step.kind == "attribute"]
    return ".".join([references[0].root, *steps])


def _addresses(state: Snapshot) -> set[str]:
    """The addresses that a state holds, without instance keys."""
    return {".".join(part.split("[")[0] for part in _parts(resource.address)) for resource in state.resources}


def _parts(address: str) -> list[str]:
    """The parts of an address; dots in instance keys don't part."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(address):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "." and depth == 0:
            parts.append(address[start:at])
            start = at + 1
    return [*parts, address[start:]]


def _is_done(kind: str, to: str, origin: str, addresses: Collection[str]) -> bool:
    def holds(wanted: str) -> bool:
        return any(address == wanted or address.startswith(f"{wanted}.") for address in addresses)

    return not holds(origin) if kind == "moved" else holds(to)
