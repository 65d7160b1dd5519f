"""Whom a policy document lets in: the principals of a trust policy or a resource's policy.

Read from the expression's structure, not by searching its text: `jsonencode({...})`, a JSON text or heredoc, and
`data.aws_iam_policy_document` (with the documents that it's built of). Source of the rules: the IAM User Guide, "AWS JSON
policy elements: Principal".
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.hcl.expressions import Call, Expression, Literal, Object, Parentheses, Template, Tuple, walk
from tfhoist.hcl.references import Reference, references_of

_DOCUMENT = "data.aws_iam_policy_document."
_ARN = re.compile(r"arn:[^:]*:(iam|sts)::([^:]*):")
_ACCOUNT = re.compile(r"\d{12}\Z")
_OWN_NAME = re.compile(r"(var|local)\.(aws_)?(current_)?account_id\Z")
OWN_ACCOUNT = "own-account"
OTHER_ACCOUNT = "other-account"


class Principal(NamedTuple):
    """One principal: its kind ("Service", "AWS", "Federated", "*") and its text, computed accounts as words of ours."""

    kind: str
    text: str


def principals(declaration: Declaration, module: Module) -> frozenset[Principal] | None:
    """Who is let in by `assume_role_policy` or `policy` of a block; None when its document can't be read."""
    expression = declaration.expression("assume_role_policy") or declaration.expression("policy")
    if expression is None:
        return None
    reader = _Reader(module)
    reader.expression(expression)
    return frozenset(reader.found) if reader.read else None


def lets_in_other_accounts(found: frozenset[Principal]) -> bool:
    """Whether a principal stands for another account, or for everyone.

    A literal account id counts as another's: nobody needs to spell out their own. An OIDC or SAML provider doesn't.
    """
    for principal in found:
        if principal.kind == "*" or (principal.kind == "AWS" and principal.text == "*"):
            return True
        if principal.kind != "AWS":
            continue
        arn = _ARN.match(principal.text)
        account = arn.group(2) if arn is not None else principal.text
        if account == OTHER_ACCOUNT or _ACCOUNT.match(account):
            return True
    return False


class _Reader:
    def __init__(self, module: Module) -> None:
        self.module = module
        self.found: set[Principal] = set()
        self.read = False
        self._seen: set[str] = set()

    def expression(self, expression: Expression) -> None:
        """A policy: an object to be encoded, JSON as text, or a reference to one."""
        match expression:
            case Parentheses(inner=inner):
                self.expression(inner)
            case Call(name="jsonencode" | "jsondecode", arguments=(inner,)):
                self.expression(inner)
            case Object():
                self.read = True
                self._object(expression)
            case Literal() | Template():
                self._text(_text(expression, self.module))
            case _:
                for reference in _references(expression):
                    self._follow(target_address(reference))

    def _follow(self, address: str) -> None:
        declaration = self.module.get(address)
        if declaration is None or address in self._seen:
            return
        self._seen.add(address)
        if declaration.attribute is not None:
            self.expression(declaration.attribute.expression)
        elif address.startswith(_DOCUMENT):
            self._document(declaration)

    def _document(self, declaration: Declaration) -> None:
        self.read = True
        for statement in declaration.body.blocks_of("statement"):
            for block in statement.body.blocks_of("principals"):
                kind = block.body.attribute("type")
                identifiers = block.body.attribute("identifiers")
                if kind is not None and identifiers is not None:
                    self._principals(_text(kind.expression, self.module), identifiers.expression)
        for name in ("source_policy_documents", "override_policy_documents", "source_json", "override_json"):
            attribute = declaration.body.attribute(name)
            if attribute is not None:
                for reference in _references(attribute.expression):
                    self._follow(target_address(reference))

    def _object(self, expression: Object) -> None:
        for node in walk(expression):
            if not isinstance(node, Object):
                continue
            for key, value in node.items:
                if not isinstance(key, Literal) or key.value != "Principal":
                    continue
                if isinstance(value, Object):
                    for kind, who in value.items:
                        if isinstance(kind, Literal):
                            self._principals(str(kind.value), who)
                else:
                    self._principals("*" if _text(value, self.module) == "*" else "", value)

    def _principals(self, kind: str, who: Expression) -> None:
        several = who.items if isinstance(who, Tuple) else (who,)
        self.found.update(Principal(kind, _text(one, self.module)) for one in several)

    def _text(self, text: str) -> None:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        self.read = True
        pending = [document]
        while pending:
            current = pending.pop()
            if isinstance(current, list):
                pending.extend(current)
            elif isinstance(current, dict):
                pending.extend(value for key, value in current.items() if key != "Principal")
                self._json(current.get("Principal"))

    def _json(self, principal: object) -> None:
        if isinstance(principal, str):
            self.found.add(Principal("*" if principal == "*" else "", principal))
        elif isinstance(principal, dict):
            for kind, who in principal.items():
                several = who if isinstance(who, list) else [who]
                self.found.update(Principal(kind, one) for one in several if isinstance(one, str))


def _references(expression: Expression) -> list[Reference]:
    found: list[Reference] = []
    references_of(expression, found)
    return found


def _text(expression: Expression, module: Module) -> str:
    """Text, with `OWN_ACCOUNT` or `OTHER_ACCOUNT` for what is computed."""
    match expression:
        case Literal(value=str(text)):
            return text
        case Template(parts=parts):
            return "".join(_text(part, module) for part in parts)
    if any(reference.names()[-1] == "dns_suffix" for reference in _references(expression)):
        return "amazonaws.com"  # data.aws_partition: what Terraform evaluates it to, outside of China
    return OWN_ACCOUNT if _own(expression, module, set()) else OTHER_ACCOUNT


def _own(expression: Expression, module: Module, seen: set[str]) -> bool:
    """Whether something computed comes from this account: the caller's identity, a block of this root, or `var.account_id`."""
    for reference in _references(expression):
        address = target_address(reference)
        if address.startswith(("aws_", "data.aws_")) or _OWN_NAME.match(address):
            return True
        declaration = module.get(address)
        if declaration is not None and declaration.attribute is not None and address not in seen:
            seen.add(address)
            if _own(declaration.attribute.expression, module, seen):
                return True
    return False
