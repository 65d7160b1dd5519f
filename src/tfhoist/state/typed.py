"""Values with their types: what an expression over a state gives, and what Terraform makes of it.

The rules of unification and conversion were measured with Terraform 1.11 (`tests/terraform/test_output_types.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from tfhoist.state.cty import BOOL, DYNAMIC, NUMBER, PRIMITIVES, STRING, CtyType, Plain, object_of
from tfhoist.values.types import Unknown, Value, to_bool, to_number, to_text


class Untold(NamedTuple):
    """A value that can't be computed here, and why. `fails` when Terraform itself would fail there, as `try` sees it."""

    why: str
    fails: bool = False


class Typed(NamedTuple):
    """A value and its type. Lists, sets and tuples are lists; maps and objects dicts."""

    type: CtyType
    value: Plain


class InstanceValue(NamedTuple):
    """One instance of a resource: its attributes, and their types where a provider's schema tells them."""

    address: str
    attributes: Mapping[str, Plain]
    types: Mapping[str, CtyType] | None


class Seq(NamedTuple):
    """A tuple."""

    items: tuple[Node, ...]


class Fields(NamedTuple):
    """An object."""

    items: Mapping[str, Node]


Node: TypeAlias = "Typed | InstanceValue | Seq | Fields | Untold"

NULL = Typed(DYNAMIC, None)


def attribute(node: Node, name: str) -> Node:
    """`node.name`."""
    if isinstance(node, Untold):
        return node
    if isinstance(node, InstanceValue):
        return _of_instance(node, name)
    if isinstance(node, Fields):
        return node.items.get(name, Untold(f"there is no attribute {name!r}", fails=True))
    if isinstance(node, Typed) and isinstance(node.value, dict) and not isinstance(node.type, str):
        kind, inner = node.type
        types = _types(kind, inner, node.value)
        if name in node.value and name in types:
            return opened(types[name], node.value[name])
    return Untold(f"there is no attribute {name!r}", fails=True)


def _types(kind: str, inner: Any, names: Iterable[str]) -> dict[str, CtyType]:
    """The type of each member of an object or map."""
    return dict(inner) if kind == "object" else dict.fromkeys(names, inner)


def _of_instance(instance: InstanceValue, name: str) -> Node:
    if name not in instance.attributes:
        return Untold(f"{instance.address} has no attribute {name!r} in the state", fails=instance.types is not None)
    value = instance.attributes[name]
    if instance.types is not None and name in instance.types:
        return opened(instance.types[name], value)
    # Without a schema: a bare scalar is of its own type, since Terraform writes dynamic ones with their types.
    if isinstance(value, bool):
        return Typed(BOOL, value)
    if isinstance(value, str):
        return Typed(STRING, value)
    if isinstance(value, int | Decimal):
        return Typed(NUMBER, value)
    return Untold(f"only the provider's schema tells the type of {instance.address}.{name}")


def opened(type_: CtyType, value: Plain) -> Node:
    """A value of a known type; what a state holds as dynamic carries its type beside it."""
    from tfhoist.state.cty import parse_type

    if type_ == DYNAMIC and isinstance(value, dict):
        return opened(parse_type(value["type"]), value["value"])
    return Typed(type_, value)


def element(node: Node, key: Node) -> Node:
    """`node[key]`."""
    for one in (node, key):
        if isinstance(one, Untold):
            return one
    if not isinstance(key, Typed) or isinstance(key.value, list | dict) or key.value is None:
        return Untold("an index that is no number and no text", fails=True)
    items = elements(node)
    number = to_number(key.value)
    if items is not None and isinstance(number, int):
        return items[number] if 0 <= number < len(items) else Untold("the index is out of range", fails=True)
    return attribute(node, to_text(key.value) or "")


def elements(node: Node) -> tuple[Node, ...] | None:
    """What is in a tuple, list or set; None for what is none."""
    if isinstance(node, Seq):
        return node.items
    if isinstance(node, Typed) and isinstance(node.value, list) and not isinstance(node.type, str):
        kind, inner = node.type
        types = inner if kind == "tuple" else [inner] * len(node.value)
        return tuple(opened(type_, item) for type_, item in zip(types, node.value, strict=True))
    return None


def pairs(node: Node) -> list[tuple[Node, Node]] | Untold:
    """Keys and values as `for` runs over them."""
    if isinstance(node, Untold):
        return node
    items = elements(node)
    if items is not None:
        if isinstance(node, Typed) and node.type[0] == "set":
            return [(item, item) for item in items]
        return [(Typed(NUMBER, position), item) for position, item in enumerate(items)]
    names = names_of(node)
    if names is None:
        return Untold("`for` over something that is no collection", fails=True)
    return [(Typed(STRING, name), attribute(node, name)) for name in sorted(names)]


def names_of(node: Node) -> Iterable[str] | None:
    """The names in an object or map; None for what is none."""
    if isinstance(node, InstanceValue):
        return node.attributes
    if isinstance(node, Fields):
        return node.items
    return node.value if isinstance(node, Typed) and isinstance(node.value, dict) else None


