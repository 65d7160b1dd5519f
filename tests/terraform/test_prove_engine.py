"""`tfhoist prove --engine`: the command, with the real Terraform over roots of its built-in provider."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import Run, tfhoist, tree
from tests.acceptance.test_schemas import check
from tests.terraform.states import terraform

pytestmark = pytest.mark.terraform

SERVICE = {
    "main.tf": """
        variable "environment" {
          type = string
        }
        variable "token" {
          type      = string
          sensitive = true
        }
        resource "terraform_data" "lb" {
          input = { name = "lb-${var.environment}", zone = "z1", token = var.token }
        }
        resource "terraform_data" "listener" {
          count = 2
          input = "${terraform_data.lb.id}/${count.index}"
        }
        resource "terraform_data" "service" {
          input = {
            lb        = terraform_data.lb.id
            listeners = terraform_data.listener[*].id
          }
        }
        output "lb" {
          value = terraform_data.lb.id
        }
        """,
    "environments/staging.tfvars": 'environment = "staging"\ntoken = "seventeen-herrings"\n',
    "environments/production.tfvars": 'environment = "production"\ntoken = "eighteen-herrings"\n',
    "tfhoist.toml": """
        [placement.overrides]
        "terraform_data.lb" = "central"
        "terraform_data.listener" = "central"
        "terraform_data.service" = "local"
        """,
}
SECRET = "herrings"


class Case:
    """A service root, applied in two environments, and consolidated."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.service, self.out = folder, folder / "pipeline", folder / "out"
        for path, text in SERVICE.items():
            (self.service / path).parent.mkdir(parents=True, exist_ok=True)
            (self.service / path).write_text(textwrap.dedent(text).lstrip())
        applied = folder / "applied"
        shutil.copytree(self.service, applied)
        terraform(applied, "init", "-input=false")
        self.states = {name: folder / f"{name}.tfstate" for name in ("staging", "production")}
        for name, state in self.states.items():
            terraform(
                applied,
                "apply",
                "-auto-approve",
                "-input=false",
                f"-var-file=environments/{name}.tfvars",
                f"-state={state}",
            )
        run = tfhoist("consolidate", self.service, *self.given(), "--out", self.out)
        assert run.code == 0, run.out + run.err

    def given(self, *names: str) -> list[str]:
        return [f"--state={name}={self.states[name]}" for name in names or self.states]

    def copy(self, folder: Path) -> Path:
        shutil.copytree(self.out, folder / "out")
        return folder / "out"

    def prove(self, out: Path, *arguments: str, engine: str = "terraform") -> Run:
        return tfhoist("prove", out, "--engine", engine, "--service-root", self.service, *arguments)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("case"))


