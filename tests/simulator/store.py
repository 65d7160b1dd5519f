"""What the simulated cloud remembers: a file for each resource instance, and a journal of everything that was asked."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. It holds names and never values, which may be secret."""

    operation: str  # create, update, delete, read, import or data
    provider: str
    type: str
    id: str
    region: str
    changed: tuple[str, ...] = ()  # of an update: the arguments and attributes


class Journal:
    """A file of JSON lines; lines are appended whole, so that several servers can share it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()

    def append(self, entry: Entry) -> None:
        line = json.dumps({name: getattr(entry, name) for name in Entry.__slots__}) + "\n"
        with self._lock, self.file.open("a") as stream:
            stream.write(line)

    def entries(self) -> list[Entry]:
        if not self.file.exists():
            return []
        lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        return [Entry(**{**line, "changed": tuple(line["changed"])}) for line in lines]

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)


class Store:
    """The resource instances that exist, by type and id. Values are as a state file has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, type_name: str, identity: str) -> Json | None:
        """The attributes of a resource instance, or nothing when there's none."""
        file = self._file(type_name, identity)
        found: Json | None = json.loads(file.read_text()) if file.exists() else None
        return found

    def put(self, type_name: str, identity: str, attributes: Json) -> None:
        """Write a resource instance."""
        file = self._file(type_name, identity)
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(attributes))
        temporary.replace(file)

    def remove(self, type_name: str, identity: str) -> None:
        """Forget a resource instance; that there's none is no error, as with most deletions."""
        self._file(type_name, identity).unlink(missing_ok=True)

    def all(self, type_name: str) -> Iterator[Json]:
        """The resource instances of a type, in no order that means anything, but always the same."""
        for file in sorted((self.folder / type_name).glob("*.json")):
            yield json.loads(file.read_text())

    def _file(self, type_name: str, identity: str) -> Path:
        return self.folder / type_name / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.json"
