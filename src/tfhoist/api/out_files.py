"""The files under OUT: which are copied, and where they lie."""

from __future__ import annotations

import posixpath


def holds_state(path: str, content: bytes) -> bool:
    """Whether a file is a state, a saved plan or a crash log: what no copy may hold."""
    name = posixpath.basename(path)
    if ".tfstate" in name or name.endswith(".tfplan") or name == "crash.log":
        return True
    if content[:4] == b"PK\x03\x04" and (b"tfplan" in content[:200] or name in ("tfplan", "plan", "plan.out")):
        return True
    return content[:1] == b"{" and b'"terraform_version"' in content[:4000] and b'"lineage"' in content[:4000]


def placed_path(folder: str, path: str) -> str:
    """A path of a service root's tree, where the root lies in `folder`."""
    return posixpath.normpath(posixpath.join(folder, path))
