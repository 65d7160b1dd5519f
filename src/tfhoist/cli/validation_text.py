"""How a validation reads at night: each check with before, after and verdict, what isn't as before first of all at the end."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tfhoist.cli import colours
from tfhoist.cli.common import counted
from tfhoist.cli.routes import printable
from tfhoist.validation.compare import PASSED, Row, Verdict
from tfhoist.validation.model import KINDS

if TYPE_CHECKING:
    from tfhoist.api.validating import Validated

_COLOURS = {
    Verdict.SAME: colours.GREEN, Verdict.RECORDED: colours.GREEN, Verdict.DIFFERS: colours.RED, Verdict.MISSING: colours.RED,
    Verdict.UNCHECKED: colours.YELLOW, Verdict.LOOK: colours.YELLOW,
}  # fmt: skip
_NARROW, _WIDE = 12, 44


def report(done: Validated, path: Path, *, quiet: bool = False) -> str:
    """The whole table, and the verdict last, where the eye is."""
    lines: list[str] = []
    for kind, title in KINDS.items():
        rows = [row for row in done.rows if row.kind == kind and (not quiet or row.verdict not in PASSED)]
        if rows:
            lines += ["", f"{title}", *_table(rows, done.mode)]
    if done.declared.not_declared:
        lines += ["", "Not on the list (look at them by hand)"]
        lines += [f"  {one.address}: {one.why}" for one in done.declared.not_declared]
    lines += ["", *_verdict(done, path)]
    return "\n".join(line.rstrip() for line in lines).lstrip("\n") + "\n"


def _table(rows: list[Row], mode: str) -> list[str]:
    wide = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 140
    column = max(_NARROW, min(_WIDE, (wide - 14) // 3))
    names = [_short(row.id.split(" ", 1)[-1]) for row in rows]
    first = min(max(map(len, names)), max(column, 40))
    lines: list[str] = []
    for row, name in zip(rows, names, strict=True):
        word = colours.paint(f"{row.verdict.value:<9}", _COLOURS[row.verdict])
        seen = (
            [_short(row.after)]
            if mode == "record" or row.before == row.after
            else [_short(row.before), _short(row.after)]
        )
        shown = " -> ".join(_cut(one, column) for one in seen if one)
        lines.append(f"  {word}  {name:<{first}}  {shown}")
        for one in row.differences:
            lines.append(f"             {one.fact}: {_short(one.before) or 'none'}")
            lines.append(f"             {'now'.rjust(len(one.fact))}: {_short(one.after) or 'none'}")
        lines += [f"             {_short(why)}" for why in row.why]
        lines += [f"             note: {_short(note)}" for note in row.notes if note not in row.why]
    return lines


def _short(text: str) -> str:
    return printable(text).replace("\n", " ")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _verdict(done: Validated, path: Path) -> list[str]:
    count = {verdict: sum(row.verdict is verdict for row in done.rows) for verdict in Verdict}
    shown = ", ".join(f"{number} {verdict.value}" for verdict, number in count.items() if number)
    where = f"{done.seen.service}, {done.seen.environment}"
    if done.mode == "record":
        head = f"baseline of {where}: {counted(len(done.rows), 'check')}: {shown}"
        lines = [head, f"written to {path} ({done.seen.recorded_at})"]
        if done.verdict != "equal":
            lines.append(
                "Look at what isn't `recorded` before you go on, and record again with --force: it can't be compared later."
            )
        return lines
    word = {"equal": "equivalent", "different": "different", "undecided": "undecided"}[done.verdict]
    lines = [
        f"{colours.paint(done.verdict, _colour(word))}: {where}, {counted(len(done.rows), 'check')}: {shown}",
        f"compared with the baseline of {done.baseline.recorded_at} ({path})",
    ]
    if done.verdict == "different":
        lines.append("Something isn't served as before: stop, and see rollback.md, section 1.")
    elif done.verdict == "undecided":
        lines.append(
            "What couldn't be checked hasn't passed: mend the reason, or look at it by hand, and run this again."
        )
    return lines


def _colour(word: str) -> str:
    return {"equivalent": colours.GREEN, "different": colours.RED}.get(word, colours.YELLOW)
