"""`tfhoist prove --engine` and `tfhoist mock --run` on the example, with the simulated providers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import ENVIRONMENTS, EXAMPLES, Run, tfhoist
from tests.acceptance.test_schemas import check
from tests.e2e.rig import Case
from tests.e2e.test_example import EXAMPLE
from tests.simulator.fixture import NewSimulator


def prove(case: Case, out: Path, environment: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Any]:
    for name, value in case.simulators[environment].env.items():
        monkeypatch.setenv(name, value)
    assert case.root.central is not None
    run = tfhoist(
        "prove", out, "--engine", "terraform", "--environment", environment,
        "--state", f"{environment}={case.state_file('service', environment)}",
        "--central-state", f"{environment}={case.state_file('central', environment)}",
        "--service-root", case.root.service, "--central", case.root.central,
    )  # fmt: skip
    document = json.loads((out / "proof.json").read_text())
    check(document, "proof")
    return run, document["engine"]["environments"][environment]


def test_the_plans_agree_with_the_symbolic_proof(
    new_simulator: NewSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(EXAMPLE._replace(environments=("staging",)), new_simulator, tmp_path)
    run, environment = prove(case, case.out_folder, "staging", monkeypatch)
    assert run.code == 0, run.out + run.err
    assert (environment["verdict"], environment["reasons"], environment["notes"]) == ("equivalent", [], [])
    for root in environment["roots"].values():
        assert {key for key, value in root.items() if value} == {"verdict", "baseline"}
        assert root["baseline"] == {"changes": [], "drift": [], "output_changes": []}
    assert case.simulators["staging"].written() == []
    out = tmp_path / "wrong"
    shutil.copytree(case.out_folder, out)
    alb = out / "central/terraform_module/data-pipeline/alb.tf"
    alb.write_text(alb.read_text().replace("8001", "8002"))
    run, environment = prove(case, out, "staging", monkeypatch)
    assert run.code == 2
    assert environment["verdict"] == "different"
    changed = {one["address"]: one["actions"] for one in environment["roots"]["central"]["changes"]}
    assert changed["module.data_pipeline.aws_lb_target_group.api"] == ["create", "delete"]
    assert case.simulators["staging"].written() == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_mocked_service_root_passes_without_credentials(
    environment: str, new_simulator: NewSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator = new_simulator()
    for name, value in simulator.env.items():
        monkeypatch.setenv(name, value)
    shutil.copytree(EXAMPLES / "consolidated", tmp_path / "out")
    run = tfhoist("mock", tmp_path / "out", "--run", "--environment", environment, "--json")
    assert run.code == 0, run.out + run.err
    assert run.json["run"]["passed"] is True
    assert len(run.json["outputs"]) == 25
    assert simulator.written() == []
