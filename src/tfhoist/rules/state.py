"""Configuration and state side by side: what the rules about states share."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tfhoist.addresses import without_keys
from tfhoist.audit.links import qualified
from tfhoist.audit.scopes import BlockInstance, Evaluation, ModuleInstance
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import is_override
from tfhoist.hcl.expressions import Attr, Expression, Index, Literal, Variable
from tfhoist.rules.base import Context
from tfhoist.state.snapshot import Snapshot

InstanceKey = int | str | None


class Compared(msgspec.Struct, frozen=True):
    """One environment. `configured` has the instances of each block whose number is known, by the block's address.

    `unknown` are the blocks and module calls of an unknown number, and the calls of modules that aren't read;
    `declared` every block, by its address without keys. `moving` are the addresses that `moved`, `removed` and `import`
    blocks name.
    """

    evaluation: Evaluation
    snapshot: Snapshot
    configured: dict[str, dict[InstanceKey, BlockInstance]]
    declared: dict[str, Declaration]
    unknown: frozenset[str]
    moving: frozenset[str]
    in_state: dict[str, set[InstanceKey]]

    def is_unknown(self, block: str) -> bool:
        """Whether nothing can be said of a block."""
        bare = without_keys(block)
        return any(bare == one or bare.startswith(f"{one}.") for one in self.unknown)

    def is_moving(self, block: str) -> bool:
        """Whether a `moved`, `removed` or `import` block speaks of it."""
        bare = without_keys(block)
        return any(bare == one or bare.startswith(f"{one}.") for one in self.moving)


def compared(context: Context) -> Iterator[Compared]:
    """Every environment that has a snapshot."""
    moving = frozenset(_moving(context.module))
    for evaluation in context.evaluations:
        snapshot = context.snapshots.get(evaluation.name)
        if snapshot is None:
            continue
        configured, declared, unknown = _all_configured(evaluation)
        in_state: dict[str, set[InstanceKey]] = {}
        for resource in snapshot.resources:
            if resource.mode == "managed":
                keys = {instance.index_key for instance in resource.instances if not instance.deposed}
                in_state.setdefault(resource.address, set()).update(keys)
        yield Compared(evaluation, snapshot, configured, declared, frozenset(unknown), moving, in_state)


def configured_keys(evaluation: Evaluation) -> tuple[dict[str, set[InstanceKey]], frozenset[str]]:
    """The instance keys of each managed resource, by its address with its module's keys; and, without keys, the blocks and modules
    whose number isn't known."""
    configured, _, unknown = _all_configured(evaluation)
    return {address: set(instances) for address, instances in configured.items()}, frozenset(unknown)


def _all_configured(
    evaluation: Evaluation,
) -> tuple[dict[str, dict[InstanceKey, BlockInstance]], dict[str, Declaration], set[str]]:
    configured: dict[str, dict[InstanceKey, BlockInstance]] = {}
    declared: dict[str, Declaration] = {}
    unknown: set[str] = set()
    for owner in evaluation.modules:
        _configured(owner, configured, declared, unknown)
    return configured, declared, unknown


def _configured(
    owner: ModuleInstance,
    configured: dict[str, dict[InstanceKey, BlockInstance]],
    declared: dict[str, Declaration],
    unknown: set[str],
) -> None:
    bare = without_keys(owner.path)
    for declaration in owner.module.of("resource", "module"):
        if is_override(declaration.file.path):
            continue
        address = qualified(bare, declaration.address)
        instances = owner.instances(declaration)
        if declaration.kind == "module":
            if declaration.name not in owner.module.children or instances is None:
                unknown.add(address)
            continue
        declared.setdefault(address, declaration)
        if instances is None:
            unknown.add(address)
            continue
        block = qualified(owner.path, declaration.address)
        configured.setdefault(block, {}).update({instance.key: instance for instance in instances})


def _moving(module: Module) -> Iterator[str]:
    """The addresses, without keys, in `moved`, `removed` and `import` blocks of the root."""
    for declaration in module.of("moved", "removed", "import"):
        for name in ("from", "to"):
            expression = declaration.expression(name)
            address = _address(expression) if expression is not None else None
            if address is not None:
                yield address


def _address(expression: Expression) -> str | None:
    if isinstance(expression, Literal):
        return without_keys(expression.value) if isinstance(expression.value, str) else None
    names: list[str] = []
    current = expression
    while isinstance(current, Attr | Index):
        if isinstance(current, Attr):
            names.append(current.name)
        current = current.target
    return ".".join([current.name, *reversed(names)]) if isinstance(current, Variable) else None


def missing_keys(wanted: set[InstanceKey], there: set[InstanceKey]) -> set[InstanceKey]:
    """The wanted keys that aren't there. Terraform itself moves between no key and 0 when a `count` comes or goes."""
    missing = wanted - there
    if len(wanted) == 1 and len(there) == 1 and wanted | there == {None, 0}:
        return set()
    return missing
