"""How a migration's report reads on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tfhoist.cli.common import counted
from tfhoist.migration.model import Report

if TYPE_CHECKING:
    from tfhoist.engine.gate import Judged

SHOWN = 12
"""How many operations are listed; --json has them all."""


def report_text(report: Report) -> str:
    """The report, the status first and what to do next last."""
    where = f"{report.environment}: " if report.environment else ""
    lines = [f"{where}{report.status} (plan {report.plan})"]
    for name, side in (("source", report.source), ("destination", report.destination)):
        standing = f", {side['standing']}" if "standing" in side else ""
        lines.append(
            f"  {name}: serial {side['serial']}, "
            f"{counted(side['resources'], 'resource')}, {counted(side['instances'], 'instance')}{standing}"
        )
    by_kind = Counter((one["kind"], one["state"]) for one in report.operations)
    told = ", ".join(f"{number} {kind} {state}" for (kind, state), number in sorted(by_kind.items()))
    lines.append(f"  {counted(len(report.operations), 'operation')}: {told}" if told else "  no operations")
    moves = [one for one in report.operations if one["kind"] in ("move", "import")]
    lines += [f"    {one['from']} -> {one['to']} ({one['state']}){_by(one)}" for one in moves[:SHOWN]]
    if len(moves) > SHOWN:
        lines.append(f"    and {len(moves) - SHOWN} more")
    lines += [f"  backup of the {one.side}: {one.file or 'there was no state'}" for one in report.backups]
    if report.verdict:
        lines.append(f"  plans: {report.verdict}")
    lines += [f"  conflict: {one}" for one in report.conflicts]
    lines += [f"  note: {one}" for one in report.notes]
    if report.steps:
        lines += ["", "By hand, instead of `tfhoist migrate run`:", *(f"  {one}" for one in report.steps), ""]
    if report.next:
        lines.append(f"next: {report.next}")
    return "\n".join(lines)


def _by(operation: Mapping[str, Any]) -> str:
    """The import id of an operation, and what it's made of."""
    if "import_id" not in operation:
        return ""
    made_of = ", ".join(operation["made_of"]) or operation["source"]
    return f" id {operation['import_id']} (from {made_of})"


def judged_text(judged: Judged) -> str:
    """What a saved plan would do, and what speaks against it."""
    lines = [f"{counted(len(judged.imports), 'import')}, {len(judged.forgets)} forgotten"]
    lines += [f"  accepted: {one}" for one in judged.others]
    lines += [f"  output {name}" for name in judged.outputs]
    lines += [f"  refused: {one}" for one in judged.objections]
    lines.append("don't apply it" if judged.objections else "it may be applied")
    return "\n".join(lines)
