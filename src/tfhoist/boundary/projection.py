"""Which attributes of a whole resource or module are read, where the whole is passed on.

`[for s in aws_subnet.a : s.id]`, `for_each = aws_eip.b`, `local.lb = aws_lb.main` and `module "m" { lb = aws_lb.main }` name no
attribute, but what becomes of the value does: it's followed through loops, `each.value`, locals and the variables of local
modules. Only those attributes cross, in an object of the same shape. Where the value goes somewhere else (a function, an output,
a comparison), all of it may count: then it crosses as it is, if nothing in it is sensitive. A variable of an object type takes what
the type names, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tfhoist.boundary.crossing import COUNT, FOR_EACH, SINGLE, AllOfIt, CannotCross, multiplicity
from tfhoist.configuration.model import Declaration, Module, address_steps
from tfhoist.configuration.type_constraints import Type, parse_type
from tfhoist.hcl.bodies import Block, Body
from tfhoist.hcl.expressions import (
    Attr,
    Call,
    Expression,
    ForObject,
    ForTuple,
    Index,
    Literal,
    Parentheses,
    Splat,
    Template,
    Variable,
    children,
)
from tfhoist.hcl.references import Reference

ONE = "one"
"""The shape of one instance; `COUNT` and `FOR_EACH` are those of all of them."""

SOME_LIST, SOME_MAP = "some list", "some map"
"""The shapes of what a loop makes that leaves instances out, or gives them keys of its own."""

_META = frozenset({"source", "version", "count", "providers", "depends_on"})


class Place(NamedTuple):
    """An expression, what it stands in (outermost first), and the argument that holds it with the blocks around that."""

    node: Expression
    around: tuple[Expression, ...]
    argument: str
    blocks: tuple[Block, ...]


class Projection:
    """Follows whole values of a root module; `stays` says which of its declarations are on the reader's side."""

    def __init__(self, module: Module, stays: Callable[[Declaration], bool]) -> None:
        self.module = module
        self.stays = stays
        self._open: set[tuple[int, str, str]] = set()

    def attributes(self, declaration: Declaration, reference: Reference, producer: Declaration) -> frozenset[str]:
        """The attributes that are read of `producer` through one reference; raises `CannotCross`."""
        past = address_steps(reference)
        end = reference.steps[past - 1].end
        shape = {SINGLE: ONE}.get(multiplicity(producer), multiplicity(producer))
        found: set[str] = set()
        for place in places(declaration):
            if (place.node.start, place.node.end) == (reference.start, end) and isinstance(place.node, Attr):
                found |= self._follow(declaration, place, shape, self.module, producer.address)
        return frozenset(found)

    def _follow(self, declaration: Declaration, place: Place, shape: str, module: Module, what: str) -> set[str]:
        """What is read of the value at a place."""
        node, around = place.node, list(place.around)
        while around:
            parent = around.pop()
            match parent:
                case Parentheses() | Template(parts=(_,)):
                    pass
                case Call(name="length" | "keys") if shape != ONE:
                    return set()
                case Call(name="values") if shape in (FOR_EACH, SOME_MAP):
                    shape = COUNT if shape == FOR_EACH else SOME_LIST
                case Attr(target=target, name=name) if target is node and shape == ONE:
                    return {name}
                case Index(target=target, key=Literal(value=str(name))) if target is node and shape == ONE:
                    return {name}  # `x["id"]`, which is `x.id`
                case Index(target=target) if target is node and shape != ONE:
                    shape = ONE
                case Splat(target=target, steps=steps) if target is node and shape in (COUNT, SOME_LIST):
                    if not steps:
                        pass
                    elif isinstance(steps[0], str):
                        return {steps[0]}
                    else:
                        break
                case ForTuple(collection=collection) | ForObject(collection=collection) if (
                    collection is node and shape != ONE
                ):
                    bound = _bound(place, tuple(around), parent, _inside_loop(parent))
                    return self._all(declaration, bound, ONE, module, what)
                case ForTuple(result=result, condition=condition) if result is node and shape == ONE:
                    shape = COUNT if condition is None else SOME_LIST
                case ForObject(result=result, group=False) if result is node and shape == ONE:
                    shape = FOR_EACH if _keeps_keys(parent) else SOME_MAP
                case _:
                    break
            node = parent
        else:
            return self._passed_on(declaration, place, shape, module, what)
        raise _all_of(what)

    def _all(self, declaration: Declaration, found: Iterator[Place], shape: str, module: Module, what: str) -> set[str]:
        read: set[str] = set()
        for place in found:
            read |= self._follow(declaration, place, shape, module, what)
        return read

    def _passed_on(self, declaration: Declaration, place: Place, shape: str, module: Module, what: str) -> set[str]:
        """The value is the whole of a local, of `for_each`, or of a module's argument."""
        if declaration.kind == "local":
            name = declaration.name
            return self._readers(module, "local", name, shape, what)
        if place.argument == "for_each" and shape in (FOR_EACH, SOME_MAP):
            return self._each(declaration, place, module, what)
        if declaration.kind == "module" and not place.blocks and place.argument not in (*_META, "for_each"):
            child = module.children.get(declaration.name)
            variable = child.get(f"var.{place.argument}") if child is not None else None
            if child is not None and variable is not None and _takes_anything(variable):
                return self._readers(child, "var", place.argument, shape, what)
            named = _attributes_taken(variable, shape) if variable is not None else None
            if named is not None:
                return named
            if variable is not None and _has_optional(parse_type(variable.expression("type"))):
                raise AllOfIt(
                    f"the whole of {what} is given to var.{variable.name} of {declaration.address}, whose type has optional() "
                    "attributes, and only the provider's schema tells whether it has those",
                    "Write the attributes that it has into the argument (`{ id = x.y.id }`), or into the type without optional().",
                )
        raise _all_of(what)

    def _readers(self, module: Module, root: str, name: str, shape: str, what: str) -> set[str]:
        key = (id(module), root, name)
        if key in self._open:
            return set()
        self._open.add(key)
        read: set[str] = set()
        for declaration in module.declarations:
            if module is self.module and not self.stays(declaration):
                continue
            if declaration.json and any(r.names()[:2] == (root, name) for r in declaration.references):
                raise CannotCross(
                    f"the whole of {what} is read in {declaration.file.path}", "Rewrite this file as .tf."
                )
            found = (place for place in places(declaration) if _names(place.node, root, name))
            read |= self._all(declaration, found, shape, module, what)
        self._open.discard(key)
        return read

    def _each(self, declaration: Declaration, place: Place, module: Module, what: str) -> set[str]:
        """`for_each = X`: what is read of `each.value`, or of a dynamic block's iterator."""
        if not place.blocks:
            found = (p for p in places(declaration) if _names(p.node, "each", "value"))
            return self._all(declaration, found, ONE, module, what)
        block = place.blocks[-1]
        if block.type != "dynamic":
            raise _all_of(what)
        iterator = block.body.attribute("iterator")
        name = str(getattr(iterator.expression, "name", "")) if iterator is not None else block.labels[0]
        contents = [(content.start, content.end) for content in block.body.blocks_of("content")]
        inside = (
            p
            for p in places(declaration)
            if _names(p.node, name, "value") and any(start <= p.node.start < end for start, end in contents)
        )
        return self._all(declaration, inside, ONE, module, what)


