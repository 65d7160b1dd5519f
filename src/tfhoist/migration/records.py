"""The folder of one migration: its plan, its journal, the states before and after, the backups. Only its owner may read it.

Whatever is written here is on the disk before the call returns: a journal that forgets is worse than none.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tfhoist.errors import TfhoistError, UsageError
from tfhoist.migration.journal import Progress, read_entries, replay
from tfhoist.migration.model import DESTINATION, SOURCE, Entry, MigrationPlan, Side
from tfhoist.state.document import SnapshotDocument, read_document
from tfhoist.state.inverse import Inverse

JOURNAL, PLAN, INVERSE, LOCK = "journal.jsonl", "plan.json", "inverse.json", "lock"


class InUse(TfhoistError):
    """Another migration works on this folder now."""


class Records:
    """One migration's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether a migration was planned here."""
        return (self.folder / PLAN).is_file()

    def create(self) -> None:
        """Make the folder, for its owner alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        os.chmod(self.folder, 0o700)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            self.save(".gitignore", b"# States are in here, with all their secrets.\n*\n")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in this folder; raises `InUse` when another process is. A process that dies lets go."""
        self.create()
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InUse(
                    f"another tfhoist migrate works in {self.folder} now: wait for it, and ask `tfhoist migrate status`."
                ) from None
            yield
        finally:
            os.close(handle)

    # the journal

    def entries(self) -> list[Entry]:
        """All entries; a last line that was cut off isn't one."""
        return self._journal()[0]

    def progress(self) -> Progress:
        """How far it is."""
        return replay(self.entries())

    def append(self, event: str, **fields: object) -> Entry:
        """Write one entry, and have it on the disk."""
        entries, length = self._journal()
        entry = Entry(number=len(entries) + 1, at=now(), event=event, **fields)  # type: ignore[arg-type]
        path = self.folder / JOURNAL
        is_new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size > length:
                os.ftruncate(handle, length)  # what was cut off
            _write_all(handle, msgspec.json.encode(entry) + b"\n", length)
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            _sync_folder(self.folder)
        return entry

    def _journal(self) -> tuple[list[Entry], int]:
        path = self.folder / JOURNAL
        try:
            return read_entries(path.read_bytes(), str(path))
        except FileNotFoundError:
            return [], 0

    # files

    def save(self, name: str, content: bytes) -> str:
        """Write a file whole or not at all, and have it on the disk; returns its SHA-256."""
        target = self.folder / name
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700)
            _sync_folder(self.folder)
        part = target.with_name(f".{target.name}.part")
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write_all(handle, content, 0)
            os.fsync(handle)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise
        finally:
            os.close(handle)
        os.replace(part, target)
        _sync_folder(target.parent)
        return hashlib.sha256(content).hexdigest()

    def load(self, name: str) -> bytes:
        """Read a file of the folder; raises `UsageError` where it's missing."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            raise UsageError(
                f"{self.folder / name} is missing.", "Run `tfhoist migrate plan`, or bring the folder that it wrote."
            ) from None

    def save_plan(self, plan: MigrationPlan, inverse: Inverse, states: dict[str, bytes]) -> None:
        """Write a plan and all that it needs, the plan last."""
        for name, content in states.items():
            self.save(name, content)
        self.save(INVERSE, msgspec.json.encode(inverse))
        self.save(PLAN, msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")
        self.append("planned", plan=plan.id)

    def plan(self) -> MigrationPlan:
        """The plan; raises `UsageError` when there's none, or when it isn't the one that the journal is about."""
        if not self.exists:
            raise UsageError(f"nothing was planned in {self.folder}.", "Run `tfhoist migrate plan` first.")
        path = self.folder / PLAN
        try:
            plan = msgspec.json.decode(path.read_bytes(), type=MigrationPlan)
        except msgspec.DecodeError as error:
            raise UsageError(f"{path} is damaged: {error}.", "Run `tfhoist migrate plan` again.") from None
        known = self.progress().plan
        if known and known != plan.id:
            raise UsageError(f"{path} isn't the plan that the journal is about.", "Run `tfhoist migrate plan` again.")
        return plan

    def inverse(self) -> Inverse:
        """What takes the surgery back."""
        try:
            return msgspec.json.decode(self.load(INVERSE), type=Inverse)
        except msgspec.DecodeError as error:
            raise UsageError(f"{self.folder / INVERSE} is damaged: {error}.", "Use the backups beside it.") from None

    def state(self, side: Side, when: str) -> tuple[bytes, SnapshotDocument | None]:
        """A state of the plan: `when` is before or after. Nothing at all for one that wasn't there."""
        name = state_file(side, when)
        content = self.load(name)
        return content, read_document(content, str(self.folder / name)) if content else None


def state_file(side: Side, when: str) -> str:
    """The name of a state in the folder."""
    assert side in (SOURCE, DESTINATION)
    return f"{side}.{when}.tfstate"


def now() -> str:
    """The time, in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def stamp() -> str:
    """The time in a file's name."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def _write_all(handle: int, content: bytes, start: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(handle, view, start)
        start += written
        view = view[written:]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
