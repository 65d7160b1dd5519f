"""Nested blocks of an instance with the values of its environment, `dynamic` ones unrolled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tfhoist.audit.scopes import BlockInstance, known_text
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import Expression
from tfhoist.values.evaluate import Scope, evaluate, pairs_of
from tfhoist.values.types import Unknown, Value, to_text


class Inner(NamedTuple):
    """A body inside an instance, with both scopes (names and links, see `audit.scopes`)."""

    instance: BlockInstance
    body: Body
    names: Scope
    links: Scope

    def expression(self, name: str) -> Expression | None:
        """An argument of this body."""
        attribute = self.body.attribute(name)
        return attribute.expression if attribute is not None else None

    def value(self, name: str) -> Value:
        """The value of an argument, null when it isn't written."""
        expression = self.expression(name)
        return evaluate(expression, self.names) if expression is not None else None

    def text(self, name: str) -> str | None:
        """The text of an argument; None when it isn't known, isn't written, or is null."""
        return known_text(self.value(name))

    def texts(self, name: str) -> tuple[str, ...] | None:
        """The texts of a list; None when some of them aren't known, nothing when it isn't written."""
        return texts_of(self.value(name))

    def target(self, name: str) -> str | None:
        """What an argument points at; see `BlockInstance.target`."""
        return self.instance.target(self.expression(name), self.links)

    def targets(self, name: str) -> tuple[str, ...] | None:
        """What the items of a list point at; None when some of that isn't known."""
        expression = self.expression(name)
        if expression is None:
            return ()
        value = evaluate(expression, self.links)
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            return None
        return tuple(str(item).removeprefix("\0") for item in value)

    def blocks(self, kind: str) -> Iterator[Inner | None]:
        """The blocks of one type inside; None for those that aren't known."""
        yield from _blocks(self, self.body, kind)


def outermost(instance: BlockInstance) -> Inner:
    """The body of an instance itself."""
    return Inner(instance, instance.declaration.body, instance.names, instance.links)


def nested(instance: BlockInstance, kind: str) -> Iterator[Inner | None]:
    """The blocks of one type in an instance; None for those that aren't known."""
    yield from _blocks(outermost(instance), instance.declaration.body, kind)


def _blocks(outer: Inner, body: Body, kind: str) -> Iterator[Inner | None]:
    for block in body.blocks:
        if block.type == kind:
            yield outer._replace(body=block.body)
        elif block.type == "dynamic" and block.labels == (kind,):
            yield from _dynamic(outer, block.body, kind)


def _dynamic(outer: Inner, body: Body, kind: str) -> Iterator[Inner | None]:
    for_each, content = body.attribute("for_each"), body.blocks_of("content")
    pairs = pairs_of(evaluate(for_each.expression, outer.names)) if for_each is not None else Unknown("no for_each")
    if for_each is None or isinstance(pairs, Unknown) or not content:
        yield None
        return
    linked_pairs = pairs_of(evaluate(for_each.expression, outer.links))
    linked = {} if isinstance(linked_pairs, Unknown) else {to_text(key): value for key, value in linked_pairs}
    named = body.attribute("iterator")
    iterator = str(getattr(named.expression, "name", kind)) if named is not None else kind
    for key, value in pairs:
        link = linked.get(to_text(key), Unknown(f"{iterator}.value isn't known"))
        yield outer._replace(
            body=content[0].body,
            names=outer.names.with_bound(**{iterator: {"key": key, "value": value}}),
            links=outer.links.with_bound(**{iterator: {"key": key, "value": link}}),
        )


def texts_of(value: Value) -> tuple[str, ...] | None:
    """A list of texts; None when some of them aren't known."""
    if value is None:
        return ()
    if not isinstance(value, tuple):
        return None
    found = [to_text(item) for item in value]
    return tuple(text for text in found if text is not None) if None not in found else None
