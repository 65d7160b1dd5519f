"""Hard-coded domains, certificates and account ids of blocks that move: they become variables with the old value.

Only where the language allows a variable: not in `lifecycle`, a module's `source` or `version`, `depends_on`, `provider`
or the key of an object.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tfhoist.boundary.naming import unique
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import SourceRange
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import Expression, Literal, Object, Template, children

_DOMAIN = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,24})\Z")
_NO_DOMAIN = re.compile(
    r"(amazonaws\.com(\.cn)?|\.(json|tf|zip|sh|html?|txt|ya?ml|py|js|log|local|internal|tpl|conf|ini|md|pem|crt|key|jar|gz))\Z"
)
_CERTIFICATE = re.compile(r"arn:aws[\w-]*:(?:acm|iam):[\w-]*:\d{12}:(?:certificate|server-certificate)/.+\Z")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ACCOUNT_ARN = re.compile(r"(arn:aws[\w-]*:[\w-]+:[\w-]*:)(\d{12})(?=:)")
_FIXED_ARGUMENTS = ("depends_on", "provider", "providers", "source", "version", "count", "for_each")


class HardCoded(NamedTuple):
    """A value that becomes a variable."""

    variable: str
    value: str
    what: str
    range: SourceRange


class HardCodedValues:
    """Collects the values of all blocks that move; equal values share a variable."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = set(taken)
        self._by_value: dict[tuple[str, str], HardCoded] = {}

    @property
    def values(self) -> list[HardCoded]:
        """What was found, by name."""
        return sorted(self._by_value.values())

    def edits(self, declaration: Declaration) -> list[Edit]:
        """The edits that replace the hard-coded values of one block."""
        edits: list[Edit] = []
        pending: list[tuple[Body, bool]] = [(declaration.body, True)]
        while pending:
            body, top = pending.pop()
            for attribute in body.attributes:
                if not (top and attribute.name in _FIXED_ARGUMENTS):
                    self._look(declaration, attribute.expression, edits)
            for block in body.blocks:
                if not (top and block.type in ("lifecycle", "connection", "provisioner")):
                    pending.append((block.body, False))
        return edits

    def _look(self, declaration: Declaration, expression: Expression, edits: list[Edit]) -> None:
        pending: list[tuple[Expression, bool]] = [(expression, False)]
        while pending:
            current, in_template = pending.pop()
            if isinstance(current, Literal):
                self._literal(declaration, current, edits, in_template=in_template)
            elif isinstance(current, Object):
                pending.extend((value, False) for _, value in current.items)
                pending.extend((key, False) for key, _ in current.items if not isinstance(key, Literal))
            else:
                inside = isinstance(current, Template)
                pending.extend((child, inside) for child in children(current))

    def _literal(self, declaration: Declaration, literal: Literal, edits: list[Edit], *, in_template: bool) -> None:
        text = literal.value
        if not isinstance(text, str):
            return
        source = declaration.file.source
        raw = source[literal.start : literal.end]
        quoted = raw[:1] == b'"'
        if not in_template and not quoted:
            return
        if not in_template:
            found = self._whole(declaration, literal, text)
            if found is not None:
                edits.append(Edit(literal.start, literal.end, f"var.{found.variable}".encode()))
                return
        if raw.decode("utf-8", "replace").strip('"') != text:
            return  # escapes: the bytes aren't the text
        for match in _ACCOUNT_ARN.finditer(raw.decode()):
            found = self._value(declaration, literal, match.group(2), "account_id", "AWS account id")
            start = literal.start + len(raw.decode()[: match.start(2)].encode())
            edits.append(Edit(start, start + 12, f"${{var.{found.variable}}}".encode()))

    def _whole(self, declaration: Declaration, literal: Literal, text: str) -> HardCoded | None:
        if _CERTIFICATE.match(text):
            return self._value(declaration, literal, text, f"{declaration.name}_certificate_arn", "certificate")
        if _ACCOUNT.fullmatch(text):
            return self._value(declaration, literal, text, "account_id", "AWS account id")
        if _DOMAIN.match(text) and not _NO_DOMAIN.search(text):
            first = text.removeprefix("*.").split(".")[0].replace("-", "_")
            wild = "wildcard_" if text.startswith("*.") else ""
            return self._value(declaration, literal, text, f"{wild}{first}_domain", "domain name")
        return None

    def _value(self, declaration: Declaration, literal: Literal, value: str, name: str, what: str) -> HardCoded:
        known = self._by_value.get((what, value))
        if known is None:
            variable = unique(re.sub(r"\W", "_", name), self._taken)
            self._taken.add(variable)
            known = HardCoded(variable, value, what, declaration.file.range(literal.start, literal.end))
            self._by_value[(what, value)] = known
        return known
