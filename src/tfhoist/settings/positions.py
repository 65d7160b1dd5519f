"""Where each key and value of a TOML file stands, which `tomllib` doesn't tell.

The scanner takes what `tomllib` has accepted already, so it only has to find ends, not faults. Source of the rules: the TOML
specification, version 1.0.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys, and numbers of list entries: `("environments", 0, "name")`."""


class Position(NamedTuple):
    """The bytes where a key (or a table's header, or a list entry) and its value start."""

    key: int
    value: int


_BLANK = re.compile(rb"[ \t]*")
_SPACE = re.compile(rb"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(rb"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_BARE = re.compile(rb"[^,\]}#\r\n]*")
_TEXT = re.compile(
    rb"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"{3,5}|'''(?:[^']|'(?!''))*'{3,5}|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'", re.DOTALL
)


def positions(source: bytes) -> dict[Path, Position]:
    """The position of every table, key and list entry of a valid TOML file (`source` is UTF-8, without a byte order mark)."""
    scanner = _Scanner(source)
    scanner.run()
    return scanner.found


def locate(found: Mapping[Path, Position], path: Path) -> Position:
    """The position of a path, or of what is nearest to it: a table's first key, then the table that it should be in."""
    while path:
        if path in found:
            return found[path]
        inside = [position for other, position in found.items() if other[: len(path)] == path]
        if inside:
            return min(inside)
        path = path[:-1]
    return Position(0, 0)


class _Scanner:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.at = 0
        self.found: dict[Path, Position] = {}
        self._counts: dict[Path, int] = {}

    def run(self) -> None:
        table: Path = ()
        self._skip(_SPACE)
        while self.at < len(self.source):
            start = self.at
            if self.source.startswith(b"[[", start):
                self.at += 2
                table = self._header(self._keys(), several=True)
                self.at += 2
            elif self.source.startswith(b"[", start):
                self.at += 1
                table = self._header(self._keys(), several=False)
                self.at += 1
            else:
                self._assignment(table)
                self._skip(_SPACE)
                continue
            self.found[table] = Position(start, start)
            self._skip(_SPACE)

    def _skip(self, pattern: re.Pattern[bytes]) -> None:
        match = pattern.match(self.source, self.at)
        self.at = match.end() if match is not None else self.at

    def _keys(self) -> list[str]:
        """A dotted key; afterwards the scanner stands behind it and the blanks that follow."""
        keys: list[str] = []
        while True:
            self._skip(_BLANK)
            match = _KEY.match(self.source, self.at)
            if match is None:
                raise ValueError("the scanner expects valid TOML")
            text = match.group().decode()
            keys.append(str(tomllib.loads(f"key = {text}")["key"]) if text[0] in "\"'" else text)
            self.at = match.end()
            self._skip(_BLANK)
            if not self.source.startswith(b".", self.at):
                return keys
            self.at += 1

    def _header(self, keys: list[str], *, several: bool) -> Path:
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            last = number == len(keys) - 1
            if last and several:
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _assignment(self, table: Path) -> None:
        start = self.at
        path: Path = table
        keys = self._keys()
        self.at += 1  # =
        self._skip(_BLANK)
        for key in keys:
            path = (*path, key)
            self.found.setdefault(path, Position(start, self.at))
        self._value(path)

    def _value(self, path: Path) -> None:
        text = _TEXT.match(self.source, self.at)
        if text is not None:
            self.at = text.end()
        elif self.source.startswith(b"[", self.at):
            self.at += 1
            number = 0
            self._skip(_SPACE)
            while not self.source.startswith(b"]", self.at):
                self.found[*path, number] = Position(self.at, self.at)
                self._value((*path, number))
                number += 1
                self._separator()
            self.at += 1
        elif self.source.startswith(b"{", self.at):
            self.at += 1
            self._skip(_SPACE)
            while not self.source.startswith(b"}", self.at):
                self._assignment(path)
                self._separator()
            self.at += 1
        else:
            self._skip(_BARE)

    def _separator(self) -> None:
        self._skip(_SPACE)
        if self.source.startswith(b",", self.at):
            self.at += 1
        self._skip(_SPACE)
