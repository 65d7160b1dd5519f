"""Which state the new remote state reads, and which one the central root writes."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.proof.small import OUT, different, equivalent, split, undecided
from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.proof import Subject

LB = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
READER = 'resource "aws_sqs_queue" "q" {\n  name = %s\n}\n'
VARIABLE = 'variable "environment" {\n  default = "dev"\n}\n'


def reading(backend: str, data: str, settings: EnvironmentSettings | None = None) -> Subject:
    subject = split(
        VARIABLE + LB + READER % "aws_lb.a.arn",
        VARIABLE + READER % f"{OUT}.x",
        LB + 'output "x" {\n  value = aws_lb.a.arn\n}\n',
        settings=settings,
    )
    folder = subject.environments[0].central_folder
    remote = f'data "terraform_remote_state" "central" {{\n{data}\n}}\n'
    return msgspec.structs.replace(
        subject,
        service={**subject.service, "central.tf": remote.encode()},
        central={**subject.central, f"{folder}/terraform.tf": f"terraform {{\n{backend}\n}}\n".encode()},
    )


S3 = 'backend "s3" {\n  bucket = "b"\n  key = "dev/k"\n  region = "r"\n  %s\n}'
DATA = 'backend = "s3"\nconfig = {\n  bucket = "b"\n  key = %s\n  region = "r"\n  %s\n}\n%s'

SAME = [
    (S3 % "", DATA % ('"dev/k"', "", "")),
    (S3 % "", DATA % ('"${var.environment}/k"', "", "")),
    (S3 % "", DATA % ('{ dev = "dev/k", prod = "prod/k" }[var.environment]', "", "")),
    (S3 % "", DATA % ('var.environment == "dev" ? "dev/k" : "prod/k"', "", "")),
    (S3 % "", DATA % ('"dev/k"', "", 'workspace = "default"')),
    (S3 % "", DATA % ('"dev/k"', 'workspace_key_prefix = "env:"', "")),
    (S3 % 'encrypt = true\n  use_lockfile = true\n  role_arn = "x"', DATA % ('"dev/k"', 'profile = "p"', "")),
    ('backend "local" {}', 'backend = "local"\nconfig = { path = "../infra/environments/dev/terraform.tfstate" }'),
    ('backend "local" {\n  path = "s/x"\n}', 'backend = "local"\nconfig = { path = "environments/dev/s/x" }'),
    ('backend "local" {\n  path = "/s/x"\n}', 'backend = "local"\nconfig = { path = "/s/x" }'),
    ("", 'backend = "local"\nconfig = { path = "../infra/environments/dev/terraform.tfstate" }'),
    ('backend "gcs" {\n  bucket = "b"\n  prefix = "p"\n}', 'backend = "gcs"\nconfig = { bucket = "b", prefix = "p" }'),
    (
        'backend "remote" {\n  organization = "o"\n  workspaces {\n    name = "w"\n  }\n}',
        'backend = "remote"\nconfig = { organization = "o", workspaces = { name = "w" } }',
    ),
]

OTHER = [
    (S3 % "", DATA % ('"prod/k"', "", "")),
    (S3 % "", DATA % ('"dev/k"', "", 'workspace = "blue"')),
    (S3 % "", DATA % ('"dev/k"', 'endpoint = "http://localhost"', "")),
    (S3 % 'workspace_key_prefix = "w"', DATA % ('"dev/k"', "", "")),
    (S3.replace('"b"', '"c"') % "", DATA % ('"dev/k"', "", "")),
    (S3.replace('"r"', '"q"') % "", DATA % ('"dev/k"', "", "")),
    ('backend "local" {}', 'backend = "local"\nconfig = { path = "../infra/environments/prod/terraform.tfstate" }'),
    ('backend "local" {}', 'backend = "local"\nconfig = { path = "terraform.tfstate" }'),
    ('backend "gcs" {\n  bucket = "b"\n  prefix = "p"\n}', 'backend = "gcs"\nconfig = { bucket = "b" }'),
    ('backend "local" {}', DATA % ('"dev/k"', "", "")),
    (S3 % "", DATA % ('"dev/k"', "", "defaults = { x = 1 }")),
    (S3 % "", DATA % ('"dev/k"', "", "count = 1")),
]

UNKNOWN = [
    ('backend "s3" {\n  bucket = "b"\n  region = "r"\n}', DATA % ('"dev/k"', "", "")),
    ('backend "s3" {}', DATA % ('"dev/k"', "", "")),
    (S3 % "", DATA % ("timestamp()", "", "")),
    ('cloud {\n  organization = "o"\n}', DATA % ('"dev/k"', "", "")),
]


@pytest.mark.parametrize(("backend", "data"), SAME)
def test_the_central_state(backend: str, data: str) -> None:
    equivalent(reading(backend, data))


@pytest.mark.parametrize(("backend", "data"), OTHER)
def test_another_state(backend: str, data: str) -> None:
    different(reading(backend, data), "remote-state", "data.terraform_remote_state.central")


@pytest.mark.parametrize(("backend", "data"), UNKNOWN)
def test_a_state_that_cannot_be_told(backend: str, data: str) -> None:
    undecided(reading(backend, data), "remote-state")


def test_the_environment_decides() -> None:
    data = DATA % ('"${var.environment}/k"', "", "")
    settings = EnvironmentSettings(name="dev", variables={"environment": "prod"})
    different(reading(S3 % "", data, settings), 'key is "prod/k"', 'is "dev/k"')


def test_two_remote_states() -> None:
    subject = reading(S3 % "", DATA % ('"dev/k"', "", ""))
    more = b'data "terraform_remote_state" "more" {\n  backend = "local"\n}\n'
    different(msgspec.structs.replace(subject, service={**subject.service, "more.tf": more}), "more than one")


def test_a_remote_state_that_was_there() -> None:
    """It's a data source like any other."""
    old = 'data "terraform_remote_state" "network" {\n  backend = "local"\n  config = { path = "/n" }\n}\n'
    block = 'resource "aws_lb" "a" {\n  vpc = data.terraform_remote_state.network.outputs.vpc\n}\n'
    queue = READER % '"q"'
    equivalent(split(old + block + queue, queue, old + block))
    different(
        split(old + block + queue, queue, old.replace('"/n"', '"/m"') + block), "data.terraform_remote_state.network"
    )


