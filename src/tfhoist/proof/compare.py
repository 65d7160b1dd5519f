"""Comparing two terms: the same, or which of their parts differ, and whether that's for certain.

Equal terms are one object, so only what differs is looked into. A difference is certain when both sides say what they
are: another constant, another reference, an argument that is gone. It's undecided where two expressions of different
form might still mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from tfhoist.proof.conversion import type_of
from tfhoist.proof.model import FAILS, UNDECIDED
from tfhoist.proof.render import holds_value, render
from tfhoist.proof.term import COLLECTIONS, Term, walk
from tfhoist.proof.terms import Terms

_FREE_OF_LIST_TYPE = frozenset(
    {"jsonencode", "yamlencode", "join", "length", "tolist", "toset", "sort", "templatefile"}
)
"""Functions that can't tell a list from a tuple, or a map from an object, of the same items."""

_TAKES_AN_ITEM = frozenset({"element", "one", "contains"})

_PASSES_ITEMS_ON = frozenset({"coalescelist", "concat", "distinct", "flatten", "reverse", "slice"})
"""Functions that give one of their collections, or the items of all: what types those are shows where theirs does."""

_PASSES_TYPES_ON = frozenset({"block", "labelled", "dynamic", "sensitive", "provider", "conditional", "pin"})
"""Terms whose parts are arguments where they are ones themselves."""

_COMPUTED = frozenset(
    {
        "call",
        "binary",
        "also",
        "unary",
        "conditional",
        "loop",
        "splat",
        "convert",
        "unless_null",
        "template",
        "outputs",
        "dynamic",
    }
)


class Difference(NamedTuple):
    """Where two terms differ: the names that lead there, both sides (None: absent), and how certain it is."""

    path: tuple[str, ...]
    before: Term | None
    after: Term | None
    result: str
    why: str = ""

    def text(self) -> str:
        """The difference for people; a side that is sensitive hides both."""
        masked = any(side is not None and _hides_value(side) for side in (self.before, self.after))
        where = ".".join(self.path).replace(".[", "[")
        sides = f"{render(self.before, masked=masked)} before, {render(self.after, masked=masked)} after"
        return (f"{where}: " if where else "") + sides + (f" ({self.why})" if self.why else "")


class Pins(Protocol):
    """What can tell whether a captured value is the value of an expression."""

    def settles(self, before: Term, after: Term) -> bool:
        """Whether `after`, which holds captured values, was settled here: then it's no difference any more."""
        ...

    def is_single(self, after: Term) -> bool:
        """Whether the value is known, and no collection."""
        ...

    def same(self, before: Term, after: Term) -> bool:
        """Whether both values are known and equal."""
        ...

    def aligned(self, before: Term, after: Term) -> list[tuple[Term | None, Term | None]] | None:
        """Two loops item by item, where it's known what they run over."""
        ...


def differences(
    terms: Terms, before: Term, after: Term, pins: Pins | None = None, *, relaxed: bool = True
) -> list[Difference]:
    """How two terms differ. `relaxed` takes lists for tuples and maps for objects, as an argument of a provider does."""
    return list(_Comparison(terms, pins).compare(before, after, (), relaxed=relaxed))


