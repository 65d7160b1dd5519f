"""Rewriting the references of one declaration, by bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from tfhoist.boundary.interface import Route
from tfhoist.configuration.model import Declaration, target_address
from tfhoist.hcl.bodies import Attribute, Body
from tfhoist.hcl.edit import Edit, apply_edits, removal, with_comments
from tfhoist.hcl.expressions import Call, Expression, Tuple, walk
from tfhoist.hcl.references import Reference
from tfhoist.hcl.syntax import File

SWALLOWING = ("try", "can", "lookup")
"""Functions in which a missing output would pass silently."""


def expressions(body: Body) -> Iterable[Expression]:
    """All expressions of a body and its nested blocks, outermost only."""
    pending = [body]
    while pending:
        current = pending.pop()
        for attribute in current.attributes:
            yield attribute.expression
        pending.extend(block.body for block in current.blocks)


def parts(declaration: Declaration) -> list[Expression]:
    """The outermost expressions of a declaration."""
    if declaration.attribute is not None:
        return [declaration.attribute.expression]
    return list(expressions(declaration.body))


def swallowed_spans(declaration: Declaration) -> list[tuple[int, int]]:
    """The bytes inside calls of `try`, `can` and `lookup`."""
    return [
        (node.start, node.end)
        for root in parts(declaration)
        for node in walk(root)
        if isinstance(node, Call) and node.name in SWALLOWING
    ]


class OutputReads:
    """How outputs are read in the service root; remembers which ones have to be read by a local first."""

    def __init__(self, base: str, local_prefix: str) -> None:
        self.base = base
        self.local_prefix = local_prefix
        self.guarded: dict[str, str] = {}  # local's name to its value

    def read(self, route: Route, *, swallowed: bool) -> str:
        """The expression of one output, without what the reader keeps."""
        direct = f"{self.base}.{route.output}"
        text = f"sensitive({direct})" if route.sensitive else direct
        if swallowed:
            name = f"{self.local_prefix}{route.output}"
            self.guarded[name] = text
            text = f"local.{name}"
        return f"{text}[0]" if route.listed else text


def downlink_edits(declaration: Declaration, routes: Mapping[tuple[str, int], Route], reads: OutputReads) -> list[Edit]:
    """The edits that turn a block's references to central blocks into reads of outputs."""
    file = declaration.file
    swallowed = swallowed_spans(declaration)

    def replacement(reference: Reference) -> str | None:
        route = routes.get((file.path, reference.start))
        if route is None:
            return None
        inside = any(start <= reference.start < end for start, end in swallowed)
        kept = "".join(_span(file, start, end, replacement) for start, end in route.crossing.keep)
        return reads.read(route, swallowed=inside) + route.crossing.splat + kept

    return _edits(file, declaration.start, declaration.end, replacement)


def is_workspace(reference: Reference) -> bool:
    """Whether a reference is `terraform.workspace`, or what OpenTofu calls it too."""
    return reference.names()[:2] in (("terraform", "workspace"), ("tofu", "workspace"))


def reference_edits(declaration: Declaration, names: Callable[[Reference], str | None]) -> list[Edit]:
    """The edits that replace whole references, as `names` says."""
    return _edits(declaration.file, declaration.start, declaration.end, names)


def _edits(file: File, start: int, end: int, replacement: Callable[[Reference], str | None]) -> list[Edit]:
    edits: list[Edit] = []
    covered = -1
    for reference in file.references_in(start, end):
        if reference.start < covered:
            continue
        text = replacement(reference)
        if text is not None:
            edits.append(Edit(reference.start, reference.end, text.encode()))
            covered = reference.end
    return edits


def _span(file: File, start: int, end: int, replacement: Callable[[Reference], str | None]) -> str:
    """A slice of the source with the references inside it replaced."""
    edits = [
        edit._replace(start=edit.start - start, end=edit.end - start) for edit in _edits(file, start, end, replacement)
    ]
    return apply_edits(file.source[start:end], edits).decode()


def depends_on_edit(declaration: Declaration, crosses: Callable[[str], bool]) -> Edit | None:
    """The edit that drops the entries of `depends_on` that cross; the argument goes when none is left."""
    attribute = declaration.body.attribute("depends_on") if declaration.attribute is None else None
    if attribute is None or not isinstance(attribute.expression, Tuple):
        return None
    file = declaration.file
    kept: list[str] = []
    dropped = False
    for item in attribute.expression.items:
        references = file.references_in(item.start, item.end)
        if references and crosses(target_address(references[0])):
            dropped = True
        else:
            kept.append(file.text(item.start, item.end))
    if not dropped:
        return None
    if not kept:
        return removal(file.source, attribute)
    return Edit(attribute.value_start, attribute.value_end, _list(file, attribute, kept).encode())


def _list(file: File, attribute: Attribute, items: list[str]) -> str:
    if b"\n" not in file.source[attribute.value_start : attribute.value_end]:
        return f"[{', '.join(items)}]"
    line = file.source.rfind(b"\n", 0, attribute.start) + 1
    indent = file.text(line, attribute.start)
    inner = "".join(f"\n{indent}  {item}," for item in items)
    return f"[{inner}\n{indent}]"


def declaration_text(declaration: Declaration, edits: Iterable[Edit]) -> str:
    """A declaration's source with the comments above it, edited. Line ends become LF, but in heredocs: they're values."""
    start = with_comments(declaration.file.source, declaration.start)
    source = declaration.file.source[start : declaration.end]
    if b"\r\n" in source:
        source = _line_feeds(source, [(begin - start, end - start) for begin, end in heredocs(declaration)])
    shifted = [edit._replace(start=edit.start - start, end=edit.end - start) for edit in edits]
    return apply_edits(source, shifted).replace(b"\0", b"").decode("utf-8", "replace")


def _line_feeds(source: bytes, heredocs: list[tuple[int, int]]) -> bytes:
    """The source with NUL (which no configuration has) for the carriage returns that go, so that offsets stay."""
    changed = bytearray(source)
    for found in re.finditer(rb"\r(?=\n)", source):
        if not any(begin <= found.start() < end for begin, end in heredocs):
            changed[found.start()] = 0
    return bytes(changed)


def heredocs(declaration: Declaration) -> Iterable[tuple[int, int]]:
    """The bytes of the heredocs in a declaration."""
    source = declaration.file.source
    for root in parts(declaration):
        for node in walk(root):
            if source.startswith(b"<<", node.start):
                yield node.start, node.end
