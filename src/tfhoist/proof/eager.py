"""Central outputs are always evaluated: one that reads what may be missing would fail where the service root didn't.

`try(aws_x.y.output.owner, "nobody")` reads `owner` inside `try`; an output `aws_x.y.output.owner` would stand alone. So an
output may read an attribute of a block as the provider's schema has it, or of all instances; a key, an item or an instance only
where something that is always evaluated read the same before.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.proof.blocks import Found, arguments, meta
from tfhoist.proof.model import UNDECIDED, Obligation
from tfhoist.proof.render import render
from tfhoist.proof.sides import Opened
from tfhoist.proof.term import Term, walk
from tfhoist.proof.terms import SINGLE, Terms

_LAZY = frozenset({"try", "can"})


def check_outputs_stand_alone(opened: Opened, terms: Terms) -> Iterator[Obligation]:
    """An undecided obligation for each new central output that reads what may be missing."""
    if opened.shared is None:
        return
    always: set[Term] | None = None
    for declaration in opened.shared.module.of("output"):
        value = opened.shared.output(declaration.name)
        if not any(_may_be_missing(terms, term) for term in walk(value)):
            continue
        if always is None:
            always = set(_always_evaluated(opened))
        term = next((term for term in _new(value, always) if _may_be_missing(terms, term)), None)
        if term is not None:
            detail = f"it fails where {render(term)} isn't there, and nothing read that unconditionally before"
            yield Obligation("output", f"central {declaration.address}", opened.name, UNDECIDED, detail)


def _new(value: Term, always: set[Term]) -> Iterator[Term]:
    """The terms in a value that weren't evaluated before, alone or in a larger one: whole loops count, as what is in them can't."""
    seen: set[Term] = set()
    pending = [value]
    while pending:
        term = pending.pop()
        if term not in seen and term not in always:
            seen.add(term)
            yield term
            pending.extend(term.children())


def _may_be_missing(terms: Terms, term: Term) -> bool:
    """Whether a term reads a key, an item or an instance, rather than an attribute that a schema has."""
    if term.kind == "splat":
        return len(term.parts) > 2
    if term.kind != "index":
        return False
    base, depth = term, 0
    while base.kind == "index":
        base, depth = base.parts[0], depth + 1
    if base.kind == "ref":
        return depth > 1 or terms.multiplicity.get(base.parts[0], SINGLE) != SINGLE
    return depth > 1 if base.kind == "bound" else base.kind not in ("const", "symbol")


def _always_evaluated(opened: Opened) -> Iterator[Term]:
    """What the service root evaluated in any case: arguments of blocks with one instance, counts, and outputs."""
    roots: list[Term] = []
    for found in opened.old.values():
        repeated = [term for term in meta(found).repeated if term is not None]
        roots += repeated
        if not repeated and _exists(found):
            roots.append(arguments(found))
            child = found.scope.child(found.declaration.name) if found.declaration.kind == "module" else None
            if child is not None:
                roots += [child.output(output.name) for output in child.module.of("output")]
    roots += [opened.before.root.output(output.name) for output in opened.before.root.module.of("output")]
    seen: set[Term] = set()
    pending = roots
    while pending:
        term = pending.pop()
        if term in seen:
            continue
        seen.add(term)
        yield term
        if term.kind == "call" and term.parts[0] in _LAZY:
            continue
        if term.kind in ("conditional", "loop"):
            pending.append(term.parts[0])
        else:
            pending.extend(term.children())


def _exists(found: Found) -> bool:
    """Whether a block is there once in any case: no module call around it has `count` or `for_each`."""
    scope = found.scope
    while scope.call is not None:
        body = scope.call.body
        if body.attribute("count") is not None or body.attribute("for_each") is not None:
            return False
        if scope.parent is None:
            break
        scope = scope.parent
    return True