def _all_of(what: str) -> AllOfIt:
    return AllOfIt(
        f"the whole of {what} crosses the boundary, and all of it may count",
        "Read single attributes of it (`.arn`, `.id`), or put both blocks on one side.",
    )


def places(declaration: Declaration) -> Iterator[Place]:
    """Every expression of a declaration."""
    if declaration.attribute is not None:
        yield from _below(declaration.attribute.expression, declaration.name, ())
        return
    pending: list[tuple[Body, tuple[Block, ...]]] = [(declaration.body, ())]
    while pending:
        body, blocks = pending.pop()
        for attribute in body.attributes:
            yield from _below(attribute.expression, attribute.name, blocks)
        pending.extend((block.body, (*blocks, block)) for block in body.blocks)


def _below(expression: Expression, argument: str, blocks: tuple[Block, ...]) -> Iterator[Place]:
    pending: list[tuple[Expression, tuple[Expression, ...]]] = [(expression, ())]
    while pending:
        node, around = pending.pop()
        yield Place(node, around, argument, blocks)
        pending.extend((child, (*around, node)) for child in children(node))


def _inside_loop(loop: Expression) -> Iterator[Place]:
    """The expressions of a loop that see its names."""
    assert isinstance(loop, ForTuple | ForObject)
    results = [loop.result, *([loop.condition] if loop.condition is not None else [])]
    if isinstance(loop, ForObject):
        results.append(loop.result_key)
    for result in results:
        yield from _below(result, "", ())


def _bound(place: Place, outer: tuple[Expression, ...], loop: Expression, inside: Iterator[Place]) -> Iterator[Place]:
    """The uses of a loop's value inside it; `outer` is what the loop stands in."""
    assert isinstance(loop, ForTuple | ForObject)
    for found in inside:
        if not isinstance(found.node, Variable) or found.node.name != loop.value:
            continue
        if any(_rebinds(around, loop.value, found.node) for around in found.around):
            continue
        yield Place(found.node, (*outer, loop, *found.around), place.argument, place.blocks)


def _rebinds(outer: Expression, name: str, node: Expression) -> bool:
    if not isinstance(outer, ForTuple | ForObject) or name not in (outer.key, outer.value):
        return False
    return not outer.collection.start <= node.start < outer.collection.end


def _keeps_keys(loop: ForObject) -> bool:
    """Whether it gives every item, by the key that it has."""
    return loop.condition is None and isinstance(loop.result_key, Variable) and loop.result_key.name == loop.key


def _names(node: Expression, root: str, name: str) -> bool:
    return (
        isinstance(node, Attr) and node.name == name and isinstance(node.target, Variable) and node.target.name == root
    )


def _takes_anything(variable: Declaration) -> bool:
    """Whether a variable converts nothing: no type, or `any`."""
    expression = variable.expression("type")
    plain = expression is None or (isinstance(expression, Variable) and expression.name == "any")
    return plain and variable.literal("sensitive") is not True


def _attributes_taken(variable: Declaration, shape: str) -> set[str] | None:
    """The attributes that a variable's type takes of a whole resource, and drops all others; None when that can't be told.

    An `optional` attribute may be none of the resource: only its provider's schema tells.
    """
    wanted = parse_type(variable.expression("type"))
    if shape != ONE:
        if wanted.kind != {COUNT: "list", FOR_EACH: "map"}.get(shape):
            return None
        wanted = wanted.items[0]
    if wanted.kind != "object" or any(optional for _, _, optional, _ in wanted.fields):
        return None
    return {name for name, _, _, _ in wanted.fields}


def _has_optional(wanted: Type) -> bool:
    return any(optional for _, _, optional, _ in wanted.fields) or any(map(_has_optional, wanted.items))
