"""Measures what speed the project claims: `make bench`, or `python -m tools.bench [FOLDER]`.

Every comparison is of one run: the same files, the same process, the contestants taking turns.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import hcl2

from tfhoist.api.auditing import run_audit
from tfhoist.api.consolidating import consolidate
from tfhoist.api.proving import prove_out
from tfhoist.api.reading import read
from tfhoist.configuration.load import load_module
from tfhoist.graph import Graph
from tfhoist.hcl.syntax import parse_file
from tfhoist.placement.alternatives import alternatives
from tfhoist.placement.cut import Cut
from tfhoist.placement.place import study
from tfhoist.placement.policy import builtin_policy
from tools.bench_routing import routing
from tools.bench_state import states
from tools.generated_root import generated_root
from tools.random_edits import check, random_edits

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLES = REPOSITORY / "examples"


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    folder: Path
    bytes: int
    rounds: int
    processes: int
    blocks: int
    sizes: tuple[int, ...]
    edits: int
    quick: bool


@dataclass(frozen=True, slots=True)
class Source:
    """One Terraform file of the corpus."""

    path: str
    content: bytes


def corpus(folder: Path, least: int) -> tuple[list[Source], int]:
    """The folder's .tf files, repeated whole until they hold `least` bytes; and how often they're repeated.

    Each repetition ends in a comment of its own, so that no contestant can answer from a cache.
    """
    files = sorted(file for file in folder.rglob("*.tf") if file.is_file() and ".terraform" not in file.parts)
    once = [Source(str(file), file.read_bytes()) for file in files]
    if not once:
        raise SystemExit(f"no .tf files in {folder}")
    repeated = max(1, -(-least // sum(len(source.content) for source in once)))
    sources = [
        Source(source.path, source.content + b"\n# repetition %d\n" % repetition)
        for repetition in range(repeated)
        for source in once
    ]
    return sources, repeated


def parse_with_tfhoist(source: Source) -> None:
    """Parse, with the references of every block."""
    parse_file(source.path, source.content)


def parse_with_hcl2(source: Source) -> None:
    """Parse with python-hcl2, which knows no references."""
    hcl2.loads(source.content.decode())


def seconds(parse: Callable[[Source], None], sources: Sequence[Source]) -> tuple[float, int]:
    """The time to parse every file, and how many the parser raised an error on."""
    failures = 0
    start = time.perf_counter()
    for source in sources:
        try:
            parse(source)
        except Exception:  # a parser that fails on a file has still spent its time, and is told on
            failures += 1
    return time.perf_counter() - start, failures


def parsing(options: Options) -> None:
    """Files and megabytes a second, beside python-hcl2."""
    sources, repeated = corpus(options.folder, options.bytes)
    size = sum(len(source.content) for source in sources) / 1e6
    print(f"Parsing {len(sources)} files, {size:.2f} MB ({len(sources) // repeated} files, {repeated} times),", end=" ")
    print(f"median of {options.rounds} rounds, one core")
    contestants = {"tfhoist, with references": parse_with_tfhoist, "python-hcl2": parse_with_hcl2}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    failures: dict[str, int] = {}
    for parse in contestants.values():
        seconds(parse, sources[:1])  # grammars and tables are built on first use
    for _ in range(options.rounds):
        for name, parse in contestants.items():
            elapsed, failures[name] = seconds(parse, sources)
            times[name].append(elapsed)
    medians = {name: statistics.median(elapsed) for name, elapsed in times.items()}
    for name, median in medians.items():
        failed = f"   ({failures[name]} files failed)" if failures[name] else ""
        print(f"  {name:26} {len(sources) / median:9,.0f} files/s {size / median:9.3f} MB/s{failed}")
    ours, theirs = medians.values()
    print(f"  {'ratio':26} {theirs / ours:9.1f} times")


def wall_time(command: Sequence[str], runs: int) -> tuple[float, float, float]:
    """The median, least and greatest wall time of a command in seconds. Exit code 2 (findings) is a result."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
        times.append(time.perf_counter() - start)
        if done.returncode not in (0, 2):
            raise SystemExit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr}")
    return statistics.median(times), min(times), max(times)


def command(options: Options) -> None:
    """The wall time of an audit as a process, beside a Python that does nothing."""
    program = Path(sys.executable).with_name("tfhoist")
    example = EXAMPLES.relative_to(REPOSITORY) / "data-pipeline"
    commands = {
        f"tfhoist audit {example}": [str(program), "audit", str(example)],
        "python3 -c pass": [sys.executable, "-c", "pass"],
    }
    print(f"Wall time, median of {options.processes} runs (least to greatest)")
    for name, arguments in commands.items():
        wall_time(arguments, 1)  # the first run writes bytecode and warms the disk's cache
        median, least, greatest = wall_time(arguments, options.processes)
        print(f"  {name:36} {median * 1e3:7.0f} ms   ({least * 1e3:.0f} to {greatest * 1e3:.0f})")


def sparse_root(blocks: int) -> bytes:
    """A root of so many blocks, each reading up to four of the 200 before it; a third of them have sides by the policy."""
    draw = random.Random(blocks)
    kinds = ["aws_lb", "aws_ecs_service", "aws_security_group", *["a_x"] * 6]
    addresses: list[str] = []
    lines: list[str] = []
    for number in range(blocks):
        kind = draw.choice(kinds)
        lines.append(f'resource "{kind}" "b{number}" {{')
        for place in range(draw.randint(0, 4) if number else 0):
            read = addresses[draw.randrange(max(0, number - 200), number)]
            lines.append(f"  r{place} = {read}.{draw.choice(['id', 'arn'])}")
        lines.append("}")
        addresses.append(f"{kind}.b{number}")
    return "\n".join(lines).encode() + b"\n"


