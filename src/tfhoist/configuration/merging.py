"""Override files, merged over the others as Terraform does (documentation page "Override Files").

- An override block merges into the block with the same header; several do so in the order of their files.
- An argument replaces the argument of that name; of the lifecycle block, one by one (documented for managed resources).
- Nested blocks replace all blocks of their type, `dynamic` ones included; nothing inside of them is merged.
- A local replaces the local of that name; `required_providers` merges entry by entry; `backend` and `cloud` replace each other.

A merged file is text, made of pieces of the written files, and parsed again: whoever reads a module needs no rule of merging.
Each byte knows where it was written, so ranges are those of the written files, and an edit can be made there. What can't be merged
exactly, and what Terraform rejects, is a `Diagnostic` of its own: such a module is read, but nothing may be concluded from it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from tfhoist.diagnostics import Diagnostic, LineIndex, Severity, SourceRange, article
from tfhoist.hcl import parser
from tfhoist.hcl.bodies import Attribute, Block, Body
from tfhoist.hcl.edit import Edit, removal, with_comments
from tfhoist.hcl.expressions import Literal, Object, Tuple, Variable
from tfhoist.hcl.references import collect
from tfhoist.hcl.syntax import File

_LIFECYCLE = ("create_before_destroy", "prevent_destroy", "ignore_changes")
_VARIABLE = ("default", "description", "sensitive", "type", "nullable")
_OUTPUT = ("value", "description", "sensitive")
_STORES = ("backend", "cloud")

_REJECTED = "Terraform rejects it too: take it out of the override file."
_INEXACT = "Write it into the block itself."


class Piece(NamedTuple):
    """The bytes of a merged file from `start` up to `end`, which were written at `offset` of `file`."""

    start: int
    end: int
    file: File
    offset: int


class MergedFile(File):
    """A file with the override files merged into its blocks."""

    def __init__(self, path: str, source: bytes, body: Body, pieces: tuple[Piece, ...]) -> None:
        super().__init__(path, source, body, collect(body), [])
        self.pieces = pieces

    def piece(self, offset: int) -> Piece | None:
        """The piece that holds a byte, or the nearest one above."""
        index = bisect_right(self.pieces, offset, key=lambda piece: piece.start) - 1
        return self.pieces[index] if index >= 0 else None

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the written files."""
        return _WrittenLines(self)

    def written(self, offset: int) -> tuple[str, int]:
        """The file and the offset at which a byte was written."""
        piece = self.piece(offset)
        return (piece.file.path, piece.offset + offset - piece.start) if piece is not None else (self.path, offset)

    def range(self, start: int, end: int) -> SourceRange:
        """The lines where a slice was written; of the file that it begins in."""
        first, last = self.piece(start), self.piece(max(start, end - 1))
        if first is None or last is None:
            return SourceRange(self.path, 1, 1)
        begin = first.offset + min(start, first.end) - first.start
        here = last if last.file is first.file else first
        finish = here.offset + min(end, here.end) - here.start
        return first.file.range(begin, max(begin, finish))


class _WrittenLines(LineIndex):
    """Diagnostics at a byte of a merged file show the written one."""

    __slots__ = ("_file",)

    def __init__(self, file: MergedFile) -> None:
        super().__init__(file.source)
        self._file = file

    def range(self, file: str, start: int, end: int) -> SourceRange:
        return self._file.range(start, end)

    def diagnostic(
        self, file: str, offset: int, summary: str, advice: str = "", severity: Severity = Severity.ERROR
    ) -> Diagnostic:
        piece = self._file.piece(offset)
        if piece is None:
            return super().diagnostic(file, offset, summary, advice, severity)
        at = piece.offset + min(offset, piece.end) - piece.start
        return piece.file.lines.diagnostic(piece.file.path, at, summary, advice, severity)


