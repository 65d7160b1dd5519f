"""What the state of one environment says of an expression: the value of a term by the instances and outputs that it has.

Instances are known by their identities, modules are looked through where they're at hand, and anything else is known where a
root output is exactly this expression. What can't be told is `Unknown`, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeGuard

from tfhoist.proof.conversion import type_of
from tfhoist.proof.identities import Identities
from tfhoist.proof.term import Term
from tfhoist.proof.terms import COUNT, FOR_EACH, Terms
from tfhoist.values import functions, unify
from tfhoist.values.evaluate import attribute, index
from tfhoist.values.types import (
    ListValue,
    MapValue,
    PartlyKnown,
    SetValue,
    Unknown,
    Value,
    as_set,
    compared,
    has_unknown,
    to_bool,
    to_number,
    to_text,
)
from tfhoist.values.unify import is_text, shape_of, unified


class Snapshot:
    """The identities of one environment, with the expressions of the service root's outputs."""

    def __init__(
        self,
        terms: Terms,
        identities: Identities,
        outputs: dict[Term, str],
        count: Callable[[str], Term | None] = lambda address: None,
    ) -> None:
        """`count` gives the term of a block's `count`, by its address."""
        self.terms = terms
        self._count = count
        self._counting: set[str] = set()
        self._outputs = {term: identities.outputs[name] for term, name in outputs.items() if name in identities.outputs}
        self._instances: dict[str, list[tuple[str | int | None, dict[str, Any]]]] = {}
        for instance in identities.instances:
            own = f"{instance.type}.{instance.name}"
            address = f"data.{own}" if instance.mode == "data" else own
            full = f"{instance.module}.{address}" if instance.module else address
            self._instances.setdefault(full, []).append((instance.index_key, instance.identities))

    def value(self, term: Term) -> Value:
        """The value of a term by the state, `Unknown` where it doesn't tell."""
        if term in self._outputs:
            return _plain(self._outputs[term])
        match term:
            case Term("const", (kind, text)):
                return _constant(kind, text)
            case Term("binary", ("==" | "!=" as operator, left, right)):
                same = compared(self.value(left), self.value(right))
                return same if isinstance(same, Unknown) else same is (operator == "==")
            case Term("also", (first, second)):
                wanted = self.value(first)
                return self.value(second) if wanted is True else wanted
            case Term("binary", ("&&" | "||" as operator, left, right)):
                one, other = self.value(left), self.value(right)
                decides = operator == "||"
                if one is decides or other is decides:
                    return decides
                if isinstance(one, bool) and isinstance(other, bool):
                    return not decides
            case Term("binary", ("<" | ">" | "<=" | ">=" as operator, left, right)):
                return _ordered(operator, self.value(left), self.value(right))
            case Term("unary", ("!", operand)):
                value = self.value(operand)
                return not value if isinstance(value, bool) else Unknown("a side isn't known")
            case Term("pin", (_, inner)):
                return self.value(inner)
            case Term("convert", (wanted, inner)):
                return self.converted(self.value(inner), wanted)
            case Term("set", items):
                return SetValue(map(self.value, items))
            case Term("tuple" | "list" as kind, items):
                return (ListValue if kind == "list" else tuple)(map(self.value, items))
            case Term("object" | "map" as kind, parts):
                keys = [to_text(self.value(key)) for key in parts[::2]]
                if None in keys:
                    return Unknown("a key isn't known")
                pairs = zip(map(str, keys), map(self.value, parts[1::2]), strict=True)
                return MapValue(pairs) if kind == "map" else dict(pairs)
            case Term("index", (target, key)):
                whole, which = self.value(target), self.value(key)
                if isinstance(whole, dict | PartlyKnown) and isinstance(which, str):
                    return attribute(whole, which)
                return index(whole, which)
            case Term("template", parts):
                texts = [to_text(self.value(part)) for part in parts]
                return Unknown("a part isn't known") if None in texts else "".join(str(text) for text in texts)
            case Term("call", (name, "", *arguments)):
                return functions.call(name, [self.value(argument) for argument in arguments])
            case Term("ref", (address, _)):
                return self._resource(address)
            case Term("conditional", (condition, yes, no)):
                chosen = self.value(condition)
                if not isinstance(chosen, bool):
                    return Unknown("a condition isn't known")
                return self._taken(*((yes, no) if chosen else (no, yes)))
            case Term("loop", (_, _, _, _, "tuple" | "object" | "group" as mode, _)):
                return self._loop(term, mode)
        return Unknown("the state doesn't tell this")

    def _taken(self, chosen: Term, other: Term) -> Value:
        """The branch that a conditional takes, of the one type of both."""
        value, beside = self.value(chosen), self.value(other)
        if value is None or isinstance(value, Unknown | str) or other is self.terms.null:
            return value
        of = type_of(self.terms, other)
        if isinstance(beside, Unknown) and of is not None and of is type_of(self.terms, chosen):
            return value
        if isinstance(beside, Unknown) and isinstance(value, tuple | dict) and is_text(value):
            return value
        shape = None if beside is None else unified([shape_of(value), shape_of(beside)])
        return Unknown("the type of a conditional isn't told") if shape is None else unify.converted(value, shape)

    def converted(self, value: Value, wanted: Term) -> Value:
        """A value as a variable of a type holds it."""
        kind, *inner = wanted.parts
        if wanted.kind != "type":
            return Unknown("the type can't be read")
        if isinstance(value, PartlyKnown) and kind == "object":
            value = {**{name: Unknown(value.why) for name in inner[::4]}, **value.known}
        if value is None or isinstance(value, Unknown) or kind == "any":
            return value
        made: Value = None
        if kind in _PRIMITIVES:
            made = _PRIMITIVES[kind](value)
        elif kind in ("list", "set") and isinstance(value, tuple):
            items = tuple(self.converted(item, inner[0]) for item in value)
            made = ListValue(items) if kind == "list" else _set_of_primitives(items)
        elif kind == "tuple" and isinstance(value, tuple) and len(value) == len(inner):
            made = tuple(map(self.converted, value, inner))
        elif kind == "map" and isinstance(value, dict):
            made = MapValue((key, self.converted(item, inner[0])) for key, item in value.items())
        elif kind == "object" and isinstance(value, dict):
            fields = zip(inner[::4], inner[1::4], inner[2::4], inner[3::4], strict=True)
            made = {
                name: self._field(value.get(name, Unknown("not known")), of, default) for name, of, _, default in fields
            }
        return Unknown(f"a value that is no {kind}") if made is None else made

    def _field(self, value: Value, wanted: Term, default: Term | None) -> Value:
        return self.converted(self.value(default) if value is None and default is not None else value, wanted)

    def _loop(self, loop: Term, mode: str) -> Value:
        keys = self.keys(loop.parts[0])
        if keys is None:
            return Unknown("the loop's collection isn't known")
        items: list[tuple[str, Value]] = []
        for number, position in enumerate(keys):
            key, result, condition = self.opened(loop, position)
            wanted = True if condition is None else self.value(condition)
            name = str(number) if key is None else to_text(self.value(key))
            if not isinstance(wanted, bool) or name is None or result is None:
                return Unknown("an item of the loop isn't known")
            if wanted:
                items.append((name, self.value(result)))
        if mode == "group":
            return {name: tuple(value for other, value in items if other == name) for name, _ in items}
        if mode == "tuple":
            return tuple(value for _, value in items)
        # two equal keys are an error
        made = dict(items)
        return made if len(made) == len(items) else Unknown("two items of a loop have one key")

    def keys(self, collection: Term) -> list[str | int] | None:
        """The positions or keys of a collection's items; None when they aren't known."""
        value = self.value(collection)
        if isinstance(value, tuple):
            return list(range(len(value)))
        return sorted(value) if isinstance(value, dict) else None

    def opened(self, loop: Term, key: str | int) -> tuple[Term | None, Term | None, Term | None]:
        """The key, result and condition of a loop for one item; of a set the key is the item itself."""
        collection, name = loop.parts[0], self.terms.constant(key)
        item = self.terms.index(collection, name)
        return self.terms.opened(loop, item if _is_set(self.terms, collection) else name, item)

    def _inhabited(self, address: str) -> bool:
        """Whether there's an instance of anything in a module with `count`, or in one that had none yet."""
        return address.startswith("module.") and any(
            full.startswith((f"{address}[", f"{address}.")) for full in self._instances
        )

    def _counts_none(self, address: str) -> bool:
        """Whether a block's `count` is 0: that a state has no instance of it isn't enough, it may not be applied yet."""
        if address in self._counting:
            return False
        self._counting.add(address)
        term = self._count(address)
        value = self.value(term) if term is not None else None
        self._counting.discard(address)
        return value == 0 and not isinstance(value, bool)

    def _resource(self, address: str) -> Value:
        instances = self._instances.get(address)
        many = self.terms.multiplicity.get(address)
        if not instances and many == COUNT and not self._inhabited(address) and self._counts_none(address):
            return ()
        if not instances:
            return Unknown(f"the state has no {address}")
        if many == COUNT:
            if sorted(str(key) for key, _ in instances) != sorted(map(str, range(len(instances)))):
                return Unknown(f"the instances of {address} aren't numbered from 0")
            return tuple(_instance(found) for _, found in sorted(instances, key=lambda pair: int(pair[0] or 0)))
        if many == FOR_EACH:
            return {str(key): _instance(found) for key, found in instances}
        return _instance(instances[0][1]) if len(instances) == 1 else Unknown(f"{address} has many instances")


