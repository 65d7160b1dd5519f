"""Text from a repository made safe for Markdown and for a shell.

Nothing that a repository says may end a table cell, a code span, a code block or a quoted argument.
Source of the rules: "CommonMark Spec" 0.31 and "GitHub Flavored Markdown Spec" (tables); POSIX "Shell Command Language".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_BACKTICKS = re.compile(r"`+")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_SPECIAL = re.compile(r"[\\`*\[\]<>&|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_BLOCK_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+=](?=\s|$|[-=])|\d+(?=[.)](?:\s|$))|[-=]{2,})")
_SAFE_WORD = re.compile(r"[A-Za-z0-9_@%+=:,./-]+\Z")


def one_line(text: str) -> str:
    """The text with every run of blanks, control characters, and those that turn the writing direction, as one space."""
    return _SPACES.sub(" ", text).strip()


def prose(text: str) -> str:
    """The text as it is, on one line, with nothing in it that Markdown or HTML would take for its own."""
    return _no_block(_escaped(one_line(text)))


def marked(text: str) -> str:
    """`prose` that keeps code spans: what stands between a pair of backticks. For sentences of ours about a repository."""
    pieces = one_line(text).split("`")
    if len(pieces) % 2 == 0:
        return prose(text)
    shown = (code_cell(piece) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces))
    return _no_block("".join(shown))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match.group(), f"\\{match.group()}"), text)


def _no_block(text: str) -> str:
    """Keeps the beginning of a line from being a heading, a list or a rule."""
    return _BLOCK_START.sub(
        lambda match: match.group() + "\\" if match.group()[0].isdigit() else f"\\{match.group()}", text
    )


def cell(text: str) -> str:
    """`prose` for a table cell."""
    return prose(text)


def code(text: str) -> str:
    """A code span. Empty for an empty text."""
    flat = one_line(text)
    if not flat:
        return ""
    longest = max((len(run) for run in _BACKTICKS.findall(flat)), default=0)
    ticks = "`" * (longest + 1)
    padding = " " if flat[0] == "`" or flat[-1] == "`" else ""
    return f"{ticks}{padding}{flat}{padding}{ticks}"


def code_cell(text: str) -> str:
    """A code span for a table cell, where a `|` needs a backslash even inside one."""
    return code(text).replace("|", "\\|")


def codes(texts: Iterable[str]) -> str:
    """Several code spans for a table cell; a dash for none."""
    return ", ".join(code_cell(text) for text in texts) or "-"


def fence(text: str, language: str = "") -> str:
    """A fenced code block, with a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    ticks = "`" * max(3, longest + 1)
    body = text.strip("\n")
    return f"{ticks}{language}\n{body}\n{ticks}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already, its columns aligned as far as that stays readable."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [min(max(3, *(len(line[column]) for line in lines)), 60) for column in range(len(header))]
    shown = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def shell(text: str) -> str:
    """One argument of a shell command: as it is when nothing in it is special, else in single quotes."""
    if _SAFE_WORD.match(text):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """One argument of a shell command, always in single quotes; `$'...'` where characters in it can't be printed."""
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    shown = (c if c.isprintable() and c not in "\\'" else _escape(c) for c in text)
    return "$'" + "".join(shown) + "'"


def _escape(character: str) -> str:
    return f"\\{character}" if character in "\\'" else f"\\U{ord(character):08x}"


def tidy(text: str) -> bytes:
    """A finished document: no blanks at the ends of lines, never two empty lines, one newline at the end."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return ("\n".join(kept).strip("\n") + "\n").encode()
