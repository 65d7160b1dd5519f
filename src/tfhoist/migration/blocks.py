"""The strategy `blocks`: `import` blocks at the destination, `removed` blocks at the source, and Terraform writes both states itself.

What is planned here is which blocks there have to be, by which ids, and what speaks against it; what is looked at is which of it both
states show.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tfhoist.addresses import split_steps
from tfhoist.configuration.model import Module
from tfhoist.consolidation.imports import Import, Imports
from tfhoist.findings import Refusal
from tfhoist.hcl.expressions import Literal
from tfhoist.hcl.formatting import format_source
from tfhoist.hcl.syntax import parse_file
from tfhoist.imports.table import Importable, importing, source_of
from tfhoist.migration.model import DESTINATION, SOURCE, ImportBlock, MigrationPlan, Operation, Side
from tfhoist.state.snapshot import Snapshot
from tfhoist.state.surgery import ALREADY_GONE, ALREADY_THERE, Outcome

OWN = "the service root's own `import` block"
"""Where an id comes from that no table was asked for."""


class Standing(NamedTuple):
    """What both states show of a plan: what is at the destination, what has left the source, and what contradicts the plan."""

    imported: frozenset[str]
    forgotten: frozenset[str]
    problems: tuple[str, ...]

    def is_done(self, plan: MigrationPlan) -> bool:
        """Whether every instance is where it should be."""
        return all(is_done(one, self) for one in plan.operations)


def is_done(one: Operation, standing: Standing) -> bool:
    """Whether one operation is done, as both states show it."""
    return one.to in standing.imported if one.kind == "import" else one.from_ in standing.forgotten


def operations_of_blocks(outcomes: Sequence[Outcome]) -> tuple[Operation, ...]:
    """An import and a forget for each managed instance; data sources are read anew by any plan."""
    managed = [one for one in outcomes if not any(step == "data" for step in split_steps(one.from_))]
    imports = [
        Operation(f"import-{number:04d}", "import", one.from_, one.to, one.state in (ALREADY_THERE, ALREADY_GONE))
        for number, one in enumerate(managed, start=1)
    ]
    forgets = [
        Operation(f"forget-{number:04d}", "forget", one.from_, "", one.state == ALREADY_GONE)
        for number, one in enumerate(managed, start=1)
    ]
    return (*imports, *forgets)


def without_instances(snapshot: Snapshot, addresses: Collection[str]) -> Snapshot:
    """A snapshot without some instances."""
    return msgspec.structs.replace(
        snapshot,
        resources=tuple(
            msgspec.structs.replace(
                resource,
                instances=tuple(one for one in resource.instances if resource.instance_address(one) not in addresses),
            )
            for resource in snapshot.resources
        ),
    )


def ids_in(snapshot: Snapshot | None) -> dict[str, Importable | None]:
    """The import id of each current managed instance; None where there's none."""
    found: dict[str, Importable | None] = {}
    for resource in snapshot.resources if snapshot is not None else ():
        for instance in resource.instances:
            if resource.mode == "managed" and not instance.deposed:
                known = importing(resource, instance)
                found[resource.instance_address(instance)] = known if isinstance(known, Importable) else None
    return found


def type_of(address: str) -> str:
    """The resource type in an instance's address."""
    return split_steps(address)[-2]


# planning


def planned_imports(
    found: Imports,
    given: Mapping[str, str | None],
    module: str,
    ids: Mapping[str, Importable | None],
    accepted: Collection[str],
) -> tuple[tuple[ImportBlock, ...], tuple[Refusal, ...]]:
    """The blocks that are needed, and refusals of what has no import id and isn't `accepted`.

    `found` is what the source's state gives, `given` are the `import` blocks that the destination's root has, by their `to`. One that
    the service root brought along needs no id from the table.
    """
    blocks: list[ImportBlock] = []
    refused: list[Refusal] = []
    for one in found.blocks:
        there = given.get(one.to, one.id)
        if there != one.id:
            refused.append(
                Refusal(
                    id="import-differs", address=one.address,
                    summary=f"the `import` block of {one.to} has another id than the state gives ({one.id}).",
                    advice="Consolidate again with this state, so that each block imports what is there now.",
                )
            )  # fmt: skip
        blocks.append(_block(one, ids.get(one.address)))
    for left in found.created:
        own = given.get(f"{module}.{left.address}")
        if own is not None:
            blocks.append(ImportBlock(left.address, f"{module}.{left.address}", own, (), OWN))
        elif left.address not in accepted:
            source = source_of(type_of(left.address))
            refused.append(
                Refusal(
                    id="not-importable", address=left.address,
                    summary=f"{left.address} can't be imported: {left.why}{f' ({source})' if source else ''}.",
                    advice="Use the strategy `state`, which carries it; or let an apply create it anew: --accept.",
                )
            )  # fmt: skip
    return tuple(sorted(blocks, key=lambda one: one.to)), tuple(refused)


