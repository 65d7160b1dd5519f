"""What can't be carried is refused by name, with nothing written but the audit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.support import tfhoist

LOAD_BALANCER = 'resource "aws_lb" "main" {\n  name = BODY\n}\n'
READER = 'resource "aws_sqs_queue" "q" {\n  name = aws_lb.main.arn\n}\n'
ADDRESS = 'resource "google_compute_address" "a" {\n  name = "a"\n}\n'
MODULE = 'module "m" {\n  source = "./m"\n}\n'
CENTRAL_MODULE = '[placement.overrides]\n"module.m" = "central"\n'


def lb(value: str) -> str:
    return LOAD_BALANCER.replace("BODY", value) + READER


def inside(text: str) -> dict[str, str]:
    """A root whose module `m`, which moves, holds `text`."""
    return {
        "main.tf": MODULE + lb('"main"') + 'output "id" { value = module.m.id }\n',
        "m/main.tf": text + 'output "id" { value = 1 }\n',
        "tfhoist.toml": CENTRAL_MODULE,
    }


ROOTS: dict[str, tuple[str, dict[str, str]]] = {
    "a computed path": ("computed-path", {"main.tf": lb("file(var.p)") + 'variable "p" { default = "x" }\n'}),
    "a joined path": ("computed-path", {"main.tf": lb('file(join("/", [path.module, "..", "x"]))')}),
    "a file outside": ("computed-path", {"main.tf": lb('file("../x.txt")')}),
    "the whole folder": ("computed-path", {"main.tf": lb('join(",", fileset(path.module, "*.txt"))'), "a.txt": "a"}),
    "a file that isn't there": ("missing-file", {"main.tf": lb('file("${path.module}/x.txt")')}),
    "a template that reads on": (
        "computed-path", {"main.tf": lb('templatefile("t.tpl", {})'), "t.tpl": '${file("x")}\n', "x": "x"},
    ),
    "a recorded path": ("recorded-path", {"main.tf": lb("path.module")}),
    "the folder that it runs in": ("recorded-path", {"main.tf": lb("basename(path.cwd)")}),
    "a file to be uploaded": (
        "recorded-path",
        {
            "main.tf": lb("aws_s3_object.o.id") + 'resource "aws_s3_object" "o" {\n  source = "page.html"\n}\n',
            "tfhoist.toml": '[placement.overrides]\n"aws_s3_object.o" = "central"\n',
        },
    ),
    "a provisioner inside": (
        "provisioner-would-move",
        inside('resource "null_resource" "n" {\n  provisioner "local-exec" {\n    command = "./x"\n  }\n}\n'),
    ),
    "a provisioner that reads what stays, by a local": (
        "provisioner-would-move",
        {
            "main.tf": lb('"main"\n  provisioner "local-exec" {\n    command = "echo ${local.q}"\n  }')
            + 'locals {\n  q = aws_sqs_queue.other.id\n}\nresource "aws_sqs_queue" "other" {}\n'
        },
    ),
    "a computed path inside": (
        "computed-path", inside('resource "aws_sns_topic" "t" { name = file(var.p) }\nvariable "p" { default = "x" }\n'),
    ),
    "a path of the root inside": ("computed-path", inside('resource "aws_sns_topic" "t" { name = file("${path.root}/x") }\n')),
    "a path out of the module": (
        "computed-path", {**inside('resource "aws_sns_topic" "t" { name = file("${path.module}/../x") }\n'), "x": "x"},
    ),
    "a recorded path inside": ("recorded-path", inside('resource "aws_sns_topic" "t" { name = path.module }\n')),
    "an ephemeral value for both sides": (
        "ephemeral-on-both-sides",
        {
            "main.tf": lb('"main"')
            + 'ephemeral "random_password" "p" { length = 9 }\n'
            + "".join(
                f'resource "aws_ssm_parameter" "{n}" {{\n  value_wo = ephemeral.random_password.p.result\n}}\n' for n in "ab"
            ),
            "tfhoist.toml": '[placement.overrides]\n"aws_ssm_parameter.a" = "central"\n',
        },
    ),
    "an alias that nobody configures": (
        "provider-not-configured",
        {
            "main.tf": "terraform {\n  required_providers {\n    aws = {\n"
            '      source                = "hashicorp/aws"\n      configuration_aliases = [aws.host]\n    }\n  }\n}\n'
            + lb('"main"\n  provider = aws.host')
        },
    ),
    "a provider that reads a resource": (
        "provider-reads-resource",
        {
            "main.tf": 'provider "aws" {\n  region = data.aws_region.r.name\n}\n'
            'data "aws_region" "r" {\n  provider = aws.x\n  name = aws_sqs_queue.q.id\n}\nprovider "aws" {\n  alias = "x"\n}\n'
            + lb('"main"')
        },
    ),
    "a provider that reads a file": (
        "provider-not-carried",
        {"main.tf": 'provider "aws" {\n  region = file("r.txt")\n}\n' + lb('"main"'), "r.txt": "eu-west-1"},
    ),
    "a whole resource of a provider that no table knows": (
        "cannot-cross",
        {
            "main.tf": ADDRESS + 'resource "google_pubsub_topic" "t" {\n  name = jsonencode(google_compute_address.a)\n}\n',
            "tfhoist.toml": '[placement.overrides]\n"google_compute_address.a" = "central"\n"google_pubsub_topic.t" = "local"\n',
        },
    ),
    "a whole resource of such a provider as an output": (
        "cannot-cross",
        {
            "main.tf": ADDRESS + 'locals {\n  a = google_compute_address.a\n}\noutput "a" {\n  value = local.a\n}\n'
            'resource "google_pubsub_topic" "t" {\n  name = "t"\n}\n',
            "tfhoist.toml": '[placement.overrides]\n"google_compute_address.a" = "central"\n"google_pubsub_topic.t" = "local"\n',
        },
    ),
    "a whole resource with something sensitive": (
        "partly-sensitive",
        {
            "main.tf": lb('"main"') + 'locals {\n  d = aws_db_instance.d\n}\nresource "aws_db_instance" "d" {}\n'
            'resource "aws_sqs_queue" "r" {\n  policy = "${local.d.password}${local.d.id}"\n}\n',
            "tfhoist.toml": '[placement.overrides]\n"aws_db_instance.d" = "central"\n',
        },
    ),
    "a legacy type": (
        "legacy-type", {"main.tf": lb("join(\"\", var.l)") + 'variable "l" {\n  type = "list"\n  default = ["a"]\n}\n'},
    ),
    "a partly sensitive map": (
        "partly-sensitive",
        {
            "main.tf": 'resource "aws_lb" "main" {\n  tags = { a = var.s, b = "b" }\n}\n'
            'variable "s" {\n  sensitive = true\n  default = "s"\n}\n'
            'resource "aws_sqs_queue" "q" {\n  tags = aws_lb.main.tags\n}\n'
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_is_refused(name: str, tmp_path: Path) -> None:
    wanted, files = ROOTS[name]
    for path, text in files.items():
        target = tmp_path / "in" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    out = tmp_path / "out"
    run = tfhoist("consolidate", tmp_path / "in", "--service", "small", "--out", out)
    assert run.code == 2, run.out
    refusals = json.loads((out / "consolidation.json").read_text())["refusals"]
    assert wanted in {refusal["id"] for refusal in refusals}, refusals
    assert not (out / "service").exists()


def test_readers_of_one_missing_name_are_one_refusal(tmp_path: Path) -> None:
    service = tmp_path / "service"
    service.mkdir()
    text = "".join(
        f'resource "aws_sqs_queue" "{name}" {{\n  name = var.env\n  tags = local.tags\n}}\n' for name in "abc"
    )
    (service / "main.tf").write_text(text)
    answer = tfhoist("consolidate", service, "--out", tmp_path / "out", "--service", "small")
    refusals = json.loads((tmp_path / "out/consolidation.json").read_text())["refusals"]
    assert answer.code == 2
    assert sorted((refusal["address"], refusal["summary"].partition(" reads ")[2]) for refusal in refusals) == [
        ("aws_sqs_queue.a", "local.tags, which isn't declared (2 more read it)"),
        ("aws_sqs_queue.a", "var.env, which isn't declared (2 more read it)"),
    ]
    assert ["Terragrunt" in refusal["advice"] for refusal in refusals if "var.env" in refusal["summary"]] == [True]
