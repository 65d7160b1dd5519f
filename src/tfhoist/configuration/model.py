"""Modules and their declarations.

A `Declaration` is one definition of one address: an address that is defined twice has two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from tfhoist.configuration.paths import is_override
from tfhoist.diagnostics import Diagnostic, SourceRange
from tfhoist.hcl.bodies import Attribute, Block, Body
from tfhoist.hcl.expressions import Expression, Literal
from tfhoist.hcl.references import Reference
from tfhoist.hcl.syntax import File

MANAGED = "resource"
DATA = "data"
MODULE = "module"
VARIABLE = "variable"
LOCAL = "local"
OUTPUT = "output"
PROVIDER = "provider"

_EMPTY = Body()


VALUE = "value"
DEPENDS_ON = "depends_on"
REPLACE_TRIGGERED_BY = "replace_triggered_by"


class Reading(msgspec.Struct, frozen=True):
    """One reference of a declaration, its use (`VALUE`, `DEPENDS_ON` or `REPLACE_TRIGGERED_BY`), and the address that it names.

    `producer` is what `target_address` gives; whether that is declared, the module knows.
    """

    reference: Reference
    use: str
    producer: str


class Declaration(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One definition: `kind` is the block's type ("local" for one name of a `locals` block).

    `json` marks a definition of a `.tf.json` file, which has no block; `type` and `name` are the labels.
    """

    kind: str
    address: str
    type: str
    name: str
    file: File
    start: int
    end: int
    block: Block | None = None
    attribute: Attribute | None = None
    json: bool = False

    @cached_property
    def body(self) -> Body:
        """The body of the block, or an empty one."""
        return self.block.body if self.block is not None else _EMPTY

    @cached_property
    def range(self) -> SourceRange:
        """The lines that it stands in."""
        return self.file.range(self.start, self.end)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references inside, in the order of the file."""
        return self.file.references_in(self.start, self.end)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What it reads; names that only look like references are left out.

        No references: `provider = aws.east`, `providers = {...}`, `ignore_changes`, a variable's `type`, the addresses of `moved`,
        `import` and `removed` blocks, and what a `dynamic` block binds.
        """
        if self.attribute is not None or self.block is None:
            return tuple([Reading(reference, VALUE, target_address(reference)) for reference in self.references])
        if self.kind == "terraform":
            return ()
        other = _other_uses(self.kind, self.body)
        bound = _bound_names(self.body)
        found: list[Reading] = []
        for reference in self.references:
            start = reference.start
            use = next((use for first, end, use in other if first <= start < end), VALUE) if other else VALUE
            if use and not (bound and any(n == reference.root and first <= start < end for n, first, end in bound)):
                found.append(Reading(reference, use, target_address(reference)))
        return tuple(found)

    @property
    def text(self) -> str:
        """Its source."""
        return self.file.text(self.start, self.end)

    def expression(self, name: str) -> Expression | None:
        """The expression of one attribute of its body."""
        attribute = self.body.attribute(name)
        return attribute.expression if attribute is not None else None

    def literal(self, name: str) -> str | int | bool | None:
        """The value of an attribute that is a plain literal, else None."""
        expression = self.expression(name)
        value = expression.value if isinstance(expression, Literal) else None
        return value if isinstance(value, str | int | bool) else None


def _other_uses(kind: str, body: Body) -> list[tuple[int, int, str]]:
    """The bytes of arguments whose references are no values, each with their use; "" for what holds none."""
    found: list[tuple[int, int, str]] = []
    for attribute in body.attributes:
        name = attribute.name
        if name == "depends_on":
            found.append((attribute.start, attribute.end, DEPENDS_ON))
        elif name in _NO_REFERENCES and kind in _NO_REFERENCES[name]:
            found.append((attribute.start, attribute.end, ""))
    for block in body.blocks:
        if block.type == "lifecycle":
            for attribute in block.body.attributes:
                if attribute.name == "ignore_changes":
                    found.append((attribute.start, attribute.end, ""))
                elif attribute.name == "replace_triggered_by":
                    found.append((attribute.start, attribute.end, REPLACE_TRIGGERED_BY))
    return found


_NO_REFERENCES = {
    "provider": ("resource", "data", "ephemeral", "import"),
    "providers": ("module",),
    "type": ("variable",),
    "from": ("moved", "import", "removed"),
    "to": ("moved", "import", "removed"),
}


