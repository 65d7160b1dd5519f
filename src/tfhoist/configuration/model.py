"""Modules and their declarations.

A `Declaration` is one definition of one address: an address that is defined twice has two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

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


class Declaration(NamedTuple):
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

    @property
    def body(self) -> Body:
        """The body of the block, or an empty one."""
        return self.block.body if self.block is not None else _EMPTY

    @property
    def range(self) -> SourceRange:
        """The lines that it stands in."""
        return self.file.range(self.start, self.end)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references inside, in the order of the file."""
        return self.file.references_in(self.start, self.end)

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

    def get(self, address: str) -> Declaration | None:
        """The first definition of an address."""
        several = self.definitions.get(address)
        return several[0] if several else None

    def of(self, *kinds: str) -> Iterator[Declaration]:
        """The declarations of some kinds, in the order of the files."""
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
    names = reference.names()
    root = names[0]
    if root in ("each", "count", "self", "path", "terraform"):
        return ""
    if root in ("var", "local", "module"):
        return ".".join(names[:2]) if len(names) > 1 else ""
    if root in ("data", "ephemeral"):
        return ".".join(names[:3]) if len(names) > 2 else ""
    if root == "resource":  # the long form, `resource.aws_lb.main`
        return ".".join(names[1:3]) if len(names) > 2 else ""
    return ".".join(names[:2]) if len(names) > 1 else ""


def address_steps(reference: Reference) -> int:
    """How many steps of a reference belong to the address that it names; what follows is read of it."""
    return 2 if reference.root in ("data", "ephemeral", "resource") else 1
