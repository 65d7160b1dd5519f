"""What several commands share: state options, progress, and how findings and refusals look."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tfhoist.errors import UsageError
from tfhoist.findings import Refusal


def states(values: Sequence[str]) -> dict[str, Path]:
    """`NAME=FILE` or `FILE` (for the only environment, under the name "")."""
    found: dict[str, Path] = {}
    for value in values:
        name, equals, path = value.partition("=")
        if not equals:
            name, path = "", value
        if name in found:
            raise UsageError(f"two states for environment {name!r}." if name else "two states without a name.")
        if not Path(path).is_file():
            raise UsageError(f"the state {path} doesn't exist.", "Take one with `terraform state pull > FILE`.")
        found[name] = Path(path)
    return found


class Progress:
    """One line a step on standard error; on a terminal each replaces the last."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet
        self._terminal = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        self._open = False

    def __call__(self, message: str) -> None:
        """Show a step."""
        if not self._shown:
            return
        if self._terminal:
            print(f"\r\x1b[2K{message} ...", end="", file=sys.stderr, flush=True)
            self._open = True
        else:
            print(message, file=sys.stderr, flush=True)

    def done(self) -> None:
        """Take the last line away."""
        if self._open:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._open = False


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def refusal_text(refusal: Refusal) -> str:
    """A refusal as a person reads it."""
    lines = [f"refused: {refusal.summary} [{refusal.id}]"]
    if refusal.range is not None:
        lines.append(f"  --> {refusal.range.file}:{refusal.range.start_line}")
    lines.append(f"  {refusal.advice}")
    return "\n".join(lines)
