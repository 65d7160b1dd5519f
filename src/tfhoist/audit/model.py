"""The audit's result; its fields are the keys of the artifact `tfhoist/audit/1`."""

from __future__ import annotations

import msgspec

from tfhoist.diagnostics import SourceRange
from tfhoist.findings import Finding

SCHEMA = "tfhoist/audit/1"


class Counts(msgspec.Struct, frozen=True):
    """How much the root module declares: each definition counted, and files as Terraform reads them."""

    resources: int
    data: int
    modules: int
    outputs: int
    variables: int
    files: int


class AuditedBlock(msgspec.Struct, frozen=True, kw_only=True):
    """One definition of a resource, data source or module call. `side` is null where nothing was placed.

    `names` and `details` are by environment, without what isn't known; `contains` is what a local module call holds.
    """

    address: str
    kind: str
    category: str
    side: str | None
    reasons: tuple[str, ...]
    names: dict[str, str]
    details: dict[str, str]
    contains: tuple[str, ...]
    range: SourceRange


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """Something outside, or a point where services meet: `address` is the block that says so, `target` what it's about."""

    kind: str
    address: str
    target: str
    detail: str
    range: SourceRange

    def order(self) -> tuple[str, str, str, str, int, str]:
        """The order in which dependencies are shown."""
        return (self.kind, self.target, self.address, self.range.file, self.range.start_line, self.detail)


class Tool(msgspec.Struct, frozen=True):
    """What wrote the artifact."""

    name: str
    version: str


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The audit of a root module."""

    schema: str
    tool: Tool
    environments: tuple[str, ...]
    counts: Counts
    blocks: tuple[AuditedBlock, ...]
    dependencies: tuple[Dependency, ...]
    findings: tuple[Finding, ...]
