"""The claims of each service with the file they stand in, and what all checks of several services share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from tfhoist.diagnostics import SourceRange
from tfhoist.registry.claims import Claims


class Entry(NamedTuple):
    """The claims of one service, with the file they stand in: its path, and its text for finding lines."""

    claims: Claims
    path: str
    source: str

    def place(self, text: str = "") -> SourceRange:
        """The first line that holds a text, or the first line."""
        at = self.source.find(text) if text else -1
        line = self.source.count("\n", 0, at) + 1 if at >= 0 else 1
        return SourceRange(self.path, line, line)


Claimed = TypeVar("Claimed")
Handed = Callable[[str, str], bool]
"""Whether the claims of one service that another one claims too pass to it (transfer_from)."""


def owned(claims: Claims) -> str:
    """`data-pipeline (data-pipeline-team@hokusai.ai)`."""
    return f"{claims.service} ({claims.owner or 'no owner given'})"


def pairs_of(
    several: Sequence[tuple[Entry, Claimed]], handed: Handed
) -> Iterator[tuple[tuple[Entry, Claimed], tuple[Entry, Claimed]]]:
    """The first claim of each other service, against the first claim of all."""
    first = several[0]
    seen = {first[0].claims.service}
    for other in several[1:]:
        service = other[0].claims.service
        if service not in seen:
            seen.add(service)
            if not handed(service, first[0].claims.service):
                yield first, other
