"""The example, applied on simulated providers with its states on S3: migrated, verified, and taken back, with no apply at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.acceptance.support import CENTRAL, SERVICE
from tests.migration.s3 import CREDENTIALS, S3
from tests.migration.worlds import Ran
from tests.simulator.fixture import NewSimulator

pytestmark = [pytest.mark.terraform, pytest.mark.simulator, pytest.mark.slow]
SECRETS = {"TF_VAR_database_password": "not-a-password", "TF_VAR_api_secret_key": "not-a-key"}
ENVIRONMENTS = ("development", "staging")


@pytest.fixture
def s3() -> Iterator[S3]:
    found = S3()
    yield found
    found.close()


class Example:
    """The example applied in some environments, each on simulated providers of its own, and consolidated with its states on S3."""

    def __init__(self, new_simulator: NewSimulator, s3: S3, base: Path, names: Sequence[str]) -> None:
        self.s3, self.base, self.names, self.out = s3, base, names, base / "out"
        self.service, central = base / "data-pipeline", base / "hokusai-infrastructure"
        shutil.copytree(SERVICE, self.service)
        shutil.copytree(CENTRAL, central)
        versions = (self.service / "versions.tf").read_text()
        (self.service / "versions.tf").write_text(
            re.sub(r'  backend "s3" \{.*?\n  \}', s3.backend("service.tfstate"), versions, flags=re.DOTALL)
        )
        self.simulators = {name: new_simulator() for name in names}
        for name, simulator in self.simulators.items():
            simulator.env |= {**CREDENTIALS, **SECRETS}
            backend = central / f"environments/{name}/backend.tf"
            backend.write_text(f"terraform {{\n{s3.backend(f'central/{name}.tfstate')}\n}}\n")
            self.init(name, self.service)
            simulator.apply(self.service, f"-var-file=environments/{name}.tfvars")
            simulator.apply(backend.parent)
            simulator.forget_journal()
            (base / f"{name}.tfstate").write_bytes(s3.get(f"data-pipeline/{name}/terraform.tfstate") or b"")
        shutil.rmtree(self.service / ".terraform")
        (self.service / ".terraform.lock.hcl").unlink(missing_ok=True)
        states = [f"--state={name}={base / name}.tfstate" for name in names]
        only = [f"--environment={name}" for name in names]
        given = [str(self.service), "--central", str(central), "--out", str(self.out), *states, *only]
        ran = self.tfhoist(names[0], "consolidate", *given)
        assert ran.code == 0, ran

    def init(self, name: str, root: Path) -> None:
        self.simulators[name].terraform(root, "init", "-reconfigure", f"-backend-config=backend/{name}.s3.tfbackend")

    def tfhoist(self, name: str, *arguments: str) -> Ran:
        env = {**os.environ, **self.simulators[name].env}
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", *arguments], env=env, capture_output=True, text=True, cwd=self.base
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def migrate(self, name: str, verb: str, *more: str) -> Ran:
        return self.tfhoist(name, "migrate", verb, str(self.out), "--environment", name, "--json", *more)

    def assert_plans_nothing(self, name: str) -> None:
        """Terraform itself, on the real backends: the service root as it was written reads the real central outputs."""
        simulator = self.simulators[name]
        self.init(name, self.out / "service")
        assert simulator.changes(simulator.plan(self.out / "service", f"-var-file=environments/{name}.tfvars")) == {}
        plan = simulator.plan(self.out / f"central/environments/{name}")
        assert simulator.changes(plan) == {}
        assert not [one for one in plan.get("output_changes", {}).values() if one["actions"] != ["no-op"]]
        assert self.s3.locks() == []

    def assert_plans_nothing_as_before(self, name: str) -> None:
        self.init(name, self.service)
        simulator = self.simulators[name]
        assert simulator.changes(simulator.plan(self.service, f"-var-file=environments/{name}.tfvars")) == {}
        assert simulator.written() == []


def test_the_example_on_s3(new_simulator: NewSimulator, s3: S3, tmp_path: Path) -> None:
    example = Example(new_simulator, s3, tmp_path, ENVIRONMENTS)
    keys = {name: (f"data-pipeline/{name}/terraform.tfstate", f"central/{name}.tfstate") for name in ENVIRONMENTS}
    before = {name: [s3.get(key) for key in pair] for name, pair in keys.items()}
    assert example.migrate("staging", "plan").code == 0
    ran = example.migrate("staging", "run", "--yes")
    assert ran.code == 2
    assert "before this environment, and not verified yet: development." in ran.err
    for name in ENVIRONMENTS:
        assert example.migrate(name, "plan").code == 0
        ran = example.migrate(name, "rehearse")
        assert ran.code == 0, ran
        assert json.loads(ran.out)["verdict"] == "equivalent"
        ran = example.migrate(name, "run", "--yes")
        assert ran.code == 0, ran
        told = json.loads(ran.out)
        assert (told["status"], told["verdict"]) == ("verified", "equivalent")
        assert len([one for one in told["operations"] if one["kind"] == "move"]) > 40
        assert example.simulators[name].written() == []  # nothing was created, updated or deleted
    for name in ENVIRONMENTS:
        example.assert_plans_nothing(name)
    for name in reversed(ENVIRONMENTS):
        ran = example.migrate(name, "rollback", "--yes")
        assert ran.code == 0, ran
        assert json.loads(ran.out)["status"] == "rolled_back"
        for key, old in zip(keys[name], before[name], strict=True):
            assert _content(s3.get(key)) == _content(old)
        example.assert_plans_nothing_as_before(name)


def test_the_example_by_blocks(new_simulator: NewSimulator, s3: S3, tmp_path: Path) -> None:
    """No state is written by hand: Terraform imports, forgets, and on the way back does both the other way round."""
    example = Example(new_simulator, s3, tmp_path, ["development"])
    ids = {
        key: _ids(s3.get(key)) for key in ("data-pipeline/development/terraform.tfstate", "central/development.tfstate")
    }
    ran = example.migrate("development", "plan", "--strategy", "blocks")
    assert ran.code == 0, ran
    imports = [one for one in json.loads(ran.out)["operations"] if one["kind"] == "import"]
    assert len(imports) > 40
    assert all(one["import_id"] and one["source"] for one in imports)
    ran = example.migrate("development", "run", "--yes")
    assert ran.code == 0, ran
    told = json.loads(ran.out)
    assert (told["status"], told["verdict"]) == ("verified", "equivalent")
    simulator = example.simulators["development"]
    assert len(simulator.journal("import")) == len(imports)
    assert simulator.written() == []
    example.assert_plans_nothing("development")
    ran = example.migrate("development", "rollback", "--yes")
    assert ran.code == 0, ran
    assert {key: _ids(s3.get(key)) for key in ids} == ids
    example.assert_plans_nothing_as_before("development")


def _ids(state: bytes | None) -> list[tuple[str, str, str]]:
    """The type, name and id of each managed instance."""
    return sorted(
        (resource.get("module", "") + resource["type"], resource["name"], str(instance["attributes"]["id"]))
        for resource in json.loads(state or b"{}")["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    )


def _content(state: bytes | None) -> object:
    found = json.loads(state or b"{}")
    return {name: value for name, value in found.items() if name not in ("serial", "check_results")}
