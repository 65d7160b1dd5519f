"""Consolidating a random root in this process, and saying what came of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.properties.roots import Root
from tfhoist.api.consolidating import Consolidated, consolidate

REFUSALS = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"
EQUIVALENT, DIFFERENT, UNDECIDED, REFUSED = "equivalent", "different", "undecided", "refused"


class Outcome(NamedTuple):
    """What came of one root: the kind, the refusals' ids or the proof's open obligations, and the whole answer."""

    kind: str
    reasons: tuple[str, ...]
    consolidated: Consolidated


def known_refusals() -> set[str]:
    """The ids in the table of `docs/refusals.md`."""
    return set(re.findall(r"^\| `([a-z0-9-]+)` \|", REFUSALS.read_text(encoding="utf-8"), re.MULTILINE))


def write_root(root: Root, folder: Path) -> Path:
    """Write a root's files under a folder, and give the root module's own."""
    for path, text in {**root.files, "root/tfhoist.toml": root.settings()}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return folder / "root"


def try_root(root: Root, folder: Path, *, state: bool = True) -> Outcome:
    """Write a root and consolidate it."""
    service = write_root(root, folder)
    snapshot = folder / "snapshot.tfstate"
    snapshot.write_text(root.state(), encoding="utf-8")
    states = dict.fromkeys(root.environments or ("",), snapshot) if state else {}
    return outcome(consolidate(service, folder / "out", states=states, service_name="svc"))


def outcome(answer: Consolidated) -> Outcome:
    """What a consolidation came to."""
    if answer.refusals:
        return Outcome(REFUSED, tuple(sorted({refusal.id for refusal in answer.refusals})), answer)
    assert answer.proof is not None
    open_ = [o for o in answer.proof.obligations if o.result != "holds"]
    return Outcome(answer.proof.verdict, tuple(f"{o.kind} {o.address}: {o.detail}" for o in open_), answer)
