"""`tfhoist finalize`: the end of a migration, in OUT's own roots and in the repositories that OUT was written to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from tfhoist.api.migrating import records_of
from tfhoist.api.patches import patch
from tfhoist.api.proving import FINAL, Out, read_out
from tfhoist.api.splitting import module_call
from tfhoist.api.writing import FileChange, WritePlan
from tfhoist.configuration.load import load_module
from tfhoist.errors import UsageError
from tfhoist.migration.execution import MigrationRefused
from tfhoist.migration.final import blocks_in, forgets, imports_into, imports_of, without
from tfhoist.migration.records import now
from tfhoist.workspace import write_file


class Final(NamedTuple):
    """What would change, and which environments are final with it."""

    plan: WritePlan
    environments: tuple[str, ...]


def final_plan(
    folder: Path,
    *,
    service_root: Path | None = None,
    central_root: Path | None = None,
    journal: Path | None = None,
    excepted: Collection[str] = (),
) -> Final:
    """What `finalize` takes out. Raises `MigrationRefused` while an environment isn't verified."""
    out = read_out(folder)
    names = tuple(one.settings.name for one in out.environments)
    for name in excepted:
        if name not in names:
            raise UsageError(f"there is no environment {name!r}.", f"Known: {', '.join(names)}.")
    phases = {name: records_of(folder, journal, name).progress().phase for name in names}
    waiting = [name for name in names if name not in excepted and phases[name] not in ("verified", "finalized")]
    if waiting:
        told = ", ".join(f"{name or 'the environment'} ({phases[name].replace('_', ' ')})" for name in waiting)
        raise MigrationRefused(
            f"not every environment is verified: {told}.",
            "Migrate and verify it first (`tfhoist migrate verify`), or leave it behind by name: --without NAME.",
        )
    changes: list[FileChange] = []
    old: dict[str, bytes] = {}
    new: dict[str, bytes] = {}
    for label, base, files in _roots(out, folder, service_root, central_root):
        for path, (before, after) in files.items():
            changes.append(FileChange(base / path, before, after))
            shown = f"{label}/{path}"
            old[shown] = before
            if after is not None:
                new[shown] = after
    summary = f"{len(changes)} files change"
    done = tuple(name for name in names if name not in excepted)
    return Final(
        WritePlan(changes=tuple(changes), diff=patch(old, new).decode("utf-8", "replace"), summary=summary), done
    )


Changed = dict[str, tuple[bytes, bytes | None]]


def _roots(
    out: Out, folder: Path, service_root: Path | None, central_root: Path | None
) -> list[tuple[str, Path, Changed]]:
    """Each tree that has something to take out: its label, its folder, and the files that change."""
    inside = "" if out.service_root in ("", ".") else out.service_root
    service = _part(out.files, "service/")
    found = [("service", folder / "service", _service(service, inside, out.moved))]
    central = _part(out.files, "central/")
    before = _part(out.files, "before/central/")
    found.append(("central", folder / "central", _central(out, central, before)))
    if service_root is not None:
        found.append((str(service_root), service_root, _service(_files(service_root), "", out.moved)))
    if central_root is not None:
        found.append((str(central_root), central_root, _central(out, _below(out, central_root), before)))
    return found


def _part(files: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    return {path.removeprefix(prefix): content for path, content in files.items() if path.startswith(prefix)}


def _files(folder: Path, inside: str = "") -> dict[str, bytes]:
    """The configuration files right in a folder."""
    there = folder / inside
    if not there.is_dir():
        raise UsageError(f"{there} is no folder.", "Give the repositories that OUT was written to.")
    names = [path for path in sorted(there.iterdir()) if _is_source(path.name) and path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}


def _below(out: Out, central_root: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for one in out.environments:
        found |= _files(central_root, one.central_folder)
    return found


def _service(tree: Mapping[str, bytes], inside: str, moved: Collection[str]) -> Changed:
    changed: Changed = {}
    for path, content in tree.items():
        if path.rpartition("/")[0] == inside and _is_source(path):
            after = without(path, content, forgets(moved))
            if after != content:
                changed[path] = (content, after)
    return changed


def _central(out: Out, tree: Mapping[str, bytes], before: Mapping[str, bytes]) -> Changed:
    changed: Changed = {}
    own = _part(out.files, "before/service/")
    carried = {one for path, content in own.items() if _is_source(path) for one in imports_of(content)}
    for one in out.environments:
        folder = one.central_folder
        existed = any(path.startswith(f"{folder}/") for path in before)
        ours = _part(out.files, "central/")
        call = module_call(out.service, load_module(ours, folder), load_module(before, folder) if existed else None)
        there = [text for path, text in before.items() if path.rpartition("/")[0] == folder and _is_source(path)]
        kept = frozenset(block for text in there for block in blocks_in(text, "import"))
        for path, content in tree.items():
            if path.rpartition("/")[0] == folder and _is_source(path):
                after = without(path, content, imports_into(call, kept, carried))
                if after != content:
                    changed[path] = (content, after)
    return changed


def _is_source(path: str) -> bool:
    return path.endswith((".tf", ".tofu"))


def record_final(folder: Path, journal: Path | None, environments: Collection[str]) -> None:
    """Write down that it's final: in each journal, and where the proof looks."""
    for name in environments:
        records = records_of(folder, journal, name)
        with records.locked():
            if records.progress().phase != "finalized":
                records.append("finalized")
    note = {"schema": "tfhoist/final/1", "environments": list(environments), "at": now()}
    write_file(folder / FINAL, msgspec.json.format(msgspec.json.encode(note), indent=2) + b"\n")
