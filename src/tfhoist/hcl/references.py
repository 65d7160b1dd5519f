"""References: the traversals in a body, each assembled from its parts and given its bytes."""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import (
    Attr,
    Expression,
    ForObject,
    ForTuple,
    Index,
    Literal,
    Nested,
    Splat,
    TemplateFor,
    Variable,
    children,
)


class Step(NamedTuple):
    """One step of a traversal after its root, up to the byte `end`.

    `key` is the name of an attribute, the literal key of an index, or None for a computed index and a splat.
    """

    kind: str  # "attribute", "index" or "splat"
    key: str | int | None
    end: int


class Reference(NamedTuple):
    """A traversal such as `aws_lb.main[0].arn`, and the bytes that it stands in."""

    start: int
    end: int
    root: str
    steps: tuple[Step, ...]

    def names(self) -> tuple[str, ...]:
        """The root and the attribute names that follow it directly: `("aws_lb", "main")` of `aws_lb.main[0].arn`."""
        names = [self.root]
        for step in self.steps:
            if step.kind != "attribute":
                break
            names.append(str(step.key))
        return tuple(names)


def collect(body: Body) -> tuple[Reference, ...]:
    """All references of a body and its nested blocks, in the order of the file."""
    found: list[Reference] = []
    pending = [body]
    while pending:
        current = pending.pop()
        for attribute in current.attributes:
            references_of(attribute.expression, found)
        pending.extend(block.body for block in current.blocks)
    found.sort()
    return tuple(found)


_NONE: frozenset[str] = frozenset()


def references_of(expression: Expression, found: list[Reference]) -> None:
    """Add the references in an expression; names bound by a `for` around them aren't any (its collection is outside)."""
    pending: list[tuple[Expression, frozenset[str]]] = [(expression, _NONE)]
    while pending:
        current, bound = pending.pop()
        kind = type(current)
        if kind is Literal:
            continue
        if kind is Variable:
            if current.name not in bound:  # type: ignore[attr-defined]
                found.append(Reference(current.start, current.end, current.name, ()))  # type: ignore[attr-defined]
        elif kind is Attr or kind is Index or kind is Splat:
            _traversal(current, bound, found, pending)
        elif isinstance(current, ForTuple | ForObject | TemplateFor):
            inner = bound | {current.key, current.value}
            for child in children(current):
                pending.append((child, bound if child is current.collection else inner))
        else:
            for child in children(current):
                pending.append((child, bound))


def _traversal(
    expression: Expression,
    bound: frozenset[str],
    found: list[Reference],
    pending: list[tuple[Expression, frozenset[str]]],
) -> None:
    steps: list[Step] = []  # innermost last, reversed at the end
    current = expression
    while True:
        if isinstance(current, Attr):
            steps.append(Step("attribute", current.name, current.end))
            current = current.target
        elif isinstance(current, Index):
            steps.append(_index_step(current.key, current.end))
            if not isinstance(current.key, Literal):
                pending.append((current.key, bound))
            current = current.target
        elif isinstance(current, Splat):
            inner: list[Step] = []
            _splat(current, bound, inner, pending)
            steps.extend(reversed(inner))
            current = current.target
        else:
            break
    if not isinstance(current, Variable):
        pending.append((current, bound))
        return
    if current.name in bound:
        return
    steps.reverse()
    found.append(Reference(current.start, expression.end, current.name, tuple(steps)))


def _splat(
    splat: Splat | Nested,
    bound: frozenset[str],
    found: list[Step],
    pending: list[tuple[Expression, frozenset[str]]],
) -> None:
    found.append(Step("splat", None, splat.mark_end))
    for step, end in zip(splat.steps, splat.ends, strict=True):
        if isinstance(step, str):
            found.append(Step("attribute", step, end))
        elif isinstance(step, Nested):
            _splat(step, bound, found, pending)
        else:
            found.append(_index_step(step, end))
            if not isinstance(step, Literal):
                pending.append((step, bound))


def _index_step(key: Expression, end: int) -> Step:
    if isinstance(key, Literal) and isinstance(key.value, str | int) and not isinstance(key.value, bool):
        return Step("index", key.value, end)
    return Step("index", None, end)
