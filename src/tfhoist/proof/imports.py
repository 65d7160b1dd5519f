"""The `import` blocks of a central root: each imports an instance that moved, and by the id of that very instance.

The ids are judged by the snapshot alone: which attributes name an instance is written beside its identities, and an id has to
be made of their values, each of them once, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from typing import Any

from tfhoist.addresses import index_suffix, split_address, split_steps
from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl.expressions import Attr, Expression, Index, Literal, Variable
from tfhoist.proof.identities import Identities, IdentityInstance
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.sides import CentralRoot

_SEPARATORS = frozenset("/:_,|")
_ARGUMENTS = frozenset({"to", "id"})


def check_imports(
    root: CentralRoot, moved: Collection[str], name: str, identities: Identities | None, before: Module
) -> Iterator[Obligation]:
    """The new `import` blocks of one environment; those that the service root had `before` may go along as they were."""
    carried = {(_target(d), d.literal("id")) for d in before.of("import") if not d.json}
    instances = {_address(one): one for one in (identities.instances if identities is not None else ())}
    moves = _movers(moved)
    label = f"module.{root.call.name}." if root.call is not None else "?"
    seen: dict[object, str] = {}
    for declaration in root.gained():
        if declaration.kind != "import" or declaration.json:
            continue
        result, target, detail = _judged(declaration, label, moves, identities, instances)
        if (
            result == UNDECIDED
            and identities is None
            and (target.removeprefix(label), declaration.literal("id")) in carried
        ):
            result, detail = HOLDS, "the service root imported it by the same id"
        wanted = declaration.literal("id")
        own = instances.get(target.removeprefix(label))
        for what, key in (("address", target), ("id", (own.type, wanted) if own is not None else None)):
            if key is not None and key in seen and result != FAILS:
                result, detail = FAILS, f"another `import` block has its {what}: {seen[key]}"
            seen.setdefault(key, str(declaration.range))
        yield Obligation("import", f"{root.folder}: import {target or declaration.range}", name, result, detail)


def unimported(root: CentralRoot, moved: Collection[str], identities: Identities | None) -> Iterator[str]:
    """A note on the instances that move and that nothing imports."""
    label = f"module.{root.call.name}." if root.call is not None else "?"
    imported = {_target(d).removeprefix(label) for d in root.gained() if d.kind == "import"}
    moves = _movers(moved)
    missing = [
        _address(one)
        for one in (identities.instances if identities is not None else ())
        if one.mode == "managed" and moves(_address(one)) and _address(one) not in imported
    ]
    if missing:
        yield f"{root.folder}: nothing imports {', '.join(missing)}; what of it is configured, an apply before the state is moved creates"


def _judged(
    declaration: Declaration,
    label: str,
    moves: Callable[[str], bool],
    identities: Identities | None,
    instances: dict[str, IdentityInstance],
) -> tuple[str, str, str]:
    """The result for one block, its address, and what is wrong with it."""
    target = _target(declaration)
    own = target.removeprefix(label)
    if not target:
        return UNDECIDED, "", "the address in `to` isn't constant"
    if own == target or not moves(own):
        return FAILS, target, "it imports something that didn't move"
    extra = {attribute.name for attribute in declaration.body.attributes} - _ARGUMENTS
    wanted = declaration.literal("id")
    if extra or not isinstance(wanted, str):
        return UNDECIDED, target, f"its id isn't a text that stands there{f' ({min(extra)})' if extra else ''}"
    if identities is None:
        return UNDECIDED, target, "there's no snapshot to compare its id with"
    instance = instances.get(own)
    if instance is None or instance.mode != "managed":
        return FAILS, target, "the snapshot has no such instance"
    others = {_address(one) for one in identities.instances if one.type == instance.type and _is_named(one, wanted)} - {
        own
    }
    if _is_named(instance, wanted):
        return HOLDS, target, ""
    if others:
        return FAILS, target, f"its id is that of another resource in the snapshot, {min(others)}"
    if instance.import_parts:
        return FAILS, target, "its id isn't made of what names this instance in the snapshot"
    if wanted in (instance.identities.get("id"), instance.identities.get("arn")):
        return HOLDS, target, ""
    return UNDECIDED, target, "the snapshot doesn't say what names this instance"


def _is_named(instance: IdentityInstance, text: str) -> bool:
    """Whether an id is made of all that names an instance."""
    parts = [_texts(name, value) for name, value in instance.import_parts.items()]
    flat = [alternatives for part in parts for alternatives in part]
    return bool(flat) and _is_made_of(text, flat)


def _texts(name: str, value: Any) -> list[frozenset[str]]:
    """What may stand in an id for an attribute: the texts for each of its members."""
    if isinstance(value, list):
        return [one for member in value for one in _texts(name, member)]
    if isinstance(value, bool):
        return [frozenset({"true", name})] if value else [frozenset({"false"})]
    text = str(value)
    return [frozenset({text, text.rpartition("/")[2]})]


def _is_made_of(text: str, parts: list[frozenset[str]]) -> bool:
    """Whether a text is all of some parts, in any order, with one separator between two."""
    pending = [(0, tuple(range(len(parts))))]
    tried: set[tuple[int, tuple[int, ...]]] = set()
    while pending:
        position, left = pending.pop()
        if (position, left) in tried:
            continue
        tried.add((position, left))
        for number in left:
            rest = tuple(one for one in left if one != number)
            for part in parts[number]:
                end = position + len(part)
                if not part or not text.startswith(part, position):
                    continue
                if end == len(text) and not rest:
                    return True
                if rest and text[end : end + 1] in _SEPARATORS:
                    pending.append((end + 1, rest))
    return False


def _movers(moved: Collection[str]) -> Callable[[str], bool]:
    """Whether an address is of something that moved, be it in a module that moved and whose files aren't at hand."""
    modules = {one for one in moved if split_address(one)[1].startswith("module.")}
    read = {split_address(one)[0] for one in moved}
    closed = tuple(f"{one}." for one in modules - read)

    def moves(address: str) -> bool:
        bare = ".".join(step.partition("[")[0] for step in split_steps(address))
        return bare in moved or bare.startswith(closed)

    return moves


def _address(instance: IdentityInstance) -> str:
    own = f"{instance.type}.{instance.name}"
    parts = (instance.module, own if instance.mode == "managed" else f"data.{own}")
    return ".".join(part for part in parts if part) + index_suffix(instance.index_key)


def _target(declaration: Declaration) -> str:
    """The address in `to`, with its keys; "" when it isn't constant."""
    expression = declaration.expression("to")
    return _constant_address(expression) if expression is not None else ""


def _constant_address(expression: Expression) -> str:
    ending: list[str] = []
    current = expression
    while not isinstance(current, Variable):
        if isinstance(current, Attr):
            ending.append(f".{current.name}")
        elif isinstance(current, Index) and isinstance(current.key, Literal):
            key = current.key.value
            if not isinstance(key, str | int | Decimal) or isinstance(key, bool):
                return ""
            # a number that isn't whole is no key: it stays as it is, and names nothing
            whole = isinstance(key, str) or key == int(key)
            ending.append(index_suffix(key if isinstance(key, str) else int(key)) if whole else f"[{key}]")
        else:
            return ""
        current = current.target
    return current.name + "".join(reversed(ending))
