"""`tfhoist routes`: the routing table, who answers a URL, and whether two tables are equal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tfhoist.routing.answer import Answer
    from tfhoist.routing.decide import Analysis
    from tfhoist.routing.table import Table
    from tfhoist.routing.tables import TableComparison


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="routes")(routes)


def routes(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR|STATE [URL] | diff BEFORE AFTER", help="A root module or a state, and a URL; or two of them."
        ),
    ],
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="NAME", help="Only this environment.")
    ] = None,
    state: Annotated[
        list[str],
        typer.Option(
            "--state", metavar="[NAME=]FILE", help="A state snapshot: the priorities that AWS chose are in it."
        ),
    ] = [],  # noqa: B006
    method: Annotated[str, typer.Option("--method", help="The request's method.")] = "GET",
    header: Annotated[
        list[str], typer.Option("--header", metavar="'NAME: VALUE'", help="A header of the request; may be repeated.")
    ] = [],  # noqa: B006
    source_ip: Annotated[
        str, typer.Option("--source-ip", metavar="ADDRESS", help="Where the request comes from.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Read this instead of DIR/tfhoist.toml.")
    ] = None,
) -> None:
    """Show which listener rule answers what: the whole table, one URL, or where two tables differ.

    Exit code 0; for `diff`, 2 when the tables differ or it can't be decided. 1 when the input can't be read.

    Example: tfhoist routes infrastructure/terraform https://registry.hokus.ai/api/mlflow/x
    """
    from tfhoist.api.routing import analyses, answer_json, routes_json, tables
    from tfhoist.cli.common import states
    from tfhoist.errors import UsageError
    from tfhoist.routing.answer import answers, request_of

    if what[0] == "diff":
        if len(what) != 3:
            raise UsageError("`tfhoist routes diff` compares two tables.", "Write: tfhoist routes diff BEFORE AFTER.")
        _diff(Path(what[1]), Path(what[2]), environment, config, json=json)
        return
    if len(what) > 2:
        raise UsageError(f"too many arguments: {' '.join(what[2:])}.", "Write: tfhoist routes DIR [URL].")
    found = tables(_there(what[0]), environment=environment, states=states(state), config=config)
    if len(what) == 2:
        request, port = request_of(what[1], method, header, source_ip)
        given = [answer for table in found for answer in answers(table, request, port)]
        sys.stdout.write(answer_json(given).decode() if json else _answers(given))
        return
    judged = [(table, analyses(table)) for table in found]
    sys.stdout.write(routes_json(judged).decode() if json else "".join(_table(*one) for one in judged))


def _there(name: str) -> Path:
    from tfhoist.errors import UsageError

    if not Path(name).exists():
        raise UsageError(f"{name} doesn't exist.", "Give a root module's folder, or a state (`terraform state pull`).")
    return Path(name)


def _table(table: Table, judged: list[Analysis]) -> str:
    from tfhoist.audit.text import table as columns

    lines = [f"{table.environment}:"] if table.environment else []
    for analysis in judged:
        listener = analysis.listener
        owner = listener.load_balancer_name or listener.load_balancer or "a load balancer that isn't known"
        lines += ["", flat(f"{listener.protocol or '?'} {listener.port or '?'} of {owner} ({listener.address})")]
        rows = []
        for one in analysis.rules:
            status = {"live": "", "undecided": f"undecided: {one.why}"}.get(one.status)
            if status is None:
                status = f"shadowed by {', '.join(one.shadowed_by)}" if one.shadowed_by else f"never: {one.why}"
            priority = "?" if one.rule.priority is None else str(one.rule.priority)
            rows.append((priority.rjust(5), one.rule.text(), one.rule.action.text(), one.rule.address, status))
        rows.append(("    -", "anything else", listener.default.text(), "", ""))
        lines += columns(rows)
    if table.claims:
        lines += ["", "answered elsewhere"]
        lines += columns([(one.kind, ", ".join(one.hosts), ", ".join(one.paths), one.address) for one in table.claims])
    if not judged:
        lines += ["no listeners"]
    return printable("\n".join(line.rstrip() for line in lines).lstrip("\n")) + "\n"


def _answers(given: list[Answer]) -> str:
    lines: list[str] = []
    for one in given:
        where = f"{one.environment}: " if one.environment else ""
        lines.append(f"{where}{one.rule or 'the default action'} on {one.listener}: {one.action.text()}")
        lines.append(f"  reached {one.through}" + ("" if one.certain else "; not certain"))
        lines += [f"  not {passed.rule}: {passed.because}" for passed in one.passed_over]
    return "\n".join(map(flat, lines or ["no listener takes it: none of that port is known"])) + "\n"


def flat(text: str) -> str:
    """A text on one line, without what could move a cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def printable(text: str) -> str:
    """A text without what could move a cursor; its lines stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _diff(before: Path, after: Path, environment: str | None, config: Path | None, *, json: bool) -> None:
    from tfhoist.api.routing import diff_json, overall, tables
    from tfhoist.errors import UsageError
    from tfhoist.routing.tables import compare_tables

    left, right = (tables(_there(str(one)), environment=environment, config=config if one.is_dir() else None)
                   if one.is_dir() else tables(_there(str(one))) for one in (before, after))  # fmt: skip
    if len(left) == len(right) == 1:
        pairs = [(left[0], right[0])]
    else:
        names = {table.environment: table for table in right}
        if {table.environment for table in left} != set(names):
            raise UsageError(f"{before} and {after} have different environments.", "Choose one with --environment.")
        pairs = [(table, names[table.environment]) for table in left]
    found = [(one.environment, compare_tables(one, other)) for one, other in pairs]
    equal = overall([comparison for _, comparison in found])
    if json:
        sys.stdout.write(diff_json(found).decode())
    else:
        sys.stdout.write(printable("".join(_differences(name, one) for name, one in found)))
    if equal is not True:
        raise typer.Exit(2)


def _differences(environment: str, found: TableComparison) -> str:
    where = f"{environment}: " if environment else ""
    if found.equal:
        return f"{where}equal: {found.listeners} listeners answer every request alike\n"
    lines = [f"{where}different" if found.differences else f"{where}undecided"]
    for one in found.differences:
        if one.difference is None:
            lines.append(
                f"  {one.load_balancer} port {one.port}: {one.before or 'no listener'} before, {one.after or 'none'} after"
            )
        else:
            lines.append(f"  {one.difference.witness.text()} on {one.load_balancer}")
            lines.append(
                f"    before: {one.difference.before.text()} ({one.difference.rule_before or 'default action'})"
            )
            lines.append(f"    after:  {one.difference.after.text()} ({one.difference.rule_after or 'default action'})")
    lines += [f"  {why}" for why in found.undecided]
    return "\n".join(map(flat, lines)) + "\n"
