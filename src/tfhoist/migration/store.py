"""What a migration needs of a place where a state lives, and what can go wrong there."""

from __future__ import annotations

from typing import Protocol

from tfhoist.errors import TfhoistError


class StoreFailed(TfhoistError):
    """The place couldn't be read or written. `sent` tells whether a write may have arrived, or may yet."""

    def __init__(self, summary: str, *, sent: bool = False, lock: str = "") -> None:
        self.summary = summary
        self.sent = sent
        self.lock = lock
        super().__init__(summary)


class StoreChanged(TfhoistError):
    """Somebody else wrote between the reading and the writing; nothing of ours was written."""


class StateStore(Protocol):
    """One state: a file, or a backend by way of an engine."""

    @property
    def where(self) -> str:
        """The place, for people; no credentials."""

    def read(self) -> bytes | None:
        """The state as it is now; None when there's none. Raises `StoreFailed`."""

    def replace(self, expected: bytes | None, content: bytes) -> None:
        """Write `content` where `expected` is; raises `StoreChanged` when something else is there, `StoreFailed` when it can't."""

    def unlock(self, lock: str) -> None:
        """Release a lock that somebody left behind, by its id. Raises `StoreFailed`."""
