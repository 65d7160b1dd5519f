"""The command line: arguments, progress and exit codes; one file a command.

Exit codes: 0 clean, 1 the input can't be read or the call is wrong, 2 findings, refusals or differences.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from tfhoist import __version__
from tfhoist.cli import audit, consolidate, explain, init, prove, write
from tfhoist.errors import InputError, TfhoistError, UsageError

app = typer.Typer(
    name="tfhoist",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Hoist shared infrastructure out of a service's Terraform into a central repository, and prove that nothing changes.",
)
for module in (init, audit, explain, consolidate, prove, write):
    module.register(app)


def _version(*, shown: bool) -> None:
    if shown:
        typer.echo(f"tfhoist {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=lambda v: _version(shown=v), is_eager=True
    ),
) -> None:
    pass


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        app(standalone_mode=True)
    except InputError as error:
        for diagnostic in error.diagnostics:
            print(diagnostic.render(), file=sys.stderr)
        sys.exit(1)
    except UsageError as error:
        print(f"error: {error.summary}", file=sys.stderr)
        if error.advice:
            print(f"  {error.advice}", file=sys.stderr)
        sys.exit(1)
    except TfhoistError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(0)
