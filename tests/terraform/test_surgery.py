"""The real Terraform reads each state that surgery makes, and plans nothing."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tests.terraform.states import Plan, apply, computed, document, plan, terraform, write_root
from tfhoist.state.check import dangling, problems
from tfhoist.state.compare import compare, content
from tfhoist.state.document import SnapshotDocument, empty_document, read_document, render
from tfhoist.state.moves import Move
from tfhoist.state.surgery import move, reverse, with_outputs

pytestmark = pytest.mark.terraform

CLEAN = Plan(0, {}, {})

BEFORE = """
    variable "certificates" {
      default = ["a", "b"]
    }
    resource "terraform_data" "lb" {
      input = { name = "hök <&>", weight = 1.10, id = 12345678901234567890123 }
      lifecycle {
        create_before_destroy = true
      }
    }
    resource "terraform_data" "listener" {
      count            = 2
      input            = "${terraform_data.lb.id}/${count.index}"
      triggers_replace = [terraform_data.lb.id]
    }
    resource "terraform_data" "record" {
      for_each = toset(["a.example.com", "x/y \\"z\\"", "$${x}", "é"])
      input    = terraform_data.lb.output.name
      lifecycle {
        postcondition {
          condition     = self.output != ""
          error_message = "no name"
        }
      }
    }
    module "network" {
      source = "./network"
      for_each = toset(["one"])
      name   = each.key
      lb     = terraform_data.lb.id
    }
    resource "terraform_data" "service" {
      input = {
        lb        = terraform_data.lb.id
        listeners = terraform_data.listener[*].id
        record    = terraform_data.record["a.example.com"].output
        network   = module.network["one"].id
        weight    = terraform_data.lb.output.weight
      }
    }
    output "lb" {
      value = terraform_data.lb.id
    }
"""
NETWORK = """
    variable "name" {
      type = string
    }
    variable "lb" {}
    resource "terraform_data" "subnet" {
      input = "${var.name} ${var.lb}"
    }
    output "id" {
      value = terraform_data.subnet.id
    }
"""
SERVICE = """
    data "terraform_remote_state" "central" {
      backend = "local"
      config  = { path = "../central/terraform.tfstate" }
    }
    locals {
      central = data.terraform_remote_state.central.outputs
    }
    resource "terraform_data" "service" {
      input = {
        lb        = local.central.lb_id
        listeners = local.central.listener_ids
        record    = local.central.record_outputs["a.example.com"]
        network   = local.central.network_id
        weight    = local.central.weight
      }
    }
    output "lb" {
      value = local.central.lb_id
    }
"""
SHARED = """
    resource "terraform_data" "lb" {
      input = { name = "hök <&>", weight = 1.10, id = 12345678901234567890123 }
      lifecycle {
        create_before_destroy = true
      }
    }
    resource "terraform_data" "listener" {
      count            = 2
      input            = "${terraform_data.lb.id}/${count.index}"
      triggers_replace = [terraform_data.lb.id]
    }
    resource "terraform_data" "record" {
      for_each = toset(["a.example.com", "x/y \\"z\\"", "$${x}", "é"])
      input    = terraform_data.lb.output.name
    }
    module "network" {
      source = "../network"
      for_each = toset(["one"])
      name   = each.key
      lb     = terraform_data.lb.id
    }
    output "lb_id" { value = terraform_data.lb.id }
    output "lb_whole" { value = [terraform_data.lb] }
    output "weight" { value = terraform_data.lb.output.weight }
    output "listener_ids" { value = terraform_data.listener[*].id }
    output "record_outputs" { value = { for key, instance in terraform_data.record : key => instance.output } }
    output "network_id" { value = module.network["one"].id }
"""
CENTRAL = """
    resource "terraform_data" "other" {
      input = "of another service"
    }
    output "other" {
      value = terraform_data.other.id
    }
"""
CENTRAL_AFTER = (
    CENTRAL
    + """
    module "data_pipeline" {
      source = "./shared"
    }
    output "lb_id" { value = module.data_pipeline.lb_id }
    output "lb_whole" {
      value     = module.data_pipeline.lb_whole
      sensitive = true
    }
    output "weight" { value = module.data_pipeline.weight }
    output "listener_ids" { value = module.data_pipeline.listener_ids }
    output "record_outputs" { value = module.data_pipeline.record_outputs }
    output "network_id" { value = module.data_pipeline.network_id }
    output "in_a_list" { value = [module.data_pipeline.lb_id, null] }
    output "nothing" { value = null }
