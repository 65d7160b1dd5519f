"""How a validation reads at night: each check with before, after and verdict, what isn't as before first of all at the end."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
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
FEW = 12
"""So many checks are named again at the end of a long table."""
SHARED = 3
"""A reason that so many rows of a kind have stands once above them."""


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
    left = [row for row in done.rows if row.verdict not in PASSED]
    if left and not quiet and len(done.rows) > FEW:
        lines += ["", f"{counted(len(left), 'check')} didn't pass (--quiet shows only these)"]
        lines += [f"  {row.verdict.value:<9}  {_short(row.id)}" for row in left[:FEW]]
        lines += [f"  and {len(left) - FEW} more"] if len(left) > FEW else []
    lines += ["", *_verdict(done, path)]
    return "\n".join(line.rstrip() for line in lines).lstrip("\n") + "\n"


def _table(rows: list[Row], mode: str) -> list[str]:
    wide = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 140
    column = max(_NARROW, min(_WIDE, (wide - 14) // 3))
    names = [_short(row.id.split(" ", 1)[-1]) for row in rows]
    first = min(max(map(len, names)), max(column, 48))
    often = Counter(why for row in rows for why in row.why)
    shared = {why for why, number in often.items() if number >= SHARED}
    lines = [f"  {often[why]} times: {_short(why)}" for why in _reasons(rows) if why in shared]
    for row, name in zip(rows, names, strict=True):
        word = colours.paint(f"{row.verdict.value:<9}", _COLOURS[row.verdict])
        seen = [row.after] if mode == "record" or row.before == row.after else [row.before, row.after]
        shown = " -> ".join(_cut(_short(one), column) for one in seen if one)
        lines.append(f"  {word}  {name:<{first}}  {shown}")
        for one in row.differences:
            width = max(len(one.fact), 3)
            lines.append(f"             {one.fact:>{width}}: {_short(one.before) or 'none'}")
            lines.append(f"             {'now':>{width}}: {_short(one.after) or 'none'}")
        lines += [f"             {_short(why)}" for why in row.why if why not in shared and why != row.after]
        lines += [f"             note: {_short(note)}" for note in row.notes if note not in row.why]
    return lines


def _reasons(rows: list[Row]) -> list[str]:
    """Every reason once, in the order of the rows."""
    return list(dict.fromkeys(why for row in rows for why in row.why))


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
