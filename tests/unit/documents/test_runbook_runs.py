"""The runbook and the rollback as somebody would paste them: their shell blocks, run against real states.

Two environments: `dev`, whose central root exists, and where a block with `count` has no instance; and `prod`, whose
central root is new.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tfhoist.boundary.interface import build_interface
from tfhoist.configuration.environments import Backend, EnvironmentSettings, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.consolidation.plan import CentralRepository, build_plan
from tfhoist.documents.build import build_documents
from tfhoist.documents.context import DocumentContext
from tfhoist.graph import Graph
from tfhoist.placement.model import Placed, Side

pytestmark = pytest.mark.terraform

MAIN = """\
terraform {
  required_version = ">= 1.7"

  backend "local" {
  }
}

variable "environment" {
  type = string
}

variable "https" {
  type    = bool
  default = false
}

resource "terraform_data" "lb" {
  input = "lb-${var.environment}"
}

resource "terraform_data" "listener" {
  input = terraform_data.lb.id
}

resource "terraform_data" "secure" {
  count = var.https ? 2 : 0
  input = "${terraform_data.lb.id}-${count.index}"
}

resource "terraform_data" "rule" {
  for_each = toset(["api", "web"])
  input    = "${terraform_data.listener.id}-${each.key}"
}

module "net" {
  source = "./net"
}

module "counted" {
  source = "./net"
  count  = var.https ? 2 : 1
}

module "keyed" {
  source   = "./net"
  for_each = toset(["a.b", "c-d"])
}

resource "terraform_data" "task" {
  input = [terraform_data.lb.id, module.net.id, module.counted[0].id, module.keyed["a.b"].id, terraform_data.rule["api"].id]
}

