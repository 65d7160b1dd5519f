"""Putting a consolidation into the two repositories, and taking it back.

The edits are applied to the originals: what is under OUT has placeholders for secrets, which are replaced by the secrets of
the originals, never written over them. A placeholder whose secret isn't there (the central repository never holds the
service's secrets) isn't written at all.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

import msgspec

from tfhoist.api.out_files import holds_state
from tfhoist.api.patches import patch
from tfhoist.configuration.load import SOURCES
from tfhoist.errors import UsageError
from tfhoist.git import uncommitted
from tfhoist.secrets import Redaction, holds_placeholder
from tfhoist.workspace import read_file, read_folder, read_service, write_file


class FileChange(msgspec.Struct, frozen=True):
    """One file to write (None: to take out), with its content before (None: it's new)."""

    path: Path
    before: bytes | None
    after: bytes | None


class WritePlan(msgspec.Struct, frozen=True, kw_only=True):
    """All changes of one write, their diff (with placeholders for secrets), and what a person should know."""

    changes: tuple[FileChange, ...]
    diff: str
    summary: str


class _Recorded(msgspec.Struct):
    schema: str
    service_root: str = ""
    files: dict[str, str] = {}


def write_plan(out: Path, central: Path, service_root: Path) -> WritePlan:
    """The changes that put OUT into the repositories; raises `UsageError` when something isn't as it was."""
    for folder in (central, service_root):
        if folder.is_dir():
            dirty = uncommitted(folder)
            if dirty:
                raise UsageError(
                    f"{folder} has uncommitted changes: {', '.join(dirty[:5])}.", "Commit or stash them first."
                )
    return _plan(out, central, service_root, source="before/", target="")


def undo_plan(out: Path, central: Path, service_root: Path) -> WritePlan:
    """The changes that take an earlier write back; raises `UsageError` when files have changed since."""
    return _plan(out, central, service_root, source="", target="before/")


def apply(plan: WritePlan) -> None:
    """Make all changes; when one fails, those made before it are taken back."""
    done: list[FileChange] = []
    try:
        for change in plan.changes:
            done.append(change)
            _put(change.path, change.after)
    except BaseException:
        for change in reversed(done):
            _put(change.path, change.before)
        raise


def _put(path: Path, content: bytes | None) -> None:
    if content is not None:
        write_file(path, content)
        return
    path.unlink(missing_ok=True)
    folder = path.parent
    while folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _plan(out: Path, central: Path, service_root: Path, *, source: str, target: str) -> WritePlan:
    recorded = _recorded(out)
    for folder in (central, service_root):
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder.", "Give the repositories with --central and --service-root.")
    service_tree = read_service(service_root).tree
    central_tree = read_folder(central).tree
    redaction = Redaction([service_tree, central_tree])
    changes: list[FileChange] = []
    diffs: list[bytes] = []
    skipped: list[str] = []
    sides = (
        ("service", service_root, service_tree, recorded.service_root),
        ("central", central, central_tree, ""),
    )
    for name, folder, tree, inside in sides:
        old = _tree(out / source / name, inside)
        new = _tree(out / target / name, inside)
        redacted = {path: content for path, content in redaction.redact(tree).items() if not holds_state(path, content)}
        _check(name, folder, redacted, old, new, undoing=target != "")
        shown_old: dict[str, bytes] = {}
        shown_new: dict[str, bytes] = {}
        for path in sorted(set(old) | set(new)):
            before, after = old.get(path), new.get(path)
            if before == after:
                continue
            secret = path.endswith(".secrets.auto.tfvars") and after is not None and holds_placeholder(after)
            if name == "central" and before is None and secret:
                skipped.append(f"{name}/{path}")
                continue
            if name == "central" and after is None and path not in tree:
                continue
            restored = redaction.restore(after) if after is not None else None
            changes.append(FileChange(folder / path, tree.get(path), restored))
            if before is not None:
                shown_old[path] = before
            if after is not None:
                shown_new[path] = after
        diffs.append(patch(shown_old, shown_new))
    lines = [f"{len(changes)} files change"]
    lines += [
        f"not written: {path} holds secrets; give those values in the central root's pipeline as TF_VAR_..."
        for path in skipped
    ]
    return WritePlan(changes=tuple(changes), diff=b"".join(diffs).decode("utf-8", "replace"), summary="\n".join(lines))


def _recorded(out: Path) -> _Recorded:
    path = out / "consolidation.json"
    try:
        recorded = msgspec.json.decode(read_file(path), type=_Recorded)
    except OSError:
        raise UsageError(
            f"{out} holds no consolidation.", "Give the folder that `tfhoist consolidate --out` wrote."
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is damaged: {error}.", "Run `tfhoist consolidate` again.") from None
    if not recorded.files:
        raise UsageError(f"{out} holds a refused consolidation; there's nothing to write.", "See its refusals.")
    return recorded


def _tree(folder: Path, inside: str) -> dict[str, bytes]:
    """The files below a folder of OUT, relative to the root that lies `inside` it."""
    found: dict[str, bytes] = {}
    if not folder.is_dir():
        return found
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            relative = path.relative_to(folder).as_posix()
            found[posixpath.relpath(relative, inside) if inside else relative] = path.read_bytes()
    return found


def _check(
    name: str, folder: Path, current: dict[str, bytes], old: dict[str, bytes], new: dict[str, bytes], *, undoing: bool
) -> None:
    """Every file is as it was when OUT was made, and nothing stands where a new file goes."""
    wrong: list[str] = []
    for path, content in old.items():
        if holds_placeholder(content) and name == "central" and path not in current:
            continue
        if current.get(path) != content:
            wrong.append(path)
    wrong += [path for path in new if path not in old and path in current]
    wrong += [path for path in current if path.endswith((*SOURCES, ".tfvars")) and path not in old and path not in new]
    if wrong:
        raise UsageError(
            f"{folder} isn't as it was: {', '.join(sorted(set(wrong))[:5])}"
            + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
            + ".",
            "Take those edits back first, or undo by git."
            if undoing
            else "Run `tfhoist consolidate` again on what is there now.",
        )
