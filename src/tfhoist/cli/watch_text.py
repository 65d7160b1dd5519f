"""A watch on the screen: a live table on a terminal, a line a minute elsewhere, and the summary."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tfhoist.cli import colours
from tfhoist.cli.common import counted
from tfhoist.cli.routes import printable

if TYPE_CHECKING:
    from tfhoist.api.watching import Plan, Watched
    from tfhoist.validation.model import Baseline
    from tfhoist.validation.watching import Summary, Tally

HEADER = ("", "endpoint", "available", "probes", "failed", "longest outage", "p50", "p95", "p99", "last")


class Display:
    """What is shown on standard error while it lasts."""

    def __init__(self, environment: str, seconds: float, *, quiet: bool) -> None:
        self._environment = environment
        self._seconds = seconds
        self._quiet = quiet
        self._live = not quiet and colours.wanted(sys.stderr)
        self._drawn = 0
        self._minute = 0

    def begin(self, plan: Plan, rate: float, baseline: Baseline | None, file: Path) -> None:
        """What is about to happen."""
        if self._quiet:
            return
        against = f"the baseline of {baseline.recorded_at}" if baseline is not None else "no baseline: 5xx fails"
        self._say(
            f"watching {counted(len(plan.endpoints), 'endpoint')} of {self._environment}, {rate:g} a second each, for "
            f"{span(self._seconds)}; {against}; failed probes go to {file}; Ctrl-C ends it"
        )
        for reason in plan.left_out:
            self._say(f"left out: {printable(reason)}")

    def __call__(self, now: float, tallies: Sequence[Tally]) -> None:
        """A second has passed."""
        if self._quiet:
            return
        if self._live:
            self._draw(now, tallies)
        elif int(now) // 60 > self._minute:
            self._minute = int(now) // 60
            self._say(self._line(now, tallies))

    def end(self) -> None:
        """Take the live table away: the summary takes its place."""
        if self._drawn:
            sys.stderr.write(f"\x1b[{self._drawn}F\x1b[J")
            sys.stderr.flush()
            self._drawn = 0

    def _line(self, now: float, tallies: Sequence[Tally]) -> str:
        probes, failed = sum(one.probes for one in tallies), sum(one.failed for one in tallies)
        down = [one.check.url for one in tallies if one.down]
        longest = max(one.longest(now) for one in tallies)
        text = f"{datetime.now():%H:%M:%S} {span(now)} of {span(self._seconds)}: {probes} probes, {failed} failed"
        text += f", longest outage {longest:.1f} s" if longest else ""
        return text + (f", down now: {', '.join(down[:3])}" if down else "")

    def _draw(self, now: float, tallies: Sequence[Tally]) -> None:
        size = shutil.get_terminal_size((100, 24))
        summaries = sorted(
            (tally.summary(now) for tally in tallies), key=lambda one: (not one.down, -one.failed, one.id)
        )
        room = max(1, size.lines - 4)
        rows = table(summaries[:room])
        lines = [self._line(now, tallies), *rows]
        if len(summaries) > room:
            lines.append(f"  and {len(summaries) - room} more")
        cut = [line[: size.columns - 1] for line in lines]
        painted = [colours.paint(line, colours.RED, sys.stderr) if line.startswith("  down") else line for line in cut]
        back = f"\x1b[{self._drawn}F" if self._drawn else ""
        sys.stderr.write(back + "\x1b[J" + "\n".join(painted) + "\n")
        sys.stderr.flush()
        self._drawn = len(painted)

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def table(summaries: Sequence[Summary]) -> list[str]:
    """The counts of each endpoint as aligned columns."""
    rows = [HEADER, *(_row(one) for one in summaries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    shown = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in (0, 1, 9) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        shown.append("  " + "  ".join(cells).rstrip())
    return shown


def _row(one: Summary) -> tuple[str, ...]:
    def milliseconds(value: float | None) -> str:
        return "-" if value is None else f"{value:.0f} ms"

    return (
        "down" if one.down else "up" if one.probes else "-",
        printable(one.id.removeprefix("endpoint ")),
        "-" if one.availability is None else f"{one.availability:.4f}".rstrip("0").rstrip(".") + " %",
        str(one.probes),
        str(one.failed),
        f"{one.longest_outage_seconds:.1f} s" if one.longest_outage_seconds else "-",
        milliseconds(one.p50_ms),
        milliseconds(one.p95_ms),
        milliseconds(one.p99_ms),
        printable(one.last),
    )


def summary(done: Watched, file: Path, fail_under: float | None) -> str:
    """All endpoints, those that failed first, and the verdict last."""
    ordered = sorted(done.summaries, key=lambda one: (-one.failed, one.id))
    lines = table(ordered)
    document = done.document
    skipped = sum(one.skipped for one in done.summaries)
    lines += ["", f"{document['probes']} probes in {span(document['seconds'])}, {document['failed']} failed"
              + (f", {skipped} not sent (too many under way)" if skipped else "")
              + ("; it was ended early" if done.stopped else "")]  # fmt: skip
    if fail_under is not None:
        under = [one for one in ordered if one.availability is None or one.availability < fail_under]
        if under:
            word = colours.paint("under", colours.RED)
            lines.append(f"{word} {fail_under:g} %: {', '.join(one.url for one in under)}: see rollback.md, section 1")
        else:
            lines.append(f"{colours.paint('available', colours.GREEN)}: no endpoint is under {fail_under:g} %")
    lines.append(f"every failed probe is in {file}")
    return "\n".join(lines) + "\n"


def span(seconds: float) -> str:
    """`45 s`, `2 min`, `14 min 30 s`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{whole} s" if seconds >= 10 or seconds == whole else f"{seconds:.1f} s"
    return f"{minutes} min" + (f" {rest} s" if rest else "")
