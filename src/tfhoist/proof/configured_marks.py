"""Marks that a block's attributes have from its own arguments.

Terraform puts the marks of an argument back on the attribute when the value comes from the provider, so who reads
`aws_db_instance.d.username` gets a sensitive value where `username = var.user` was one. The service root before says what
the marks were; it's the same on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist.proof.blocks import Found, body_term
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms
from tfhoist.values.marks import ALL, NONE, SOME


class ConfiguredMarks:
    """The marks of one root's blocks, by address and attribute path."""

    def __init__(self, terms: Terms, blocks: Mapping[str, Found]) -> None:
        self._terms = terms
        self._blocks = blocks
        self._memo: dict[tuple[str, tuple[Term, ...]], int] = {}

    def of(self, address: str, path: tuple[Term, ...]) -> int:
        """The marks of an attribute path (without an instance key); NONE for the whole of a block."""
        found = self._blocks.get(address)
        if found is None or not path or path[0].kind != "const":
            return NONE
        key = (address, path)
        if key not in self._memo:
            self._memo[key] = NONE  # a block that reads itself in a circle is an error of its own
            self._memo[key] = self._of(found, path)
        return self._memo[key]

    def _of(self, found: Found, path: tuple[Term, ...]) -> int:
        declaration, scope, name = found.declaration, found.scope, str(path[0].parts[1])
        if declaration.kind == "module":
            child = scope.child(declaration.name)
            return NONE if child is None else self._terms.steps(child.output(name), path[1:]).marks
        if declaration.json:
            return NONE
        attribute = declaration.body.attribute(name)
        if attribute is not None:
            value = scope.normal(attribute.expression, declaration.address)
            return self._terms.steps(value, path[1:]).marks
        named = [b for b in declaration.body.blocks if b.type == name or (b.type == "dynamic" and name in b.labels)]
        if not named:
            return NONE
        body = body_term(declaration.body, scope.context(declaration.address), _all_but(found, name))
        blocks = dict(zip(body.parts[::2], body.parts[1::2], strict=True)).get(name)
        return NONE if blocks is None else self._below(blocks, path[1:])

    def _below(self, term: Term, path: tuple[Term, ...]) -> int:
        """The marks of a path into nested blocks; those of all blocks where the path doesn't say which."""
        if term.kind == "blocks":
            dynamic = any(part.kind == "dynamic" for part in term.parts)
            if path and path[0].kind == "const" and path[0].parts[0] == "number" and not dynamic:
                position = int(path[0].parts[1])
                chosen = term.parts[position : position + 1]
            else:
                chosen = term.parts
            rest = path[1:] if path and path[0].parts[0] != "string" else path
            marks = {self._below(part, rest) for part in chosen}
            return marks.pop() if len(marks) == 1 else SOME if marks - {NONE} else NONE
        if term.kind == "block":
            return self._below(term.parts[1], path)
        if term.kind == "dynamic":
            return self._below(term.parts[0].parts[2], path)
        if term.kind == "labelled":
            return self._below(term.parts[1], path)
        if term.kind == "body" and path and path[0].kind == "const":
            value = dict(zip(term.parts[::2], term.parts[1::2], strict=True)).get(path[0].parts[1])
            if value is None:
                return NONE
            return self._below(value, path[1:]) if value.kind == "blocks" else self._terms.steps(value, path[1:]).marks
        return term.marks if term.marks == ALL else SOME if term.marks else NONE


def _all_but(found: Found, name: str) -> frozenset[str]:
    """The names of a block's other arguments and nested blocks (a `dynamic` block goes by its own)."""
    body = found.declaration.body
    own = {block.type for block in body.blocks if block.type not in (name, "dynamic")}
    return frozenset({attribute.name for attribute in body.attributes} | own)
