"""Override files: Terraform merges them over the others."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.load import configuration_files
from tfhoist.configuration.paths import is_override
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule


class OverrideFile(Rule):
    """A block says one thing, and an override file makes it another."""

    id = "override-file"
    severity = Severity.NOTE
    description = "an override file changes blocks of other files"
    advice = "What a block says isn't what it is. Merge the override into the block that it changes."

    def match(self, context: Context) -> Iterator[Finding]:
        for _, module in context.modules:
            for path in configuration_files(context.files, module.folder):
                if is_override(path):
                    yield self.finding(
                        f"{path} is merged over the other files",
                        ranges=[SourceRange(path, 1, 1)],
                        evidence={"file": path},
                    )
