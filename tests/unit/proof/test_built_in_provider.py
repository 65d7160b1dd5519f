"""Terraform's own provider comes from nowhere but Terraform, though no file says so."""

from __future__ import annotations

from tests.unit.proof.small import STAYS, different, equivalent, split
from tfhoist.proof import Subject

BLOCK = 'resource "terraform_data" "a" {\n  provider = terraform.second\n}\n'
BEFORE = 'provider "terraform" {\n  alias = "second"\n}\n' + BLOCK + STAYS


def moved(source: str) -> Subject:
    required = f'terraform = {{\n      source = "{source}"\n'
    shared = f"terraform {{\n  required_providers {{\n    {required}      configuration_aliases = [terraform.second]\n    }}\n  }}\n}}\n"
    root = f"terraform {{\n  required_providers {{\n    {required}    }}\n  }}\n}}\n"
    return split(
        BEFORE, 'provider "terraform" {\n  alias = "second"\n}\n' + STAYS, shared + BLOCK,
        moved=("terraform_data.a",), arguments="  providers = {\n    terraform.second = terraform.s\n  }\n",
        central=root + 'provider "terraform" {\n  alias = "s"\n}\n',
    )  # fmt: skip


def test_the_source_that_is_implied_is_the_built_in_one() -> None:
    equivalent(moved("terraform.io/builtin/terraform"))


def test_a_provider_of_that_name_in_the_registry_is_another() -> None:
    different(moved("hashicorp/terraform"), "required_providers.terraform")
