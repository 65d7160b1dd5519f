"""Any input at all: every command ends soon, with a clear message and the right exit code, and half-writes nothing.

The commands run in this process, so that the many cases are quick; a case that hangs is stopped by an alarm.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.acceptance.support import EXAMPLES, Run, tree
from tfhoist import cli

LIMIT = 10
"""Seconds of the processor for one command: the time on the wall measures the machine's other work."""

N = 20_000
MB = 1 << 20
ROOT = b"""resource "aws_lb" "main" {
  name = "main"
}

resource "aws_sqs_queue" "jobs" {
  name = aws_lb.main.arn
}
"""


def value(expression: bytes) -> bytes:
    return b"locals {\n  a = " + expression + b"\n}\n"


def named(expression: bytes) -> bytes:
    """A root in which the audit works the expression out, for a name."""
    return value(expression) + ROOT.replace(b'"main"\n}', b"local.a\n}")


def run(*arguments: str | Path) -> Run:
    """One command in this process."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["tfhoist", *map(str, arguments)]
    try:
        with redirect_stdout(out), redirect_stderr(err), at_most(LIMIT), pytest.raises(SystemExit) as left:
            cli.main()
    finally:
        sys.argv = before
    code = left.value.code
    return Run(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise AssertionError(f"still running after {seconds} seconds, or waiting for ever")

    previous = [signal.signal(number, stop) for number in (signal.SIGVTALRM, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 20 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGVTALRM, signal.SIGALRM), previous, strict=True):
            signal.signal(number, handler)


def root(tmp_path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "root"


def refused(folder: Path, out: Path, *messages: str) -> None:
    """Every command that reads a root says the same, and writes nothing."""
    before = tree(folder)
    commands: list[tuple[str | Path, ...]] = [
        ("audit", folder),
        ("explain", "aws_lb.main", folder),
        ("init", folder),
        ("consolidate", folder, "--out", out, "--quiet"),
    ]
    for command in commands:
        answer = run(*command)
        assert answer.code == 1, (command, answer)
        for message in messages:
            assert message in answer.err, (command, answer.err)
        assert not answer.out
    assert not out.exists()
    assert tree(folder) == before


def both(folder: Path, out: Path) -> list[tuple[str | Path, ...]]:
    return [("audit", folder), ("consolidate", folder, "--out", out, "--quiet")]


def read(folder: Path, out: Path) -> Run:
    """A root that is odd and still a root: read, split or refused, and proved."""
    assert run("audit", folder).code in (0, 2)
    assert run("explain", "aws_lb.main", folder).code == 0
    answer = run("consolidate", folder, "--out", out, "--quiet")
    assert answer.code in (0, 2), answer.err
    assert (out / "consolidation.json").is_file()
    if (out / "proof.json").is_file():
        assert run("prove", out).code == answer.code
    return answer


DEEP = "nested more than 400 levels deep"
LONG = "an expression of more than 1000 levels"
REFUSED = {
    "brackets": (value(b"[" * N + b"]" * N), DEEP),
    "brackets left open": (value(b"[" * N), DEEP),
    "braces": (value(b"{a=" * N + b"1" + b"}" * N), DEEP),
    "parentheses": (value(b"(" * N + b"1" + b")" * N), DEEP),
    "calls": (value(b"f(" * N + b")" * N), DEEP),
    "blocks": (b'resource "a_b" "c" {\n' + b"a {\n" * N + b"}\n" * N + b"}\n", DEEP),
    "templates": (value(b'"${' * N + b"1" + b'}"' * N), DEEP),
    "directives": (value(b'"' + b"%{ if true }" * N + b"%{ endif }" * N + b'"'), DEEP),
    "heredocs": (value(b"<<-A\n${" * N), DEEP),
    "not": (value(b"!" * N + b"true"), DEEP),
    "minus": (value(b"- " * N + b"1"), DEEP),
    "conditionals": (value(b"true ? 1 : " * N + b"2"), DEEP),
    "conditionals inside": (value(b"true ? " * N + b"1" + b" : 2" * N), DEEP),
    "for over for": (value(b"[for x in " * N + b"[]" + b" : x]" * N), DEEP),
    "for in for": (value(b"[for x in [] : " * N + b"1" + b"]" * N), DEEP),
    "a long sum": (value(b" + ".join([b"1"] * 100_000)), LONG),
    "a long condition": (value(b" && ".join([b"true"] * 100_000)), LONG),
    "a long traversal": (value(b"a" + b".b" * 100_000), LONG),
    "many indexes": (value(b"a" + b"[0]" * 100_000), LONG),
    "many splats": (value(b"a" + b"[*]" * 50_000), DEEP),
    "a large number": (value(b"1e99999999999999999999"), "a number out of range"),
    "a long index": (value(b"a." + b"9" * 10_000), "a number out of range"),
    "NUL bytes": (b"\0" * 1000, "a NUL byte"),
    "invalid UTF-8 in a heredoc": (value(b"<<EOT\n# \xff\nEOT"), "invalid UTF-8"),
    "invalid UTF-8 in a name": (b"locals {\n  a\xff = 1\n}\n", "invalid UTF-8"),
    "a NUL in text": (value(b'"\0"'), "a NUL byte"),
    "UTF-16": ("locals {}\n".encode("utf-16"), "UTF-16 text"),
    "UTF-16 without its mark": ("locals {}\n".encode("utf-16-le"), "a NUL byte"),
    "a byte order mark in the middle": (b"locals {}\n\xef\xbb\xbflocals {}\n", "is no name"),
    "typographic quotes": (value("“x”".encode()), "is no name"),
    "an open comment of 2 MB": (ROOT + b"/*" + b"* " * MB, "expected"),
    "a quote a byte": (ROOT + b'"' * MB, "expected"),
    "slashes": (ROOT + b"/" * (MB // 8) + b"/\n/", "expected"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refused_with_its_place(case: str, tmp_path: Path) -> None:
    source, message = REFUSED[case]
    refused(root(tmp_path, {"main.tf": source}), tmp_path / "out", message, "--> main.tf:")


READ = {
    "a comment that isn't UTF-8": b"# \xff\n" + ROOT,
    "a line of 10 MB": ROOT + value(b'"' + b"x" * (10 * MB) + b'"'),
    "10 MB of blanks": ROOT + b" " * (10 * MB) + b"\n",
    "10 MB of one comment": ROOT + b"/*" + b"* " * (5 * MB) + b"*/\n",
    "10 MB of comments": ROOT + b"# a comment line of some 32 bytes\n" * (10 * MB // 34),
    "many dollars": ROOT + value(b'"' + b"$" * MB + b'"'),
    "nested heredocs": ROOT + value(b"<<-A\n${" * 30 + b"1" + b"}\nA\n" * 30),
    "names of 100,000 letters": ROOT + b'resource "aws_lb" "' + b"x" * 100_000 + b'" {}\n',
    "one address 2,000 times": b'resource "aws_lb" "main" {}\n' * 2_000,
    "a chain of 5,000 locals": value(b"1")
    + b"locals {\n"
    + b"".join(b"  a%d = local.a%s\n" % (i, b"%d" % (i - 1) if i else b"") for i in range(5_000))
    + b"}\n"
    + ROOT.replace(b'"main"\n}', b"local.a4999\n}"),
    "a circle of 5,000 locals": ROOT
    + b"locals {\n"
    + b"".join(b"  a%d = local.a%d\n" % (i, (i + 1) % 5_000) for i in range(5_000))
    + b"}\n",
    "a text that doubles 60 times": b'locals {\n  a0 = "xxxxxxxx"\n'
    + b"".join(b'  a%d = "${local.a%d}${local.a%d}"\n' % (i, i - 1, i - 1) for i in range(1, 60))
    + b"}\n"
    + ROOT.replace(b'"main"\n}', b"local.a59\n}"),
    "a list that doubles 60 times": b"locals {\n  a0 = [1]\n"
    + b"".join(b"  a%d = [local.a%d, local.a%d]\n" % (i, i - 1, i - 1) for i in range(1, 60))
    + b"}\n"
    + ROOT.replace(b'"main"\n}', b"jsonencode(local.a59)\n}"),
    "three loops of 1,000": named(b'join("", [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]])'),
    "a width of a billion": named(b'format("%999999999d", 1)'),
    "JSON of 20,000 levels": named(b'jsondecode("' + b"[" * N + b"]" * N + b'")'),
    "a count of a billion": ROOT.replace(b'"main"\n}', b'"x"\n  count = 1000000000\n}'),
    "secrets by the thousand": b'variable "db_password" {\n  sensitive = true\n  default = ['
    + b",".join(b'"secret-value-%d"' % i for i in range(2_000))
    + b"]\n}\n"
    + ROOT,
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(READ))
def test_read_in_time(case: str, tmp_path: Path) -> None:
    read(root(tmp_path, {"main.tf": READ[case]}), tmp_path / "out")


# files and folders


def test_a_folder_of_5000_files(tmp_path: Path) -> None:
    files = {f"queue_{i}.tf": b'resource "aws_sqs_queue" "q%d" {}\n' % i for i in range(2_500)}
    folder = root(tmp_path, {"main.tf": ROOT, **files, **{f"notes/{i}.txt": b"x\n" for i in range(2_500)}})
    answer = run("audit", folder, "--json")
    assert answer.code == 0
    assert answer.json["counts"]["resources"] == 2_502


def test_what_is_no_file(tmp_path: Path) -> None:
    for name in ("main.tf", "x.tfvars", "tfhoist.toml", "m.tf.json"):
        folder = root(tmp_path / name, {"other.tf": ROOT})
        os.mkfifo(folder / name)
        refused_but_init = [("audit", folder), ("consolidate", folder, "--out", tmp_path / "out")]
        for command in refused_but_init:
            answer = run(*command)
            assert answer.code == 1
            assert f"{name} can't be read: neither a file nor a folder" in answer.err
    folder = root(tmp_path / "device", {"other.tf": ROOT})
    (folder / "zero.tf").symlink_to("/dev/zero")
    refused(folder, tmp_path / "out", "zero.tf can't be read")
    folder = root(tmp_path / "odd", {"other.tf": ROOT})
    os.mkfifo(folder / "pipe")
    (folder / "x.tf").mkdir()
    read(folder, tmp_path / "out")


@pytest.mark.parametrize("option", ["--config", "--state"])
def test_a_pipe_for_an_option(option: str, tmp_path: Path) -> None:
    folder = root(tmp_path, {"main.tf": ROOT})
    os.mkfifo(tmp_path / "pipe")
    for given in (tmp_path / "pipe", folder, tmp_path / "gone", "x" * 5_000):
        answer = run("audit", folder, option, str(given))
        assert answer.code == 1
        assert answer.err


@pytest.mark.parametrize("command", ["prove", "write"])
def test_an_out_that_is_none(command: str, tmp_path: Path) -> None:
    folder = root(tmp_path, {"main.tf": ROOT})
    more = ["--central", str(folder), "--service-root", str(folder)] if command == "write" else []
    out = tmp_path / "out"
    out.mkdir()
    for content in (b"", b"{", b"[" * N, b'{"schema": 7}', b'{"files": {"a": 7}}', b"\0\xff", b"{" + b'"a":{' * N):
        (out / "consolidation.json").write_bytes(content)
        answer = run(command, out, *more)
        assert answer.code == 1
        assert "consolidation.json is damaged" in answer.err
    (out / "consolidation.json").unlink()
    os.mkfifo(out / "consolidation.json")
    assert run(command, out, *more).code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    folder = root(tmp_path, {"main.tf": ROOT, "sub/x.tf": b""})
    (folder / "sub").chmod(0)
    try:
        refused(folder, tmp_path / "out", "sub can't be read")
    finally:
        (folder / "sub").chmod(0o755)
    (folder / "main.tf").chmod(0)
    refused(folder, tmp_path / "out", "main.tf can't be read")


def test_an_out_that_cannot_be_written(tmp_path: Path) -> None:
    folder = root(tmp_path, {"main.tf": ROOT})
    for out in ("/proc/tfhoist/out", "/dev/null/out", tmp_path / ("x" * 300)):
        answer = run("consolidate", folder, "--out", str(out), "--quiet")
        assert answer.code == 1
        assert str(out).split("/")[1] in answer.err


def test_links(tmp_path: Path) -> None:
    shared = root(tmp_path / "shared", {"vpc/main.tf": b'resource "aws_vpc" "v" {}\n'})
    folder = root(tmp_path, {"main.tf": ROOT + b'module "vpc" {\n  source = "./modules/vpc"\n}\n'})
    refused(folder, tmp_path / "out", "the folder modules/vpc of module 'vpc' doesn't exist", "--> main.tf:")
    (folder / "modules").symlink_to(shared)
    (folder / "loop").symlink_to(folder)
    (folder / "one").symlink_to(folder / "two")
    (folder / "two").symlink_to(folder / "one")
    read(folder, tmp_path / "out")
    (folder / "three.tf").symlink_to(folder / "three.tf")
    refused(folder, tmp_path / "out2", "three.tf can't be read")


CALL = b'module "m" {\n  source = "%b"\n}\n'


def test_modules_that_call_themselves(tmp_path: Path) -> None:
    for number, files in enumerate(
        [
            {"main.tf": CALL % b"./"},
            {"main.tf": CALL % b"./a", "a/main.tf": CALL % b"../b", "b/main.tf": CALL % b"../a"},
            {"main.tf": CALL % b"../root"},
        ]
    ):
        refused(root(tmp_path / str(number), files), tmp_path / "out", "module 'm'", "--> ")
    folder = root(tmp_path / "link", {"main.tf": CALL % b"./again"})
    (folder / "again").symlink_to(folder)
    refused(folder, tmp_path / "out", "the folder again of module 'm' is the root module")


def test_a_diamond_of_modules(tmp_path: Path) -> None:
    """Each module calls the next one twice: 2^30 paths through 30 folders are refused, 2^6 are read."""
    twice = b'module "a" {\n  source = "../m%d"\n}\n\nmodule "b" {\n  source = "../m%d"\n}\n'
    for depth in (6, 30):
        files = {f"m{i}/main.tf": twice % (i + 1, i + 1) for i in range(depth)}
        last = {f"m{depth}/main.tf": b'resource "aws_vpc" "v" {}\n'}
        folder = root(tmp_path / str(depth), {"main.tf": ROOT + CALL % b"./m0", **files, **last})
        if depth == 6:
            read(folder, tmp_path / "out")
        else:
            refused(folder, tmp_path / "out30", "more than 10,000 module calls", "--> main.tf:")


def test_modules_40_levels_deep(tmp_path: Path) -> None:
    files = {f"m{i}/main.tf": CALL % b"../m%d" % (i + 1) for i in range(100)}
    refused(
        root(tmp_path, {"main.tf": ROOT + CALL % b"./m0", **files, "m100/main.tf": b""}),
        tmp_path / "out",
        "more than 40 levels",
    )


# values and states

TFVARS = {
    "deep": (b"a = " + b"[" * N + b"]" * N, DEEP),
    "a name twice": (b"a = 1\na = 2\n", "already set"),
    "a block": (b"a {}\n", "assignments only"),
    "invalid UTF-8": (b'a = "\xff"\n', "invalid UTF-8"),
}


@pytest.mark.parametrize("case", sorted(TFVARS))
def test_bad_tfvars(case: str, tmp_path: Path) -> None:
    content, message = TFVARS[case]
    folder = root(tmp_path, {"main.tf": ROOT + b'variable "a" {}\n', "terraform.tfvars": content})
    for command in both(folder, tmp_path / "out"):
        answer = run(*command)
        assert answer.code == 1
        assert message in answer.err
        assert "terraform.tfvars:" in answer.err


def test_large_tfvars(tmp_path: Path) -> None:
    lines = b"".join(b'  key_%d = { cidr = "10.0.0.0/8", tags = ["a", "b"] }\n' % i for i in range(2_000))
    files = {"main.tf": ROOT + b'variable "a" {}\n', "terraform.tfvars": b"a = {\n" + lines + b"}\n"}
    read(root(tmp_path, files), tmp_path / "out")


@pytest.mark.parametrize("suffix", [".tf.json", ".auto.tfvars.json"])
def test_json_as_deep_as_it_likes(suffix: str, tmp_path: Path) -> None:
    for content in (b'{"locals": {"a": ' + b"[" * N + b"]" * N + b"}}", b'{"a": ' + b'{"a":' * N, b"\xff", b"{", b"\0"):
        folder = root(tmp_path, {"main.tf": ROOT, f"x{suffix}": content})
        for command in both(folder, tmp_path / "out"):
            answer = run(*command)
            assert answer.code == 1
            assert f"x{suffix}:1" in answer.err


def test_states(tmp_path: Path) -> None:
    whole = (EXAMPLES / "states/data-pipeline/staging.tfstate").read_bytes()
    folder = EXAMPLES / "data-pipeline"
    attributes = b'{"a":' * N + b"1" + b"}" * N
    resource = b'{"mode":"managed","type":"aws_lb","name":"main","instances":[{"attributes":%b}]}'
    for content in (
        whole[: len(whole) // 2],
        whole[:-3],
        b"[" * N,
        b'{"version": 4, "resources": [%b]}' % (resource % attributes),
        b'{"version": 4, "resources": [{}]}',
        b'{"version": 4, "resources": [{"mode": 1}]}',
        b'{"version": 1e400}',
        b"\xff\xfe",
        b"",
    ):
        state = tmp_path / "x.tfstate"
        state.write_bytes(content)
        for command in both(folder, tmp_path / "out"):
            answer = run(*command, "--state", f"staging={state}")
            assert answer.code == 1, content[:60]
            assert "x.tfstate" in answer.err
        assert not (tmp_path / "out").exists()
