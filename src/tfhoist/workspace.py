"""Reading and writing trees of files: the only module that touches the user's folders."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tfhoist.configuration.load import is_local_source, load_module, local_folder
from tfhoist.diagnostics import Diagnostic, Severity, SourceRange
from tfhoist.errors import InputError, UsageError

LARGEST = 4 * 1024 * 1024
"""Files above this size (bytes) are looked at by their beginning only, and aren't copied."""

_SKIPPED = frozenset({".git", ".terraform", ".hg", ".svn", "node_modules", ".venv", "__pycache__", ".terragrunt-cache"})
_CONFIGURATION = (".tf", ".tf.json", ".tfvars", ".tfvars.json", ".tfbackend", ".hcl")
MARKER = "consolidation.json"


class FolderFiles:
    """The files of a folder: `tree` those that are read whole, `large` the beginnings of the others."""

    def __init__(self, tree: dict[str, bytes], large: dict[str, bytes]) -> None:
        self.tree = tree
        self.large = large


def read_folder(folder: Path) -> FolderFiles:
    """All files below a folder, by their path with `/`; links out of it and loops of links aren't followed.

    Raises `InputError` for configuration that can't be read and `UsageError` when there's no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", "Give the folder of a root module.")
    tree: dict[str, bytes] = {}
    large: dict[str, bytes] = {}
    diagnostics: list[Diagnostic] = []

    def failed(error: OSError) -> None:
        name = os.path.relpath(error.filename or folder, folder)
        diagnostics.append(_unreadable(name, error))

    for current, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED and not (Path(current) / name / MARKER).is_file()
        )
        for name in sorted(names):
            path = Path(current) / name
            relative = path.relative_to(folder).as_posix()
            try:
                size = path.stat().st_size
                if not path.is_file():
                    continue
                if size > LARGEST and not name.endswith(_CONFIGURATION):
                    with path.open("rb") as stream:
                        large[relative] = stream.read(65536)
                else:
                    tree[relative] = path.read_bytes()
            except OSError as error:
                if name.endswith(_CONFIGURATION):
                    diagnostics.append(_unreadable(relative, error))
    if diagnostics:
        raise InputError(diagnostics)
    return FolderFiles(tree, large)


def _unreadable(name: str, error: OSError) -> Diagnostic:
    return Diagnostic(
        Severity.ERROR, f"{name} can't be read: {error.strerror or error}", "Mend its permissions, or the link.",
        SourceRange(name, 1, 1),
    )  # fmt: skip


def read_service(folder: Path) -> FolderFiles:
    """The files of a service root, with the local modules beside it that it calls (as `../modules/x/...`)."""
    files = read_folder(folder)
    done: set[str] = set()
    while True:
        outside = _outside_modules(files.tree) - done
        if not outside:
            return files
        for module in sorted(outside):
            done.add(module)
            target = folder / module
            if not target.is_dir():
                continue
            found = read_folder(target)
            files.tree.update({f"{module}/{path}": content for path, content in found.tree.items()})


def _outside_modules(tree: Mapping[str, bytes]) -> set[str]:
    found: set[str] = set()
    pending = [load_module(tree)]
    while pending:
        module = pending.pop()
        pending.extend(module.children.values())
        for call in module.of("module"):
            source = call.literal("source")
            if isinstance(source, str) and is_local_source(source):
                where = local_folder(module.folder, source)
                if where.startswith("../"):
                    found.add(where)
    return found


def common_base(tree: Mapping[str, bytes]) -> tuple[str, ...]:
    """The folders above the service root that its tree reaches up to, as `..` steps."""
    return ("..",) * max((_steps_up(path) for path in tree), default=0)


def _steps_up(path: str) -> int:
    return len([part for part in path.split("/") if part == ".."])


def write_tree(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder; each appears whole or not at all."""
    for path, content in sorted(files.items()):
        write_file(folder / path, content)


def write_file(target: Path, content: bytes) -> None:
    """Write one file through a temporary one beside it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".tfhoist-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Put a whole tree at `target`: written beside it first, then moved, so that nothing half written stands there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=".tfhoist-"))
    try:
        write_tree(staging, files)
        os.chmod(staging, 0o755)
        if target.exists():
            old = Path(tempfile.mkdtemp(dir=target.parent, prefix=".tfhoist-old-"))
            os.replace(target, old / "old")
            os.replace(staging, target)
            shutil.rmtree(old)
        else:
            os.replace(staging, target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def check_output_folder(target: Path, *, force: bool) -> None:
    """Refuse an output folder that isn't empty and isn't ours; ours only with `force`."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is no folder.", "Give a new folder with --out.")
    if not any(target.iterdir()):
        return
    if not (target / MARKER).is_file():
        raise UsageError(
            f"{target} isn't empty, and tfhoist didn't write it.", "Give a new or empty folder with --out."
        )
    if not force:
        raise UsageError(f"{target} holds an earlier consolidation.", "Replace it with --force, or give a new folder.")
