"""The same input gives the same bytes, whatever the seed of Python's hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.support import CENTRAL, SERVICE, tree, with_states

RUNS = int(os.environ.get("TFHOIST_SAME_BYTES", "3"))
"""40 by hand: TFHOIST_SAME_BYTES=40 make test PYTEST="-k same_bytes"."""


@pytest.mark.slow
def test_same_bytes(tmp_path: Path) -> None:
    before: dict[str, bytes] = {}
    for run in range(RUNS):
        out = tmp_path / str(run)
        command = [
            sys.executable,
            "-m",
            "tfhoist",
            "consolidate",
            SERVICE,
            "--central",
            CENTRAL,
            *with_states(),
            "--out",
            out,
        ]
        seeded = {**os.environ, "PYTHONHASHSEED": str(run * 7919 + 1)}
        subprocess.run(list(map(str, command)), check=True, capture_output=True, env=seeded)
        written = tree(out)
        if not run:
            before = written
        assert written == before
    assert before
