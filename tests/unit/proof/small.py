"""The smallest split: one environment, a service root of one file, and a shared module of one file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.proof import Identities, Proof, ProofEnvironment, Subject, prove

REMOTE = """
data "terraform_remote_state" "central" {
  backend = "local"
  config = {
    path = "../infrastructure/environments/dev/terraform.tfstate"
  }
}
"""
STAYS = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
OUT = "data.terraform_remote_state.central.outputs"


def split(
    before: str,
    service: str,
    shared: str,
    *,
    moved: tuple[str, ...] = ("aws_lb.a",),
    arguments: str = "",
    central: str = "",
    values: str = "",
    files: Mapping[str, str] | None = None,
    service_files: Mapping[str, str] | None = None,
    shared_files: Mapping[str, str] | None = None,
    central_files: Mapping[str, str] | None = None,
    identities: Identities | None = None,
    settings: EnvironmentSettings | None = None,
    kept: Mapping[str, str] | None = None,
) -> Subject:
    """A subject. Outputs of `shared` are passed on; `files` are in the service root before and after."""
    folder = "environments/dev"
    removed = "".join(
        f"removed {{\n  from = {address}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n" for address in moved
    )
    remote = REMOTE
    if OUT not in service:  # then one is read by a local, as the splitter does it
        shared += '\noutput "guard" {\n  value = "there"\n}\n'
        remote += f"locals {{\n  central_guard = {OUT}.guard\n}}\n"
    outputs = re.findall(r'output "(\w+)" \{([^}]*)', shared)
    new_files = {
        f"{folder}/terraform.tf": 'terraform {\n  backend "local" {}\n}\n',
        f"{folder}/s.tf": 'module "s" {\n  source = "../../terraform_module/s"\n' + arguments + "\n}\n" + central,
        f"{folder}/s_outputs.tf": "".join(
            f'output "{name}" {{\n  value = module.s.{name}\n'
            + ("  sensitive = true\n" if "sensitive = true" in body else "")
            + "}\n"
            for name, body in outputs
        ),
        f"{folder}/s.auto.tfvars": values,
        "terraform_module/s/main.tf": shared,
        **{f"terraform_module/s/{path}": text for path, text in (shared_files or {}).items()},
        **(central_files or {}),
    }

    def tree(files: Mapping[str, str]) -> dict[str, bytes]:
        return {path: text.encode() for path, text in files.items()}

    return Subject(
        before_service=tree({"main.tf": before, **(files or {})}),
        service=tree(
            {
                "main.tf": service,
                "removed.tf": removed,
                "central.tf": remote,
                **(files or {}),
                **(service_files or {}),
            }
        ),
        before_central={},
        central=tree(new_files),
        environments=(ProofEnvironment(settings or EnvironmentSettings(name="dev"), folder),),
        kept=kept or {},
        identities={"dev": identities} if identities is not None else {},
    )


def told(proof: Proof) -> str:
    """Everything that doesn't hold."""
    return "\n".join(f"{o.result} {o.kind} {o.address}: {o.detail}" for o in proof.obligations if o.result != "holds")


def equivalent(subject: Subject) -> Proof:
    """Assert that a split is proven."""
    proof = prove(subject)
    assert told(proof) == ""
    assert proof.verdict == "equivalent"
    return proof


def different(subject: Subject, *named: str) -> Proof:
    """Assert that a split is found out, and that some obligation that fails names all of `named`."""
    proof = prove(subject)
    assert proof.verdict == "different", told(proof)
    failing = [f"{o.kind} {o.address}: {o.detail}" for o in proof.obligations if o.result == "fails"]
    assert any(all(name in text for name in named) for text in failing), told(proof)
    return proof


def undecided(subject: Subject, *named: str) -> Proof:
    """Assert that a split can't be decided, and why."""
    proof = prove(subject)
    assert proof.verdict == "undecided", told(proof)
    found = [f"{o.kind} {o.address}: {o.detail}" for o in proof.obligations if o.result == "undecided"]
    assert any(all(name in text for name in named) for text in found), told(proof)
    return proof
