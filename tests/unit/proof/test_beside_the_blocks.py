"""What isn't an argument of a block and counts nevertheless: conditions, files that are listed, and who reads a file."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.proof.small import OUT, different, equivalent, split, undecided
from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.proof import ProofEnvironment, Subject, prove

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
LB = 'resource "aws_lb" "a" {\n%s\n}\n'


def moved(before: str, after: str, **given: dict[str, str]) -> Subject:
    """A balancer that moves, with its arguments before and after."""
    return split(LB % before + QUEUE, QUEUE, LB % after, **given)  # type: ignore[arg-type]


def lifecycle(text: str) -> str:
    return f"  lifecycle {{\n    {text}\n  }}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ignore_changes = all", "ignore_changes = [all]"),
        ("ignore_changes = [name]", "ignore_changes = all"),
        ("prevent_destroy = true", "prevent_destroy = true\n    action_trigger {\n    }"),
        ("prevent_destroy = true", "prevent_destroy = true\n    enabled = false"),
    ],
)
def test_every_part_of_lifecycle(one: str, other: str) -> None:
    different(moved(lifecycle(one), lifecycle(other)), "lifecycle")
    different(moved(lifecycle(other), lifecycle(one)), "lifecycle")
    equivalent(moved(lifecycle(one), lifecycle(one)))


def test_nothing_ignored_is_no_change_ignored() -> None:
    equivalent(moved(lifecycle("ignore_changes = []"), ""))


# local modules

CALL = 'module "m" {\n  source = "./m"\n%s}\n'
INSIDE = LB % "" + 'variable "v" {\n  default = 1\n%s}\n%s'
JSON = '{"variable": {"v": {"default": %s}}}'
CHECK = '  validation {\n    condition     = %s\n    error_message = "x"\n  }\n'


def in_module(before: str, after: str, call: str = "", called: str | None = None, path: str = "m/main.tf") -> Subject:
    files = {"m/main.tf": LB % ""} | {path: before}
    return split(
        CALL % call + QUEUE, QUEUE, CALL % (call if called is None else called), files=files,
        shared_files=files | {path: after}, moved=("module.m",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (INSIDE % (CHECK % "var.v > 0", ""), INSIDE % ("", "")),
        (INSIDE % (CHECK % "var.v > 0", ""), INSIDE % (CHECK % "var.v > 1", "")),
        (INSIDE % ("  nullable = false\n", ""), INSIDE % ("", "")),
        (
            INSIDE % ("", 'check "c" {\n  assert {\n    condition     = true\n    error_message = "e"\n  }\n}\n'),
            INSIDE % ("", ""),
        ),
        (INSIDE % ("", "moved {\n  from = aws_lb.b\n  to   = aws_lb.a\n}\n"), INSIDE % ("", "")),
        (
            INSIDE
            % (
                "",
                'output "o" {\n  value = 1\n  precondition {\n    condition = true\n    error_message = "e"\n  }\n}\n',
            ),
            INSIDE % ("", 'output "o" {\n  value = 1\n}\n'),
        ),
    ],
)
def test_what_a_local_module_says_beside_its_blocks(one: str, other: str) -> None:
    different(in_module(one, other), "module.m")
    different(in_module(other, one), "module.m")
    equivalent(in_module(one, one))


def test_what_a_variable_in_json_is_given() -> None:
    path = "m/v.tf.json"
    one, other = (JSON % number for number in "12")
    different(in_module(one, other, path=path), "module.m")
    equivalent(in_module(one, one, "  v = 1\n", path=path))
    undecided(in_module(one, one, "  v = 1\n", "  v = 2\n", path=path), "what it asks of its value")
    different(in_module(one, one, "", "  unknown {\n  }\n", path=path), "new in the call")


def test_a_validation_asks_of_the_same_value() -> None:
    text = INSIDE % (CHECK % "var.v > 0", "")
    undecided(in_module(text, text, "  v = 1\n", "  v = 2\n"), "what it asks of its value")


# OpenTofu


@pytest.mark.parametrize("path", ["m/other.tofu", "m/other.tofu.json"])
def test_a_file_that_opentofu_alone_reads(path: str) -> None:
    subject = in_module(INSIDE % ("", ""), INSIDE % ("", ""))
    more = {f"terraform_module/s/{path}": b"{}" if path.endswith("json") else b"locals {\n}\n"}
    different(msgspec.structs.replace(subject, central={**subject.central, **more}), "OpenTofu alone reads it")


def test_one_of_many_configurations_of_a_provider() -> None:
    provider = 'provider "aws" {\n  alias    = "r"\n  for_each = toset(["eu", "us"])\n  region   = each.key\n}\n'
    topic = 'resource "aws_sns_topic" "t" {\n  provider = aws.r["%s"]\n}\n'
    different(split(provider + topic % "eu" + LB % "", provider + topic % "us", LB % ""), "provider")
    equivalent(split(provider + topic % "eu" + LB % "", provider + topic % "eu", LB % ""))


# the remote state


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('postcondition {\n condition = self.outputs.x != ""\n error_message = "e"\n}', "undecided"),
        ('precondition {\n condition = true\n error_message = "e"\n}', "different"),
        ("enabled = false", "different"),
    ],
)
def test_a_remote_state_that_may_refuse(text: str, verdict: str) -> None:
    shared = LB % "" + 'output "x" {\n  value = aws_lb.a.arn\n}\n'
    queue = 'resource "aws_sqs_queue" "q" {\n  x = %s\n}\n'
    subject = split(LB % "" + queue % "aws_lb.a.arn", queue % f"{OUT}.x", shared)
    assert prove(subject).verdict == "equivalent"
    remote = subject.service["central.tf"].replace(b"  config = {", f"{lifecycle(text)}\n  config = {{".encode())
    assert prove(msgspec.structs.replace(subject, service={**subject.service, "central.tf": remote})).verdict == verdict


# where Terraform runs, and what lies there


@pytest.mark.parametrize("path", ['abspath(".")', "abspath(path.root)", 'abspath("x")', 'pathexpand("~/x")'])
def test_where_terraform_runs(path: str) -> None:
    different(moved(f"  name = basename({path})", f"  name = basename({path})"))
    stays = f'resource "aws_sqs_queue" "q" {{\n  name = {path}\n}}\n'
    equivalent(split(LB % "" + stays, stays, LB % ""))


def test_an_absolute_path_is_the_same_anywhere() -> None:
    equivalent(moved('  name = abspath("/x")', '  name = abspath("/x")'))


def test_a_listing_with_configuration_files() -> None:
    listing = '  name = join(",", fileset(path.module, "%s"))'
    files = {"a.txt": "1"}
    for pattern in ("*", "*.tf"):
        subject = moved(listing % pattern, listing % pattern, files=files, shared_files={**files, "more.tf": ""})
        assert prove(subject).verdict != "equivalent"
    equivalent(moved(listing % "*.txt", listing % "*.txt", files=files, shared_files={**files, "more.tf": ""}))


@pytest.mark.parametrize("path", ['"${path.module}/${each.key}.tf"', '"${path.module}/${each.key}"'])
def test_a_computed_path_of_what_may_be_a_configuration_file(path: str) -> None:
    text = f'  for_each = {{ main = "" }}\n  name = file({path})'
    subject = moved(text, text, files={"a.txt": "1"}, shared_files={"a.txt": "1"})
    assert prove(subject).verdict == "undecided"


# where the states are

S3 = 'terraform {\n  backend "s3" {\n    bucket = "b"\n    key    = "%s"\n    region = "r"\n  }\n}\n'


def two_roots(first: str, second: str, own: str = "own") -> Subject:
    """Two environments, with the keys of their central states."""
    data = (
        'data "terraform_remote_state" "central" {\n  backend = "s3"\n  config = {\n    bucket = "b"\n    region = "r"\n'
        f'    key = {{ dev = "{first}", prod = "{second}" }}[var.environment]\n  }}\n}}\nlocals {{\n  guard = {OUT}.guard\n}}\n'
    )
    variable = 'variable "environment" {\n}\n'
    subject = split(S3 % own + variable + LB % "" + QUEUE, S3 % own + variable + QUEUE, LB % "")
    central = {path: text for path, text in subject.central.items() if path.startswith("environments/dev/")}
    there = {path.replace("/dev/", "/prod/"): text for path, text in central.items()}
    keys = {"environments/dev/terraform.tf": first, "environments/prod/terraform.tf": second}
    environments = tuple(
        ProofEnvironment(EnvironmentSettings(name=name, variables={"environment": name}), f"environments/{name}")
        for name in ("dev", "prod")
    )
    return msgspec.structs.replace(
        subject,
        service={**subject.service, "central.tf": data.encode()},
        central={**subject.central, **there, **{path: (S3 % key).encode() for path, key in keys.items()}},
        environments=environments,
    )


def test_no_state_has_two_roots() -> None:
    equivalent(two_roots("dev", "prod"))
    different(two_roots("same", "same"), "environments/dev writes")
    different(two_roots("dev", "own"), "the service root's own state")
