"""`tfhoist init`: a complete tfhoist.toml from what the folder tells."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The service's root module.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite what exists.")] = False,
    central: Annotated[
        bool, typer.Option("--central", help="Write the tree of a new central repository into DIR instead.")
    ] = False,
    environment: Annotated[
        list[str],
        typer.Option("--environment", metavar="NAME", help="With --central: an environment; may be repeated."),
    ] = [],  # noqa: B006
    team: Annotated[
        str,
        typer.Option("--team", metavar="OWNER", help="With --central: who approves everything, as CODEOWNERS has it."),
    ] = "",
    backstage: Annotated[
        bool, typer.Option("--backstage", help="With --central: a catalog-info.yaml for each service in the registry.")
    ] = False,
    templates: Annotated[
        bool, typer.Option("--templates", help="Write the documents' templates into DIR/templates instead.")
    ] = False,
) -> None:
    """Write DIR/tfhoist.toml: complete, commented, and working as it is. Asks only on a terminal.

    Example: tfhoist init infrastructure/terraform
    """
    from tfhoist.api.reading import SETTINGS_FILE, default_service_name, init_text
    from tfhoist.errors import UsageError
    from tfhoist.workspace import write_file

    if central:
        _central(
            folder, environment or ["development", "staging", "production"], team, force=force, backstage=backstage
        )
        return
    if templates:
        _templates(folder, force=force)
        return
    target = folder / SETTINGS_FILE
    if target.exists() and not force:
        raise UsageError(f"{target} exists.", "Overwrite it with --force.")
    answers: dict[str, str] = {}
    if sys.stdin.isatty() and sys.stdout.isatty():
        default = default_service_name(folder)
        answers["name"] = typer.prompt("Service name", default=default)
        answers["owner"] = typer.prompt("Owner (an address or team)", default="")
        answers["contact"] = typer.prompt("Contact (a channel)", default="")
    write_file(target, init_text(folder, answers).encode())
    typer.echo(f"wrote {target}")


def _central(folder: Path, environments: list[str], team: str, *, force: bool, backstage: bool) -> None:
    from tfhoist.api.registry import init_central

    for path in init_central(folder, environments, team, force=force, backstage=backstage):
        typer.echo(f"wrote {folder / path}")


def _templates(folder: Path, *, force: bool) -> None:
    from tfhoist.api.templates import FOLDER, write_templates

    for path in write_templates(folder, force=force):
        typer.echo(f"wrote {path}")
    typer.echo(f'Keep those that you change, and set templates = "{FOLDER}" under [documents] in tfhoist.toml.')
