"""The consolidated example, made once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.support import CENTRAL, SERVICE, tfhoist, with_states


@pytest.fixture(scope="session")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, consolidated. Tests that change it copy it first."""
    out = tmp_path_factory.mktemp("consolidated") / "out"
    run = tfhoist("consolidate", SERVICE, "--central", CENTRAL, *with_states(), "--out", out)
    assert run.code == 0, run.out + run.err
    return out
