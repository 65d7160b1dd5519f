"""The results that are mutated: the consolidated example, and small roots that have what the example hasn't."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.results import Result, read_result
from tfhoist.api.consolidating import consolidate

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "examples" / "consolidated"
ROOTS = Path(__file__).resolve().parent / "roots"


def names() -> list[str]:
    """The example and the folders of small roots."""
    return ["example", *sorted(folder.name for folder in ROOTS.iterdir() if folder.is_dir())]


def result(name: str, work: Path) -> Result:
    """One result, consolidated into a folder below `work`; raises `ValueError` when it isn't proven equivalent."""
    if name == "example":
        return read_result(name, EXAMPLE)
    folder = ROOTS / name
    states = {path.stem: path for path in sorted(folder.glob("states/*.tfstate"))}
    central = folder / "central"
    out = work / name
    done = consolidate(
        folder / "service",
        out,
        central=central if central.is_dir() else None,
        states=states,
        service_name="small",
    )
    if done.refusals:
        raise ValueError(f"{name} is refused: " + "; ".join(f"{one.id}: {one.summary}" for one in done.refusals))
    if done.proof is None or done.proof.verdict != "equivalent":
        open_ = [o for o in done.proof.obligations if o.result != "holds"] if done.proof is not None else []
        raise ValueError(f"{name} isn't proven: " + "; ".join(f"{o.kind} {o.address}: {o.detail}" for o in open_))
    return read_result(name, out)
