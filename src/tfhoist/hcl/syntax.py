"""One file: its bytes, its body, the references in it, and what is wrong with it."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from tfhoist.diagnostics import Diagnostic, LineIndex, SourceRange
from tfhoist.hcl import parser
from tfhoist.hcl.bodies import Attribute, Block, Body
from tfhoist.hcl.references import Reference, collect
from tfhoist.hcl.tokens import Kind, tokenize

__all__ = ["BOM", "Attribute", "Block", "Body", "File", "Files", "Reference", "parse_file"]

BOM = b"\xef\xbb\xbf"


class File:
    """One parsed file. `path` is relative to the folder that it was read from, with `/`."""

    def __init__(
        self, path: str, source: bytes, body: Body, references: tuple[Reference, ...], diagnostics: list[Diagnostic]
    ) -> None:
        self.path = path
        self.source = source
        self.body = body
        self.references = references
        self.diagnostics = tuple(diagnostics)

    @cached_property
    def lines(self) -> LineIndex:
        """Offsets to lines."""
        return LineIndex(self.source)

    @cached_property
    def _starts(self) -> list[int]:
        return [reference.start for reference in self.references]

    def references_in(self, start: int, end: int) -> tuple[Reference, ...]:
        """The references that begin between two offsets, in the order of the file."""
        return self.references[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def written(self, offset: int) -> tuple[str, int]:
        """The file and the offset at which a byte was written: here, unless files were merged."""
        return self.path, offset

    def text(self, start: int, end: int) -> str:
        """A slice of the source as text."""
        return self.source[start:end].decode("utf-8", "replace")

    def range(self, start: int, end: int) -> SourceRange:
        """The lines of a slice."""
        return self.lines.range(self.path, start, end)


def parse_file(path: str, source: bytes) -> File:
    """Parse one file of HCL native syntax.

    Never raises for what is in the file: what is wrong is in `File.diagnostics`, and a file that has an error there
    has an empty body, and has to be refused by the caller.
    """
    problem = _encoding_problem(path, source)
    if problem is None:
        try:
            body = parser.parse_body(source, len(BOM) if source.startswith(BOM) else 0, len(source))
        except parser.ParseError as error:
            problem = LineIndex(source).diagnostic(path, error.offset, error.message, error.advice)
        else:
            return File(path, source, body, collect(body), [])
    return File(path, source, Body(), (), [problem])


class Files:
    """Files that are parsed once: `parse` gives the same `File` for the same path and content."""

    def __init__(self) -> None:
        self._known: dict[str, File] = {}

    def parse(self, path: str, source: bytes) -> File:
        """`parse_file`, remembered."""
        file = self._known.get(path)
        if file is None or file.source != source:
            file = self._known[path] = parse_file(path, source)
        return file


def _encoding_problem(path: str, source: bytes) -> Diagnostic | None:
    """Invalid UTF-8 outside a comment, UTF-16 files (Terraform wants UTF-8), and NUL bytes."""
    advice = "Save the file as UTF-8; Terraform reads nothing else."
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return LineIndex(b"").diagnostic(path, 0, "UTF-16 text", advice)
    nul = source.find(b"\0")
    if nul >= 0:
        return LineIndex(source).diagnostic(path, nul, "a NUL byte", f"In a text, write \\u0000. {advice}")
    try:
        source.decode()
    except UnicodeDecodeError:
        for kind, start, end in tokenize(source):
            try:
                if kind is not Kind.LINE_COMMENT and kind is not Kind.BLOCK_COMMENT:
                    source[start:end].decode()
            except UnicodeDecodeError as error:
                return LineIndex(source).diagnostic(path, start + error.start, "invalid UTF-8", advice)
    return None
