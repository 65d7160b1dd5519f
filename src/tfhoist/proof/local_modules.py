"""What a local module says beside its resources, calls and values: of its variables, of conditions, and of addresses.

The splitter copies such modules with their folder, so all of this is there word for word, in the module's own names.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl.expressions import Expression
from tfhoist.proof.blocks import Found, unlabelled_blocks
from tfhoist.proof.compare import Difference, differences
from tfhoist.proof.model import FAILS, UNDECIDED
from tfhoist.proof.pins import PinChecks
from tfhoist.proof.plain import plain_body, variable_term
from tfhoist.proof.scopes import ModuleScope
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms

_SAYS = ("variable", "output", "check", "moved", "removed", "import")
_COMPARED_ELSEWHERE = frozenset({"value", "description", "sensitive"})
"""Of an output: what it gives, which is compared by its value."""


def check_local_module(terms: Terms, old: Found, now: Found, pins: PinChecks) -> Iterator[Difference]:
    """What differs in the module that a call opens, beside what is compared block by block and value by value."""
    for block_type in unlabelled_blocks(now.declaration) - unlabelled_blocks(old.declaration):
        yield Difference((block_type,), None, None, FAILS, "it's new in the call")
    before, after = old.scope.child(old.declaration.name), now.scope.child(now.declaration.name)
    if before is None or after is None:
        return
    one, other = _said(terms, before), _said(terms, after)
    for name in sorted({*one, *other}):
        if name not in other:
            yield Difference((name,), None, None, FAILS, "the module doesn't say it any more")
        elif name not in one:
            yield Difference((name,), None, None, FAILS, "it's new in the module")
        else:
            for difference in differences(terms, one[name], other[name], relaxed=False):
                yield difference._replace(path=(name, *difference.path))
    for declaration in after.module.of("variable"):
        yield from _taken(terms, before, after, declaration, pins)


def _taken(
    terms: Terms, before: ModuleScope, after: ModuleScope, declaration: Declaration, pins: PinChecks
) -> Iterator[Difference]:
    """Whether what a variable asks of its value is asked of the same values, be it read or not."""
    name = declaration.address
    pairs = [(before.variable(declaration.name), after.variable(declaration.name))] if declaration.json else []
    was = before.module.get(name)
    pairs += [
        (before.normal(one, name), after.normal(other, name))
        for one, other in zip(conditions(was) if was is not None else (), conditions(declaration), strict=False)
    ]
    for one, other in pairs:
        for difference in differences(terms, one, other, pins, relaxed=False):
            yield difference._replace(path=(f"{name}: what it asks of its value", *difference.path), result=UNDECIDED)


def conditions(variable: Declaration) -> list[Expression]:
    """The conditions of a variable's validations."""
    found = [block.body.attribute("condition") for block in variable.body.blocks_of("validation")]
    return [condition.expression for condition in found if condition is not None]


def _said(terms: Terms, scope: ModuleScope) -> dict[str, Term]:
    module: Module = scope.module
    found: dict[str, Term] = {}
    for declaration in module.declarations:
        if declaration.kind not in _SAYS:
            continue
        name, number = declaration.address or declaration.kind, 2
        while name in found:
            name, number = f"{declaration.address or declaration.kind} {number}", number + 1
        found[name] = _term(terms, declaration)
    return found


def _term(terms: Terms, declaration: Declaration) -> Term:
    if declaration.kind == "variable":
        return variable_term(terms, declaration)
    if declaration.json:
        return terms.make("name", declaration.file.source.decode("utf-8", "replace"))
    without = _COMPARED_ELSEWHERE if declaration.kind == "output" else frozenset[str]()
    return plain_body(terms, declaration.body, without)
