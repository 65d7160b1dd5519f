"""`tfhoist contract`: does the central root offer what a service root reads?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tfhoist.contract.check import Contract


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="contract")(contract)


def contract(
    service_root: Annotated[Path, typer.Option("--service-root", metavar="DIR", help="The root module that reads.")],
    central: Annotated[
        Path,
        typer.Option("--central", metavar="DIR|STATE", help="A central root, a repository of them, or a root's state."),
    ],
    remote_state: Annotated[
        str | None,
        typer.Option("--remote-state", metavar="NAME", help="The data source that reads it, where there are several."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether every output that a service root reads exists in the central root, with the type that it expects.

    Reads files only, and asks no backend. Exit code 0 when all are there, 2 with findings (other than notes), 1 when the input
    can't be read.

    Example: tfhoist contract --service-root ../pipeline/infrastructure --central environments/production
    """
    from tfhoist.api.contracts import check_contract, contract_json
    from tfhoist.diagnostics import Severity

    found = check_contract(service_root, central, remote_state)
    if json:
        sys.stdout.write(contract_json(found).decode())
    else:
        typer.echo(_text(found))
    if any(finding.severity is not Severity.NOTE for finding in found.findings):
        raise typer.Exit(2)


def _text(found: Contract) -> str:
    from tfhoist.cli.common import counted

    lines = []
    for finding in found.findings:
        lines.append(f"{finding.severity.value}[{finding.id}]: {finding.summary}")
        lines += [f"  --> {place}" for place in finding.ranges]
        lines += [f"  {finding.advice}", ""]
    there = sum(all(one.types.values()) for one in found.outputs)
    lines.append(
        f"{counted(len(found.outputs), 'output')} read of data.terraform_remote_state.{found.remote_state}, {there} there in "
        + ", ".join(found.central)
    )
    return "\n".join(lines)
