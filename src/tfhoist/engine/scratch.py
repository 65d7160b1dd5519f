"""A root in a scratch folder: its files copied, its backend and remote states turned to local copies, and planned there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tfhoist.engine.plans import TerraformPlan, read_plan
from tfhoist.engine.process import Engine

OVERRIDE = "zz_tfhoist_override.tf"
"""Terraform merges `*_override.tf` files last and in the order of their names. This one stands in scratch folders only."""


class RootFiles(msgspec.Struct, frozen=True, kw_only=True):
    """A root with all files that it reads: `folder` is its place in the tree, `var_files` are relative to it."""

    tree: Mapping[str, bytes]
    folder: str = ""
    var_files: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    workspace: str = "default"
    remote_states: Mapping[str, str] = {}
    """Names of `terraform_remote_state` data sources to the scratch root that offers them."""


def write_root(base: Path, name: str, root: RootFiles, state: bytes | None) -> Path:
    """Write a root and its state below `base`, which only its owner may read; return the root's folder."""
    top = base / name
    for path, content in root.tree.items():
        file = top / "files" / path
        if not file.resolve().is_relative_to(top.resolve()):
            raise ValueError(f"{path} leads out of the scratch folder")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    folder = top / "files" / root.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OVERRIDE).write_text(_override(base, name, root))
    if state is not None:
        copy = _state_path(base, name, root.workspace)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(state)
        copy.chmod(0o600)
    return folder


def _state_path(base: Path, name: str, workspace: str) -> Path:
    if workspace == "default":
        return base / name / "terraform.tfstate"
    return base / name / "workspaces" / workspace / "terraform.tfstate"


def _override(base: Path, name: str, root: RootFiles) -> str:
    lines = ["terraform {", '  backend "local" {', *_places(base, name, "    "), "  }", "}"]
    for data, offering in sorted(root.remote_states.items()):
        lines += [f'data "terraform_remote_state" "{data}" {{', '  backend = "local"', "  config = {"]
        lines += [*_places(base, offering, "    "), "  }", "}"]
    return "\n".join(lines) + "\n"


def _places(base: Path, name: str, margin: str) -> list[str]:
    path, workspaces = base / name / "terraform.tfstate", base / name / "workspaces"
    return [f"{margin}path = {_quoted(path)}", f"{margin}workspace_dir = {_quoted(workspaces)}"]


def _quoted(path: Path) -> str:
    text = msgspec.json.encode(str(path)).decode()
    return text.replace("${", "$${").replace("%{", "%%{")


def plan_root(
    engine: Engine, folder: Path, root: RootFiles, *, refresh: bool = True, parallelism: int = 0
) -> TerraformPlan:
    """Initialise and plan a root in its scratch folder. Nothing is applied, and no state is locked or written."""
    environment = {} if root.workspace == "default" else {"TF_WORKSPACE": root.workspace}
    lock_file = f"{root.folder}/.terraform.lock.hcl".lstrip("/")
    frozen = ["-lockfile=readonly"] if lock_file in root.tree else []
    engine.run(folder, ["init", "-input=false", "-no-color", *frozen], environment)
    arguments = ["plan", "-input=false", "-no-color", "-lock=false", "-out=tfhoist.plan"]
    arguments += [f"-var-file={path}" for path in root.var_files]
    arguments += [f"-var={name}={value}" for name, value in sorted(root.variables.items())]
    arguments += [] if refresh else ["-refresh=false"]
    arguments += [f"-parallelism={parallelism}"] if parallelism else []
    engine.run(folder, arguments, environment)
    return read_plan(engine.run(folder, ["show", "-json", "-no-color", "tfhoist.plan"], environment))
