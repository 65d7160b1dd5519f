"""Pinned inputs: a value that was captured from a state, compared with what that state says of the original expression.

Before, a moved block read something that stays, `module.vpc.vpc_id`; now it gets a constant through a variable of the
shared module. Both are evaluated, the original by the identities of the environment's state: down to the instances where
the module is at hand, else through a root output that is exactly this expression.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeGuard

from tfhoist.proof.identities import Identities
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.render import render
from tfhoist.proof.terms import COUNT, FOR_EACH, Term, Terms, walk
from tfhoist.values import functions
from tfhoist.values.evaluate import attribute, index
from tfhoist.values.types import Unknown, Value, equal, has_unknown, to_number, to_text


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
                one, other = self.value(left), self.value(right)
                unknown = has_unknown(one) or has_unknown(other)
                return Unknown("a side isn't known") if unknown else equal(one, other) is (operator == "==")
            case Term("also", (first, second)):
                wanted = self.value(first)
                return self.value(second) if wanted is True else wanted
            case Term("binary", ("&&" | "||" as operator, left, right)):
                one, other = self.value(left), self.value(right)
                if isinstance(one, bool) and isinstance(other, bool):
                    return (one and other) if operator == "&&" else (one or other)
            case Term("binary", ("<" | ">" | "<=" | ">=" as operator, left, right)):
                return _ordered(operator, self.value(left), self.value(right))
            case Term("unary", ("!", operand)):
                value = self.value(operand)
                return not value if isinstance(value, bool) else Unknown("a side isn't known")
            case Term("pin", (_, inner)) | Term("convert", (_, inner)):
                return self.value(inner)
            case Term("tuple" | "list" | "set", items):
                return tuple(map(self.value, items))
            case Term("object" | "map", parts):
                keys = [to_text(self.value(key)) for key in parts[::2]]
                if None in keys:
                    return Unknown("a key isn't known")
                return {str(key): self.value(item) for key, item in zip(keys, parts[1::2], strict=True)}
            case Term("index", (target, key)):
                whole, which = self.value(target), self.value(key)
                if isinstance(whole, dict) and isinstance(which, str):
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
                return (
                    self.value(yes if chosen else no)
                    if isinstance(chosen, bool)
                    else Unknown("a condition isn't known")
                )
            case Term("loop", (_, _, _, _, "tuple" | "object" | "group" as mode, _)):
                return self._loop(term, mode)
        return Unknown("the state doesn't tell this")

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
        return tuple(value for _, value in items) if mode == "tuple" else dict(items)

    def keys(self, collection: Term) -> list[str | int] | None:
        """The positions or keys of a collection's items; None when they aren't known."""
        value = self.value(collection)
        if isinstance(value, tuple):
            return list(range(len(value)))
        return sorted(value) if isinstance(value, dict) else None

    def opened(self, loop: Term, key: str | int) -> tuple[Term | None, Term | None, Term | None]:
        """The key, result and condition of a loop for one item."""
        name = self.terms.constant(key)
        return self.terms.opened(loop, name, self.terms.index(loop.parts[0], name))

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
            return tuple(_plain(found) for _, found in sorted(instances, key=lambda pair: int(pair[0] or 0)))
        if many == FOR_EACH:
            return {str(key): _plain(found) for key, found in instances}
        return _plain(instances[0][1]) if len(instances) == 1 else Unknown(f"{address} has many instances")


class PinChecks:
    """Settles the captured values of one environment; what was found is in `obligations`."""

    def __init__(self, terms: Terms, snapshot: Snapshot | None, environment: str) -> None:
        self.terms = terms
        self.missing = snapshot is None
        self.snapshot = snapshot or Snapshot(terms, Identities(), {})
        self.environment = environment
        self.address = ""
        self.obligations: list[Obligation] = []

    def settles(self, before: Term, after: Term) -> bool:
        """Compare a captured value with what the state says; anything that holds no captured value isn't for here."""
        if after.kind == "pin":
            self._pin(before, after)
            return True
        if after.kind == "index" and after.parts[0].kind == "pin":
            return self._each(before, after)
        same_form = before.kind == after.kind and len(before.parts) == len(after.parts)
        if same_form and before.kind not in ("loop", "call"):
            return False  # the parts are looked into one by one
        if before.kind == "loop" and after.kind == "loop" and before.parts[0] is after.parts[0]:
            return False  # of one collection: what is captured is in the parts
        if self._whole(before, after):
            return True
        if not same_form or before.kind == "call":
            return False
        self._unsettled(before, after)
        return True

    def is_single(self, after: Term) -> bool:
        """Whether a term with captured values is a text, a number or a bool, so that no type of a list shows."""
        value = self.snapshot.value(after)
        return not has_unknown(value) and not isinstance(value, tuple | dict)

    def same(self, before: Term, after: Term) -> bool:
        """Whether both have one value by the snapshot."""
        one, other = self.snapshot.value(before), self.snapshot.value(after)
        return not has_unknown(one) and not has_unknown(other) and equal(one, other)

    def aligned(self, before: Term, after: Term) -> list[tuple[Term | None, Term | None]] | None:
        """The keys, results and conditions of two loops item by item; None where the snapshot doesn't tell the items.

        When all pairs are equal the loops are: both run over the same keys, one of them over captured values.
        """
        if before.kind != "loop" or after.kind != "loop" or before.parts[4] != after.parts[4]:
            return None
        keys, others = (self.snapshot.keys(loop.parts[0]) for loop in (before, after))
        if keys is None or others is None:
            return None
        if keys != others:
            name = next(f"var.{inner.parts[0]}" for inner in walk(after.parts[0]) if inner.kind == "pin")
            shown = render(before.parts[0])
            self._note(name, FAILS, f"{shown} has {len(keys)} items in the snapshot, {len(others)} are pinned")
            return []
        if not keys and not self._alike(before, after):
            return None  # nothing is made of an empty list now; what would be made of an item has to be the same too
        return [
            pair
            for key in keys
            for pair in zip(self.snapshot.opened(before, key), self.snapshot.opened(after, key), strict=True)
        ]

    def _alike(self, before: Term, after: Term) -> bool:
        """Whether two loops would make the same of an item: of an attribute of it before, which is what was captured."""
        if after.parts[0].kind not in ("pin", "convert"):
            return False
        key, item = self.terms.bound(before.parts[0])
        one, other = self.terms.opened(before, key, item), self.terms.opened(after, key, item)
        names = {
            term: item
            for part in one
            if part is not None
            for term in walk(part)
            if term.kind == "index" and term.parts[0] is item and term.parts[1].kind == "const"
        }
        if len(names) > 1:
            return False
        replaced = [None if part is None else self.terms.replace(part, names) for part in one]
        return all(mine is its for mine, its in zip(replaced, other, strict=True))

    def _pin(self, before: Term, after: Term) -> None:
        name = f"var.{after.parts[0]}"
        shown = render(before)
        value = self.snapshot.value(before)
        if has_unknown(value) and self.missing:
            self._note(name, UNDECIDED, f"{shown}: there's no snapshot of {self.environment} to compare it with")
        elif has_unknown(value):
            why = value.why if isinstance(value, Unknown) else "an item isn't known"
            self._note(name, UNDECIDED, f"{shown} can't be read from the snapshot of {self.environment}: {why}")
        elif equal(value, self.snapshot.value(after)):
            self._note(name, HOLDS, f"{shown} is {render(after.parts[1])} in the snapshot")
        else:
            self._note(name, FAILS, f"{shown} is {_text(value)} in the snapshot, pinned is {render(after.parts[1])}")

    def _each(self, before: Term, after: Term) -> bool:
        """A captured list with an index that isn't constant, or out of range: every item is compared, and their number.

        And a captured map with a key that isn't constant, or isn't there: every item by its key, and the keys.
        """
        pin, key = after.parts
        name, items = pin.parts
        if items.kind in ("object", "map"):
            return self._each_key(before, after)
        if items.kind not in ("tuple", "list"):
            return False
        lists = [inner.parts[0] for inner in walk(before) if inner.kind == "index" and inner.parts[1] is key]
        values = [value for value in map(self.snapshot.value, lists) if isinstance(value, tuple)]
        if not values:
            self._unsettled(before, after)
        elif any(len(value) != len(items.parts) for value in values):
            detail = f"{render(lists[0])} has {len(values[0])} items in the snapshot, {len(items.parts)} are pinned"
            self._note(f"var.{name}", FAILS, detail)
        elif not items.parts and not _reads_item(before, lists[0], key):
            self._unsettled(before, after)  # both are errors only where both read an item of the empty list
        else:
            for number, item in enumerate(items.parts):
                one = self.terms.replace(before, {key: self.terms.constant(number)})
                self._pin(one, self.terms.make("pin", f"{name}[{number}]", item))
        return True

    def _each_key(self, before: Term, after: Term) -> bool:
        pin, key = after.parts
        name, items = pin.parts
        maps = [inner.parts[0] for inner in walk(before) if inner.kind == "index" and inner.parts[1] is key]
        values = [value for value in map(self.snapshot.value, maps) if isinstance(value, dict)]
        names = [part.parts[1] for part in items.parts[::2] if part.kind == "const"]
        if not values or len(names) != len(items.parts[::2]) or not names:
            self._unsettled(before, after)
        elif any(sorted(value) != sorted(names) for value in values):
            detail = f"{render(maps[0])} has the keys {', '.join(sorted(values[0]))} in the snapshot, pinned are {', '.join(names)}"
            self._note(f"var.{name}", FAILS, detail)
        else:
            for own, item in zip(names, items.parts[1::2], strict=True):
                one = self.terms.replace(before, {key: self.terms.text(own)})
                self._pin(one, self.terms.make("pin", f'{name}["{own}"]', item))
        return True

    def _unsettled(self, before: Term, after: Term) -> None:
        name = next(f"var.{inner.parts[0]}" for inner in walk(after) if inner.kind == "pin")
        why = (
            f"there's no snapshot of {self.environment}"
            if self.missing
            else f"the snapshot of {self.environment} doesn't tell"
        )
        self._note(name, UNDECIDED, f"{render(before)} before, {render(after)} after: {why}")

    def _whole(self, before: Term, after: Term) -> bool:
        """Expressions of different form: equal when both have one value by the state."""
        one, other = self.snapshot.value(before), self.snapshot.value(after)
        if has_unknown(one) or has_unknown(other):
            return False
        names = sorted({f"var.{inner.parts[0]}" for inner in walk(after) if inner.kind == "pin"})
        if not equal(one, other):
            self._note(names[0], FAILS, f"{render(before)} is {_text(one)} in the snapshot, now {_text(other)}")
        else:
            self._note(names[0], HOLDS, f"{render(before)} is {_text(one)} in the snapshot")
        return True

    def _note(self, name: str, result: str, detail: str) -> None:
        where = f"{self.address}: " if result != HOLDS else ""
        self.obligations.append(Obligation("pin", name, self.environment, result, f"{where}{detail}"))


def _reads_item(term: Term, collection: Term, key: Term) -> bool:
    """Whether a term is an item of a collection, or an attribute of that."""
    inner = term.parts[0] if term.kind == "index" and term.parts[1] is not key else term
    return inner.kind == "index" and inner.parts[0] is collection and inner.parts[1] is key


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


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_text(item)}" for key, item in sorted(value.items())) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)
