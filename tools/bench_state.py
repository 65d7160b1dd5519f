"""Measures state surgery beside Terraform on the same files in the same run: part of `make bench`, or `python -m tools.bench_state`.

- 10,000 resources, 200 of them moved, beside `terraform state mv` of a few of the same resources.
- 100,000 instances in 200 MB, 10,000 of them moved into a state that holds other services, beside `terraform state list`.
- How time and memory grow with the state.

Surgery runs in a process of its own, so that its peak of memory is its own, and with the garbage collector off, as in the command.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tfhoist.state.check import problems
from tfhoist.state.document import SnapshotDocument, read_document, render
from tfhoist.state.moves import Move
from tfhoist.state.surgery import move, reverse

REPOSITORY = Path(__file__).resolve().parent.parent
PER_RESOURCE = 5
PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'


def made_state(instances: int, size: int, lineage: str, module: str = "", several: int = PER_RESOURCE) -> bytes:
    """A state of about `size` bytes as Terraform lays it out; each resource has `several` instances and depends on the two before it."""
    fields = max(1, (size // instances - 560) // 52)  # what a real instance has: many short attributes, and some blocks
    filler = {f"attribute_{number:02d}": f"value-{number}" for number in range(fields)}
    resources = []
    prefix = f"{module}." if module else ""
    for number in range(instances // several):
        names = [f"{prefix}aws_lb_target_group.group_{number - back:06d}" for back in (2, 1) if number >= back]
        resources.append(
            {
                **({"module": module} if module else {}),
                "mode": "managed",
                "type": "aws_lb_target_group",
                "name": f"group_{number:06d}",
                "provider": PROVIDER,
                "instances": [
                    {
                        **({"index_key": key} if several > 1 else {}),
                        "schema_version": 0,
                        "attributes": {
                            "arn": f"arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/{module}{number}/{key}",
                            "id": f"{module}{number}/{key}",
                            "port": 8000 + key,
                            "tags": {"Name": f"group-{number}", "Team": "data"},
                            "health_check": [{"enabled": True, "interval": 30, "matcher": "200", "path": "/health"}],
                            **filler,
                        },
                        "sensitive_attributes": [],
                        "private": "eyJzY2hlbWFfdmVyc2lvbiI6IjAifQ==",
                        **({"dependencies": names} if names else {}),
                    }
                    for key in range(several)
                ],
            }
        )
    state = {
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": lineage,
        "outputs": {}, "resources": resources, "check_results": None,
    }  # fmt: skip
    return json.dumps(state, indent=2).encode() + b"\n"


def surgery(source: Path, destination: Path, moved: int) -> dict[str, float]:
    """Read both files, move, check, write both beside them, and take it back in memory."""
    gc.disable()
    started = time.perf_counter()
    first = read_document(source.read_bytes(), "source")
    second = read_document(destination.read_bytes(), "destination")
    read = time.perf_counter()
    moves = [Move(one, f"module.data_pipeline.{one}") for one in chosen(first, moved)]
    done = move(first, second, moves)
    cut = time.perf_counter()
    assert problems(done.source) == problems(done.destination) == ()
    checked = time.perf_counter()
    for path, document in ((source, done.source), (destination, done.destination)):
        path.with_suffix(".after").write_bytes(render(document))
    written = time.perf_counter()
    peak = _peak()
    cpu = time.process_time()
    home = reverse(done.inverse, done.source, done.destination, source_serial=1, destination_serial=1)
    reversed_ = time.perf_counter()
    assert len(done.outcomes) == moved
    assert render(home.source) == source.read_bytes()
    assert render(home.destination) == destination.read_bytes()
    return {
        "read": read - started,
        "move": cut - read,
        "check": checked - cut,
        "write": written - checked,
        "total": written - started,
        "cpu": cpu,
        "reverse": reversed_ - written,
        "peak": peak,
    }


def chosen(source: SnapshotDocument, moved: int) -> list[str]:
    """Resources with so many instances in all, from everywhere in the state."""
    resources = moved // len(source.resources[0].instances)
    return [one.address for one in source.resources[:: len(source.resources) // resources][:resources]]


def _peak() -> int:
    """The most memory that this process has held, in bytes. Linux counts what stood before an exec into `ru_maxrss`."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _run(source: Path, destination: Path, moved: int) -> dict[str, float]:
    """`surgery` in a process of its own; `process` is the wall time of all of it, Python's start included."""
    command = [sys.executable, "-m", "tools.bench_state", "--surgery", str(source), str(destination), str(moved)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True)
    wall = time.perf_counter() - started
    found: dict[str, float] = json.loads(done.stdout)
    return {**found, "process": wall}


