"""The audit as Markdown: the inventory that the PRD's first phase asks for."""

from __future__ import annotations

import re

from tfhoist.audit.model import Audit, AuditedBlock
from tfhoist.audit.wording import DEPENDENCIES, alike, categories, counts, per_environment, severities
from tfhoist.diagnostics import Severity, SourceRange

_TITLES = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}
_SPECIAL = re.compile(r"([\\`*\[\]|~])|(?<!\w)_|_(?!\w)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def render_markdown(audit: Audit) -> str:
    """The inventory by category, dependencies and integration points, and findings."""
    lines = ["# Infrastructure inventory", "", f"{counts(audit)}."]
    named = [name for name in audit.environments if name]
    if named:
        lines += ["", f"Environments: {', '.join(code(name) for name in named)}."]
    for title, blocks in categories(audit):
        lines += ["", f"## {title}", ""]
        lines += _row("Address", "Real name", "Details", "Side", "Why", "Where")
        lines += _row("---", "---", "---", "---", "---", "---")
        for block in blocks:
            lines += _block(block, audit.environments)
    lines += ["", "## Dependencies and integration points", ""]
    if not audit.dependencies:
        lines.append("None were found.")
    for kind, title in DEPENDENCIES.items():
        found = [dependency for dependency in audit.dependencies if dependency.kind == kind]
        if not found:
            continue
        lines += [f"### {title}", "", *_row("What", "Block", "Detail", "Where"), *_row("---", "---", "---", "---")]
        for dependency in found:
            lines += _row(
                code(dependency.target), code(dependency.address), escape(dependency.detail), _place(dependency.range)
            )
        lines.append("")
    if lines[-1]:
        lines.append("")
    lines += ["## Findings", "", f"{severities(audit)}."]
    for severity in Severity:
        found_here = [finding for finding in audit.findings if finding.severity is severity]
        if not found_here:
            continue
        lines += ["", f"### {_TITLES[severity]}"]
        for group in alike(found_here):
            lines += ["", f"#### {code(group[0].id)}", "", escape(group[0].advice), ""]
            lines += _row("Finding", "Where") + _row("---", "---")
            for finding in group:
                lines += _row(escape(finding.summary), "<br>".join(_place(place) for place in finding.ranges))
    return "\n".join(lines) + "\n"


def _block(block: AuditedBlock, environments: tuple[str, ...]) -> list[str]:
    names = "<br>".join(
        f"{escape(where)}: {code(text)}" if where else code(text)
        for where, text in per_environment(block.names, environments)
    )
    details = "<br>".join(
        f"{escape(where)}: {escape(text)}" if where else escape(text)
        for where, text in per_environment(block.details, environments)
    )
    if block.contains:
        inside = f"holds {', '.join(code(address) for address in block.contains)}"
        details = f"{details}<br>{inside}" if details else inside
    reasons = "; ".join(escape(reason) for reason in block.reasons)
    return _row(code(block.address), names, details, block.side or "", reasons, _place(block.range))


def _row(*cells: str) -> list[str]:
    return [f"| {' | '.join(cells)} |"]


def _place(place: SourceRange) -> str:
    return code(str(place))


def code(text: str) -> str:
    """A code span that's safe in a table: pipes escaped, no newline, fenced by more backticks than are in it."""
    flat = _flat(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    fence = "`" * (longest + 1)
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{space}{flat}{space}{fence}" if flat else ""


def escape(text: str) -> str:
    """Text that's safe in a table: Markdown's own characters and HTML mean nothing in it."""
    return _SPECIAL.sub(lambda match: f"\\{match.group()}", _flat(text)).translate(_ENTITIES)


def _flat(text: str) -> str:
    """One line, without control characters and those that turn the writing direction."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
