"""Break the result on purpose: `tfhoist prove` says `different`, and names it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.support import tfhoist

MODULE = "central/terraform_module/data-pipeline"
STAGING = "central/environments/staging"
Edit = Callable[[str], str]


def swap(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def without_block(text: str, header: str) -> str:
    start = text.index(header)
    end = text.index("\n}\n", start) + 3
    return text[:start] + text[end:]


def replaced(old: str, new: str, *, count: int = 1) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, count)

    return edit


# fmt: off
BREAKAGES: dict[str, tuple[str, Edit, str]] = {
    "a moved block deleted": (
        f"{MODULE}/alb.tf", lambda t: without_block(t, 'resource "aws_lb_listener_rule" "mlflow"'), "aws_lb_listener_rule.mlflow",
    ),
    "two outputs swapped": (
        f"{MODULE}/outputs.tf",
        lambda t: swap(t, "aws_lb_target_group.api.arn\n", "aws_lb_target_group.mlflow.arn\n"),
        "aws_ecs_service.",
    ),
    "two outputs that nothing here reads swapped": (
        f"{MODULE}/outputs.tf", lambda t: swap(t, "aws_lb.auth.arn\n", "aws_lb.registry.arn\n"), "auth_alb_arn",
    ),
    "a promised output deleted": (
        f"{STAGING}/data-pipeline_outputs.tf", lambda t: without_block(t, 'output "auth_target_group_arn"'), "auth_target_group_arn",
    ),
    "a port changed": (f"{MODULE}/alb.tf", replaced("= 8001", "= 8002"), "aws_lb_target_group."),
    "a count dropped": (
        f"{MODULE}/alb.tf", replaced('count = var.certificate_arn != "" ? 1 : 0\n', "\n"), "aws_lb_listener",
    ),
    "the branch not taken changed": (
        f"{MODULE}/dns.tf", replaced('!= "" ? 1 : 0', '!= "" ? 1 : 2'), "aws_route53_record",
    ),
    "default_tags dropped": (
        f"{STAGING}/data-pipeline.tf",
        lambda t: re.sub(r"  default_tags \{.*?\n  \}\n", "", t, flags=re.DOTALL),
        "provider",
    ),
    "a default tag changed": (f"{STAGING}/data-pipeline.tf", replaced('"Terraform"', '"Terraform2"'), "provider"),
    "the website touched": ("central/terraform_module/website/main.tf", lambda t: t + "\n", "website/main.tf"),
    "the website's provider touched": (f"{STAGING}/providers.tf", replaced("web", "www"), "providers.tf"),
    "a hard-coded value changed": (f"{MODULE}/variables.tf", replaced('"registry.hokus.ai"', '"registry.hokus.io"'), "registry"),
    "a value of one environment": (f"{STAGING}/data-pipeline.auto.tfvars", replaced('"staging"', '"production"'), "staging"),
    "a priority changed": (f"{MODULE}/alb.tf", replaced("= 85", "= 86"), "api_mlflow_proxy"),
    "a number quoted": (f"{MODULE}/alb.tf", replaced("cookie_duration = 86400", 'cookie_duration = "86401"'), "aws_lb_target_group"),
    "a wrong output read": (
        "service/ecs.tf", replaced("outputs.ecs_task_role_arn", "outputs.ecs_task_execution_role_arn"),
        "aws_ecs_task_definition.api",
    ),
    "an output that isn't there": ("service/ecs.tf", replaced("outputs.ecs_task_role_arn", "outputs.task_role_arn"), "task_role_arn"),
    "a removed block missing": ("service/removed.tf", lambda t: without_block(t, "removed {\n  from = aws_lb.main"), "aws_lb.main"),
    "destroy not false": ("service/removed.tf", replaced("destroy = false", "destroy = true"), "removed"),
    "another state read": ("service/central.tf", replaced("hokusai-infrastructure-state", "other-state"), "state"),
    "the service's variable changed": (
        "service/variables.tf", replaced('default     = "hokusai"', 'default     = "hokusais"'), "project_name",
    ),
    "the service's values changed": ("service/environments/staging.tfvars", replaced("staging", "staging2"), "staging.tfvars"),
    "a local block changed": ("service/storage.tf", replaced("AES256", "aws:kms"), "aws_s3_bucket"),
    "a lifecycle lost": (
        f"{MODULE}/alb.tf",
        lambda t: re.sub(r"  lifecycle \{\n    create_before_destroy = true\n  \}\n", "", t),
        "aws_lb_listener_rule.api_v1",
    ),
    "a block twice": ("service/iam.tf", lambda t: t + '\nresource "aws_iam_role" "ecs_task" {\n  name = "x"\n}\n', "aws_iam_role.ecs_task"),
    "something new": (f"{MODULE}/main.tf", lambda t: t + '\nresource "aws_sqs_queue" "new" {}\n', "aws_sqs_queue.new"),
    "a root output lost": ("service/outputs.tf", lambda t: without_block(t, 'output "vpc_id"'), "vpc_id"),
    "a second provider default": (f"{STAGING}/data-pipeline.tf", lambda t: t + '\nprovider "aws" {}\n', "provider"),
    "a syntax error": (f"{MODULE}/iam.tf", lambda t: t + "\n}\n", "iam.tf"),
    "the child module changed": (f"{MODULE}/modules/vpc/main.tf", replaced("enable_dns_support", "enable_dns_supports"), "module.vpc"),
}
# fmt: on


@pytest.mark.parametrize("name", sorted(BREAKAGES))
def test_the_proof_sees_it(name: str, consolidated: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(consolidated, out)
    path, edit, named = BREAKAGES[name]
    before = (out / path).read_text()
    after = edit(before)
    assert after != before, "the breakage broke nothing"
    (out / path).write_text(after)
    run = tfhoist("prove", out)
    proof = json.loads((out / "proof.json").read_text())
    assert run.code == 2
    assert proof["verdict"] == "different", run.out
    failed = [o for o in proof["obligations"] if o["result"] == "fails"]
    assert any(named in f"{o['kind']} {o['address']} {o['detail']}" for o in failed), failed


def test_removing_a_file_is_seen(consolidated: Path, tmp_path: Path) -> None:
    for path in (
        f"{MODULE}/dns.tf",
        f"{STAGING}/data-pipeline.tf",
        "service/removed.tf",
        "service/backend/staging.s3.tfbackend",
    ):
        out = tmp_path / path.replace("/", "_")
        shutil.copytree(consolidated, out)
        (out / path).unlink()
        assert tfhoist("prove", out).code == 2, path
        assert json.loads((out / "proof.json").read_text())["verdict"] == "different", path


def test_another_form_is_never_equivalent(consolidated: Path, tmp_path: Path) -> None:
    """`one(list)` and `list[0]` differ when there's no listener; the proof doesn't evaluate, so it's undecided."""
    out = tmp_path / "out"
    shutil.copytree(consolidated, out)
    path = out / "service/outputs.tf"
    read = "data.terraform_remote_state.central.outputs.https_listener_arn"
    path.write_text(replaced(f"one({read})", f"{read}[0]")(path.read_text()))
    assert tfhoist("prove", out).code == 2
    assert json.loads((out / "proof.json").read_text())["verdict"] == "undecided"
