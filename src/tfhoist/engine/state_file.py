"""A state in a file, written as Terraform writes one: in place, under a lock on the file itself.

Terraform takes an fcntl lock on the state file and writes information about it beside it; the information alone locks nothing (tried,
1.11.4), and a rename would leave the lock on a file that nobody reads any more.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import getpass
import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tfhoist.migration.store import StoreChanged, StoreFailed


class StateFile:
    """A state in a local file."""

    def __init__(self, path: Path, *, wait: float = 10.0) -> None:
        self._path = path
        self._wait = wait

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def where(self) -> str:
        """Its path."""
        return str(self._path)

    def read(self) -> bytes | None:
        """The file; an empty one holds no state, as for Terraform."""
        try:
            return self._path.read_bytes() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreFailed(f"{self._path} can't be read: {error.strerror}.") from None

    def replace(self, expected: bytes | None, content: bytes) -> None:
        """Write in place, with room for all of it made first: a full disk leaves the file as it was."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreFailed(f"{self._path} can't be written: {error.strerror}.") from None
        try:
            with self._locked(handle):
                there = _read_all(handle)
                if (there or None) != expected:
                    raise StoreChanged(f"{self._path} isn't what was read a moment ago.")
                self._write(handle, there, content)
        finally:
            os.close(handle)

    def _write(self, handle: int, there: bytes, content: bytes) -> None:
        try:
            _make_room(handle, len(there), len(content))
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, len(there))
            raise StoreFailed(f"{self._path}: there's no room for it ({error.strerror}); it's as it was.") from None
        try:
            _write_all(handle, content)
            os.fsync(handle)
            os.ftruncate(handle, len(content))
            os.fsync(handle)
        except OSError as error:
            raise StoreFailed(f"{self._path}: {error.strerror}.", sent=True) from None

    def unlock(self, lock: str) -> None:
        """Nothing to release: a process that dies lets go of the lock on a file."""
        raise StoreFailed(f"{self._path} is locked by a running process, if at all: wait for it.")

    @contextlib.contextmanager
    def _locked(self, handle: int) -> Iterator[None]:
        until = time.monotonic() + self._wait
        while True:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EAGAIN):
                    raise StoreFailed(f"{self._path} can't be locked: {error.strerror}.") from None
                if time.monotonic() > until:
                    raise StoreFailed(f"{self._path} is locked by another process{self._holder()}.") from None
                time.sleep(0.1)
        information = self._information
        with contextlib.suppress(OSError):
            information.write_bytes(_lock_information(self._path))
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                information.unlink()
            fcntl.lockf(handle, fcntl.LOCK_UN)

    @property
    def _information(self) -> Path:
        return self._path.with_name(f".{self._path.name}.lock.info")

    def _holder(self) -> str:
        try:
            told = msgspec.json.decode(self._information.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError):
            return ""
        return f" ({told.get('Who', 'nobody known')}, {told.get('Operation', '')}, since {told.get('Created', '')})"


def _read_all(handle: int) -> bytes:
    size = os.fstat(handle).st_size
    parts: list[bytes] = []
    start = 0
    while start < size:
        part = os.pread(handle, size - start, start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _make_room(handle: int, there: int, wanted: int) -> None:
    if wanted <= there:
        return
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, there, wanted - there)
    else:  # macOS
        os.pwrite(handle, b"\0" * (wanted - there), there)
    os.fsync(handle)


def _write_all(handle: int, content: bytes) -> None:
    view, start = memoryview(content), 0
    while view:
        written = os.pwrite(handle, view, start)
        start += written
        view = view[written:]


def _lock_information(path: Path) -> bytes:
    try:
        who = f"{getpass.getuser()}@{os.uname().nodename}"
    except (OSError, KeyError):
        who = "unknown"
    return msgspec.json.encode(
        {
            "ID": str(uuid.uuid4()),
            "Operation": "OperationTypeMigrate",
            "Info": "tfhoist",
            "Who": who,
            "Version": "",
            "Created": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "Path": str(path),
        }
    )
