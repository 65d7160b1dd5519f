"""A central repository that holds somebody already: a second service, and requirements that don't go together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.support import tfhoist

SERVICE = """
terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}
resource "aws_lb" "main" { name = "NAME" }
resource "aws_sqs_queue" "q" { name = aws_lb.main.arn }
"""
CONFIGURATION = """
[central.backend]
type = "s3"
[central.backend.config]
bucket = "b"
key = "central/{environment}.tfstate"
region = "us-east-1"
"""
CENTRAL = """
terraform {
  required_version = "REQUIRED"
  required_providers {
    aws = {
      source  = "SOURCE"
      version = "VERSION"
    }
  }
  backend "s3" {
    bucket = "b"
    key    = "central/default.tfstate"
    region = "us-east-1"
  }
}
"""


def service(folder: Path, name: str, text: str = SERVICE) -> Path:
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(text.replace("NAME", name))
    (folder / "tfhoist.toml").write_text(CONFIGURATION)
    return folder


def test_a_second_service_goes_beside_the_first(tmp_path: Path) -> None:
    one, two = service(tmp_path / "one", "one"), service(tmp_path / "two", "two")
    first = tfhoist("consolidate", one, "--service", "one", "--out", tmp_path / "out1")
    assert first.code == 0, first.err
    second = tfhoist(
        "consolidate", two, "--service", "two", "--central", tmp_path / "out1/central", "--out", tmp_path / "out2"
    )
    assert second.code == 0, (second.out, second.err)
    outputs = sorted((tmp_path / "out2/central").rglob("two_outputs.tf"))
    text = outputs[0].read_text()
    assert 'output "two_route53_zone_id"' in text
    assert 'output "two_main_alb_arn"' in text
    assert tfhoist("prove", tmp_path / "out2").code == 0


@pytest.mark.parametrize(
    ("required", "source", "version", "refusal"),
    [
        (">= 1.7", "hashicorp/aws", "< 5.0", "version-conflict"),
        ("~> 1.6.0", "hashicorp/aws", "~> 5.31", "version-conflict"),
        (">= 1.7", "example/aws", "~> 5.31", "provider-source-conflict"),
        (">= 1.5", "hashicorp/aws", ">= 5.31, < 6.0", None),
    ],
)
def test_requirements_have_to_agree(
    tmp_path: Path, required: str, source: str, version: str, refusal: str | None
) -> None:
    root = service(tmp_path / "service", "s")
    central = tmp_path / "central/environments/default"
    central.mkdir(parents=True)
    text = CENTRAL.replace("REQUIRED", required).replace("SOURCE", source).replace("VERSION", version)
    (central / "main.tf").write_text(text)
    out = tmp_path / "out"
    run = tfhoist("consolidate", root, "--service", "s", "--central", tmp_path / "central", "--out", out)
    found = {r["id"] for r in json.loads((out / "consolidation.json").read_text())["refusals"]}
    assert found == ({refusal} if refusal else set()), run.out
    assert run.code == (2 if refusal else 0)


def test_a_provider_of_somebody_else_has_to_be_named_centrally(tmp_path: Path) -> None:
    text = SERVICE.replace("    aws = {", '    pagerduty = {\n      source = "pagerduty/pagerduty"\n    }\n    aws = {')
    text = (
        text.replace('name = "NAME"', "name = pagerduty_team.t.id") + 'resource "pagerduty_team" "t" { name = "t" }\n'
    )
    root = service(tmp_path / "service", "s", text)
    (root / "tfhoist.toml").write_text(CONFIGURATION + '[placement.overrides]\n"pagerduty_team.t" = "central"\n')
    central = tmp_path / "central/environments/default"
    central.mkdir(parents=True)
    (central / "main.tf").write_text(
        CENTRAL.replace("REQUIRED", ">= 1.7").replace("SOURCE", "hashicorp/aws").replace("VERSION", "~> 5.0")
    )
    run = tfhoist("consolidate", root, "--service", "s", "--central", tmp_path / "central", "--out", tmp_path / "out")
    assert run.code == 2
    assert 'pagerduty = { source = "pagerduty/pagerduty" }' in run.out + run.err


def test_removed_blocks_need_a_newer_terraform(tmp_path: Path) -> None:
    root = service(tmp_path / "service", "s", SERVICE.replace(">= 1.7", "~> 1.5.0"))
    run = tfhoist("consolidate", root, "--service", "s", "--out", tmp_path / "out")
    assert run.code == 2
    assert "terraform-too-old" in run.out + run.err
