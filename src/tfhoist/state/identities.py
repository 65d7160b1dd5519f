"""A state reduced to identities: what names a thing (id, arn, name and their like, and lists of them), and nothing that can be secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl import parser
from tfhoist.hcl.expressions import Expression
from tfhoist.imports.table import Importable, importing
from tfhoist.state.fixed_attributes import fixed_attributes
from tfhoist.state.snapshot import Snapshot, attributes_of
from tfhoist.values.evaluate import Scope, evaluate
from tfhoist.values.types import PartlyKnown, Unknown, Value

SCHEMA = "tfhoist/identities/1"

Captured: TypeAlias = "str | tuple[Captured, ...] | dict[str, Captured]"
"""Text, a list, or a map or object."""


class IdentityInstance(msgspec.Struct, frozen=True, omit_defaults=True):
    """The identities of one instance, and the attributes that its import id is made of."""

    module: str
    mode: str
    type: str
    name: str
    index_key: str | int | None
    identities: dict[str, str]
    import_parts: dict[str, Any] = msgspec.field(default_factory=dict)


class Identities(msgspec.Struct, frozen=True):
    """The identities of a state, and its root outputs that are made of them."""

    schema: str
    lineage: str
    serial: int
    instances: tuple[IdentityInstance, ...]
    outputs: dict[str, Any]


def identities_of(snapshot: Snapshot) -> Identities:
    """Reduce a snapshot. Sensitive outputs and sensitive identity attributes are left out."""
    instances: list[IdentityInstance] = []
    known: set[str] = set()
    for resource in snapshot.resources:
        for instance in resource.instances:
            if instance.deposed:
                continue
            attributes = attributes_of(instance)
            hidden = bytes(instance.sensitive_attributes)
            identities = {
                name: attributes[name]
                for name in fixed_attributes(resource.type if resource.mode == "managed" else "")
                if isinstance(attributes.get(name), str) and f'"{name}"'.encode() not in hidden
            }
            known.update(identities.values())
            found = importing(resource, instance) if resource.mode == "managed" else None
            parts = found.parts if isinstance(found, Importable) else {}
            instances.append(
                IdentityInstance(
                    resource.module, resource.mode, resource.type, resource.name, instance.index_key, identities, parts
                )
            )
    outputs: dict[str, Any] = {}
    for name, output in snapshot.outputs.items():
        if output.sensitive:
            continue
        value = msgspec.json.decode(output.value)
        items = value if isinstance(value, list) else [value]
        if items and all(isinstance(item, str) and item in known for item in items):
            outputs[name] = value
    instances.sort(
        key=lambda instance: (instance.module, instance.mode, instance.type, instance.name, str(instance.index_key))
    )
    return Identities(SCHEMA, snapshot.lineage, snapshot.serial, tuple(instances), dict(sorted(outputs.items())))


def encode(identities: Identities) -> bytes:
    """The JSON form, indented, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(identities), indent=2) + b"\n"


def pinned_value(module: Module, environment: Environment, identities: Identities, expression: str) -> Captured | None:
    """The value of an expression of the root module by the identities of a state; None when they don't tell.

    A list is empty only where the state has no instance and the configuration says that there is none: `count` is 0. A map is
    never empty.
    Outputs of local modules are evaluated down to the instances; those of other modules are known only through a root
    output that is exactly this expression.
    """
    tree = parser.parse_expression(expression.encode(), 0, len(expression.encode()))
    value = evaluate(tree, _scope(module, environment.scope(module).variables, identities, "", environment.workspace))
    if isinstance(value, Unknown):
        value = _through_output(module, identities, expression)
    return _captured(value, identities)


def _captured(value: Value, identities: Identities) -> Captured | None:
    """A value that is made of identities only."""
    if isinstance(value, str):
        return value if _is_identity(value, identities) else None
    if isinstance(value, tuple):
        items = [_captured(item, identities) for item in value]
        return None if None in items else tuple(item for item in items if item is not None)
    if isinstance(value, dict) and value:
        named = {key: _captured(item, identities) for key, item in value.items()}
        return None if None in named.values() else {key: item for key, item in named.items() if item is not None}
    return None


def _is_identity(value: str, identities: Identities) -> bool:
    return any(value in instance.identities.values() for instance in identities.instances)


