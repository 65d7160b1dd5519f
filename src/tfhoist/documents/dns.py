"""What happens to DNS: the records that move and those that stay, their TTLs, and what to lower and when."""

from __future__ import annotations

from typing import Any, NamedTuple

from tfhoist.configuration.model import Declaration
from tfhoist.documents.markdown import cell, code, code_cell, shell, table
from tfhoist.documents.names import environment_scope, instances
from tfhoist.documents.routes import RECORDS
from tfhoist.documents.texts import EnvironmentText
from tfhoist.documents.views import EnvironmentView, Views
from tfhoist.values.evaluate import Scope, evaluate
from tfhoist.values.types import to_number, to_text

LONG = 300
"""Seconds. A longer TTL outlasts the time that people are willing to wait in a change window."""
LOW = 60
"""Seconds. What a load balancer's alias has too."""


class Line(NamedTuple):
    """One record in one environment: `ttl` is None for an alias, "" where the files don't tell."""

    address: str
    name: str
    type: str
    ttl: int | str | None
    moves: bool


def values(views: Views) -> dict[str, Any]:
    """What `dns.md.j2` needs."""
    environments = [DnsText(view) for view in views.environments]
    return {
        "environments": environments,
        "records": any(one.lines for one in environments),
        "moving": any(line.moves for one in environments for line in one.lines),
        "long": LONG,
        "low": LOW,
        "any_long": any(one.long for one in environments),
        "any_unknown": any(one.unknown for one in environments),
    }


class DnsText(EnvironmentText):
    """One environment with its records."""

    def __init__(self, view: EnvironmentView) -> None:
        super().__init__(view)
        self.lines = record_lines(view)
        rows = [
            (
                code_cell(line.address),
                code_cell(line.name) or "?",
                cell(line.type) or "?",
                _ttl(line.ttl),
                "moves" if line.moves else "stays",
            )
            for line in self.lines
        ]
        self.record_table = table(("Record", "Name", "Type", "TTL", "Side"), rows) if rows else ""
        self.long = [
            (code(line.address), code(line.name), line.ttl, _minutes(line.ttl))
            for line in self.lines
            if line.moves and isinstance(line.ttl, int) and line.ttl > LONG
        ]
        self.unknown = [code(line.address) for line in self.lines if line.moves and line.ttl == ""]
        self.digs = [
            f"dig +noall +answer {shell(line.name)} {shell(line.type)}"
            for line in self.lines
            if line.moves and line.name and line.type
        ]


def record_lines(view: EnvironmentView) -> tuple[Line, ...]:
    """Every DNS record of the service root in one environment, those that move first."""
    context = view.context
    scope = environment_scope(view.module, view.environment)
    found: list[Line] = []
    for moves, addresses in ((True, context.moved), (False, context.stays)):
        for address in addresses:
            declaration = view.module.get(address)
            if declaration is None or declaration.kind != "resource" or declaration.type not in RECORDS:
                continue
            found += [
                Line(
                    f"{address}{one.suffix}",
                    _text(declaration, "name", one.scope).lower().rstrip("."),
                    _text(declaration, "type", one.scope),
                    _read_ttl(declaration, one.scope),
                    moves,
                )
                for one in instances(declaration, scope) or ()
            ]
    return tuple(found)


def _text(declaration: Declaration, name: str, scope: Scope) -> str:
    expression = declaration.expression(name)
    return "" if expression is None else to_text(evaluate(expression, scope)) or ""


def _read_ttl(declaration: Declaration, scope: Scope) -> int | str | None:
    if declaration.body.blocks_of("alias"):
        return None
    expression = declaration.expression("ttl")
    if expression is None:
        return ""
    number = to_number(evaluate(expression, scope))
    return int(number) if isinstance(number, int) else ""


def _ttl(ttl: int | str | None) -> str:
    if ttl is None:
        return "its target's"
    return f"{ttl} s" if ttl != "" else "not known"


def _minutes(ttl: int | str | None) -> str:
    seconds = ttl if isinstance(ttl, int) else 0
    return f"{-(-seconds // 60)} minutes" if seconds < 7200 else f"{-(-seconds // 3600)} hours"
