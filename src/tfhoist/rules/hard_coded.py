"""What is written into a block and belongs into a variable: what four rules share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tfhoist.audit.links import qualified
from tfhoist.audit.literals import LiteralText
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, line_of


class HardCoded(Rule):
    """One finding for each value and block, at the first place where it stands."""

    what: str
    sign: ClassVar[str] = ""
    """What every text that holds such a value has in it."""

    def found(self, text: LiteralText) -> Iterator[str]:
        """The values in a text."""
        raise NotImplementedError

    def match(self, context: Context) -> Iterator[Finding]:
        seen: dict[tuple[str, str, int, str], list[LiteralText]] = {}
        for text in context.shown_literals:
            if self.sign not in text.text:
                continue
            declaration = text.declaration
            for value in self.found(text):
                key = (text.path, declaration.file.path, declaration.start, value)
                seen.setdefault(key, []).append(text)
        for (path, _, _, value), texts in seen.items():
            declaration = texts[0].declaration
            address = qualified(path, declaration.address)
            first = min(texts, key=lambda text: text.start)
            yield self.finding(
                f"{address} has the {self.what} {value} written into it",
                address=address,
                ranges=[line_of(declaration, text.start, text.end) for text in sorted(texts, key=lambda t: t.start)],
                evidence={"value": value, "argument": ".".join(first.names)},
            )
