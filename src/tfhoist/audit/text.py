"""The audit as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from tfhoist.audit.model import Audit
from tfhoist.audit.wording import DEPENDENCIES, PLACEHOLDER, alike, categories, counts, per_environment, severities
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding

MOST_APART = 3
"""More findings of one rule than this are shown as a table."""

WIDEST = 72
"""Cells of a table aren't padded beyond this width."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def render_text(audit: Audit, *, colour: bool = False) -> str:
    """Counts, the inventory by category, dependencies, findings, and how many of each severity."""
    lines = [counts(audit)]
    named = [name for name in audit.environments if name]
    if named:
        lines.append(_clean(f"environments: {', '.join(named)}"))
        if len(named) > 1:
            lines.append(f"{PLACEHOLDER} in a name stands for the environment's")
    for title, blocks in categories(audit):
        lines += ["", _bold(f"{title} ({len(blocks)})", colour)]
        rows = []
        for block in blocks:
            names = _in_a_line(per_environment(block.names, audit.environments, patterns=True))
            details = _in_a_line(per_environment(block.details, audit.environments, patterns=True))
            rows.append(
                (block.side or "-", block.address, str(block.range), "; ".join(t for t in (names, details) if t))
            )
        lines += table(rows)
    for kind, title in DEPENDENCIES.items():
        found = [dependency for dependency in audit.dependencies if dependency.kind == kind]
        if found:
            lines += ["", _bold(f"{title} ({len(found)})", colour)]
            lines += table([(d.target, d.address, str(d.range), d.detail) for d in found])
    if audit.findings:
        lines += ["", _bold(f"Findings ({len(audit.findings)})", colour)]
    for group in alike(audit.findings):
        lines += ["", *_findings(group, colour)]
    lines += ["", severities(audit)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as aligned columns; the last column isn't padded."""
    rows = [tuple(map(_clean, row)) for row in rows]
    widths = [min(max((len(row[column]) for row in rows), default=0), WIDEST) for column in range(len(rows[0]) - 1)]
    return [
        "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _in_a_line(parts: list[tuple[str, str]]) -> str:
    return ", ".join(f"{text} ({where})" if where else text for where, text in parts)


def _findings(group: list[Finding], colour: bool) -> list[str]:
    """Findings of one rule that have the same advice: a few each with its places, many as a table."""
    label = f"{group[0].severity.value}[{group[0].id}]"
    if colour:
        label = f"\x1b[1;{_COLOURS[group[0].severity]}m{label}\x1b[0m"
    if len(group) > MOST_APART:
        lines = [f"{label}: {len(group)} times"]
        lines += table([(str(finding.range or ""), finding.summary) for finding in group])
    else:
        lines = []
        for finding in group:
            lines.append(f"{label}: {_clean(finding.summary)}")
            lines += [f"  --> {_clean(str(place))}" for place in finding.ranges]
    return [*lines, f"  {_clean(group[0].advice)}"]


def _bold(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text


def _clean(text: str) -> str:
    """A text without what a configuration could smuggle into a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