"""
)


def without_checks(snapshot: SnapshotDocument) -> SnapshotDocument:
    """Terraform writes check results in a new order each time."""
    return msgspec.structs.replace(snapshot, members={**snapshot.members, "check_results": msgspec.Raw(b"null")})


MOVES = [
    Move("terraform_data.lb", "module.data_pipeline.terraform_data.lb"),
    Move("terraform_data.listener", "module.data_pipeline.terraform_data.listener"),
    Move("terraform_data.record", "module.data_pipeline.terraform_data.record"),
    Move("module.network", "module.data_pipeline.module.network"),
]


@pytest.mark.parametrize("central_exists", [True, False])
def test_two_roots_plan_clean_after_the_surgery_with_no_apply(tmp_path: Path, central_exists: bool) -> None:
    service = write_root(tmp_path / "service", {"main.tf": BEFORE, "network/main.tf": NETWORK})
    source = document(apply(service))
    central = write_root(tmp_path / "central", CENTRAL)
    destination = (
        document(apply(central)) if central_exists else empty_document("11111111-2222-3333-4444-555555555555", "1.11.4")
    )
    after = CENTRAL_AFTER if central_exists else CENTRAL_AFTER.removeprefix(CENTRAL)
    write_root(central, {"main.tf": after, "shared/main.tf": SHARED, "network/main.tf": NETWORK})

    surgery = move(source, destination, MOVES)
    outputs = computed(central, surgery.destination)
    assert (outputs.untold, outputs.absent) == ({}, ("nothing",))
    surgery = with_outputs(surgery, outputs.outputs)
    assert problems(surgery.source) == problems(surgery.destination) == ()
    assert dangling(surgery.source) <= dangling(source)
    assert dangling(surgery.destination) == frozenset()

    (service / "terraform.tfstate").write_bytes(render(surgery.source))
    (central / "terraform.tfstate").write_bytes(render(surgery.destination))
    write_root(service, SERVICE)
    assert plan(central) == CLEAN
    assert plan(service) == CLEAN

    # Terraform reads each file, and writes the same bytes for it.
    for root, ours in ((service, surgery.source), (central, surgery.destination)):
        assert sorted(terraform(root, "state", "list").splitlines()) == sorted(
            one.instance_address(i) for one in ours.resources for i in one.instances
        )
        pulled = document(terraform(root, "state", "pull").encode())
        assert render(without_checks(pulled)) == render(without_checks(ours))
        assert not compare(content(ours), content(pulled))
        terraform(root, "state", "show", terraform(root, "state", "list").splitlines()[0])
    shown = json.loads(terraform(central, "output", "-json"))
    assert {name: one["sensitive"] for name, one in shown.items()}["lb_whole"] is True

    # An apply is the judge of the outputs' values and types: it finds nothing to do, and leaves the file alone.
    before = (central / "terraform.tfstate").read_bytes()
    apply(central)
    again = read_document((central / "terraform.tfstate").read_bytes(), "again")
    assert again.outputs.keys() == surgery.destination.outputs.keys()
    assert {n: bytes(v) for n, v in again.outputs.items()} == {
        n: bytes(v) for n, v in read_document(before, "b").outputs.items()
    }

    home = reverse(
        surgery.inverse,
        surgery.source,
        surgery.destination,
        source_serial=source.serial,
        destination_serial=destination.serial,
    )
    assert render(home.source) == render(source)
    assert render(home.destination) == render(destination)
    (service / "terraform.tfstate").write_bytes(render(home.source))
    write_root(service, {"main.tf": BEFORE, "network/main.tf": NETWORK})
    assert plan(service) == CLEAN


def test_what_our_check_finds_terraform_refuses_too(tmp_path: Path) -> None:
    root = write_root(
        tmp_path / "root", 'resource "terraform_data" "a" {}\noutput "o" {\n  value = [terraform_data.a.id]\n}\n'
    )
    good = apply(root)
    assert problems(document(good)) == ()
    for old, new in [
        (
            b'"tuple",\n        [\n          "string"\n        ]',
            b'"tuple",\n        [\n          "string",\n          "string"\n        ]',
        ),
        (b'"tuple",\n        [\n          "string"\n        ]', b'"list",\n        "number"'),
        (b'"tuple",\n        [\n          "string"\n        ]', b'"tupel",\n        []'),
        (b'provider[\\"terraform.io/builtin/terraform\\"]', b"provided.by.me"),
        (b'"schema_version": 0,', b'"schema_version": 0,\n          "status": "odd",'),
        (b'"schema_version": 0,', b'"deposed": "abc",\n          "schema_version": 0,'),
        (
            b'"sensitive_attributes": []',
            b'"sensitive_attributes": [],\n          "dependencies": [\n            "no address"\n          ]',
        ),
        (b'"terraform_version": "1.11.4"', b'"terraform_version": "one"'),
    ]:
        assert good.count(old) == 1, old
        bad = good.replace(old, new)
        assert problems(document(bad)), new
        (root / "terraform.tfstate").write_bytes(bad)
        # With a provider's address that is none Terraform drops the resource without a word.
        dropped = b"provided.by.me" in bad and terraform(root, "state", "list") == ""
        if not dropped:
            with pytest.raises(AssertionError):
                terraform(root, "state", "pull")
