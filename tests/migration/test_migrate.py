"""`tfhoist migrate` with the real engine, on files and on its real S3 backend."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.test_schemas import check
from tests.migration.faults import FOREIGN_ID, _foreign
from tests.migration.worlds import HttpWorld, Ran, World

pytestmark = pytest.mark.terraform


def content(state: bytes | None) -> object:
    """A state without what rises and what the writer says of itself."""
    if not state:
        return None
    found = json.loads(state)
    return {
        name: value for name, value in found.items() if name not in ("serial", "terraform_version", "check_results")
    }


def test_there_and_back(world: World) -> None:
    before = {side: content(world.read(side)) for side in ("source", "destination")}
    assert world.migrate("plan").code == 0
    assert world.status()["status"] == "planned"
    ran = world.migrate("rehearse")
    assert ran.code == 0, ran
    assert "plans: equivalent" in ran.out
    assert {side: content(world.read(side)) for side in before} == before  # on copies only
    ran = world.migrate("run", "--yes", "--json")
    assert ran.code == 0, ran
    told = json.loads(ran.out)
    check(told, "migration")
    assert (told["schema"], told["status"], told["verdict"]) == ("tfhoist/migration/1", "verified", "equivalent")
    assert {one["state"] for one in told["operations"]} == {"done"}
    assert {one["side"] for one in told["backups"]} == {"source", "destination"}
    assert world.instances("source").keys() == {f"terraform_data.own[{n}]" for n in range(3)}
    assert "terraform_data.other" in world.instances("destination")
    assert world.status()["status"] == "verified"
    ran = world.migrate("run", "--yes")
    assert ran.code == 2
    assert "done already" in ran.err
    ran = world.migrate("rollback", "--yes")
    assert ran.code == 0, ran
    assert world.status()["status"] == "rolled_back"
    assert {side: content(world.read(side)) for side in before} == before
    # and once more, from a new plan
    assert world.migrate("plan").code == 0
    assert world.migrate("run", "--yes").code == 0


def test_the_records_are_private_and_hold_the_backups(world: World) -> None:
    before = {side: world.read(side) for side in ("source", "destination")}
    world.migrate("plan")
    ran = world.migrate("run", "--yes", "--without-plans", "--json")
    records = world.journal / "live"
    for path in records.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    for backup in json.loads(ran.out)["backups"]:
        assert content((records / backup["file"]).read_bytes()) == content(before[backup["side"]])
    journal = (records / "journal.jsonl").read_text()
    for side in world.ids.values():
        assert not any(one in journal for one in side.values())


def test_the_records_are_not_replaced_by_a_new_consolidation(files_world: World, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(files_world.out, out)
    files_world.reset()
    assert files_world.tfhoist("migrate", "plan", str(out), "--quiet").code == 0
    ran = files_world.tfhoist("consolidate", str(files_world.service), "--out", str(out), "--force")
    assert ran.code == 1
    assert "backups of a migration" in ran.err
    assert (out / "migration/live/plan.json").exists()


def test_a_plan_is_stale_when_a_state_changes(world: World) -> None:
    world.migrate("plan")
    _foreign(world, "destination")
    there = world.read("destination")
    ran = world.migrate("run", "--yes")
    assert ran.code == 2
    assert "added terraform_data.foreign" in ran.err
    assert world.read("destination") == there
    assert world.migrate("plan").code == 0
    assert world.migrate("run", "--yes", "--without-plans").code == 0
    assert FOREIGN_ID in world.instances("destination").values()


@pytest.mark.parametrize("side", ["source", "destination"])
def test_going_back_after_somebody_elses_apply_keeps_theirs(world: World, side: str) -> None:
    world.migrate("plan")
    assert world.migrate("run", "--yes", "--without-plans").code == 0
    _foreign(world, side)
    ran = world.migrate("rollback", "--yes")
    assert ran.code == 0, ran
    assert world.instances(side) == {**world.ids[side], "terraform_data.foreign": FOREIGN_ID}
    other = "destination" if side == "source" else "source"
    assert world.instances(other) == world.ids[other]


def test_a_new_reader_of_what_would_go_back_refuses_it(files_world: World) -> None:
    world = files_world
    world.reset()
    world.migrate("plan")
    world.migrate("run", "--yes", "--without-plans")
    _foreign(world, "destination")
    state = json.loads(world.read("destination") or b"")
    state["resources"][-1]["instances"][0]["dependencies"] = ["module.s.terraform_data.shared"]
    world.write("destination", json.dumps(state).encode())
    there = world.read("destination")
    ran = world.migrate("rollback", "--yes")
    assert ran.code == 2
    assert "terraform_data.foreign depends on module.s.terraform_data.shared" in ran.err
    assert world.read("destination") == there
    assert world.migrate("rollback", "--yes", "--accept", "terraform_data.foreign").code == 0
    assert world.instances("source") == world.ids["source"]


def test_two_teams(world: World, tmp_path: Path) -> None:
    snapshots = {}
    for side in ("source", "destination"):
        snapshots[side] = tmp_path / f"{side}.tfstate"
        snapshots[side].write_bytes(world.read(side) or b"")
    files = [one for side, path in snapshots.items() for one in (f"--{side}-state", str(path))]
    assert world.migrate("plan", *files).code == 0
    theirs = tmp_path / "theirs"
    shutil.copytree(world.journal, theirs)
    before = world.read("source")
    ran = world.migrate("run", "--yes", "--side", "source")
    assert ran.code == 2
    assert "--receipt" in ran.err
    ran = world.migrate("run", "--yes", "--side", "destination")
    assert ran.code == 0, ran
    assert world.read("source") == before
    receipt = world.journal / "live/destination.receipt.json"
    arguments = [
        str(theirs) if one == str(world.journal) else one for one in world.arguments("run", "--yes", "--side", "source")
    ]
    ran = world.tfhoist(*arguments, "--receipt", str(receipt))
    assert ran.code == 0, ran
    assert len(world.instances("source")) == 3
    damaged = json.loads(receipt.read_text())
    damaged["plan"] = "another"
    receipt.write_text(json.dumps(damaged))
    assert world.tfhoist(*arguments, "--receipt", str(receipt)).code == 2


def test_bad_input(files_world: World, tmp_path: Path) -> None:
    world = files_world
    world.reset()
    states = {side: world.read(side) for side in ("source", "destination")}

    def refused(verb: str, code: int, *words: str, more: tuple[str, ...] = ()) -> None:
        there = {side: world.read(side) for side in states}
        ran = world.migrate(verb, *more)
        assert ran.code == code, ran
        assert {side: world.read(side) for side in states} == there
        assert all(word in ran.err for word in words), ran.err
        assert "Traceback" not in ran.err

    refused("run", 1, "nothing was planned", more=("--yes",))
    refused("rollback", 1, "nothing was planned", more=("--yes",))
    refused("plan", 1, "no environment 'x'", more=("--environment", "x"))
    world.write("source", (states["source"] or b"")[:-40])
    refused("plan", 1, "no state snapshot")
    world.write("source", states["source"])
    assert world.migrate("plan").code == 0
    refused("run", 1, "--yes")  # no terminal, no approval
    foreign = json.loads(states["destination"] or b"")
    foreign["lineage"] = "11111111-2222-4333-8444-555555555555"
    world.write("destination", json.dumps(foreign).encode())
    refused("run", 2, "another lineage", more=("--yes",))
    refused("rehearse", 2, "another lineage")
    # cut off, or foreign, since the plan was made
    world.write("destination", (states["destination"] or b"")[:-40])
    refused("run", 1, "no state snapshot", more=("--yes",))
    told = world.migrate("status", "--json")
    assert "the central state can't be read" in told.out
    world.write("destination", states["destination"])
    strange = json.loads(states["source"] or b"")
    strange["lineage"] = "11111111-2222-4333-8444-555555555555"
    world.write("source", json.dumps(strange).encode())
    refused("run", 2, "another lineage", more=("--yes",))
    world.write("source", states["source"])
    # another resource stands where one should come to
    theirs = json.loads(states["destination"] or b"")
    mine = next(one for one in json.loads(states["source"] or b"")["resources"] if one["name"] == "shared")
    mine["module"] = "module.s"
    mine["instances"][0]["attributes"]["id"] = FOREIGN_ID
    theirs["resources"].append(mine)
    world.write("destination", json.dumps(theirs).encode())
    refused("plan", 2, "different-resource", "module.s.terraform_data.shared")
    # the same one was imported there before: that's done
    mine["instances"][0]["attributes"]["id"] = world.ids["source"]["terraform_data.shared"]
    world.write("destination", json.dumps(theirs).encode())
    ran = world.migrate("plan", "--json")
    assert ran.code == 0, ran
    done = [one["from"] for one in json.loads(ran.out)["operations"] if one["state"] == "done"]
    assert done == ["terraform_data.shared"]
    assert world.migrate("run", "--yes").code == 0
    assert world.lost() == set()
    # and so is one that the source has forgotten since
    world.reset()
    forgotten = json.loads(states["source"] or b"")
    forgotten["resources"] = [one for one in forgotten["resources"] if one["name"] != "shared"]
    world.write("source", json.dumps(forgotten).encode())
    world.write("destination", json.dumps(theirs).encode())
    ran = world.migrate("plan", "--json")
    assert ran.code == 0, ran
    done = [one["from"] for one in json.loads(ran.out)["operations"] if one["state"] == "done"]
    assert done == ["terraform_data.shared"]
    ran = world.migrate("run", "--yes")
    assert ran.code == 0, ran
    assert world.lost() == set()
    # a tainted one is refused, and accepted by name
    world.reset()
    state = json.loads(states["source"] or b"")
    next(one for one in state["resources"] if one["name"] == "shared")["instances"][0]["status"] = "tainted"
    world.write("source", json.dumps(state).encode())
    refused("plan", 2, "tainted-instance")
    assert world.migrate("plan", "--accept", "terraform_data.shared").code == 0


def test_an_unreachable_backend_and_wrong_settings(s3_world: World) -> None:
    s3_world.reset()
    from tests.migration.s3 import Fault
    from tests.migration.worlds import S3World

    assert isinstance(s3_world, S3World)
    s3_world.s3.fault = lambda number, call: Fault("refuse")
    ran = s3_world.migrate("plan")
    assert ran.code == 1
    assert "state pull" in ran.err or "init" in ran.err
    assert not (s3_world.journal / "live/plan.json").exists()
    s3_world.reset()


def test_a_file_that_another_process_has_locked(files_world: World) -> None:
    import fcntl

    world = files_world
    world.reset()
    world.migrate("plan")
    path = world.folder / "destination.tfstate"
    before = path.read_bytes()
    with path.open("r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        ran = world.migrate("run", "--yes", "--without-plans")
        assert ran.code == 1
        assert "locked by another process" in ran.err
    assert path.read_bytes() == before
    assert world.migrate("resume", "--yes", "--without-plans").code == 0


def test_behind_an_http_backend(http_world: HttpWorld) -> None:
    http_world.reset()
    assert http_world.migrate("plan").code == 0
    ran = http_world.migrate("run", "--yes")
    assert ran.code == 0, ran
    assert len(http_world.instances("destination")) == 5
    # a lock that somebody left behind is named, with the way to release it
    http_world.states.locks["/source"] = b'{"ID": "left-behind", "Operation": "apply", "Who": "somebody"}'
    ran = http_world.migrate("rollback", "--yes")
    assert ran.code == 1
    assert "--unlock left-behind releases it" in ran.err
    ran = http_world.migrate("rollback", "--yes", "--unlock", "left-behind")
    assert ran.code == 0, ran
    assert http_world.instances("source") == http_world.ids["source"]


def test_wrong_credentials(http_world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    http_world.reset()
    before = {side: http_world.read(side) for side in ("source", "destination")}

    def refused(verb: str, *more: str) -> None:
        ran = http_world.migrate(verb, *more)
        assert ran.code == 1, ran
        assert "HTTP remote state" in ran.err
        assert "Traceback" not in ran.err
        assert {side: http_world.read(side) for side in before} == before

    def signed_in(password: str) -> None:
        monkeypatch.setenv("TF_HTTP_USERNAME", "carrier")
        monkeypatch.setenv("TF_HTTP_PASSWORD", password)

    http_world.states.readers = http_world.states.writers = "carrier:right"
    refused("plan")
    signed_in("wrong")
    refused("plan")
    assert not (http_world.journal / "live/plan.json").exists()
    signed_in("right")
    assert http_world.migrate("plan").code == 0
    signed_in("wrong")
    refused("run", "--yes")
    assert "can't be read" in http_world.migrate("status", "--json").out
    # credentials that may only read: nothing arrives, and it goes on once they may write
    signed_in("right")
    http_world.states.writers = "somebody:else"
    refused("run", "--yes", "--without-plans")
    assert http_world.status()["status"] == "running"
    http_world.states.writers = "carrier:right"
    assert http_world.migrate("resume", "--yes", "--without-plans").code == 0
    assert http_world.lost() == set()
    assert "right" not in (http_world.journal / "live/journal.jsonl").read_text()


def test_finalize(files_world: World, tmp_path: Path) -> None:
    world = files_world
    world.reset()
    out, service, central = tmp_path / "out", tmp_path / "service", tmp_path / "central"
    for source, copy in ((world.out, out), (world.service, service), (world.central, central)):
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".terraform*"))
    assert (
        world.tfhoist("write", str(out), "--central", str(central), "--service-root", str(service), "--yes").code == 0
    )
    roots = ["--service-root", str(service), "--central-root", str(central)]
    final = ["finalize", str(out), *roots, "--yes"]
    ran = world.tfhoist(*final)
    assert ran.code == 2
    assert "live (none)" in ran.err
    assert world.tfhoist("migrate", "plan", str(out), *roots, "--quiet").code == 0
    ran = world.tfhoist("migrate", "run", str(out), *roots, "--quiet", "--yes")
    assert ran.code == 0, ran
    assert "removed {" in (service / "removed.tf").read_text()
    mine = service / "main.tf"
    mine.write_text(mine.read_text() + "\n# a comment of somebody\n")
    before = mine.read_bytes()
    ran = world.tfhoist(*final)
    assert ran.code == 0, ran
    assert not (service / "removed.tf").exists()
    assert not (out / "service/removed.tf").exists()
    assert mine.read_bytes() == before
    for path in (*central.rglob("*.tf"), *service.rglob("*.tf")):
        assert "removed {" not in path.read_text()
        assert "import {" not in path.read_text()
    assert "live: finalized" in world.tfhoist("migrate", "status", str(out), *roots).out
    ran = world.tfhoist("prove", str(out))
    assert ran.code == 0, ran
    ran = world.tfhoist("migrate", "rollback", str(out), *roots, "--yes")
    assert ran.code == 2
    assert "final" in ran.err
    # both roots still plan nothing
    for root in (central / "environments/live", service):
        world.terraform(root, "init", "-input=false", "-reconfigure")
        assert "No changes" in world.terraform(root, "plan", "-input=false", "-no-color").out
    # a `removed` block lost before is a failure as ever
    (out / "migration/final.json").unlink()
    assert world.tfhoist("prove", str(out)).code == 2


def test_the_documents_commands(files_world: World, tmp_path: Path) -> None:
    """What runbook.md and rollback.md have somebody paste, run as it is."""
    world = files_world
    world.reset()

    def pasted(document: str) -> Ran:
        text = (world.out / "migration" / document).read_text()
        blocks = re.findall(r"(?ms)^```bash\n(.*?)^```$", text[text.index("### With tfhoist") :])
        commands = [one for one in blocks if one.startswith("migrate")][: 2 if document == "runbook.md" else 1]
        script = "\n".join(commands).replace(" OUT ", f" {world.out} ").replace("migrate run", "migrate run --yes")
        script = script.replace("migrate rollback &&", "migrate rollback --yes &&")
        places = {"CENTRAL": str(world.central), "SERVICE": str(world.service), "RECORDS": str(tmp_path / "records")}
        environment = {**world.environment, **places, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-ec", script], env=environment, capture_output=True, text=True, cwd=tmp_path)
        return Ran(done.returncode, done.stdout, done.stderr)

    ran = pasted("runbook.md")
    assert ran.code == 0, ran
    assert ran.out.count("plans: equivalent") == 2
    assert "live: verified" in ran.out
    ran = pasted("rollback.md")
    assert ran.code == 0, ran
    assert "live: rolled_back" in ran.out


def test_the_scripts_of_state_mv_there_and_back(files_world: World, tmp_path: Path) -> None:
    world = files_world
    world.reset()
    ran = world.migrate("plan", "--strategy", "commands")
    assert ran.code == 0, ran
    source, destination = tmp_path / "source.tfstate", tmp_path / "destination.tfstate"
    for _ in range(2):  # and again: no copy is written over
        source.write_bytes(world.read("source") or b"")
        destination.write_bytes(world.read("destination") or b"")
        for name in ("move.sh", "back.sh"):
            done = subprocess.run(
                ["bash", str(world.journal / "live" / name), str(source), str(destination)], env=world.environment,
                capture_output=True, text=True,
            )  # fmt: skip
            assert done.returncode == 0, done
            there = {one["name"] for one in json.loads(destination.read_text())["resources"]}
            assert there == ({"other", "shared", "rules"} if name == "move.sh" else {"other"})
            bare = json.loads(source.read_text())["resources"]
            assert {one["name"] for one in bare} == ({"own"} if name == "move.sh" else {"own", "shared", "rules"})
    assert len(list(tmp_path.glob("source.tfstate.*.before"))) == 4


def test_a_file_for_tfmigrate(files_world: World) -> None:
    world = files_world
    world.reset()
    roots = ["--service-root", str(world.service), "--central-root", str(world.central)]
    assert world.migrate("plan", "--strategy", "tfmigrate", *roots).code == 0
    text = (world.journal / "live/multi_state.hcl").read_text()
    assert 'migration "multi_state" "s-live"' in text
    assert '"mv terraform_data.rules module.s.terraform_data.rules"' in text
    assert text.index("data.rules ") < text.index("data.shared ")  # readers first
    assert world.migrate("plan", "--strategy", "hope").code == 1
