"""`tfhoist mock`: the test that it writes, without an engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.support import STATES, tfhoist, tree
from tests.acceptance.test_schemas import check
from tfhoist.api.proving import only_plans
from tfhoist.hcl.formatting import format_source

TEST = "service/tests/central_outputs.tftest.hcl"


@pytest.fixture
def out(consolidated: Path, tmp_path: Path) -> Path:
    shutil.copytree(consolidated, tmp_path / "out")
    return tmp_path / "out"


def test_the_mock_of_the_example(out: Path) -> None:
    before = tree(out)
    run = tfhoist("mock", out, "--json")
    assert run.code == 0, run.out + run.err
    check(run.json, "mock")
    assert tree(out).keys() - before.keys() == {TEST}
    text = (out / TEST).read_text()
    assert format_source(text.encode()).decode() == text
    assert text.count("command = plan") == 1
    assert "command = apply" not in text
    assert 'mock_provider "aws" {}' in text
    outputs = {one["name"]: one for one in run.json["outputs"]}
    assert outputs["api_target_group_arn"]["readers"] == ["aws_ecs_service.api", "output.api_target_group_arn"]
    assert outputs["private_subnet_ids"]["type"] == "tuple([string, string, string])"
    assert {one["origin"] for one in outputs.values()} == {"made up"}
    assert all(f"  {name} " in text for name in outputs)
    again = (out / TEST).read_bytes()
    assert tfhoist("mock", out).code == 0
    assert (out / TEST).read_bytes() == again


def test_values_of_a_state(out: Path) -> None:
    state = STATES / "staging.tfstate"
    run = tfhoist("mock", out, "--environment", "staging", "--state", state, "--json")
    assert run.code == 0
    assert {one["origin"] for one in run.json["outputs"]} == {"state"}
    arn = next(part for part in state.read_text().split('"') if ":targetgroup/" in part and "api" in part)
    assert arn in (out / TEST).read_text()


def test_no_secret_and_no_placeholder_stands_in_it(out: Path) -> None:
    assert tfhoist("mock", out, "--environment", "production").code == 0
    text = (out / TEST).read_text()
    assert "tfhoist-secret" not in text
    assert 'database_password    = "database-password"' in text


def test_the_proof_still_holds_while_the_test_only_plans(out: Path) -> None:
    assert tfhoist("mock", out).code == 0
    assert tfhoist("prove", out).code == 0
    path = out / TEST
    path.write_text(path.read_text().replace("command = plan", "command = apply"))
    run = tfhoist("prove", out)
    assert run.code == 2
    assert "tests/central_outputs.tftest.hcl" in run.out


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b'run "a" {\n  command = plan\n}\n', True),
        (b'run "a" {\n}\n', False),  # apply is the default
        (b'run "a" {\n  command = apply\n}\n', False),
        (b'run "a" {\n  command = plan\n}\nrun "b" {\n}\n', False),
        (b'provider "aws" {\n}\n', False),
        (b"x = 1\n", False),
        (b"run {", False),
    ],
)
def test_what_only_plans(source: bytes, expected: bool) -> None:
    assert only_plans(source) is expected


def test_an_output_that_is_gone_is_2_and_isnt_made_up(out: Path) -> None:
    file = out / "central/environments/development/data-pipeline_outputs.tf"
    file.write_text(file.read_text().replace('"api_target_group_arn"', '"api_target_arn"'))
    run = tfhoist("mock", out, "--json")
    assert run.code == 2
    check(run.json, "mock")
    (missing,) = [one for one in run.json["outputs"] if not one["present"]]
    assert missing["name"] == "api_target_group_arn"
    assert "      api_target_group_arn " not in (out / TEST).read_text()
    run = tfhoist("mock", out)
    assert "api_target_group_arn" in run.out
    assert "MISSING" in run.out


def test_wrong_calls(out: Path, tmp_path: Path) -> None:
    assert tfhoist("mock", out, "--environment", "nowhere").code == 1
    assert tfhoist("mock", tmp_path).code == 1
    assert tfhoist("mock", out, "--state", tmp_path / "nothing").code == 1
    run = tfhoist("mock", out, "--run", "--engine", tmp_path / "nothing")
    assert run.code == 1
    assert "isn't a program" in run.err
