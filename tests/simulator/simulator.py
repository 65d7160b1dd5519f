"""For tests: real Terraform on simulated providers.

    def test_something(simulator: Simulator, tmp_path: Path) -> None:
        simulator.apply(tmp_path)
        assert simulator.changes(simulator.plan(tmp_path)) == {}
        assert simulator.written() == []

A simulator is a set of servers in the test's own process, which Terraform finds through TF_REATTACH_PROVIDERS: no process
is started for a provider, and `terraform init` installs nothing (but local and archive, which write files where they run).
`mirrored=True` has Terraform install and start them all.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc

from tests.simulator.preparation import PROVIDERS, Prepared
from tests.simulator.serve import start
from tests.simulator.store import Entry, Journal, Store

Json = dict[str, Any]

IN_PROCESS = tuple(name for name in PROVIDERS if name not in ("local", "archive"))
"""Providers that Terraform is led to. The other two write files, whose paths are relative to where Terraform started them."""

WRITES = ("create", "update", "delete")


class TerraformFailed(AssertionError):
    """A terraform command that ended with an error; the text is its diagnostics and the end of its output."""


@dataclass
class Simulator:
    """Simulated providers for one test, with a journal of their own.

    With `keep`, resources live in a store, as in a cloud: what the store hasn't got is gone, import finds things, and a name
    can be taken. Without it they live in the state only, so that any state file can be planned against.
    """

    prepared: Prepared
    folder: Path
    keep: bool = True
    mirrored: bool = False
    providers: Iterable[str] = IN_PROCESS
    env: dict[str, str] = field(init=False)
    journal_file: Path = field(init=False)
    _servers: list[grpc.Server] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journal_file = self.folder / "journal.jsonl"
        self.store = Store(self.folder / "store") if self.keep else None
        self._journal = Journal(self.journal_file)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
        self.env = {**inherited, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
        self.env["TF_CLI_CONFIG_FILE"] = str(self._cli_configuration())
        self.env["TFHOIST_SIMULATOR_JOURNAL"] = str(self.journal_file)
        if self.store:
            self.env["TFHOIST_SIMULATOR_STORE"] = str(self.store.folder)
        if not self.mirrored:
            self.env["TF_REATTACH_PROVIDERS"] = json.dumps(
                {f"hashicorp/{name}": self._serve(name) for name in self.providers}
            )

    def close(self) -> None:
        """End the servers."""
        for stopping in [server.stop(grace=None) for server in self._servers]:
            stopping.wait()

    def terraform(self, folder: Path, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run terraform in a folder."""
        program = shutil.which("terraform")
        assert program, "terraform is not on PATH"
        run = subprocess.run(
            [program, *map(str, arguments)],
            cwd=folder,
            env=self.env,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if check and run.returncode:
            end = "\n".join(run.stdout.splitlines()[-40:])
            raise TerraformFailed(
                f"terraform {' '.join(map(str, arguments))}\n{run.stderr}\nThe end of its output:\n{end}"
            )
        return run

    def init(self, folder: Path, *arguments: str | Path) -> None:
        """`terraform init`."""
        self.terraform(folder, "init", "-no-color", *arguments)

    def apply(self, folder: Path, *arguments: str | Path) -> None:
        """`terraform apply` without asking, and `init` before it where there was none."""
        self._initialised(folder)
        self.terraform(folder, "apply", "-auto-approve", "-no-color", *arguments)

    def destroy(self, folder: Path, *arguments: str | Path) -> None:
        """`terraform destroy` without asking."""
        self.terraform(folder, "destroy", "-auto-approve", "-no-color", *arguments)

    def plan(self, folder: Path, *arguments: str | Path) -> Json:
        """The plan as `terraform show -json` has it; `init` before it where there was none."""
        self._initialised(folder)
        file = self.folder / "terraform.tfplan"
        self.terraform(folder, "plan", "-no-color", f"-out={file}", *arguments)
        plan: Json = json.loads(self.terraform(folder, "show", "-json", file).stdout)
        file.unlink()
        return plan

    def state(self, folder: Path) -> Json:
        """The state file's content, as `terraform state pull` has it."""
        state: Json = json.loads(self.terraform(folder, "state", "pull").stdout)
        return state

    @staticmethod
    def changes(plan: Json) -> dict[str, list[str]]:
        """The actions of a plan by address, other than nothing at all; data sources that are read don't count."""
        actions = {change["address"]: list(change["change"]["actions"]) for change in plan.get("resource_changes", [])}
        return {address: does for address, does in actions.items() if does not in (["no-op"], ["read"])}

    def journal(self, *operations: str) -> list[Entry]:
        """What the providers were asked to do so far, or only operations of these names."""
        return [entry for entry in self._journal.entries() if not operations or entry.operation in operations]

    def written(self) -> list[Entry]:
        """Everything that was created, updated or deleted."""
        return self.journal(*WRITES)

    def forget_journal(self) -> None:
        """Begin the journal anew."""
        self._journal.clear()

    def _initialised(self, folder: Path) -> None:
        if not (folder / ".terraform").exists():
            self.init(folder)

    def _serve(self, name: str) -> Json:
        provider = self.prepared.provider(name, self._journal, self.store)
        server, port = start(provider, lambda: self.prepared.encoded(name))
        self._servers.append(server)
        return {
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": os.getpid(),
            "Test": True,  # Terraform leaves the process alone
            "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
        }

    def _cli_configuration(self) -> Path:
        """Terraform's own configuration: providers from the mirror, and nothing from a registry."""
        file = self.folder / "terraformrc"
        file.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{self.prepared.mirror}"\n  }}\n}}\n'
        )
        return file