def closed(node: Node) -> Typed | Untold:
    """One value and one type for a whole tree."""
    if isinstance(node, Typed | Untold):
        return node
    if isinstance(node, InstanceValue):
        if node.types is None:
            return Untold(f"only the provider's schema tells the type of {node.address}")
        fields = {name: closed(_of_instance(node, name)) for name in node.types if name in node.attributes}
        if fields.keys() != node.types.keys():
            return Untold(f"the state of {node.address} hasn't all attributes of the schema")
    elif isinstance(node, Fields):
        fields = {name: closed(item) for name, item in node.items.items()}
    else:
        items = [closed(item) for item in node.items]
        known = [item for item in items if isinstance(item, Typed)]
        if len(known) < len(items):
            return next(item for item in items if isinstance(item, Untold))
        return Typed(("tuple", tuple(item.type for item in known)), [item.value for item in known])
    for field in fields.values():
        if isinstance(field, Untold):
            return field
    typed = {name: field for name, field in fields.items() if isinstance(field, Typed)}
    return Typed(
        object_of({name: field.type for name, field in typed.items()}),
        {name: field.value for name, field in typed.items()},
    )


def converted(given: Typed, wanted: CtyType) -> Typed | Untold:
    """A value as another type holds it, as Terraform converts it."""
    if given.type == wanted or wanted == DYNAMIC:
        return given
    if given.value is None:
        return Typed(wanted, None)
    if isinstance(wanted, str):
        return _primitive(given, wanted)
    kind, inner = wanted
    made: Plain
    if kind in ("list", "set", "tuple") and isinstance(given.value, list):
        items = elements(given) or ()
        types = inner if kind == "tuple" else [inner] * len(items)
        if len(types) != len(items):
            return Untold(f"a value that is no {kind} of {len(types)}", fails=True)
        done = [converted(item, type_) for item, type_ in zip(map(_typed, items), types, strict=True)]
        made = [item.value for item in done if isinstance(item, Typed)]
        if kind == "set":
            return _set(inner, made) if len(made) == len(done) else _first(done)
        return Typed(wanted, made) if len(made) == len(done) else _first(done)
    if kind in ("map", "object") and isinstance(given.value, dict):
        named = _types(kind, inner, given.value)
        if not named.keys() <= given.value.keys():
            return Untold("a value without all attributes of its type", fails=True)
        fields = {name: converted(_typed(attribute(given, name)), type_) for name, type_ in named.items()}
        made = {name: field.value for name, field in fields.items() if isinstance(field, Typed)}
        return Typed(wanted, made) if len(made) == len(fields) else _first(fields.values())
    return Untold(f"a value that is no {kind}", fails=True)


def _typed(node: Node) -> Typed:
    assert isinstance(node, Typed)  # the parts of a typed value are typed
    return node


def _first(results: Iterable[Typed | Untold]) -> Untold:
    return next(item for item in results if isinstance(item, Untold))


def _primitive(given: Typed, wanted: str) -> Typed | Untold:
    if isinstance(given.value, list | dict):
        return Untold(f"a value that is no {wanted}", fails=True)
    convert: Callable[[Value], Value] = {STRING: to_text, NUMBER: to_number, BOOL: to_bool}[wanted]
    result = convert(given.value)
    if result is None or isinstance(result, tuple | dict | Unknown):
        return Untold(f"a value that is no {wanted}", fails=True)
    return Typed(wanted, result)


def _set(inner: CtyType, items: list[Plain]) -> Typed | Untold:
    """Terraform's order in a set: text by its bytes, numbers by size; for others it's by a hash, which isn't computed."""
    if inner not in (STRING, NUMBER):
        return Untold("a set of something else than text or numbers") if items else Typed(("set", inner), [])
    unique: dict[Plain, None] = dict.fromkeys(items)
    if inner == STRING:
        return Typed(("set", inner), sorted(unique, key=lambda item: (item is None, str(item).encode())))
    return Typed(("set", inner), sorted(unique, key=lambda item: (item is None, Decimal(str(item or 0)))))


def unified(types: Iterable[CtyType]) -> CtyType | None:
    """The one type that values of several types convert to, or None."""
    known = list(dict.fromkeys(type_ for type_ in types if type_ != DYNAMIC))
    if not known:
        return DYNAMIC
    if len(known) == 1:
        return known[0]
    if all(type_ in PRIMITIVES for type_ in known):
        return STRING if STRING in known else None
    kinds = {type_[0] for type_ in known if not isinstance(type_, str)}
    if any(isinstance(type_, str) for type_ in known) or len(kinds) != 1:
        return None
    kind = kinds.pop()
    inners: list[Any] = [type_[1] for type_ in known]
    if kind == "object":
        if len({tuple(name for name, _ in inner) for inner in inners}) == 1:
            fields = {name: unified([dict(inner)[name] for inner in inners]) for name, _ in inners[0]}
            return (
                object_of({n: t for n, t in fields.items() if t is not None}) if None not in fields.values() else None
            )
        merged = unified([type_ for inner in inners for _, type_ in inner])
        return ("map", merged) if merged is not None else None
    if kind == "tuple":
        merged = unified([type_ for inner in inners for type_ in inner])
        return ("list", merged) if merged is not None and len({len(inner) for inner in inners}) > 1 else None
    merged = unified(inners)
    return (kind, merged) if merged is not None else None
