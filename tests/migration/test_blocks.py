"""`tfhoist migrate --strategy blocks`: Terraform imports and forgets on simulated providers, and nothing in the cloud changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.migration.worlds import Ran
from tests.simulator.simulator import Simulator

pytestmark = pytest.mark.slow

SERVICE = """
resource "aws_lb" "main" {
  for_each = toset(["a.b/c", "x y"])

  name = "lb-${substr(each.key, 0, 1)}"
}

resource "aws_lb_target_group" "api" {
  count = 2

  name     = "api-${count.index}"
  port     = 8001
  protocol = "HTTP"
  vpc_id   = "vpc-1234"
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main["x y"].arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api[1].arn
  }
}

resource "aws_sqs_queue" "own" {
  name = "own-${length(aws_lb.main)}-${aws_lb_target_group.api[0].port}"
}

output "listener" {
  value = aws_lb_listener.http.arn
}
"""
PROVIDERS = """
  required_version = ">= 1.7"

  required_providers {
    aws    = { source = "hashicorp/aws" }
    random = { source = "hashicorp/random" }
  }
"""
CENTRAL = """
resource "aws_sqs_queue" "others" {
  name = "another-service"
}
"""
MOVED = {
    'aws_lb.main["a.b/c"]', 'aws_lb.main["x y"]', "aws_lb_target_group.api[0]", "aws_lb_target_group.api[1]", "aws_lb_listener.http",
}  # fmt: skip


class Blocks:
    """A service and a central root on simulated providers, consolidated with the service's state."""

    def __init__(self, simulator: Simulator, base: Path, more: str = "", *, with_state: bool = True) -> None:
        self.simulator, self.base = simulator, base
        self.service, self.central, self.out = base / "service", base / "central", base / "out"
        self.states = {side: base / f"{side}.tfstate" for side in ("source", "destination")}
        root = self.central / "environments/live"
        root.mkdir(parents=True)
        self.service.mkdir()
        for folder, side, text in ((self.service, "source", SERVICE + more), (root, "destination", CENTRAL)):
            backend = f'  backend "local" {{\n    path = "{self.states[side]}"\n  }}\n'
            (folder / "main.tf").write_text(
                f'terraform {{{PROVIDERS}{backend}}}\n\nprovider "aws" {{\n  region = "us-east-1"\n}}\n{text}'
            )
            simulator.apply(folder)
        for one in self.base.rglob(".terraform*"):
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        kept = {"aws_sqs_queue.own"} | ({"aws_sqs_queue.more"} if "aws_sqs_queue" in more else set())
        moved = sorted({one.partition("[")[0] for one in MOVED} | ({"random_id.suffix"} if "random_id" in more else set()))
        overrides = [f'"{one}" = "central"' for one in moved] + [f'"{one}" = "local"' for one in sorted(kept)]
        (self.service / "tfhoist.toml").write_text(
            '[service]\nname = "small"\n\n[central]\nrepository = "central"\n\n[[environments]]\nname = "live"\n\n'
            "[placement.overrides]\n" + "\n".join(overrides) + "\n"
        )
        state = ["--state", f"live={self.states['source']}"] if with_state else []
        ran = self.tfhoist("consolidate", str(self.service), "--central", str(self.central), "--out", str(self.out), *state)
        assert ran.code == 0, ran
        simulator.forget_journal()

    def tfhoist(self, *arguments: str, stdin: bytes | None = None) -> Ran:
        environment = {**self.simulator.env, "PYTHONPATH": str(REPOSITORY / "src")}
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", *arguments], env=environment, capture_output=True, cwd=self.base, input=stdin
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def migrate(self, verb: str, *more: str) -> Ran:
        return self.tfhoist("migrate", verb, str(self.out), "--environment", "live", *more)

    def told(self, verb: str, *more: str, code: int = 0) -> Any:
        ran = self.migrate(verb, "--json", *more)
        assert ran.code == code, ran
        return json.loads(ran.out)

    def instances(self, side: str) -> dict[str, str]:
        """The id of each managed instance of a live state, by its address."""
        found = {}
        for resource in json.loads(self.states[side].read_bytes())["resources"]:
            if resource["mode"] == "managed":
                for instance in resource["instances"]:
                    key = instance.get("index_key")
                    module = f"{resource['module']}." if "module" in resource else ""
                    address = f"{module}{resource['type']}.{resource['name']}"
                    found[address + ("" if key is None else f"[{json.dumps(key)}]")] = instance["attributes"]["id"]
        return found

    def plan(self, root: Path) -> Any:
        return self.simulator.plan(root)

    @property
    def roots(self) -> dict[str, Path]:
        return {"destination": self.out / "central/environments/live", "source": self.out / "service"}


@pytest.fixture
def blocks(simulator: Simulator, tmp_path: Path) -> Blocks:
    return Blocks(simulator, tmp_path)


def central(addresses: set[str]) -> set[str]:
    return {f"module.small.{one}" for one in addresses}


def test_there_and_back(blocks: Blocks) -> None:
    ids = {side: blocks.instances(side) for side in blocks.states}
    told = blocks.told("plan", "--strategy", "blocks")
    imports = {one["from"]: one for one in told["operations"] if one["kind"] == "import"}
    assert imports.keys() == MOVED
    assert {one["from"] for one in told["operations"] if one["kind"] == "forget"} == MOVED
    listener = imports["aws_lb_listener.http"]
    assert listener["import_id"] == ids["source"]["aws_lb_listener.http"]
    assert (listener["made_of"], listener["to"]) == (["arn"], "module.small.aws_lb_listener.http")
    assert listener["source"].endswith("/lb_listener#import")
    assert told["status"] == "planned"
    assert any("tfhoist migrate check" in one for one in told["steps"])
    told = blocks.told("rehearse")
    assert (told["status"], told["verdict"]) == ("rehearsed", "equivalent")
    assert {side: blocks.instances(side) for side in blocks.states} == ids
    told = blocks.told("run", "--yes")
    assert (told["status"], told["verdict"]) == ("verified", "equivalent")
    assert {one["state"] for one in told["operations"]} == {"done"}
    assert blocks.simulator.written() == []
    assert blocks.instances("source").keys() == {"aws_sqs_queue.own"}
    assert blocks.instances("destination") == {
        **ids["destination"], **{f"module.small.{one}": ids["source"][one] for one in MOVED}
    }  # fmt: skip
    for root in blocks.roots.values():
        assert blocks.simulator.changes(blocks.plan(root)) == {}
    assert blocks.told("status")["status"] == "verified"
    assert blocks.migrate("run", "--yes").code == 2
    told = blocks.told("rollback", "--yes")
    assert told["status"] == "rolled_back"
    assert {side: blocks.instances(side) for side in blocks.states} == ids
    assert blocks.simulator.written() == []
    for root in (blocks.service, blocks.central / "environments/live"):
        assert blocks.simulator.changes(blocks.plan(root)) == {}
