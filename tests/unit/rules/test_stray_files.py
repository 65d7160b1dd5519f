"""Rules about files: plans, states, and what Terraform doesn't read."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import findings_of, places

# files

ZIP = b"PK\x03\x04\x14\x00\x08\x00\x08\x00" + b"\0" * 16 + b"\x06\x00\x00\x00tfplan" + b"...tfstate..."


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tfplan", ZIP),
        ("plans/out.bin", ZIP),
        ("x.tfplan", b"x"),
        ("p.json", b'{"format_version":"1.2","planned_values":{}}'),
    ],
)
def test_saved_plans(path: str, content: bytes) -> None:
    [finding] = findings_of("plan-file-in-folder", {"main.tf": "", path: content})
    assert places(finding) == [f"{path}:1-1"]


@pytest.mark.parametrize(
    ("path", "content"), [("lambda.zip", b"PK\x03\x04" + b"\0" * 40), ("tfplan", b""), ("plan.md", b"tfplan")]
)
def test_what_is_no_saved_plan(path: str, content: bytes) -> None:
    assert findings_of("plan-file-in-folder", {"main.tf": "", path: content}) == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("terraform.tfstate", b"{}"),
        ("terraform.tfstate.backup", b"{}"),
        ("terraform.tfstate.1700000000.backup", b"{}"),
        ("old/state.json", b'{\n "version": 4,\n "terraform_version": "1.5.0",\n "lineage": "x"}'),
    ],
)
def test_states_in_the_folder(path: str, content: bytes) -> None:
    [finding] = findings_of("state-file-in-folder", {"main.tf": "", path: content})
    assert places(finding) == [f"{path}:1-1"]


def test_what_is_no_state() -> None:
    assert (
        findings_of(
            "state-file-in-folder", {"main.tf": "", "a.json": b'{"terraform_version": "1"}', "tfstate.md": b"x"}
        )
        == []
    )


@pytest.mark.parametrize(
    "path", ["rules.tf.disabled", "main.tf.bak", "main.tf~", ".hidden.tf", "m/x.tf.old", "a.tf.json.off"]
)
def test_files_that_terraform_does_not_read(path: str) -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m"\n}', "m/main.tf": "", path: "x"}
    [finding] = findings_of("ignored-configuration-file", files)
    assert places(finding) == [f"{path}:1-1"]


@pytest.mark.parametrize(
    "path", ["a.tf", "a.tf.json", "notes.md", "a.tf.example", "a.tf.tpl", "elsewhere/x.tf.bak", ".terraform.lock.hcl"]
)
def test_files_that_are_read_or_are_something_else(path: str) -> None:
    assert findings_of("ignored-configuration-file", {"main.tf": "", path: "{}" if path.endswith("json") else ""}) == []


def test_override_files() -> None:
    files = {"main.tf": "", "override.tf": "", "x_override.tf": "", "overrides.tf": ""}
    assert [places(f) for f in findings_of("override-file", files)] == [["override.tf:1-1"], ["x_override.tf:1-1"]]


def test_json_configuration() -> None:
    files = {"main.tf": "", "b.tf.json": '{"resource": {"aws_lb": {"a": {"name": "x"}}}}', "c.json": "{}"}
    assert [places(f) for f in findings_of("json-configuration", files)] == [["b.tf.json:1-1"]]
