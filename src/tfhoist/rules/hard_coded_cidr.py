"""Network ranges written into blocks."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.literals import LiteralText, cidrs
from tfhoist.diagnostics import Severity
from tfhoist.rules.hard_coded import HardCoded


class HardCodedCidr(HardCoded):
    """0.0.0.0/0 and ::/0 say "everywhere", and are no finding."""

    id = "hard-coded-cidr"
    severity = Severity.NOTE
    description = "a network range is written into a block"
    advice = "Environments have networks of their own. Make it a variable, or read it from the network's block."
    what = "network range"
    sign = "/"

    def found(self, text: LiteralText) -> Iterator[str]:
        return cidrs(text)
