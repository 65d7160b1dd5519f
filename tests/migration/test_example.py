"""The example, applied on simulated providers with its states on S3: migrated, verified, and taken back, with no apply at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
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


def test_the_example_on_s3(new_simulator: NewSimulator, s3: S3, tmp_path: Path) -> None:
    service, central = tmp_path / "data-pipeline", tmp_path / "hokusai-infrastructure"
    shutil.copytree(SERVICE, service)
    shutil.copytree(CENTRAL, central)
    versions = (service / "versions.tf").read_text()
    (service / "versions.tf").write_text(
        re.sub(r'  backend "s3" \{.*?\n  \}', s3.backend("service.tfstate"), versions, flags=re.DOTALL)
    )
    simulators = {name: new_simulator() for name in ENVIRONMENTS}
    for name, simulator in simulators.items():
        simulator.env |= {**CREDENTIALS, **SECRETS}
        backend = central / f"environments/{name}/backend.tf"
        backend.write_text(f"terraform {{\n{s3.backend(f'central/{name}.tfstate')}\n}}\n")
        simulator.terraform(service, "init", "-reconfigure", f"-backend-config=backend/{name}.s3.tfbackend")
        simulator.apply(service, f"-var-file=environments/{name}.tfvars")
        simulator.apply(backend.parent)
        simulator.forget_journal()
        (tmp_path / f"{name}.tfstate").write_bytes(s3.get(f"data-pipeline/{name}/terraform.tfstate") or b"")
    shutil.rmtree(service / ".terraform")
    (service / ".terraform.lock.hcl").unlink(missing_ok=True)
    out = tmp_path / "out"

    def tfhoist(name: str, *arguments: str) -> Ran:
        env = {**os.environ, **simulators[name].env}
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", *arguments], env=env, capture_output=True, text=True, cwd=tmp_path
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    states = [f"--state={name}={tmp_path / name}.tfstate" for name in ENVIRONMENTS]
    only = [f"--environment={name}" for name in ENVIRONMENTS]
    ran = tfhoist(
        "development", "consolidate", str(service), "--central", str(central), "--out", str(out), *states, *only
    )
    assert ran.code == 0, ran
    keys = {name: (f"data-pipeline/{name}/terraform.tfstate", f"central/{name}.tfstate") for name in ENVIRONMENTS}
    before = {name: [s3.get(key) for key in pair] for name, pair in keys.items()}

    def migrate(name: str, verb: str, *more: str) -> Ran:
        return tfhoist(name, "migrate", verb, str(out), "--environment", name, "--json", *more)

    assert migrate("staging", "plan").code == 0
    ran = migrate("staging", "run", "--yes")
    assert ran.code == 2
    assert "before this environment, and not verified yet: development." in ran.err
    for name in ENVIRONMENTS:
        assert migrate(name, "plan").code == 0
        ran = migrate(name, "rehearse")
        assert ran.code == 0, ran
        assert json.loads(ran.out)["verdict"] == "equivalent"
        ran = migrate(name, "run", "--yes")
        assert ran.code == 0, ran
        told = json.loads(ran.out)
        assert (told["status"], told["verdict"]) == ("verified", "equivalent")
        assert len([one for one in told["operations"] if one["kind"] == "move"]) > 40
        assert simulators[name].written() == []  # nothing was created, updated or deleted
    # Terraform itself, on the real backends: the service root as it was written reads the real central outputs
    edited = out / "service"
    for name, simulator in simulators.items():
        simulator.terraform(edited, "init", "-reconfigure", f"-backend-config=backend/{name}.s3.tfbackend")
        assert simulator.changes(simulator.plan(edited, f"-var-file=environments/{name}.tfvars")) == {}
        plan = simulator.plan(out / f"central/environments/{name}")
        assert simulator.changes(plan) == {}
        assert not [one for one in plan.get("output_changes", {}).values() if one["actions"] != ["no-op"]]
    assert s3.locks() == []
    for name in reversed(ENVIRONMENTS):
        ran = migrate(name, "rollback", "--yes")
        assert ran.code == 0, ran
        assert json.loads(ran.out)["status"] == "rolled_back"
        for key, old in zip(keys[name], before[name], strict=True):
            assert _content(s3.get(key)) == _content(old)
        simulators[name].terraform(service, "init", "-reconfigure", f"-backend-config=backend/{name}.s3.tfbackend")
        assert simulators[name].changes(simulators[name].plan(service, f"-var-file=environments/{name}.tfvars")) == {}
        assert simulators[name].written() == []


def _content(state: bytes | None) -> object:
    found = json.loads(state or b"{}")
    return {name: value for name, value in found.items() if name not in ("serial", "check_results")}
