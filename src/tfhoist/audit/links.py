"""Which declaration reads which, through local modules too: arguments become a child's variables, its outputs are read back.

Nodes are addresses with their module's path (`module.vpc.aws_subnet.public`, `module.vpc.var.cidr`, `module.vpc.output.id`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from tfhoist.configuration.model import DEPENDS_ON, Declaration, Module, Reading
from tfhoist.graph import read_attribute

_WHOLE = "/*"


class Links:
    """The references of a root and its local modules. `opaque` are the calls of modules that aren't read."""

    def __init__(self, root: Module) -> None:
        self.edges: dict[str, set[str]] = {}
        self.declarations: dict[str, Declaration] = {}
        self.opaque: set[str] = set()
        pending = [("", root)]
        while pending:
            path, module = pending.pop()
            self._add_module(path, module)
            pending.extend((qualified(path, f"module.{name}"), child) for name, child in module.children.items())

    def _add_module(self, path: str, module: Module) -> None:
        whole = self.edges.setdefault(path + _WHOLE, set())
        for declaration in module.declarations:
            if not declaration.address or declaration.kind == "provider":
                continue
            node = qualified(path, declaration.address)
            self.declarations.setdefault(node, declaration)
            edges = self.edges.setdefault(node, set())
            if declaration.kind == "variable":
                continue
            if declaration.kind in ("resource", "data", "output"):
                whole.add(node)
                if path:
                    edges.add(path)
            if declaration.kind == "module":
                whole.add(node)
                self._add_call(path, module, declaration)
                if path:
                    edges.add(path)
                continue
            edges.update(filter(None, (_target(path, module, reading) for reading in declaration.readings)))

    def _add_call(self, path: str, module: Module, call: Declaration) -> None:
        node = qualified(path, call.address)
        child = module.children.get(call.name)
        if child is None:
            self.opaque.add(node)
        else:
            self.edges.setdefault(path + _WHOLE, set()).add(node + _WHOLE)
        for reading in call.readings:
            holder = node
            if child is not None and reading.use != DEPENDS_ON:
                start = reading.reference.start
                name = next((a.name for a in call.body.attributes if a.start <= start < a.end), "")
                if name not in ("count", "for_each"):
                    holder = f"{node}.var.{name}"
            target = _target(path, module, reading)
            if target:
                self.edges.setdefault(holder, set()).add(target)

    @cached_property
    def readers(self) -> dict[str, set[str]]:
        """Node to the nodes that read it directly."""
        found: dict[str, set[str]] = {}
        for node, targets in self.edges.items():
            for target in targets:
                found.setdefault(target, set()).add(node)
        return found

    def reached_by(self, node: str, passed: Callable[[str], bool]) -> set[str]:
        """The nodes that read `node`, directly or through nodes that `passed` lets through."""
        seen: set[str] = set()
        pending = [node]
        while pending:
            for reader in self.readers.get(pending.pop(), ()):
                if reader not in seen:
                    seen.add(reader)
                    if passed(reader):
                        pending.append(reader)
        return seen

    def carries(self, node: str) -> bool:
        """Whether a node only passes values on: locals, variables, outputs, data sources."""
        declaration = self.declarations.get(node)
        return declaration is not None and declaration.kind in ("local", "variable", "output", "data")

    def cycles(self) -> list[list[str]]:
        """One circle for each group of declarations that need each other, each from its first address."""
        found: list[list[str]] = []
        left = self._never_settled()
        for component in _components({node: sorted(self.edges[node] & left) for node in sorted(left)}, self.opaque):
            circle = _circle(component, self.edges)
            named = [node.removesuffix(_WHOLE) for node in circle]
            found.append(
                [node for node, before in zip(named, [None, *named], strict=False) if node != before or len(named) == 2]
            )
        return sorted(found)

    def _never_settled(self) -> set[str]:
        """The nodes left when those that read nothing left are taken away, again and again: all circles are among them."""
        reading = {node: len(targets) for node, targets in self.edges.items()}
        settled = [node for node, number in reading.items() if not number]
        settled += {target for targets in self.edges.values() for target in targets if target not in reading}
        for node in settled:
            for reader in self.readers.get(node, ()):
                reading[reader] -= 1
                if not reading[reader]:
                    settled.append(reader)
        return reading.keys() - set(settled)


def _target(path: str, module: Module, reading: Reading) -> str | None:
    """The node that is read; None for what isn't declared."""
    producer = reading.producer
    if producer not in module.definitions:
        return None
    node = qualified(path, producer)
    child = module.children.get(producer.removeprefix("module.")) if producer.startswith("module.") else None
    if child is None:
        return node
    output = read_attribute(reading.reference)
    if reading.use == DEPENDS_ON or not output:
        return node + _WHOLE
    return f"{node}.output.{output}" if f"output.{output}" in child.definitions else None


def qualified(path: str, address: str) -> str:
    """An address with its module's path."""
    return f"{path}.{address}" if path else address


def _components(edges: dict[str, list[str]], skipped: set[str]) -> list[list[str]]:
    """The strongly connected components that hold a circle (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for start in edges:
        if start in index or start in skipped:
            continue
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        work = [(start, iter(edges[start]))]
        while work:
            node, branches = work[-1]
            following = next(branches, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    if len(component) > 1 or node in edges[node]:
                        found.append(sorted(component))
            elif following in skipped:
                continue
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(edges.get(following, ()))))
            elif following in on_stack:
                low[node] = min(low[node], index[following])
    return found


def _circle(component: list[str], edges: dict[str, set[str]]) -> list[str]:
    """The shortest circle through the first member of a component that names a declaration; that one stands at both ends."""
    inside = set(component)
    start = next((node for node in component if not node.endswith(_WHOLE)), component[0])
    came: dict[str, str] = {}
    queue = [start]
    for node in queue:
        for following in sorted(edges.get(node, set()) & inside):
            if following == start:
                backwards = [start]
                while node != start:
                    backwards.append(node)
                    node = came[node]
                return [start, *reversed(backwards)]
            if following not in came:
                came[following] = node
                queue.append(following)
    return [start, start]
