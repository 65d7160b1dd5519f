"""A state file, written in place under a lock."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tfhoist.engine import state_file
from tfhoist.engine.state_file import StateFile
from tfhoist.migration.store import StoreChanged, StoreFailed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "terraform.tfstate"
    found.write_bytes(b"old content")
    return found


@pytest.mark.parametrize("content", [b"new", b"new content", b"much longer than the old content"])
def test_written_in_place(path: Path, content: bytes) -> None:
    inode = path.stat().st_ino
    StateFile(path).replace(b"old content", content)
    assert path.read_bytes() == content
    assert path.stat().st_ino == inode  # a rename would swap the file under somebody's lock
    assert list(path.parent.iterdir()) == [path]


def test_a_state_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "new.tfstate"
    store = StateFile(path)
    assert store.read() is None
    store.replace(None, b"content")
    assert store.read() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_somebody_wrote_is_kept(path: Path) -> None:
    with pytest.raises(StoreChanged):
        StateFile(path).replace(b"other content", b"new")
    assert path.read_bytes() == b"old content"


def test_a_full_disk_leaves_it_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, there: int, wanted: int) -> None:
        os.pwrite(handle, b"\0\0", there)  # some room was there
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(state_file, "_make_room", full)
    with pytest.raises(StoreFailed, match="as it was") as caught:
        StateFile(path).replace(b"old content", b"much longer than the old content")
    assert not caught.value.sent
    assert path.read_bytes() == b"old content"


def test_a_failure_in_the_middle_may_have_arrived(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int, content: bytes) -> None:
        os.pwrite(handle, content[:3], 0)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(state_file, "_write_all", broken)
    with pytest.raises(StoreFailed) as caught:
        StateFile(path).replace(b"old content", b"new")
    assert caught.value.sent
