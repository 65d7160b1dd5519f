"""Configuration in JSON syntax."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule


class JsonConfiguration(Rule):
    """It's read, but never edited: what is in it can't move."""

    id = "json-configuration"
    severity = Severity.NOTE
    description = "a file is written in Terraform's JSON syntax"
    advice = "Its resources are counted, and not looked into; nothing in it can move. Write in HCL what has to."

    def match(self, context: Context) -> Iterator[Finding]:
        for _, module in context.modules:
            for path in module.json_files:
                yield self.finding(
                    f"{path} is written in JSON syntax", ranges=[SourceRange(path, 1, 1)], evidence={"file": path}
                )
