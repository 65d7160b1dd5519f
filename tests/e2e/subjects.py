"""The small roots under roots/, each of a shape that the example hasn't."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.rig import Root

FOLDER = Path(__file__).resolve().parent / "roots"
ROOTS = tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))
VARIABLES = {"secrets": {"origin_header": "not-a-header"}}


def root(name: str) -> Root:
    """A root, with its environments: those that its variable files name, or one."""
    folder = FOLDER / name
    environments = tuple(sorted(file.stem for file in folder.glob("service/environments/*.tfvars")))
    central = folder / "central"
    return Root(
        folder / "service", central if central.is_dir() else None, environments or ("default",), VARIABLES.get(name, {})
    )
