"""The text of a `tfhoist.toml`: parsed, with the place of everything in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from tfhoist.diagnostics import Diagnostic, LineIndex, Severity
from tfhoist.errors import InputError
from tfhoist.hcl.syntax import BOM
from tfhoist.secrets import sounds_secret
from tfhoist.settings.positions import Path, Position, locate, positions
from tfhoist.settings.schema import Problem

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_FREE = ("variables", "backend")
"""Tables of an environment whose values are the user's own, and may be anything: diagnostics never show them."""


class SettingsFile:
    """The text of a `tfhoist.toml`, and where everything in it stands."""

    def __init__(self, source: bytes, path: str) -> None:
        self.path = path
        self._source = source.removeprefix(BOM)
        self._lines = LineIndex(self._source)
        self._positions: dict[Path, Position] = {}
        self.document: dict[str, Any] = {}

    def read(self) -> None:
        """Parse it; raises `InputError` for what isn't TOML."""
        try:
            text = self._source.decode()
            self.document = tomllib.loads(text, parse_float=Decimal)
        except UnicodeDecodeError as error:
            advice = "Save the file as UTF-8."
            raise InputError([self._at(error.start, "invalid UTF-8", advice, Severity.ERROR)]) from None
        except ValueError as error:  # TOMLDecodeError, or an integer of thousands of digits
            raise InputError([self._syntax_error(error)]) from None
        except RecursionError:
            raise InputError([self._at(0, "lists or tables nested too deeply", "", Severity.ERROR)]) from None
        self._positions = positions(self._source)

    def diagnostic(self, problem: Problem, severity: Severity = Severity.ERROR) -> Diagnostic:
        """A problem with its line; values that may be secret aren't shown."""
        position = locate(self._positions, problem.path)
        offset = position.key if problem.at_key else position.value
        found = self._at(offset, problem.summary, problem.advice, severity)
        return _without_value(found) if _is_free(problem) else found

    def _at(self, offset: int, summary: str, advice: str, severity: Severity) -> Diagnostic:
        found = self._lines.diagnostic(self.path, offset, summary, advice, severity)
        words = re.findall(r"[A-Za-z0-9_-]+", found.snippet)
        if any(sounds_secret(word) for word in words):
            return _without_value(found)
        return found

    def _syntax_error(self, error: ValueError) -> Diagnostic:
        text = str(error)
        where = _WHERE.search(text)
        line, column = getattr(error, "lineno", None), getattr(error, "colno", None)  # Python 3.14
        if line is None and where is not None and where.group(1) is not None:
            line, column = int(where.group(1)), int(where.group(2))
        offset = len(self._source) - (1 if self._source.endswith(b"\n") else 0)
        if isinstance(line, int) and isinstance(column, int):
            offset = self._offset(line, column)
        summary = _WHERE.sub("", text) if where is not None else text
        return self._at(
            offset, f"not valid TOML: {summary[:1].lower()}{summary[1:]}", _toml_advice(summary), Severity.ERROR
        )

    def _offset(self, line: int, column: int) -> int:
        lines = self._source.decode().split("\n")
        before = sum(len(one.encode()) + 1 for one in lines[: line - 1])
        current = lines[line - 1] if line <= len(lines) else ""
        return min(before + len(current[: column - 1].encode()), len(self._source))


def _is_free(problem: Problem) -> bool:
    path = problem.path
    in_environment = path[:1] == ("environments",) and len(path) > 2 and path[2] in _FREE
    in_central = path[:3] == ("central", "backend", "config")
    return in_environment or in_central or problem.unknown_key


def _without_value(diagnostic: Diagnostic) -> Diagnostic:
    key, sign, _ = diagnostic.snippet.partition("=")
    snippet = f"{key}{sign} …" if sign else "…"
    return msgspec.structs.replace(diagnostic, snippet=snippet, column=min(diagnostic.column, len(snippet)))


def _toml_advice(summary: str) -> str:
    if "Invalid value" in summary:
        return 'Text stands in quotes: name = "api".'
    if "Cannot overwrite" in summary or "Cannot declare" in summary:
        return "Each key and table is written once; lists of tables have two brackets, as [[environments]]."
    return ""


def sort(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics in the order of the file."""
    return sorted(diagnostics, key=lambda one: (one.range.start_line if one.range else 0, one.column, one.summary))