def edit_as_written(file: File, edit: Edit) -> tuple[File, Edit]:
    """An edit of a merged file as an edit of the file that was written; raises `ValueError` where several would change."""
    if not isinstance(file, MergedFile):
        return file, edit
    pieces = [piece for piece in file.pieces if piece.start <= edit.start and edit.end <= piece.end]
    if not pieces:
        raise ValueError(f"an edit at byte {edit.start} of {file.path} changes what several files say")
    # between two pieces, the block's own file is the place for something new
    piece = min(pieces, key=lambda one: one.file.path != file.path)
    shift = piece.offset - piece.start
    return piece.file, Edit(edit.start + shift, edit.end + shift, edit.text)


class Merged(NamedTuple):
    """The files without the override files, and what couldn't be merged."""

    files: tuple[File, ...]
    problems: tuple[Diagnostic, ...]


def merge(files: Iterable[File], overrides: Iterable[File]) -> Merged:
    """Merge override files, in Terraform's order, over the others; both without errors."""
    return _Merger(list(files), list(overrides)).merge()


_Part = tuple[File, int, int] | bytes
"""A slice of a written file, or text of our own."""


class _Cut(NamedTuple):
    """Bytes of a base file that give way to others."""

    start: int
    end: int
    parts: tuple[_Part, ...]


class _Over(NamedTuple):
    """A block of an override file."""

    file: File
    block: Block


class _Item(NamedTuple):
    """An argument of an override file."""

    file: File
    attribute: Attribute