def _through_output(module: Module, identities: Identities, expression: str) -> Value:
    wanted = "".join(expression.split())
    for output in module.of("output"):
        value = output.body.attribute("value")
        if value is None or output.name not in identities.outputs:
            continue
        if "".join(output.file.text(value.value_start, value.value_end).split()) == wanted:
            found = identities.outputs[output.name]
            return tuple(found) if isinstance(found, list) else found
    return Unknown("no root output has this value")


def _scope(module: Module, variables: Mapping[str, Value], identities: Identities, path: str, workspace: str) -> Scope:
    reading: set[str] = set()

    def resolve(root: str, name: str) -> Value:
        if root == "module":
            # modules may read each other; an output is evaluated with all of its module's arguments, so this may meet itself
            if name in reading:
                return Unknown(f"module.{name} is read in a circle")
            reading.add(name)
            try:
                return _module_outputs(module, identities, f"{path}.module.{name}".lstrip("."), name, workspace, scope)
            finally:
                reading.discard(name)
        mode, kind = ("data", root.removeprefix("data.")) if root.startswith("data.") else ("managed", root)
        instances = [
            instance
            for instance in identities.instances
            if (instance.module, instance.mode, instance.type, instance.name) == (path, mode, kind, name)
        ]
        declaration = module.get(f"{kind}.{name}" if mode == "managed" else f"data.{kind}.{name}")
        if declaration is None:
            return Unknown(f"{kind}.{name} isn't declared")
        if declaration.body.attribute("count") is not None:
            if not instances:
                return () if counts_none(declaration) else Unknown(f"the state has no {kind}.{name}")
            ordered = sorted(instances, key=lambda instance: int(instance.index_key or 0))
            return tuple(map(_instance, ordered))
        if declaration.body.attribute("for_each") is not None:
            if not instances:
                return Unknown(f"the state has no {kind}.{name}")
            return {str(instance.index_key): _instance(instance) for instance in instances}
        return _instance(instances[0]) if len(instances) == 1 else Unknown(f"the state has no {kind}.{name}")

    def counts_none(declaration: Declaration) -> bool:
        key = f"count of {declaration.address}"
        if key in reading:  # a circle, which is refused elsewhere
            return False
        reading.add(key)
        try:
            return _counts_none(declaration, scope)
        finally:
            reading.discard(key)

    scope = Scope(module, variables, resolve, workspace)
    return scope


def _instance(instance: IdentityInstance) -> PartlyKnown:
    return PartlyKnown("of an instance its identities are known alone", known=dict(instance.identities))


def _counts_none(declaration: Declaration, scope: Scope) -> bool:
    """Whether a block's `count` is 0: that a state has no instance of it isn't enough, it may not be applied yet."""
    count = declaration.expression("count")
    value = evaluate(count, scope) if count is not None else None
    return value == 0 and not isinstance(value, bool)


def _module_outputs(
    module: Module, identities: Identities, path: str, name: str, workspace: str, outer: Scope
) -> Value:
    child = module.children.get(name)
    call = module.get(f"module.{name}")
    if child is None or call is None:
        return Unknown(f"the source of module.{name} isn't at hand")
    below = (f"{path}.", f"{path}[")
    inhabited = any(one.module == path or one.module.startswith(below) for one in identities.instances)
    if call.body.attribute("count") is not None and not inhabited and _counts_none(call, outer):
        return ()
    if call.body.attribute("count") is not None or call.body.attribute("for_each") is not None:
        return Unknown(f"module.{name} has many instances")
    variables: dict[str, Value] = {}
    for declaration in child.of("variable"):
        given = call.expression(declaration.name)
        default = declaration.expression("default")
        chosen: Expression | None = given if given is not None else default
        variables[declaration.name] = evaluate(chosen, outer) if chosen is not None else Unknown("not given")
    inner = _scope(child, variables, identities, path, workspace)
    outputs: dict[str, Value] = {}
    for output in child.of("output"):
        value = output.expression("value")
        sensitive = output.literal("sensitive") is True
        outputs[output.name] = (
            Unknown("sensitive", sensitive=True) if sensitive or value is None else evaluate(value, inner)
        )
    return outputs
