"""Write the state snapshots of the examples: `python tools/example_states.py`.

`examples/states/templates/<root>.json` says what each root module's state holds: instances by
address, with their attributes, and outputs. In its strings `${...}` stands for

- `${environment}`, `${var.NAME}`, `${var.NAME[1]}`: the environment and what its tfvars file sets;
  a string that is nothing else takes the value's own type, or stays one with `${string var.NAME}`,
- `${digest NAME 17}`, `${DIGEST NAME 17}`, `${number NAME 9}`: that many digits, hexadecimal or
  decimal, which depend on nothing but the root, the environment and the name,
- the values that `Values.derive` adds.

`when` names the value that an instance or output needs. What the provider fills in by itself is
read from `examples/states/provider_defaults.json`; `dependencies` and inherited
`create_before_destroy` are derived from the references in the configuration. So the same bytes come
out every time.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
STATES = EXAMPLES / "states"
ENVIRONMENTS = ("development", "staging", "production")
PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'

BLOCK = re.compile(r'^(\w+)((?: "[^"]+")*) \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
ARGUMENT = re.compile(r"^  (\w+)\s+= (.*?)(?=^  \S|\Z)", re.MULTILINE | re.DOTALL)
REFERENCE = re.compile(r"(?<![\w.])(?:data\.aws_\w+\.\w+|(?:module\.\w+|var|local|aws_\w+)\.\w+)")
TFVARS = re.compile(r'^(\w+)\s*= (".*"|\d+|\[.*\])$', re.MULTILINE)
PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
ALL_PASSED = [
    {
        "object_kind": "var",
        "config_addr": "var.environment",
        "status": "pass",
        "objects": [{"object_addr": "var.environment", "status": "pass"}],
    }
]


class Configuration:
    """References between the blocks of a root module and of the modules that it calls."""

    def __init__(self, folder: Path) -> None:
        self.references: dict[str, set[str]] = {}
        self.create_before_destroy: set[str] = set()
        self._read(folder, "")
        for address in sorted(self.create_before_destroy):
            self.create_before_destroy |= set(self.dependencies(address))

    def dependencies(self, address: str) -> list[str]:
        """Resources that `address` depends on, directly or not, as Terraform lists them."""
        found: set[str] = set()
        waiting = [address]
        while waiting:
            for reference in self.references.get(waiting.pop(), set()) - found:
                found.add(reference)
                waiting.append(reference)
        return sorted(one for one in found - {address} if one.split(".")[-2].startswith("aws_"))

    def _read(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.glob("*.tf")):
            for keyword, labels, body in BLOCK.findall(path.read_text("utf-8")):
                names = re.findall(r'"([^"]+)"', labels)
                if keyword == "module":
                    self._read_call(folder, f"{prefix}module.{names[0]}.", body, prefix)
                elif keyword == "locals":
                    for name, value in ARGUMENT.findall(body):
                        self._add(f"{prefix}local.{name}", value, prefix)
                elif keyword in ("resource", "data", "output"):
                    kind = {"resource": "", "data": "data.", "output": ""}[keyword]
                    address = prefix + kind + ".".join(names)
                    self._add(address, body, prefix)
                    if re.search(r"create_before_destroy\s*= true", body):
                        self.create_before_destroy.add(address)

    def _read_call(self, folder: Path, prefix: str, body: str, outer: str) -> None:
        arguments = dict(ARGUMENT.findall(body))
        for name, value in arguments.items():
            self._add(f"{prefix}var.{name}", value, outer)
        self._read(folder / json.loads(arguments["source"]), prefix)

    def _add(self, address: str, text: str, prefix: str) -> None:
        self.references[address] = {prefix + found for found in REFERENCE.findall(text)}


class Values:
    """What the placeholders of a template stand for in one environment."""

    def __init__(self, root: str, environment: str, variables: Path) -> None:
        self.seed = f"{root}/{environment}"
        self.known: dict[str, object] = {"environment": environment}
        for name, text in TFVARS.findall(variables.read_text("utf-8")):
            value = json.loads(text)
            self.known[f"var.{name}"] = value
            if isinstance(value, list):
                self.known |= {f"var.{name}[{index}]": one for index, one in enumerate(value)}

    def derive(self) -> None:
        """Add what the data pipeline's configuration works out of its variables."""
        environment = str(self.known["environment"])
        production = environment == "production"
        https = self.known["var.certificate_arn"] != ""
        self.known |= {
            "production": production,
            "not production": not production,
            "https": https,
            "scheme": "https" if https else "http",
            "octet": 1 + ENVIRONMENTS.index(environment),
            "vpc_prefix": str(self.known["var.vpc_cidr"]).rsplit(".", 2)[0],
            "https_api_endpoint": "Not configured - certificate required",
        }
        if https:
            dns = "hokusai-${environment}-${number aws_lb.main 9}.us-east-1.elb.amazonaws.com"
            self.known["https_api_endpoint"] = self.fill(f"https://{dns}")
        for index in range(3):  # production has a NAT gateway for each private subnet
            table = f"module.vpc.aws_route_table.private[{index if production else 0}]"
            self.known[f"table.{index}"] = self.fill(f"rtb-${{digest {table} 17}}")

    def digits(self, kind: str, name: str, size: int) -> str:
        found = hashlib.sha256(f"{self.seed}/{name}".encode()).hexdigest()
        if kind == "number":
            return str(int(found, 16))[:size]
        return found[:size].upper() if kind == "DIGEST" else found[:size]

    def value(self, placeholder: str) -> object:
        if placeholder in self.known:
            return self.known[placeholder]
        if placeholder.startswith("string "):
            return str(self.known[placeholder.removeprefix("string ")])
        kind, name, size = placeholder.split(" ")
        return self.digits(kind, name, int(size))

    def fill(self, template: object) -> Any:
        """`template` with its placeholders replaced."""
        if isinstance(template, dict):
            return {key: self.fill(one) for key, one in template.items()}
        if isinstance(template, list):
            return [self.fill(one) for one in template]
        if not isinstance(template, str):
            return template
        if whole := PLACEHOLDER.fullmatch(template):
            return self.value(whole[1])
        return PLACEHOLDER.sub(lambda found: str(self.value(found[1])), template)

    def wanted(self, entry: dict[str, Any]) -> bool:
        return "when" not in entry or bool(self.value(entry["when"]))


