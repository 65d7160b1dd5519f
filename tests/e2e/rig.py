"""A whole consolidation under real Terraform: created on simulated providers, consolidated by the command, split, and planned.

The plans are read here from Terraform's own JSON, and not by tfhoist: whoever says that nothing changes mustn't be asked again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tests.acceptance.support import tfhoist
from tests.simulator.fixture import NewSimulator
from tests.simulator.preparation import PROVIDERS, Prepared
from tests.simulator.simulator import Simulator
from tests.simulator.store import Entry
from tfhoist.api.proving import Out, read_out
from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import Module
from tfhoist.engine.scratch import RootFiles, write_root
from tfhoist.secrets import Redaction
from tfhoist.state.document import SnapshotDocument, read_document, render
from tfhoist.state.moves import Move
from tfhoist.state.outputs import ComputedOutputs, compute_outputs
from tfhoist.state.schemas import Schemas, read_schemas
from tfhoist.state.surgery import Surgery, move, with_outputs

EMPTY_STATE = (
    b'{"version": 4, "terraform_version": "1.7.0", "serial": 1, "lineage": "e2e", "outputs": {}, "resources": []}'
)
SIDES = ("central", "service")
Json = dict[str, Any]
Changes = Mapping[str, bytes | None]
"""Path under OUT to its new content; None: the file is gone."""


class Root(NamedTuple):
    """What is consolidated: folders, environments, and values that stand in no file (TF_VAR_...)."""

    service: Path
    central: Path | None
    environments: tuple[str, ...]
    variables: Mapping[str, str] = {}
    repository: Path | None = None
    """The folder that holds everything that the service root reads, where that is more than its own folder."""


class Split(NamedTuple):
    """One environment after the migration: the roots in scratch folders over their states, not planned yet."""

    surgery: Surgery
    computed: ComputedOutputs


class Seen(NamedTuple):
    """Everything that a plan shows: resource actions and output actions that aren't no-ops, drift, reads that wait for an apply."""

    changes: dict[str, list[str]]
    outputs: dict[str, list[str]]
    drift: list[str]
    deferred: list[str]

    @property
    def quiet(self) -> bool:
        """Whether Terraform would do nothing at all."""
        return not any(self)


NOTHING = Seen({}, {}, [], [])


def seen(plan: Json) -> Seen:
    """Read a plan's JSON."""
    changes = {
        one["address"]: list(one["change"]["actions"])
        for one in plan.get("resource_changes", [])
        if one["change"]["actions"] not in (["no-op"], ["read"])
        or "importing" in one["change"]
        or "previous_address" in one
    }
    outputs = {
        name: list(one["actions"])
        for name, one in plan.get("output_changes", {}).items()
        if one["actions"] != ["no-op"]
    }
    drift = [one["address"] for one in plan.get("resource_drift", [])]
    deferred = [one["address"] for one in plan.get("resource_changes", []) if one["change"]["actions"] == ["read"]]
    return Seen(changes, outputs, drift, deferred)


