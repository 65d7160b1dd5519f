"""`tfhoist routes` as a person runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.support import CENTRAL, CONFLICTED, SERVICE, STATES, tfhoist
from tests.acceptance.test_schemas import check


def test_the_table() -> None:
    run = tfhoist("routes", SERVICE, "--environment", "production")
    assert run.code == 0
    assert "HTTPS 443 of hokusai-production (aws_lb_listener.https[0])" in run.out
    assert "host auth.hokus.ai and path /api/*" in run.out
    assert "anything else" in run.out


def test_the_table_as_json_names_what_is_shadowed() -> None:
    run = tfhoist("routes", CONFLICTED, "--json", "--environment", "development")
    check(run.json, "routes")
    rules = {rule["address"]: rule for listener in run.json["listeners"] for rule in listener["rules"]}
    shadowed = rules["aws_lb_listener_rule.registry_api_general"]
    assert (shadowed["status"], shadowed["shadowed_by"]) == ("shadowed", ["aws_lb_listener_rule.registry_api"])
    assert rules["aws_lb_listener_rule.api"]["status"] == "live"
    assert rules["aws_lb_listener_rule.api"]["witness"]["path"].startswith("/api")


def test_a_url() -> None:
    run = tfhoist("routes", SERVICE, "https://registry.hokus.ai/api/mlflow/x", "--json", "--environment", "staging")
    check(run.json, "answer")
    assert run.json["rule"] == "aws_lb_listener_rule.dedicated_registry_api_mlflow[0]"
    assert [one["rule"] for one in run.json["passed_over"]] == ["aws_lb_listener_rule.dedicated_registry_mlflow[0]"]


def test_a_state_and_its_configuration_are_equal() -> None:
    run = tfhoist("routes", "diff", SERVICE, STATES / "production.tfstate", "--environment", "production", "--json")
    check(run.json, "routes-diff")
    assert (run.code, run.json["equal"], run.json["differences"]) == (0, True, [])


def test_a_state_gives_the_priorities_that_the_configuration_leaves_open(tmp_path: Path) -> None:
    """From configuration with values alone, from a state alone, and from both."""
    edited = tmp_path / "edited"
    shutil.copytree(SERVICE, edited)
    file = edited / "routing.tf"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.strip().startswith("priority")))
    environment = ("--environment", "production")

    def priorities(*arguments: str | Path) -> dict[str, tuple[int | None, str]]:
        run = tfhoist("routes", *arguments, "--json")
        check(run.json, "routes")
        return {
            rule["address"]: (rule["priority"], rule["status"])
            for listener in run.json["listeners"]
            for rule in listener["rules"]
        }

    alone = priorities(edited, *environment)
    recorded = priorities(STATES / "production.tfstate")
    both = priorities(edited, *environment, "--state", f"production={STATES / 'production.tfstate'}")
    assert None in {priority for priority, _ in alone.values()}
    assert "undecided" in {status for _, status in alone.values()}
    assert both == recorded == priorities(SERVICE, *environment)


def test_an_edit_is_found(tmp_path: Path) -> None:
    edited = tmp_path / "edited"
    shutil.copytree(SERVICE, edited)
    file = edited / "routing.tf"
    file.write_text(file.read_text().replace('"/api/mlflow/*"', '"/api/mlflow2/*"', 1))
    run = tfhoist("routes", "diff", SERVICE, edited, "--environment", "production", "--json")
    check(run.json, "routes-diff")
    assert run.code in (0, 2)
    file.write_text(file.read_text().replace("aws_lb_target_group.mlflow.arn", "aws_lb_target_group.api.arn"))
    run = tfhoist("routes", "diff", SERVICE, edited, "--environment", "production", "--json")
    assert (run.code, run.json["equal"]) == (2, False)
    assert all(one["witness"]["path"].startswith("/mlflow") for one in run.json["differences"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("routes", "nowhere"),
        ("routes", SERVICE, "ftp://x/"),
        ("routes", SERVICE, "https://x:port/"),
        ("routes", SERVICE, "https://x/", "more"),
        ("routes", "diff", SERVICE),
        ("routes", SERVICE, "--environment", "nowhere"),
        ("routes", SERVICE, "https://x/", "--header", "nothing"),
        ("routes", SERVICE, "https://x/", "--source-ip", "nothing"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...]) -> None:
    run = tfhoist(*arguments)
    assert run.code == 1
    assert run.err


def test_a_consolidation_proves_its_routing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = tfhoist("consolidate", SERVICE, "--central", CENTRAL, "--out", out, "--environment", "staging", "--quiet")
    assert run.code == 0, run.err
    proof = json.loads((out / "proof.json").read_text())
    assert [one["result"] for one in proof["obligations"] if one["kind"] == "routing"] == ["holds"]
    [routing] = [
        path
        for path in (out / "central/terraform_module/data-pipeline").rglob("*.tf")
        if "/mlflow/*" in path.read_text()
    ][:1]
    routing.write_text(routing.read_text().replace("/mlflow/*", "/else/*"))
    tfhoist("prove", out)
    proof = json.loads((out / "proof.json").read_text())
    [broken] = [one for one in proof["obligations"] if one["kind"] == "routing"]
    assert broken["result"] == "fails"
    assert "/mlflow/" in broken["detail"] or "/else/" in broken["detail"]
