"""The `import` blocks of a central root: with them it may be applied before the states are moved.

Its first plan then imports what moved, and creates nothing. Where a state says so already, an `import` block plans nothing
(Terraform's documentation, "Import").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from tfhoist.addresses import split_steps
from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.load import all_modules
from tfhoist.configuration.model import Module
from tfhoist.configuration.versions import compatible
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.graph import Graph
from tfhoist.hcl.formatting import format_source
from tfhoist.imports.table import NotImportable, importing
from tfhoist.rules.state import configured_keys
from tfhoist.state.snapshot import Instance, ResourceState, Snapshot

IMPORT_BLOCKS = ">= 1.5"
"""The versions of Terraform that know `import` blocks."""


class Left(msgspec.Struct, frozen=True):
    """An instance that no `import` block names, by its address in the service root, and why.

    An early apply creates it a second time, but for one that isn't `configured`: that one it doesn't create at all.
    """

    address: str
    why: str
    configured: bool = True


class Import(msgspec.Struct, frozen=True):
    """One `import` block. `address` is that of the service root, `unknown` are arguments that an import can't know."""

    address: str
    to: str
    id: str
    unknown: tuple[str, ...] = ()


class Imports(msgspec.Struct, frozen=True):
    """The `import` blocks of one central root, and what they leave out."""

    blocks: tuple[Import, ...]
    left: tuple[Left, ...]

    @property
    def created(self) -> tuple[Left, ...]:
        """What an apply before the state is moved creates a second time."""
        return tuple(one for one in self.left if one.configured)

    def render(self, service: str) -> bytes:
        """The file; empty without a block."""
        if not self.blocks:
            return b""
        parts = [
            f"# What {service} brings along, by its ids. Until its state is moved here, a plan imports it and creates nothing;\n"
            "# afterwards these blocks do nothing. They go when the migration is final."
        ]
        parts += [f"import {{\n  to = {one.to}\n  id = {hcl_text(one.id)}\n}}" for one in self.blocks]
        return format_source(("\n\n".join(parts) + "\n").encode())


def build_imports(
    graph: Graph,
    environment: Environment,
    snapshot: Snapshot,
    moved: Collection[str],
    label: str,
    central: Module | None,
    redact: Callable[[bytes], bytes],
    carried: Collection[str] = (),
) -> Imports:
    """The imports of one environment: an instance of the state that moves and is configured has one, or a reason why not.

    `graph` is that of the service root, `central` the central root as it is. What is configured and not in the state needs none: it
    would be created on either side. `carried` are the addresses that `import` blocks of the service root name: those go along where
    there's no block from the state.
    """
    module = graph.module
    versions = _versions(module) + (_versions(central) if central is not None else [])
    too_old = compatible([*versions, IMPORT_BLOCKS]) is False
    configured, unknown = configured_keys(Evaluation(module, environment))
    blocks: list[Import] = []
    left: list[Left] = []
    taken: dict[tuple[str, str], str] = {}
    dependencies: dict[str, set[str]] = {}
    for resource, instance in _instances(snapshot, moved):
        address = resource.instance_address(instance)
        dependencies[address] = set(instance.dependencies or ())
        told = not _is_unknown(resource.address, unknown)
        found = importing(resource, instance)
        if told and instance.index_key not in configured.get(resource.address, ()):
            left.append(Left(address, "the configuration has no such instance", configured=False))
        elif too_old:
            left.append(Left(address, f"required_version ({', '.join(versions)}) leaves out Terraform 1.5 and newer"))
        elif isinstance(found, NotImportable):
            left.append(Left(address, found.why))
        elif redact(found.id.encode()) != found.id.encode():
            left.append(Left(address, "its import id has a secret in it"))
        elif (resource.type, found.id) in taken:
            left.append(Left(address, f"its import id is that of {taken[(resource.type, found.id)]} too"))
        else:
            taken[(resource.type, found.id)] = address
            blocks.append(Import(address, f"module.{label}.{address}", found.id, found.unknown_to_import))
    result = _without_replaced(graph, blocks, left, dependencies)
    return Imports(result.blocks, tuple(one for one in result.left if one.address not in carried))


def _without_replaced(
    graph: Graph, blocks: list[Import], left: list[Left], dependencies: Mapping[str, set[str]]
) -> Imports:
    """The imports without those of what reads something that nothing imports.

    An apply would create that something anew, so that what reads it, once imported, could be replaced: destroyed, that is. A name that
    is taken is the smaller harm.
    """
    created = {_bare(one.address): one.address for one in left if one.configured}
    kept: list[Import] = []
    for block in blocks:
        reads = dependencies[block.address] | graph.closure([_block(_bare(block.address))], ("",))
        found = sorted(created[address] for address in reads & created.keys())
        if found:
            left.append(Left(block.address, f"it reads {found[0]}, which nothing imports, and could be replaced"))
        else:
            kept.append(block)
    return Imports(tuple(kept), tuple(sorted(left, key=lambda one: one.address)))


def _instances(snapshot: Snapshot, moved: Collection[str]) -> list[tuple[ResourceState, Instance]]:
    """The managed instances that move, by address."""
    found = [
        (resource, instance)
        for resource in snapshot.resources
        if resource.mode == "managed" and _block(_bare(resource.address)) in moved
        for instance in resource.instances
        if not instance.deposed
    ]
    return sorted(
        found, key=lambda one: (one[0].address, isinstance(one[1].index_key, str), str(one[1].index_key).zfill(9))
    )


def _block(address: str) -> str:
    """The block of the service root that an address, without keys, belongs to: itself, or the module call that it's in."""
    return ".".join(address.split(".")[:2])


def _is_unknown(address: str, unknown: Collection[str]) -> bool:
    bare = _bare(address)
    return any(bare == one or bare.startswith(f"{one}.") for one in unknown)


def _bare(address: str) -> str:
    """An address without instance keys."""
    return ".".join(step.partition("[")[0] for step in split_steps(address))


def _versions(module: Module) -> list[str]:
    return [
        text
        for inner in all_modules(module)
        for declaration in inner.of("terraform")
        if isinstance(text := declaration.literal("required_version"), str)
    ]


def notes(folder: str, imports: Imports) -> list[str]:
    """What the imports leave open, as assumptions of the consolidation."""
    found: list[str] = []
    by_reason: dict[str, list[str]] = {}
    for one in imports.created:
        by_reason.setdefault(one.why, []).append(one.address)
    for why, addresses in sorted(by_reason.items()):
        found.append(
            f"{folder}: the state is moved before this root is applied, or it creates {', '.join(addresses)} a second time: nothing "
            f"imports that ({why})"
        )
    by_argument: dict[str, list[str]] = {}
    for block in imports.blocks:
        for name in block.unknown:
            by_argument.setdefault(name, []).append(block.address)
    for name, addresses in sorted(by_argument.items()):
        found.append(
            f"{folder}: the state is moved before this root is applied, or the plan after the import shows an update of {name} in "
            f"{', '.join(addresses)}: an import can't read that"
        )
    return found
