"""The way out that a refusal shows was tried: whoever takes it literally gets a proven consolidation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import tfhoist

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
TOPIC = 'resource "aws_sns_topic" "t" {\n  name = aws_sqs_queue.q.arn\n}\n'
BALANCER = 'resource "aws_lb" "main" {\n  name = "main"\n}\n'
READER = 'resource "aws_s3_bucket" "b" {\n  bucket = aws_lb.main.name\n}\n'
RECORD = (
    'resource "aws_route53_record" "r" {\n  zone_id = "Z1"\n  name    = %s\n  type    = "TXT"\n  records = ["x"]\n}\n'
)
LOGGED = """
resource "aws_lb" "main" {
  name = "main"

  access_logs {
    bucket = aws_s3_bucket.logs.id
  }
}

resource "aws_s3_bucket" "logs" {
  bucket = %s
}
"""
PROVISIONER = '  provisioner "local-exec" {\n    command = "./x"\n  }\n}\n'

ROOTS: dict[str, tuple[set[str], dict[str, str]]] = {
    "nothing shared": ({"empty-side"}, {"main.tf": QUEUE + TOPIC}),
    "everything shared": ({"empty-side"}, {"main.tf": BALANCER + RECORD % '"a.example.org"'}),
    "a provisioner": ({"provisioner-would-move"}, {"main.tf": BALANCER[:-2] + PROVISIONER + RECORD % '"r"' + READER}),
    "a computed path": ({"computed-path"}, {"main.tf": BALANCER + READER + RECORD % "file(var.f)" + 'variable "f" { default = "f" }\n'}),
    "a path through a local": (
        {"recorded-path"}, {"main.tf": BALANCER + READER + RECORD % "local.n" + "locals {\n  n = basename(path.cwd)\n}\n"},
    ),
    "a circle": ({"circular-roots"}, {"main.tf": LOGGED % "aws_route53_record.r.name" + READER + RECORD % '"r"'}),
    "two at once": (
        {"provisioner-would-move", "computed-path"},
        {
            "main.tf": BALANCER[:-2] + PROVISIONER + RECORD % "file(var.f)" + 'variable "f" { default = "f" }\n'
            + (RECORD % '"s"').replace('"r"', '"s"') + READER
        },
    ),
    "what is pinned has no value": ({"pin-without-state"}, {"main.tf": LOGGED % '"logs"' + READER}),
    "a provider that reads a resource": (
        {"provider-reads-resource"},
        {
            "main.tf": BALANCER + READER + 'provider "aws" {\n  alias  = "b"\n  region = aws_sqs_queue.q.name\n}\n' + QUEUE
            + (RECORD % '"s"')[:-2] + "  provider = aws.b\n}\n"
        },
    ),
}  # fmt: skip


def consolidated(folder: Path) -> tuple[int, str, dict[str, Any]]:
    out = folder.parent / "out"
    answer = tfhoist("consolidate", folder, "--out", out, "--force", "--service", "small")
    return answer.code, answer.out, json.loads((out / "consolidation.json").read_text())


@pytest.mark.parametrize("name", ROOTS)
def test_the_way_out_leads_to_a_proof(name: str, tmp_path: Path) -> None:
    kinds, files = ROOTS[name]
    root = tmp_path / "root"
    root.mkdir()
    for path, text in files.items():
        (root / path).write_text(text)
    code, said, document = consolidated(root)
    assert (code, {refusal["id"] for refusal in document["refusals"]}) == (2, kinds), document["refusals"]
    lines = [f'"{address}" = "{side}"' for address, side in document["way_out"].items()]
    assert lines
    assert all(f"  {line}\n" in said for line in lines), said
    settings = files.get("tfhoist.toml", "[placement.overrides]\n") + "".join(f"{line}\n" for line in lines)
    (root / "tfhoist.toml").write_text(settings)
    code, said, document = consolidated(root)
    assert code == 0, said
    assert "way_out" not in document


def test_what_no_placement_mends_is_named(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    old = 'terraform {\n  required_version = "~> 1.3.0"\n}\n'
    (root / "main.tf").write_text(old + QUEUE + TOPIC)
    code, said, document = consolidated(root)
    assert (code, {refusal["id"] for refusal in document["refusals"]}) == (2, {"empty-side", "terraform-too-old"})
    assert "only terraform-too-old is left" in said
    assert document["way_out"]
    (root / "main.tf").write_text(old + BALANCER + READER)
    code, said, document = consolidated(root)
    assert "way_out" not in document, said
    assert "Tried" not in said


def test_sides_that_the_user_chose_give_way_last(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(BALANCER[:-2] + PROVISIONER + RECORD % '"r"' + READER)
    (root / "tfhoist.toml").write_text('[placement.overrides]\n"aws_lb.main" = "central"\n')
    code, said, document = consolidated(root)
    assert (code, [refusal["id"] for refusal in document["refusals"]]) == (2, ["provisioner-would-move"]), said
    assert document["way_out"] == {"aws_lb.main": "local"}
    assert "in tfhoist.toml, in the place of yours, nothing is refused" in said
    (root / "tfhoist.toml").write_text('[placement.overrides]\n"aws_lb.main" = "local"\n')
    assert consolidated(root)[0] == 0


def test_sides_that_the_user_chose_are_not_repeated(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    own = '[placement.overrides]\n"aws_lb.main" = "central"\n'
    (root / "main.tf").write_text(LOGGED % "aws_route53_record.r.name" + READER + RECORD % '"r"')
    (root / "tfhoist.toml").write_text(own)
    code, said, document = consolidated(root)
    assert (code, {refusal["id"] for refusal in document["refusals"]}) == (2, {"pin-without-state"}), said
    assert document["way_out"] == {"aws_s3_bucket.logs": "central"}
    (root / "tfhoist.toml").write_text(own + '"aws_s3_bucket.logs" = "central"\n')
    assert consolidated(root)[0] == 0
