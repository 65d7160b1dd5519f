"""What may be pinned: attributes that change only when the thing is replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.support import tfhoist
from tfhoist.state.fixed_attributes import FIXED, fixed_attributes

MAIN = """\
terraform {
  backend "s3" {
    bucket = "b"
    key    = "k"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_lb" "main" {
  name                   = "main"
  idle_timeout           = 60
  enable_xff_client_port = false
}

resource "aws_route53_record" "www" {
  zone_id = "Z1"
  name    = "www.example.org"
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = ATTRIBUTE
  }
}
"""
SETTINGS = (
    '[service]\nname = "shop"\n[placement.overrides]\n"aws_lb.main" = "local"\n"aws_route53_record.www" = "central"\n'
)


def consolidate(tmp_path: Path, attribute: str = "true") -> tuple[int, str, Path]:
    service = tmp_path / "shop"
    service.mkdir()
    (service / "main.tf").write_text(MAIN.replace("ATTRIBUTE", attribute))
    (service / "tfhoist.toml").write_text(SETTINGS)
    instance = {
        "schema_version": 0,
        "attributes": {
            "id": "arn:lb", "arn": "arn:lb", "name": "main", "dns_name": "main-1.elb.amazonaws.com", "zone_id": "Z2LB",
            "idle_timeout": 60, "enable_xff_client_port": False,
        },
        "sensitive_attributes": [],
    }  # fmt: skip
    resource = {
        "mode": "managed", "type": "aws_lb", "name": "main",
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]', "instances": [instance],
    }  # fmt: skip
    state = {
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "outputs": {}, "resources": [resource], "check_results": None,
    }  # fmt: skip
    (tmp_path / "s.tfstate").write_text(json.dumps(state))
    run = tfhoist("consolidate", service, "--state", tmp_path / "s.tfstate", "--out", tmp_path / "out")
    return run.code, run.out + run.err, tmp_path / "out"


def test_a_record_may_move_without_its_load_balancer(tmp_path: Path) -> None:
    code, text, out = consolidate(tmp_path)
    assert code == 0, text
    assert "verdict: equivalent" in text
    given = "".join(path.read_text() for path in (out / "central/environments").rglob("*.tfvars"))
    assert "main-1.elb.amazonaws.com" in given
    assert "Z2LB" in given
    wrong = next(path for path in (out / "central/environments").rglob("*.tfvars") if "Z2LB" in path.read_text())
    wrong.write_text(wrong.read_text().replace("Z2LB", "Z3LB"))
    assert tfhoist("prove", out).code == 2


def test_what_an_update_may_change_isnt_pinned(tmp_path: Path) -> None:
    code, text, _ = consolidate(tmp_path, "aws_lb.main.enable_xff_client_port")
    assert code == 2
    assert "[pin-not-an-identity]" in text


@pytest.mark.parametrize("kind", sorted(FIXED))
def test_the_table_is_in_order(kind: str) -> None:
    assert list(FIXED[kind]) == sorted(set(FIXED[kind]))
    assert list(FIXED) == sorted(FIXED)
    assert {"arn", "id", "name"} < set(fixed_attributes(kind))
