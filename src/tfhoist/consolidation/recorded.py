"""Paths that a block records: `filename = "${path.module}/handler.zip"`.

Such a path is a value, so it has to stay as it is: counted from the folder that Terraform runs in, which is a central root's from
now on. So `path.module` and `path.root` become what they were, `.`, and what lies there comes along into each central root's folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import PATH_ARGUMENTS
from tfhoist.consolidation.rewrite import parts
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import Attr, Expression, Literal, Object, Parentheses, Template, Tuple, Variable, walk

WRITTEN = {("archive_file", "output_path")}
"""What a run writes itself, so that nothing has to be there."""

STAYS = frozenset({"local_file", "local_sensitive_file", "template_dir", "terraform_remote_state"})
"""Their files lie where the last apply has put them, or are states: they can't come along."""


class Recorded(NamedTuple):
    """What one block records: the files that come along, by their path from the root's folder, and the edits; or why not."""

    files: Mapping[str, bytes]
    edits: tuple[Edit, ...]
    problem: str = ""
    advice: str = ""


class _Path(NamedTuple):
    """A recorded path: the text that it begins with behind the root's folder, and whether more follows."""

    known: str
    open: bool
    written: bool
    command: bool


def records_path(declaration: Declaration, followed: set[int]) -> str:
    """What a block says that names a path, "" for nothing; `followed` are the places of paths that functions read."""
    for reference in declaration.references:
        if reference.root == "path" and reference.start not in followed:
            return f"uses {'.'.join(reference.names())}"
    for name in sorted(PATH_ARGUMENTS.get(declaration.type, ())):
        value = declaration.expression(name)
        if value is not None and _is_relative(value, declaration.type):
            return f"records a relative path ({name})"
    return ""


def recorded(declaration: Declaration, module: Module, tree: Tree, followed: set[int]) -> Recorded:
    """How a block of the root keeps the paths that it records; `followed` as above."""
    what = records_path(declaration, followed)
    if not what:
        return Recorded({}, ())
    own = [r for r in declaration.references if r.root == "path" and r.start not in followed]
    if declaration.type in STAYS or any(r.names()[1:2] not in (("module",), ("root",)) for r in own):
        return _refused(f"{what}, which is another path once it has moved")
    begun = {start: path for start, path in _templates(declaration) if start not in followed}
    if any(reference.start not in begun for reference in own):
        return _refused(f"{what}, which is another path once it has moved")
    files: dict[str, bytes] = {}
    for path in [*begun.values(), *_arguments(declaration)]:
        name = posixpath.normpath((path.known.rpartition("/")[0] if path.open else path.known).lstrip("/") or ".")
        if name == "." or name.startswith("../"):
            return _refused(f"{what}, which leads to {name}: that can't come along")
        found = _below(tree, posixpath.normpath(posixpath.join(module.folder, name)))
        if not found and not path.written and not (path.command and "/" not in path.known):
            return _refused(
                f"{what}, and {name} isn't there to come along",
                f"Add {name} to the service root (what a pipeline builds, it has to build in the central root too), or keep the "
                "block local.",
            )
        files |= {posixpath.relpath(place, module.folder or "."): tree[place] for place in found}
    source = declaration.file.source
    return Recorded(files, tuple(_here(source, reference.start, reference.end) for reference in own))


def _refused(problem: str, advice: str = "") -> Recorded:
    return Recorded(
        {}, (), problem, advice or "Keep the block local; or pass the path as a variable whose value stays the same."
    )


def _here(source: bytes, start: int, end: int) -> Edit:
    """`path.module` as the text that it is in a root module."""
    if source[start - 2 : start] == b"${" and source[end : end + 1] == b"}":
        return Edit(start - 2, end + 1, b".")
    return Edit(start, end, b'"."')


def _below(tree: Tree, where: str) -> list[str]:
    if where in tree:
        return [where]
    return [path for path in tree if path.startswith(f"{where}/") and "/.terraform/" not in path]


def _templates(declaration: Declaration) -> Iterator[tuple[int, _Path]]:
    """The texts that begin with `path.module` or `path.root` and go on below it, by where that stands."""
    written = {
        id(value)
        for name in PATH_ARGUMENTS.get(declaration.type, ())
        if (declaration.type, name) in WRITTEN and (value := declaration.expression(name)) is not None
    }
    for root in parts(declaration):
        for node in walk(root):
            if not isinstance(node, Template):
                continue
            pieces = list(pieces_of(node))
            if not pieces or not is_path(pieces[0]):
                continue
            known, rest = _known(pieces[1:])
            if known.startswith("/") and not any(is_path(inner) for piece in rest for inner in walk(piece)):
                yield pieces[0].start, _Path(known, bool(rest), id(node) in written, command=False)


def _arguments(declaration: Declaration) -> Iterator[_Path]:
    """The arguments that hold a relative path as constant text."""
    for name in sorted(PATH_ARGUMENTS.get(declaration.type, ())):
        value = declaration.expression(name)
        if value is None:
            continue
        for item in value.items if isinstance(value, Tuple) else (value,):
            if not _is_relative(item, declaration.type):
                continue
            known, rest = _known(list(pieces_of(item)))
            yield _Path(known, bool(rest), (declaration.type, name) in WRITTEN, command=name == "program")


def _known(pieces: list[Expression]) -> tuple[str, list[Expression]]:
    text = ""
    while pieces and isinstance(pieces[0], Literal):
        text += str(pieces[0].value)
        pieces = pieces[1:]
    return text, pieces


def _is_relative(value: Expression, kind: str) -> bool:
    """Whether an argument certainly holds a relative path."""
    match value:
        case Object(items=pairs) if kind == "terraform_remote_state":
            named = [item for key, item in pairs if isinstance(key, Literal) and key.value in ("path", "config_path")]
            return any(_is_relative(item, "") for item in named)
        case Tuple(items=items):
            return any(_is_relative(item, "") for item in items)
    first = next(pieces_of(value), None)
    if not isinstance(first, Literal) or not isinstance(first.value, str) or not first.value:
        return False
    return not first.value.startswith(("/", "~")) and (kind != "helm_release" or first.value.startswith("."))


def is_path(expression: Expression) -> bool:
    """Whether it is `path.module` or one of its like."""
    return isinstance(expression, Attr) and isinstance(expression.target, Variable) and expression.target.name == "path"


def pieces_of(expression: Expression) -> Iterator[Expression]:
    """The parts of a path: `path.x`, constant text, and what isn't known."""
    match expression:
        case Parentheses(inner=inner):
            yield from pieces_of(inner)
        case Template(parts=parts_):
            for part in parts_:
                yield from pieces_of(part)
        case _:
            yield expression
