"""Each construct of `docs/constructs.md`: what becomes of it, golden; and what Terraform says of that."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.constructs.planned import judged
from tests.acceptance.constructs.roots import Construct, constructs
from tests.acceptance.support import Run, tfhoist, tree
from tests.conftest import Golden
from tests.terraform.states import terraform

ALL = constructs()
PLAIN = "plain"
"""The root with nothing special; other golden files leave out what they have in common with it."""
TOGETHER = "everything"
"""The root with as many constructs as go into one."""


def named(construct: Construct) -> object:
    """A test's parameter; a defect's has to fail."""
    marks = [pytest.mark.xfail(strict=True, reason=construct.keys["defect"])] if "defect" in construct.keys else []
    return pytest.param(construct.name, id=construct.name, marks=marks)


def run(name: str, folder: Path) -> tuple[Run, Path]:
    construct = ALL[name]
    root = construct.write(folder / "in")
    out = folder / "out"
    return tfhoist(
        "consolidate", root, *construct.arguments(folder / "in"), "--service", "small", "--out", out
    ), out  # fmt: skip


def shown(out: Path) -> dict[str, bytes]:
    """What the two repositories get, a part for each file, without files that hold comments only."""
    found = {path: content for path, content in tree(out / "central").items() if not _is_document(path)}
    parts = {
        f"central/{path}": content
        for path, content in found.items()
        if not path.endswith(".tf") or any(line and not line.startswith(b"#") for line in content.split(b"\n"))
    }
    for change in (out / "service.patch").read_bytes().split(b"diff --git ")[1:]:
        head, _, body = change.partition(b"\n")
        parts[f"service.patch: {head.split(b' b/')[-1].decode()}"] = body
    return parts


def _is_document(path: str) -> bool:
    return path.endswith(".md") or path.startswith("registry/")


def as_text(head: str, files: dict[str, bytes]) -> str:
    """One text of several files, odd line ends and marks made visible."""
    parts = [head.rstrip("\n")]
    for path, content in sorted(files.items()):
        text = content.decode().replace("\r", "\\r").replace("\ufeff", "\\ufeff")
        parts.append(f"-- {path} --\n{text}".rstrip("\n"))
    return "\n".join(parts) + "\n"


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What every small root gets."""
    answer, out = run(PLAIN, tmp_path_factory.mktemp("plain"))
    assert answer.code == 0, answer.out + answer.err
    return shown(out)


@pytest.mark.parametrize("name", [named(c) for c in ALL.values() if "refused" not in c.keys])
def test_is_carried(name: str, tmp_path: Path, golden: Golden, common: dict[str, bytes]) -> None:
    answer, out = run(name, tmp_path)
    proof = json.loads((out / "proof.json").read_text()) if (out / "proof.json").exists() else {}
    wrong = [obligation for obligation in proof.get("obligations", []) if obligation["result"] != "holds"]
    assert (answer.code, proof.get("verdict")) == (0, "equivalent"), (answer.out, answer.err, wrong)
    files = {p: c for p, c in shown(out).items() if name == PLAIN or common.get(p) != c}
    golden(f"constructs/{name}.txt", as_text("carried", files))


@pytest.mark.parametrize("name", [named(c) for c in ALL.values() if "refused" in c.keys])
def test_is_refused(name: str, tmp_path: Path, golden: Golden) -> None:
    answer, out = run(name, tmp_path)
    wanted = ALL[name].keys["refused"]
    if wanted == "usage":
        assert (answer.code, out.exists()) == (1, False), answer.out
        golden(f"constructs/{name}.txt", answer.err.replace(f"{tmp_path}/", ""))
        return
    assert answer.code == 2, answer.out + answer.err
    assert not (out / "service").exists()
    refusals = json.loads((out / "consolidation.json").read_text())["refusals"]
    assert wanted in {refusal["id"] for refusal in refusals}, refusals
    lines = ["refused"]
    for refusal in refusals:
        place = refusal.get("range") or {}
        lines += ["", f"{refusal['id']}: {refusal.get('address') or ''}".rstrip(": ")]
        lines += [f"  {place['file']}:{place['start_line']}-{place['end_line']}"] if place else []
        lines += [f"  {refusal['summary']}", f"  {refusal['advice']}"]
    golden(f"constructs/{name}.txt", "\n".join(lines) + "\n")


REACHED = [c for c in ALL.values() if "refused" not in c.keys and "out-of-reach" not in c.keys]


def several(construct: Construct) -> bool:
    """Whether it may have more environments than the one that is planned."""
    return any(path.endswith((".tfvars", ".tfvars.json")) or b"[[environments]]" in content
               for path, content in construct.files.items())  # fmt: skip


@pytest.mark.terraform
@pytest.mark.parametrize("name", [named(c) for c in REACHED if "not-planned" in c.keys or several(c)])
def test_terraform_finds_both_roots_valid(name: str, tmp_path: Path) -> None:
    """What isn't planned below, where a plan says as much."""
    answer, out = run(name, tmp_path)
    assert answer.code == 0, answer.out + answer.err
    service = out / "service/root" if (out / "service/root").is_dir() else out / "service"
    for folder in [*sorted((out / "central/environments").iterdir()), service]:
        terraform(folder, "init", "-backend=false", "-input=false", "-no-color")
        terraform(folder, "validate", "-no-color")


@pytest.mark.terraform
@pytest.mark.parametrize("name", [named(c) for c in REACHED if "not-planned" not in c.keys])
def test_terraform_plans_nothing(name: str, tmp_path: Path) -> None:
    """The root is applied as it was, its state is split, and both new roots are planned over the halves."""
    answer, out = run(name, tmp_path)
    assert answer.code == 0, answer.out + answer.err
    root = tmp_path / "in" / ("root" if (tmp_path / "in/root").is_dir() else ".")
    trial = judged(root, out)
    assert (trial.verdict, [root.reasons for root in trial.roots.values()]) == ("equivalent", [(), ()]), trial


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Forty times, each in a process with hashes of its own: no set's order shows."""
    root = ALL[TOGETHER].write(tmp_path / "in")
    digests: set[str] = set()
    for seed in range(40):
        out = tmp_path / "out"
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", "consolidate", str(root), "--service", "small", "--out", str(out), "--force"],
            env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        every = hashlib.sha256(done.stdout.encode())
        for path, content in tree(out).items():
            every.update(path.encode() + b"\0" + content + b"\0")
        digests.add(every.hexdigest())
    assert len(digests) == 1
