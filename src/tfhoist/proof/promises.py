"""The promised outputs: each name still means, in terms of the service root as it was, what was agreed.

Outputs that the service itself reads are proved where they are read. Others are for platform teams, and nothing else
would notice that two of them were swapped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfhoist.hcl import parser
from tfhoist.hcl.expressions import Attr, Expression, Variable
from tfhoist.proof.compare import differences
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.pins import PinChecks
from tfhoist.proof.plain import plain
from tfhoist.proof.service_root import conclude
from tfhoist.proof.sides import Opened
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms


def check_promises(opened: Opened, promises: Mapping[str, str], terms: Terms, pins: PinChecks) -> Iterator[Obligation]:
    """One obligation for each promised output, in one environment. `promises` is name to expression."""
    for name, text in sorted(promises.items()):
        address = f"central output.{name}"
        declaration = opened.central.root.module.get(f"output.{name}")
        value = declaration.expression("value") if declaration is not None else None
        if value is None:
            yield Obligation("promise", address, opened.name, FAILS, f"it's gone; it was to be {text}")
            continue
        source = text.encode()
        try:
            expected = parser.parse_expression(source, 0, len(source))
        except parser.ParseError as error:
            yield Obligation("promise", address, opened.name, UNDECIDED, f"{text}: {error.message}")
            continue
        if _is_new_input(expected, opened):
            yield _passed_on(expected, name, address, opened, terms)
            continue
        # marks inside a value and on the whole of it are told apart where it's read; here only the value counts
        before = _bare(terms, opened.before.root.normal(expected))
        after = _bare(terms, opened.central.root.normal(value))
        pins.address = address
        yield conclude("promise", address, opened.name, differences(terms, before, after, pins, relaxed=False))


def _bare(terms: Terms, term: Term) -> Term:
    return terms.unmarked(term.parts[0] if term.kind == "sensitive" else term)


def _passed_on(expected: Expression, name: str, address: str, opened: Opened, terms: Terms) -> Obligation:
    """An input that the service root has no variable for: the module's output of that name is this variable, and no other."""
    declaration = opened.shared.declared(f"output.{name}") if opened.shared is not None else None
    value = declaration.expression("value") if declaration is not None else None
    if value is None or plain(terms, value) is not plain(terms, expected):
        return Obligation("promise", address, opened.name, FAILS, "it isn't the input of the module that was agreed")
    detail = "it passes on an input of the module that the service root has no variable for"
    return Obligation("promise", address, opened.name, HOLDS, detail)


def _is_new_input(expression: Expression, opened: Opened) -> bool:
    if isinstance(expression, Attr) and isinstance(expression.target, Variable) and expression.target.name == "var":
        return opened.before.root.module.get(f"var.{expression.name}") is None
    return False
