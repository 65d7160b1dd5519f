"""The journal, cut off anywhere, and the folder that it lives in."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tfhoist.errors import UsageError
from tfhoist.migration.journal import read_entries, replay
from tfhoist.migration.records import JOURNAL, InUse, Records


def written(tmp_path: Path) -> Records:
    records = Records(tmp_path / "r")
    records.create()
    records.append("planned", plan="p")
    records.append("backed-up", side="source", file="backups/x", sha256="s")
    records.append("approved")
    records.append("intent", side="destination", step="write", serial=2)
    records.append("outcome", side="destination", step="write", result="done", serial=2)
    records.append("intent", side="source", step="write", serial=8)
    return records


def test_how_far_it_is(tmp_path: Path) -> None:
    progress = written(tmp_path).progress()
    assert (progress.phase, progress.plan) == ("running", "p")
    assert progress.written == {"destination"}
    assert progress.open_write == {"source"}  # it may have arrived, and may yet
    assert progress.started
    assert [one.file for one in progress.backups] == ["backups/x"]


def test_an_unknown_outcome_stays_open_and_a_refusal_closes(tmp_path: Path) -> None:
    records = written(tmp_path)
    records.append("outcome", side="source", step="write", result="unknown")
    assert records.progress().open_write == {"source"}
    records.append("outcome", side="source", step="write", result="refused")
    assert records.progress().open_write == set()
    assert records.progress().written == {"destination"}


def test_a_new_plan_begins_anew(tmp_path: Path) -> None:
    records = written(tmp_path)
    records.append("planned", plan="q")
    assert records.progress() == replay([msgspec.structs.replace(records.entries()[-1], number=1)])


def test_cut_off_anywhere(tmp_path: Path) -> None:
    """After a loss of power the last line may be half there: all before it counts, and the next entry takes its place."""
    records = written(tmp_path)
    path = records.folder / JOURNAL
    whole = path.read_bytes()
    lengths = [len(line) + 1 for line in whole.split(b"\n")[:-1]]
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        complete = sum(1 for number in range(len(lengths)) if sum(lengths[: number + 1]) <= cut)
        assert len(records.entries()) == complete
    path.write_bytes(whole[:-5])
    entry = records.append("approved")
    assert entry.number == 6
    assert [one.number for one in records.entries()] == [1, 2, 3, 4, 5, 6]


def test_a_journal_that_was_changed_is_refused(tmp_path: Path) -> None:
    records = written(tmp_path)
    path = records.folder / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:1] + lines[2:]))
    with pytest.raises(UsageError, match="damaged"):
        records.entries()
    with pytest.raises(UsageError, match="line 1"):
        read_entries(b"{nonsense}\n", "journal")


def test_one_at_a_time(tmp_path: Path) -> None:
    records = written(tmp_path)
    with records.locked(), pytest.raises(InUse), Records(records.folder).locked():
        pass
    with records.locked():
        pass


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    records = written(tmp_path)
    records.save("writes/x", b"a secret")
    assert records.folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in records.folder.rglob("*"))
    assert (records.folder / ".gitignore").read_text().endswith("*\n")
