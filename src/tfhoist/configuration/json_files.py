"""Configuration in JSON syntax, `.tf.json` (documentation page "JSON Configuration Syntax").

A value in JSON reads as an expression of the native syntax, so the parser for expressions gives every part its bytes. Which part of a
resource is an argument and which a nested block only its provider's schema tells: such a definition keeps its references and nothing
else. What the language itself defines (`terraform`, `moved`, `import`, `removed`) gets its block. Nothing here is ever moved or edited.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Diagnostic, LineIndex, Severity, SourceRange
from tfhoist.hcl import parser
from tfhoist.hcl.bodies import Attribute, Block, Body
from tfhoist.hcl.expressions import Expression, Literal, Object, Tuple
from tfhoist.hcl.references import Reference, references_of
from tfhoist.hcl.syntax import File

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1}
_NESTED = {
    "terraform": {"required_providers": 0, "cloud": 0, "backend": 1, "provider_meta": 1},
    "removed": {"lifecycle": 0},
    "moved": {},
    "import": {},
}
"""The blocks that the language itself defines, each with its nested blocks and how many labels those have."""

_ADDRESSES = ("from", "to")
_LISTS_OF_ADDRESSES = ("depends_on", "replace_triggered_by")


class JsonFile(NamedTuple):
    """The definitions of one file, and what is wrong with it."""

    declarations: tuple[Declaration, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_json(path: str, source: bytes) -> JsonFile:
    """Read one `.tf.json` file; never raises for what is in it."""
    try:
        document = json.loads(source)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        summary, advice = f"invalid JSON: {error}", "Terraform rejects it too; mend it first."
        return JsonFile((), (Diagnostic(Severity.ERROR, summary, advice, SourceRange(path, line, line)),))
    if not isinstance(document, dict):
        summary = "a .tf.json file holds one object"
        return JsonFile((), (Diagnostic(Severity.ERROR, summary, "", SourceRange(path, 1, 1)),))
    try:
        tree = parser.parse_expression(source, 0, len(source))
    except parser.ParseError:
        # JSON knows escapes and places for commas that the native syntax doesn't; the lines are lost then
        try:
            source = json.dumps(document, ensure_ascii=False, indent=1).encode()
            tree = parser.parse_expression(source, 0, len(source))
        except (parser.ParseError, UnicodeError, RecursionError) as error:
            summary, advice = f"this JSON can't be read as configuration: {error}", "Write it as .tf."
            return JsonFile((), (Diagnostic(Severity.ERROR, summary, advice, SourceRange(path, 1, 1)),))
    return JsonFile(tuple(_Reader(path, source).read(tree)), ())


class _Reader:
    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.source = source
        self.lines = LineIndex(source)

    def read(self, tree: Expression) -> Iterator[Declaration]:
        for kind, key, content in _items(tree):
            if kind == "locals":
                for one in _several(content):
                    for name, at, value in _items(one):
                        yield self._opaque("local", f"local.{name}", "", name, at, value)
            elif kind in _NESTED:
                for one in _several(content):
                    yield self._block(kind, key, one)
            elif kind in _LABELS:
                for one in _several(content):
                    for first, at, inner in _items(one):
                        yield from self._labelled(kind, first, at, inner)

    def _labelled(self, kind: str, first: str, key: Expression, inner: Expression) -> Iterator[Declaration]:
        if _LABELS[kind] == 1:
            for body in _several(inner):
                prefix = "var" if kind == "variable" else kind
                address = f"{prefix}.{first}"
                if kind == "provider":
                    alias = next((value for name, _, value in _items(body) if name == "alias"), None)
                    address += f".{alias.value}" if isinstance(alias, Literal) else ""
                yield self._opaque(kind, address, "", first, key if body is inner else body, body)
            return
        for one in _several(inner):
            for second, at, body in _items(one):
                address = f"{first}.{second}" if kind == "resource" else f"{kind}.{first}.{second}"
                yield self._opaque(kind, address, first, second, at, body)

    def _opaque(self, kind: str, address: str, type_: str, name: str, key: Expression, body: Expression) -> Declaration:
        """A definition of which only the references are known, all as if they stood at its beginning."""
        found = self._references(body)
        references = tuple(Reference(key.start, key.start, one.root, one.steps) for one in found)
        file = self._file(references)
        return Declaration(kind, address, type_, name, file, key.start, body.end, json=True)

    def _block(self, kind: str, key: Expression, content: Expression) -> Declaration:
        """A block that the language itself defines."""
        start = min(key.start, content.start) if content.start - key.end < 4 else content.start
        body = self._body(content, _NESTED[kind])
        block = Block(kind, (), start, content.end, content.start, content.end - 1, body)
        found: list[Reference] = []
        pending = [body]
        while pending:
            current = pending.pop()
            for attribute in current.attributes:
                references_of(attribute.expression, found)
            pending.extend(inner.body for inner in current.blocks)
        return Declaration(kind, "", "", "", self._file(tuple(sorted(found))), start, content.end, block, json=True)

    def _body(self, content: Expression, nested: dict[str, int]) -> Body:
        attributes: list[Attribute] = []
        blocks: list[Block] = []
        for name, key, value in _items(content):
            if name not in nested:
                expression = self._address(value) if name in _ADDRESSES else value
                attributes.append(Attribute(name, key.start, value.end, expression.start, expression.end, expression))
                continue
            for one in _several(value):
                labelled = _items(one) if nested[name] else [("", key, one)]
                for label, _, body in labelled:
                    labels = (label,) if nested[name] else ()
                    inside = self._body(body, {})
                    blocks.append(Block(name, labels, key.start, body.end, body.start, body.end - 1, inside))
        return Body(tuple(attributes), tuple(blocks))

    def _address(self, value: Expression) -> Expression:
        """An address, which JSON writes as text."""
        start, end = value.start + 1, value.end - 1
        if self.source[start : start + 2] == b"${" and self.source[end - 1 : end] == b"}":
            start, end = start + 2, end - 1
        try:
            return parser.parse_expression(self.source, start, end)
        except parser.ParseError:
            return value

    def _references(self, body: Expression) -> list[Reference]:
        """The references of the templates in a body's texts, and the addresses that JSON writes as texts."""
        found: list[Reference] = []
        references_of(body, found)
        pending = [item for one in _several(body) for item in _items(one)]
        pending += [
            item for name, _, value in pending if name == "lifecycle" for one in _several(value) for item in _items(one)
        ]
        for name, _, value in pending:
            if name in _LISTS_OF_ADDRESSES:
                for one in _several(value):
                    references_of(self._address(one), found)
        return found

    def _file(self, references: tuple[Reference, ...]) -> File:
        return File(self.path, self.source, Body(), references, [])


def _items(content: Expression) -> list[tuple[str, Expression, Expression]]:
    """The items of an object: the key as text, and both expressions. What is no object has none."""
    if not isinstance(content, Object):
        return []
    return [(str(key.value), key, value) for key, value in content.items if isinstance(key, Literal)]


def _several(content: Expression) -> tuple[Expression, ...]:
    """One block, or a list of them."""
    return content.items if isinstance(content, Tuple) else (content,)
