"""A consolidated result as the mutations see it: its files, parsed, and the places in them that can be changed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tfhoist.api.proving import Out, read_out
from tfhoist.hcl.bodies import Attribute, Block, Body
from tfhoist.hcl.expressions import Expression, children
from tfhoist.hcl.syntax import File, parse_file

Changes = dict[str, bytes | None]
"""Path under OUT to its new content; None: the file is gone."""

DATA_FILES = (".tfvars", ".tfbackend")


class Site(NamedTuple):
    """One place: a block, an argument, or an expression in an argument, with all that is around it."""

    path: str
    file: File
    blocks: tuple[Block, ...] = ()  # outermost first; the last is the block itself, or the one that holds the argument
    attribute: Attribute | None = None
    above: tuple[Expression, ...] = ()  # the expressions around `expression`, outermost first
    expression: Expression | None = None

    @property
    def block(self) -> Block:
        """The block itself, or the one that holds the argument."""
        return self.blocks[-1]

    @property
    def top(self) -> str:
        """The type of the outermost block; "" in a file of values."""
        return self.blocks[0].type if self.blocks else ""

    @property
    def inner(self) -> str:
        """The type of the innermost block."""
        return self.blocks[-1].type if self.blocks else ""

    @property
    def name(self) -> str:
        """The argument's name."""
        return self.attribute.name if self.attribute is not None else ""

    @property
    def source(self) -> bytes:
        """The bytes of the file."""
        return self.file.source

    @property
    def text(self) -> str:
        """The source of the expression, the argument, or the block."""
        thing = self.expression or self.attribute or self.blocks[-1]
        return self.file.text(thing.start, thing.end)

    @property
    def parent(self) -> Expression | None:
        """The expression directly around this one."""
        return self.above[-1] if self.above else None

    def __str__(self) -> str:
        names = [" ".join((block.type, *block.labels)) for block in self.blocks]
        return ": ".join(part for part in (self.path, " / ".join(names), self.name) if part)


class Result:
    """One consolidated result. Nothing in it is changed; mutants are overlays."""

    def __init__(self, name: str, out: Out) -> None:
        self.name = name
        self.out = out
        self.files = out.files
        self.places: dict[str, list[Site]] = {}  # by kind, where it can be made
        self._parsed: dict[str, File] = {}
        self.root = f"service/{out.service_root}/" if out.service_root not in ("", ".") else "service/"
        self.folders = [f"central/{environment.central_folder}/" for environment in out.environments]

    def file(self, path: str) -> File:
        """One file, parsed."""
        if path not in self._parsed:
            self._parsed[path] = parse_file(path, self.files[path])
        return self._parsed[path]

    @cached_property
    def now(self) -> list[str]:
        """The files of both repositories as they are now."""
        return sorted(path for path in self.files if not path.startswith("before/"))

    @cached_property
    def new(self) -> frozenset[str]:
        """The files that the central repository gained."""
        return frozenset(
            path for path in self.now if path.startswith("central/") and f"before/{path}" not in self.files
        )

    @cached_property
    def module(self) -> str:
        """The folder of the shared module, with `/` at the end."""
        folders = {
            posixpath.dirname(path)
            for path in self.new
            if path.endswith(".tf") and not any(path.startswith(folder) for folder in self.folders)
        }
        return min(folders, key=len) + "/"

    def in_module(self, path: str) -> bool:
        """Whether a file is of the shared module's own folder."""
        return posixpath.dirname(path) + "/" == self.module

    def in_central_root(self, path: str) -> bool:
        """Whether a file is of a central root."""
        return posixpath.dirname(path) + "/" in self.folders

    def in_service_root(self, path: str) -> bool:
        """Whether a file is of the service root's own folder."""
        return posixpath.dirname(path) + "/" == self.root

    @cached_property
    def configuration(self) -> list[str]:
        """The `.tf` files as they are now."""
        return [path for path in self.now if path.endswith(".tf")]

    @cached_property
    def blocks(self) -> list[Site]:
        """Every block, nested ones too."""
        found: list[Site] = []
        for path in self.configuration:
            file = self.file(path)
            pending: list[tuple[tuple[Block, ...], Body]] = [((), file.body)]
            while pending:
                outer, body = pending.pop(0)
                for block in body.blocks:
                    found.append(Site(path, file, (*outer, block)))
                    pending.append(((*outer, block), block.body))
        return found

    @cached_property
    def attributes(self) -> list[Site]:
        """Every argument in a block."""
        return [site._replace(attribute=attribute) for site in self.blocks for attribute in site.block.body.attributes]

    @cached_property
    def assignments(self) -> list[Site]:
        """Every value in a file of values or of a backend's settings."""
        return [
            Site(path, self.file(path), (), attribute)
            for path in self.now
            if path.endswith(DATA_FILES)
            for attribute in self.file(path).body.attributes
        ]

    @cached_property
    def expressions(self) -> list[Site]:
        """Every expression in an argument or a value, also those inside another."""
        return [inner for site in (*self.attributes, *self.assignments) for inner in _inside(site)]


def _inside(site: Site) -> Iterator[Site]:
    assert site.attribute is not None
    pending: list[tuple[tuple[Expression, ...], Expression]] = [((), site.attribute.expression)]
    while pending:
        above, expression = pending.pop()
        yield site._replace(above=above, expression=expression)
        pending.extend(((*above, expression), child) for child in reversed(list(children(expression))))


def read_result(name: str, out: Path) -> Result:
    """The result under a folder that `tfhoist consolidate` wrote."""
    return Result(name, read_out(out))
