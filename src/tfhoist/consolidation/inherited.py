"""`create_before_destroy` that a block has only because a reader has it.

Terraform gives it to everything that such a block depends on (documentation page "The lifecycle Meta-Argument"), through
locals, data sources and the variables and outputs of modules. A block whose only reader of that kind is on the other side
now would lose it, so it's written on it explicitly.
"""

from __future__ import annotations

from collections.abc import Iterable

from tfhoist.configuration.merging import edit_as_written
from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.hcl.edit import Edit, insertion
from tfhoist.hcl.expressions import Literal
from tfhoist.hcl.references import Reference

Node = tuple[str, str]
"""A module's path ("" for the root, `module.a`) and an address in it."""


def declares(declaration: Declaration) -> bool:
    """Whether a block says `create_before_destroy = true` itself."""
    for block in declaration.body.blocks_of("lifecycle"):
        attribute = block.body.attribute("create_before_destroy")
        if attribute is not None and isinstance(attribute.expression, Literal):
            return attribute.expression.value is True
    return False


class Dependencies:
    """What each node of a root module and its local modules depends on directly."""

    def __init__(self, root: Module) -> None:
        self.modules: dict[str, Module] = {}
        self.reads: dict[Node, set[Node]] = {}
        pending: list[tuple[str, Module]] = [("", root)]
        while pending:
            path, module = pending.pop()
            self.modules[path] = module
            pending.extend((f"{path}.module.{name}".lstrip("."), child) for name, child in module.children.items())
        for path, module in sorted(self.modules.items()):
            for declaration in module.declarations:
                if declaration.address:
                    self._add(path, module, declaration)

    def _add(self, path: str, module: Module, declaration: Declaration) -> None:
        node = (path, declaration.address)
        reads = self.reads.setdefault(node, set())
        for reading in declaration.readings:
            reads |= self._targets(path, module, reading.reference)
        inner = f"{path}.{declaration.address}".lstrip(".")
        if declaration.kind == "module" and inner in self.modules:
            self._arguments(path, module, declaration, inner)

    def _targets(self, path: str, module: Module, reference: Reference) -> set[Node]:
        target = target_address(reference)
        if target not in module.definitions:
            return set()
        inner = f"{path}.{target}".lstrip(".")
        if target.startswith("module.") and inner in self.modules:
            names = [str(step.key) for step in reference.steps[1:] if step.kind == "attribute"]
            output = (inner, f"output.{names[0]}") if names else None
            if output is not None and output[1] in self.modules[inner].definitions:
                return {output}
            return {
                (below, d.address) for below in self._under(inner) for d in self.modules[below].of("resource", "module")
            }
        return {(path, target)}

    def _under(self, inner: str) -> list[str]:
        """A module and those inside it, however deep."""
        return [below for below in self.modules if f"{below}.".startswith(f"{inner}.")]

    def _arguments(self, path: str, module: Module, call: Declaration, inner: str) -> None:
        """A variable inside depends on its argument; all that is inside, however deep, on `depends_on`, `count` and `for_each`."""
        under = self._under(inner)
        for attribute in call.body.attributes:
            read: set[Node] = set()
            for reference in call.file.references_in(attribute.start, attribute.end):
                read |= self._targets(path, module, reference)
            if attribute.name in ("depends_on", "count", "for_each"):
                for below in under:
                    for declaration in self.modules[below].of("resource", "data", "module"):
                        self.reads.setdefault((below, declaration.address), set()).update(read)
            elif attribute.name != "providers":
                self.reads.setdefault((inner, f"var.{attribute.name}"), set()).update(read)

    def declaration(self, node: Node) -> Declaration | None:
        """The declaration of a node."""
        return self.modules[node[0]].get(node[1])

    def reached(self, start: Iterable[Node], among: set[Node]) -> set[Node]:
        """All that some nodes depend on, as far as it goes within `among` (resources elsewhere end the way)."""
        seen = set(start)
        pending = sorted(seen)
        while pending:
            for following in self.reads.get(pending.pop(), ()):
                if following not in seen and (following in among or not self.is_resource(following)):
                    seen.add(following)
                    pending.append(following)
        return seen

    @staticmethod
    def is_resource(node: Node) -> bool:
        """Whether a node is a managed resource or a call of a module that isn't read."""
        return not node[1].startswith(("var.", "local.", "output.", "data.", "ephemeral.", "provider."))

    def readers_first(self, nodes: set[Node]) -> list[Node]:
        """Nodes in an order in which readers come before what they read."""
        order: list[Node] = []
        seen: set[Node] = set()
        for start in sorted(nodes):
            stack = [(start, False)]
            while stack:
                node, done = stack.pop()
                if done:
                    order.append(node)
                elif node not in seen:
                    seen.add(node)
                    stack.append((node, True))
                    stack.extend((following, False) for following in sorted(self.reads.get(node, ())))
        order.reverse()
        return [node for node in order if node in nodes]


