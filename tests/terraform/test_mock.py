"""`tfhoist mock --run`: the real Terraform plans the mocked service root."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.support import tfhoist, tree
from tests.acceptance.test_schemas import check
from tests.terraform.states import terraform
from tests.terraform.test_prove_engine import Case, edit

pytestmark = pytest.mark.terraform

TEST = "service/tests/central_outputs.tftest.hcl"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("case"))


def test_the_mocked_root_validates_and_its_test_passes(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    before = tree(out)
    for arguments in ([], ["--state", str(case.states["staging"])]):
        run = tfhoist("mock", out, "--run", "--json", *arguments)
        assert run.code == 0, run.out + run.err
        check(run.json, "mock")
        assert (run.json["run"]["passed"], run.json["run"]["problems"]) == (True, [])
        outputs = {one["name"]: one for one in run.json["outputs"]}
        assert outputs["listener_data_id"]["readers"] == ["terraform_data.service"]
        assert outputs["lb"]["origin"] == ("state" if arguments else "made up")
    assert tree(out).keys() - before.keys() == {TEST}
    # A team runs it without tfhoist, in a copy that has no override file.
    copy = tmp_path / "copy"
    shutil.copytree(out / "service", copy)
    terraform(copy, "init", "-backend=false", "-input=false")
    assert "1 passed, 0 failed" in terraform(copy, "test", "-no-color")


def test_a_renamed_output_fails_once_the_mock_is_made_anew(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    for name in ("staging", "production"):
        edit(
            out / f"central/environments/{name}/pipeline_outputs.tf", 'output "listener_data_id"', 'output "listeners"'
        )
    run = tfhoist("mock", out, "--run")
    assert run.code == 2
    assert "Unsupported attribute (main.tf:" in run.out
    assert 'does not have an attribute named "listener_data_id"' in run.out
    contract = tfhoist("contract", "--service-root", out / "service", "--central", out / "central")
    assert contract.code == 2
    assert "'listener_data_id', which environments/staging doesn't have" in contract.out


def test_an_invalid_root_is_said_in_terraforms_words(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    (out / "service/more.tf").write_text('resource "terraform_data" "y" {\n  nothing = 1\n}\n')
    run = tfhoist("mock", out, "--run")
    assert run.code == 2
    assert "Unsupported argument (more.tf:2)" in run.out


def test_an_engine_that_knows_no_mocks(case: Case, tmp_path: Path) -> None:
    old = tmp_path / "terraform"
    old.write_text('#!/bin/sh\necho \'{"terraform_version": "1.6.6"}\'\n')
    old.chmod(0o755)
    run = tfhoist("mock", case.copy(tmp_path), "--run", "--engine", old)
    assert run.code == 1
    assert "1.6.6 doesn't know mocks" in run.err
