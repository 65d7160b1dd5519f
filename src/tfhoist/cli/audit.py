"""`tfhoist audit`: what a root module holds, where it belongs, and what is wrong with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tfhoist.cli import colours

FORMATS = ("text", "markdown", "json", "sarif")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="audit")(audit)


def audit(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The service's root module.")],
    state: Annotated[
        list[str],
        typer.Option("--state", metavar="[NAME=]FILE", help="A state snapshot, of an environment or the only one."),
    ] = [],  # noqa: B006
    json: Annotated[bool, typer.Option("--json", help="Print JSON (the same as --format json).")] = False,
    format_: Annotated[str, typer.Option("--format", help="text, markdown, json or sarif.")] = "text",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write all four forms into this folder.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Read this instead of DIR/tfhoist.toml.")
    ] = None,
) -> None:
    """Audit a root module: inventory, dependencies on other services, and findings. Changes nothing.

    Exit code 0 without errors among the findings, 2 with some, 1 when the input can't be read.

    Example: tfhoist audit infrastructure/terraform --state production=prod.tfstate
    """
    from tfhoist.api.auditing import run_audit
    from tfhoist.api.reading import read
    from tfhoist.audit.artifact import to_json
    from tfhoist.cli.common import states
    from tfhoist.diagnostics import Severity
    from tfhoist.errors import UsageError

    wanted = "json" if json else format_
    if wanted not in FORMATS:
        raise UsageError(f"there is no format {wanted!r}.", f"Known: {', '.join(FORMATS)}.")
    service = read(folder, config=config)
    files = states(state)
    names = [environment.name for environment in service.environments]
    if "" in files and names != [""]:
        if len(names) != 1:
            raise UsageError("--state FILE is for one environment, and there are several.", "Write --state NAME=FILE.")
        files = {names[0]: files[""]}
    unknown = [name for name in files if name not in names]
    if unknown:
        raise UsageError(f"there is no environment {unknown[0]!r}.", f"Known: {', '.join(names) or 'none'}.")
    report = run_audit(service, files)
    if out is not None:
        from tfhoist.audit.markdown import render_markdown
        from tfhoist.audit.sarif import to_sarif
        from tfhoist.audit.text import render_text
        from tfhoist.workspace import write_tree

        if out.exists() and not out.is_dir():
            raise UsageError(f"{out} is no folder.", "Give a folder with --out.")
        write_tree(
            out,
            {
                "audit.json": to_json(report),
                "audit.sarif": to_sarif(report),
                "inventory.md": render_markdown(report).encode(),
                "audit.txt": render_text(report).encode(),
            },
        )
    if wanted == "json":
        sys.stdout.write(to_json(report).decode())
    elif wanted == "sarif":
        from tfhoist.audit.sarif import to_sarif

        sys.stdout.write(to_sarif(report).decode())
    elif wanted == "markdown":
        from tfhoist.audit.markdown import render_markdown

        sys.stdout.write(render_markdown(report))
    else:
        from tfhoist.audit.text import render_text

        sys.stdout.write(render_text(report, colour=colours.wanted()))
    if any(finding.severity is Severity.ERROR for finding in report.findings):
        raise typer.Exit(2)
