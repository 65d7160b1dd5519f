"""A state in a backend, read and written by the engine itself: `state pull` and `state push` in a root that has its backend block alone.

So every backend that the engine knows is known here, with the user's own credentials, its lock, and its own check of serials.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tfhoist.engine.process import Engine, EngineFailed
from tfhoist.migration.store import StoreChanged, StoreFailed

LOCK_TIMEOUT = "10s"
"""How long a push waits for somebody else's lock."""


class BackendFiles(msgspec.Struct, frozen=True, kw_only=True):
    """What `init` reads: the `terraform` block with the backend (or `cloud`) in it, and files of backend settings by their name."""

    block: bytes
    settings: Mapping[str, bytes] = {}
    workspace: str = "default"
    where: str


class BackendStore:
    """A state behind a backend. `folder` is a scratch folder, which only its owner may read."""

    def __init__(self, engine: Engine, folder: Path, files: BackendFiles) -> None:
        self._engine = engine
        self._folder = folder
        self._files = files
        self._ready = False

    @property
    def files(self) -> BackendFiles:
        """What `init` reads."""
        return self._files

    @property
    def where(self) -> str:
        """The place, for people."""
        return self._files.where

    def read(self) -> bytes | None:
        """`state pull`; an empty answer is a state that doesn't exist."""
        source = self._run(["state", "pull", "-no-color"])
        return source if source.strip() else None

    def replace(self, expected: bytes | None, content: bytes) -> None:
        """`state push` of the next serial: Terraform refuses it when somebody wrote since, under the backend's own lock.

        What is there is read once more first: a push of another content under an equal serial is refused, but a state that was
        taken back to an older serial by hand would be written over.
        """
        found = self.read()
        if found != expected:
            raise StoreChanged(f"{self.where} isn't what was read a moment ago.")
        path = self._folder / "push.tfstate"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        try:
            self._run(["state", "push", "-no-color", f"-lock-timeout={LOCK_TIMEOUT}", str(path)])
        except StoreFailed as failure:
            raise StoreFailed(failure.summary, sent=True, lock=failure.lock) from None
        finally:
            with contextlib.suppress(OSError):
                path.unlink()

    def unlock(self, lock: str) -> None:
        """`force-unlock` of one lock."""
        self._run(["force-unlock", "-no-color", "-force", lock])

    def _run(self, arguments: list[str]) -> bytes:
        environment = {"TF_WORKSPACE": self._files.workspace} if self._files.workspace != "default" else {}
        try:
            if not self._ready:
                self._prepare(environment)
            return self._engine.run(self._folder, arguments, environment)
        except EngineFailed as failure:
            held = _LOCK.search(failure.output)
            if held is None or "lock" not in failure.output.lower():
                raise StoreFailed(str(failure)) from None
            raise StoreFailed(str(failure), lock=held[1] or held[2]) from None

    def _prepare(self, environment: Mapping[str, str]) -> None:
        (self._folder / "backend.tf").write_bytes(self._files.block)
        arguments = ["init", "-input=false", "-no-color", "-reconfigure"]
        for name, content in self._files.settings.items():
            (self._folder / name).write_bytes(content)
            arguments.append(f"-backend-config={name}")
        self._engine.run(self._folder, arguments, environment)
        self._ready = True


_LOCK = re.compile(r"^[\s│|]*ID:\s+(\S+)|already locked: ID=(\S+)", re.MULTILINE)
