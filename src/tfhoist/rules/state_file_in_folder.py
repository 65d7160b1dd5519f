"""States in the folder."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule
from tfhoist.rules.stray_files import is_state


class StateFileInFolder(Rule):
    """A state holds every attribute, secrets in clear."""

    id = "state-file-in-folder"
    severity = Severity.ERROR
    description = "a state lies in the folder"
    advice = (
        "It holds every attribute, secrets in clear: move it to a backend, ignore it in git, and rotate what was in it."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        for path in sorted(context.files):
            if is_state(path, context.files[path]):
                yield self.finding(f"{path} is a state", ranges=[SourceRange(path, 1, 1)], evidence={"file": path})
