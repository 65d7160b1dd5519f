"""Roots of `terraform_data` and the real Terraform: init, apply, plan and read states in folders of a test's own."""

from __future__ import annotations

import json
import subprocess
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tfhoist.configuration.environments import discover, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import Module
from tfhoist.state.document import SnapshotDocument, read_document
from tfhoist.state.outputs import ComputedOutputs, compute_outputs


def terraform(folder: Path, *arguments: str, code: int | None = 0) -> str:
    """Run Terraform there; `code` is the exit code expected, None for any."""
    done = subprocess.run(
        ["terraform", *arguments], cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )  # fmt: skip
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout


def write_root(folder: Path, files: Mapping[str, str] | str) -> Path:
    """Write a root module and initialise it. A text alone is `main.tf`."""
    for path, text in ({"main.tf": files} if isinstance(files, str) else files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text))
    terraform(folder, "init", "-input=false")
    return folder


def apply(folder: Path, *arguments: str) -> bytes:
    """Apply a root and return its state."""
    terraform(folder, "apply", "-auto-approve", "-input=false", *arguments)
    return (folder / "terraform.tfstate").read_bytes()


class Plan(NamedTuple):
    """A plan's exit code, the actions by address without no-ops, and the outputs that change."""

    code: int
    changes: dict[str, list[str]]
    outputs: dict[str, list[str]]


def plan(folder: Path) -> Plan:
    """Plan a root and read the plan's JSON."""
    done = subprocess.run(
        ["terraform", "plan", "-input=false", "-detailed-exitcode", "-out=plan.bin"],
        cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode in (0, 2), done.stdout + done.stderr
    shown: dict[str, Any] = json.loads(terraform(folder, "show", "-json", "plan.bin"))
    quiet = (["no-op"], ["read"])
    return Plan(
        done.returncode,
        {
            one["address"]: one["change"]["actions"]
            for one in shown.get("resource_changes", [])
            if one["change"]["actions"] not in quiet or "previous_address" in one
        },
        {
            name: one["actions"]
            for name, one in shown.get("output_changes", {}).items()
            if one["actions"] != ["no-op"]
        },
    )  # fmt: skip


def module_of(folder: Path) -> Module:
    """A root as tfhoist reads it."""
    return load_module(_tree(folder))


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".tf", ".tfvars") and ".terraform" not in path.parts
    }


def computed(folder: Path, snapshot: SnapshotDocument) -> ComputedOutputs:
    """The outputs of a root over a state."""
    tree = _tree(folder)
    module = load_module(tree)
    environment, _ = read_environment(tree, module, discover(tree, module)[0])
    return compute_outputs(module, environment.values, snapshot)


def document(source: bytes) -> SnapshotDocument:
    """A state for surgery."""
    return read_document(source, "state")