def _instance(identities: dict[str, Any]) -> Value:
    """An instance: its identities aren't all its attributes, so of the whole nothing is told."""
    known = {name: _plain(value) for name, value in identities.items()}
    return PartlyKnown("of an instance its identities are known alone", known=known)


def _ordered(operator: str, one: Value, other: Value) -> Value:
    if not _is_number(one) or not _is_number(other):
        return Unknown("a side is no known number")
    if operator in ("<", ">"):
        return one < other if operator == "<" else one > other
    return one <= other if operator == "<=" else one >= other


def _is_number(value: Value) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _constant(kind: str, text: str) -> Value:
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    return to_number(text) if kind == "number" else text


def _plain(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | bool) or value is None else Unknown("a number that isn't whole")


def _is_set(terms: Terms, term: Term) -> bool:
    if term.kind == "call":
        return term.parts[0] in ("toset", "setunion", "setsubtract", "setintersection", "setproduct")
    found = type_of(terms, term)
    return found is not None and found.kind == "type" and found.parts[0] == "set"


def _set_of_primitives(items: tuple[Value, ...]) -> Value:
    if any(isinstance(item, tuple | dict) for item in items):
        return Unknown("the order of a set of collections isn't told")
    return None if has_unknown(items) else as_set(items)


_PRIMITIVES: dict[str, Callable[[Value], Value]] = {"string": to_text, "number": to_number, "bool": to_bool}
