"""Roots of different shapes, each created and consolidated: Terraform itself sees no change in either root."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.rig import Case, check
from tests.e2e.subjects import ROOTS, root
from tests.simulator.fixture import NewSimulator


@pytest.mark.parametrize("name", ROOTS)
def test_nothing_changes(name: str, new_simulator: NewSimulator, tmp_path: Path) -> None:
    check(Case(root(name), new_simulator, tmp_path))