class _Merger:
    def __init__(self, files: list[File], overrides: list[File]) -> None:
        self.base = files
        self.overrides = overrides
        self.problems: list[Diagnostic] = []
        self.cuts: dict[str, list[_Cut]] = {}
        self.promoted: dict[str, list[Block]] = {}  # blocks of override files that have nothing to override, by path
        self.blocks: dict[tuple[str, ...], list[tuple[File, Block]]] = {}
        self.locals: dict[str, list[tuple[File, Attribute]]] = {}

    def merge(self) -> Merged:
        for file in self.base:
            for block in file.body.blocks:
                self._add(file, block)
        over: dict[tuple[str, ...], list[_Over]] = {}
        named: dict[str, list[_Item]] = {}
        for file in self.overrides:
            for block in file.body.blocks:
                if block.type == "locals":
                    for attribute in block.body.attributes:
                        named.setdefault(attribute.name, []).append(_Item(file, attribute))
                elif block.type in ("moved", "import", "removed", "check"):
                    self._problem(
                        file, block, f"{article(block.type)} `{block.type}` block in an override file", _REJECTED
                    )
                else:
                    over.setdefault(_header(block), []).append(_Over(file, block))
        for name, several in named.items():
            self._local(name, several)
        for header, blocks in over.items():
            if header == ("terraform",):
                self._terraform(blocks)
            else:
                self._merge_block(header, blocks)
        files = [self._built(file) for file in self.base]
        for file in self.overrides:
            kept = self.promoted.get(file.path)
            if kept:
                files.append(_only(self._built(file), file, kept))
        return Merged(tuple(files), tuple(self.problems))

    def _add(self, file: File, block: Block) -> None:
        if block.type == "locals":
            for attribute in block.body.attributes:
                self.locals.setdefault(attribute.name, []).append((file, attribute))
        else:
            self.blocks.setdefault(_header(block), []).append((file, block))

    def _problem(self, file: File, thing: Block | Attribute, what: str, advice: str) -> None:
        self.problems.append(file.lines.diagnostic(file.path, thing.start, f"{what} can't be merged", advice))

    def _cut(self, file: File, start: int, end: int, *parts: _Part) -> None:
        self.cuts.setdefault(file.path, []).append(_Cut(start, end, parts))

    def _promote(self, one: _Over) -> None:
        self.promoted.setdefault(one.file.path, []).append(one.block)
        self._add(one.file, one.block)

    def _local(self, name: str, several: list[_Item]) -> None:
        base = self.locals.get(name)
        if base is None:
            self._problem(
                several[0].file, several[0].attribute, f"local.{name}, which no other file declares,", _REJECTED
            )
            return
        for file, attribute in base:
            self._replace(file, attribute, several[-1])

    def _replace(self, file: File, attribute: Attribute, item: _Item) -> None:
        other = item.attribute
        self._cut(
            file, attribute.value_start, attribute.value_end, (item.file, other.value_start, other.value_end)
        )  # fmt: skip

    # blocks with a header of their own

    def _merge_block(self, header: tuple[str, ...], over: list[_Over]) -> None:
        base = self.blocks.get(header)
        if base is None:
            first = over[0]
            if first.block.type == "provider" and len(header) == 2:
                # a provider without a configuration has an empty one
                self._promote(first)
                base, over = [(first.file, first.block)], over[1:]
            else:
                name = " ".join((first.block.type, *first.block.labels))
                self._problem(first.file, first.block, f"{name}, which no other file declares,", _REJECTED)
                return
        for file, block in base:
            self._checks(file, block, over)
            arguments = {a.name: _Item(one.file, a) for one in over for a in one.block.body.attributes}
            added = self._arguments(file, block, arguments) + self._nested(file, block, over)
            if block.type == "resource":
                added += self._lifecycle(file, block, over)
            self._append(file, block, added)

    def _checks(self, file: File, block: Block, over: list[_Over]) -> None:
        """What Terraform rejects, or doesn't merge as its documentation says."""
        allowed = {"variable": _VARIABLE, "output": _OUTPUT}.get(block.type)
        for one in over:
            for attribute in one.block.body.attributes:
                if attribute.name == "depends_on":
                    self._problem(one.file, attribute, "depends_on in an override file", _REJECTED)
                elif allowed is not None and attribute.name not in allowed:
                    self._problem(one.file, attribute, f"`{attribute.name}` in an override file", _INEXACT)
                elif attribute.name == "providers" and isinstance(attribute.expression, Object):
                    if not attribute.expression.items:
                        self._problem(one.file, attribute, "an empty `providers` in an override file", _INEXACT)
                elif attribute.name == "description" and attribute.expression == Literal(
                    attribute.expression.start, attribute.expression.end, ""
                ):
                    self._problem(one.file, attribute, "an empty description in an override file", _INEXACT)
                elif attribute.name == "type" and block.type == "variable":
                    has_default = [o for o in over if o.block.body.attribute("default") is not None]
                    if block.body.attribute("default") is not None and not has_default:
                        # the default has been converted to the old type by then
                        self._problem(one.file, attribute, "the type of a variable with a default", _INEXACT)
                elif attribute.name in ("count", "for_each") and block.type != "variable":
                    other = "for_each" if attribute.name == "count" else "count"
                    if any(b.body.attribute(other) is not None for b in (block, *(o.block for o in over))):
                        self._problem(one.file, attribute, f"`{attribute.name}` over `{other}`", _INEXACT)
            for kind in ("lifecycle", "connection"):
                for inner in one.block.body.blocks_of(kind)[1:]:
                    if block.type == "resource":
                        self._problem(one.file, inner, f"a second `{kind}` block in an override file", _REJECTED)
            if allowed is not None:
                for inner in one.block.body.blocks:
                    self._problem(
                        one.file, inner, f"{article(inner.type)} `{inner.type}` block in an override file", _REJECTED
                    )
            if block.type == "module" and block.body.attribute("depends_on") is not None:
                self._problem(one.file, one.block, "a module that has depends_on", _REJECTED)
            if block.type == "data":
                for inner in one.block.body.blocks_of("lifecycle"):
                    self._problem(one.file, inner, "a lifecycle block over a data source", _INEXACT)

    def _arguments(self, file: File, block: Block, arguments: dict[str, _Item]) -> list[_Part]:
        """Replace arguments in their place; what the new ones are."""
        added: list[_Part] = []
        for name, item in arguments.items():
            present = block.body.attribute(name)
            if present is not None:
                self._replace(file, present, item)
            else:
                added += _indented(item.file, with_comments(item.file.source, item.attribute.start), item.attribute.end)
        return added

    def _nested(self, file: File, block: Block, over: list[_Over]) -> list[_Part]:
        """Take out the nested blocks that give way; what the new ones are."""
        added: list[_Part] = []
        for kind, several in _last_of_each_type(over):
            for present in block.body.blocks:
                if _type_of(present) == kind:
                    self._cut(file, *removal(file.source, present)[:2])
            for one in several:
                added.append(b"\n")
                added += _indented(one.file, with_comments(one.file.source, one.block.start), one.block.end)
        return added

    def _lifecycle(self, file: File, block: Block, over: list[_Over]) -> list[_Part]:
        """Merge the lifecycle blocks; a new one if there was none."""
        arguments: dict[str, _Item] = {}
        for one in over:
            for lifecycle in one.block.body.blocks_of("lifecycle"):
                for inner in lifecycle.body.blocks:
                    self._problem(
                        one.file, inner, f"{article(inner.type)} `{inner.type}` block in an override file", _REJECTED
                    )
                for attribute in lifecycle.body.attributes:
                    if attribute.name not in _LIFECYCLE or _is_odd(block, attribute):
                        self._problem(one.file, attribute, f"this `{attribute.name}` in an override file", _INEXACT)
                    arguments[attribute.name] = _Item(one.file, attribute)
        present = block.body.blocks_of("lifecycle")
        if present:
            self._append(file, present[0], self._arguments(file, present[0], arguments))
            return []
        return _block(b"lifecycle", arguments.values())

    def _append(self, file: File, block: Block, added: list[_Part]) -> None:
        """Put lines at the end of a block; one that stands on one line is opened up, whatever is replaced in it."""
        if b"\n" not in file.source[block.open : block.close]:
            at = block.open + 1
            for attribute in block.body.attributes:  # one at most
                self._cut(file, at, attribute.start, b"\n  ")
                at = attribute.end
            self._cut(file, at, block.close, b"\n", *added)
        elif added:
            line = file.source.rfind(b"\n", 0, block.close) + 1
            alone = not file.source[line : block.close].strip()
            at = line if alone else block.close
            self._cut(file, at, at, *(added if alone else (b"\n", *added)))

    # settings of Terraform itself: each by itself, whichever block has it

    def _terraform(self, over: list[_Over]) -> None:
        base = list(self.blocks.get(("terraform",), ()))
        there: set[str] = set()
        for one in over:
            for inner in one.block.body.blocks:
                if inner.type in _STORES and one.file.path in there:
                    self._problem(one.file, inner, "a second backend in an override file", _REJECTED)
                there |= {one.file.path} if inner.type in _STORES else set()
        if not base:
            self._promote(over[0])
            base, over = [(over[0].file, over[0].block)], over[1:]
        for one in over:
            for attribute in one.block.body.attributes:
                if attribute.name != "required_version":
                    self._problem(one.file, attribute, f"`{attribute.name}` in an override file", _INEXACT)
        arguments = {a.name: _Item(one.file, a) for one in over for a in one.block.body.attributes}
        stores = [_Over(one.file, b) for one in over for b in one.block.body.blocks if b.type in _STORES]
        requirements = {
            a.name: _Item(one.file, a)
            for one in over
            for b in one.block.body.blocks_of("required_providers")
            for a in b.body.attributes
        }
        for one in over:
            for inner in one.block.body.blocks:
                if inner.type not in (*_STORES, "required_providers"):
                    self._problem(
                        one.file, inner, f"{article(inner.type)} `{inner.type}` block in an override file", _INEXACT
                    )
        holders = [(file, b) for file, block in base for b in block.body.blocks_of("required_providers")]
        for name, item in list(requirements.items()):
            for file, holder in holders:
                present = holder.body.attribute(name)
                if present is not None:
                    self._replace(file, present, item)
                    requirements.pop(name, None)
        version = arguments.get("required_version")
        extra: dict[str, _Item] = dict(arguments)
        for file, block in base:
            present = block.body.attribute("required_version")
            if present is not None and version is not None:
                self._replace(file, present, version)  # several say the same then, which is one constraint
                extra.pop("required_version", None)
        if stores:
            for file, block in base:
                for inner in block.body.blocks:
                    if inner.type in _STORES:
                        self._cut(file, *removal(file.source, inner)[:2])
        added: list[_Part] = []
        for item in extra.values():
            added += _indented(item.file, item.attribute.start, item.attribute.end)
        for one in stores[-1:]:
            added += _indented(one.file, one.block.start, one.block.end)
        self._append(*base[0], added + _block(b"required_providers", requirements.values()))

    # text

    def _built(self, file: File) -> File:
        cuts = self.cuts.get(file.path)
        if not cuts:
            return file
        source: list[bytes] = []
        pieces: list[Piece] = []
        length = position = 0

        def put(part: _Part) -> None:
            nonlocal length
            text = part if isinstance(part, bytes) else part[0].source[part[1] : part[2]]
            if not isinstance(part, bytes) and text:
                pieces.append(Piece(length, length + len(text), part[0], part[1]))
            source.append(text)
            length += len(text)

        for cut in sorted(cuts, key=lambda one: (one.start, one.end)):
            put((file, position, max(position, cut.start)))
            for part in cut.parts:
                put(part)
            position = max(position, cut.end)  # two that give way may share the blank lines between them
        put((file, position, len(file.source)))
        text = b"".join(source)
        bom = len(b"\xef\xbb\xbf") if text.startswith(b"\xef\xbb\xbf") else 0
        return MergedFile(file.path, text, parser.parse_body(text, bom, len(text)), tuple(pieces))


