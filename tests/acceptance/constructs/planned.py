"""The second proof over a small root of Terraform's own resources: apply it, split its state, plan both new roots."""

from __future__ import annotations

import json
from pathlib import Path

from tests.terraform.states import terraform
from tfhoist.configuration.environments import discover, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.engine.process import find_engine
from tfhoist.engine.scratch import RootFiles
from tfhoist.engine.trial import Trial, TrialInput, try_out
from tfhoist.secrets import Redaction
from tfhoist.state.document import empty_document, read_document
from tfhoist.state.moves import Move
from tfhoist.state.outputs import compute_outputs
from tfhoist.state.surgery import move, with_outputs


def judged(root: Path, out: Path) -> Trial:
    """Apply the root in place (its backend has to be local), and try out what `out` holds."""
    folder = "root" if root.name == "root" else ""
    terraform(root, "init", "-input=false", "-no-color")
    terraform(root, "apply", "-auto-approve", "-input=false", "-no-color")
    before = _files(root.parent if folder else root)
    source = read_document((root / "terraform.tfstate").read_bytes(), "state")
    plan = json.loads((out / "consolidation.json").read_text())
    redaction = Redaction([before])
    central = _restored(redaction, _files(out / "central"))
    place = next(path.rpartition("/")[0] for path in central if path.endswith("/small.tf"))
    module = load_module(central, place)
    environment, _ = read_environment(central, module, discover(central, module)[0])
    held = {resource.address for resource in source.resources}
    forgotten = _forgotten(out / "service", folder) - _forgotten(out / "before/service", folder)
    moves = [
        Move(address, f"module.small.{address}")
        for address in sorted(forgotten)
        if any(f"{one}.".startswith((f"{address}.", f"{address}[")) for one in held)
    ]
    destination = empty_document(
        "00000000-0000-0000-0000-000000000001",
        json.loads((root / "terraform.tfstate").read_bytes())["terraform_version"],
    )
    surgery = move(source, destination, moves)
    computed = compute_outputs(module, environment.values, surgery.destination)
    given = TrialInput(
        service_before=RootFiles(tree=before, folder=folder),
        service_after=RootFiles(
            tree=_restored(redaction, _after(before, out)),
            folder=folder,
            remote_states={plan["central"]["remote_state"]: "central"},
        ),
        central_before=None,
        central_after=RootFiles(tree=central, folder=place),
        source=source,
        destination=destination,
        surgery=with_outputs(surgery, computed.outputs),
        module="module.small",
        untold=tuple(computed.untold),
    )
    return try_out(find_engine(files=before), given)


def _forgotten(repository: Path, folder: str) -> set[str]:
    """The addresses in the `removed` blocks of a root."""
    return {
        declaration.file.text(attribute.value_start, attribute.value_end)
        for declaration in load_module(_files(repository), folder).of("removed")
        if (attribute := declaration.body.attribute("from")) is not None
    }


def _after(before: dict[str, bytes], out: Path) -> dict[str, bytes]:
    """The service's folder once the patch is in it: what tfhoist doesn't read stays as it is."""
    seen, left = _files(out / "before/service"), _files(out / "service")
    return {path: content for path, content in before.items() if path not in seen} | left


def _restored(redaction: Redaction, files: dict[str, bytes]) -> dict[str, bytes]:
    """Files with their secrets, as `tfhoist write` puts them back."""
    return {path: redaction.restore(content) for path, content in files.items()}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".terraform" not in path.parts and not path.name.startswith("terraform.tfstate")
    }
