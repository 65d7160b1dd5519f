"""The report, from the files under OUT and nothing else."""

from __future__ import annotations

from pathlib import Path

from tfhoist.errors import UsageError
from tfhoist.report.build import PATH, build_report_page
from tfhoist.workspace import write_file

_PARTS = ("before/service", "before/central", "central", "audit", "migration")
_FILES = ("consolidation.json", "placement.json", "proof.json", "service.patch")


def report_out(out: Path) -> Path:
    """Write OUT/report.html again, from what is under OUT now; gives its path."""
    if not (out / "consolidation.json").is_file():
        raise UsageError(f"{out} holds no consolidation.", "Give the folder that `tfhoist consolidate --out` wrote.")
    files = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for part in _PARTS
        for path in sorted((out / part).rglob("*"))
        if path.is_file()
    }
    files |= {name: (out / name).read_bytes() for name in _FILES if (out / name).is_file()}
    target = out / PATH
    write_file(target, build_report_page(files))
    return target
