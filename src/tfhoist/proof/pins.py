"""Pinned inputs: a value that was captured from a state, compared with what that state says of the original expression.

Before, a moved block read something that stays, `module.vpc.vpc_id`; now it gets a constant through a variable of the
shared module. Both are evaluated, the original by the identities of the environment's state: down to the instances where
the module is at hand, else through a root output that is exactly this expression.
"""

from __future__ import annotations

from tfhoist.proof.identities import Identities
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.render import render
from tfhoist.proof.snapshot import Snapshot
from tfhoist.proof.term import COLLECTIONS, Term, walk
from tfhoist.proof.terms import Terms
from tfhoist.values.types import Unknown, Value, alike, has_unknown


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
        read = _read_of(after)
        if read is not None:
            return self._each(before, after, *read)
        same_form = before.kind == after.kind and len(before.parts) == len(after.parts)
        if same_form and before.kind not in ("loop", "call"):
            return False  # the parts are looked into one by one
        if before.kind == "loop" and after.kind == "loop" and before.parts[0] is after.parts[0]:
            return False  # of one collection: what is captured is in the parts
        nothing = same_form and _shows_nothing(before, after)
        if nothing and before.kind == "call":
            return False
        if not nothing and self._whole(before, after):
            return True
        # what a loop over something made of captured values runs over is looked into, as is what it makes of an item
        made_over = after.kind == "loop" and after.parts[0].kind not in ("pin", "convert")
        if not same_form or before.kind == "call" or made_over:
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
        return not has_unknown(one) and not has_unknown(other) and alike(one, other)

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
        if not keys:
            return self._of_any_item(before, after)
        return [
            pair
            for key in keys
            for pair in zip(self.snapshot.opened(before, key), self.snapshot.opened(after, key), strict=True)
        ]

    def _of_any_item(self, before: Term, after: Term) -> list[tuple[Term | None, Term | None]] | None:
        """Two loops over nothing: what would be made of an item has to be the same too.

        An item of a captured list is one attribute of the item before; of other collections it's the same item.
        """
        key, item = self.terms.bound(before.parts[0])
        one, other = self.terms.opened(before, key, item), self.terms.opened(after, key, item)
        if after.parts[0].kind not in ("pin", "convert"):
            return [(before.parts[0], after.parts[0]), *zip(one, other, strict=True)]
        names = {
            term: item
            for part in one
            if part is not None
            for term in walk(part)
            if term.kind == "index" and term.parts[0] is item and term.parts[1].kind == "const"
        }
        if len(names) > 1:
            return None
        replaced = [None if part is None else self.terms.replace(part, names) for part in one]
        return list(zip(replaced, other, strict=True))

    def _pin(self, before: Term, after: Term) -> None:
        name = f"var.{after.parts[0]}"
        shown = render(before)
        value = self.snapshot.value(before)
        if has_unknown(value) and self.missing:
            self._note(name, UNDECIDED, f"{shown}: there's no snapshot of {self.environment} to compare it with")
        elif has_unknown(value):
            why = value.why if isinstance(value, Unknown) else "an item isn't known"
            self._note(name, UNDECIDED, f"{shown} can't be read from the snapshot of {self.environment}: {why}")
        elif alike(value, self.snapshot.value(after)):
            self._note(name, HOLDS, f"{shown} is {render(after.parts[1])} in the snapshot")
        else:
            self._note(name, FAILS, f"{shown} is {_text(value)} in the snapshot, pinned is {render(after.parts[1])}")

    def same_keys(self, before: Term, after: Term) -> bool | None:
        """Whether two collections that `for_each` takes have the same keys; None where the snapshot doesn't tell."""
        one, other = self.snapshot.value(before), self.snapshot.value(after)
        return one.keys() == other.keys() if isinstance(one, dict) and isinstance(other, dict) else None

    def _each(self, before: Term, after: Term, pin: Term, key: Term, names: list[Term]) -> bool:
        """A captured list with an index that isn't constant, or out of range: every item is compared, and their number.

        And a captured map with a key that isn't constant, or isn't there: every item by its key, and the keys. `names` are
        read of the item.
        """
        name, items = pin.parts
        if items.kind in ("object", "map"):
            return self._each_key(before, after, pin, key, names)
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
                self._item(one, self.terms.steps(self.terms.make("pin", f"{name}[{number}]", item), names), after)
        return True

    def _item(self, before: Term, item: Term, after: Term) -> None:
        if item.kind == "pin":
            self._pin(before, item)
        else:  # it has no attribute of that name
            self._unsettled(before, after)

    def _each_key(self, before: Term, after: Term, pin: Term, key: Term, names: list[Term]) -> bool:
        name, items = pin.parts
        maps = [inner.parts[0] for inner in walk(before) if inner.kind == "index" and inner.parts[1] is key]
        values = [value for value in map(self.snapshot.value, maps) if isinstance(value, dict)]
        keys = [part.parts[1] for part in items.parts[::2] if part.kind == "const"]
        if not values or len(keys) != len(items.parts[::2]) or not keys:
            self._unsettled(before, after)
        elif any(sorted(value) != sorted(keys) for value in values):
            detail = f"{render(maps[0])} has the keys {', '.join(sorted(values[0]))} in the snapshot, pinned are {', '.join(keys)}"
            self._note(f"var.{name}", FAILS, detail)
        else:
            for own, item in zip(keys, items.parts[1::2], strict=True):
                one = self.terms.replace(before, {key: self.terms.text(own)})
                self._item(one, self.terms.steps(self.terms.make("pin", f'{name}["{own}"]', item), names), after)
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
        if not alike(one, other):
            self._note(names[0], FAILS, f"{render(before)} is {_text(one)} in the snapshot, now {_text(other)}")
        else:
            self._note(names[0], HOLDS, f"{render(before)} is {_text(one)} in the snapshot")
        return True

    def _note(self, name: str, result: str, detail: str) -> None:
        where = f"{self.address}: " if result != HOLDS else ""
        self.obligations.append(Obligation("pin", name, self.environment, result, f"{where}{detail}"))


def _read_of(term: Term) -> tuple[Term, Term, list[Term]] | None:
    """A captured value, the key of the item that is read of it, and the names that are read of the item."""
    names: list[Term] = []
    while term.kind == "index":
        target, key = term.parts
        if target.kind == "pin":
            return target, key, names[::-1]
        if key.kind != "const":
            return None
        names.append(key)
        term = target
    return None


def _shows_nothing(before: Term, after: Term) -> bool:
    """Whether a value hides a difference: what a call or loop makes of an empty list doesn't say what it'd make of an item."""
    pairs = [(one, other) for one, other in zip(before.parts, after.parts, strict=True) if one != other]
    empty = any(
        term.kind == "pin" and term.parts[1].kind in COLLECTIONS and not term.parts[1].parts for term in walk(after)
    )
    return empty and any(not isinstance(other, Term) or other.kind != "pin" for _, other in pairs)


def _reads_item(term: Term, collection: Term, key: Term) -> bool:
    """Whether a term is an item of a collection, or an attribute of that."""
    inner = term.parts[0] if term.kind == "index" and term.parts[1] is not key else term
    return inner.kind == "index" and inner.parts[0] is collection and inner.parts[1] is key


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_text(item)}" for key, item in sorted(value.items())) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)
