"""What happens to DNS: the records that move and those that stay, their TTLs, and what to lower and when."""

from __future__ import annotations

from typing import Any, NamedTuple

from tfhoist.addresses import without_keys
from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.documents.markdown import cell, code, code_cell, shell, table
from tfhoist.documents.routes import RECORDS
from tfhoist.documents.texts import EnvironmentText
from tfhoist.documents.views import EnvironmentView, Views
from tfhoist.routing.blocks import nested
from tfhoist.routing.read import read_record

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
    """Every DNS record of the service root in one environment, those in its local modules too; what moves comes first."""
    moved = set(view.context.moved)
    found: list[Line] = []
    for instance in Evaluation(view.module, view.environment).of(*RECORDS):
        record = read_record(instance)
        path = instance.owner.path  # what is in a module goes where the module's call goes
        block = ".".join(without_keys(path).split(".")[:2]) if path else instance.block
        found.append(Line(record.address, record.name, record.type, _read_ttl(instance), block in moved))
    return tuple(sorted(found, key=lambda line: not line.moves))


def _read_ttl(instance: BlockInstance) -> int | str | None:
    aliases = list(nested(instance, "alias"))
    if aliases:
        return "" if None in aliases else None
    ttl = instance.number("ttl")
    return "" if ttl is None else ttl


def _ttl(ttl: int | str | None) -> str:
    if ttl is None:
        return "its target's"
    return f"{ttl} s" if ttl != "" else "not known"


def _minutes(ttl: int | str | None) -> str:
    seconds = ttl if isinstance(ttl, int) else 0
    return f"{-(-seconds // 60)} minutes" if seconds < 7200 else f"{-(-seconds // 3600)} hours"