def _bound_names(body: Body) -> list[tuple[str, int, int]]:
    """The names that `dynamic` blocks bind anywhere in a body, each with the bytes of the `content` that it's bound in."""
    names: list[tuple[str, int, int]] = []
    pending = list(body.blocks)
    while pending:
        block = pending.pop()
        if block.type == "dynamic" and block.labels:
            iterator = block.body.attribute("iterator")
            named = getattr(iterator.expression, "name", "") if iterator is not None else ""
            name = str(named) or block.labels[0]
            names += [(name, content.start, content.end) for content in block.body.blocks_of("content")]
            names += [(name, found.start, found.end) for found in block.body.attributes if found.name == "labels"]
        pending.extend(block.body.blocks)
    return names


class Module:
    """One module: its files and declarations, and the local modules that it calls.

    `folder` is relative to the service root with `/` ("" for the root itself, `../modules/x` beside it). Override files are merged
    already: where there are some, `written` has the declarations as the files have them, and `unmerged` says what couldn't be merged.
    """

    def __init__(
        self,
        folder: str,
        files: tuple[File, ...],
        declarations: tuple[Declaration, ...],
        diagnostics: tuple[Diagnostic, ...],
        json_files: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.files = files
        self.declarations = declarations
        self.diagnostics = diagnostics
        self.json_files = json_files
        self.children: dict[str, Module] = {}
        self.written: tuple[Declaration, ...] = ()
        self.unmerged: tuple[Diagnostic, ...] = ()

    @cached_property
    def definitions(self) -> dict[str, tuple[Declaration, ...]]:
        """Address to its definitions."""
        found: dict[str, list[Declaration]] = {}
        for declaration in self.declarations:
            if declaration.address:
                found.setdefault(declaration.address, []).append(declaration)
        return {address: tuple(several) for address, several in found.items()}

    @cached_property
    def _by_kind(self) -> dict[str, list[Declaration]]:
        found: dict[str, list[Declaration]] = {}
        for declaration in self.declarations:
            found.setdefault(declaration.kind, []).append(declaration)
        return found

    def get(self, address: str) -> Declaration | None:
        """The first definition of an address."""
        several = self.definitions.get(address)
        return several[0] if several else None

    def of(self, *kinds: str) -> Iterator[Declaration]:
        """The declarations of some kinds, in the order of the files."""
        if len(kinds) == 1:
            return iter(self._by_kind.get(kinds[0], ()))
        return (declaration for declaration in self.declarations if declaration.kind in kinds)

    def without(self, dropped: frozenset[tuple[str, int]]) -> Module:
        """The module without some definitions, each given by its file and the byte where it starts."""
        kept = tuple(d for d in self.declarations if (d.file.path, d.start) not in dropped)
        module = Module(self.folder, self.files, kept, self.diagnostics, self.json_files)
        module.children = self.children
        module.written, module.unmerged = self.written, self.unmerged
        return module

    def as_written(self, declaration: Declaration) -> list[Declaration]:
        """The definitions in the files that make one of the module: itself, or a block and what is merged over it."""
        if not self.written or declaration.json:
            return [declaration]
        place = declaration.file.written(declaration.start)
        return [
            one
            for one in self.written
            if (one.file.path, one.start) == place
            or (one.address and one.address == declaration.address and is_override(one.file.path))
        ]


def target_address(reference: Reference) -> str:
    """The address of what a reference names in its own module, or "" for `each`, `count`, `self`, `path`, `terraform`.

    Also the names that a `dynamic` block binds look like resources: the caller knows what is declared.
    """
    root, steps = reference.root, reference.steps
    if root in _NOTHING_DECLARED or not steps or steps[0].kind != "attribute":
        return ""
    if root not in _TWO_STEPS:
        return f"{root}.{steps[0].key}"
    if len(steps) < 2 or steps[1].kind != "attribute":
        return ""
    address = f"{steps[0].key}.{steps[1].key}"
    return address if root == "resource" else f"{root}.{address}"  # the long form, `resource.aws_lb.main`


_NOTHING_DECLARED = ("each", "count", "self", "path", "terraform")
_TWO_STEPS = ("data", "ephemeral", "resource")


def address_steps(reference: Reference) -> int:
    """How many steps of a reference belong to the address that it names; what follows is read of it."""
    return 2 if reference.root in _TWO_STEPS else 1
