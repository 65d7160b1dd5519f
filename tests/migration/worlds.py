"""A small consolidation and its two states, in files or on S3, to be migrated, broken and looked at."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import REPOSITORY
from tests.migration.http_states import HttpStates
from tests.migration.s3 import CREDENTIALS, S3

ROOT = """
resource "terraform_data" "shared" {
  input = "lb"
}

resource "terraform_data" "rules" {
  for_each = toset(["a/b", "c.d", "e"])
  input    = "${each.key} ${terraform_data.shared.output}"
}

resource "terraform_data" "own" {
  count = 3
  input = "${terraform_data.shared.id} ${terraform_data.rules["e"].id} ${count.index}"
}

output "shared_id" {
  value = terraform_data.shared.id
}
"""
OTHER = """
resource "terraform_data" "other" {
  input = "another service"
}
"""
MOVED = {"terraform_data.shared", "terraform_data.rules"}


class Ran(NamedTuple):
    """A command: exit code, standard output and error."""

    code: int
    out: str
    err: str


class World:
    """One consolidation, with its states in a place. `reset` puts both back as they were."""

    kind = "files"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.service, self.central, self.out = folder / "service", folder / "central", folder / "out"
        self.journal = folder / "journal"
        self.service.mkdir(parents=True)
        (self.central / "environments" / "live").mkdir(parents=True)
        (self.service / "main.tf").write_text(f"terraform {{\n{self.backend('source')}\n}}\n{ROOT}")
        (self.central / "environments/live/main.tf").write_text(
            f"terraform {{\n{self.backend('destination')}\n}}\n{OTHER}"
        )
        settings = [
            "[service]",
            'name = "s"',
            "[central]",
            'repository = "central"',
            "[[environments]]",
            'name = "live"',
        ]
        settings += [
            "[placement.overrides]",
            '"terraform_data.own" = "local"',
            *(f'"{one}" = "central"' for one in sorted(MOVED)),
        ]
        (self.service / "tfhoist.toml").write_text("\n".join(settings) + "\n")
        self.prepare()
        for root in (self.central / "environments/live", self.service):
            self.terraform(root, "init", "-input=false")
            self.terraform(root, "apply", "-auto-approve", "-input=false")
        first = folder / "source.before.tfstate"
        first.write_bytes(self.read("source") or b"")
        ran = self.tfhoist(
            "consolidate",
            str(self.service),
            "--central",
            str(self.central),
            "--out",
            str(self.out),
            "--state",
            f"live={first}",
        )
        assert ran.code == 0, ran
        self.before = {side: self.read(side) for side in ("source", "destination")}
        self.ids = {side: self.instances(side) for side in ("source", "destination")}
        self.after: dict[str, Mapping[str, str]] = {}

    # the place

    def prepare(self) -> None:
        """What has to be there before the first apply."""

    def backend(self, side: str) -> str:
        """The backend block of one side."""
        return f'backend "local" {{\n  path = "{self.folder / side}.tfstate"\n}}'

    def read(self, side: str) -> bytes | None:
        """The state as it is."""
        path = self.folder / f"{side}.tfstate"
        return path.read_bytes() if path.exists() else None

    def write(self, side: str, content: bytes | None) -> None:
        """Put a state there."""
        path = self.folder / f"{side}.tfstate"
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)

    def reset(self) -> None:
        """As it was before any migration."""
        for side, content in self.before.items():
            self.write(side, content)
        shutil.rmtree(self.journal, ignore_errors=True)

    # looking

    def instances(self, side: str) -> dict[str, str]:
        """The id of each managed instance, by its address."""
        content = self.read(side)
        found: dict[str, str] = {}
        for resource in json.loads(content)["resources"] if content else []:
            for instance in resource["instances"]:
                key = instance.get("index_key")
                suffix = "" if key is None else f"[{json.dumps(key)}]"
                module = f"{resource['module']}." if "module" in resource else ""
                found[f"{module}{resource['type']}.{resource['name']}{suffix}"] = instance["attributes"]["id"]
        return found

    def lost(self) -> set[str]:
        """Ids that were in a state at first, and are in none now. A half-written file holds what its copies hold."""
        there: set[str] = set()
        for side in ("source", "destination"):
            try:
                there |= set(self.instances(side).values())
            except ValueError:  # half written: what `status` says is checked apart
                there |= set(self.ids[side].values())
        return {one for side in self.ids.values() for one in side.values()} - there

    # running

    @property
    def environment(self) -> dict[str, str]:
        """For every command."""
        return {**os.environ, **CREDENTIALS, "CHECKPOINT_DISABLE": "1", "PYTHONPATH": str(REPOSITORY / "src")}

    def terraform(self, folder: Path, *arguments: str) -> Ran:
        """Run terraform there; it has to succeed."""
        done = subprocess.run(
            ["terraform", *arguments], cwd=folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return Ran(done.returncode, done.stdout, done.stderr)

    def command(self, *arguments: str) -> list[str]:
        """A tfhoist command."""
        return [sys.executable, "-m", "tfhoist", *arguments]

    def tfhoist(self, *arguments: str) -> Ran:
        """Run tfhoist."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, cwd=self.folder
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def arguments(self, verb: str, *more: str) -> list[str]:
        """A migrate command on this world."""
        return ["migrate", verb, str(self.out), "--journal", str(self.journal), "--quiet", *more]

    def migrate(self, verb: str, *more: str) -> Ran:
        """Run a migrate command."""
        return self.tfhoist(*self.arguments(verb, *more))

    def status(self) -> dict[str, Any]:
        """What `status --json` says."""
        ran = self.migrate("status", "--json")
        assert ran.code in (0, 2), ran
        told: dict[str, Any] = json.loads(ran.out)
        return told

    def migrate_until(self, verb: str, *more: str) -> Ran:
        """Like `migrate`, releasing the lock of a killed write where the command says so."""
        ran = self.migrate(verb, *more)
        found = re.search(r"--unlock (\S+) releases", ran.err)
        if ran.code == 1 and found is not None:
            verb = "resume" if verb == "run" else verb
            ran = self.migrate(verb, "--unlock", found[1], *more)
        return ran


class S3World(World):
    """The same with both states on S3."""

    kind = "S3"

    def __init__(self, folder: Path, s3: S3) -> None:
        self.s3 = s3
        super().__init__(folder)

    def prepare(self) -> None:
        """An empty bucket."""
        self.s3.reset()

    def backend(self, side: str) -> str:
        """With the lock file on."""
        return self.s3.backend(f"{side}.tfstate")

    def read(self, side: str) -> bytes | None:
        """Past the proxy."""
        return self.s3.get(f"{side}.tfstate")

    def write(self, side: str, content: bytes | None) -> None:
        """Past the proxy."""
        self.s3.put(f"{side}.tfstate", content)

    def reset(self) -> None:
        """Locks, too."""
        self.s3.reset()
        super().reset()


class HttpWorld(World):
    """The same behind Terraform's http backend, with locks."""

    kind = "http"

    def __init__(self, folder: Path, states: HttpStates) -> None:
        self.states = states
        super().__init__(folder)

    def backend(self, side: str) -> str:
        """With locking."""
        return self.states.backend(side)

    def read(self, side: str) -> bytes | None:
        """What the server has."""
        return self.states.states.get(f"/{side}")

    def reset(self) -> None:
        """Open to anybody again."""
        self.states.readers = self.states.writers = ""
        super().reset()

    def write(self, side: str, content: bytes | None) -> None:
        """Put it there."""
        self.states.locks.clear()
        if content is None:
            self.states.states.pop(f"/{side}", None)
        else:
            self.states.states[f"/{side}"] = content
