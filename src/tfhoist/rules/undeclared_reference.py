"""A reference to what no block declares: Terraform refuses the root."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.links import qualified
from tfhoist.configuration.model import Declaration, Module
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.graph import read_attribute
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import Call, walk
from tfhoist.hcl.references import Reference
from tfhoist.rules.base import Context, Rule, line_of

_ALWAYS = frozenset(("each", "count", "self", "path", "terraform"))
_PREFIXED = frozenset(("var", "local", "module", "data"))
_KEYWORDS = frozenset(("when", "on_failure", "iterator", "type", "provider", "providers", "alias", "ignore_changes"))
"""Arguments whose values are words of the language (`when = destroy`), not references."""


class UndeclaredReference(Rule):
    """One finding for each block and missing name, at the first place where it's read."""

    id = "undeclared-reference"
    severity = Severity.ERROR
    description = "a reference names what isn't declared"
    advice = "Terraform refuses such a root: mend the name, or declare what it names."

    def match(self, context: Context) -> Iterator[Finding]:
        for path, module in context.modules:
            for declaration in module.declarations:
                missing: dict[str, Reference] = {}
                for reference, name in undeclared(module, declaration):
                    missing.setdefault(name, reference)
                where = qualified(path, declaration.address) if declaration.address else f"a {declaration.kind} block"
                for name, reference in missing.items():
                    yield self.finding(
                        f"{where} reads {name}, which isn't declared" + (f" in {module.folder}" if path else ""),
                        address=qualified(path, declaration.address) if declaration.address else None,
                        ranges=[line_of(declaration, reference.start, reference.end)],
                        evidence={"name": name},
                    )


def undeclared(module: Module, declaration: Declaration) -> Iterator[tuple[Reference, str]]:
    """The references of a declaration that name nothing, each with the name that's missing."""
    readings = [
        reading
        for reading in declaration.readings
        if reading.producer not in module.definitions or reading.producer.startswith("module.")
    ]
    if not readings:
        return
    inside = _nested_data(declaration)
    keywords = [] if declaration.attribute is not None else _keyword_spans(declaration.body)
    for reading in readings:
        reference, producer = reading.reference, reading.producer
        if reference.root in _ALWAYS:
            continue
        if declaration.json and reference.root not in _PREFIXED:
            continue  # what a `dynamic` block of JSON binds isn't known
        if keywords and any(start <= reference.start < end for start, end in keywords):
            continue
        if not producer:
            yield reference, reference.root
        elif producer not in module.definitions:
            if producer not in inside:
                yield reference, producer
        elif producer.startswith("module."):
            child = module.children.get(producer.split(".")[1])
            output = read_attribute(reference)
            read = child is not None and (child.files or child.json_files)
            missing = child is not None and read and output and f"output.{output}" not in child.definitions
            if missing and not _is_tried(declaration, reference):
                yield reference, f"{producer}.{output}"


def _is_tried(declaration: Declaration, reference: Reference) -> bool:
    """Whether a reference stands inside `try` or `can`, which let a missing output pass."""
    expressions = [declaration.attribute.expression] if declaration.attribute is not None else []
    pending = [declaration.body] if declaration.attribute is None else []
    while pending:
        body = pending.pop()
        expressions += [attribute.expression for attribute in body.attributes]
        pending.extend(block.body for block in body.blocks)
    return any(
        isinstance(node, Call) and node.name in ("try", "can") and node.start <= reference.start < node.end
        for expression in expressions
        if expression.start <= reference.start < expression.end
        for node in walk(expression)
    )


def _nested_data(declaration: Declaration) -> set[str]:
    """The data sources that a `check` block declares for itself."""
    if declaration.kind != "check":
        return set()
    return {
        f"data.{block.labels[0]}.{block.labels[1]}"
        for block in declaration.body.blocks_of("data")
        if len(block.labels) == 2
    }


def _keyword_spans(body: Body) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    pending = [(block, False) for block in body.blocks]
    while pending:
        block, special = pending.pop()
        special = special or block.type in ("provisioner", "dynamic", "lifecycle", "connection", "data")
        if special:
            spans += [(a.start, a.end) for a in block.body.attributes if a.name in _KEYWORDS]
        pending.extend((inner, special) for inner in block.body.blocks)
    return spans