class _Comparison:
    def __init__(self, terms: Terms, pins: Pins | None) -> None:
        self.terms = terms
        self.pins = pins
        self._seen: set[tuple[Term, Term, bool]] = set()

    def compare(
        self, before: Term | None, after: Term | None, path: tuple[str, ...], *, relaxed: bool
    ) -> Iterator[Difference]:
        if before is after:
            return
        if before is None or after is None:
            present = before or after
            unknown = present is not None and present.unknown
            yield Difference(path, before, after, UNDECIDED if unknown else FAILS)
            return
        if (before, after, relaxed) in self._seen:
            return  # said where it was met first
        self._seen.add((before, after, relaxed))
        if relaxed and _is_captured_list(after):
            after = after.parts[2]
        structure = before.kind in ("body", "block", "blocks", "provider")
        if after.pinned and not structure and self.pins is not None:
            if after.kind == "loop" and after.parts[0].pinned:
                pairs = self.pins.aligned(before, after)
                if pairs is not None:
                    for one, other in pairs:
                        yield from self.compare(one, other, path, relaxed=relaxed and after.parts[4] == "dynamic")
                    return
            if self.pins.settles(before, after):
                was = type_of(self.terms, before)
                same_type = was is not None and was is type_of(self.terms, after)
                if not relaxed and not same_type and _shows_list(after) and not self.pins.is_single(after):
                    why = "a tuple became a list, and what reads it may tell"
                    yield Difference(path, before, after, UNDECIDED, why)
                return
        if before.kind == "body" and after.kind == "body":
            yield from self._bodies(before, after, path, relaxed=relaxed)
        elif before.kind == "blocks" and after.kind == "blocks":
            yield from self._sequence(before, after, path, relaxed=relaxed)
        elif before.kind in COLLECTIONS and after.kind in COLLECTIONS and self._same_shape(before, after, relaxed):
            if COLLECTIONS[before.kind] == "object":
                yield from self._objects(before, after, path, relaxed=relaxed)
            else:
                yield from self._sequence(before, after, path, relaxed=relaxed)
        elif before.kind in COLLECTIONS and after.kind in COLLECTIONS and self._same_shape(before, after, True):
            inside = list(self.compare(before, after, path, relaxed=True))
            why = f"{_article(before.kind)} became {_article(after.kind)}, and what reads it may tell"
            yield from inside or [Difference(path, before, after, UNDECIDED, why)]
        elif before.kind == after.kind and len(before.parts) == len(after.parts):
            if before.kind == "loop":
                before, after = self._same_names(before, after)
            yield from self._parts(before, after, path, relaxed=relaxed)
        else:
            yield self._different(before, after, path)

    def _same_shape(self, before: Term, after: Term, relaxed: bool) -> bool:
        return before.kind == after.kind or (relaxed and COLLECTIONS[before.kind] == COLLECTIONS[after.kind])

    def _bodies(self, before: Term, after: Term, path: tuple[str, ...], *, relaxed: bool) -> Iterator[Difference]:
        one, other = _named_parts(before), _named_parts(after)
        for name in [*one, *(name for name in other if name not in one)]:
            yield from self.compare(one.get(name), other.get(name), (*path, name), relaxed=relaxed)

    def _objects(self, before: Term, after: Term, path: tuple[str, ...], *, relaxed: bool) -> Iterator[Difference]:
        one = dict(zip(before.parts[::2], before.parts[1::2], strict=True))
        other = dict(zip(after.parts[::2], after.parts[1::2], strict=True))
        if self.pins is not None:
            for captured in [key for key in other if key.pinned and key not in one]:
                left = [key for key in one if key not in other]
                same = [key for key in left if self.pins.same(key, captured)]
                if len(same) == 1:
                    yield from self.compare(same[0], captured, path, relaxed=relaxed)
                    other[same[0]] = other.pop(captured)
                elif not all(map(self.pins.is_single, left)):
                    yield Difference(path, before, after, UNDECIDED, "a captured key that nothing confirms")
                    return
        for key in [*one, *(key for key in other if key not in one)]:
            name = str(key.parts[1]) if key.kind == "const" else "[…]"
            yield from self.compare(one.get(key), other.get(key), (*path, name), relaxed=relaxed)

    def _sequence(self, before: Term, after: Term, path: tuple[str, ...], *, relaxed: bool) -> Iterator[Difference]:
        if len(before.parts) != len(after.parts):
            yield Difference(path, before, after, UNDECIDED if before.unknown or after.unknown else FAILS)
            return
        for number, (one, other) in enumerate(zip(before.parts, after.parts, strict=True)):
            step = () if len(before.parts) == 1 and before.kind == "blocks" else (f"[{number}]",)
            yield from self.compare(one, other, (*path, *step), relaxed=relaxed)

    def _same_names(self, before: Term, after: Term) -> tuple[Term, Term]:
        """Two loops with the same names for a key and a value, which go by what is inside."""
        (*_, mode, height), (*_, other_mode, other_height) = before.parts, after.parts
        if mode != other_mode or height == other_height:
            return before, after
        highest = max(height, other_height, key=int)
        key = self.terms.make("bound", highest, "key", "")
        value = self.terms.make("bound", highest, "value", self.terms.bound(before.parts[0])[1].parts[2])
        one, other = (
            self.terms.make("loop", loop.parts[0], *self.terms.opened(loop, key, value), mode, highest)
            for loop in (before, after)
        )
        return one, other

    def _parts(self, before: Term, after: Term, path: tuple[str, ...], *, relaxed: bool) -> Iterator[Difference]:
        """Two terms of one kind. Their first differing text decides; else each differing term is looked into."""
        if any(
            one != other
            for one, other in zip(before.parts, after.parts, strict=True)
            if not (isinstance(one, Term) and isinstance(other, Term))
        ):
            yield self._different(before, after, path)
            return
        if before.kind == "call":
            relaxed = before.parts[0] in _FREE_OF_LIST_TYPE or (relaxed and before.parts[0] in _PASSES_ITEMS_ON)
        elif before.kind not in _PASSES_TYPES_ON and not (before.kind == "loop" and before.parts[4] == "dynamic"):
            relaxed = False
        found: list[Difference] = []
        for one, other in zip(before.parts, after.parts, strict=True):
            if isinstance(one, Term) and isinstance(other, Term):
                # an item of a captured list doesn't tell what it's an item of
                item = other.pinned and (before.kind == "index" or before.parts[0] in _TAKES_AN_ITEM)
                # the keys of what a loop of blocks runs over are those of its type
                over = before.kind == "loop" and one is before.parts[0]
                found.extend(self.compare(one, other, path, relaxed=(relaxed and not over) or item))
        if before.kind in ("index", "splat", "sensitive", "unmarked") and found:
            # show the whole reference, not the step that differs; and never what a mark hides
            certain = FAILS if any(difference.result == FAILS for difference in found) else UNDECIDED
            yield Difference(path, before, after, certain, next((d.why for d in found if d.why), ""))
        else:
            yield from found

    def _different(self, before: Term, after: Term, path: tuple[str, ...]) -> Difference:
        if self.stripped(before) is self.stripped(after):
            return Difference(path, before, after, FAILS, "the sensitive marks differ")
        if undeclared(after) - undeclared(before):
            return Difference(path, before, after, FAILS)
        if before.unknown or after.unknown:
            return Difference(path, before, after, UNDECIDED)
        if before.kind in ("const", "path") and _first(after).kind == "path" and before is not _first(after):
            return Difference(path, before, after, FAILS, "the path is another one where the block is now")
        if before.kind == "file" and str(before.parts[1]).startswith("folder "):
            return Difference(path, before, after, UNDECIDED, "the files can't be told one by one")
        if after.pinned:
            return Difference(path, before, after, UNDECIDED, "a captured value that nothing confirms")
        if before.kind != after.kind and (before.kind in _COMPUTED or after.kind in _COMPUTED):
            result = UNDECIDED if _reads(before) or _reads(after) else FAILS
            return Difference(path, before, after, result, "" if result == FAILS else "of different form")
        return Difference(path, before, after, FAILS)

    def stripped(self, term: Term) -> Term:
        """A term without marks, at its top."""
        while term.kind in ("sensitive", "unmarked"):
            term = term.parts[0]
        return term


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "object" else f"a {kind}"


