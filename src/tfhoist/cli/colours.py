"""Colours on a terminal, for those who want them.

Source of the rules: no-color.org (NO_COLOR set to anything but "" means none), and `TERM=dumb`.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

RED, GREEN, YELLOW, BOLD = "31", "32", "33", "1"
_VERDICTS = {"equivalent": GREEN, "different": RED, "undecided": YELLOW}


def wanted(stream: TextIO | None = None) -> bool:
    """Whether a stream (standard output) is a terminal that shows colours, and its user wants them."""
    stream = sys.stdout if stream is None else stream
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """The text in a colour, where that's wanted."""
    return f"\x1b[{colour}m{text}\x1b[0m" if wanted(stream) else text


def verdict(word: str) -> str:
    """A verdict in its colour."""
    return paint(word, _VERDICTS.get(word, BOLD))
