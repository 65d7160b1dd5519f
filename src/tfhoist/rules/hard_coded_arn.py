"""ARNs written into blocks."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.literals import LiteralText, arns
from tfhoist.diagnostics import Severity
from tfhoist.rules.hard_coded import HardCoded


class HardCodedArn(HardCoded):
    """AWS' own ARNs (managed policies) are constants, and no finding."""

    id = "hard-coded-arn"
    severity = Severity.WARNING
    description = "an ARN is written into a block"
    advice = "It's one account's and one environment's. Refer to the block that makes it, or make it a variable."
    what = "ARN"
    sign = "arn:"

    def found(self, text: LiteralText) -> Iterator[str]:
        return arns(text)
