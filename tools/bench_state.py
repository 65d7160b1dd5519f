"""Measures state surgery: `python tools/bench_state.py`, beside `terraform state list` on the same file in the same run.

A state of 100,000 instances and 200 MB, of which 10,000 move into another state that holds other services already. Surgery runs in a
process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tfhoist.state.check import problems
from tfhoist.state.document import read_document, render
from tfhoist.state.moves import Move
from tfhoist.state.surgery import move, reverse

PER_RESOURCE = 5
PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'


def made_state(instances: int, size: int, lineage: str, module: str = "") -> bytes:
    """A state of about `size` bytes as Terraform lays it out; each resource depends on the two before it."""
    fields = max(1, (size // instances - 560) // 52)  # what a real instance has: many short attributes, and some blocks
    filler = {f"attribute_{number:02d}": f"value-{number}" for number in range(fields)}
    resources = []
    prefix = f"{module}." if module else ""
    for number in range(instances // PER_RESOURCE):
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
                        "index_key": key,
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
                    for key in range(PER_RESOURCE)
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
    started = time.perf_counter()
    first = read_document(source.read_bytes(), "source")
    second = read_document(destination.read_bytes(), "destination")
    read = time.perf_counter()
    every = len(first.resources) // (moved // PER_RESOURCE)
    moves = [
        Move(one.address, f"module.data_pipeline.{one.address}")
        for one in first.resources[::every][: moved // PER_RESOURCE]
    ]
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


def _peak() -> int:
    """The most memory that this process has held, in bytes. Linux counts what stood before an exec into `ru_maxrss`."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--moved", type=int, default=10_000)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--surgery", nargs=3, metavar=("SOURCE", "DESTINATION", "MOVED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.surgery:
        print(json.dumps(surgery(Path(options.surgery[0]), Path(options.surgery[1]), int(options.surgery[2]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        source, destination = Path(folder) / "source.tfstate", Path(folder) / "destination.tfstate"
        source.write_bytes(made_state(options.instances, options.megabytes * 1_000_000, "1"))
        destination.write_bytes(made_state(options.instances // 5, options.megabytes * 200_000, "2", "module.other"))
        sizes = source.stat().st_size, destination.stat().st_size
        print(f"source {sizes[0] / 1e6:.0f} MB, {options.instances} instances; destination {sizes[1] / 1e6:.0f} MB; "
              f"{options.moved} instances move")  # fmt: skip
        command = [sys.executable, __file__, "--surgery", str(source), str(destination), str(options.moved)]
        rounds: list[dict[str, float]] = []
        lists: list[tuple[float, float]] = []
        for _ in range(options.rounds):  # the contestants take turns
            rounds.append(json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))
            lists += _state_list(source)
        found = min(rounds, key=lambda one: one["total"])
        for name in ("read", "move", "check", "write", "total", "cpu", "reverse"):
            print(f"  {name:8} {found[name]:6.2f} s")
        print(f"  peak memory {found['peak'] / 1e6:.0f} MB: {found['peak'] / sizes[0]:.2f} times the source, "
              f"{found['peak'] / sum(sizes):.2f} times both")  # fmt: skip
        if lists:
            wall, cpu = min(lists)
            print(f"terraform state list {wall:.2f} s, {cpu:.2f} s of processor: surgery takes {found['total'] / wall:.2f} "
                  f"and {found['cpu'] / cpu:.2f} of that")  # fmt: skip


def _state_list(path: Path) -> list[tuple[float, float]]:
    """The time and the processor's time that Terraform takes to list the file; empty without Terraform."""
    if shutil.which("terraform") is None:
        return []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        ["terraform", "state", "list", f"-state={path}"],
        cwd=path.parent, env={**os.environ, "CHECKPOINT_DISABLE": "1"}, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return [(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)]


if __name__ == "__main__":
    main()
