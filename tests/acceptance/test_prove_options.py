"""`tfhoist prove` with an engine that isn't there, and options that need one: no engine is needed to try that."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.support import SERVICE, tfhoist, with_states
from tests.acceptance.test_schemas import check


@pytest.fixture
def out(consolidated: Path, tmp_path: Path) -> Path:
    shutil.copytree(consolidated, tmp_path / "out")
    (tmp_path / "out/proof.json").unlink()
    return tmp_path / "out"


def test_without_an_engine_the_symbolic_proof_is_written(out: Path, tmp_path: Path) -> None:
    run = tfhoist("prove", out, "--engine", tmp_path / "terraform", *with_states(), "--service-root", SERVICE)
    assert run.code == 1
    assert "verdict: equivalent" in run.out
    assert "the symbolic proof needs none" in run.err
    document = json.loads((out / "proof.json").read_text())
    check(document, "proof")
    assert document["verdict"] == "equivalent"
    assert "engine" not in document


def test_a_program_that_is_no_engine(out: Path, tmp_path: Path) -> None:
    program = tmp_path / "terraform"
    program.write_text("#!/bin/sh\necho 'Terraform v0.11.14'\n")
    program.chmod(0o755)
    run = tfhoist("prove", out, "--engine", program, *with_states())
    assert run.code == 1
    assert "doesn't tell its version" in run.err


@pytest.mark.parametrize("name", ["--environment", "--state", "--central-state", "--service-root", "--central"])
def test_options_of_plans_need_an_engine(out: Path, name: str) -> None:
    value = {"--state": with_states()[1], "--central-state": with_states()[1]}.get(name, "staging")
    run = tfhoist("prove", out, name, value)
    assert run.code == 1
    assert "Add --engine terraform" in run.err
    assert not (out / "proof.json").exists()


def test_a_state_of_no_environment(out: Path) -> None:
    run = tfhoist("prove", out, "--engine", "terraform", "--state", f"nowhere={with_states()[1].partition('=')[2]}")
    assert run.code == 1
