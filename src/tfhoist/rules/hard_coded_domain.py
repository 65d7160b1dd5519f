"""Host names written into blocks."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.literals import LiteralText
from tfhoist.diagnostics import Severity
from tfhoist.rules.hard_coded import HardCoded


class HardCodedDomain(HardCoded):
    """Service principals and the endpoints of providers and tools are constants, and no finding."""

    id = "hard-coded-domain"
    severity = Severity.NOTE
    description = "a host name is written into a block"
    advice = "Every environment gets the same one. Make it a variable with this value as its default."
    what = "host name"
    sign = "."

    def found(self, text: LiteralText) -> Iterator[str]:
        return iter(text.hosts)
