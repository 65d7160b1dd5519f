"""What an engine's plans showed, as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfhoist.cli.common import counted
from tfhoist.engine.plans import ResourceChange
from tfhoist.engine.report import EngineReport, EnvironmentReport
from tfhoist.engine.verdict import RootVerdict

MOST = 20


def engine_text(report: EngineReport) -> str:
    """The verdict of each environment and root; what the consolidation changes is told apart from what was pending before."""
    lines = [f"{report.name} {report.version}: {report.verdict}"]
    for name, one in report.environments.items():
        lines.append(f"  {name}: {one.verdict}")
        lines.extend(f"    {line}" for line in _environment(one))
    return "\n".join(lines)


def _environment(one: EnvironmentReport) -> Iterator[str]:
    for reason in one.reasons:
        yield from reason.rstrip().splitlines()
    for root, verdict in one.roots.items():
        yield f"{root}: {verdict.verdict}, {_summary(verdict)}"
        yield from (f"  {line}" for line in _root(verdict))
    for note in one.notes:
        yield f"note: {note}"


def _summary(verdict: RootVerdict) -> str:
    if not verdict.changes and not verdict.output_changes and not verdict.reasons:
        return "the consolidation changes nothing"
    parts = [counted(len(verdict.changes), "change")] if verdict.changes else []
    if verdict.output_changes:
        parts.append(counted(len(verdict.output_changes), "output change"))
    return " and ".join(parts) if parts else "it can't be told"


def _root(verdict: RootVerdict) -> Iterator[str]:
    yield from _changes("made by the consolidation", verdict.changes)
    yield from _named("outputs that change", verdict.output_changes)
    for reason in verdict.reasons:
        yield from reason.rstrip().splitlines()
    yield from _changes("pending before already", verdict.pending)
    yield from _named("outputs that only an apply fills in", verdict.expected_outputs)
    drifted = [f"{one.address}" for one in verdict.baseline.drift]
    yield from _named("changed outside Terraform before already", drifted)


def _changes(title: str, changes: Sequence[ResourceChange]) -> Iterator[str]:
    if not changes:
        return
    yield f"{title}:"
    for one in changes[:MOST]:
        came = f", was {one.previous_address}" if one.previous_address else ""
        what = "import" if one.importing and one.actions == ("no-op",) else "/".join(one.actions)
        marks = " (only what is sensitive in it, no value)" if one.marks_only else ""
        yield f"  {what} {one.address}{came}{marks}"
    if len(changes) > MOST:
        yield f"  and {len(changes) - MOST} more in proof.json"


def _named(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        shown = ", ".join(names[:MOST])
        yield f"{title}: {shown}" + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