def _block(one: Import, known: Importable | None) -> ImportBlock:
    parts, warnings = (tuple(known.parts), known.warnings) if known is not None else ((), ())
    return ImportBlock(one.address, one.to, one.id, parts, source_of(type_of(one.address)), warnings)


def import_blocks(root: Module) -> dict[str, str | None]:
    """The `import` blocks of a root: `to` as it's written, and the id where it's a text that stands there."""
    found: dict[str, str | None] = {}
    for declaration in root.of("import"):
        attribute = declaration.body.attribute("to")
        if attribute is not None:
            to = declaration.file.text(attribute.value_start, attribute.value_end).strip()
            identity = declaration.literal("id")
            found[to] = identity if isinstance(identity, str) else None
    return found


def removed_blocks(sources: Mapping[str, bytes]) -> frozenset[str]:
    """What the `removed` blocks of some files forget and don't destroy."""
    found: set[str] = set()
    for path, source in sources.items():
        file = parse_file(path, source)
        for block in file.body.blocks_of("removed"):
            attribute = block.body.attribute("from")
            kept = any(
                one is not None and isinstance(one.expression, Literal) and one.expression.value is False
                for inner in block.body.blocks_of("lifecycle")
                for one in [inner.body.attribute("destroy")]
            )
            if attribute is not None and kept:
                found.add(file.text(attribute.value_start, attribute.value_end).strip())
    return frozenset(found)


def with_imports(existing: bytes | None, missing: Sequence[ImportBlock], service: str) -> bytes:
    """A file of `import` blocks with those that were missing."""
    blocks = tuple(Import(one.from_, one.to, one.id) for one in missing)
    text = Imports(blocks, ()).render(service)
    if existing is None:
        return text
    return existing.rstrip(b"\n") + b"\n\n" + text[text.index(b"import {") :]


def with_removed(existing: bytes | None, missing: Sequence[str]) -> bytes:
    """A file of `removed` blocks with those that were missing."""
    parts = [existing.decode().rstrip("\n")] if existing else []
    parts += [f"removed {{\n  from = {one}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}" for one in missing]
    return format_source(("\n\n".join(parts) + "\n").encode())


def objection(text: str) -> Refusal:
    """What a saved plan does and shouldn't, as a refusal."""
    return Refusal(
        id="plan-does-more", summary=f"{text}.", advice="Only what was planned may be imported or forgotten."
    )


# looking


def standing(plan: MigrationPlan, lives: Mapping[Side, Snapshot | None]) -> Standing:
    """What the live states show of a plan; None is one that isn't there. Of a side that wasn't read, nothing is said."""
    left, there = ids_in(lives.get(SOURCE)), ids_in(lives.get(DESTINATION))
    both = len(lives) == 2
    problems: list[str] = []
    wanted = {one.to: one for one in plan.imports}
    for one in plan.operations:
        if one.kind != "import":
            continue
        block = wanted.get(one.to)
        if block is not None and _differs(there.get(one.to), block.id):
            problems.append(f"a different resource (by its id) is at {one.to}")
        if block is not None and _differs(left.get(one.from_), block.id):
            problems.append(f"{one.from_} is another one than when it was planned")
        if both and one.to not in there and one.from_ not in left:
            problems.append(f"{one.from_} is in neither state")
    known = {one.from_ for one in plan.operations}
    came = [one for one in left if one not in known and _block_of(one) in plan.moved]
    problems += [f"{one} came to the service's state since the plan" for one in sorted(came)]
    addresses = [one for one in plan.operations if one.kind == "import"]
    return Standing(
        frozenset(one.to for one in addresses if one.to in there),
        frozenset(one.from_ for one in addresses if one.from_ not in left and SOURCE in lives),
        tuple(problems),
    )


def _differs(known: Importable | None, wanted: str) -> bool:
    return known is not None and known.id != wanted


def _block_of(address: str) -> str:
    """The block of the root that an instance belongs to: a resource, or a module call."""
    return ".".join(step.partition("[")[0] for step in split_steps(address)[:2])


# backwards


def back_imports(
    plan: MigrationPlan, destination: Snapshot | None, source: Snapshot | None
) -> tuple[list[Import], list[str]]:
    """The imports of the way back: what left the source, by the ids that the destination's state gives; and what has none."""
    left, there = ids_in(source), ids_in(destination)
    planned = {one.to: one.id for one in plan.imports}
    blocks: list[Import] = []
    without: list[str] = []
    for one in plan.operations:
        if one.kind != "import" or one.from_ in left:
            continue
        known = there.get(one.to)
        identity = known.id if known is not None else planned.get(one.to)
        if identity is None:
            without.append(one.from_)
        else:
            blocks.append(Import(one.to, one.from_, identity))
    return blocks, without
