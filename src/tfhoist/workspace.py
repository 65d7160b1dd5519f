"""Reading and writing trees of files: the only module that touches the user's folders."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tfhoist.configuration.load import all_modules, load_module, local_calls
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Diagnostic, Severity, SourceRange
from tfhoist.errors import InputError, UsageError
from tfhoist.hcl.syntax import File, parse_file

LARGEST = 4 * 1024 * 1024
"""Files above this size (bytes) are looked at by their beginning only, and aren't copied."""

LARGEST_CONFIGURATION = 64 * 1024 * 1024
"""Configuration above this size (bytes) is refused."""

MOST_BYTES = 256 * 1024 * 1024
"""What is read of a folder besides its configuration: of files beyond, the beginnings only."""

MOST_FILES = 50_000
"""A folder with more files is refused: it's hardly a root module."""

_SKIPPED = frozenset({".git", ".terraform", ".hg", ".svn", "node_modules", ".venv", "__pycache__", ".terragrunt-cache"})
_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json", ".tfbackend", ".hcl")
MARKER = "consolidation.json"


class FolderFiles:
    """The files of a folder: `tree` those that are read whole, `large` the beginnings of the others."""

    def __init__(self, tree: dict[str, bytes], large: dict[str, bytes]) -> None:
        self.tree = tree
        self.large = large


def read_folder(folder: Path) -> FolderFiles:
    """All files below a folder, by their path with `/`; links to folders aren't followed.

    Raises `InputError` for configuration that can't be read and `UsageError` when there's no such folder. What is neither
    a file nor a folder (a pipe, a device) isn't opened.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", "Give the folder of a root module.")
    tree: dict[str, bytes] = {}
    large: dict[str, bytes] = {}
    diagnostics: list[Diagnostic] = []
    count = budget = 0

    def failed(error: OSError) -> None:
        name = os.path.relpath(error.filename or folder, folder)
        diagnostics.append(_unreadable(name, error))

    for current, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED and not (Path(current) / name / MARKER).is_file()
        )
        count += len(names)
        if count > MOST_FILES:
            raise UsageError(f"{folder} holds more than {MOST_FILES:,} files.", "Give the folder of a root module.")
        for name in sorted(names):
            path = Path(current) / name
            relative = path.relative_to(folder).as_posix()
            configuration = name.endswith(_CONFIGURATION) or relative == "tfhoist.toml"
            try:
                relative.encode()
                size = _size(path)
                if configuration and size > LARGEST_CONFIGURATION:
                    raise OSError(f"larger than {LARGEST_CONFIGURATION >> 20} MB")
                if configuration or (size <= LARGEST and budget + size <= MOST_BYTES):
                    tree[relative] = path.read_bytes() if size else b""
                    budget += size
                else:
                    with path.open("rb") as stream:
                        large[relative] = stream.read(65536)
            except UnicodeEncodeError:
                if configuration:
                    shown = os.fsencode(relative).decode("utf-8", "replace")
                    diagnostics.append(_unreadable(shown, OSError("its name isn't UTF-8")))
            except OSError as error:
                if configuration:
                    diagnostics.append(_unreadable(relative, error))
    if diagnostics:
        raise InputError(diagnostics)
    return FolderFiles(tree, large)


def _size(path: Path) -> int:
    """The size of a file; raises `OSError` for a pipe, a device, or what isn't there."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError("neither a file nor a folder")
    return found.st_size


def read_file(path: Path) -> bytes:
    """One file; raises `OSError` for what is none (opening a pipe would wait for ever)."""
    if path.is_dir():
        raise IsADirectoryError(None, "a folder, no file")
    _size(path)
    return path.read_bytes()


def _unreadable(name: str, error: OSError) -> Diagnostic:
    return Diagnostic(
        Severity.ERROR, f"{name} can't be read: {error.strerror or error}",
        "Mend it (its permissions, its kind, the link), or take it out.", SourceRange(name, 1, 1),
    )  # fmt: skip


def read_service(folder: Path, parse: Callable[[str, bytes], File] = parse_file) -> FolderFiles:
    """The files of a service root, with the local modules that it calls beside it (as `../modules/x/...`) or by a link.

    Raises `InputError` for a local module that isn't there, too.
    """
    files = read_folder(folder)
    done: set[str] = set()
    linked: dict[Path, str] = {folder.resolve(): "the root module"}
    while True:
        missing = {where: call for where, call in _missing_modules(files.tree, parse).items() if where not in done}
        if not missing:
            return files
        for module, call in sorted(missing.items()):
            done.add(module)
            target = folder / module
            if not target.is_dir():
                raise InputError([_absent(call, f"the folder {module} of module {call.name!r} doesn't exist")])
            known = linked.setdefault(target.resolve(), module)
            if known != module:
                raise InputError([_absent(call, f"the folder {module} of module {call.name!r} is {known}")])
            found = read_folder(target)
            files.tree.update({f"{module}/{path}": content for path, content in found.tree.items()})


def _absent(call: Declaration, summary: str) -> Diagnostic:
    return call.file.lines.diagnostic(call.file.path, call.start, summary, "Mend its source: name the folder itself.")


def _missing_modules(tree: Mapping[str, bytes], parse: Callable[[str, bytes], File]) -> dict[str, Declaration]:
    """The folders of local modules that aren't read yet, each with a call."""
    there = {""}
    for path in tree:
        folder = path.rpartition("/")[0]
        while folder not in there:
            there.add(folder)
            folder = folder.rpartition("/")[0]
    return {
        where: call
        for module in all_modules(load_module(tree, parse=parse))
        for call, where in local_calls(module)
        if where.startswith("..") or where not in there
    }


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
    begun = sorted(target.glob("migration/*/journal.jsonl"))
    if begun:
        raise UsageError(
            f"{target} holds the journal and the backups of a migration ({begun[0].parent.name}).",
            "Give a new folder with --out. Move this one away only when its migration is final, or rolled back.",
        )
    baselines = sorted(target.glob("validation/*.json"))
    if baselines:
        raise UsageError(
            f"{target} holds what was served before a migration ({baselines[0].stem}).",
            "Give a new folder with --out, or move its folder validation away: a baseline can't be taken again afterwards.",
        )
    if not force:
        raise UsageError(f"{target} holds an earlier consolidation.", "Replace it with --force, or give a new folder.")
