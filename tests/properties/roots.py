"""Random root modules with random placements: the grammar of the constructs that a consolidation carries.

Every root is valid Terraform. A *built-in* root has only `terraform_data` (and local modules of it), so it can be applied
without a provider; a full one has AWS resources with all that goes with them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.properties.choices import Choices
from tests.properties.expressions import BOOL, Atom, Chance
from tests.properties.modules import Instances, ModuleWriter


class Root(NamedTuple):
    """A root module's files by path (below `root/`, or beside it), the placement's overrides, and its instances."""

    files: Mapping[str, str]
    overrides: Mapping[str, str]
    instances: tuple[Instances, ...]
    environments: tuple[str, ...] = ()

    def settings(self) -> str:
        """The text of `tfhoist.toml`."""
        lines = ["[placement.overrides]", *(f"{json.dumps(a)} = {json.dumps(s)}" for a, s in self.overrides.items())]
        return "\n".join(lines) + "\n"

    def text(self) -> str:
        """All files in one text, for people."""
        files = {**self.files, "root/tfhoist.toml": self.settings()}
        return "\n".join(f"==> {path} <==\n{text}" for path, text in files.items())

    def state(self) -> str:
        """A state that has an id and an arn for each instance of a resource outside of modules."""
        resources = [
            {
                "mode": "managed", "type": one.address.split(".")[0], "name": one.address.split(".")[1],
                "provider": f'provider["registry.terraform.io/hashicorp/{one.address.split("_")[0]}"]',
                "instances": [
                    ({} if key is None else {"index_key": key})
                    | {
                        "schema_version": 0,
                        "attributes": {"id": f"{one.address}/{key}", "arn": f"arn:aws:x:::{one.address}/{key}"},
                        "sensitive_attributes": [],
                    }
                    for key in one.keys
                ],
            }
            for one in self.instances
        ]  # fmt: skip
        state = {
            "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "outputs": {}, "resources": resources, "check_results": None,
        }  # fmt: skip
        return json.dumps(state)


def random_root(choices: Choices, *, builtin: bool = False) -> Root:
    """A root module with a placement."""
    chance = Chance(choices)
    writer = ModuleWriter(chance, builtin=builtin)
    if not builtin:
        _providers(writer)
    if chance.yes(40):
        writer.blocks.append('variable "on" {\n  type    = bool\n  default = true\n}')
        writer.expressions.atoms.append(Atom("var.on", BOOL, static=True))
    for _ in range(chance.number(0, 4)):
        writer.variable()
    for number in range(chance.number(0, 2)):
        writer.local(number)
    for number in range(chance.number(2, 7)):
        writer.resource()
        if chance.yes(20):
            writer.local(number + 10)
        if not builtin and chance.yes(20):
            writer.data()
        if chance.yes(15):
            writer.module(f"mod{number}")
    for _ in range(chance.number(0, 3)):
        writer.output()
    _rare(writer)
    files: dict[str, str] = {}
    writer.tree("root", files)
    values = "".join(f"{name} = {text}\n" for name, text in writer.values.items())
    environments = ("dev", "prod") if not builtin and chance.yes(15) else ()
    for name in environments:
        files[f"root/environments/{name}.tfvars"] = f'environment = "{name}"\n{values}'
    if environments:
        files["root/environment.tf"] = 'variable "environment" {\n  type = string\n}\n'
    elif values:
        files["root/terraform.tfvars"] = values
    if chance.yes(5):
        files = {path: text.replace("\n", "\r\n") if path.endswith(".tf") else text for path, text in files.items()}
    return Root(files, _overrides(chance, writer.placed), tuple(writer.instances), environments)


def _overrides(chance: Chance, placed: Sequence[str]) -> dict[str, str]:
    """Sides for about 30 % of the addresses; each side is named at least once, so that neither is empty."""
    overrides = {a: chance.pick(("local", "central")) for a in placed if chance.yes(30)}
    for side, other in (("central", "local"), ("local", "central")):
        if side not in overrides.values():
            free = [a for a in placed if overrides.get(a) != other] or [placed[0]]
            overrides[chance.pick(free)] = side
    return overrides


def _providers(writer: ModuleWriter) -> None:
    chance = writer.chance
    settings = ['region = "eu-west-1"']
    if chance.yes(40):
        settings.append('default_tags {\n    tags = { Service = "svc" }\n  }')
    writer.blocks.append('provider "aws" {\n  ' + "\n  ".join(settings) + "\n}")
    if chance.yes(35):
        writer.blocks.append('provider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}')
        writer.providers = ("aws.west",)
    if chance.yes(50):
        writer.blocks.append(
            'terraform {\n  required_version = ">= 1.7"\n\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n'
            '      version = "~> 5.0"\n    }\n  }\n}'
        )


def _rare(writer: ModuleWriter) -> None:
    """Constructs of which one at most stands in a root; some of them are refused when they meet what moves."""
    chance = writer.chance
    if not chance.yes(25):
        return
    there = [i.address for i in writer.instances if i.keys]  # an import block can't name what has no instance
    if not there:
        return
    address = chance.pick(there)
    rare = (
        ("file", "workspace", "moved", "check", "provisioner")
        if writer.builtin
        else ("file", "workspace", "moved", "check", "time", "import", "provisioner")
    )
    match chance.pick(rare):
        case "moved":
            writer.blocks += _moves(writer, address)
        case "check":
            writer.blocks.append(
                f'check "c" {{\n  assert {{\n    condition     = length({address}[*]) > 0\n    error_message = "None."\n  }}\n}}'
            )
        case "workspace":
            writer._write('resource "terraform_data" "rare"', ["input = terraform.workspace"])
            writer.placed.append("terraform_data.rare")
        case "file":
            writer.files["t.tftpl"] = "Hello ${who}\n"
            writer._write(
                'resource "terraform_data" "rare"', ['input = templatefile("${path.module}/t.tftpl", { who = "x" })']
            )
            writer.placed.append("terraform_data.rare")
        case "time":
            writer._write('resource "terraform_data" "rare"', ["input = timestamp()"])
            writer.placed.append("terraform_data.rare")
        case "import":
            key = next(i.keys for i in writer.instances if i.address == address)
            shown = "" if not key or key[0] is None else f"[{json.dumps(key[0])}]"
            writer.blocks.append(f'import {{\n  to = {address}{shown}\n  id = "i-1"\n}}')
        case _:
            command = "echo ${self.id} > /dev/null" if writer.builtin or chance.yes(70) else "./run.sh"
            writer._write(
                'resource "terraform_data" "rare"', [f'provisioner "local-exec" {{\n    command = "{command}"\n  }}']
            )
            writer.placed.append("terraform_data.rare")


def _moves(writer: ModuleWriter, address: str) -> list[str]:
    """`moved` blocks that lead to a resource or to an instance of it, over a name between, into a module or from one."""
    chance = writer.chance
    kind, name = address.split(".")
    older = f"{kind}.old-{name}"
    one = next(i for i in writer.instances if i.address == address)
    form = chance.pick(("plain", "instance", "chain", "call", "into", "out"))
    target = address
    if form == "call" and writer.calls:
        older, target = "module.before", chance.pick(sorted(writer.calls))
    elif form == "into" and any(child.instances for child in writer.calls.values()):
        call = chance.pick(sorted(call for call, child in writer.calls.items() if child.instances))
        inside = chance.pick(writer.calls[call].instances).address
        older, target = f"{inside.split('.')[0]}.outside", f"{call}.{inside}"
    elif form == "out":
        older = f"module.before.{address}"
    elif form == "instance" and one.keys and one.keys[0] is not None:
        target = f"{address}[{json.dumps(one.keys[0])}]"
    blocks = [f"moved {{\n  from = {older}\n  to   = {target}\n}}"]
    if form == "chain":
        blocks.insert(0, f"moved {{\n  from = {kind}.oldest-{name}\n  to   = {older}\n}}")
    return blocks
