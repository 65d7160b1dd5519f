"""What the journal's entries come to: how far a migration is, whatever happened to who ran it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tfhoist.errors import UsageError
from tfhoist.migration.model import DESTINATION, SOURCE, Backup, Entry, Side

_DECODER = msgspec.json.Decoder(Entry)


def read_entries(source: bytes, path: str) -> tuple[list[Entry], int]:
    """The entries, and the length of what they take up: a last line that was cut off while it was written doesn't count.

    Raises `UsageError` for a journal that was changed by hand.
    """
    entries: list[Entry] = []
    length = 0
    for line in source.split(b"\n")[:-1]:
        try:
            entry = _DECODER.decode(line)
        except msgspec.DecodeError as error:
            raise UsageError(f"{path} is damaged at line {len(entries) + 1}: {error}.", _DAMAGED) from None
        if entry.number != len(entries) + 1:
            raise UsageError(f"{path} is damaged: entry {len(entries) + 1} says that it's {entry.number}.", _DAMAGED)
        entries.append(entry)
        length += len(line) + 1
    return entries, length


_DAMAGED = "Keep the folder as it is. The backups beside it are whole: compare both states with them by hand."


class Progress(msgspec.Struct, frozen=True):
    """How far a migration is. `phase` is the last of its kind; `written` are sides whose write is known to have arrived."""

    phase: str = "none"
    plan: str = ""
    written: frozenset[str] = frozenset()
    open_write: frozenset[str] = frozenset()
    """Sides that a write was begun to and never heard of again: it may yet arrive."""
    restored: frozenset[str] = frozenset()
    touched: bool = False
    verified: bool = False
    backups: tuple[Backup, ...] = ()
    handed: frozenset[str] = frozenset()
    """Sides that the other team's receipt vouches for."""

    @property
    def started(self) -> bool:
        """Whether a write was intended since the plan was made."""
        return bool(self.written or self.open_write or self.touched)


_PHASES = {
    "planned": "planned",
    "rehearsed": "rehearsed",
    "approved": "running",
    "migrated": "migrated",
    "verified": "verified",
    "unverified": "migrated",
    "rolling-back": "rolling-back",
    "rolled-back": "rolled_back",
    "finalized": "finalized",
}


def replay(entries: Iterable[Entry]) -> Progress:
    """The progress of the newest plan in the journal."""
    progress = Progress()
    for entry in entries:
        progress = _after(progress, entry)
    return progress


def _after(progress: Progress, entry: Entry) -> Progress:
    if entry.event == "planned":
        return Progress(phase="planned", plan=entry.plan)
    if entry.event == "backed-up":
        backup = Backup(entry.side, entry.file, entry.sha256, entry.at)
        kept = tuple(one for one in progress.backups if one.side != entry.side)
        return msgspec.structs.replace(progress, backups=(*kept, backup))
    if entry.event == "receipt":
        return msgspec.structs.replace(progress, handed=progress.handed | {entry.side})
    if entry.event == "intent":
        return msgspec.structs.replace(progress, open_write=progress.open_write | {entry.side}, touched=True)
    if entry.event == "outcome":
        if entry.result == "unknown":  # it may yet arrive
            return progress
        closed = progress.open_write - {entry.side}
        if entry.result != "done":
            return msgspec.structs.replace(progress, open_write=closed)
        if entry.step == "restore":
            return msgspec.structs.replace(
                progress,
                open_write=closed,
                restored=progress.restored | {entry.side},
                written=progress.written - {entry.side},
            )
        return msgspec.structs.replace(progress, open_write=closed, written=progress.written | {entry.side})
    phase = _PHASES.get(entry.event)
    if phase is None:
        return progress
    return msgspec.structs.replace(progress, phase=phase, verified=progress.verified or entry.event == "verified")


def latest_content(entries: Iterable[Entry], side: Side) -> Entry | None:
    """The newest entry that says what one side holds."""
    found = None
    for entry in entries:
        if entry.side == side and entry.event == "outcome" and entry.result == "done":
            found = entry
    return found


SIDES: tuple[Side, Side] = (DESTINATION, SOURCE)
"""In the order of writing: what moves is in both states for a while, and never in none."""
