"""Ways to break a migration in the middle, and what has to hold after each: nothing lost, `status` true, a good end."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.conftest import REPOSITORY
from tests.migration.s3 import Fault
from tests.migration.worlds import Ran, S3World, World

FOREIGN_ID = "f0000000-0000-4000-8000-000000000000"
FOREIGN = {
    "mode": "managed", "type": "terraform_data", "name": "foreign", "provider": 'provider["terraform.io/builtin/terraform"]',
    "instances": [{"schema_version": 0, "attributes": {"id": FOREIGN_ID, "input": None,
                   "output": None, "triggers_replace": None}, "sensitive_attributes": []}],
}  # fmt: skip


class Scenario(NamedTuple):
    """One way to break it: `breaks` runs the migration in the world and has something happen; a foreign write may be part of it."""

    name: str
    breaks: Callable[[World, random.Random], None]
    foreign: str = ""


class Tally:
    """What came of all tries, by kind of scenario."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []

    def add(self, name: str, what: str) -> None:
        self.counts[(name.partition(" at ")[0], what)] += 1

    def __str__(self) -> str:
        kinds = sorted({kind for kind, _ in self.counts})
        columns = ("tried", "lost", "resumed", "rolled back", "wrong")
        width = max(map(len, kinds), default=4)
        lines = [f"{'':{width}}  " + "  ".join(f"{one:>11}" for one in columns)]
        for kind in kinds:
            lines.append(f"{kind:{width}}  " + "  ".join(f"{self.counts[(kind, one)]:>11}" for one in columns))
        total = [sum(n for (_, what), n in self.counts.items() if what == one) for one in columns]
        lines.append(f"{'total':{width}}  " + "  ".join(f"{one:>11}" for one in total))
        return "\n".join([*lines, *self.wrong])


def attempt(world: World, scenario: Scenario, seed: int, tally: Tally) -> None:
    """Plan, break, look, go on or go back, look again."""
    chance = random.Random(f"{scenario.name} {seed}")
    world.reset()
    planned = world.migrate("plan")
    assert planned.code == 0, planned
    tally.add(scenario.name, "tried")
    where = f"{world.kind}: {scenario.name} (seed {seed})"
    try:
        scenario.breaks(world, chance)
        if isinstance(world, S3World):
            world.s3.fault = lambda number, call: None
        _check(world, tally, scenario, where, "after the break")
        way = chance.choice(["resume", "rollback"])
        _go_on(world, tally, scenario, where, way)
        _check(world, tally, scenario, where, f"after {way}")
        if scenario.foreign and FOREIGN_ID not in world.instances(scenario.foreign).values():
            raise AssertionError("what somebody else applied is gone")
    except (AssertionError, ValueError, KeyError) as error:
        tally.add(scenario.name, "wrong")
        tally.wrong.append(f"{where}: {error}")


def _go_on(world: World, tally: Tally, scenario: Scenario, where: str, way: str) -> None:
    ran = world.migrate_until(way, "--yes", *(["--without-plans"] if way == "resume" else []))
    status = world.status()["status"]
    if way == "resume":
        if ran.code == 2:  # a conflict, or nothing to resume: the other way has to be open then
            assert scenario.foreign or "done already" in ran.err or "rolled back" in ran.err, ran
            if status in ("migrated", "verified"):
                tally.add(scenario.name, "resumed")
                return
            ran = world.migrate_until("rollback", "--yes")
            status = world.status()["status"]
            assert ran.code == 0 or "nothing was written" in ran.err, ran
            tally.add(scenario.name, "rolled back")
            return
        assert ran.code == 0, ran
        assert status in ("migrated", "verified", "rolled_back"), (ran, status)
        tally.add(scenario.name, "resumed")
        return
    assert ran.code == 0 or "nothing was written" in ran.err, ran
    assert status in ("rolled_back", "planned"), (ran, status)
    tally.add(scenario.name, "rolled back")