def proof(out: Path) -> Any:
    document = json.loads((out / "proof.json").read_text())
    check(document, "proof")
    return document


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_both_roots_of_both_environments_plan_without_changes(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    before = {**tree(case.service), **{str(path): path.read_bytes() for path in case.states.values()}}
    run = case.prove(out, *case.given(), "--parallel", "2")
    assert run.code == 0, run.out + run.err
    assert run.out.count("equivalent, the consolidation changes nothing") == 4
    document = proof(out)
    assert document["verdict"] == "equivalent"
    assert document["engine"]["name"] == "terraform"
    assert re.match(r"1\.\d+\.\d+", document["engine"]["version"])
    for name in ("staging", "production"):
        one = document["engine"]["environments"][name]
        assert (one["verdict"], one["reasons"], one["notes"]) == ("equivalent", [], [])
        assert one["roots"].keys() == {"central", "service"}
        for root in one["roots"].values():
            assert {key for key, value in root.items() if value} == {"verdict", "baseline"}
            assert root["baseline"] == {"changes": [], "drift": [], "output_changes": []}
    after = {**tree(case.service), **{str(path): path.read_bytes() for path in case.states.values()}}
    assert after == before
    assert SECRET not in run.out + run.err + (out / "proof.json").read_text()


def test_a_wrong_result_is_different_in_one_environment(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    edit(out / "central/environments/staging/pipeline.auto.tfvars", '"staging"', '"stagings"')
    run = case.prove(out, *case.given(), "--json")
    assert run.code == 2
    environments = run.json["engine"]["environments"]
    assert {name: one["verdict"] for name, one in environments.items()} == {
        "staging": "different",
        "production": "equivalent",
    }
    central = environments["staging"]["roots"]["central"]
    assert ("module.pipeline.terraform_data.lb", ["update"]) in [
        (one["address"], one["actions"]) for one in central["changes"]
    ]
    assert run.json["verdict"] == "different"


def test_the_verdict_at_the_top_is_the_worse_of_the_two(case: Case, tmp_path: Path) -> None:
    # A comment's worth: the plan sees nothing of it, the symbolic proof does.
    out = case.copy(tmp_path)
    with (out / "service/main.tf").open("a") as file:
        file.write('\nresource "terraform_data" "new" {\n  count = 0\n}\n')
    run = case.prove(out, *case.given("staging"), "--environment", "staging", "--json")
    assert run.code == 2
    assert run.json["environments"]["staging"] == "different"
    assert run.json["engine"]["environments"]["staging"]["verdict"] == "equivalent"
    assert run.json["engine"]["environments"].keys() == {"staging"}
    assert run.json["verdict"] == "different"


def test_what_was_pending_before_is_told_apart(case: Case, tmp_path: Path) -> None:
    applied = tmp_path / "pipeline"
    shutil.copytree(case.service, applied)
    edit(applied / "main.tf", "listeners = terraform_data.listener[*].id", "listeners = [terraform_data.lb.id]")
    out = tmp_path / "out"
    assert tfhoist("consolidate", applied, *case.given(), "--out", out).code == 0
    given = ("--service-root", str(applied), *case.given("staging"), "--environment=staging")
    run = tfhoist("prove", out, "--engine", "terraform", *given)
    assert run.code == 0, run.out + run.err
    assert "pending before already:\n        update terraform_data.service" in run.out
    service = proof(out)["engine"]["environments"]["staging"]["roots"]["service"]
    assert [one["address"] for one in service["pending"]] == ["terraform_data.service"]
    assert service["changes"] == []


def test_a_state_that_isnt_given_is_asked_for(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    run = case.prove(out, *case.given("staging"))
    assert run.code == 1
    assert "there is no state of production" in run.err
    assert "--state NAME=FILE" in run.err
    run = case.prove(out, *case.given(), "--environment=nowhere")
    assert run.code == 1
    assert "there is no environment 'nowhere'" in run.err
    run = tfhoist("prove", out, "--environment", "staging")
    assert run.code == 1
    assert "Add --engine" in run.err


def test_secrets_are_read_from_the_original(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    run = tfhoist("prove", out, "--engine", "terraform", *case.given())
    assert run.code == 1
    assert "environments/production.tfvars holds secrets" in run.err
    assert "--service-root" in run.err
    changed = tmp_path / "changed"
    shutil.copytree(case.service, changed)
    edit(changed / "environments/staging.tfvars", "seventeen", "nineteen")
    with (changed / "environments/staging.tfvars").open("a") as file:
        file.write("# a comment\n")
    run = tfhoist("prove", out, "--engine", "terraform", "--service-root", changed, *case.given())
    assert run.code == 1
    assert "environments/staging.tfvars isn't as it was" in run.err
    assert SECRET not in run.out + run.err


def test_without_an_engine_the_symbolic_proof_stands(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    (out / "proof.json").unlink()
    run = case.prove(out, *case.given(), engine=str(tmp_path / "nothing"))
    assert run.code == 1
    assert "the symbolic proof needs none" in run.err
    assert "verdict: equivalent" in run.out
    assert "engine" not in proof(out)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.0.11", "1.0.11 is too old: 1.1 is the oldest that is run"),
        ("1.6.6", "1.6.6 doesn't know `removed` blocks with a `lifecycle`: 1.7 is the first that does"),
        ("1.9.0", "a state was written by Terraform"),
    ],
)
def test_an_engine_that_is_too_old_is_refused(case: Case, tmp_path: Path, version: str, message: str) -> None:
    old = tmp_path / "terraform"
    old.write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
    old.chmod(0o755)
    run = case.prove(case.copy(tmp_path), *case.given(), engine=str(old))
    assert run.code == 1
    assert message in run.err
    assert "verdict: equivalent" in run.out


def test_an_engine_that_fails_is_undecided_in_its_own_words(case: Case, tmp_path: Path) -> None:
    out = case.copy(tmp_path)
    (out / "central/environments/staging/pipeline_outputs.tf").unlink()
    run = case.prove(out, *case.given())
    assert run.code == 2
    assert "Unsupported attribute" in run.out
    assert "This object does not have an attribute named" in run.out
    environments = proof(out)["engine"]["environments"]
    assert environments["staging"]["roots"]["service"]["verdict"] == "undecided"
    assert environments["production"]["verdict"] == "equivalent"
    # The baseline itself can't be planned: no root has a verdict then.
    (out / "before/service/broken.tf").write_text("resource {}\n")
    run = case.prove(out, *case.given("staging"), "--environment=staging")
    assert run.code == 2
    staging = proof(out)["engine"]["environments"]["staging"]
    assert (staging["verdict"], staging["roots"]) == ("undecided", {})
    assert "Missing type for resource" in staging["reasons"][0]


def test_a_script_that_a_data_source_runs_can_be_run(case: Case) -> None:
    from tfhoist.engine.scratch import RootFiles, write_root

    root = RootFiles(tree={"main.tf": b"", "bin/look.sh": b"#!/bin/sh\n"})
    folder = write_root(case.folder, "scripts", root, None)
    assert os.access(folder / "bin/look.sh", os.X_OK)
    assert not os.access(folder / "main.tf", os.X_OK)


SLOW = """#!/bin/sh
case "$1" in
  version) echo '{"terraform_version": "99.0.0"}' ;;
  init) ls -ld "$(dirname "$(dirname "$PWD")")" > "$SEEN"; sleep 60 & echo $! >> "$SEEN"; wait ;;
esac
"""


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, seen = tmp_path / "terraform", tmp_path / "seen"
    slow.write_text(SLOW)
    slow.chmod(0o755)
    monkeypatch.setenv("SEEN", str(seen))
    out = case.copy(tmp_path)
    run = case.prove(out, *case.given("staging"), "--environment=staging", "--timeout=1", engine=str(slow))
    assert run.code == 2
    assert "It took longer than 1 s." in run.out
    assert_gone(int(seen.read_text().split()[-1]))


def test_when_it_is_stopped_no_scratch_folder_is_left(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, seen, scratch = tmp_path / "terraform", tmp_path / "seen", tmp_path / "scratch"
    slow.write_text(SLOW)
    slow.chmod(0o755)
    scratch.mkdir()
    monkeypatch.setenv("SEEN", str(seen))
    monkeypatch.setenv("TMPDIR", str(scratch))
    arguments = ["prove", case.copy(tmp_path), "--engine", slow, "--service-root", case.service]
    arguments += [*case.given("staging"), "--environment=staging"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tfhoist", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while not (seen.exists() and len(seen.read_text().splitlines()) == 2) and time.monotonic() < until:
        time.sleep(0.1)
    (folder,) = scratch.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130  # as after Ctrl-C
    assert b"Traceback" not in errors
    assert list(scratch.iterdir()) == []
    assert_gone(int(seen.read_text().split()[-1]))


def assert_gone(process: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a command that the engine started still runs")
