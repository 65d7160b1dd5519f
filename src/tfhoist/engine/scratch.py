"""A root in a scratch folder: its files copied, its backend and remote states turned to local copies, and planned there."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from tfhoist.engine.plans import TerraformPlan, read_plan
from tfhoist.engine.process import Engine
from tfhoist.state.schemas import Schemas, read_schemas
from tfhoist.values.types import Value

SCRATCH = "tfhoist-scratch-"
"""How the names of scratch folders begin."""

OVERRIDE = "zz_tfhoist_override.tf"
"""Terraform merges `*_override.tf` files last and in the order of their names. This one stands in scratch folders only."""

VARIABLES = "zz_tfhoist.tfvars.json"
"""Values that would be `-var` options: in a file, since other users see the arguments of a command."""


class RootFiles(msgspec.Struct, frozen=True, kw_only=True):
    """A root with all files that it reads: `folder` is its place in the tree, `var_files` are relative to it."""

    tree: Mapping[str, bytes]
    folder: str = ""
    var_files: tuple[str, ...] = ()
    variables: Mapping[str, Value] = {}
    environment: Mapping[str, str] = {}
    """Environment variables (TF_VAR_...) that this root needs besides the user's own."""
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
        if content.startswith(b"#!"):
            file.chmod(0o700)  # a script that a data source runs
    folder = top / "files" / root.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OVERRIDE).write_text(_override(base, name, root))
    if root.variables:
        (folder / VARIABLES).write_bytes(msgspec.json.encode(root.variables, enc_hook=_number))
    if state is not None:
        copy = _state_path(base, name, root.workspace)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(state)
        copy.chmod(0o600)
    return folder


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise NotImplementedError(type(value).__name__)


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
    return [f"{margin}path = {hcl_quoted(path)}", f"{margin}workspace_dir = {hcl_quoted(workspaces)}"]


def hcl_quoted(path: Path) -> str:
    """A path as a text in HCL."""
    text = msgspec.json.encode(str(path)).decode()
    return text.replace("${", "$${").replace("%{", "%%{")


def plan_root(
    engine: Engine, folder: Path, root: RootFiles, *, refresh: bool = True, parallelism: int = 0
) -> TerraformPlan:
    """Initialise and plan a root in its scratch folder. Nothing is applied, and no state is locked or written."""
    environment = init_root(engine, folder, root)
    arguments = ["plan", "-input=false", "-no-color", "-lock=false", "-out=tfhoist.plan"]
    arguments += [f"-var-file={path}" for path in (*root.var_files, *([VARIABLES] if root.variables else []))]
    arguments += [] if refresh else ["-refresh=false"]
    arguments += [f"-parallelism={parallelism}"] if parallelism else []
    engine.run(folder, arguments, environment)
    return read_plan(engine.run(folder, ["show", "-json", "-no-color", "tfhoist.plan"], environment))


def schemas_of(engine: Engine, folder: Path, root: RootFiles) -> Schemas:
    """The schemas of the providers of a root in its scratch folder."""
    environment = init_root(engine, folder, root)
    return read_schemas(engine.run(folder, ["providers", "schema", "-json"], environment))


_INITIALISING = threading.Lock()
"""A plugin cache mustn't be filled by two commands at once (Terraform's documentation, "Provider Plugin Cache")."""


def init_root(engine: Engine, folder: Path, root: RootFiles, options: Sequence[str] = ()) -> dict[str, str]:
    """Initialise a root in its scratch folder, and return the environment variables that its commands need.

    `options` are those of `init` besides. The versions of a lock file hold. What it lacks is added in the scratch folder only.
    """
    environment = dict(root.environment)
    if root.workspace != "default":
        environment["TF_WORKSPACE"] = root.workspace
    with _INITIALISING:
        engine.run(folder, ["init", "-input=false", "-no-color", *options], {**environment, **plugin_cache(folder)})
    return environment


def plugin_cache(folder: Path) -> dict[str, str]:
    """A cache of plugins for the scratch folders of one run, so that a large provider is fetched once: where the user has none."""
    configuration = Path(os.environ.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    with contextlib.suppress(OSError):
        if "plugin_cache_dir" in configuration.read_text(errors="replace"):
            return {}
    scratch = next((parent for parent in folder.parents if parent.name.startswith(SCRATCH)), None)
    if scratch is None or os.environ.get("TF_PLUGIN_CACHE_DIR"):
        return {}
    cache = scratch / "plugins"
    cache.mkdir(exist_ok=True)
    return {"TF_PLUGIN_CACHE_DIR": str(cache), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}
