"""What OUT leaves out of the originals, and an engine needs: secrets, files of keys, and large files.

They're read from the repositories where they are, into scratch folders only.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tfhoist.api.out_files import placed_path
from tfhoist.api.proving import Out
from tfhoist.errors import UsageError
from tfhoist.rules.stray_files import is_plan, is_state
from tfhoist.secrets import Redaction, holds_placeholder
from tfhoist.values.types import Value
from tfhoist.workspace import FolderFiles, read_folder, read_service


class Originals:
    """The repositories as they are now, as far as they were given."""

    def __init__(self, out: Out, service_root: Path | None, central: Path | None) -> None:
        self._out = out
        self._service_root = service_root
        self._service = read_service(service_root) if service_root is not None else FolderFiles({}, {})
        central_tree = read_folder(central).tree if central is not None else {}
        self._redaction = Redaction([self._service.tree, central_tree])
        folder = out.service_root
        placed = {placed_path(folder, path): content for path, content in self._service.tree.items()}
        self._check("service", {placed_path(folder, path): path for path in self._service.tree}, self._service.tree)
        self._check("central", {path: path for path in central_tree}, central_tree)
        self._extra = {path: content for path, content in placed.items() if self._is_extra(path, content)}
        self._extra |= self._large()

    def _check(self, side: str, paths: Mapping[str, str], tree: Mapping[str, bytes]) -> None:
        """Raise `UsageError` where secrets are needed and the original isn't there, or isn't what OUT was made of."""
        prefix = f"before/{side}/"
        option = "--service-root" if side == "service" else "--central"
        for name, content in self._out.files.items():
            if not name.startswith(prefix) or not holds_placeholder(content):
                continue
            path = name.removeprefix(prefix)
            if path not in paths:
                raise UsageError(
                    f"{path} holds secrets, which OUT has placeholders for; a plan needs their values.",
                    f"Give the original folder with {option}: it's only read.",
                )
            if self._redaction.redact_file(paths[path], tree[paths[path]]) != content:
                raise UsageError(
                    f"{path} isn't as it was when OUT was made, so its secrets can't be told apart.",
                    "Give both repositories as they were (--service-root, --central), or run `tfhoist consolidate` again.",
                )

    def _is_extra(self, path: str, content: bytes) -> bool:
        if f"before/service/{path}" in self._out.files or ".tfstate" in path:
            return False
        return not is_state(path, content) and not is_plan(path, content) and self._is_named(path)

    def _is_named(self, path: str) -> bool:
        name = path.rsplit("/", 1)[-1].encode()
        return any(name in content for place, content in self._out.files.items() if place.endswith((".tf", ".tofu")))

    def _large(self) -> dict[str, bytes]:
        if self._service_root is None:
            return {}
        placed = {path: placed_path(self._out.service_root, path) for path in self._service.large}
        return {
            place: (self._service_root / path).read_bytes()
            for path, place in placed.items()
            if self._is_extra(place, self._service.large[path])
        }

    def files(self, side: str) -> dict[str, bytes]:
        """One side of OUT (`service`, `before/central`) with its secrets, and with what the service root reads besides."""
        prefix = f"{side}/"
        found = {
            path.removeprefix(prefix): self._redaction.restore(content)
            for path, content in self._out.files.items()
            if path.startswith(prefix)
        }
        return {**self._extra, **found} if side.endswith("service") else found

    def value(self, value: Value) -> Value:
        """A value of tfhoist.toml with its secrets."""
        if isinstance(value, str):
            return self._redaction.restore(value.encode()).decode()
        if isinstance(value, tuple):
            return tuple(map(self.value, value))
        if isinstance(value, dict):
            return {name: self.value(item) for name, item in value.items()}
        return value

    def hidden(self, text: str) -> str:
        """Some text with placeholders for secrets."""
        return self._redaction.redact_file("", text.encode()).decode()
