"""What several commands share: state options, progress, and how findings and refusals look."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfhoist.cli import colours
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
    """The step at hand, on a terminal's standard error: each replaces the last, with the time that it takes (`seconds`).

    Nothing where standard error is no terminal; with NO_COLOR each step is a plain line of its own.
    """

    def __init__(self, *, quiet: bool = False, seconds: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._terminal = colours.wanted(sys.stderr)
        self._open = False
        self._seconds = seconds
        self._lock = threading.Lock()
        self._message, self._since = "", 0.0
        self._clock: threading.Thread | None = None
        self._ended = threading.Event()

    def __call__(self, message: str) -> None:
        """Show a step."""
        if not self._shown:
            return
        if not self._terminal:
            print(message, file=sys.stderr, flush=True)
            return
        with self._lock:
            self._message, self._since = message, time.monotonic()
            self._draw()
        if self._seconds and self._clock is None:
            self._clock = threading.Thread(target=self._tick, daemon=True)
            self._clock.start()

    def _draw(self) -> None:
        passed = int(time.monotonic() - self._since)
        tail = f" ({passed} s)" if self._seconds and passed else ""
        print(f"\r\x1b[2K{self._message} ...{tail}", end="", file=sys.stderr, flush=True)
        self._open = True

    def _tick(self) -> None:
        while not self._ended.wait(1):
            with self._lock:
                if not self._ended.is_set():
                    self._draw()

    def done(self) -> None:
        """Take the last line away."""
        self._ended.set()
        with self._lock:
            if self._open:
                print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
                self._open = False


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """While it lasts, a request to end (SIGTERM, SIGHUP) is like Ctrl-C: scratch folders, which hold secrets, are removed."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def refusal_text(refusal: Refusal) -> str:
    """A refusal as a person reads it."""
    lines = [f"{colours.paint('refused:', colours.RED)} {refusal.summary} [{refusal.id}]"]
    if refusal.range is not None:
        lines.append(f"  --> {refusal.range.file}:{refusal.range.start_line}")
    lines.append(f"  {refusal.advice}")
    return "\n".join(lines)
