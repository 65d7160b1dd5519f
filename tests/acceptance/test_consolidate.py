"""The main job on the example: what a person gets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import (
    CENTRAL,
    CONFLICTED,
    ENVIRONMENTS,
    EXAMPLES,
    SERVICE,
    STATES,
    tfhoist,
    tree,
    with_states,
)

SECRET = re.compile(rb"planted-[a-z-]+")


def consolidation(out: Path) -> Any:
    return json.loads((out / "consolidation.json").read_text())


def test_is_proven(consolidated: Path) -> None:
    proof = json.loads((consolidated / "proof.json").read_text())
    assert proof["verdict"] == "equivalent"
    assert proof["environments"] == dict.fromkeys(ENVIRONMENTS, "equivalent")
    assert proof["counts"]["holds"] > 100
    assert proof["counts"]["fails"] == proof["counts"]["undecided"] == 0
    again = tfhoist("prove", consolidated)
    assert again.code == 0, again.out
    assert json.loads((consolidated / "proof.json").read_text()) == proof


def test_placement(consolidated: Path) -> None:
    placement = consolidation(consolidated)["placement"]
    central = {address for address, placed in placement.items() if placed["side"] == "central"}
    assert {"aws_lb.main", "aws_lb.auth", "aws_lb.registry", "aws_security_group.alb", "module.vpc"} <= central
    kinds = ("aws_iam_role.", "aws_iam_role_policy_attachment.", "aws_route53_record.", "aws_lb_listener_rule.")
    assert all(address in central for address in placement if address.startswith(kinds))
    internal = {"aws_lb.mlflow_internal", "aws_lb_listener.mlflow_internal", "aws_lb_target_group.mlflow_internal"}
    local = set(placement) - central
    assert (
        internal | {"aws_iam_role_policy.ecs_task_s3", "aws_security_group.ecs_tasks", "aws_security_group.rds"}
        <= local
    )
    stays = (
        "aws_ecs_",
        "aws_db_",
        "aws_s3_",
        "aws_ecr_",
        "aws_cloudwatch_",
        "aws_sns_",
        "aws_secretsmanager_",
        "aws_service_",
    )
    assert all(address in local for address in placement if address.startswith(stays))
    assert all(placed["reasons"] for placed in placement.values())


def test_hard_coded_values_became_variables(consolidated: Path) -> None:
    module = consolidated / "central/terraform_module/data-pipeline"
    variables = {v["name"]: v for v in consolidation(consolidated)["interface"]["variables"]}
    assert {"registry_domain", "auth_domain", "account_id", "registry_legacy_certificate_arn"} <= set(variables)
    assert {v["origin"] for v in variables.values()} == {"service variable", "required", "hard-coded"}
    text = (module / "variables.tf").read_text()
    assert 'default     = "registry.hokus.ai"' in text
    moved = "".join((module / name).read_text() for name in ("alb.tf", "dns.tf", "iam.tf", "networking.tf", "main.tf"))
    for literal in ('"registry.hokus.ai"', '"auth.hokus.ai"', "123456789012", "arn:aws:acm"):
        assert literal not in moved


def test_required_interface(consolidated: Path) -> None:
    interface = consolidation(consolidated)["interface"]
    names = {variable["name"] for variable in interface["variables"]}
    assert {"environment", "project_name", "aws_region", "certificate_arn", "route53_zone_id"} <= names
    expressions = {output["expression"] for output in interface["outputs"]}
    for address in ("main", "auth", "registry"):
        assert {f"aws_lb.{address}.{leaf}" for leaf in ("arn", "dns_name", "zone_id")} <= expressions
    assert {
        f"aws_lb_target_group.{name}.arn" for name in ("api", "mlflow", "auth", "registry_api", "registry_mlflow")
    } <= expressions
    assert {
        "aws_iam_role.ecs_task.arn",
        "aws_iam_role.ecs_task_execution.arn",
        "aws_security_group.alb.id",
    } <= expressions
    assert "var.route53_zone_id" in expressions
    assert "data_pipeline_alb_arn" in {output["name"] for output in interface["outputs"]}, "alb_arn is the website's"


def test_untouched_bytes_are_untouched(consolidated: Path) -> None:
    """Every line of the edited root is a line of the original, or reads an output, in the original's order."""
    changed = 0
    for path in sorted((consolidated / "service").glob("*.tf")):
        if path.name in ("central.tf", "removed.tf"):
            continue
        before = (SERVICE / path.name).read_text().splitlines()
        position = 0
        for line in path.read_text().splitlines():
            if "data.terraform_remote_state.central.outputs." in line:
                changed += 1
                continue
            assert line in before[position:], f"{path.name}: {line}"
            position = before.index(line, position) + 1
    assert changed > 20
    for name in ("variables.tf", "providers.tf", "versions.tf", "tfhoist.toml", "environments/staging.tfvars"):
        assert (consolidated / "service" / name).read_bytes() == (SERVICE / name).read_bytes()