def _check(world: World, tally: Tally, scenario: Scenario, where: str, when: str) -> None:
    lost = world.lost()
    if lost:
        tally.add(scenario.name, "lost")
        raise AssertionError(f"{when}: {sorted(lost)} are in no state")
    told = world.status()
    try:
        here, there = world.instances("source"), world.instances("destination")
    except ValueError:  # half written
        assert told["status"] == "running", (when, told)
        assert any("half written" in one for one in told["conflicts"]), (when, told)
        return
    moves = [one for one in told["operations"] if one["kind"] == "move"]
    assert len(moves) == 4
    for one in moves:
        at_source, at_destination = one["from"] in here, one["to"] in there
        expected = {
            "pending": (True, False), "reverted": (True, False), "done": (False, True),
        }.get(one["state"])  # fmt: skip
        if expected is not None:
            assert (at_source, at_destination) == expected, (when, one, told["status"], at_source, at_destination)
    if told["status"] in ("migrated", "verified"):
        assert all(one["state"] == "done" for one in moves), (when, told)


# ways to break it


def run_to_the_end(world: World, *more: str) -> Ran:
    """An undisturbed run."""
    return world.migrate("run", "--yes", "--without-plans", *more)


def kill_at(number: int, when: str, verb: str = "run") -> Scenario:
    """SIGKILL at an entry of the journal."""

    def breaks(world: World, chance: random.Random) -> None:
        arguments = ["--yes", "--without-plans"] if verb != "rollback" else ["--yes"]
        if verb == "rollback":
            assert run_to_the_end(world).code == 0
        command = [sys.executable, str(REPOSITORY / "tests/migration/killed.py"), when, str(number)]
        subprocess.run(
            [*command, *world.arguments(verb, *arguments)], env=world.environment, capture_output=True, cwd=world.folder
        )

    return Scenario(f"{verb} killed {when} an entry at {number}", breaks)


