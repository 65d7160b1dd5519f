"""Where the parser stands in the source: blanks, tokens, nesting."""

from __future__ import annotations

import re
import sys

from tfhoist.hcl.tokens import is_identifier

sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))  # DEEPEST levels take about ten calls each

DEEPEST = 400
"""Levels of nesting that are read; deeper input is refused with a message."""

LONGEST = 1_000
"""Levels of an expression's tree, links of chains (`a + b + ...`, `a.b...`) counted too; longer ones are refused."""

# No pattern can go back over what it has matched: the time and the memory stay linear whatever the bytes are.
_BLANK = re.compile(rb"(?:[ \t]++|/\*(?:[^*]++|\*(?!/))*+\*/)++")
_BLANK_LINES = re.compile(rb"(?:[ \t\r\n]++|/\*(?:[^*]++|\*(?!/))*+\*/|(?:#|//)[^\n]*+)++")
_IDENTIFIER = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*")


class ParseError(Exception):
    """What is wrong, at which byte, and what to do (a mistake that Terraform reports too needs no words)."""

    def __init__(
        self, offset: int, message: str, advice: str = "Terraform rejects this file too; mend it first."
    ) -> None:
        self.offset = offset
        self.message = message
        self.advice = advice
        super().__init__(message)


def too_deep(offset: int) -> ParseError:
    """The error for nesting beyond `DEEPEST`."""
    return ParseError(
        offset,
        f"nested more than {DEEPEST} levels deep",
        "Terraform may read this, tfhoist doesn't: put parts of it into locals.",
    )


class Cursor:
    """A position in `source` up to `end`; inside brackets a newline is a blank."""

    def __init__(self, source: bytes, end: int) -> None:
        self.source = source
        self.end = end
        self.at = 0
        self.depth = 0
        self.brackets = 0  # inside brackets a newline is a blank

    # blanks

    def skip(self) -> None:
        match = (_BLANK_LINES if self.brackets else _BLANK).match(self.source, self.at, self.end)
        if match:
            self.at = match.end()

    def skip_lines(self) -> None:
        match = _BLANK_LINES.match(self.source, self.at, self.end)
        if match:
            self.at = match.end()

    def peek(self, length: int = 1) -> bytes:
        return self.source[self.at : min(self.at + length, self.end)]

    def take(self, text: bytes) -> bool:
        if self.source.startswith(text, self.at, self.end):
            self.at += len(text)
            return True
        return False

    def expect(self, text: bytes, where: str) -> None:
        if not self.take(text):
            raise ParseError(self.at, f"expected {text.decode()!r} {where}")

    def identifier(self) -> str | None:
        match = _IDENTIFIER.match(self.source, self.at, self.end)
        if match is None:
            return None
        text = match.group()
        if not text.isascii() and not is_identifier(text):
            raise ParseError(self.at, f"{text.decode('utf-8', 'replace')!r} is no name")
        self.at = match.end()
        return text.decode()

    def keyword(self, word: bytes) -> bool:
        """Take a word that isn't the start of a longer identifier."""
        match = _IDENTIFIER.match(self.source, self.at, self.end)
        if match is not None and match.group() == word:
            self.at = match.end()
            return True
        return False

    def deeper(self) -> None:
        """Count a level of nesting; the caller counts it back."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise too_deep(self.at)
