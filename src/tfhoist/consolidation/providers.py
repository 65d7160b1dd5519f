"""Which provider configurations the moved blocks use, and how the central roots carry them."""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.configuration.load import all_modules
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.sources import implied_source
from tfhoist.graph import Graph
from tfhoist.hcl.expressions import Attr, Expression, Literal, Object, Template, Variable


class ProviderUse(NamedTuple):
    """A provider configuration of the service root: its local name, alias ("" for the default), and requirement."""

    name: str
    alias: str
    requirement: tuple[tuple[str, str], ...]
    declaration: Declaration | None

    def reference(self) -> str:
        """How the shared module names it: `aws` or `aws.east`."""
        return f"{self.name}.{self.alias}" if self.alias else self.name

    def central_alias(self, label: str) -> str:
        """Its alias in a central root."""
        return f"{label}_{self.alias}" if self.alias else label


def carried_providers(graph: Graph, addresses: set[str]) -> list[ProviderUse]:
    """The provider configurations that some blocks use, and those of the data sources that these configurations read."""
    while True:
        uses = provider_uses(graph.module, addresses)
        read = graph.closure([use.declaration.address for use in uses if use.declaration is not None])
        wider = addresses | {address for address in read if address.startswith("data.")}
        if wider == addresses:
            return uses
        addresses = wider


def provider_uses(module: Module, addresses: set[str]) -> list[ProviderUse]:
    """The provider configurations that some blocks of the root module use."""
    found: set[tuple[str, str]] = set()
    for declaration in module.declarations:
        if declaration.address not in addresses:
            continue
        if declaration.kind in ("resource", "data", "ephemeral"):
            found.add(named_provider(declaration.expression("provider"), declaration.type))
        elif declaration.kind == "module":
            found |= _of_call(module, declaration)
    found.discard(("terraform", ""))
    requirements = required_providers(module)
    for inner in all_modules(module):
        for name, requirement in required_providers(inner).items():
            requirements.setdefault(name, requirement)
    return [
        ProviderUse(
            name,
            alias,
            requirements.get(name, (("source", f'"{implied_source(name)}"'),)),
            module.get(f"provider.{name}.{alias}" if alias else f"provider.{name}"),
        )
        for name, alias in sorted(found)
    ]


def named_provider(expression: Expression | None, kind: str) -> tuple[str, str]:
    """The configuration that a `provider` argument names, else the default one of the type's prefix."""
    match expression:
        case Attr(target=Variable(name=name), name=alias):
            return name, alias
        case Variable(name=name):
            return name, ""
        case Literal(value=str(text)) | Template(parts=(Literal(value=str(text)),)):
            name, _, alias = text.partition(".")
            return name, alias
    return kind.partition("_")[0], ""


def _of_call(module: Module, call: Declaration) -> set[tuple[str, str]]:
    """What a module call uses: its `providers`, and by inheritance the default configurations of what is inside."""
    found: set[tuple[str, str]] = set()
    mapped: set[str] = set()
    providers = call.expression("providers")
    if isinstance(providers, Object):
        for key, value in providers.items:
            found.add(named_provider(value, ""))
            if isinstance(key, Literal):
                mapped.add(str(key.value))
    child = module.children.get(call.name)
    if child is None:
        inherited = set(required_providers(module)) | {d.name for d in module.of("provider")}
    else:
        inherited = {
            named_provider(declaration.expression("provider"), declaration.type)[0]
            for inner in all_modules(child)
            for declaration in inner.of("resource", "data", "ephemeral")
        }
    return found | {(name, "") for name in inherited - mapped}


def required_providers(module: Module) -> dict[str, tuple[tuple[str, str], ...]]:
    """Local name to source and version, each as written."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for declaration in module.of("terraform"):
        for block in declaration.body.blocks_of("required_providers"):
            for attribute in block.body.attributes:
                value = attribute.expression
                file = declaration.file
                if isinstance(value, Object):
                    found[attribute.name] = tuple(
                        (str(key.value), file.text(item.start, item.end))
                        for key, item in value.items
                        if isinstance(key, Literal) and key.value in ("source", "version")
                    )
                else:
                    text = file.text(attribute.value_start, attribute.value_end)
                    found[attribute.name] = (("source", f'"{implied_source(attribute.name)}"'), ("version", text))
    return found
