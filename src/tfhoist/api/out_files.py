"""The files under OUT: which are copied, where they lie, and the change as a patch."""

from __future__ import annotations

import difflib
import posixpath

from tfhoist.configuration.load import Tree


def holds_state(path: str, content: bytes) -> bool:
    """Whether a file is a state, a saved plan or a crash log: what no copy may hold."""
    name = posixpath.basename(path)
    if ".tfstate" in name or name.endswith(".tfplan") or name == "crash.log":
        return True
    if content[:4] == b"PK\x03\x04" and (b"tfplan" in content[:200] or name in ("tfplan", "plan", "plan.out")):
        return True
    return content[:1] == b"{" and b'"terraform_version"' in content[:4000] and b'"lineage"' in content[:4000]


def patch(before: Tree, after: Tree) -> bytes:
    """The change as a unified diff that `git apply` takes."""
    lines: list[str] = []
    for path in sorted(set(before) | set(after)):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        one = (old or b"").decode("utf-8", "surrogateescape").splitlines(keepends=True)
        other = (new or b"").decode("utf-8", "surrogateescape").splitlines(keepends=True)
        lines.append(f"diff --git a/{path} b/{path}\n")
        if old is None:
            lines.append("new file mode 100644\n")
        elif new is None:
            lines.append("deleted file mode 100644\n")
        names = ("/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}")
        for line in difflib.unified_diff(one, other, *names):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines).encode("utf-8", "surrogateescape")


def placed_path(folder: str, path: str) -> str:
    """A path of a service root's tree, where the root lies in `folder`."""
    return posixpath.normpath(posixpath.join(folder, path))