def _header(block: Block) -> tuple[str, ...]:
    if block.type == "provider":
        alias = block.body.attribute("alias")
        if alias is not None and isinstance(alias.expression, Literal):
            return (block.type, *block.labels, str(alias.expression.value))
    return (block.type, *block.labels)


def _type_of(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _last_of_each_type(over: list[_Over]) -> list[tuple[str, list[_Over]]]:
    """The nested blocks by type, of the last override that has some of it; `lifecycle` is merged otherwise."""
    found: dict[str, list[_Over]] = {}
    for one in over:
        mine: dict[str, list[_Over]] = {}
        for block in one.block.body.blocks:
            if _type_of(block) != "lifecycle" or one.block.type != "resource":
                mine.setdefault(_type_of(block), []).append(_Over(one.file, block))
        found |= mine
    return list(found.items())


def _is_odd(block: Block, attribute: Attribute) -> bool:
    """An `ignore_changes` that doesn't replace the old one: an empty list, or `all` on either side."""
    if attribute.name != "ignore_changes":
        return False
    old = [a for b in block.body.blocks_of("lifecycle") if (a := b.body.attribute("ignore_changes")) is not None]
    if any(isinstance(a.expression, Variable) for a in (*old, attribute)):
        return True
    return not isinstance(attribute.expression, Tuple) or not attribute.expression.items


def _indented(file: File, start: int, end: int, indent: bytes = b"  ") -> Iterator[_Part]:
    """A slice on lines of its own."""
    text = file.source[start:end]
    if not text.startswith((b" ", b"\t")):
        yield indent
    yield file, start, end
    if not text.endswith(b"\n"):
        yield b"\n"


def _block(kind: bytes, items: Iterable[_Item]) -> list[_Part]:
    """A nested block of some arguments; nothing when there are none."""
    lines = [part for item in items for part in _indented(item.file, item.attribute.start, item.attribute.end, b"    ")]
    return [b"\n  " + kind + b" {\n", *lines, b"  }\n"] if lines else []


def _only(built: File, written: File, kept: list[Block]) -> File:
    """A file with some of its blocks only (the same ones, after others were merged into them)."""
    places = [number for number, block in enumerate(written.body.blocks) if block in kept]
    body = Body((), tuple(built.body.blocks[number] for number in places))
    if isinstance(built, MergedFile):
        return MergedFile(built.path, built.source, body, built.pieces)
    return File(built.path, built.source, body, collect(body), [])