output "lb_id" {
  value = terraform_data.lb.id
}
"""
NET = 'resource "terraform_data" "this" {\n  input = "net"\n}\n\noutput "id" {\n  value = terraform_data.this.id\n}\n'
WEBSITE = 'terraform {\n  backend "local" {\n    path = "%s"\n  }\n}\n\nresource "terraform_data" "website" {\n  input = "site"\n}\n'
STAYS = ("terraform_data.task",)


def run(command: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, env=environment, check=False, timeout=300
    )
    return done.stdout + done.stderr


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def commit(folder: Path, text: str) -> None:
    git(folder, "add", "--all", ".")
    git(folder, "commit", "--quiet", "-m", text)
    git(folder, "push", "--quiet", "origin", "HEAD:main")


def clone(base: Path, name: str, files: dict[str, bytes]) -> Path:
    git(base, "init", "--quiet", "--bare", "--initial-branch=main", f"{name}.git")
    git(base, "clone", "--quiet", f"{name}.git", name)
    folder = base / name
    git(folder, "checkout", "--quiet", "-b", "main")
    write(folder, {".gitignore": b".terraform/\n*.tfstate*\n", **files})
    commit(folder, "before")
    return folder


def sections(document: bytes) -> dict[str, str]:
    """Heading to its shell blocks."""
    found: dict[str, str] = {}
    heading = ""
    for part in re.split(r"(?m)^(#+ .*)$", document.decode()):
        if re.match(r"#+ ", part):
            heading = part.lstrip("# ")
        else:
            blocks = re.findall(r"(?ms)^```bash\n(.*?)^```$", part)
            found[heading] = found.get(heading, "") + "".join(blocks)
    return found


class Migration:
    """The repositories, their states, and the documents."""

    def __init__(self, base: Path) -> None:
        self.base = base
        states = base / "states"
        states.mkdir()
        tree = {"main.tf": MAIN.encode(), "net/main.tf": NET.encode()}
        tree["dev.tfvars"] = b'environment = "dev"\n'
        tree["prod.tfvars"] = b'environment = "prod"\nhttps = true\n'
        website = {"environments/dev/main.tf": (WEBSITE % (states / "central-dev.tfstate")).encode()}
        self.service = clone(base, "service", tree)
        self.central = clone(base, "central", website)
        module = load_module(tree)
        settings = tuple(
            EnvironmentSettings(
                name=name, var_files=(f"{name}.tfvars",), backend={"path": str(states / f"service-{name}.tfstate")}
            )
            for name in ("dev", "prod")
        )
        environments = tuple(read_environment(tree, module, one)[0] for one in settings)
        graph = Graph(module)
        placement = {
            address: Placed(Side.LOCAL if address in STAYS else Side.CENTRAL, ("said so",)) for address in graph.placed
        }
        interface = build_interface(graph, placement, environments, {}, frozenset(), "svc", frozenset(placement))
        repository = CentralRepository(
            name="central",
            tree=website,
            folders={"dev": "environments/dev", "prod": "environments/prod"},
            roots={"dev": load_module(website, "environments/dev"), "prod": None},
            backends={
                name: Backend("local", {"path": str(states / f"central-{name}.tfstate")}) for name in ("dev", "prod")
            },
        )
        plan = build_plan(
            graph, placement, interface, environments, (), tree, repository, "svc", "", frozenset(), {}, bytes
        )
        assert plan.refusals == ()
        self.plan = plan
        self.documents = build_documents(
            DocumentContext(
                service="svc", label="svc", owner="o@example.com", contact="#svc", repository="central", module=module,
                environments=environments, environment_settings=settings, placement=placement, boundary=plan.boundary,
                variables=plan.variables, module_folder=plan.module_folder, central_folders=plan.central_folders,
                service_folder="", remote_state=plan.remote_state, central_backends=plan.central_backends,
                moved=plan.moved, stays=plan.stays,
            )
        )  # fmt: skip
        self.runbook = sections(self.documents["migration/runbook.md"])
        self.rollback = sections(self.documents["migration/rollback.md"])
        preamble = self.runbook["2. People and tools"]
        for name, value in (("CENTRAL", "central"), ("SERVICE", "service"), ("RECORDS", "records")):
            preamble, count = re.subn(rf'(?m)^export {name}="[^"]*"', f'export {name}="{base}/{value}"', preamble)
            assert count == 1
        self.preamble = preamble

    def apply_before(self) -> None:
        for name in ("dev", "prod"):
            init = f"terraform init -input=false -reconfigure -backend-config=path={self.base}/states/service-{name}.tfstate"
            run(f"{init} && terraform apply -auto-approve -input=false -var-file={name}.tfvars", self.service)
        run(
            "terraform init -input=false && terraform apply -auto-approve -input=false",
            self.central / "environments/dev",
        )

    def merge(self) -> None:
        tag = re.search(r"(?s)for repository.*?done\n", self.runbook["3. Freeze, tag, merge"])
        assert tag is not None
        assert self.shell(tag.group()).count("[new tag]") == 2
        write(self.central, dict(self.plan.central_files))
        commit(self.central, "central")
        write(self.service, {path: content for path, content in self.plan.service_files.items() if content is not None})
        for path, content in self.plan.service_files.items():
            if content is None:
                (self.service / path).unlink()
        commit(self.service, "service")

    def shell(self, *blocks: str) -> str:
        return run("\n".join([self.preamble, *blocks]), self.base)

    def step(self, number: int, step: int) -> str:
        return next(blocks for heading, blocks in self.runbook.items() if heading.startswith(f"{number}.{step} "))

    def migrate(self, number: int) -> str:
        return self.shell(*(self.step(number, step) for step in (1, 2, 3, 4, 5)))

    def addresses(self, name: str) -> list[str]:
        found = []
        for resource in self.state(name)["resources"]:
            prefix = f"{resource['module']}." if "module" in resource else ""
            for instance in resource["instances"]:
                key = instance.get("index_key")
                found.append(f"{prefix}{resource['name']}" + (f"[{json.dumps(key)}]" if key is not None else ""))
        return sorted(found)

    def state(self, name: str) -> dict:
        return json.loads((self.base / "states" / f"{name}.tfstate").read_bytes())

    def roll_back(self, environment: str, part: str) -> str:
        text = self.documents["migration/rollback.md"].decode()
        own = text[text.index(f"## {3 if environment == 'dev' else 4}. {environment.title()}") :]
        own = own[: own.index("\n## ", 4)]
        blocks = {heading[:6]: block for heading, block in sections(own.encode()).items()}
        addresses = self.rollback["2. Prepare"]
        return self.shell(addresses, blocks["Which "], blocks[f"Part {part}"], blocks["Verify"])


@pytest.fixture
def migration(tmp_path: Path) -> Migration:
    made = Migration(tmp_path)
    made.apply_before()
    made.merge()
    return made


BEFORE = {
    "dev": [
        "lb", "listener", "module.counted[0].this", 'module.keyed["a.b"].this', 'module.keyed["c-d"].this', "module.net.this",
        'rule["api"]', 'rule["web"]', "task",
    ],
    "prod": [
        "lb", "listener", "module.counted[0].this", "module.counted[1].this", 'module.keyed["a.b"].this',
        'module.keyed["c-d"].this', "module.net.this", 'rule["api"]', 'rule["web"]', "secure[0]", "secure[1]", "task",
    ],
}  # fmt: skip


def moved(environment: str) -> list[str]:
    return sorted(f"module.svc.{name}" for name in BEFORE[environment] if name != "task")


def test_there_and_back_again(migration: Migration) -> None:
    assert migration.addresses("service-dev") == BEFORE["dev"]
    assert migration.addresses("service-prod") == BEFORE["prod"]

    # new service code over the old state: an error, and nothing else
    early = f"cd {migration.service} && terraform init -input=false -reconfigure "
    early += f"-backend-config=path={migration.base}/states/service-dev.tfstate && terraform plan -var-file=dev.tfvars"
    assert "Unsupported attribute" in migration.shell(early)

    out = migration.migrate(4)
    assert out.count("Successfully moved") == 7, out  # lb, listener, rule and net; one counted and two keyed modules
    assert out.splitlines().count("same") == 3, out
    assert "Apply complete! Resources: 0 added, 0 changed, 0 destroyed." in out
    assert out.count("No changes.") == 4, out  # both before, the central root after its apply, the service root
    assert "output create lb_id" in out
    assert not re.search(r"(?m)^(create|update|delete|forget|read)\S* ", out), out
    assert "Error" not in out, out
    assert migration.addresses("service-dev") == ["task"]
    assert migration.addresses("central-dev") == sorted([*moved("dev"), "website"])
    rule = next(one for one in migration.state("central-dev")["resources"] if one["name"] == "rule")
    assert rule["instances"][0]["dependencies"] == [
        "module.svc.terraform_data.lb",
        "module.svc.terraform_data.listener",
    ]

    out = migration.migrate(5)  # its central root is new: no folder at the tag, no state
    assert out.count("Successfully moved") == 9, out
    assert out.splitlines().count("same") == 3, out
    assert out.count("No changes.") == 3, out
    assert migration.addresses("service-prod") == ["task"]
    assert migration.addresses("central-prod") == moved("prod")

    # nobody has applied since: the backups go back
    out = migration.roll_back("dev", "A")
    assert "service: as we left it\ncentral: as we left it" in out, out
    assert out.splitlines().count("same") == 2, out
    assert out.count("No changes.") == 2, out
    assert migration.addresses("service-dev") == BEFORE["dev"]
    assert migration.addresses("central-dev") == ["website"]

    # somebody has: the reverse move of what is there now
    applied = migration.shell(
        "git -C $SERVICE checkout --quiet main && git -C $CENTRAL checkout --quiet main && cd $CENTRAL/environments/prod",
        "terraform init -input=false -reconfigure && terraform apply -auto-approve -input=false -var svc_environment=other",
    )
    assert "1 changed" in applied or "1 to change" in applied, applied
    out = migration.roll_back("prod", "B")
    assert "service: as we left it" in out
    assert "central: as we left it" not in out
    assert out.count("Successfully moved") == 9, out
    assert "written" in out.splitlines(), out
    assert migration.addresses("service-prod") == BEFORE["prod"]
    assert migration.addresses("central-prod") == []
    assert migration.state("service-prod")["resources"][0]["instances"][0]["attributes"]["input"]["value"] == "lb-other"


def test_backups_of_a_new_central_root_go_back_too(migration: Migration) -> None:
    migration.migrate(5)
    out = migration.roll_back("prod", "A")
    assert out.splitlines().count("same") == 2, out
    assert migration.addresses("service-prod") == BEFORE["prod"]
    assert migration.addresses("central-prod") == []


def test_somebody_applied_in_between(migration: Migration) -> None:
    prepared = [migration.step(4, step) for step in (1, 2, 3)]
    apply = "git -C $CENTRAL checkout --quiet before-svc-consolidation && cd $CENTRAL/environments/dev && "
    apply += "sed -i.bak 's/input = .*/input = 1/' main.tf && terraform apply -auto-approve -input=false"
    apply += " && mv main.tf.bak main.tf && git -C $CENTRAL checkout --quiet origin/main"
    out = migration.shell(*prepared, apply, migration.step(4, 4))
    assert "cannot overwrite existing state" in out or "cannot import state with serial" in out, out
    assert migration.addresses("central-dev") == ["website"]
    assert migration.state("central-dev")["resources"][0]["instances"][0]["attributes"]["input"]["value"] == 1
