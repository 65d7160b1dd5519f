"""The arguments and options that the commands of `tfhoist migrate` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ServiceRoot = Annotated[
    Path | None,
    typer.Option(
        "--service-root", metavar="DIR", help="The service root, where OUT has been written to it; else OUT's own."
    ),
]
CentralRoot = Annotated[
    Path | None,
    typer.Option("--central-root", metavar="DIR", help="The central repository, where OUT has been written to it."),
]
SourceState = Annotated[
    Path | None,
    typer.Option("--source-state", metavar="FILE", help="The service's state as a local file, instead of its backend."),
]
DestinationState = Annotated[
    Path | None,
    typer.Option(
        "--destination-state", metavar="FILE", help="The central state as a local file; it may not exist yet."
    ),
]
Journal = Annotated[
    Path | None,
    typer.Option("--journal", metavar="DIR", help="Where journal and backups are kept; OUT/migration otherwise."),
]
EngineName = Annotated[
    str, typer.Option("--engine", metavar="ENGINE", help="`terraform`, `tofu`, the path of one, or `none`.")
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", metavar="SECONDS", min=1, help="Stop an engine's command after this time.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print no progress.")]
Yes = Annotated[bool, typer.Option("--yes", help="Approve without being asked, for pipelines.")]
Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="ADDRESS", help="Go on in spite of what is refused about this address."),
]
OneSide = Annotated[
    str | None,
    typer.Option(
        "--side", metavar="SIDE", help="`source` or `destination`: only this one, where two teams share the work."
    ),
]
ReceiptFile = Annotated[
    Path | None, typer.Option("--receipt", metavar="FILE", help="The other team's receipt (SIDE.receipt.json).")
]
WithoutPlans = Annotated[bool, typer.Option("--without-plans", help="Don't verify with plans.")]
