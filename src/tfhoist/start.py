"""Where the `tfhoist` command starts: `tfhoist --help` is answered before the command line is even built.

Building it takes five times as long as starting Python does. The text is made by the command line itself, and a test compares the
two (`make golden` writes it again).
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

WIDTH = 80
"""The width that the text was made for."""


def main() -> NoReturn:
    """Run the command line."""
    if sys.argv[1:] == ["--help"] and _columns() >= WIDTH:
        with open(os.path.join(os.path.dirname(__file__), "cli", "help.txt"), encoding="utf-8") as text:
            sys.stdout.write(text.read())
        sys.exit(0)
    from tfhoist.cli import main as run

    run()


def _columns() -> int:
    try:
        return os.get_terminal_size(1).columns
    except (OSError, ValueError):  # no terminal: as wide as one likes
        return WIDTH