def test_outputs_are_kept(consolidated: Path) -> None:
    def outputs(folder: Path) -> list[str]:
        return re.findall(r'^output "(\w+)"', "".join(p.read_text() for p in sorted(folder.glob("*.tf"))), re.MULTILINE)

    assert sorted(outputs(consolidated / "service")) == sorted(outputs(SERVICE))


def test_the_other_service_is_untouched(consolidated: Path) -> None:
    before, after = tree(CENTRAL), tree(consolidated / "central")
    for path, content in before.items():
        if path != "docs/resource_registry.md":
            assert after[path] == content, path
    registry = after["docs/resource_registry.md"].decode()
    position = 0
    for line in before["docs/resource_registry.md"].decode().splitlines():
        assert line in registry[position:]
        position = registry.index(line, position) + len(line)
    assert "### Service: data-pipeline" in registry
    for wanted in ("/api/*", "/api/mlflow/*", "/mlflow/*", "registry.hokus.ai", "data-pipeline-team@hokusai.ai"):
        assert wanted in registry


def test_removed_blocks_guard_an_early_merge(consolidated: Path) -> None:
    text = (consolidated / "service/removed.tf").read_text()
    moved = [a for a, p in consolidation(consolidated)["placement"].items() if p["side"] == "central"]
    assert sorted(re.findall(r"from = (\S+)", text)) == sorted(moved)
    assert text.count("destroy = false") == len(moved)


def test_patch_applies(consolidated: Path, tmp_path: Path) -> None:
    copy = tmp_path / "service"
    shutil.copytree(SERVICE, copy)
    subprocess.run(["git", "init", "-q", "."], cwd=copy, check=True)
    subprocess.run(["git", "apply", str(consolidated / "service.patch")], cwd=copy, check=True)
    shutil.rmtree(copy / ".git")
    assert tree(copy) == tree(consolidated / "service")


def test_documents_are_there_and_specific(consolidated: Path) -> None:
    for name in ("runbook", "rollback", "pull_request", "validation", "timeline", "required_outputs"):
        text = (consolidated / "migration" / f"{name}.md").read_text()
        assert not re.search(r"\bNone[,)\]|]|Unknown\(|<tfhoist", text), name
        assert "{{" not in text
    runbook = (consolidated / "migration/runbook.md").read_text()
    moved = [a for a, p in consolidation(consolidated)["placement"].items() if p["side"] == "central"]
    assert all(address in runbook for address in moved)
    assert "terraform state mv" in runbook
    assert runbook.index("evelopment") < runbook.index("roduction")


def test_no_secret_anywhere(consolidated: Path, tmp_path: Path) -> None:
    for path, content in tree(consolidated).items():
        assert not SECRET.search(content), path
    conflicted = EXAMPLES / "data-pipeline-conflicted"
    planted = [match for content in tree(conflicted).values() for match in SECRET.findall(content)]
    assert len(set(planted)) >= 3
    for arguments in (["--json"], ["--format", "sarif"], ["--format", "markdown"], ["--out", str(tmp_path / "audit")]):
        run = tfhoist("audit", conflicted, *arguments)
        assert run.code == 2
        assert not SECRET.search((run.out + run.err).encode())
    out = tmp_path / "out"
    run = tfhoist("consolidate", conflicted, "--central", CENTRAL, "--out", out)
    assert run.code == 2
    assert not SECRET.search((run.out + run.err).encode())
    for folder in (out, tmp_path / "audit"):
        for path, content in tree(folder).items():
            assert not SECRET.search(content), path


def test_no_state_or_plan_is_copied(consolidated: Path) -> None:
    for path, content in tree(consolidated).items():
        assert not path.endswith((".tfstate", "tfplan"))
        assert b'"terraform_version"' not in content, path


