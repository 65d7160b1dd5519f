"""The command line: arguments, progress and exit codes; one file a command.

Exit codes: 0 clean, 1 the input can't be read or the call is wrong, 2 findings, refusals or differences.
"""

from __future__ import annotations

import gc
import io
import sys
from typing import NoReturn

import typer

from tfhoist import __version__
from tfhoist.cli import (
    audit,
    consolidate,
    contract,
    explain,
    finalize,
    init,
    migrate,
    mock,
    placement,
    prove,
    registry,
    report,
    routes,
    tour,
    validate,
    watch,
    write,
)
from tfhoist.cli.colours import RED, paint
from tfhoist.cli.help import EPILOG, show_examples
from tfhoist.errors import InputError, TfhoistError, UsageError

app = typer.Typer(
    name="tfhoist",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Hoist shared infrastructure out of a service's Terraform into a central repository, and prove that nothing changes.",
    epilog=EPILOG,
)
for module in (
    init,
    audit,
    explain,
    placement,
    consolidate,
    prove,
    report,
    write,
    mock,
    contract,
    migrate,
    finalize,
    validate,
    watch,
    routes,
    registry,
    tour,
):
    module.register(app)
show_examples(app)


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


# typer raises click's exceptions, from a copy of click of its own in newer versions
_WRONG_CALL = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _error() -> str:
    return paint("error:", RED, sys.stderr)


def main() -> NoReturn:
    """Run the command line and exit with its code; a wrong call is 1, not click's 2, which means findings here."""
    gc.disable()  # trees without circles fill the memory: looking for circles took 40 % of the time and freed nothing
    for stream in (sys.stdout, sys.stderr):  # a terminal that can't show a character is no reason to stop
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        for diagnostic in error.diagnostics:
            print(diagnostic.render(), file=sys.stderr)
        code = 1
    except UsageError as error:
        print(f"{_error()} {error.summary}", file=sys.stderr)
        if error.advice:
            print(f"  {error.advice}", file=sys.stderr)
        code = 1
    except TfhoistError as error:
        print(f"{_error()} {error}", file=sys.stderr)
        code = 1
    except typer.Abort:
        print("stopped: nothing more was written", file=sys.stderr)
        code = 1
    except BrokenPipeError:
        code = 0
    except OSError as error:  # the disk, permissions, names that are too long: what the system says is all there is
        print(f"{_error()} {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        code = 1
    except Exception as error:
        if not isinstance(error, _WRONG_CALL):
            raise
        error.show()  # type: ignore[attr-defined]
        code = 0 if type(error).__name__ == "NoArgsIsHelpError" else 1
    finally:
        gc.freeze()  # Python would look through everything once more on its way out
        gc.enable()
    sys.exit(code if isinstance(code, int) else 0)
