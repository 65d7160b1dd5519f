"""The states as the migration will leave them: what moved under its new address, and the outputs that are read filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tfhoist.addresses import module_label
from tfhoist.configuration.model import Module
from tfhoist.configuration.type_constraints import convert, parse_type
from tfhoist.documents.moves import block_of
from tfhoist.errors import UsageError
from tfhoist.hcl.expressions import Attr, Literal, Object, Variable
from tfhoist.state.document import SnapshotDocument
from tfhoist.state.moves import Move
from tfhoist.state.providers import REGISTRIES, provider_address
from tfhoist.state.surgery import Surgery, move
from tfhoist.values.types import Unknown, Value


def module_call(service: str, after: Module, before: Module | None) -> str:
    """The label of the shared module's call in a central root; raises `UsageError` when it can't be told."""
    label = module_label(service)
    if after.get(f"module.{label}") is not None:
        return label
    known = {one.name for one in before.of("module")} if before is not None else set()
    new = [one.name for one in after.of("module") if one.name not in known]
    if len(new) != 1:
        raise UsageError(f"the central root {after.folder} doesn't call the shared module of {service}.")
    return new[0]


def split(
    moved: tuple[str, ...],
    call: str,
    root: Module,
    service: Module,
    source: SnapshotDocument,
    destination: SnapshotDocument,
) -> Surgery:
    """Carry what was placed centrally over, as far as the state has it; raises `SurgeryRefused`.

    What the source has forgotten and the destination has is a move that is done.
    """
    there = {block_of(address) for address in _managed(source)}
    moves = [Move(address, f"module.{call}.{address}") for address in moved if address in there]
    moves += [Move(address, f"module.{call}.{address}") for address in gone(moved, call, source, destination)]
    return move(source, destination, moves, providers=provider_map(root, call, service))


def gone(moved: Collection[str], call: str, source: SnapshotDocument, destination: SnapshotDocument) -> list[str]:
    """The instances, by their addresses in the service root, that have left the source and are at the destination."""
    prefix = f"module.{call}."
    left = _managed(source)
    homes = (one.removeprefix(prefix) for one in sorted(_managed(destination)) if one.startswith(prefix))
    return [one for one in homes if block_of(one) in moved and one not in left]


def _managed(document: SnapshotDocument) -> frozenset[str]:
    return frozenset(
        resource.instance_address(instance)
        for resource in document.resources
        if resource.mode == "managed"
        for instance in resource.instances
    )


def provider_map(root: Module, call: str, service: Module) -> dict[str, str]:
    """Provider addresses of the service's state to those of the central root, by what the module call passes on.

    For the registries of both engines: which of them wrote a state, its own addresses say.
    """
    declaration = root.get(f"module.{call}")
    expression = declaration.expression("providers") if declaration is not None else None
    sources = required_sources(service)
    found: dict[str, str] = {}
    for key, value in expression.items if isinstance(expression, Object) else ():
        inner, outer = _configuration(key), _configuration(value)
        if inner is None or outer is None:
            continue
        for engine in REGISTRIES:
            source = sources.get(inner[0], f"hashicorp/{inner[0]}")
            found[provider_address(source, inner[1], engine=engine)] = provider_address(source, outer[1], engine=engine)
    return found


def _configuration(node: object) -> tuple[str, str] | None:
    """A provider configuration, `aws` or `aws.west`, as its local name and alias."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        name, _, alias = node.value.partition(".")
        return name, alias
    if isinstance(node, Variable):
        return node.name, ""
    if isinstance(node, Attr) and isinstance(node.target, Variable):
        return node.target.name, node.name
    return None


def required_sources(module: Module) -> dict[str, str]:
    """Local provider names to their sources, as `required_providers` says."""
    found: dict[str, str] = {}
    for declaration in module.of("terraform"):
        for block in declaration.body.blocks:
            for attribute in block.body.attributes if block.type == "required_providers" else ():
                if not isinstance(attribute.expression, Object):
                    continue
                for key, value in attribute.expression.items:
                    if isinstance(key, Literal) and key.value == "source" and isinstance(value, Literal):
                        found[attribute.name] = str(value.value)
    return found


def with_given(module: Module, values: Mapping[str, Value], given: Mapping[str, str]) -> dict[str, Value]:
    """Variables with those values that only `TF_VAR_...` gives."""
    filled = dict(values)
    for name, value in values.items():
        declaration = module.get(f"var.{name}")
        text = given.get(f"TF_VAR_{name}")
        if isinstance(value, Unknown) and declaration is not None and text is not None:
            wanted = parse_type(declaration.expression("type"))
            if wanted.kind in ("string", "number", "bool"):
                filled[name] = convert(text, wanted)
    return filled


def passed_on(module: Module, call: str, given: Mapping[str, str]) -> dict[str, str]:
    """`TF_VAR_<service>_x` for each `TF_VAR_x` that the service root is given, where the central root declares it."""
    found: dict[str, str] = {}
    for declaration in module.of("variable"):
        own = declaration.name.removeprefix(f"{call}_")
        if own != declaration.name and f"TF_VAR_{declaration.name}" not in given and f"TF_VAR_{own}" in given:
            found[f"TF_VAR_{declaration.name}"] = given[f"TF_VAR_{own}"]
    return found