class Order:
    """Which resources of a root module, and of its local modules, are created before they're destroyed."""

    def __init__(self, root: Module) -> None:
        self.dependencies = Dependencies(root)
        modules = self.dependencies.modules
        self.resources = {(path, d.address) for path, module in modules.items() for d in module.of("resource")}
        self.declared = {
            node for node in self.resources if any(declares(d) for d in modules[node[0]].definitions[node[1]])
        }
        # a call of a module that isn't read passes it on, and nothing can be written into it
        self.closed = {
            (path, declaration.address)
            for path, module in modules.items()
            for declaration in module.of("module")
            if declaration.name not in module.children
        }
        self.before = self.dependencies.reached(self.declared, self.resources | self.closed) if self.declared else set()

    def lost(self, central: set[str]) -> list[Node]:
        """The resources that need it written, on either side: the fewest, since what they depend on inherits it again."""
        needed: list[Node] = []
        for side in (True, False) if self.declared else ():
            members = {node for node in self.resources | self.closed if _is_central(node, central) is side}
            kept = self.dependencies.reached(self.declared & members, members)
            for node in self.dependencies.readers_first(members & self.before):
                if node not in kept and node in self.resources:
                    needed.append(node)
                    kept |= self.dependencies.reached({node}, members)
        return sorted(needed)

    def gained(self, nodes: Iterable[Node], central: set[str]) -> list[tuple[Node, str]]:
        """Those of some nodes into whose module it can't be written, since another call of it, which is named, would gain it."""
        modules = self.dependencies.modules
        found: list[tuple[Node, str]] = []
        for node in nodes:
            others = (
                path
                for path, module in sorted(modules.items())
                if node[0] and path not in ("", node[0]) and module.folder == modules[node[0]].folder
                and _is_central((path, ""), central) is _is_central(node, central) and (path, node[1]) not in self.before
            )  # fmt: skip
            other = next(others, "")
            if other:
                found.append((node, other))
        return found


def _is_central(node: Node, central: set[str]) -> bool:
    top = ".".join(node[0].split(".")[:2]) if node[0] else node[1]
    return top in central


def nested_edits(root: Module, nodes: Iterable[Node], central: set[str], *, side: bool) -> dict[str, list[Edit]]:
    """The edits in files of local modules, by path, for the nodes of one side (`side` is true for the central one)."""
    modules = Dependencies(root)
    edits: dict[str, list[Edit]] = {}
    for node in nodes:
        declaration = modules.declaration(node)
        if node[0] and declaration is not None and _is_central(node, central) is side:
            for edit in explicit_edits(declaration):
                file, there = edit_as_written(declaration.file, edit)
                edits.setdefault(file.path, []).append(there)
    return {path: sorted(set(found)) for path, found in edits.items()}


def explicit_edits(declaration: Declaration) -> list[Edit]:
    """The edits that write it into a block."""
    block = declaration.block
    if block is None:
        return []
    source = declaration.file.source
    for lifecycle in block.body.blocks_of("lifecycle"):
        present = lifecycle.body.attribute("create_before_destroy")
        if present is not None:
            return [Edit(present.value_start, present.value_end, b"true")]
        return insertion(source, lifecycle, b"    create_before_destroy = true\n", first=True)
    return insertion(source, block, b"\n  lifecycle {\n    create_before_destroy = true\n  }\n")
