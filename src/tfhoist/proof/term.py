"""One term, and what can be asked of one without making others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

IMPURE = frozenset({"timestamp", "plantimestamp", "uuid", "bcrypt"})
"""Functions that give another value each time (`uuidv5`, `timeadd` and the like don't)."""

COLLECTIONS = {"tuple": "tuple", "list": "tuple", "set": "tuple", "object": "object", "map": "object"}
"""Kinds whose items are known, and the kind that a provider's argument takes for the same."""


class Term:
    """One term. `parts` holds terms, text and None; compare with `is`."""

    __slots__ = ("depth", "height", "impure", "kind", "marks", "open", "parts", "pinned", "unknown")
    __match_args__ = ("kind", "parts")

    def __init__(self, kind: str, parts: tuple[Any, ...], marks: int) -> None:
        self.kind: Final = kind
        self.parts: Final = parts
        self.marks: Final = marks
        depth = height = 0
        open_ = kind == "fresh"
        unknown = kind in ("unknown", "undeclared")
        pinned = kind == "pin"
        impure = kind == "call" and parts[0] in IMPURE
        for part in parts:
            if type(part) is Term:
                depth = max(depth, part.depth)
                height = max(height, part.height)
                open_ = open_ or part.open
                unknown = unknown or part.unknown
                pinned = pinned or part.pinned
                impure = impure or part.impure
        self.depth: Final[int] = depth + 1
        self.height: Final[int] = height + 1 if kind == "loop" else height
        self.open: Final[bool] = open_
        self.unknown: Final[bool] = unknown
        self.pinned: Final[bool] = pinned
        self.impure: Final[bool] = impure

    def children(self) -> Iterable[Term]:
        """The terms directly inside."""
        return (part for part in self.parts if type(part) is Term)

    def __repr__(self) -> str:
        return f"{self.kind}{self.parts!r}"


def walk(term: Term) -> Iterable[Term]:
    """A term and all that is inside it, each once."""
    seen: set[int] = set()
    pending = [term]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending.extend(current.children())


def only_reads(term: Term) -> bool:
    """Whether a term only reads something, also in a list of one: it shows no value that a mark would hide."""
    if term.kind == "tuple" and len(term.parts) == 1:
        return only_reads(term.parts[0])
    return term.kind in ("ref", "index", "loop", "splat")


def maps_captured(term: Term) -> bool:
    """Whether it's the list of one attribute of all items of a captured list or map: all are of one type, as they were."""
    match term:
        case Term("call", ("tolist", "", Term("loop", (Term("pin", (_, items)), None, result, None, "tuple", _)))):
            while result.kind == "index" and result.parts[1].kind == "const":
                result = result.parts[0]
            return items.kind in ("list", "map") and result.kind == "bound" and result.parts[1] == "value"
    return False


def contains(term: Term, wanted: Term) -> bool:
    """Whether a term is somewhere inside another."""
    return any(inner is wanted for inner in walk(term))


def is_number(term: Term) -> bool:
    """Whether a term is a constant number."""
    return term.kind == "const" and term.parts[0] == "number"


def reads_resource(term: Term) -> bool:
    """Whether a term is an attribute path of a resource."""
    while term.kind == "index":
        term = term.parts[0]
    return term.kind == "ref"


def item_of(collection: Term, key: Term) -> Term | None:
    """The item of a collection of known items, or None."""
    if collection.kind in ("tuple", "list") and key.parts[0] == "number":
        position = int(key.parts[1]) if key.parts[1].isdigit() else -1
        return collection.parts[position] if 0 <= position < len(collection.parts) else None
    if collection.kind in ("object", "map"):
        for name, value in zip(collection.parts[::2], collection.parts[1::2], strict=True):
            if name.kind == "const" and name.parts[1] == key.parts[1]:
                return value  # type: ignore[no-any-return]
    return None
