"""`tfhoist validate` as it's typed: what it prints, its exit codes, its artifacts, and what it does without its extra."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import REPOSITORY
from tests.project.test_pages import commands
from tests.validation.conftest import ENVIRONMENT, Site
from tests.validation.world import CREDENTIALS
from tfhoist.validation.declare import encode

SERVICE = REPOSITORY / "examples/data-pipeline"


class Run:
    """One call."""

    def __init__(self, *arguments: str | Path, environment: dict[str, str] | None = None) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", *map(str, arguments)], capture_output=True, text=True, timeout=120,
            env={**os.environ, **CREDENTIALS, **(environment or {})},
        )  # fmt: skip
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        assert "Traceback" not in self.err, self.err


@pytest.fixture
def out(site: Site, tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "validation.json").write_bytes(encode(site.declared))
    return folder


def options(site: Site) -> list[str]:
    found = ["--environment", ENVIRONMENT, "--endpoint-url", site.world.endpoint, "--resolver", site.names.address]
    found += ["--ca-file", str(site.means.ca_file)]
    for left, right in site.means.connect_to.items():
        found += ["--connect-to", f"{left}={right}"]
    return found


def check(document: Any, name: str) -> None:
    schema = json.loads((REPOSITORY / "src/tfhoist/schemas" / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)


def test_record_then_compare_then_break(site: Site, out: Path) -> None:
    run = Run("validate", out, *options(site), "--record")
    assert run.code == 0, run.out + run.err
    assert f"baseline of data-pipeline, {ENVIRONMENT}: {len(site.environment.checks)} checks" in run.out
    file = out / "validation" / f"{ENVIRONMENT}.json"
    check(json.loads(file.read_text()), "baseline")
    check(json.loads((out / "validation.json").read_text()), "validation")
    for path in (file, out / "validation.json"):
        assert "tfhoist-secret-" not in path.read_text()

    refused = Run("validate", out, *options(site), "--record")
    assert refused.code == 1
    assert "replace it with --force" in refused.err
    assert Run("validate", out, *options(site), "--record", "--force", "--only", "role", "--quiet").code == 0
    assert Run("validate", out, *options(site), "--record", "--force").code == 0

    same = Run("validate", out, *options(site))
    assert same.code == 0, same.out
    assert same.out.splitlines()[-2].startswith(f"equal: data-pipeline, {ENVIRONMENT}, ")
    assert "\x1b" not in same.out

    site.world.elb.delete_rule(RuleArn=site.world.rule("hokusai-production", 443, 95))
    site.secure.answers["auth.hokus.ai/health"] = (500, "")
    differs = Run("validate", out, *options(site), "--compare", "--quiet")
    assert differs.code == 2
    assert re.search(r"^  differs +hokusai-production:443 priority 95 +.* -> not there$", differs.out, re.MULTILINE)
    assert re.search(
        r"^  differs +https://auth\.hokus\.ai/health +200 -> 500\n +status: 200\n +now: 500$", differs.out, re.MULTILINE
    )
    assert re.search(r"^different: .*: \d+ same, 3 differs$", differs.out, re.MULTILINE), differs.out
    assert " same  " not in differs.out, "--quiet leaves out what passed"

    told = Run("validate", out, *options(site), "--json")
    document = json.loads(told.out)
    check(document, "validate")
    assert told.code == 2
    assert document["verdict"] == "different"
    assert document["counts"]["differs"] == 3


def test_what_is_unchecked_is_said_and_exits_with_two(site: Site, out: Path) -> None:
    Run("validate", out, *options(site), "--record")
    gone = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SHARED_CREDENTIALS_FILE": str(out / "none")}
    run = Run("validate", out, *options(site), environment=gone)
    assert run.code == 2
    assert re.search(r"^undecided: .*unchecked$", run.out, re.MULTILINE)
    assert run.out.count("times: AWS can't be asked") >= 2, "a reason that many share stands once for each kind"
    assert "What couldn't be checked hasn't passed" in run.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--record", "--compare"], "contradict"),
        (["--environment", "nowhere"], "there is no environment 'nowhere'"),
        ([], "there are several environments"),
        (["--environment", ENVIRONMENT], "Record a baseline first"),
        (["--environment", ENVIRONMENT, "--record", "--only", "listeners"], "there is no kind 'listeners'"),
        (["--environment", ENVIRONMENT, "--record", "--connect-to", "a=b"], "isn't understood"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = Run("validate", REPOSITORY / "examples/consolidated", "--baseline", tmp_path / "none.json", *arguments)
    assert said in run.err
    assert run.code == 1
    assert not (tmp_path / "none.json").exists()


def test_what_is_no_consolidation_and_what_is_damaged(tmp_path: Path) -> None:
    assert "holds no validation.json" in Run("validate", tmp_path).err
    (tmp_path / "validation.json").write_text('{"schema": "tfhoist/validation/9", "service": "x", "environments": []}')
    assert "has the schema 'tfhoist/validation/9'" in Run("watch", tmp_path).err
    (tmp_path / "validation.json").write_text("{")
    run = Run("validate", tmp_path)
    assert run.code == 1
    assert "is damaged" in run.err


def test_the_baseline_of_another_environment_is_refused(site: Site, out: Path) -> None:
    Run("validate", out, *options(site), "--record", "--only", "role")
    run = Run("validate", out, "--environment", "staging", "--baseline", out / "validation" / f"{ENVIRONMENT}.json")
    assert run.code == 1
    assert f"is the baseline of data-pipeline in {ENVIRONMENT}" in run.err


def test_the_commands_of_the_page(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "build/consolidation"
    folder.mkdir(parents=True)
    (folder / "validation.json").write_bytes(encode(site.declared))
    calls = commands((REPOSITORY / "docs/validation.md").read_text())
    assert [words[0] for words in calls] == ["validate", "watch", "validate"]
    for words in calls:
        typed = [
            {"staging": ENVIRONMENT, "60m": "1s", "build/consolidation": str(folder)}.get(one, one) for one in words
        ]
        own = options(site)[2:]
        if words[0] == "watch":
            own = own[own.index("--ca-file") :]
        assert Run(*typed, *own).code == 0, words
    assert sorted(path.name for path in (folder / "validation").iterdir()) == [
        f"{ENVIRONMENT}.json", f"{ENVIRONMENT}.watch.jsonl",
    ]  # fmt: skip


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """An environment in which the libraries of the extra aren't installed, and say so when they're touched."""
    for name in ("boto3", "botocore", "dns"):
        (tmp_path / "absent" / name).mkdir(parents=True)
        source = (
            f"print('{name} is touched', file=__import__('sys').stderr)\nraise ModuleNotFoundError(name='{name}')\n"
        )
        (tmp_path / "absent" / name / "__init__.py").write_text(source)
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path / "absent"), os.environ.get("PYTHONPATH", "")])}


def test_a_missing_extra_has_a_way_out(tmp_path: Path, without: dict[str, str]) -> None:
    example = REPOSITORY / "examples/consolidated"
    base: list[str | Path] = [
        "validate",
        example,
        "--environment",
        ENVIRONMENT,
        "--record",
        "--baseline",
        tmp_path / "x.json",
    ]
    run = Run(*base, environment=without)
    assert run.code == 1
    assert "error: this needs boto3, which isn't installed." in run.err
    assert "pip install 'tfhoist[aws]'" in run.err
    names = Run(*base, "--only", "dns", environment=without)
    assert names.code == 1
    assert "pip install 'tfhoist[aws]'" in names.err
    assert "needs dnspython" in names.err


def test_nobody_else_imports_the_extra(tmp_path: Path, without: dict[str, str]) -> None:
    """Every other command runs without it; so does watching."""
    server = tmp_path / "out"
    commands: list[list[str | Path]] = [
        ["--version"], ["audit", SERVICE], ["consolidate", SERVICE, "--out", server], ["prove", server], ["report", server],
        ["placement", SERVICE], ["routes", SERVICE], ["validate", "--help"],
        ["watch", server, "--environment", ENVIRONMENT, "--for", "0.2s", "--output", tmp_path / "log", "--timeout", "0.2"],
    ]  # fmt: skip
    for command in commands:
        run = Run(*command, environment=without)
        assert "is touched" not in run.err, command
        assert run.code in (0, 2), (command, run.err)


def test_a_baseline_is_not_replaced_by_another_consolidation(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert Run("consolidate", SERVICE, "--out", out).code == 0
    assert Run("consolidate", SERVICE, "--out", out, "--force").code == 0
    (out / "validation").mkdir()
    (out / "validation/staging.json").write_text("{}")
    run = Run("consolidate", SERVICE, "--out", out, "--force")
    assert run.code == 1
    assert "holds what was served before a migration (staging)" in run.err
    assert (out / "validation/staging.json").exists()
