"""A root in a scratch folder over its live state: planned, looked at, and applied exactly as it was planned.

The user's folders stay as they are. The backend is the root's own, or the local file that stands for it; what is locked, written and
checked for staleness is Terraform's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tfhoist.engine.backend import LOCK_TIMEOUT
from tfhoist.engine.process import Engine
from tfhoist.engine.scratch import OVERRIDE, VARIABLES, RootFiles, hcl_quoted, init_root, write_root

SAVED = "tfhoist.plan"


class LiveFiles(NamedTuple):
    """How a scratch folder finds the live states: text for an override file, and files of backend settings by their name."""

    override: str = ""
    settings: Mapping[str, bytes] = {}


class SavedPlan(NamedTuple):
    """A plan that was saved: the folder and environment variables of its root, and its JSON."""

    folder: Path
    environment: Mapping[str, str]
    json: bytes


def local_backend(path: Path, workspace: str) -> str:
    """An override that has a root keep its state in a file. That of a workspace is `WORKSPACE/terraform.tfstate` in any folder."""
    folder = path.parent.parent if workspace != "default" else path.parent / "terraform.tfstate.d"
    lines = ["terraform {", '  backend "local" {', *_places(path, folder, "    "), "  }", "}"]
    return "\n".join(lines) + "\n"


def local_remote_state(name: str, path: Path) -> str:
    """An override that has a `terraform_remote_state` data source read a file."""
    lines = [f'data "terraform_remote_state" "{name}" {{', '  backend = "local"', "  config = {"]
    return "\n".join([*lines, *_places(path, path.parent / "terraform.tfstate.d", "    "), "  }", "}"]) + "\n"


def _places(path: Path, folder: Path, margin: str) -> list[str]:
    return [f"{margin}path = {hcl_quoted(path.resolve())}", f"{margin}workspace_dir = {hcl_quoted(folder.resolve())}"]


def save_plan(engine: Engine, base: Path, name: str, root: RootFiles, live: LiveFiles) -> SavedPlan:
    """Plan a root over its live state and save the plan below `base`, which only its owner may read. Raises `EngineFailed`."""
    folder = write_root(base, name, root, None)
    override = folder / OVERRIDE
    if live.override:
        override.write_text(live.override)
    else:
        override.unlink()
    for file, content in live.settings.items():
        (folder / file).write_bytes(content)
    environment = init_root(engine, folder, root, [f"-backend-config={file}" for file in live.settings])
    arguments = ["plan", "-input=false", "-no-color", f"-lock-timeout={LOCK_TIMEOUT}", f"-out={SAVED}"]
    arguments += [f"-var-file={path}" for path in (*root.var_files, *([VARIABLES] if root.variables else []))]
    engine.run(folder, arguments, environment)
    return SavedPlan(folder, environment, engine.run(folder, ["show", "-json", "-no-color", SAVED], environment))


def apply_plan(engine: Engine, saved: SavedPlan) -> None:
    """Apply that very plan; Terraform refuses it when the state has changed since. Raises `EngineFailed`."""
    arguments = ["apply", "-input=false", "-no-color", f"-lock-timeout={LOCK_TIMEOUT}", SAVED]
    engine.run(saved.folder, arguments, saved.environment)
