"""What moves along with blocks: the files that they read, and the folders of local modules; and what can't.

A file function whose path begins with constant text is followed: the file is carried, or the folder where only the path's
beginning is known. Its content counts, not its path, so the path may be written another way; a path that is recorded in an argument
would be another value.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tfhoist.boundary.naming import unique
from tfhoist.configuration.load import Tree, all_modules, is_local_source, local_folder
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import FILE_FUNCTIONS, READS_ON
from tfhoist.consolidation.provisioners import reaches_back
from tfhoist.consolidation.recorded import is_path, pieces_of, recorded, records_path
from tfhoist.consolidation.rewrite import is_workspace, parts
from tfhoist.diagnostics import SourceRange
from tfhoist.findings import Refusal
from tfhoist.hcl.edit import Edit, apply_edits
from tfhoist.hcl.expressions import (
    Call,
    Expression,
    Literal,
    walk,
)
from tfhoist.secrets import holds_placeholder


class Read(NamedTuple):
    """A path that a function reads: a file, or the folder that the files lie in where only the beginning is constant.

    `base` is "module", "root", or "" for a path that stands alone and counts from the folder that Terraform runs in.
    """

    function: str
    base: str
    text: str
    expression: Expression


class Carried:
    """Collects the files and folders that one shared module takes along, and the refusals."""

    def __init__(
        self,
        module: Module,
        tree: Tree,
        nested: dict[str, list[Edit]],
        reads_elsewhere: Callable[[Declaration, int, int], bool],
        *,
        default_workspaces: bool,
    ) -> None:
        """`reads_elsewhere` tells whether a part of a declaration reads what stays, also through locals."""
        self.module = module
        self.tree = tree
        self.nested = nested
        self.reads_elsewhere = reads_elsewhere
        self.default_workspaces = default_workspaces
        self.files: dict[str, bytes] = {}
        self.beside_roots: dict[str, bytes] = {}  # by their path from the service root's folder, and a central root's
        self.folders: dict[str, str] = {}
        self.mounts: dict[str, str] = {}
        self.refusals: list[Refusal] = []

    def block(self, declaration: Declaration) -> list[Edit]:
        """Take along what a block of the root needs; the edits that its text needs for that."""
        self._check(declaration, declaration)
        edits = self._files_of_root(declaration)
        if declaration.kind == "module":
            edits += self._folder(declaration)
        return edits

    # files

    def _files_of_root(self, declaration: Declaration) -> list[Edit]:
        reads = self._reads(declaration, declaration)
        if reads is None:
            return []
        found = recorded(declaration, self.module, self.tree, _followed(reads))
        if found.problem:
            self._recorded(declaration, declaration, found.problem, found.advice)
            return []
        self.beside_roots |= found.files
        edits = list(found.edits)
        for read in reads:
            own = posixpath.normpath(read.text)
            if any(f"{path}/".startswith(f"{own}/") for path in found.files):
                edits += _from_root(read)  # the same file, not a second copy of it
                continue
            if self._carry(declaration, read, posixpath.normpath(posixpath.join(self.module.folder, read.text))):
                edits += _by_module(declaration, read)
        return edits

    def _carry(self, declaration: Declaration, read: Read, where: str) -> bool:
        own = posixpath.relpath(where, self.module.folder or ".")
        if own == "." or own.startswith("../") or where.startswith("../"):
            what = "the files of the root's own folder" if own == "." else f"{own}, which lies outside the root"
            self._refuse(
                "computed-path", declaration, f"{declaration.address} reads {what}",
                'Read it with a literal path inside the root, `file("${path.module}/folder/name")`, or keep the block local.',
            )  # fmt: skip
            return False
        found = [where] if where in self.tree else [path for path in self.tree if path.startswith(f"{where}/")]
        found = [path for path in found if "/.terraform/" not in path]
        if not found and read.function != "fileexists":
            self._refuse(
                "missing-file", declaration, f"{declaration.address} reads {own}, which isn't there",
                "Add the file, or keep the block local.",
            )  # fmt: skip
            return False
        for path in found:
            if read.function == "templatefile" and READS_ON.search(self.tree[path]):
                self._refuse(
                    "computed-path", declaration, f"{declaration.address} fills the template {own}, which reads other files",
                    "Read those files outside and pass their text, or keep the block local.",
                )  # fmt: skip
                return False
            self.files[posixpath.relpath(path, self.module.folder or ".")] = self.tree[path]
        return True

    def _reads(self, declaration: Declaration, blamed: Declaration) -> list[Read] | None:
        """The paths that a block's functions read; None, and a refusal, where one can't be followed."""
        found: list[Read] = []
        for expression in parts(declaration):
            for node in walk(expression):
                if not isinstance(node, Call):
                    continue
                name = node.name.removeprefix("core::")
                if _asks_where_it_runs(node, name):
                    self._recorded(
                        declaration, blamed, f"works out a path with `{name}()`, which is another one where the central root runs",
                        "Pass the path as a variable, or keep the block local.",
                    )  # fmt: skip
                    return None
                if name not in FILE_FUNCTIONS:
                    continue
                read = _path(node) if node.arguments and not node.expand else None
                if read is None:
                    self._computed(declaration, blamed)
                    return None
                found.append(read)
        return found

    def _computed(self, declaration: Declaration, blamed: Declaration) -> None:
        self._refuse(
            "computed-path", blamed,
            f"{_inside(declaration, blamed)} reads a file by a path that can't be followed",
            'Read it with a literal path, `file("${path.module}/name")`, or keep the block local.',
        )  # fmt: skip

    def _recorded(self, declaration: Declaration, blamed: Declaration, problem: str, advice: str) -> None:
        self._refuse("recorded-path", blamed, f"{_inside(declaration, blamed)} {problem}", advice)

    # folders

    def _folder(self, call: Declaration) -> list[Edit]:
        """Local modules move with their folder, and those that they call; `../x` comes to lie inside."""
        source = call.literal("source")
        attribute = call.body.attribute("source")
        child = self.module.children.get(call.name)
        if not isinstance(source, str) or attribute is None or not is_local_source(source):
            return []
        if child is None or not (child.files or child.json_files):
            self._refuse(
                "missing-module", call, f"module {call.name!r} is in {source}, which holds no configuration",
                "Add the folder, or keep the module local.",
            )  # fmt: skip
            return []
        folder = local_folder(self.module.folder, source)
        outside = folder.startswith("../")
        target = self._place(folder) if outside else folder
        modules = all_modules(child)
        group = [inner.folder for inner in modules if not f"{inner.folder}/".startswith(f"{folder}/")]
        places = {inner.folder: posixpath.join(target, posixpath.relpath(inner.folder, folder)) for inner in modules}
        if any(one.startswith("../") for one in group):
            # they call each other by relative paths, which stay
            places = self._mounted([inner.folder for inner in modules])
            target = places[folder]
        for inner in modules:
            if not self._inner(call, inner, inner.folder if inner.folder in group else folder):
                return []
            place = self.folders[inner.folder] = posixpath.normpath(places[inner.folder])
            prefix = f"{inner.folder}/"
            for path in self.tree:
                if path.startswith(prefix) and "/.terraform/" not in path:
                    self.files[f"{place}/{path[len(prefix) :]}"] = apply_edits(
                        self.tree[path], self.nested.get(path, [])
                    )
        if f"./{target}" == source or (posixpath.normpath(source) == target and source.startswith("./")):
            return []
        return [Edit(attribute.value_start, attribute.value_end, f'"./{target}"'.encode())]

    def _mounted(self, folders: list[str]) -> dict[str, str]:
        """Where folders in the root and beside it come to lie that call each other: as they lie to each other."""
        if any(not folder.startswith("../") for folder in folders):
            up = max(folder.split("/").count("..") for folder in folders)
            others = {name for path in self.tree if path.startswith("../") for name in path.split("/")}
            chain = [unique("root", others)] * up  # the folders above the root and its own: their names don't matter
            parts = {folder: folder.split("/") for folder in folders}
            rest = {
                folder: [*chain[: up - names.count("..")], *names[names.count("..") :]]
                for folder, names in parts.items()
            }
            above = "/".join([".."] * up)
        else:
            above = posixpath.commonpath(folders)
            rest = {folder: posixpath.relpath(folder, above).split("/") for folder in folders}
        if above not in self.mounts:
            taken = {place.split("/")[0] for place in self.folders.values()} | set(self.mounts.values())
            taken |= {path.split("/")[0] for path in self.tree if "/" in path and not path.startswith("../")}
            self.mounts[above] = unique("shared", taken)
        return {folder: posixpath.join(self.mounts[above], *names) for folder, names in rest.items()}

    def _place(self, folder: str) -> str:
        """Where a folder beside the service root comes to lie in the module: by its last name, unless that is taken."""
        if folder in self.folders:
            return self.folders[folder]
        taken = set(self.folders.values()) | {
            local_folder(self.module.folder, str(source))
            for call in self.module.of("module")
            if isinstance(source := call.literal("source"), str) and source.startswith("./")
        }
        return unique(f"modules/{posixpath.basename(folder)}", taken)

    def _inner(self, call: Declaration, inner: Module, folder: str) -> bool:
        """Whether a module that moves along with its folder may: what it reads lies inside that folder."""
        before = len(self.refusals)
        for declaration in inner.declarations:
            self._check(declaration, call)
            if declaration.json:
                continue
            reads = self._reads(declaration, call) or []
            path = records_path(declaration, _followed(reads))
            if path:
                self._recorded(
                    declaration, call, f"{path}, which is another path once it has moved",
                    "Keep the module local; or give it the path by a variable, from outside.",
                )  # fmt: skip
            for read in reads:
                where = posixpath.normpath(posixpath.join(inner.folder, read.text))
                if read.base != "module" or not f"{where}/".startswith(f"{folder}/"):
                    self._computed(declaration, call)
        return len(self.refusals) == before

    # what isn't carried

    def _check(self, declaration: Declaration, blamed: Declaration) -> None:
        """What this version doesn't carry is refused by name; `blamed` is the root's block that brings it along."""
        where = _inside(declaration, blamed)
        source = declaration.file.source
        if declaration.json:
            self._check_json(declaration, blamed)
        elif holds_placeholder(source[declaration.start : declaration.end]):
            self._refuse(
                "secret-would-move", blamed,
                f"{where} has a secret written into it, which would land in the central repository",
                "Make it a sensitive variable first.",
            )  # fmt: skip
        if declaration is not blamed and not self.default_workspaces and any(map(is_workspace, declaration.references)):
            self._refuse(
                "workspace-would-move", blamed,
                f"{where} reads terraform.workspace, which is another one in the central root",
                f"Give {blamed.address} the workspace by a variable of its own (`workspace = terraform.workspace`), or keep it local.",
            )  # fmt: skip
        for block in declaration.body.blocks_of("provisioner") + declaration.body.blocks_of("connection"):
            problem = reaches_back(block, self.tree, self.module.folder)
            if declaration is blamed and self.reads_elsewhere(declaration, block.start, block.end):
                problem = "reads what stays"
            if problem:
                self._refuse(
                    "provisioner-would-move", blamed,
                    f"{where} has a `{block.type}` that {problem}, and it would run where the central root is applied",
                    "Take it out first, or keep the block local.",
                )  # fmt: skip

    def _check_json(self, declaration: Declaration, blamed: Declaration) -> None:
        source = declaration.file.source
        if declaration is blamed:
            self._refuse(
                "json-would-move", declaration,
                f"{declaration.address} is defined in {declaration.file.path}, and .tf.json isn't moved",
                "Rewrite it as .tf, or override its placement to local.",
            )  # fmt: skip
        elif holds_placeholder(source) or any(
            word in source for word in (b'"provisioner"', b'"connection"', b"path.", *(name.encode() + b"(" for name in FILE_FUNCTIONS))
        ):  # fmt: skip
            self._refuse(
                "json-would-move", blamed,
                f"module {blamed.name!r} has {declaration.file.path}, which reads files, runs something or holds a secret",
                "Rewrite that file as .tf, or keep the module local.",
            )  # fmt: skip

    def _refuse(self, kind: str, declaration: Declaration, summary: str, advice: str) -> None:
        place = _named_in_json(declaration) if declaration.json else declaration.range
        refusal = Refusal(id=kind, address=declaration.address, range=place, summary=f"{summary}.", advice=advice)
        if refusal not in self.refusals:
            self.refusals.append(refusal)


def _named_in_json(declaration: Declaration) -> SourceRange:
    """The line of a .tf.json file where a block's name stands, behind its type's."""
    source, at = declaration.file.source, 0
    for name in (declaration.kind, declaration.type, declaration.name):
        at = max(at, source.find(f'"{name}"'.encode(), at)) if name else at
    line = source.count(b"\n", 0, at) + 1
    return SourceRange(declaration.file.path, line, line)


def _inside(declaration: Declaration, blamed: Declaration) -> str:
    if declaration is blamed:
        return declaration.address
    return f"{declaration.address or declaration.kind} in {declaration.file.path}, which {blamed.address} brings along,"


def _asks_where_it_runs(call: Call, name: str) -> bool:
    """Whether a function makes a path of the folder that Terraform runs in, or of the home of whoever runs it."""
    if name not in ("abspath", "pathexpand") or not call.arguments:
        return False
    given = call.arguments[0]
    text = given.value if isinstance(given, Literal) and isinstance(given.value, str) else ""
    return not text or text.startswith("~") or (name == "abspath" and not text.startswith("/"))


def _path(call: Call) -> Read | None:
    """What a file function reads, when its path begins with constant text."""
    base, text = "", ""
    pieces = list(pieces_of(call.arguments[0]))
    if pieces and is_path(pieces[0]):
        base = str(getattr(pieces.pop(0), "name", ""))
    while pieces and isinstance(pieces[0], Literal):
        text += str(getattr(pieces.pop(0), "value", ""))
    if any(is_path(inner) for piece in pieces for inner in walk(piece)) or base == "cwd":
        return None
    if (base and text and not text.startswith("/")) or (not base and (text.startswith(("/", "~")) or not text)):
        return None
    path = text.lstrip("/")
    if pieces:
        path = path.rpartition("/")[0]  # the folder that all the paths lie in
        if not path:
            return None
    return Read(call.name.removeprefix("core::"), base, path, call.arguments[0])


def _followed(reads: list[Read]) -> set[int]:
    """Where the paths stand that functions read."""
    return {part.start for read in reads for part in walk(read.expression)}


def _from_root(read: Read) -> Iterator[Edit]:
    """The edit that makes a path of the root's module count from the root still."""
    if read.base == "module":
        for node in walk(read.expression):
            if is_path(node):
                yield Edit(node.start, node.end, b"path.root")
                return


def _by_module(declaration: Declaration, read: Read) -> Iterator[Edit]:
    """The edits that make a path of the root count from the shared module."""
    for node in walk(read.expression):
        if read.base == "root" and is_path(node):
            yield Edit(node.start, node.end, b"path.module")
            return
    if read.base == "":
        start = read.expression.start
        if declaration.file.source[start : start + 1] == b'"':
            yield Edit(start + 1, start + 1, b"${path.module}/")
