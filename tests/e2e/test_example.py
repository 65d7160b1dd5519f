"""The example, created by `terraform apply` in three environments and consolidated: Terraform itself sees no change in either root."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.support import CENTRAL, ENVIRONMENTS, SERVICE
from tests.e2e.rig import Case, Root, check
from tests.simulator.fixture import NewSimulator

EXAMPLE = Root(SERVICE, CENTRAL, ENVIRONMENTS, {"database_password": "not-a-password", "api_secret_key": "not-a-key"})


def test_nothing_changes_in_three_environments(new_simulator: NewSimulator, tmp_path: Path) -> None:
    case = Case(EXAMPLE, new_simulator, tmp_path)
    assert {name: len(created) for name, created in case.created.items()} == {
        "development": 83,  # no certificate there, hence no HTTPS
        "staging": 100,
        "production": 108,  # a NAT gateway for each subnet
    }
    check(case)
