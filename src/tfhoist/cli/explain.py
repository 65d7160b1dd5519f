"""`tfhoist explain`: why a block goes to its side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="explain")(explain)


def explain(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A resource, module call, data source or local.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The service's root module.")] = Path(),
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Read this instead of DIR/tfhoist.toml.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which side an address goes to, and what decided it.

    Example: tfhoist explain aws_security_group.alb infrastructure/terraform
    """
    from tfhoist.api.auditing import explain as explain_address
    from tfhoist.api.reading import read

    service = read(folder, config=config)
    side, reasons = explain_address(service, address)
    if json:
        import json as json_module

        typer.echo(json_module.dumps({"address": address, "side": side, "reasons": list(reasons)}, indent=2))
        return
    typer.echo(f"{address} is {'on both sides' if side == 'both' else side}:")
    for reason in reasons:
        typer.echo(f"  - {reason}")
