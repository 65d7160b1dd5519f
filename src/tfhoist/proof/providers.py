"""Which provider configuration a block really has: followed through `providers` up to the root, and read there.

What counts is the configuration's content (region, `default_tags`, `assume_role`...), not the alias it goes by
(documentation page "Providers Within Modules").
"""

from __future__ import annotations

import json

from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.sources import implied_source
from tfhoist.hcl.expressions import Attr, Expression, Index, Literal, Object, Template, Variable
from tfhoist.proof.blocks import Found, body_term
from tfhoist.proof.scopes import ModuleScope, literal_address, object_items
from tfhoist.proof.term import Term

BUILT_IN = "terraform"
_NOT_CONFIGURATION = frozenset({"alias", "version"})


class Providers:
    """The provider configurations of one side."""

    def __init__(self) -> None:
        self._memo: dict[tuple[int, str, str], tuple[Term, str]] = {}

    def of(self, found: Found) -> tuple[Term, str]:
        """The configuration of a resource or data source, and how its root names it."""
        name, alias = named(found.declaration.expression("provider"), found.declaration.type)
        return self.resolve(found.scope, name, alias)

    def of_call(self, found: Found, names: list[str]) -> tuple[Term, str]:
        """The configurations that a module which isn't at hand gets: those passed, and the default ones of `names`."""
        scope = found.scope
        parts: list[object] = []
        shown: set[str] = set()
        passed = _mapping(found.declaration)
        for key in sorted({*passed, *((name, "") for name in names)}):
            term, root_name = self.resolve(scope, *passed.get(key, key))
            parts += [".".join(part for part in key if part), term]
            shown.add(root_name)
        return scope.terms.make("body", *parts), ", ".join(sorted(shown))

    def resolve(self, scope: ModuleScope, name: str, alias: str) -> tuple[Term, str]:
        """The configuration that a local name and alias mean in a module, and its name in the root."""
        key = (id(scope), name, alias)
        if key not in self._memo:
            self._memo[key] = self._resolve(scope, name, alias)
        return self._memo[key]

    def _resolve(self, scope: ModuleScope, name: str, alias: str) -> tuple[Term, str]:
        shown = f"provider.{name}" + (f".{alias}" if alias else "")
        declared, _, key = shown.partition("[")
        own = scope.module.get(declared)
        if scope.parent is not None and scope.call is not None:
            passed = _mapping(scope.call)
            if (name, alias) in passed:
                term, root_name = self.resolve(scope.parent, *passed[(name, alias)])
                return _from_source(scope, term, name), root_name
            if own is None and alias:
                return scope.terms.make("undeclared", shown, scope.where()), shown
            if own is None:
                term, root_name = self.resolve(scope.parent, name, "")
                return _from_source(scope, term, name), root_name
        if own is None:
            if alias:
                return scope.terms.make("undeclared", shown, scope.where()), shown
            return scope.terms.make("provider", source(scope.module, name), scope.terms.make("body")), shown
        content = scope.json(own) if own.json else body_term(own.body, scope.context(declared), _NOT_CONFIGURATION)
        if key:
            unknown = scope.terms.make("unknown", "a key that isn't constant", "")
            content = scope.terms.make("body", "key", unknown if key == "?]" else scope.terms.text(key), "of", content)
        return scope.terms.make("provider", source(scope.module, name), content), shown


def _from_source(scope: ModuleScope, term: Term, name: str) -> Term:
    """The same configuration, if it's of the provider that the module means by the local name."""
    wanted = source(scope.module, name)
    if term.kind != "provider" or term.parts[0] == wanted:
        return term
    return scope.terms.make("undeclared", f"a configuration of {wanted}", scope.where())


def _mapping(call: Declaration) -> dict[tuple[str, str], tuple[str, str]]:
    """The `providers` of a call: (name, alias) inside to (name, alias) outside."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for key, value in object_items(call.expression("providers")):
        found[named(key, "")] = named(value, "")
    return found


def named(expression: Expression | None, kind: str) -> tuple[str, str]:
    """The local name and alias that a `provider` argument gives, else the default one of the type's prefix."""
    match expression:
        case Attr(target=Variable(name=name), name=alias):
            return name, alias
        case Index(target=Attr(target=Variable(name=name), name=alias), key=key):
            shown = json.dumps(key.value) if isinstance(key, Literal) else literal_address(key) or "?"
            return name, f"{alias}[{shown}]"  # one of OpenTofu's many configurations of an alias
        case Variable(name=name):
            return name, ""
        case Literal(value=str(text)) | Template(parts=(Literal(value=str(text)),)):
            name, _, alias = text.partition(".")
            return name, alias
    return kind.partition("_")[0], ""


def source(module: Module, name: str) -> str:
    """The source address of a provider by its local name in a module."""
    for declaration in module.of("terraform"):
        for block in declaration.body.blocks_of("required_providers"):
            attribute = block.body.attribute(name)
            if attribute is None:
                continue
            if isinstance(attribute.expression, Object):
                for key, value in attribute.expression.items:
                    if isinstance(key, Literal) and key.value == "source" and isinstance(value, Literal):
                        return _full(str(value.value))
    return _full(implied_source(name))


def version(module: Module, name: str) -> str:
    """The version constraint of a provider, "" when there's none."""
    for declaration in module.of("terraform"):
        for block in declaration.body.blocks_of("required_providers"):
            attribute = block.body.attribute(name)
            if attribute is None:
                continue
            if isinstance(attribute.expression, Literal):
                return str(attribute.expression.value)
            for key, value in object_items(attribute.expression):
                if isinstance(key, Literal) and key.value == "version" and isinstance(value, Literal):
                    return str(value.value)
    return ""


def _full(text: str) -> str:
    parts = text.lower().split("/")
    if len(parts) == 1:
        return f"registry.terraform.io/hashicorp/{parts[0]}"
    return text.lower() if len(parts) > 2 else f"registry.terraform.io/{text.lower()}"
