"""`moved` blocks that a state hasn't behind yet: where Terraform will find what has another address in the configuration.

Source of the rules: Terraform's documentation, "Refactoring" (moved blocks chain; addresses are relative to the module that the block
stands in; an object that is there already stays).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.configuration.model import Declaration, Module
from tfhoist.state.addresses import AddressError, InstanceKey, inside, parse_address
from tfhoist.state.document import InstanceText, ResourceText


class Moving:
    """The moves of a root module and the local modules below it, over the resources of a state."""

    def __init__(self, root: Module | None, resources: Mapping[str, ResourceText]) -> None:
        self._moves: list[tuple[str, str]] = []  # absolute, as text: from, to
        self._there: dict[str, tuple[str, InstanceText]] = {}  # instance by its address, with that of its resource
        if root is None or not _any_moves(root):
            return
        paths: dict[str, set[str]] = {}  # a module's path without keys to its instances in the state
        for address, resource in resources.items():
            module = parse_address(address).module
            while module:
                paths.setdefault(without_keys(module), set()).add(module)
                module = _outer(module)
            for one in resource.instances:
                if not one.deposed:
                    self._there[address + index_suffix(one.key)] = (address, one)
        self._add(root, "", paths)

    def _add(self, module: Module, path: str, paths: Mapping[str, set[str]]) -> None:
        for declaration in module.of("moved"):
            ends = [_end(declaration, name) for name in ("from", "to")]
            if ends[0] and ends[1]:
                self._moves += [
                    (inside(here, ends[0]), inside(here, ends[1])) for here in sorted(paths.get(path, {path}))
                ]
        for name, child in module.children.items():
            self._add(child, inside(path, f"module.{name}"), paths)

    def to(
        self, address: str, keys: Iterable[InstanceKey] | None, there: Mapping[InstanceKey, InstanceText]
    ) -> dict[InstanceKey, InstanceText]:
        """The instances of a resource that the state still has under other addresses.

        None at all where some instance of the old address would be left over: what becomes of it isn't told here.
        """
        found: dict[InstanceKey, InstanceText] = {}
        used: set[str] = set()
        left: set[str] = set()
        for key in [None] if keys is None else keys:
            origin = self._origin(address + index_suffix(key)) if self._moves and key not in there else None
            if origin is not None:
                resource, found[key] = self._there[origin]
                used.add(origin)
                left.add(resource)
        named = {start for start, _ in self._moves}
        leftover = any(
            one not in used and one not in named for one, (resource, _) in self._there.items() if resource in left
        )
        return {} if leftover else found

    def _origin(self, target: str) -> str | None:
        """The instance in the state that will have this address."""
        seen = {target}
        pending = [target]
        while pending:
            current = pending.pop(0)
            for start, end in self._moves:
                before = start + current[len(end) :]
                if (
                    current.startswith(end)
                    and current[len(end) : len(end) + 1] in ("", ".", "[")
                    and before not in seen
                ):
                    if before in self._there:
                        return before
                    seen.add(before)
                    pending.append(before)
        return None


def _any_moves(module: Module) -> bool:
    return any(True for _ in module.of("moved")) or any(_any_moves(child) for child in module.children.values())


def _outer(module: str) -> str:
    """The module that holds another one."""
    steps = module.split(".module.")
    return ".module.".join(steps[:-1]) if len(steps) > 1 else ""


def _end(declaration: Declaration, name: str) -> str:
    attribute = declaration.body.attribute(name)
    if attribute is None:
        return ""
    text = "".join(declaration.file.text(attribute.value_start, attribute.value_end).split()).removeprefix("resource.")
    try:
        one = parse_address(text)
    except AddressError:
        return ""
    return one.resource + (index_suffix(one.key) if one.keyed else "")
