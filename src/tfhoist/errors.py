"""The exception tree: what the program can't go on from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfhoist.diagnostics import Diagnostic


class TfhoistError(Exception):
    """Base of every error that tfhoist raises on purpose; the command line turns it into exit code 1."""


class InputError(TfhoistError):
    """The input can't be read: every problem found is in `diagnostics`, not only the first."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(diagnostic.summary for diagnostic in self.diagnostics))


class UsageError(TfhoistError):
    """The call is wrong: an unknown environment, an output folder that isn't ours, options that contradict."""

    def __init__(self, summary: str, advice: str = "") -> None:
        self.summary = summary
        self.advice = advice
        super().__init__(f"{summary} {advice}".strip())
