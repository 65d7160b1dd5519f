"""Bad input: a clear message, the right exit code, and nothing half written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.support import SERVICE, Run, tfhoist, tree

BROKEN = {
    "a syntax error": ({"main.tf": b'resource "a" "b" {\n  x = \n}\n'}, "main.tf:2"),
    "invalid UTF-8": ({"main.tf": b'x = "\xff"\n'}, "invalid UTF-8"),
    "an unknown block": ({"main.tf": b"resorce {}\n"}, "unknown block type"),
    "a wrong number of labels": ({"main.tf": b'resource "a" {}\n'}, "takes 2 labels"),
    "broken tfvars": ({"main.tf": b'variable "a" {}\n', "terraform.tfvars": b"a = \n"}, "terraform.tfvars:1"),
    "broken JSON": ({"main.tf.json": b"{,}"}, "invalid JSON"),
    "no configuration": ({"README.md": b"nothing\n"}, "no Terraform configuration"),
    "a module that calls itself": (
        {"main.tf": b'module "m" {\n  source = "./m"\n}\n', "m/main.tf": b'module "m" {\n  source = "../m"\n}\n'},
        "calls itself",
    ),
    "a broken tfhoist.toml": ({"main.tf": b"", "tfhoist.toml": b"[service\n"}, "tfhoist.toml:1"),
    "an unknown key": ({"main.tf": b"", "tfhoist.toml": b'[service]\nnmae = "x"\n'}, "tfhoist.toml:2"),
    "an unknown address": (
        {"main.tf": b"", "tfhoist.toml": b'[placement.overrides]\n"aws_lb.x" = "local"\n'},
        "tfhoist.toml:2",
    ),
}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def both(folder: Path, out: Path) -> list[Run]:
    return [tfhoist("audit", folder), tfhoist("consolidate", folder, "--out", out)]


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_unreadable_input(case: str, tmp_path: Path) -> None:
    files, message = BROKEN[case]
    folder = write(tmp_path / "root", files)
    before = tree(folder)
    out = tmp_path / "out"
    for run in both(folder, out):
        assert run.code == 1, run.out + run.err
        assert message in run.err
        assert not run.out
    assert not out.exists()
    assert tree(folder) == before


def test_a_missing_folder_and_a_broken_link(tmp_path: Path) -> None:
    for run in both(tmp_path / "nowhere", tmp_path / "out"):
        assert run.code == 1
        assert "is no folder" in run.err
    folder = write(tmp_path / "root", {"main.tf": b"locals {}\n"})
    (folder / "other.tf").symlink_to(tmp_path / "gone.tf")
    for run in both(folder, tmp_path / "out"):
        assert run.code == 1
        assert "other.tf" in run.err


def test_loops_of_links(tmp_path: Path) -> None:
    folder = write(tmp_path / "root", {"main.tf": b'resource "aws_sqs_queue" "q" {}\n'})
    (folder / "again").symlink_to(folder)
    assert tfhoist("audit", folder).code == 0


def test_an_output_folder_that_is_not_ours(tmp_path: Path) -> None:
    theirs = write(tmp_path / "theirs", {"notes.txt": b"mine\n"})
    for options in ([], ["--force"]):
        run = tfhoist("consolidate", SERVICE, "--out", theirs, *options)
        assert run.code == 1
        assert "tfhoist didn't write it" in run.err
    assert tree(theirs) == {"notes.txt": b"mine\n"}
    file = tmp_path / "file"
    file.write_text("x")
    assert tfhoist("consolidate", SERVICE, "--out", file).code == 1


def test_an_earlier_run_is_replaced_only_with_force(consolidated: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(consolidated, out)
    (out / "stale").write_text("old")
    assert tfhoist("consolidate", SERVICE, "--out", out).code == 1
    assert (out / "stale").exists()
    assert tfhoist("consolidate", SERVICE, "--out", out, "--force").code == 0
    assert not (out / "stale").exists()


LOAD_BALANCER = (
    b'resource "aws_lb" "main" {\n  name = "main"\n}\nresource "aws_sqs_queue" "q" {\n  name = aws_lb.main.arn\n}\n'
)


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ({"main.tf": LOAD_BALANCER + b'output "o" {\n  value = aws_lb.other.arn\n}\n'}, "undeclared-reference"),
        ({"main.tf": LOAD_BALANCER + b"locals {\n  a = local.b\n  b = local.a\n}\n"}, "reference-cycle"),
        (
            {
                "main.tf": b'resource "aws_sqs_queue" "q" {}\n',
                "lb.tf.json": b'{"resource": {"aws_lb": {"main": {"name": "x"}}}}',
            },
            "json-would-move",
        ),
        ({"main.tf": b'resource "aws_sqs_queue" "q" {}\n'}, "empty-side"),
        (
            {
                "main.tf": LOAD_BALANCER.replace(b'name = "main"', b'for_each = toset(["a"])').replace(
                    b"main.arn", b"main[*].arn"
                )
            },
            "cannot-cross",
        ),
        ({"main.tf": LOAD_BALANCER + b"removed {\n  from = aws_lb.main.x\n}\n"}, "removed-names-moved"),
        (
            {"main.tf": LOAD_BALANCER, "x_override.tf.json": b'{"resource": {"aws_lb": {"main": {"name": "y"}}}}'},
            "override-file",
        ),
    ],
)
def test_refusals(files: dict[str, bytes], refusal: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "root", files)
    out = tmp_path / "out"
    run = tfhoist("consolidate", folder, "--out", out)
    assert run.code == 2, run.out + run.err
    document = json.loads((out / "consolidation.json").read_text())
    assert refusal in {entry["id"] for entry in document["refusals"]}
    assert refusal in run.out
    assert all(entry["advice"] for entry in document["refusals"])
    assert sorted(path.name for path in out.iterdir()) == ["audit", "consolidation.json"]


def test_a_service_name_is_a_name(tmp_path: Path) -> None:
    for name in ("../escape", "My Svc!", "", "/x"):
        run = tfhoist("consolidate", SERVICE, "--service", name, "--out", tmp_path / "out")
        assert run.code == 1
        assert "can't be a service's name" in run.err
    assert not (tmp_path / "out").exists()


def test_wrong_calls() -> None:
    assert tfhoist("audit", SERVICE, "--format", "yaml").code == 1
    assert tfhoist("audit", SERVICE, "--state", "nowhere.tfstate").code == 1
    assert tfhoist("explain", "aws_lb.mian", SERVICE).code == 1
    assert "Did you mean aws_lb.main" in tfhoist("explain", "aws_lb.mian", SERVICE).err
    assert tfhoist("prove", SERVICE).code == 1
    assert tfhoist("consolidate").code == 1
    assert tfhoist("nonsense").code == 1
    assert tfhoist("audit", SERVICE, "--nonsense").code == 1
    assert tfhoist("consolidate", SERVICE, "--out", SERVICE / "versions.tf").code == 1
    assert tfhoist("--help").code == tfhoist().code == tfhoist("--version").code == 0


def test_bad_states(tmp_path: Path) -> None:
    for content, message in (
        (b"{", "no state snapshot"),
        (b'{"version": 3}', "version 3"),
        (b'{"version": 4, "encrypted_data": "x"}', "encrypted"),
        (b'{"version": 4, "resources": 7}', "damaged"),
    ):
        state = tmp_path / "bad.tfstate"
        state.write_bytes(content)
        run = tfhoist("audit", SERVICE, "--state", f"staging={state}")
        assert run.code == 1
        assert message in run.err


def test_a_state_of_another_environment(tmp_path: Path) -> None:
    state = SERVICE.parent / "states/data-pipeline/staging.tfstate"
    run = tfhoist("consolidate", SERVICE, "--state", f"production={state}", "--out", tmp_path / "out")
    assert run.code == 2
    assert "state-of-another-environment" in run.out