class Case:
    """One root, created in each environment by `terraform apply`, and consolidated by the command."""

    def __init__(self, root: Root, new_simulator: NewSimulator, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.simulators: dict[str, Simulator] = {name: new_simulator() for name in root.environments}  # an account each
        self.created: dict[str, list[Entry]] = {}
        for environment, simulator in self.simulators.items():
            simulator.env.update({f"TF_VAR_{name}": value for name, value in root.variables.items()})
            self._create(environment)
            self.created[environment] = simulator.written()
            simulator.forget_journal()
        self.out_folder = folder / "out"
        states = [f"--state={name}={self.state_file('service', name)}" for name in root.environments]
        central: list[str | Path] = ["--central", root.central] if root.central is not None else []
        self.run = tfhoist("consolidate", root.service, *central, *states, "--out", self.out_folder)
        assert self.run.code == 0, f"{self.run.out}\n{self.run.err}"
        self.out: Out = read_out(self.out_folder)
        self.recorded: Json = msgspec.json.decode((self.out_folder / "consolidation.json").read_bytes())
        trees = [tree(root.repository or root.service), *([tree(root.central)] if root.central is not None else [])]
        self._redaction = Redaction(trees)
        self.verdict: str = msgspec.json.decode((self.out_folder / "proof.json").read_bytes())["verdict"]

    def _create(self, environment: str) -> None:
        top = self.root.repository or self.root.service
        service = RootFiles(
            tree=tree(top),
            folder=self.root.service.relative_to(top).as_posix().removeprefix("."),
            var_files=var_files(self.root.service, environment),
        )
        self._apply(environment, "service", service)
        if self.root.central is not None:
            self._apply(
                environment, "central", RootFiles(tree=tree(self.root.central), folder=f"environments/{environment}")
            )

    def _apply(self, environment: str, name: str, root: RootFiles) -> None:
        folder = write_root(self.folder / environment, name, root, None)
        self.simulators[environment].apply(folder, *(f"-var-file={path}" for path in root.var_files))
        shutil.rmtree(folder / ".terraform")

    def state_file(self, name: str, environment: str) -> Path:
        """The state of the service or central root as it was created."""
        return self.folder / environment / name / "terraform.tfstate"

    def document(self, name: str, environment: str) -> SnapshotDocument:
        """That state, for surgery."""
        file = self.state_file(name, environment)
        return read_document(file.read_bytes() if file.exists() else EMPTY_STATE, f"{name} {environment}")

    def settings(self, environment: str) -> tuple[EnvironmentSettings, str]:
        """An environment as OUT records it, and its central folder."""
        (found,) = [one for one in self.out.environments if one.settings.name == environment]
        return found.settings, found.central_folder

    def files(self, side: str, changes: Changes) -> dict[str, bytes]:
        """The files of one side under OUT, with changes, and with the secrets that `tfhoist write` puts back."""
        kept = {path: text for path, text in self.out.files.items() if path not in changes}
        kept |= {path: text for path, text in changes.items() if text is not None}
        return {
            path.removeprefix(f"{side}/"): self._redaction.restore(text)
            for path, text in kept.items()
            if path.startswith(f"{side}/")
        }

    def split(self, environment: str, changes: Changes | None = None) -> Split:
        """Split the states as the migration will, and fill in the outputs that a service reads."""
        central = self.files("central", {})
        _, folder = self.settings(environment)
        root = load_module(central, folder)
        (call,) = new_modules(root, self.before_central(folder))
        moves = [Move(address, f"module.{call}.{address}") for address in self.moved(environment)]
        source = self.document("service", environment)
        surgery = move(source, self.document("central", environment), moves, providers=providers(root, call))
        changed = self.files("central", changes or {})
        try:
            module = load_module(changed, folder)
        except Exception:  # a mutant that nobody can read: Terraform says what it makes of it
            module = root
        values, _ = read_environment(changed, module, EnvironmentSettings(name=environment))
        given = {f"{call}_{name}": value for name, value in self.root.variables.items()}
        self.simulators[environment].env.update({f"TF_VAR_{name}": value for name, value in given.items()})
        given = {name: value for name, value in given.items() if module.get(f"var.{name}")}
        computed = compute_outputs(
            module,
            {**values.values, **given},
            surgery.destination,
            schemas=schemas(self.simulators[environment].prepared),
        )
        return Split(with_outputs(surgery, computed.outputs), computed)

    def before_central(self, folder: str) -> Module | None:
        """The central root as it was."""
        tree_before = self.files("before/central", {})
        return load_module(tree_before, folder) if any(path.startswith(f"{folder}/") for path in tree_before) else None

    def moved(self, environment: str) -> list[str]:
        """The addresses that moved, of those that the state of an environment has."""
        placement = self.recorded["placement"]
        there = self.document("service", environment).resources
        central = [address for address, one in placement.items() if one["side"] == "central"]
        return [
            address
            for address in central
            if any(
                one.mode == "managed"
                and (one.address == address or one.address.startswith((f"{address}.", f"{address}[")))
                for one in there
            )
        ]

    def plan(self, environment: str, split: Split) -> dict[str, Seen]:
        """Plan both roots over the split states: the central one first, whose outputs the service reads."""
        return {side: self.plan_side(side, environment, split) for side in SIDES}

    def plan_side(
        self,
        side: str,
        environment: str,
        split: Split,
        changes: Changes | None = None,
        *,
        name: str = "after",
        refresh: bool = True,
    ) -> Seen:
        """Plan one root in the scratch folder of a name, where the other one's state already is.

        What `terraform init` made for the files that were there before is tried first.
        """
        simulator = self.simulators[environment]
        folder, var_files = self.write_side(side, environment, split, changes, name=name)
        arguments = [f"-var-file={path}" for path in var_files] + ([] if refresh else ["-refresh=false"])
        command = ["plan", "-no-color", "-lock=false", "-out=tfplan", *arguments]
        if not (folder / ".terraform").exists():
            simulator.init(folder)
            simulator.terraform(folder, *command)
        elif simulator.terraform(folder, *command, check=False).returncode:
            shutil.rmtree(folder / ".terraform")  # perhaps only for want of an init
            simulator.init(folder)
            simulator.terraform(folder, *command)
        return seen(json.loads(simulator.terraform(folder, "show", "-json", "tfplan").stdout))

    def write_side(
        self, side: str, environment: str, split: Split, changes: Changes | None = None, *, name: str = "after"
    ) -> tuple[Path, tuple[str, ...]]:
        """Write one root and its state into the scratch folder of a name; gives the root's folder and its files of values."""
        base = self.folder / environment / name
        settings, central_folder = self.settings(environment)
        if side == "central":
            root = RootFiles(tree=self.files("central", changes or {}), folder=central_folder)
            state = split.surgery.destination
        else:
            service_root = self.out.service_root
            root = RootFiles(
                tree=self.files("service", changes or {}),
                folder=service_root if service_root != "." else "",
                var_files=settings.var_files,
                remote_states={self.recorded["central"]["remote_state"]: "central"},
            )
            state = split.surgery.source
        files, kept = base / side / "files", base / side / "kept"
        there = files / root.folder / ".terraform"
        if there.exists():
            there.rename(kept)
        shutil.rmtree(files, ignore_errors=True)
        folder = write_root(base, side, root, render(state))
        if kept.exists():
            kept.rename(folder / ".terraform")
        return folder, root.var_files


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def var_files(service: Path, environment: str) -> tuple[str, ...]:
    """The file of values of an environment, where there's one."""
    file = f"environments/{environment}.tfvars"
    return (file,) if (service / file).exists() else ()


def new_modules(after: Module, before: Module | None) -> Sequence[str]:
    """The module calls that a central root gained."""
    known = {one.name for one in before.of("module")} if before is not None else set()
    return [one.name for one in after.of("module") if one.name not in known]


def providers(root: Module, call: str) -> dict[str, str]:
    """Provider addresses of the service's state to those of the central root, by what the module call passes on."""
    declaration = root.get(f"module.{call}")
    assert declaration is not None
    expression = declaration.expression("providers")
    if expression is None:
        return {}
    found: dict[str, str] = {}
    for line in declaration.file.text(expression.start, expression.end).strip("{}").splitlines():
        if "=" not in line:
            continue
        inner, outer = (part.strip().strip(",").partition(".") for part in line.split("=", 1))
        source = f'provider["registry.terraform.io/hashicorp/{inner[0]}"]'
        found[source + (f".{inner[2]}" if inner[2] else "")] = source + (f".{outer[2]}" if outer[2] else "")
    return found


@cache
def schemas(prepared: Prepared) -> Schemas:
    """The providers' schemas, as `terraform providers schema -json` has them."""
    return read_schemas(msgspec.json.encode({"provider_schemas": {name: prepared.schemas(name) for name in PROVIDERS}}))


def check(case: Case) -> None:
    """What has to hold for a consolidation that is called equivalent: Terraform does nothing in either root, and nothing was written."""
    assert case.verdict == "equivalent"
    assert case.recorded["boundary"]["downlinks"]
    for environment, simulator in case.simulators.items():
        created = case.created[environment]
        assert {one.operation for one in created} == {"create"}
        split = case.split(environment)
        assert split.surgery.outcomes
        assert split.computed.untold == {}
        assert case.plan(environment, split) == {"central": NOTHING, "service": NOTHING}, environment
        # Every resource was looked at, by a provider configuration of the region that created it.
        read = {(one.type, one.id, one.region) for one in simulator.journal("read")}
        assert read >= {(one.type, one.id, one.region) for one in created}
        assert simulator.written() == []
