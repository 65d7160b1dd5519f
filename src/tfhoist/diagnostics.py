"""Where something is in a file, and what is wrong with it."""

from __future__ import annotations

import enum
from bisect import bisect_right
from itertools import accumulate

import msgspec


class Severity(enum.StrEnum):
    """How much a diagnostic or finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class SourceRange(msgspec.Struct, frozen=True, order=True):
    """Lines of one file: `file` relative to the audited folder with `/`, lines from 1, the end included."""

    file: str
    start_line: int
    end_line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.start_line}"


class Diagnostic(msgspec.Struct, frozen=True):
    """One problem with the input: what, where, the source line, and what to do about it."""

    severity: Severity
    summary: str
    advice: str = ""
    range: SourceRange | None = None
    snippet: str = ""
    column: int = 0

    def render(self) -> str:
        """The diagnostic as a person reads it, over several lines."""
        lines = [f"{self.severity.value}: {self.summary}"]
        if self.range is not None:
            lines.append(
                f"  --> {self.range.file}:{self.range.start_line}" + (f":{self.column}" if self.column else "")
            )
            if self.snippet:
                gutter = str(self.range.start_line)
                lines.append(f"  {gutter} | {self.snippet}")
                if self.column:
                    lines.append(f"  {' ' * len(gutter)} | {' ' * (self.column - 1)}^")
        if self.advice:
            lines.append(f"  {self.advice}")
        return "\n".join(lines)


def article(word: str) -> str:
    """`an` before a vowel, `a` otherwise: "an `import` block"."""
    return "an" if word[:1] in "aeiou" and word else "a"


class LineIndex:
    """Byte offsets of one source to lines and columns."""

    __slots__ = ("_source", "_starts")

    def __init__(self, source: bytes) -> None:
        self._source = source
        if b"\r" in source:  # `splitlines` would end a line there too
            self._starts = [0, *accumulate(len(line) + 1 for line in source.split(b"\n"))][:-1]
        else:
            self._starts = list(accumulate(map(len, source.splitlines(keepends=True)), initial=0))
            if source and not source.endswith(b"\n"):
                self._starts.pop()

    def line(self, offset: int) -> int:
        """The line (from 1) that holds the byte at `offset`."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """The column (from 1, in characters) of the byte at `offset`."""
        start = self._starts[self.line(offset) - 1]
        return len(self._source[start:offset].decode("utf-8", "replace")) + 1

    def text(self, line: int) -> str:
        """The text of a line (from 1), without its end."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._source)
        return self._source[start:end].decode("utf-8", "replace").rstrip("\r\n").replace("\t", " ")

    def range(self, file: str, start: int, end: int) -> SourceRange:
        """The lines from byte `start` up to byte `end` (excluded)."""
        return SourceRange(file, self.line(start), self.line(max(start, end - 1)))

    def diagnostic(
        self, file: str, offset: int, summary: str, advice: str = "", severity: Severity = Severity.ERROR
    ) -> Diagnostic:
        """A diagnostic that points at one byte, with its line as the snippet (a long line is cut)."""
        offset = min(offset, len(self._source))
        line = self.line(offset)
        text = self.text(line)
        column = self.column(offset)
        if len(text) > 160:
            text, column = text[:160] + "…", min(column, 160)
        return Diagnostic(severity, summary, advice, SourceRange(file, line, line), text, column)
