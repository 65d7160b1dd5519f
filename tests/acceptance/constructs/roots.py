"""The small roots of `docs/constructs.md`, one file each in `roots/`.

A file begins with lines `key: value`, then come the root's files, each after a line `-- path --`. The keys:

- `refused`: the refusal, or `usage` where the settings themselves say no; without the key the construct is carried;
- `out-of-reach: WHY`: Terraform isn't asked, because the root needs a provider that a test has no network for;
- `not-planned: WHY`: Terraform validates both roots, and isn't asked to apply and plan them;
- `defect: WHY`: the row is known to be wrong, and its test has to fail;
- `line-ends: crlf`, `byte-order-mark: yes`: what every `.tf` file of the root has.

A root's own folder is `root/` where some path begins so, and everything otherwise. `central/` is the central repository;
`states/NAME.tfstate` are states.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "roots"
KEYS = {"refused", "out-of-reach", "not-planned", "defect", "line-ends", "byte-order-mark"}


class Construct(NamedTuple):
    """One small root."""

    name: str
    keys: dict[str, str]
    files: dict[str, bytes]

    def write(self, folder: Path) -> Path:
        """Write its files; return the root module's folder."""
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder / "root" if (folder / "root").is_dir() else folder

    def arguments(self, folder: Path) -> list[str | Path]:
        """The options that give what stands beside the root."""
        given: list[str | Path] = []
        if (folder / "central").is_dir():
            given += ["--central", folder / "central"]
        for state in sorted(folder.glob("states/*.tfstate")):
            given += ["--state", f"{state.stem}={state}"]
        return given


def constructs() -> dict[str, Construct]:
    """All of them, by name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.txt"))}


def read(path: Path) -> Construct:
    """Read one file."""
    head, *parts = re.split(r"^-- (\S+) --\n", path.read_text(), flags=re.MULTILINE)
    keys = dict(line.split(": ", 1) for line in head.splitlines() if line)
    assert keys.keys() <= KEYS, (path, keys)
    files = {name: text.encode() for name, text in zip(parts[::2], parts[1::2], strict=True)}
    for name in files:
        if name.endswith(".tf") and keys.get("line-ends") == "crlf":
            files[name] = files[name].replace(b"\n", b"\r\n")
        if name.endswith(".tf") and "byte-order-mark" in keys:
            files[name] = b"\xef\xbb\xbf" + files[name]
    return Construct(path.stem, keys, files)
