"""Account ids written into blocks."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.literals import LiteralText, accounts, arns
from tfhoist.diagnostics import Severity
from tfhoist.rules.hard_coded import HardCoded


class HardCodedAccountId(HardCoded):
    """An id inside an ARN that is a finding itself isn't one again; nor are the accounts of AWS' own services."""

    id = "hard-coded-account-id"
    severity = Severity.WARNING
    description = "an account id is written into a block"
    advice = "Environments have accounts of their own. Use data.aws_caller_identity, or make it a variable."
    what = "account id"

    def found(self, text: LiteralText) -> Iterator[str]:
        whole = list(arns(text))
        return (account for account in accounts(text) if not any(account in arn for arn in whole))
