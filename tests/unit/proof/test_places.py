"""Where Terraform runs, which files it reads, and where it keeps states."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.proof.small import STAYS, different, split, undecided
from tfhoist.proof import Subject

LB = 'resource "aws_lb" "a" {\n  name = %s\n}\n'


@pytest.mark.parametrize(
    "name",
    [
        'basename(abspath("."))',
        "abspath(path.module)",
        'join(",", fileset(path.module, "*"))',
        'join(",", fileset(path.module, "*.tf"))',
        'file("${path.module}/main.tf")',
    ],
)
def test_what_depends_on_the_folder(name: str) -> None:
    more = {"more.tf": "# Nothing.\n"}
    different(split(LB % name + STAYS, STAYS, LB % name, shared_files=more), "aws_lb.a", "name")


def test_a_configuration_file_that_is_not_there() -> None:
    undecided(split(LB % 'filemd5("main.tf")' + STAYS, STAYS, LB % 'filemd5("main.tf")'), "aws_lb.a", "name")


@pytest.mark.parametrize("path", ["main.tofu", "extra.tofu", "extra.tofu.json"])
def test_a_new_file_for_opentofu(path: str) -> None:
    content = "{}" if path.endswith("json") else STAYS if path == "main.tofu" else "# Nothing.\n"
    different(split(LB % '"a"' + STAYS, STAYS, LB % '"a"', service_files={path: content}), path)
    shared = LB % '"a"' + 'output "guard" {\n  value = "there"\n}\n' if path == "main.tofu" else content
    different(split(LB % '"a"' + STAYS, STAYS, LB % '"a"', shared_files={path: shared}), path)


def test_the_state_of_the_service() -> None:
    backend = 'terraform {\n  backend "local" {\n    path = "/s/x"\n  }\n}\n'
    one = split(LB % '"a"' + STAYS + backend, STAYS + backend, LB % '"a"')
    central = {**one.central, "environments/dev/terraform.tf": backend.encode()}
    remote = one.service["central.tf"].replace(b"../infrastructure/environments/dev/terraform.tfstate", b"/s/x")
    found: Subject = msgspec.structs.replace(one, central=central, service={**one.service, "central.tf": remote})
    different(found, "the service root's own state")
