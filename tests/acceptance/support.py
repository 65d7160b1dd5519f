"""Running the command as a person does, and the inputs of the first case."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SERVICE = EXAMPLES / "data-pipeline"
CENTRAL = EXAMPLES / "hokusai-infrastructure"
CONFLICTED = EXAMPLES / "data-pipeline-conflicted"
STATES = EXAMPLES / "states" / "data-pipeline"
ENVIRONMENTS = ("development", "staging", "production")


class Run(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def tfhoist(*arguments: str | Path, cwd: Path | None = None) -> Run:
    """Run the command line in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "tfhoist", *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert "Traceback" not in answer.stderr, answer.stderr
    return Run(answer.returncode, answer.stdout, answer.stderr)


def with_states() -> list[str]:
    """The options that give the example's state snapshots."""
    return [part for name in ENVIRONMENTS for part in ("--state", f"{name}={STATES / f'{name}.tfstate'}")]


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
