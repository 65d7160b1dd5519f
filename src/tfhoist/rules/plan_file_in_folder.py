"""Saved plans in the folder."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule
from tfhoist.rules.stray_files import is_plan


class PlanFileInFolder(Rule):
    """A plan holds the state and every variable's value, in clear."""

    id = "plan-file-in-folder"
    severity = Severity.ERROR
    description = "a saved plan lies in the folder"
    advice = "It holds the state and every variable's value in clear: delete it, ignore it in git, and rotate what was in it."

    def match(self, context: Context) -> Iterator[Finding]:
        for path in sorted(context.files):
            if is_plan(path, context.files[path]):
                yield self.finding(f"{path} is a saved plan", ranges=[SourceRange(path, 1, 1)], evidence={"file": path})
