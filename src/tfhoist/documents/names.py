"""What the configuration says of a resource in one environment: its real name, its instances, its literal arguments.

Nothing here reads a state or a cloud: what only an apply knows is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tfhoist.addresses import index_suffix
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl.bodies import Body
from tfhoist.values.evaluate import Scope, evaluate, pairs_of
from tfhoist.values.types import Unknown, Value, to_number, to_text

_NAMES = (
    "name", "identifier", "family", "bucket", "function_name", "domain_name", "alarm_name", "cluster_name",
    "cluster_identifier", "repository_name", "name_prefix", "identifier_prefix", "bucket_prefix",
)  # fmt: skip


class Placed(NamedTuple):
    """One instance of a block in one environment: its key's suffix (`[0]`), and the scope that its body is read in."""

    suffix: str
    scope: Scope


def environment_scope(module: Module, environment: Environment) -> Scope:
    """The scope of the root module, in which the constant arguments of other resources are known too."""
    plain = environment.scope(module)
    open_: set[str] = set()
    known: dict[str, Value] = {}

    def resolve(root: str, name: str) -> Value:
        address = f"{root}.{name}"
        if address in known:
            return known[address]
        declaration = module.get(address)
        if declaration is None or declaration.kind not in ("resource", "data") or address in open_:
            return Unknown(f"{address} is known after the apply")
        open_.add(address)
        instances = {one.suffix: _constants(declaration.body, one.scope) for one in _instances(declaration, scope)}
        open_.discard(address)
        value: Value
        if declaration.body.attribute("count") is not None:
            value = tuple(instances.values())
        elif declaration.body.attribute("for_each") is not None:
            value = Unknown(f"the instances of {address} are known after the apply")
        else:
            value = instances.get("", Unknown(f"{address} is known after the apply"))
        known[address] = value
        return value

    scope = Scope(module, plain.variables, resolve, plain.workspace)
    return scope


def _constants(body: Body, scope: Scope) -> dict[str, Value]:
    values = {attribute.name: evaluate(attribute.expression, scope) for attribute in body.attributes}
    return {name: value for name, value in values.items() if not isinstance(value, Unknown)}


def _instances(declaration: Declaration, scope: Scope) -> list[Placed]:
    found = instances(declaration, scope)
    return found if found is not None else []


def instances(declaration: Declaration, scope: Scope) -> list[Placed] | None:
    """The instances of a block in one environment; None when `count` or `for_each` isn't known."""
    count = declaration.expression("count")
    if count is not None:
        number = to_number(evaluate(count, scope))
        if not isinstance(number, int):
            return None
        return [Placed(index_suffix(key), scope.with_bound(count={"index": key})) for key in range(number)]
    for_each = declaration.expression("for_each")
    if for_each is None:
        return [Placed("", scope)]
    collection = evaluate(for_each, scope)
    if isinstance(collection, tuple):
        texts = [to_text(item) for item in collection]
        if None in texts:
            return None
        return [_each(text, text, scope) for text in sorted({text for text in texts if text is not None})]
    if isinstance(collection, dict):
        return [_each(key, collection[key], scope) for key in sorted(collection)]
    return None


def _each(key: str, value: Value, scope: Scope) -> Placed:
    return Placed(index_suffix(key), scope.with_bound(each={"key": key, "value": value}))


def real_name(declaration: Declaration, scope: Scope) -> str:
    """The name of one instance, `prefix*` for a name that AWS completes, "" when there is none or it isn't known."""
    for argument in _NAMES:
        expression = declaration.expression(argument)
        if expression is None:
            continue
        text = to_text(evaluate(expression, scope))
        if text:
            return f"{text}*" if argument.endswith("_prefix") else text
    return ""


def real_names(declaration: Declaration, scope: Scope) -> tuple[str, ...]:
    """The names of all instances of a block in one environment, those that are known."""
    found = (real_name(declaration, one.scope) for one in instances(declaration, scope) or ())
    return tuple(dict.fromkeys(name for name in found if name))


def texts(value: Value) -> tuple[str, ...] | None:
    """A list of text, or None when some of it isn't known."""
    if not isinstance(value, tuple):
        return None
    found = [to_text(item) for item in value]
    return tuple(text for text in found if text is not None) if None not in found else None


def blocks(body: Body, kind: str, scope: Scope) -> Iterator[tuple[Body, Scope] | None]:
    """The nested blocks of one type with their scopes, `dynamic` ones unrolled; None for one that can't be."""
    for block in body.blocks:
        if block.type == kind:
            yield block.body, scope
        elif block.type == "dynamic" and block.labels == (kind,):
            yield from _dynamic(block.body, kind, scope)


def _dynamic(body: Body, kind: str, scope: Scope) -> Iterator[tuple[Body, Scope] | None]:
    for_each, content = body.attribute("for_each"), body.blocks_of("content")
    pairs = pairs_of(evaluate(for_each.expression, scope)) if for_each is not None else Unknown("no for_each")
    if isinstance(pairs, Unknown) or not content:
        yield None
        return
    named = body.attribute("iterator")
    iterator = str(getattr(named.expression, "name", kind)) if named is not None else kind
    for key, value in pairs:
        yield content[0].body, scope.with_bound(**{iterator: {"key": key, "value": value}})