def cut(options: Options) -> None:
    """The minimum cut and its alternatives, over random sparse roots."""
    print("The cheapest cut, and what alternatives cost (processor seconds, one core)")
    print(f"  {'blocks':>7} {'reading':>8} {'placing':>8} {'cut alone':>10} {'alternatives':>13}")
    for blocks in (500, 5_000, 10_000, 20_000):
        start = time.process_time()
        graph = Graph(load_module({"main.tf": sparse_root(blocks)}))
        read = time.process_time()
        one = study(graph, builtin_policy(), {})
        placed = time.process_time()
        Cut(graph, one.evidence, one.links)
        again = time.process_time()
        found = alternatives(one)
        end = time.process_time()
        print(
            f"  {blocks:7,} {read - start:8.2f} {placed - read:8.2f} {again - placed:10.2f} "
            f"{end - again:6.2f} for {len(found)}"
        )


def edits(options: Options) -> None:
    """Random edits over real files: outside the edited ranges every byte is as it was, and the result parses."""
    files = sorted(file for file in options.folder.rglob("*.tf") if file.is_file() and ".terraform" not in file.parts)
    parsed = [parse_file(str(file), file.read_bytes()) for file in files]
    usable = [file for file in parsed if not file.diagnostics and (file.body.blocks or file.body.attributes)]
    draw = random.Random(options.edits)
    done = 0
    while done < options.edits and usable:
        file = draw.choice(usable)
        made = random_edits(file, draw)
        check(file, made)
        done += len(made)
    print(
        f"Edits: {done:,} random ones over {len(usable)} of {len(files)} files; all bytes outside them are as they were,"
    )
    print("and every result parses")


def write_root(blocks: int, folder: Path) -> dict[str, bytes]:
    """A generated root module, written; gives its files."""
    files = generated_root(blocks)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return files


def timed(work: Callable[[], object]) -> float:
    """The processor's time for some work, with the garbage collector off as the command has it."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def stages(options: Options) -> None:
    """What the stages cost beside each other, in one process: parsing, the audit, consolidating, proving."""
    with tempfile.TemporaryDirectory() as name:
        root, out = Path(name) / "root", Path(name) / "out"
        files = write_root(options.blocks, root)
        times: dict[str, list[float]] = {"parsing": [], "audit": [], "consolidating": [], "proving": []}
        for _ in range(options.rounds):
            times["parsing"].append(timed(lambda: [parse_file(path, content) for path, content in files.items()]))
            times["audit"].append(timed(lambda: run_audit(read(root), {})))
            whole = timed(lambda: consolidate(root, out))
            times["proving"].append(timed(lambda: prove_out(out)))
            times["consolidating"].append(whole - times["proving"][-1])
    medians = {stage: statistics.median(measured) for stage, measured in times.items()}
    print(f"Stages over a generated root of {options.blocks:,} blocks, median of {options.rounds} rounds, one core")
    for stage, median in medians.items():
        print(f"  {stage:14} {median:7.2f} s   {median / medians['parsing']:5.1f} times parsing")
    print(f"  the audit is {medians['audit'] / medians['parsing']:.1f} times parsing (at most 2.5)")
    print(f"  proving is {medians['proving'] / medians['consolidating']:.2f} times consolidating (at most 1)")


def growth(options: Options) -> None:
    """The command's time and memory as a root grows: audited, cut, consolidated, proved and documented."""
    print("Growth of `tfhoist consolidate`, one run each in a process of its own")
    print(f"  {'blocks':>7} {'processor':>10} {'a block':>9} {'wall':>8} {'memory':>8}")
    program = str(Path(sys.executable).with_name("tfhoist"))
    for blocks in options.sizes:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name) / "root"
            count = sum(content.count(b"\nresource ") + content.startswith(b"resource ") + content.count(b"\nmodule ")
                        for content in write_root(blocks, root).values())  # fmt: skip
            start = time.perf_counter()
            process = subprocess.Popen(
                [program, "consolidate", str(root), "--out", f"{name}/out", "--quiet"], stdout=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"consolidating {blocks} blocks ended with {process.returncode}")
        processor = usage.ru_utime + usage.ru_stime
        memory = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
        print(f"  {count:7,} {processor:8.1f} s {processor / count * 1e3:6.2f} ms {wall:6.1f} s {memory:5.0f} MB")


# A new benchmark is a function here that prints its own table.
BENCHMARKS: dict[str, Callable[[Options], None]] = {
    "parsing": parsing,
    "command": command,
    "cut": cut,
    "stages": stages,
    "growth": growth,
    "edits": edits,
    "routing": lambda options: routing(),
    "state": lambda options: states(quick=options.quick),
}


def main() -> None:
    """Run the benchmarks that were asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=EXAMPLES, help="where the .tf files are (examples)")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="run only this one; may be repeated")
    parser.add_argument("--bytes", type=int, default=300_000, help="repeat the files up to this size (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of parsing (%(default)s)")
    parser.add_argument("--processes", type=int, default=5, help="runs of a command (%(default)s)")
    parser.add_argument(
        "--blocks", type=int, default=5_000, help="of the root that stages are compared on (%(default)s)"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 5_000, 20_000], help="of the roots that grow")
    parser.add_argument("--edits", type=int, default=2_000, help="random edits over the folder's files (%(default)s)")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, one round: whether everything runs, and how it looks"
    )
    given = parser.parse_args()
    options = Options(
        given.folder, given.bytes, given.rounds, given.processes, given.blocks, tuple(given.sizes), given.edits, False
    )
    if given.quick:
        options = Options(given.folder, 60_000, 1, 1, 500, (100, 1_000), 200, True)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in given.only or BENCHMARKS:
        print()
        BENCHMARKS[name](options)


if __name__ == "__main__":
    main()
