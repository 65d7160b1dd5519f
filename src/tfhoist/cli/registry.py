"""`tfhoist registry`: who claims which hosts, paths, priorities and names in the central repository."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tfhoist.findings import Finding

FORMATS = ("text", "json", "sarif", "github")
Central = Annotated[Path, typer.Argument(metavar="CENTRAL", help="The central repository.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Check, add and show the claims of services in a central repository.",
    )
    for command in (check, add, show, claims):
        group.command(name=command.__name__)(command)
    app.add_typer(group, name="registry")


def check(
    central: Central,
    proposal: Annotated[
        Path | None,
        typer.Option(
            "--add", metavar="PROPOSAL", help="Judge these claims as if they were there: a file, or a consolidation."
        ),
    ] = None,
    json: Json = False,
    format_: Annotated[str, typer.Option("--format", help="text, json, sarif or github.")] = "text",
) -> None:
    """Check that no two services claim one path, host, priority, name or output, and that claims are what is declared.

    Exit code 0 without errors, 2 with some, 1 when the input can't be read. This is what the central repository's CI runs.

    Example: tfhoist registry check ../hokusai-infrastructure --add build/data-pipeline
    """
    from tfhoist.api.registry import check_json, check_registry, check_sarif, read_proposal, read_registry
    from tfhoist.errors import UsageError

    wanted = "json" if json else format_
    if wanted not in FORMATS:
        raise UsageError(f"there is no format {wanted!r}.", f"Known: {', '.join(FORMATS)}.")
    found = check_registry(read_registry(central), read_proposal(proposal) if proposal is not None else None)
    if wanted == "json":
        sys.stdout.write(check_json(found).decode())
    elif wanted == "sarif":
        sys.stdout.write(check_sarif(found).decode())
    elif wanted == "github":
        sys.stdout.write("".join(_annotation(one) for one in found))
    else:
        sys.stdout.write(_text(found))
    _exit(found)


def add(
    proposal: Annotated[Path, typer.Argument(metavar="PROPOSAL", help="A file of claims, or a consolidation.")],
    central: Annotated[Path, typer.Option("--central", metavar="CENTRAL", help="The central repository.")],
) -> None:
    """Add a service's claims to the registry: `registry/SERVICE.json`, and its entry in `docs/resource_registry.md`.

    Nothing is written when they don't fit. Claims that are handed over (`transfer_from`) leave the service that had them.

    Example: tfhoist registry add build/data-pipeline --central ../hokusai-infrastructure
    """
    from tfhoist.api.registry import add as run
    from tfhoist.api.registry import read_proposal

    found, written = run(central, read_proposal(proposal))
    sys.stdout.write(_text(found) if found else "")
    for path in written:
        typer.echo(f"wrote {path}")
    _exit(found)


def show(
    central: Central,
    service: Annotated[str | None, typer.Argument(metavar="[SERVICE]", help="Only this service.")] = None,
    json: Json = False,
) -> None:
    """Show who is in the registry: owner, contact, and what each service claims.

    Example: tfhoist registry show ../hokusai-infrastructure data-pipeline
    """
    from tfhoist.api.registry import claims_json, read_registry
    from tfhoist.cli.routes import printable
    from tfhoist.errors import UsageError
    from tfhoist.registry.entry import render_entry
    from tfhoist.registry.from_claims import entry_of

    registry = read_registry(central)
    if service is not None:
        registry.entries = [entry for entry in registry.entries if entry.claims.service == service]
    written = [one for one in registry.written if service in (None, one.service)]
    if not registry.entries and not written:
        raise UsageError(
            f"there is no service {service!r} in it." if service else f"{central} has no registry.",
            "See `registry show`.",
        )
    if json:
        sys.stdout.write(claims_json(registry).decode())
        return
    known = {entry.claims.service for entry in registry.entries}
    parts = [render_entry(entry_of(entry.claims)) for entry in registry.entries]
    parts += [
        f"### Service: {one.service} (in the document only, line {one.line})\n\nowner {one.owner or 'not given'}, "
        f"contact {one.contact or 'not given'}\n"
        for one in written
        if one.service not in known
    ]
    sys.stdout.write(printable("\n".join(parts)))


def claims(central: Central, json: Json = False) -> None:
    """List every claim: environment, host, path, listener, priority, and whose it is.

    Example: tfhoist registry claims ../hokusai-infrastructure
    """
    from tfhoist.api.registry import claims_json, read_registry
    from tfhoist.audit.text import table

    registry = read_registry(central)
    if json:
        sys.stdout.write(claims_json(registry).decode())
        return
    rows: list[tuple[str, ...]] = []
    for entry in registry.entries:
        for place in entry.claims.environments:
            for route in place.routes:
                listener = f"{route.load_balancer or route.listener}:{route.port or '?'}"
                priority = "?" if route.priority is None else str(route.priority)
                what = f"{' or '.join(route.hosts) or 'any host'} {' or '.join(route.paths) or '/*'}"
                rows.append((place.name, what, listener, priority.rjust(5), entry.claims.service))
            rows += [
                (place.name, f"{one.name} ({one.type})", "DNS", "", entry.claims.service)
                for one in place.dns
                if one.name
            ]
            rows += [
                (
                    place.name,
                    f"port {one.port or '?'} ({one.protocol or '?'})",
                    one.load_balancer or one.address,
                    "",
                    entry.claims.service,
                )
                for one in place.listeners
            ]
            rows += [
                (place.name, f"{host}/{one.mapping}" if one.mapping else host, one.kind, "", entry.claims.service)
                for one in place.edges
                for host in one.hosts
            ]  # fmt: skip
    sys.stdout.write("\n".join(line.rstrip() for line in table(sorted(rows))) + "\n" if rows else "no claims\n")


def _exit(found: Sequence[Finding]) -> None:
    from tfhoist.diagnostics import Severity

    if any(one.severity is Severity.ERROR for one in found):
        raise typer.Exit(2)


def _text(found: Sequence[Finding]) -> str:
    from tfhoist.cli.common import counted
    from tfhoist.cli.routes import printable

    lines: list[str] = []
    for one in found:
        lines.append(f"{one.severity.value}[{one.id}]: {_flat(one.summary)}")
        lines += [f"  --> {_flat(str(place))}" for place in one.ranges]
        lines += [f"  {_flat(one.advice)}", ""]
    lines.append(counted(len(found), "finding"))
    return printable("\n".join(lines)) + "\n"


def _flat(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _annotation(one: Finding) -> str:
    """A workflow command of GitHub Actions ("Workflow commands for GitHub Actions": properties and data are escaped)."""
    kind = {"error": "error", "warning": "warning", "note": "notice"}[one.severity.value]

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def value(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    place = (
        f" file={value(_flat(one.range.file))},line={one.range.start_line},title={value(one.id)}"
        if one.range
        else f" title={value(one.id)}"
    )
    return f"::{kind}{place}::{data(_flat(f'{one.summary}. {one.advice}'))}\n"