def make_instance(
    address: str,
    entry: dict[str, Any],
    defaults: dict[str, Any],
    default_tags: dict[str, str],
    configuration: Configuration,
) -> dict[str, object]:
    """One instance of the resource at `address`, with the fields in Terraform's order."""
    attributes = {**defaults["attributes"], **entry["attributes"]}
    if "tags_all" in attributes:
        tags = attributes.setdefault("tags", None)
        attributes["tags_all"] = default_tags | (tags or {})
    for name in sorted(attributes.keys() & {"subnets", "subnet_ids"}):  # sets
        attributes[name] = sorted(attributes[name])
    if "subnet_mapping" in attributes:
        attributes["subnet_mapping"].sort(key=lambda one: one["subnet_id"])
    instance: dict[str, object] = {"index_key": entry["index"]} if "index" in entry else {}
    instance["schema_version"] = defaults["schema_version"]
    instance["attributes"] = dict(sorted(attributes.items()))
    instance["sensitive_attributes"] = defaults["sensitive_attributes"]
    if defaults["private"]:  # a data source has none of these
        instance["private"] = defaults["private"]
        if dependencies := configuration.dependencies(address):
            instance["dependencies"] = dependencies
        if address in configuration.create_before_destroy:
            instance["create_before_destroy"] = True
    return instance


def make_output(entry: dict[str, Any]) -> dict[str, object]:
    """A root output as a state has it."""
    value = entry["value"]
    kind = ["tuple", ["string"] * len(value)] if isinstance(value, list) else "string"
    output: dict[str, object] = {"value": value, "type": kind}
    return output | ({"sensitive": True} if "sensitive" in entry else {})


def make_snapshot(root: str, folder: Path, values: Values) -> dict[str, object]:
    """The state of the root module in `folder`."""
    template = json.loads((STATES / "templates" / f"{root}.json").read_text("utf-8"))
    provider_defaults = json.loads((STATES / "provider_defaults.json").read_text("utf-8"))
    configuration = Configuration(folder)
    default_tags = values.fill(template["default_tags"])
    found: dict[tuple[str, str, str, str], list[dict[str, object]]] = {}
    for address, entries in template["resources"].items():
        *before, kind, name = address.split(".")
        mode = "data" if before[-1:] == ["data"] else "managed"
        module = ".".join(part for part in before if part != "data")
        defaults = provider_defaults[f"data.{kind}" if mode == "data" else kind]
        instances = [
            make_instance(address, values.fill(entry), defaults, default_tags, configuration)
            for entry in entries
            if values.wanted(entry)
        ]
        if instances:
            found[module, mode, kind, name] = instances
    resources: list[dict[str, object]] = []
    for (module, mode, kind, name), instances in sorted(found.items()):
        head: dict[str, object] = {"module": module} if module else {}
        described = {"mode": mode, "type": kind, "name": name, "provider": PROVIDER}
        resources.append({**head, **described, "instances": instances})
    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 40 + len(resources),
        "lineage": str(uuid.UUID(values.digits("digest", "lineage", 32), version=4)),
        "outputs": {
            name: make_output(values.fill(entry)) for name, entry in template["outputs"].items() if values.wanted(entry)
        },
        "resources": resources,
        "check_results": ALL_PASSED if root == "data-pipeline" else None,
    }


def write_snapshot(root: str, environment: str, folder: Path, values: Values) -> None:
    """Write the snapshot of one root in one environment."""
    path = STATES / root / f"{environment}.tfstate"
    path.parent.mkdir(parents=True, exist_ok=True)
    snapshot = make_snapshot(root, folder, values)
    path.write_text(json.dumps(snapshot, indent=2) + "\n", "utf-8")


def main() -> None:
    """Write all snapshots again."""
    for environment in ENVIRONMENTS:
        root, folder = "data-pipeline", EXAMPLES / "data-pipeline"
        values = Values(root, environment, folder / "environments" / f"{environment}.tfvars")
        values.derive()
        write_snapshot(root, environment, folder, values)
        root = "hokusai-infrastructure"
        folder = EXAMPLES / root / "environments" / environment
        write_snapshot(root, environment, folder, Values(root, environment, folder / "terraform.tfvars"))


if __name__ == "__main__":
    main()
