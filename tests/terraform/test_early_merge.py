"""Merging early: either root may be applied before its state has been moved, and nothing is created, updated or deleted."""

from __future__ import annotations

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