def test_an_argument_that_its_module_does_not_read_is_evaluated_nevertheless() -> None:
    call = 'module "m" {\n  source = "./m"\n  v = %s\n}\n'
    lb, child = 'resource "aws_lb" "a" {\n}\n', {"m/main.tf": 'variable "v" {}\nresource "aws_sqs_queue" "q" {\n}\n'}
    shared = lb + 'output "x" {\n  value = aws_lb.a.arn\n}\n'
    equivalent(split(lb + call % "aws_lb.a.arn", call % f"{OUT}.x", shared, files=child))
    different(split(lb + call % "aws_lb.a.arn", call % f"{OUT}.y", shared, files=child), "doesn't offer")


@pytest.mark.parametrize(
    "value",
    [
        "aws_lb.a.internal ? aws_lb.a.arn : null",
        'aws_lb.a.internal ? "x" : (true ? null : "y")',
        "one([aws_lb.a.arn])",
        "try(aws_lb.a.tags.x, null)",
        'lookup(aws_lb.a.tags, "x", null)',
        "sensitive(tostring(aws_lb.a.internal ? aws_lb.a.arn : null))",
        "local.label",
    ],
)
def test_an_output_that_may_be_null_is_not_in_the_state(value: str) -> None:
    marked = "\n  sensitive = true" if "sensitive" in value else ""
    lb = 'locals {\n  label = null\n}\nresource "aws_lb" "a" {\n}\n'
    queue = 'resource "aws_sqs_queue" "q" {\n  x = %s\n}\n'
    kept = "locals {\n  label = null\n}\n"

    def read(output: str, now: str) -> Subject:
        shared = f'{lb}output "x" {{\n  value = {output}{marked}\n}}\n'
        return split(lb + queue % value, kept + queue % now, shared)

    mark = "sensitive(%s)" if marked else "%s"
    undecided(read(value, mark % f"{OUT}.x"), "it may be null")
    equivalent(read(f"[{value}]", mark % f"{OUT}.x[0]"))
