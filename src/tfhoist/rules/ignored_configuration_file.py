"""Files that look like configuration, and aren't read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule
from tfhoist.rules.stray_files import is_ignored_configuration


class IgnoredConfigurationFile(Rule):
    """Only beside configuration that is read: in the folders of the root and its local modules."""

    id = "ignored-configuration-file"
    severity = Severity.NOTE
    description = "a file looks like configuration, and Terraform doesn't read it"
    advice = "What it declares isn't managed. Delete it (git remembers it), or give it back its name."

    def match(self, context: Context) -> Iterator[Finding]:
        folders = {module.folder for _, module in context.modules}
        for path in sorted(context.files):
            if posixpath.dirname(path) in folders and is_ignored_configuration(path):
                yield self.finding(
                    f"{path} isn't read by Terraform", ranges=[SourceRange(path, 1, 1)], evidence={"file": path}
                )