def _first(term: Term) -> Term:
    """What a text begins with."""
    return term.parts[0] if term.kind == "template" and isinstance(term.parts[0], Term) else term


def _shows_list(term: Term) -> bool:
    """Whether the type of a captured list reaches the value: not through a loop over it, an item of it, or `join`."""
    if not term.pinned:
        return False
    match term:
        case Term("pin", (_, value)):
            return value.kind in ("list", "convert")
        case Term("call", ("tolist", "", Term("loop"))):
            return True
        case Term("loop", (_, *results, _, _)):
            return any(_shows_list(part) for part in results if isinstance(part, Term))
        case Term("index", (Term("pin"), _)):
            return False
        case Term("call", (name, *_)) if name in _FREE_OF_LIST_TYPE:
            return False
    return any(map(_shows_list, term.children()))


def _is_captured_list(term: Term) -> bool:
    """Whether it's what a splat or `values()` makes of something captured: a list, where it was a tuple before."""
    return term.pinned and term.kind == "call" and term.parts[:2] == ("tolist", "") and term.parts[2].kind == "loop"


def _named_parts(body: Term) -> dict[str, Term]:
    return dict(zip(body.parts[::2], body.parts[1::2], strict=True))


def _reads(term: Term) -> bool:
    """Whether a term depends on something that isn't in the files."""
    return any(inner.kind in ("ref", "input", "symbol", "remote", "bound") for inner in walk(term))


def undeclared(term: Term) -> set[Term]:
    """What a term reads that isn't there."""
    return {inner for inner in walk(term) if inner.kind == "undeclared"}


def _hides_value(term: Term) -> bool:
    """Whether a mark hides something that isn't only a reference."""
    return term.kind in ("sensitive", "unmarked") and holds_value(term)
