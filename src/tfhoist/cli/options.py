"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

OutFolder = Annotated[Path, typer.Argument(metavar="OUT", help="What `tfhoist consolidate --out` wrote.")]
Environment = Annotated[
    str | None, typer.Option("--environment", metavar="NAME", help="Which environment; needed where there are several.")
]
ConnectTo = Annotated[
    list[str],
    typer.Option(
        "--connect-to", metavar="HOST:PORT=ADDRESS:PORT", help="Send a host's requests there; may be repeated."
    ),
]