def _write(folder: Path, instances: int, size: int, several: int = PER_RESOURCE) -> tuple[Path, Path]:
    """A source, and a destination of a fifth of it with other services."""
    source, destination = folder / "source.tfstate", folder / "destination.tfstate"
    source.write_bytes(made_state(instances, size, "1", several=several))
    destination.write_bytes(made_state(instances // 5, size // 5, "2", "module.other", several))
    return source, destination


def beside_moves(instances: int = 10_000, moved: int = 200, tried: int = 3) -> None:
    """All moves at once, beside `terraform state mv` of a few of them; what all of them would take is extrapolated."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, destination = _write(folder, instances, instances * 1_500, several=1)
        print(f"{moved} of {instances:,} resources moved into another state ({source.stat().st_size / 1e6:.0f} MB)")
        found = _run(source, destination, moved)
        print(
            f"  tfhoist, all {moved}      {found['process']:8.2f} s (Python's start, both files read, checked and written)"
        )
        if shutil.which("terraform") is None:
            print("  terraform isn't on PATH: nothing to compare with")
            return
        addresses = chosen(read_document(source.read_bytes(), "source"), moved)[:tried]
        walls = [
            _terraform(
                "state", "mv", "-lock=false", f"-state={source}", f"-state-out={folder / 'out.tfstate'}",
                f"-backup={folder / f'{number}.backup'}", f"-backup-out={folder / f'{number}.out.backup'}",
                address, f"module.data_pipeline.{address}", folder=folder,
            )[0]
            for number, address in enumerate(addresses)
        ]  # fmt: skip
        one = statistics.mean(walls)
        print(f"  terraform state mv, one {one:8.2f} s (mean of {len(walls)}, {min(walls):.2f} to {max(walls):.2f})")
        print(f"  terraform, all {moved}    {one * moved:8.0f} s, EXTRAPOLATED from those {len(walls)}")
        print(f"  ratio                   {one * moved / found['process']:8.0f} times (at least 500)")


def beside_list(instances: int = 100_000, moved: int = 10_000, megabytes: int = 210, rounds: int = 3) -> None:
    """A large state, beside `terraform state list` on it."""
    with tempfile.TemporaryDirectory() as name:
        source, destination = _write(Path(name), instances, megabytes * 1_000_000)
        sizes = source.stat().st_size, destination.stat().st_size
        print(f"Source {sizes[0] / 1e6:.0f} MB, {instances:,} instances; destination {sizes[1] / 1e6:.0f} MB; "
              f"{moved:,} instances move; the best of {rounds} rounds")  # fmt: skip
        measured: list[dict[str, float]] = []
        lists: list[tuple[float, float]] = []
        for _ in range(rounds):  # the contestants take turns
            measured.append(_run(source, destination, moved))
            if shutil.which("terraform") is not None:
                lists.append(_terraform("state", "list", f"-state={source}", folder=Path(name)))
        found = min(measured, key=lambda one: one["total"])
        for part in ("read", "move", "check", "write", "total", "cpu", "reverse"):
            print(f"  {part:8} {found[part]:6.2f} s")
        print(f"  peak memory {found['peak'] / 1e6:.0f} MB: {found['peak'] / sizes[0]:.2f} times the source (at most 4), "
              f"{found['peak'] / sum(sizes):.2f} times both")  # fmt: skip
        if lists:
            wall, cpu = min(one for one, _ in lists), min(one for _, one in lists)
            print(f"  terraform state list {wall:.2f} s, {cpu:.2f} s of processor: surgery takes {found['total'] / wall:.2f} "
                  f"and {found['cpu'] / cpu:.2f} of that (less than 0.5)")  # fmt: skip


def growth(sizes: Sequence[int] = (10_000, 30_000, 100_000)) -> None:
    """Time and memory as the state grows; a tenth of the instances moves."""
    print("Growth of surgery, 2 kB an instance, a tenth of them moved")
    print(f"  {'instances':>9} {'total':>8} {'an instance':>12} {'memory':>8} {'of the source':>14}")
    for instances in sizes:
        with tempfile.TemporaryDirectory() as name:
            source, destination = _write(Path(name), instances, instances * 2_000)
            size = source.stat().st_size
            found = _run(source, destination, instances // 10)
        print(f"  {instances:9,} {found['total']:6.2f} s {found['total'] / instances * 1e6:9.1f} us "
              f"{found['peak'] / 1e6:5.0f} MB {found['peak'] / size:8.2f} times")  # fmt: skip


def _terraform(*arguments: str, folder: Path) -> tuple[float, float]:
    """The wall time and the processor's time of a Terraform command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        ["terraform", *arguments],
        cwd=folder, env={**os.environ, "CHECKPOINT_DISABLE": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"terraform {arguments[0]} {arguments[1]} failed:\n{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def states(*, quick: bool = False) -> None:
    """All of it; `quick` is small enough for every change, and says so."""
    if quick:
        print("(quick: a tenth of the sizes; the claims are about the full ones)")
        beside_moves(1_000, 20, 2)
        beside_list(10_000, 1_000, 20, 1)
        growth((2_000, 6_000))
        return
    beside_moves()
    print()
    beside_list()
    print()
    growth()


def main() -> None:
    """Measure all, or, for a process of its own, do one surgery."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    parser.add_argument("--surgery", nargs=3, metavar=("SOURCE", "DESTINATION", "MOVED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.surgery:
        print(json.dumps(surgery(Path(options.surgery[0]), Path(options.surgery[1]), int(options.surgery[2]))))
        return
    states(quick=options.quick)


if __name__ == "__main__":
    main()
