"""`moved` and `import` blocks that name what moves: they go once every state has them behind, and go along where none tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.support import Run, tfhoist

ROOT = """
resource "aws_lb" "main" { name = "main" }
resource "aws_lb" "other" { name = "other" }
resource "aws_sqs_queue" "q" { name = "${aws_lb.main.arn}${aws_lb.other.arn}" }
moved {
  from = aws_lb.oldest
  to   = aws_lb.old
}
moved {
  from = aws_lb.old
  to   = aws_lb.main
}
import {
  to = aws_lb.other
  id = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/other/1"
}
moved {
  from = aws_sqs_queue.old
  to   = aws_sqs_queue.q
}
"""


def state(*addresses: str) -> str:
    resources = [
        {
            "mode": "managed", "type": kind, "name": name, "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": {"id": name, "arn": f"arn:{name}", "name": name}}],
        }
        for kind, name in (address.split(".") for address in addresses)
    ]  # fmt: skip
    return json.dumps(
        {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": 3,
            "lineage": "l",
            "outputs": {},
            "resources": resources,
        }
    )


def consolidate(folder: Path, *addresses: str) -> Run:
    (folder / "in").mkdir()
    (folder / "in/main.tf").write_text(ROOT)
    options: list[str | Path] = []
    if addresses:
        (folder / "s.tfstate").write_text(state(*addresses))
        options = ["--state", f"default={folder / 's.tfstate'}"]
    return tfhoist("consolidate", folder / "in", "--service", "s", "--out", folder / "out", *options)


def test_what_is_done_goes(tmp_path: Path) -> None:
    run = consolidate(tmp_path, "aws_lb.main", "aws_lb.other", "aws_sqs_queue.q")
    assert run.code == 0, (run.out, run.err)
    text = (tmp_path / "out/service/main.tf").read_text()
    assert "aws_lb" not in text
    assert "aws_sqs_queue.old" in text
    assert (
        "by the states it has done its work in every environment" in (tmp_path / "out/consolidation.json").read_text()
    )
    assert tfhoist("prove", tmp_path / "out").code == 0


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [
        (("aws_lb.old", "aws_lb.other", "aws_sqs_queue.q"), {"moved-names-moved"}),
        (("aws_lb.oldest", "aws_lb.other", "aws_sqs_queue.q"), {"moved-names-moved"}),
        (("aws_lb.main", "aws_sqs_queue.q"), {"import-names-moved"}),
    ],
)
def test_what_is_open_is_refused(addresses: tuple[str, ...], refused: set[str], tmp_path: Path) -> None:
    run = consolidate(tmp_path, *addresses)
    assert run.code == 2
    found = {r["id"] for r in json.loads((tmp_path / "out/consolidation.json").read_text())["refusals"]}
    assert refused <= found
    assert not (tmp_path / "out/service").exists()


def test_without_a_state_they_go_along(tmp_path: Path) -> None:
    assert consolidate(tmp_path).code == 0
    assert "aws_lb.oldest" in (tmp_path / "out/central/terraform_module/s/main.tf").read_text()
    assert "to = module.s.aws_lb.other" in (tmp_path / "out/central/environments/default/s.tf").read_text()


def test_a_state_of_one_environment_of_two(tmp_path: Path) -> None:
    """Where there's a state, the import comes from it; a second one of the same address would be an error."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/main.tf").write_text(ROOT + 'variable "environment" {}\n')
    for name in ("test", "live"):
        (tmp_path / f"in/{name}.tfvars").write_text(f'environment = "{name}"\n')
    (tmp_path / "s.tfstate").write_text(state("aws_lb.main", "aws_lb.other", "aws_sqs_queue.q"))
    (tmp_path / "in/tfhoist.toml").write_text(
        '[central.backend]\ntype = "local"\n[central.backend.config]\npath = "/states/{environment}.tfstate"\n'
    )
    out = tmp_path / "out"
    run = tfhoist(
        "consolidate", tmp_path / "in", "--service", "s", "--out", out, "--state", f"test={tmp_path / 's.tfstate'}"
    )
    assert run.code == 0, (run.out, run.err)
    for name in ("test", "live"):
        files = (out / "central/environments" / name).glob("*.tf")
        assert sum(path.read_text().count("to = module.s.aws_lb.other\n") for path in files) == 1


def test_a_block_that_went_too_early_is_seen(tmp_path: Path) -> None:
    assert consolidate(tmp_path, "aws_lb.main", "aws_lb.other", "aws_sqs_queue.q").code == 0
    path = tmp_path / "out/before/states/default.json"
    path.write_text(path.read_text().replace('"name": "main"', '"name": "old"'))
    assert "moved aws_lb.old" in tfhoist("prove", tmp_path / "out").out
