"""Running terraform or tofu: found on PATH, asked for its version, and run where nothing of the user's is written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tfhoist.errors import TfhoistError

OLDEST = (1, 1)
REMOVED_BLOCKS = (1, 7)
IMPORT_BLOCKS = (1, 5)


class EngineMissing(TfhoistError):
    """There's no engine on PATH, or it's too old."""


class EngineFailed(TfhoistError):
    """A command failed; `output` has the engine's own words, whole."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        self.command = tuple(command)
        self.output = output
        super().__init__(f"`{' '.join(command)}` failed:\n{output}")


class Engine(msgspec.Struct, frozen=True):
    """One engine: `terraform` or `tofu`, where it is, and its version."""

    name: str
    path: str
    version: str
    timeout: float | None = None

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor version."""
        return _numbers(self.version)

    def run(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> bytes:
        """Run a command there and return its standard output; raises `EngineFailed`.

        The user's credentials, provider settings and plugin cache hold; what would change the command's arguments, its data folder or
        its workspace doesn't.
        """
        try:
            done = subprocess.run(
                [self.path, *arguments], cwd=folder, env={**_environment(), **(environment or {})},
                stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=self.timeout,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise EngineFailed((self.name, *arguments), f"It took longer than {self.timeout:g} s.") from None
        except OSError as error:
            raise EngineFailed((self.name, *arguments), str(error)) from None
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode(errors="replace")
            raise EngineFailed((self.name, *arguments), said)
        return done.stdout


def find_engine(name: str = "terraform", *, timeout: float | None = None) -> Engine:
    """The engine of that name on PATH; raises `EngineMissing`."""
    path = shutil.which(name)
    if path is None:
        raise EngineMissing(f"{name} isn't on PATH; the symbolic proof needs none.")
    said = Engine(name, path, "", timeout).run(Path.cwd(), ["version", "-json"])
    version = str(msgspec.json.decode(said).get("terraform_version", ""))
    if _numbers(version) < OLDEST:
        raise EngineMissing(f"{name} {version} is too old: {OLDEST[0]}.{OLDEST[1]} is the oldest that is run.")
    return Engine(name, path, version, timeout)


def _numbers(version: str) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match is not None else (0, 0)


_DROPPED = ("TF_DATA_DIR", "TF_WORKSPACE", "TF_INPUT", "TF_REATTACH_STATE")


def _environment() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in _DROPPED and not name.startswith("TF_CLI_ARGS")
    }
    return {**kept, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0"}
