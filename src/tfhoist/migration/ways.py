"""Ways to move that leave the writing to other tools: a script of `terraform state mv`, and a file for tfmigrate."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from tfhoist.addresses import split_steps, without_keys
from tfhoist.migration.model import MigrationPlan
from tfhoist.state.document import SnapshotDocument

Pair = tuple[str, str]


def pairs(plan: MigrationPlan, source: SnapshotDocument) -> tuple[Pair, ...]:
    """What one command each moves: whole resources, and instances of modules; from and to, readers before what they read.

    Moved in that order, `terraform state mv` empties the `dependencies` of what it moves instead of leaving names behind that no
    longer exist (tried, 1.11.4).
    """
    found = {
        _unit(one.from_): _unit(one.from_, one.to) for one in plan.operations if one.kind == "move" and not one.already
    }
    reads: dict[str, set[str]] = {unit: set() for unit in found}
    by_bare: dict[str, list[str]] = {}
    for unit in found:
        by_bare.setdefault(without_keys(unit), []).append(unit)
    for resource in source.resources:
        for instance in resource.instances:
            own = _unit(resource.instance_address(instance))
            for dependency in instance.dependencies:
                for unit in by_bare.get(without_keys(_unit(dependency)), ()):
                    if own in reads and unit != own:
                        reads[own].add(unit)
    readers: dict[str, set[str]] = {unit: {one for one in found if unit in reads[one]} for unit in found}
    try:
        order = list(TopologicalSorter(readers).static_order())
    except CycleError:  # two modules that read each other: no order is right
        order = sorted(found)
    return tuple((unit, found[unit]) for unit in order)


def _unit(address: str, to: str = "") -> str:
    """The part of an address that is moved as one: an instance of a module, or a resource; of its new address, when that is given."""
    steps = split_steps(address)
    if steps[0] != "module":
        found = split_steps(to or address)
        return ".".join([*found[:-1], found[-1].partition("[")[0]])
    rest = address.removeprefix(".".join(steps[:2]))
    return (to or address).removesuffix(rest) if rest else (to or address)


def script(moves: Sequence[Pair], plan: MigrationPlan, *, back: bool) -> bytes:
    """A shell script that moves on two local state files, keeping a copy of both with a name of its own before each run."""
    title = "back home" if back else "into the central state"
    giver, taker = ("destination", "source") if back else ("source", "destination")
    lines = [
        "#!/usr/bin/env bash",
        f"# {plan.environment or 'The environment'}: what moves goes {title}, one `terraform state mv` at a time, on local copies.",
        "#",
        "#   terraform state pull > source.tfstate         # in the service root",
        "#   terraform state pull > destination.tfstate    # in the central root; an empty file when it's new",
        f"#   bash {'back' if back else 'move'}.sh source.tfstate destination.tfstate",
        "#",
        "# Then raise the serial of each by one and `terraform state push` it: "
        + ("the source first." if back else "the destination first."),
        "# What `state mv` does to dependencies: those of what moves are emptied, those on it stay behind in the other state until",
        "# the next apply. Its own backups have names of a second's resolution and overwrite one another; the copies here don't.",
        "set -euo pipefail",
        'source_state="$1" destination_state="$2"',
        'stamp="$(date -u +%Y%m%dT%H%M%SZ)-$$"',
        "umask 077",
        'cp "$source_state" "$source_state.$stamp.before"',
        'if [ -s "$destination_state" ]; then cp "$destination_state" "$destination_state.$stamp.before"',
        'else rm -f "$destination_state"; fi',
        "move() {",
        f'  terraform state mv -state="${giver}_state" -state-out="${taker}_state" \\',
        '    -backup=- "$1" "$2" </dev/null',
        "}",
    ]
    for start, end in reversed(moves) if back else moves:
        first, second = (end, start) if back else (start, end)
        lines.append(f"move {shlex.quote(first)} {shlex.quote(second)}")
    lines += [f'echo "{len(moves)} moved; the copies end in .$stamp.before"', ""]
    return "\n".join(lines).encode()


def tfmigrate(moves: Sequence[Pair], name: str, source: str, destination: str, workspace: str) -> bytes:
    """A migration file for tfmigrate (its README: "migration block (multi_state)")."""
    lines = [
        "# Run it where both folders can be reached: tfmigrate plan FILE, then tfmigrate apply FILE. It makes no outputs, so the",
        "# central root has to be applied before the service root can be planned.",
        f'migration "multi_state" {json.dumps(name)} {{',
        f"  from_dir = {_text(source)}",
        f"  to_dir   = {_text(destination)}",
    ]
    if workspace != "default":
        lines.append(f"  from_workspace = {_text(workspace)}")
    lines += ["  to_skip_plan   = true", "  from_skip_plan = true", "  actions = ["]
    lines += [f"    {_text(f'mv {_argument(start)} {_argument(end)}')}," for start, end in moves]
    return "\n".join([*lines, "  ]", "}", ""]).encode()


def _argument(address: str) -> str:
    return f"'{address}'" if "[" in address else address


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
