"""Asking git whether a folder is clean; the only use of git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def uncommitted(folder: Path) -> list[str] | None:
    """The paths below a folder that differ from the last commit; None where there's no git or no repository."""
    git = shutil.which("git")
    if git is None:
        return None
    answer = subprocess.run(
        [git, "-C", str(folder), "status", "--porcelain", "--untracked-files=normal", "--", "."],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        return None
    return [line[3:] for line in answer.stdout.splitlines()]
