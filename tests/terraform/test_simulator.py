"""The simulated providers under real Terraform: what tests may rely on."""

from __future__ import annotations

from pathlib import Path

from tests.simulator.simulator import Simulator

VERSIONS = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}
"""


def write(folder: Path, content: str) -> Path:
    """A root module of one file."""
    (folder / "main.tf").write_text(VERSIONS + content)
    return folder


def test_a_load_balancer_is_planned_and_created(simulator: Simulator, tmp_path: Path) -> None:
    root = write(tmp_path, 'resource "aws_lb" "main" {\n  name    = "main"\n  subnets = ["subnet-1", "subnet-2"]\n}\n')
    assert simulator.changes(simulator.plan(root)) == {"aws_lb.main": ["create"]}
    assert simulator.written() == []
    simulator.apply(root)
    assert [(entry.operation, entry.type) for entry in simulator.written()] == [("create", "aws_lb")]
    assert simulator.changes(simulator.plan(root)) == {}
    attributes = simulator.state(root)["resources"][0]["instances"][0]["attributes"]
    assert attributes["arn"].startswith("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/main/")
    assert attributes["dns_name"].endswith(".us-east-1.elb.amazonaws.com")
