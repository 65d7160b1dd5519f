"""What the audit reports, and why a consolidation is refused."""

from __future__ import annotations

import msgspec

from tfhoist.diagnostics import Severity, SourceRange


class Witness(msgspec.Struct, frozen=True):
    """A request that shows a finding. `headers` are by name in small letters, each with its values; `query` is the query string."""

    scheme: str
    host: str
    path: str
    method: str
    headers: dict[str, tuple[str, ...]]
    query: str
    source_ip: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. `id` is the rule's; `address` the block that it's about, `addresses` all that take part.

    `evidence` holds facts (text to text); never a secret. `witness` is a
    request that shows it, where there is one.
    """

    id: str
    severity: Severity
    summary: str
    advice: str
    address: str | None = None
    addresses: tuple[str, ...] = ()
    range: SourceRange | None = None
    ranges: tuple[SourceRange, ...] = ()
    evidence: dict[str, str] = msgspec.field(default_factory=dict)
    witness: Witness | msgspec.UnsetType = msgspec.UNSET

    def order(self) -> tuple[int, str, str, int, str]:
        """Errors first, then by id and place: the order in which findings are shown."""
        rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}[self.severity]
        place = self.range or SourceRange("", 0, 0)
        return (rank, self.id, place.file, place.start_line, self.address or "")


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A construct that can't be carried: what, where, why, and the way out."""

    id: str
    summary: str
    advice: str
    address: str | None = None
    range: SourceRange | None = None
