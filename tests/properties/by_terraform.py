"""What Terraform itself says of a consolidated root that can be applied without a provider.

The original is applied to a local state; the state is split with `terraform state mv`; both generated roots then plan over
the two halves. Nothing here knows how the split was made.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.properties.placements import EQUIVALENT, Outcome, outcome, write_root
from tests.properties.roots import Root
from tfhoist.api.consolidating import consolidate
from tfhoist.api.reading import read


class Invalid(Exception):
    """Terraform doesn't take the original itself: the fault is the grammar's."""


class Checked(NamedTuple):
    """What the consolidation came to, and what Terraform would change although it is called equivalent."""

    outcome: Outcome
    changes: tuple[str, ...]


def terraform(folder: Path, *arguments: str) -> str:
    """Run Terraform in a folder, and give what it prints; raises `CalledProcessError`."""
    run = subprocess.run(
        ["terraform", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"},
    )  # fmt: skip
    if run.returncode:
        print(run.stderr)
        raise subprocess.CalledProcessError(run.returncode, run.args, run.stdout, run.stderr)
    return run.stdout


def check_by_terraform(
    root: Root, folder: Path, *, change: Callable[[Path], None] = lambda out: None, use: str = EQUIVALENT
) -> Checked:
    """Apply, consolidate, split the state, and plan both sides. `change` may spoil the output first, to try this check itself."""
    original = write_root(root, folder)
    state = folder / "original.tfstate"
    try:
        terraform(original, "init", "-input=false", "-no-color")
        terraform(original, "apply", "-input=false", "-no-color", "-auto-approve", f"-state={state}")
    except subprocess.CalledProcessError as error:
        raise Invalid(error.stderr) from None
    shutil.rmtree(original / ".terraform", ignore_errors=True)
    out = folder / "out"
    found = outcome(consolidate(original, out, states={"": state}, service_name="svc"))
    if found.kind != use:
        return Checked(found, ())
    _put_secrets_back(original, out)
    change(out)
    plan = found.consolidated.plan
    assert plan is not None
    central_folder = next(iter(plan.central_folders.values()))
    central, service = out / "central" / central_folder, _placed(out / "service", original.name)
    # the service reads the central state by a path relative to itself
    (service / central_folder).parent.mkdir(parents=True)
    (service / central_folder).symlink_to(central)
    halves = {central: central / "terraform.tfstate", service: service / "terraform.tfstate"}
    shutil.copy(state, halves[service])
    for address in plan.moved:
        for instance in held(halves[service], address):
            terraform(
                folder, "state", "mv", f"-state={halves[service]}", f"-state-out={halves[central]}", instance, f"module.svc.{instance}"
            )  # fmt: skip
    try:
        changes = [f"central: {change}" for change in _changes(central, outputs=False)]
        changes += [f"service: {change}" for change in _changes(service, outputs=True)]
    except subprocess.CalledProcessError as error:
        changes = [f"{error.cmd}: {error.stderr}"]
    return Checked(found, tuple(changes))


def _placed(folder: Path, name: str) -> Path:
    """The service root below the output's folder: below a folder of its own when modules stand beside it."""
    return folder / name if (folder / name).is_dir() and not list(folder.glob("*.tf")) else folder


def held(state: Path, address: str) -> list[str]:
    """What to move for an address: a resource as a whole, a module by its instances, and nothing that the state hasn't."""
    resources = [r for r in json.loads(state.read_text(encoding="utf-8"))["resources"] if r["mode"] == "managed"]
    if not address.startswith("module."):
        return [address] if any(f"{r['type']}.{r['name']}" == address for r in resources if "module" not in r) else []
    found = (_FIRST_CALL.match(r["module"]) for r in resources if "module" in r)
    return sorted({match.group() for match in found if match is not None and match.group(1) == address})


_FIRST_CALL = re.compile(r'(module\.[^.\["]+)(?:\[(?:\d+|"[^"]*")\])?')


def _put_secrets_back(original: Path, out: Path) -> None:
    """What is written under the output folder has placeholders; Terraform needs the values."""
    redaction = read(original, service="svc").redaction
    for path in out.rglob("*.tf*"):
        path.write_bytes(redaction.restore(path.read_bytes()))


def _changes(folder: Path, *, outputs: bool) -> list[str]:
    """What a plan would change; then it's applied, so that the outputs are there. New outputs are no change of a resource."""
    terraform(folder, "init", "-input=false", "-no-color")
    terraform(folder, "plan", "-input=false", "-no-color", "-out=planned")
    plan: Any = json.loads(terraform(folder, "show", "-json", "planned"))
    found = [
        f"{change['address']}: {change['change']['actions']} {change['change'].get('before')} -> {change['change'].get('after')}"
        for change in [*plan.get("resource_changes", ()), *plan.get("resource_drift", ())]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    ]
    if outputs:
        found += [
            f"output {name}: {change['actions']} {change.get('before')} -> {change.get('after')}"
            for name, change in plan.get("output_changes", {}).items()
            if change["actions"] != ["no-op"]
        ]
    terraform(folder, "apply", "-input=false", "-no-color", "planned")
    return found
