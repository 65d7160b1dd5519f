"""Where each root keeps its state: no two central roots may write one state, and none the service's own.

A second root that writes a state plans to destroy all that the first one put there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tfhoist.configuration.environments import Backend
from tfhoist.proof.model import FAILS, HOLDS, Obligation
from tfhoist.proof.remote_state import BACKEND_DEFAULTS, NOT_THE_PLACE
from tfhoist.proof.sides import Opened
from tfhoist.values.types import equal, has_unknown


class Place:
    """Where one root's state is, as far as its files say: None for what comes from elsewhere."""

    def __init__(self, backend: Backend | None, repository: str, folder: str, workspace: str) -> None:
        self.repository = repository
        self.folder = folder
        self.backend = backend or Backend("local", {})
        self.workspace = workspace

    def is_that_of(self, other: Place) -> bool:
        """Whether it's certainly the same state."""
        one, two = self.backend, other.backend
        if one.type != two.type or not (one.complete and two.complete) or self.workspace != other.workspace:
            return False
        if one.type == "local":
            same_folder = self.repository == other.repository or self._file().startswith("/")
            return same_folder and self._file() == other._file()
        names = {*one.config, *two.config} - NOT_THE_PLACE
        pairs = [
            (one.config.get(n, BACKEND_DEFAULTS.get(n)), two.config.get(n, BACKEND_DEFAULTS.get(n))) for n in names
        ]
        return bool(pairs) and all(not has_unknown((a, b)) and equal(a, b) for a, b in pairs)

    def _file(self) -> str:
        path = str(self.backend.config.get("path") or "terraform.tfstate")
        return path if path.startswith("/") else posixpath.normpath(posixpath.join(self.folder, path))


def check_states(environments: list[Opened], folders: list[str]) -> Iterator[Obligation]:
    """One obligation for each central root; `folders` are theirs."""
    seen: list[tuple[str, Place]] = []
    services = [
        Place(opened.before.environment.backend, "service", "", opened.before.environment.workspace)
        for opened in environments
    ]
    for opened, folder in zip(environments, folders, strict=True):
        own = Place(opened.central.environment.backend, "central", folder, "default")
        twin = next((other for other, place in seen if other != folder and own.is_that_of(place)), None)
        if twin is not None:
            detail = f"it writes the state that {twin} writes: each would destroy what the other made"
            yield Obligation("central-root", folder, opened.name, FAILS, detail)
        elif any(own.is_that_of(service) for service in services):
            detail = "it writes the service root's own state: each would destroy what the other made"
            yield Obligation("central-root", folder, opened.name, FAILS, detail)
        else:
            yield Obligation("central-root", f"{folder}: its state", opened.name, HOLDS)
        seen.append((folder, own))