def kill_sometime(verb: str = "run", *, children: bool) -> Scenario:
    """SIGKILL at a random moment; with `children`, what it started is killed as well."""

    def breaks(world: World, chance: random.Random) -> None:
        if verb == "rollback":
            assert run_to_the_end(world).code == 0
        more = ["--yes", "--without-plans"] if verb == "run" else ["--yes"]
        process = subprocess.Popen(
            world.command(*world.arguments(verb, *more)), env=world.environment, cwd=world.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        longest = 3.0 if isinstance(world, S3World) else 1.0
        time.sleep(chance.uniform(0.2, longest))
        victims = [process.pid, *_descendants(process.pid)] if children else [process.pid]
        others = _descendants(process.pid)
        for one in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait()
        until = time.monotonic() + 20
        while any(_is_alive(one) for one in others) and time.monotonic() < until:
            time.sleep(0.05)

    return Scenario(f"{verb} killed sometime, {'with' if children else 'without'} its children", breaks)


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def _descendants(process: int) -> list[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one and child not in found]
    return found[1:]


def call_fails(kind: str, number: int, times: int = 4) -> Scenario:
    """The backend fails at one call, and at some after it (an engine tries again)."""

    def breaks(world: World, chance: random.Random) -> None:
        assert isinstance(world, S3World)
        world.s3.calls.clear()
        world.s3.fault = lambda at, call: Fault(kind, 3.0) if number <= at < number + times else None
        world.migrate("run", "--yes", "--without-plans", *(["--timeout", "2"] if kind == "slow" else []))

    return Scenario(f"a call goes wrong ({kind}) at {number}", breaks)


def answer_is_lost(side: str) -> Scenario:
    """The state arrives, and its answer doesn't."""

    def breaks(world: World, chance: random.Random) -> None:
        assert isinstance(world, S3World)
        world.s3.fault = lambda at, call: Fault("lose") if call == f"PUT /states/{side}.tfstate" else None
        world.migrate("run", "--yes", "--without-plans")

    return Scenario(f"the answer to the push of the {side} is lost", breaks)


def somebody_applies(side: str, when: str) -> Scenario:
    """Somebody else writes: before the run, or between our reading and our pushing."""

    def breaks(world: World, chance: random.Random) -> None:
        if when == "before the run":
            _foreign(world, side)
        elif isinstance(world, S3World):
            done: list[int] = []

            def act(at: int, call: str) -> Fault | None:
                if call == f"PUT /states/{side}.tfstate.tflock" and not done:
                    done.append(at)
                    _foreign(world, side)
                return None

            world.s3.fault = act
        else:
            number = 4 if side == "destination" else 6  # just after the intent
            command = [sys.executable, str(REPOSITORY / "tests/migration/killed.py"), "after", str(number)]
            arguments = world.arguments("run", "--yes", "--without-plans")
            subprocess.run([*command, *arguments], env=world.environment, capture_output=True, cwd=world.folder)
            _foreign(world, side)
            return
        ran = run_to_the_end(world)
        assert ran.code == 2, ran

    return Scenario(f"somebody applies at the {side} {when}", breaks, foreign=side)


def _foreign(world: World, side: str) -> None:
    state = json.loads(world.read(side) or b"{}")
    state["serial"] += 1
    state["resources"].append(FOREIGN)
    world.write(side, json.dumps(state, indent=2).encode())


def disk_is_full(size: int) -> Scenario:
    """No file may grow beyond some bytes."""

    def breaks(world: World, chance: random.Random) -> None:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        subprocess.run(
            world.command(*world.arguments("run", "--yes", "--without-plans")), env=world.environment, cwd=world.folder,
            capture_output=True, preexec_fn=limit,
        )  # fmt: skip

    return Scenario(f"no file may grow at {size} bytes", breaks)


def two_at_once(*, one_journal: bool) -> Scenario:
    """Two people run it at the same time."""

    def breaks(world: World, chance: random.Random) -> None:
        first = world.arguments("run", "--yes", "--without-plans")
        second = list(first)
        if not one_journal:
            other = world.folder / "journal2"
            subprocess.run(["rm", "-rf", str(other)], check=True)
            second[second.index(str(world.journal))] = str(other)
            made = world.tfhoist(*[str(other) if one == str(world.journal) else one for one in world.arguments("plan")])
            assert made.code == 0, made
        running = [
            subprocess.Popen(world.command(*one), env=world.environment, cwd=world.folder, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
            for one in (first, second)
        ]  # fmt: skip
        codes = [one.wait() for one in running]
        assert 0 in codes or not one_journal, codes

    return Scenario(f"two at once, {'one journal' if one_journal else 'two journals'}", breaks)


RUN_ENTRIES, ROLLBACK_ENTRIES = 8, 6
"""How many entries a run without plans, and a rollback, write into the journal."""


def scenarios(world: World, *, moments: int, calls: int, seed: int) -> Iterator[tuple[Scenario, int]]:
    """All ways for one world. `moments` is how many random kills, `calls` how many numbers of calls are tried."""
    for when in ("before", "after"):
        yield from ((kill_at(number, when), seed) for number in range(1, RUN_ENTRIES + 1))
        yield from ((kill_at(number, when, "rollback"), seed) for number in range(1, ROLLBACK_ENTRIES + 1))
    for number in range(moments):
        verb = "rollback" if number % 4 == 3 else "run"
        yield kill_sometime(verb, children=number % 2 == 0), seed + number
    for side in ("destination", "source"):
        yield somebody_applies(side, "before the run"), seed
        yield somebody_applies(side, "between reading and writing"), seed
    yield two_at_once(one_journal=True), seed
    yield two_at_once(one_journal=False), seed
    if isinstance(world, S3World):
        for side in ("destination", "source"):
            yield answer_is_lost(side), seed
        step = max(1, 56 // calls)
        for kind in ("error", "refuse", "lose", "slow"):
            yield from ((call_fails(kind, number), seed) for number in range(1, 57, step))
    else:
        yield from ((disk_is_full(size), seed) for size in range(0, 9000, 9000 // 12))
