"""Merging early: either root may be applied before its state has been moved, and nothing is created, updated or deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import tfhoist
from tests.simulator.simulator import Simulator, TerraformFailed

VALUES = {"TF_VAR_database_password": "database-password", "TF_VAR_api_secret_key": "api-key"}


class Merged:
    """A service that was created, consolidated with its state, and both repositories merged; no state has been moved.

    Each root keeps its own local state: the central one that of before, the service's too.
    """

    def __init__(self, simulator: Simulator, service: Path, base: Path, environment: str, central: Path | None) -> None:
        self.simulator = simulator
        self.environment = environment
        self.states = {"service": base / "service.tfstate", "central": base / "central.tfstate"}
        simulator.env |= VALUES
        self.var_files = [f"-var-file=environments/{environment}.tfvars"] if (service / "environments").is_dir() else []
        place_state(service, self.states["service"])
        simulator.apply(service, *self.var_files)
        if central is not None:
            before = central / "environments" / environment
            place_state(before, self.states["central"])
            simulator.apply(before)
        (service / "zz_override.tf").unlink()
        out = base / "out"
        given: list[str | Path] = [] if central is None else ["--central", central]
        for one in () if central is None else [central / "environments" / environment / "zz_override.tf"]:
            one.unlink()
        state = f"{environment}={self.states['service']}"
        self.run = tfhoist("consolidate", service, *given, "--state", state, "--out", out)
        assert self.run.code == 0, self.run.out + self.run.err
        self.out = out
        self.central = out / "central" / "environments" / environment
        self.service = out / "service"
        place_state(self.central, self.states["central"])
        place_state(self.service, self.states["service"], remote=self.states["central"])
        simulator.forget_journal()

    def plan(self, root: Path) -> Any:
        return self.simulator.plan(root, *(self.var_files if root == self.service else []))

    def apply(self, root: Path) -> None:
        self.simulator.apply(root, *(self.var_files if root == self.service else []))

    def imported(self, plan: Any) -> dict[str, str]:
        """The addresses that a plan imports, with their ids."""
        return {
            change["address"]: change["change"]["importing"]["id"]
            for change in plan["resource_changes"]
            if "importing" in change["change"]
        }


def place_state(root: Path, state: Path, remote: Path | None = None) -> None:
    text = f'terraform {{\n  backend "local" {{\n    path = "{state}"\n  }}\n}}\n'
    if remote is not None:
        text += f'data "terraform_remote_state" "central" {{\n  backend = "local"\n  config = {{\n    path = "{remote}"\n  }}\n}}\n'
    (root / "zz_override.tf").write_text(text)


@pytest.fixture
def merged(simulator: Simulator, example_copy: Callable[[str], Path], tmp_path: Path) -> Merged:
    return Merged(
        simulator, example_copy("data-pipeline"), tmp_path, "production", example_copy("hokusai-infrastructure")
    )


@pytest.mark.slow
def test_the_central_root_comes_first(merged: Merged) -> None:
    moved = {one for one in state_of(merged, merged.service) if is_moved(merged, one)}
    plan = merged.plan(merged.central)
    assert merged.simulator.changes(plan) == {}
    assert {address.removeprefix("module.data_pipeline.") for address in merged.imported(plan)} == moved
    assert len(moved) == 68
    merged.apply(merged.central)
    assert merged.simulator.written() == []
    assert merged.simulator.changes(merged.plan(merged.central)) == {}

    plan = merged.plan(merged.service)
    assert set(map(tuple, merged.simulator.changes(plan).values())) == {("forget",)}
    assert set(merged.simulator.changes(plan)) == moved
    merged.apply(merged.service)
    assert merged.simulator.written() == []
    assert merged.simulator.changes(merged.plan(merged.service)) == {}


@pytest.mark.slow
def test_the_service_root_comes_first(merged: Merged) -> None:
    before = merged.states["service"].read_bytes()
    with pytest.raises(TerraformFailed, match="Unsupported attribute"):
        merged.plan(merged.service)
    with pytest.raises(TerraformFailed, match="Unsupported attribute"):
        merged.apply(merged.service)
    assert merged.states["service"].read_bytes() == before
    assert merged.simulator.written() == []


@pytest.mark.slow
def test_going_back_when_the_central_root_came_first(merged: Merged) -> None:
    """As rollback.md has it: the central state forgets what was imported, and both old roots fit their states again."""
    merged.apply(merged.central)
    merged.simulator.terraform(merged.central, "state", "rm", "module.data_pipeline")
    merged.simulator.forget_journal()
    for root, remote in ((merged.out / "before" / "service", None), (merged.out / "before" / "central", None)):
        folder = root if root.name == "service" else root / "environments" / merged.environment
        place_state(folder, merged.states[root.name], remote)
        arguments = merged.var_files if root.name == "service" else []
        assert merged.simulator.changes(merged.simulator.plan(folder, *arguments)) == {}
    assert merged.simulator.written() == []


@pytest.mark.slow
def test_what_nothing_imports_is_said_and_planned_as_a_create(simulator: Simulator, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(UNKNOWN)
    (root / "tfhoist.toml").write_text(
        '[service]\nname = "small"\n\n[central]\nrepository = "central"\n\n[[environments]]\nname = "production"\n\n'
        '[placement.overrides]\n"aws_lb.main" = "central"\n"aws_lb.other" = "central"\n"random_id.suffix" = "central"\n'
        '"aws_sqs_queue.own" = "local"\n'
    )
    merged = Merged(simulator, root, tmp_path, "production", None)
    plan = merged.plan(merged.central)
    assert merged.simulator.changes(plan) == {
        'module.small.aws_lb.main["a.b/c"]': ["create"],  # imported, it would be replaced: its name isn't known
        "module.small.random_id.suffix": ["create"],
    }
    assert merged.imported(plan).keys() == {'module.small.aws_lb.other["x y"]'}
    runbook = (merged.out / "migration" / "runbook.md").read_text()
    first = runbook.split("## 1. ")[1].split("\n|")[0]
    assert "**Nothing imports these in production**" in first
    assert "`random_id.suffix`" in first
    consolidation = json.loads((merged.out / "consolidation.json").read_text())
    assert [one["address"] for one in consolidation["imports"]["production"]["not_imported"]] == [
        'aws_lb.main["a.b/c"]',
        "random_id.suffix",
    ]
    assert any("random_id.suffix" in note for note in json.loads((merged.out / "proof.json").read_text())["notes"])


UNKNOWN = """
terraform {
  required_version = ">= 1.7"

  required_providers {
    aws    = { source = "hashicorp/aws" }
    random = { source = "hashicorp/random" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "aws_lb" "main" {
  for_each = toset(["a.b/c"])

  name = "main-${random_id.suffix.hex}"
}

resource "aws_lb" "other" {
  for_each = toset(["x y"])

  name = "other"
}

resource "aws_sqs_queue" "own" {
  name = "own-${values(aws_lb.other)[0].name}"
}
"""


def state_of(merged: Merged, root: Path) -> set[str]:
    """The managed instances of a root's state."""
    listed = merged.simulator.terraform(root, "state", "list") if (root / ".terraform").exists() else None
    if listed is None:
        merged.simulator.init(root)
        listed = merged.simulator.terraform(root, "state", "list")
    return {address for address in listed.stdout.split() if ".data." not in f".{address}"}


def is_moved(merged: Merged, address: str) -> bool:
    """Whether the service root forgets an address: its `removed` blocks say so."""
    text = (merged.service / "removed.tf").read_text()
    block = address.partition("[")[0]
    return any(f"from = {one}\n" in text for one in (block, ".".join(block.split(".")[:2])))
