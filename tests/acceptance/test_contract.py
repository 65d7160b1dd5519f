"""`tfhoist contract` after the migration: the example's two sides, and what happens when an output is renamed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.support import ENVIRONMENTS, Run, tfhoist, tree
from tests.acceptance.test_schemas import check


@pytest.fixture
def out(consolidated: Path, tmp_path: Path) -> Path:
    shutil.copytree(consolidated, tmp_path / "out")
    return tmp_path / "out"


def contract(out: Path, central: str, *arguments: str) -> Run:
    return tfhoist("contract", "--service-root", out / "service", "--central", out / central, *arguments)


def test_what_was_consolidated_keeps_its_contract(out: Path) -> None:
    before = tree(out)
    run = contract(out, "central/environments/staging")
    assert run.code == 0, run.out + run.err
    run = contract(out, "central", "--json")
    assert run.code == 0, run.out + run.err
    check(run.json, "contract")
    assert run.json["findings"] == []
    assert run.json["central"] == [f"environments/{name}" for name in sorted(ENVIRONMENTS)]
    outputs = {one["name"]: one for one in run.json["outputs"]}
    assert outputs["api_target_group_arn"]["readers"] == ["aws_ecs_service.api", "output.api_target_group_arn"]
    assert all(all(one["types"].values()) for one in outputs.values())
    assert tree(out) == before


def test_a_renamed_output_is_found_and_both_sides_are_named(out: Path) -> None:
    file = out / "central/environments/production/data-pipeline_outputs.tf"
    file.write_text(file.read_text().replace('"api_target_group_arn"', '"api_target_arn"'))
    run = contract(out, "central")
    assert run.code == 2
    assert (
        "error[missing-output]: aws_ecs_service.api and output.api_target_group_arn read the output 'api_target_group_arn', "
        in run.out
    )
    assert "which environments/production doesn't have" in run.out
    assert "--> ecs.tf:" in run.out
    assert "api_target_arn" in run.out
    run = contract(out, "central", "--json")
    assert run.code == 2
    check(run.json, "contract")
    (finding,) = run.json["findings"]
    assert finding["evidence"]["central"] == "environments/production"
    assert contract(out, "central/environments/staging").code == 0


def test_an_output_of_another_type_is_found(out: Path) -> None:
    file = out / "central/environments/staging/data-pipeline_outputs.tf"
    text = file.read_text()
    assert "module.data_pipeline.private_subnet_ids" in text
    file.write_text(
        text.replace("module.data_pipeline.private_subnet_ids", 'join(",", module.data_pipeline.private_subnet_ids)')
    )
    run = contract(out, "central/environments/staging", "--json")
    assert run.code == 2
    assert {one["id"] for one in run.json["findings"]} == {"output-of-another-type"}


def test_a_state_that_lacks_the_outputs(out: Path, tmp_path: Path) -> None:
    state = tmp_path / "central.tfstate"
    state.write_text(
        '{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}'
    )
    run = tfhoist("contract", "--service-root", out / "service", "--central", state, "--json")
    assert run.code == 2
    assert {one["id"] for one in run.json["findings"]} == {"missing-output"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--central", "nowhere"), "nowhere doesn't exist"),
        (("--central", "empty"), "holds no root module"),
        (("--central", "state.json"), "state"),
        (("--central", "other", "--remote-state", "nothing"), "there is no data.terraform_remote_state.nothing"),
        (("--central", "other"), "several remote states"),
    ],
)
def test_what_cant_be_read_is_1(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    for name in ("service", "empty", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "state.json").write_text("{}")
    (tmp_path / "other/main.tf").write_text('output "a" {\n  value = 1\n}\n')
    data = 'data "terraform_remote_state" "@" {\n  backend = "local"\n}\n'
    texts = data.replace("@", "one") + (data.replace("@", "two") if arguments[1:] == ("other",) else "")
    (tmp_path / "service/main.tf").write_text(texts)
    run = tfhoist("contract", "--service-root", "service", *arguments, cwd=tmp_path)
    assert run.code == 1
    assert message in run.err
