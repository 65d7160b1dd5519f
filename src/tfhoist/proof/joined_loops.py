"""Loops over loops, put into one: the normal form of `for` over what another `for` leaves out or gives other keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tfhoist.proof.term import Term
    from tfhoist.proof.terms import Terms

T = TypeVar("T")
Body = Callable[[T, T], tuple[T | None, T, T | None]]
"""What a loop makes of the terms of a key and a value: the key, result and condition."""


def join(terms: Terms, inner: Term, body: Body[Term], mode: str) -> Term | None:
    """A loop over a loop that leaves items out, or gives them other keys, in one; None where that can't be done.

    Over a list without some items: `[for a in [for b in it : f(b) if p(b)] : g(a) if q(a)]` is
    `[for b in it : g(f(b)) if p(b) also q(f(b))]`, if the position isn't read. "Also" isn't `&&`, which Terraform may
    evaluate on both sides. Over a map with keys of its own: its results are changed where they're made, so that
    `[for v in {for b in it : k(b) => f(b)} : g(v)]` is the values of `{for b in it : k(b) => g(f(b))}`. What leaves out items of
    it can't be put into one, since two equal keys are an error before anything is left out: there only the attributes that
    are read of an item count.
    """
    if terms.maps_items(inner) or inner.parts[4] not in ("tuple", "object"):
        return None
    key, value = terms.bound(inner)
    result_key, result, condition = body(key, value)
    by_position = any(_contains(part, key) for part in (result, condition) if part is not None)
    if inner.parts[4] == "tuple" and not by_position and (result_key is None or not _contains(result_key, key)):

        def both(name: Term, item: Term) -> tuple[Term | None, Term, Term | None]:
            _, before, kept = terms.opened(inner, name, item)
            names = {value: before}
            keyed, made, wanted = (
                None if part is None else terms.replace(part, names) for part in (result_key, result, condition)
            )
            parts = [part for part in (kept, wanted) if part is not None]
            return keyed, made or before, terms.make("also", *parts) if len(parts) == 2 else next(iter(parts), None)

        return terms.loop(inner.parts[0], both, mode)
    if result is value:
        return None
    if inner.parts[4] == "object" and not by_position and condition is None and (mode == "tuple" or result_key is key):
        changed = terms.with_results(inner, lambda before: terms.replace(result, {value: before}))
        if mode == "object":
            return changed
        if mode == "tuple":
            return terms.loop(changed, lambda _, item: (None, item, None), "tuple")
    reduced = _of_what_is_read(terms, inner, value, [result_key, result, condition])
    return None if reduced is inner else terms.loop(reduced, body, mode)


def _of_what_is_read(terms: Terms, loop: Term, value: Term, readers: list[Term | None]) -> Term:
    """A loop whose results have only the attributes that are read of them; itself where one is read as a whole."""
    read: set[Term] = set()
    for reader in readers:
        if reader is None:
            continue
        pending = [reader]
        while pending:
            term = pending.pop()
            if term is value:
                return loop
            if term.kind == "index" and term.parts[0] is value and term.parts[1].parts[0] == "string":
                read.add(term.parts[1])
            elif term.open:
                pending.extend(term.children())
    if not read:
        return loop
    names = sorted(read, key=lambda name: str(name.parts[1]))
    return terms.with_results(loop, lambda item: terms.object([(name, terms.index(item, name)) for name in names]))


def _contains(term: Term, wanted: Term) -> bool:
    pending, seen = [term], set[int]()
    while pending:
        current = pending.pop()
        if current is wanted:
            return True
        if current.open and id(current) not in seen:  # what is closed has no name of a loop that is being made
            seen.add(id(current))
            pending.extend(current.children())
    return False
