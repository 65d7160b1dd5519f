"""What every command has in common: help, colours, quiet, slips of the pen, completion, and how fast it starts."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from tests.acceptance.support import CENTRAL, ROOT, SERVICE, tfhoist
from tfhoist.cli import app

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def _leaves() -> dict[str, Any]:
    """Every command that does something, those of a group by both names."""
    found: dict[str, Any] = {}
    for name, command in COMMANDS.items():
        if hasattr(command, "commands"):
            found |= {f"{name} {inner}": one for inner, one in command.commands.items()}
        else:
            found[name] = command
    return found


LEAVES = _leaves()


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_help_has_an_example_that_can_be_copied(name: str) -> None:
    run = tfhoist(*name.split(), "--help")
    assert run.code == 0
    lines = run.out.splitlines()
    heading = next((n for n, line in enumerate(lines) if re.fullmatch(r"\s*Examples?:", line)), None)
    assert heading is not None
    examples = [line.strip() for line in lines[heading + 1 : lines.index("", heading)]]
    assert examples
    options = {option for parameter in LEAVES[name].params for option in parameter.opts}
    for example in examples:
        assert example.startswith(f"tfhoist {name}")
        assert set(re.findall(r"--[a-z-]+", example)) <= options


def test_the_list_of_commands_is_not_cut() -> None:
    listed = tfhoist("--help").out.split("Commands:")[1].split("Examples:")[0]
    assert "..." not in listed
    assert set(re.findall(r"^  (\w+) ", listed, re.MULTILINE)) == set(COMMANDS)


def on_a_terminal(*arguments: str | Path, **environment: str) -> str:
    """What a command prints, standard error too, where it sees a terminal."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tfhoist", *map(str, arguments)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**clean, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    process.wait()
    return shown.decode()


def test_colours_are_for_terminals_and_for_those_who_want_them(tmp_path: Path) -> None:
    def arguments(name: str) -> list[str | Path]:
        return ["consolidate", SERVICE, "--central", CENTRAL, "--out", tmp_path / name]

    coloured = on_a_terminal(*arguments("a"))
    assert "\x1b[32mequivalent\x1b[0m" in coloured
    assert "proving 41 moved blocks" in coloured
    plain = on_a_terminal(*arguments("b"), NO_COLOR="1")
    assert "\x1b" not in plain
    assert "proving 41 moved blocks" in plain
    assert "\x1b" not in on_a_terminal("audit", SERVICE, TERM="dumb")
    assert "\x1b[" in on_a_terminal("audit", SERVICE)
    piped = tfhoist(*arguments("c"))
    assert "\x1b" not in piped.out
    assert piped.err == "", "no progress where nobody looks"
    quiet = on_a_terminal(*arguments("d"), "--quiet")
    assert "proving 41 moved blocks" not in quiet
    assert "\x1b[31merror:\x1b[0m" in on_a_terminal("prove", tmp_path / "nothing")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["consolidte"], "Did you mean 'consolidate'?"),
        (["audit", str(SERVICE), "--sate", "x"], "--state"),
        (["explain", "aws_lb.mian", str(SERVICE)], "Did you mean aws_lb.main"),
        (["audit", str(SERVICE), "--format", "xml"], "Known: text, markdown, json, sarif."),
    ],
)
def test_a_slip_of_the_pen_is_guessed(arguments: list[str], said: str) -> None:
    run = tfhoist(*arguments)
    assert run.code == 1
    assert said in run.err


def completion(instruction: str, **environment: str) -> str:
    code = "import sys; sys.argv = ['tfhoist']; from tfhoist.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True,
        env={**os.environ, **environment, "_TFHOIST_COMPLETE": instruction},
    )  # fmt: skip
    return run.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_documented_and_prints_a_script(shell: str) -> None:
    assert f"_TFHOIST_COMPLETE=source_{shell} tfhoist" in (ROOT / "docs/commands.md").read_text()
    script = completion(f"source_{shell}")
    assert f"complete_{shell}" in script
    if shutil.which(shell) is not None:
        assert subprocess.run([shell, "-n"], input=script, text=True).returncode == 0


def test_completion_knows_the_commands() -> None:
    assert completion("complete_bash", COMP_WORDS="tfhoist con", COMP_CWORD="1").split() == ["consolidate", "contract"]