def test_same_bytes(consolidated: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    assert tfhoist("consolidate", SERVICE, "--central", CENTRAL, *with_states(), "--out", out).code == 0
    assert tree(out) == tree(consolidated)


def test_committed_result_is_fresh(consolidated: Path) -> None:
    """`make examples` writes it again; read the change before you commit it."""
    committed = tree(EXAMPLES / "consolidated")
    fresh = tree(consolidated)
    assert sorted(committed) == sorted(fresh)
    assert [path for path in fresh if fresh[path] != committed[path]] == []


def test_vpc_by_override_is_pinned(tmp_path: Path) -> None:
    config = tmp_path / "tfhoist.toml"
    text = (SERVICE / "tfhoist.toml").read_text()
    config.write_text(f'{text}\n[placement.overrides]\n"module.vpc" = "local"\n')
    out = tmp_path / "out"
    run = tfhoist("consolidate", SERVICE, "--central", CENTRAL, *with_states(), "--config", config, "--out", out)
    assert run.code == 0, run.out + run.err
    document = consolidation(out)
    assert document["placement"]["module.vpc"]["side"] == "local"
    assert {link["producer"] for link in document["boundary"]["uplinks"]} == {"module.vpc"}
    pinned = [v["name"] for v in document["interface"]["variables"] if v["origin"] == "pinned"]
    assert len(pinned) == 2
    for environment in ENVIRONMENTS:
        values = (out / f"central/environments/{environment}/data-pipeline.auto.tfvars").read_text()
        state = (STATES / f"{environment}.tfstate").read_text()
        identifier = re.search(r'vpc_id\s+= "(vpc-\w+)"', values)
        assert identifier is not None
        assert identifier.group(1) in state
    refused = tfhoist("consolidate", SERVICE, "--central", CENTRAL, "--config", config, "--out", tmp_path / "without")
    assert refused.code == 2
    assert "pin-without-state" in refused.out
    assert sorted(path.name for path in (tmp_path / "without").iterdir()) == ["audit", "consolidation.json"]


@pytest.mark.terraform
def test_generated_files_are_formatted(consolidated: Path) -> None:
    for folder in ("central", "service"):
        answer = subprocess.run(
            ["terraform", "fmt", "-check", "-recursive", "-no-color", str(consolidated / folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_one_environment_only(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = tfhoist("consolidate", SERVICE, "--central", CENTRAL, "--environment", "staging", "--out", out)
    assert run.code == 0, run.out + run.err
    assert json.loads((out / "proof.json").read_text())["environments"] == {"staging": "equivalent"}
    assert not (out / "central/environments/production/data-pipeline.tf").exists()
    assert tfhoist("consolidate", SERVICE, "--environment", "nowhere", "--out", tmp_path / "x").code == 1


def test_without_a_central_repository(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = tfhoist("consolidate", SERVICE, "--out", out)
    assert run.code == 0, run.out + run.err
    assert (out / "central/environments/staging/terraform.tf").exists()
    assert (out / "central/docs/resource_registry.md").exists()


def test_the_report_is_written_again_with_the_same_bytes(consolidated: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(consolidated, out)
    (out / "report.html").unlink()
    assert tfhoist("report", out).code == 0
    assert (out / "report.html").read_bytes() == (consolidated / "report.html").read_bytes()
    (out / "placement.json").unlink()
    run = tfhoist("report", out)
    assert run.code == 1
    assert "placement.json is missing" in run.err
    assert tfhoist("report", tmp_path).code == 1


def test_the_report_is_small_and_names_what_it_shows(consolidated: Path) -> None:
    page = (consolidated / "report.html").read_text()
    assert len(page.encode()) < 1_500_000
    assert not SECRET.search(page.encode())
    for address in consolidation(consolidated)["placement"]:
        assert f"<code>{address}</code>" in page


def test_json_is_the_document_that_was_written(tmp_path: Path) -> None:
    run = tfhoist("consolidate", SERVICE, "--out", tmp_path / "out", "--json")
    assert run.code == 0, run.err
    assert run.out == (tmp_path / "out/consolidation.json").read_text()
    refused = tfhoist("consolidate", CONFLICTED, "--out", tmp_path / "refused", "--json")
    assert refused.code == 2
    assert refused.json["refusals"]
