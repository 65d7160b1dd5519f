"""`tfhoist migrate --strategy blocks`: Terraform imports and forgets on simulated providers, and nothing in the cloud changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_schemas import check
from tests.conftest import REPOSITORY
from tests.migration.worlds import Ran
from tests.simulator.simulator import Simulator
from tfhoist.api.migrating import open_session
from tfhoist.api.migration_session import MigrationOptions
from tfhoist.engine.process import find_engine
from tfhoist.migration.execution import Interrupted, MigrationRefused
from tfhoist.migration.model import MigrationPlan

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
        moved = sorted(
            {one.partition("[")[0] for one in MOVED} | ({"random_id.suffix"} if "random_id" in more else set())
        )
        overrides = [f'"{one}" = "central"' for one in moved] + [f'"{one}" = "local"' for one in sorted(kept)]
        (self.service / "tfhoist.toml").write_text(
            '[service]\nname = "small"\n\n[central]\nrepository = "central"\n\n[[environments]]\nname = "live"\n\n'
            "[placement.overrides]\n" + "\n".join(overrides) + "\n"
        )
        state = ["--state", f"live={self.states['source']}"] if with_state else []
        ran = self.tfhoist(
            "consolidate", str(self.service), "--central", str(self.central), "--out", str(self.out), *state
        )
        assert ran.code == 0, ran
        simulator.forget_journal()

    def tfhoist(self, *arguments: str, stdin: bytes | None = None) -> Ran:
        environment = {**self.simulator.env, "PYTHONPATH": str(REPOSITORY / "src")}
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", *arguments],
            env=environment,
            capture_output=True,
            cwd=self.base,
            input=stdin,
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


def test_the_steps_as_they_are_printed(blocks: Blocks) -> None:
    ran = blocks.tfhoist("migrate", "plan", "out", "--strategy", "blocks")  # the paths are made absolute
    assert ran.code == 0, ran
    for address, identity in blocks.instances("source").items():
        if address in MOVED:
            assert f"{address} -> module.small.{address} (pending) id {identity} (from arn)" in ran.out
    told = blocks.told("status")
    check(told, "migration")

    def typed() -> subprocess.CompletedProcess[str]:
        place = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY / "src")}
        environment = {**blocks.simulator.env, **place}
        return subprocess.run(
            ["bash", "-ec", "\n".join(told["steps"])], env=environment, capture_output=True, text=True, cwd=blocks.base
        )

    # a plan that does more stops it before anything is applied
    before = {side: path.read_bytes() for side, path in blocks.states.items()}
    pending = blocks.roots["destination"] / "pending.tf"
    pending.write_text('resource "aws_sqs_queue" "pending" {\n  name = "pending"\n}\n')
    done = typed()
    assert done.returncode == 1
    assert "refused: create of aws_sqs_queue.pending" in done.stdout
    assert {side: path.read_bytes() for side, path in blocks.states.items()} == before
    assert not (pending.parent / "tfhoist.plan").exists()
    pending.unlink()
    done = typed()
    assert done.returncode == 0, done
    assert done.stdout.count("it may be applied") == 2
    assert "5 imports, 0 forgotten" in done.stdout
    assert "0 imports, 5 forgotten" in done.stdout
    assert "live: verified" in done.stdout
    assert blocks.simulator.written() == []
    assert blocks.instances("source").keys() == {"aws_sqs_queue.own"}
    for root in blocks.roots.values():
        assert not (root / "tfhoist.plan").exists()
        assert blocks.simulator.changes(blocks.plan(root)) == {}


def test_a_plan_that_does_more_is_not_applied(blocks: Blocks) -> None:
    blocks.told("plan", "--strategy", "blocks")
    before = {side: path.read_bytes() for side, path in blocks.states.items()}
    module = next(path for path in blocks.out.glob("central/**/*.tf") if "8001" in path.read_text())
    text = module.read_text()
    module.write_text(text.replace("8001", "8002"))
    ran = blocks.migrate("run", "--yes")
    assert ran.code == 2
    for number in range(2):  # a port can't be changed in place
        assert f"module.small.aws_lb_target_group.api[{number}], which should only be imported" in ran.err
    root = blocks.roots["destination"]
    plan = json.dumps(blocks.plan(root)).encode()
    judge = ["migrate", "check", str(blocks.out), "--environment", "live"]
    ran = blocks.tfhoist(*judge, "-", stdin=plan)
    assert ran.code == 2
    assert "don't apply it" in ran.out
    module.write_text(text)
    plan = json.dumps(blocks.plan(root)).encode()
    assert blocks.tfhoist(*judge, "-", stdin=plan).code == 0
    assert blocks.tfhoist(*judge, "--side", "source", "-", stdin=plan).code == 2
    ran = blocks.tfhoist(*judge, "-", stdin=plan[:-40])
    assert ran.code == 1
    assert "can't be read" in ran.err
    # somebody else's pending change isn't applied along with it either
    other = root / "main.tf"
    other.write_text(other.read_text() + '\nresource "aws_sqs_queue" "pending" {\n  name = "pending"\n}\n')
    ran = blocks.migrate("run", "--yes")
    assert ran.code == 2
    assert "create of aws_sqs_queue.pending" in ran.err
    assert {side: path.read_bytes() for side, path in blocks.states.items()} == before
    assert blocks.simulator.written() == []


def test_what_was_done_before_is_done(blocks: Blocks) -> None:
    """Somebody imported one early, and another has left the source as well."""
    ids = blocks.instances("source")
    source, destination = (json.loads(path.read_bytes()) for path in blocks.states.values())
    for resource in [one for one in source["resources"] if one["type"] in ("aws_lb_target_group", "aws_lb_listener")]:
        destination["resources"].append({**resource, "module": "module.small"})
    for resource in destination["resources"]:
        resource["provider"] = 'provider["registry.terraform.io/hashicorp/aws"]' + (
            ".small" if "module" in resource else ""
        )
    source["resources"] = [one for one in source["resources"] if one["type"] != "aws_lb_listener"]
    for side, state in (("source", source), ("destination", destination)):
        state["serial"] += 1
        for resource in state["resources"]:
            for instance in resource["instances"]:
                instance.pop("dependencies", None)
        blocks.states[side].write_text(json.dumps(state))
    told = blocks.told("plan", "--strategy", "blocks")
    done = {(one["kind"], one["from"]) for one in told["operations"] if one["state"] == "done"}
    early = {"aws_lb_listener.http", *(f"aws_lb_target_group.api[{number}]" for number in range(2))}
    assert done == {("forget", "aws_lb_listener.http"), *(("import", one) for one in early)}
    told = blocks.told("run", "--yes", "--without-plans")
    assert told["status"] == "migrated"
    assert blocks.told("verify")["verdict"] == "equivalent"
    assert blocks.simulator.written() == []
    moved = {f"module.small.{one}": ids[one] for one in MOVED}
    assert {one: identity for one, identity in blocks.instances("destination").items() if one in moved} == moved


def test_bad_input(blocks: Blocks) -> None:
    before = {side: path.read_bytes() for side, path in blocks.states.items()}

    def refused(verb: str, code: int, *words: str, more: tuple[str, ...] = ()) -> None:
        there = {side: path.read_bytes() for side, path in blocks.states.items()}
        ran = blocks.migrate(verb, *more)
        assert ran.code == code, ran
        assert all(word in ran.err for word in words), ran.err
        assert "Traceback" not in ran.err
        assert {side: path.read_bytes() for side, path in blocks.states.items()} == there

    way = ("--strategy", "blocks")
    refused("check", 1, "nothing was planned", more=("-",))
    # a different resource, by its id, where one should come to
    theirs = json.loads(before["destination"])
    listener = next(one for one in json.loads(before["source"])["resources"] if one["type"] == "aws_lb_listener")
    listener["module"] = "module.small"
    listener["instances"][0]["attributes"] |= {"id": "arn:another", "arn": "arn:another"}
    theirs["resources"].append(listener)
    blocks.states["destination"].write_text(json.dumps(theirs))
    refused("plan", 2, "different-resource", more=way)
    blocks.states["destination"].write_bytes(before["destination"])
    blocks.told("plan", *way)
    blocks.states["destination"].write_text(json.dumps(theirs))
    refused("run", 2, "a different resource (by its id) is at module.small.aws_lb_listener.http", more=("--yes",))
    blocks.states["destination"].write_bytes(before["destination"])
    # what was planned for was replaced since, or went away
    changed = json.loads(before["source"])
    own = next(one for one in changed["resources"] if one["type"] == "aws_lb_listener")
    own["instances"][0]["attributes"] |= {"id": "arn:new", "arn": "arn:new"}
    blocks.states["source"].write_text(json.dumps(changed))
    refused("run", 2, "aws_lb_listener.http is another one than when it was planned", more=("--yes",))
    told = blocks.told("status")
    assert told["conflicts"] == ["aws_lb_listener.http is another one than when it was planned"]
    changed["resources"].remove(own)
    blocks.states["source"].write_text(json.dumps(changed))
    refused("run", 2, "aws_lb_listener.http is in neither state", more=("--yes",))
    # a state that is cut off
    blocks.states["source"].write_bytes(before["source"][:-40])
    refused("plan", 1, "no state snapshot", more=way)
    refused("run", 1, "state", more=("--yes",))
    blocks.states["source"].write_bytes(before["source"])
    refused("run", 1, "--yes")  # no terminal, no approval
    refused("run", 1, "engine", more=("--yes", "--engine", "none"))
    assert blocks.told("run", "--yes", "--without-plans")["status"] == "migrated"
    assert blocks.simulator.written() == []


def test_two_teams(blocks: Blocks) -> None:
    blocks.told("plan", "--strategy", "blocks")
    before = blocks.states["source"].read_bytes()
    ran = blocks.migrate("run", "--yes", "--side", "source")
    assert ran.code == 2
    assert "--receipt" in ran.err
    assert blocks.migrate("run", "--yes", "--side", "destination").code == 0
    assert blocks.states["source"].read_bytes() == before
    told = blocks.told("status")
    assert told["status"] == "running"
    assert {(one["kind"], one["state"]) for one in told["operations"]} == {("import", "done"), ("forget", "pending")}
    receipt = str(blocks.out / "migration/live/destination.receipt.json")
    assert blocks.migrate("resume", "--yes", "--side", "source", "--receipt", receipt).code == 0
    assert blocks.told("verify")["status"] == "verified"
    assert blocks.simulator.written() == []


RANDOM = """
resource "random_id" "suffix" {
  byte_length = 4
}
"""


def test_what_cannot_be_imported(simulator: Simulator, tmp_path: Path) -> None:
    blocks = Blocks(simulator, tmp_path, RANDOM)
    before = {side: path.read_bytes() for side, path in blocks.states.items()}
    ran = blocks.migrate("plan", "--strategy", "blocks")
    assert ran.code == 2
    assert "random_id.suffix can't be imported" in ran.err
    assert "its value would be another" in ran.err
    assert "[not-importable]" in ran.err
    told = blocks.told("plan", "--strategy", "blocks", "--accept", "random_id.suffix")
    assert any("random_id.suffix isn't imported, and an apply creates it anew" in one for one in told["notes"])
    assert {side: path.read_bytes() for side, path in blocks.states.items()} == before
    ran = blocks.migrate("run", "--yes", "--without-plans")
    assert ran.code == 0, ran
    assert [(one.operation, one.type) for one in simulator.written()] == [
        ("create", "random_id")
    ]  # what was accepted, alone
    assert blocks.told("status")["status"] == "migrated"


def test_blocks_that_out_lacks(simulator: Simulator, tmp_path: Path) -> None:
    blocks = Blocks(simulator, tmp_path, with_state=False)
    file = blocks.roots["destination"] / "small_imports.tf"
    assert not file.exists()
    removed = blocks.roots["source"] / "removed.tf"
    text = removed.read_text()
    removed.write_text(text[: text.rindex("removed {")])
    told = blocks.told("plan", "--strategy", "blocks")
    assert any("small_imports.tf" in one and "removed.tf" in one for one in told["notes"])
    assert file.read_text().count("import {") == len(MOVED)
    assert blocks.simulator.terraform(file.parent, "fmt", "-check", file.name, check=False).returncode == 0
    assert removed.read_text() == text
    assert blocks.tfhoist("prove", str(blocks.out)).code == 0
    told = blocks.told("run", "--yes")
    assert (told["status"], told["verdict"]) == ("verified", "equivalent")
    assert blocks.simulator.written() == []
    ran = blocks.tfhoist("finalize", str(blocks.out), "--yes")
    assert ran.code == 0, ran
    assert not file.exists()
    assert not removed.exists()
    assert blocks.told("status")["status"] == "finalized"


def test_killed_and_gone_on(blocks: Blocks) -> None:
    """SIGKILL at entries of the journal, on the way there and on the way back; `status` tells the truth, and each comes to its end."""
    ids = {side: blocks.instances(side) for side in blocks.states}

    def killed(when: str, number: int, verb: str) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.migration.killed",
            when,
            str(number),
            "migrate",
            verb,
            str(blocks.out),
            "--yes",
        ]
        environment = {**blocks.simulator.env, "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
        done = subprocess.run(command, env=environment, capture_output=True, cwd=blocks.base)
        assert done.returncode == -9, done

    def states(told: Any) -> set[tuple[str, str]]:
        return {(one["kind"], one["state"]) for one in told["operations"]}

    for when, number, imported, forgotten in (
        ("after", 4, "intended", "pending"),  # just before the central root is applied
        ("before", 5, "done", "pending"),  # just after it
        ("after", 6, "done", "intended"),
        ("before", 8, "done", "done"),  # all done, and not written down
    ):
        blocks.told("plan", "--strategy", "blocks")
        killed(when, number, "run")
        told = blocks.told("status")
        assert states(told) == {("import", imported), ("forget", forgotten)}, (when, number)
        assert told["status"] == ("migrated" if forgotten == "done" else "running")
        assert blocks.told("resume", "--yes", "--without-plans")["status"] == "migrated"
        assert blocks.instances("source").keys() == {"aws_sqs_queue.own"}
        killed("before" if number < 6 else "after", 3, "rollback")  # it was imported back, and that's all that is known
        assert blocks.told("status")["status"] == "running"
        assert blocks.told("rollback", "--yes")["status"] == "rolled_back"
        assert {side: blocks.instances(side) for side in blocks.states} == ids
    assert blocks.simulator.written() == []


def test_a_new_central_root_and_a_workspace(simulator: Simulator, tmp_path: Path) -> None:
    service, out = tmp_path / "service", tmp_path / "out"
    service.mkdir()
    own = 'resource "aws_sqs_queue" "workspace" {\n  name = "own-${terraform.workspace}-${aws_lb_target_group.api[0].port}"\n}\n'
    (service / "main.tf").write_text(
        f'terraform {{{PROVIDERS}}}\n\nprovider "aws" {{\n  region = "us-east-1"\n}}\n{SERVICE}{own}'
    )
    central = "".join(f'"{one}" = "central"\n' for one in sorted({one.partition("[")[0] for one in MOVED}))
    (service / "tfhoist.toml").write_text(
        '[service]\nname = "small"\n\n[central]\nrepository = "central"\n\n[[environments]]\nname = "live"\nworkspace = "live"\n\n'
        f'[placement.overrides]\n{central}"aws_sqs_queue.own" = "local"\n"aws_sqs_queue.workspace" = "local"\n'
    )
    simulator.init(service)
    simulator.terraform(service, "workspace", "new", "live")
    simulator.apply(service)
    simulator.forget_journal()
    source, destination = service / "terraform.tfstate.d/live/terraform.tfstate", tmp_path / "destination.tfstate"

    def tfhoist(*arguments: str) -> Ran:
        environment = {**simulator.env, "PYTHONPATH": str(REPOSITORY / "src")}
        done = subprocess.run(
            [sys.executable, "-m", "tfhoist", *arguments], env=environment, capture_output=True, text=True, cwd=tmp_path
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    ran = tfhoist("consolidate", str(service), "--out", str(out), "--state", f"live={source}")
    assert ran.code == 0, ran
    places = [str(out), "--source-state", str(source), "--destination-state", str(destination), "--json"]
    before = json.loads(source.read_bytes())["resources"]
    ran = tfhoist("migrate", "plan", *places, "--strategy", "blocks")
    assert ran.code == 0, ran
    assert "terraform workspace select live" in json.loads(ran.out)["steps"]
    ran = tfhoist("migrate", "rehearse", *places)
    assert ran.code == 0, ran
    assert not destination.exists()
    ran = tfhoist("migrate", "run", *places, "--yes")
    assert ran.code == 0, ran
    assert json.loads(ran.out)["status"] == "verified"
    left = {one["name"] for one in json.loads(source.read_bytes())["resources"] if one["mode"] == "managed"}
    assert left == {"own", "workspace"}
    assert {one["module"] for one in json.loads(destination.read_bytes())["resources"]} == {"module.small"}
    ran = tfhoist("migrate", "rollback", *places, "--yes")
    assert ran.code == 0, ran
    assert json.loads(destination.read_bytes())["resources"] == []
    after = json.loads(source.read_bytes())["resources"]
    ids = [sorted(i["attributes"]["id"] for one in state for i in one["instances"]) for state in (before, after)]
    assert ids[0] == ids[1]
    assert simulator.written() == []
    # a file of that workspace's state has to stand where Terraform looks for one
    elsewhere = str(shutil.copy(source, tmp_path / "copy.tfstate"))
    assert tfhoist("migrate", "plan", *places, "--strategy", "blocks").code == 0
    ran = tfhoist(
        "migrate", "run", str(out), "--source-state", elsewhere, "--destination-state", str(destination), "--yes"
    )
    assert ran.code == 1
    assert "isn't where Terraform keeps the state of the workspace live" in ran.err


def test_somebody_writes_between_the_plan_and_its_apply(blocks: Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform itself refuses a saved plan that is stale: nothing is imported, and `resume` plans anew."""
    blocks.told("plan", "--strategy", "blocks")
    for name, value in blocks.simulator.env.items():
        monkeypatch.setenv(name, value)
    asked: list[str] = []

    def approve(plan: MigrationPlan, what: str = "") -> bool:
        asked.append(what)
        state = json.loads(blocks.states["destination"].read_bytes())
        state["serial"] += 1
        blocks.states["destination"].write_text(json.dumps(state))
        return True

    options = MigrationOptions(environment="live", engine=find_engine("terraform"))
    with open_session(blocks.out, options) as session, session.records.locked():
        with pytest.raises(Interrupted, match="stale"):
            session.run(approve)
        with pytest.raises(MigrationRefused, match="wasn't approved"):
            session.run(lambda plan, what="": False, again=True)
    assert [one.partition(",")[0] for one in asked] == ["the central state: 5 imported"]
    told = blocks.told("status")
    assert told["status"] == "running"
    assert {(one["kind"], one["state"]) for one in told["operations"]} == {
        ("import", "intended"),
        ("forget", "pending"),
    }
    assert blocks.told("resume", "--yes", "--without-plans")["status"] == "migrated"
    assert blocks.simulator.written() == []