def seconds(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


START = "from tfhoist.start import main; main()"


def test_help_starts_quickly() -> None:
    """At most 6 times a bare `python3 -c pass`: the best of many of each, taken in turns, since other work makes both slower."""
    bare = helped = 1e9
    for _ in range(20):
        bare = min(bare, seconds("-c", "pass"))
        helped = min(helped, seconds("-c", START, "--help"))
    assert helped < 6 * bare, f"--help took {helped:.3f} s, a bare python {bare:.3f} s"  # 1.5 times when it was written


def test_quick_help_is_what_the_command_line_says(golden: Any) -> None:
    code = "import sys; sys.argv[0] = 'tfhoist'; from tfhoist.{} import main; main()"
    environment = {**os.environ, "COLUMNS": "80"}
    quick, slow = (
        subprocess.run(
            [sys.executable, "-c", code.format(name), "--help"], capture_output=True, text=True, env=environment
        )
        for name in ("start", "cli")
    )
    assert slow.returncode == quick.returncode == 0
    if quick.stdout != slow.stdout and golden.updates:
        (ROOT / "src/tfhoist/cli/help.txt").write_text(slow.stdout)
        return
    assert quick.stdout == slow.stdout, "write it with: make golden"


def test_help_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys\nfrom tfhoist.cli import main\nsys.argv = ['tfhoist', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    )
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()
    heavy = (
        "msgspec",
        "jinja2",
        "markdown_it",
        "tomlkit",
        "rich",
        "json",
        "tfhoist.api",
        "tfhoist.hcl",
        "tfhoist.report",
    )
    assert [name for name in modules if name.startswith(heavy)] == []


def test_the_tour_plays_every_step(tmp_path: Path) -> None:
    run = tfhoist("tour", tmp_path / "tour", "--yes")
    assert run.code == 0, run.err
    listed = tfhoist("tour", "--list").out.splitlines()
    assert len(listed) >= 6
    for line in listed:
        assert f"$ {line}" in run.out
    assert "verdict: different" in run.out
    assert run.out.rindex("verdict: equivalent") > run.out.rindex("verdict: different")
    assert (tmp_path / "tour/out/report.html").is_file()
    again = tfhoist("tour", tmp_path / "tour", "--yes")
    assert again.code == 1
    assert "isn't empty" in again.err


def test_the_hooks_and_the_action_run_commands_that_are_there(tmp_path: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {hook["entry"] for hook in hooks} == {
        f"tfhoist {name}" for name in ("audit", "placement", "contract", "prove")
    }
    assert all(hook["entry"].split()[1] in COMMANDS and not hook["pass_filenames"] for hook in hooks)
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert all("${{" not in script for script in scripts), "an input in a script is a command"
    for name in re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()):
        assert name in action["inputs"]


@pytest.mark.parametrize(
    ("command", "directory", "arguments", "code"),
    [
        ("audit", str(SERVICE), "", 0),
        ("audit", str(SERVICE.parent / "data-pipeline-conflicted"), "", 2),
        ("audit", "$(touch stolen)", "", 1),
        ("placement", str(SERVICE), "--policy\nprd\n", 0),
        ("write; touch stolen", ".", "", 1),
    ],
)
def test_the_action_runs(tmp_path: Path, command: str, directory: str, arguments: str, code: int) -> None:
    program = tmp_path / "tfhoist"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfhoist "$@"\n')
    program.chmod(0o755)
    run = subprocess.run(
        ["bash", str(ROOT / "tools/action.sh")], capture_output=True, text=True, cwd=tmp_path,
        env={
            **os.environ, "TFHOIST": str(program), "TFHOIST_COMMAND": command, "TFHOIST_DIRECTORY": directory,
            "TFHOIST_ARGUMENTS": arguments, "TFHOIST_SARIF": str(tmp_path / "found.sarif"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
        },
    )  # fmt: skip
    assert run.returncode == code, run.stdout + run.stderr
    assert not (tmp_path / "stolen").exists()
    if command in COMMANDS:
        assert (tmp_path / "output").read_text() == f"exit-code={code}\n"
    if command == "audit" and code != 1:
        assert '"2.1.0"' in (tmp_path / "found.sarif").read_text()
