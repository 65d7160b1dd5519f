"""The shared module: `terraform_module/<service>/`, made of the blocks that move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from tfhoist.boundary.interface import Interface
from tfhoist.boundary.model import ModuleOutput, ModuleVariable
from tfhoist.boundary.naming import unique
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Declaration, Module, target_address
from tfhoist.consolidation.carried import Carried
from tfhoist.consolidation.hard_coded import HardCodedValues
from tfhoist.consolidation.inherited import Node, explicit_edits, nested_edits
from tfhoist.consolidation.providers import ProviderUse
from tfhoist.consolidation.rewrite import declaration_text, depends_on_edit, is_workspace, reference_edits
from tfhoist.consolidation.state_blocks import StateBlocks
from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.formatting import format_source
from tfhoist.hcl.references import Reference

MODULE_FILES = ("main.tf", "alb.tf", "dns.tf", "iam.tf", "networking.tf", "variables.tf", "outputs.tf", "versions.tf")

REQUIRED_VARIABLES: dict[str, tuple[str, str]] = {
    "environment": ("Environment (development, staging or production)", ""),
    "project_name": ("Project name, the first part of real names", ""),
    "aws_region": ("AWS region", "us-east-1"),
    "certificate_arn": ("ARN of the certificate for HTTPS; empty for none", ""),
    "route53_zone_id": ("Id of the Route 53 zone that holds the records; empty for none", ""),
}
"""The PRD's required variables, declared even where the service root has none of that name: description, default."""

WORKSPACE = "workspace"
"""The origin of the variable that stands for `terraform.workspace`."""

_FILES = (
    ("alb.tf", re.compile(r"aws_(a?lb|elb)(_|\Z)|aws_wafv2_web_acl_association")),
    ("dns.tf", re.compile(r"aws_route53|aws_acm|google_dns|azurerm_(private_)?dns")),
    ("iam.tf", re.compile(r"aws_iam|google_.*_iam|google_service_account|azurerm_(role|user_assigned)")),
    (
        "networking.tf",
        re.compile(
            r"aws_(vpc|subnet|route|nat|internet_gateway|eip|security_group|network|default_|egress_only|customer_gateway|"
            r"ec2_transit|flow_log|vpn)|google_compute_(network|subnetwork|router|firewall|address|global_address|route)|"
            r"azurerm_(virtual_network|subnet|network|nat|public_ip|route)"
        ),
    ),
)
_HEADINGS = {
    "main.tf": "Values and lookups that the shared resources use.",
    "alb.tf": "Load balancers, listeners, routing rules and target groups.",
    "dns.tf": "DNS records.",
    "iam.tf": "Roles and policies.",
    "networking.tf": "Networks and security groups.",
    "variables.tf": "Inputs.",
    "outputs.tf": "What services read.",
    "versions.tf": "Versions and providers.",
}


class SharedModule(NamedTuple):
    """The files of the shared module by name, its variables and outputs, what can't be carried, and files for the roots."""

    files: dict[str, bytes]
    variables: tuple[ModuleVariable, ...]
    outputs: tuple[ModuleOutput, ...]
    refusals: list[Refusal]
    beside_roots: dict[str, bytes]  # the files that go into each central root's folder


def file_of(declaration: Declaration) -> str:
    """The file of the shared module that a block goes to."""
    if declaration.kind == "module":
        source = declaration.literal("source")
        text = f"{declaration.name} {source}".lower()
        return "networking.tf" if re.search(r"vpc|network|subnet", text) else "main.tf"
    if declaration.kind == "resource":
        for name, pattern in _FILES:
            if pattern.match(declaration.type):
                return name
    return "main.tf"


class ModuleBuilder:
    """Builds the shared module of one consolidation."""

    def __init__(
        self,
        graph: Graph,
        interface: Interface,
        central: set[str],
        providers: list[ProviderUse],
        tree: Tree,
        service: str,
        explicit: list[Node],
        blocks: StateBlocks,
        *,
        label: str,
        taken_outputs: frozenset[str],
        default_workspaces: bool,
    ) -> None:
        self.graph = graph
        self.module: Module = graph.module
        self.interface = interface
        self.central = central
        self.providers = providers
        self.tree = tree
        self.service = service
        self.explicit = explicit
        self.blocks = blocks
        nested = nested_edits(self.module, explicit, central, side=True)
        self.default_workspaces = default_workspaces
        self.carried = Carried(self.module, tree, nested, self._reads_elsewhere, default_workspaces=default_workspaces)
        self.refusals: list[Refusal] = []
        self.label = label
        self.taken_outputs = taken_outputs

    def build(self) -> SharedModule:
        """All files of the module."""
        followers = self.interface.boundary.followers
        needed = followers.central()
        service_variables = {a.removeprefix("var.") for a in needed if a.startswith("var.")}
        declared = {declaration.name for declaration in self.module.of("variable")}
        pins = self._pin_names(declared)
        hard_coded = HardCodedValues(declared | set(REQUIRED_VARIABLES) | set(pins.values()) | {self.workspace})
        explicit = {address for path, address in self.explicit if not path}
        texts: dict[str, list[str]] = {name: [] for name in MODULE_FILES}
        copied = [
            d for d in self.module.declarations if d.kind in ("local", "data", "ephemeral") and d.address in needed
        ]
        texts["main.tf"].extend(self._locals([d for d in copied if d.kind == "local"], pins))
        for declaration in [d for d in copied if d.kind != "local"] + [
            d for d in self.module.declarations if d.address in self.central
        ]:
            edits = self._edits(declaration, pins)
            if declaration.kind == "resource" and declaration.address in self.central:
                edits += hard_coded.edits(declaration)
                if declaration.address in explicit:
                    edits += explicit_edits(declaration)
            texts[file_of(declaration)].append(declaration_text(declaration, edits))
        texts["main.tf"] += [declaration_text(declaration, []) for declaration in self.blocks.moved]
        variables = self._variables(service_variables, pins, hard_coded)
        outputs = self._outputs(variables)
        texts["variables.tf"] = [variable.declaration for variable in variables]
        texts["outputs.tf"] = [output_block(output, output.expression) for output in outputs]
        texts["versions.tf"] = [self._versions()]
        files: dict[str, bytes] = {}
        for name, blocks in texts.items():
            heading = f"# {_HEADINGS[name]}\n\n" if blocks else f"# {_HEADINGS[name].rstrip('.')}: none moved.\n"
            files[name] = format_source((heading + "\n\n".join(block.strip("\n") for block in blocks) + "\n").encode())
        taken = sorted(set(files) & set(self.carried.files))
        refusals = [*self.carried.refusals, *self.refusals, *(_taken(name) for name in taken)]
        return SharedModule(self.carried.files | files, tuple(variables), outputs, refusals, self.carried.beside_roots)

    def _pin_names(self, declared: set[str]) -> dict[str, str]:
        taken = declared | set(REQUIRED_VARIABLES)
        names: dict[str, str] = {}
        for pin in sorted(self.interface.boundary.pins):
            names[pin] = unique(pin if pin not in taken else f"pinned_{pin}", taken)
            taken.add(names[pin])
        return names

    def pin_names(self) -> dict[str, str]:
        """The boundary's name of each pinned input to its name as a variable."""
        return self._pin_names({declaration.name for declaration in self.module.of("variable")})

    @cached_property
    def workspace(self) -> str:
        """The variable that has the service root's workspace; "" where nothing reads it, or all are the default one."""
        moves = self.central | self.interface.boundary.followers.central()
        if self.default_workspaces or not any(
            is_workspace(reference)
            for declaration in self.module.declarations
            if declaration.address in moves
            for reference in declaration.references
        ):
            return ""
        declared = {declaration.name for declaration in self.module.of("variable")}
        return unique("workspace", declared | set(REQUIRED_VARIABLES) | set(self.pin_names().values()))

    @cached_property
    def _local_side(self) -> set[str]:
        return {address for address in self.graph.placed if address not in self.central}

    def _edits(self, declaration: Declaration, pins: Mapping[str, str]) -> list[Edit]:
        pinned = self.interface.pinned

        def replace(reference: Reference) -> str | None:
            if is_workspace(reference) and self.workspace:
                return f"var.{self.workspace}"
            pin, index = pinned.get((declaration.file.path, reference.start), ("", ""))
            if pin not in pins:
                return None
            if index:
                return f"var.{pins[pin]}{index}"
            listed = self.interface.boundary.pins[pin].type != "string"
            if listed and _type_shows(declaration) and any(step.kind == "splat" for step in reference.steps):
                return f"[for item in var.{pins[pin]} : item]"  # a splat is a tuple, and the variable a list
            return f"var.{pins[pin]}"

        edits = reference_edits(declaration, replace)
        ordering = depends_on_edit(declaration, lambda address: self._ordering_crosses(address, self._local_side))
        if ordering is not None:
            inside = [edit for edit in edits if ordering.start <= edit.start < ordering.end]
            edits = [edit for edit in edits if edit not in inside] + [ordering]
        return edits + self.carried.block(declaration)

    def _reads_elsewhere(self, declaration: Declaration, start: int, end: int) -> bool:
        """Whether what stands there reads a block that stays, also through locals."""
        pending, seen = [(declaration, start, end)], {declaration.address}
        while pending:
            current, begin, stop = pending.pop()
            for reference in current.file.references_in(begin, stop):
                if (current.file.path, reference.start) in self.interface.pinned:
                    return True
                read = self.module.get(target_address(reference))
                if read is not None and read.kind in ("local", "data") and read.address not in seen:
                    seen.add(read.address)
                    pending.append((read, read.start, read.end))
        return False

    def _ordering_crosses(self, address: str, local_side: set[str]) -> bool:
        return address in local_side

    def _locals(self, declarations: list[Declaration], pins: Mapping[str, str]) -> list[str]:
        if not declarations:
            return []
        lines = [declaration_text(declaration, self._edits(declaration, pins)) for declaration in declarations]
        return ["locals {\n" + "\n\n".join(line.strip("\n") for line in lines) + "\n}"]

    def _variables(
        self, service_variables: set[str], pins: Mapping[str, str], hard_coded: HardCodedValues
    ) -> list[ModuleVariable]:
        variables: list[ModuleVariable] = []
        declared = {declaration.name: declaration for declaration in self.module.of("variable")}
        for name in sorted(service_variables | (set(REQUIRED_VARIABLES) & set(declared))):
            declaration = declared[name]
            type_ = declaration.body.attribute("type")
            if declaration.literal("type") in ("list", "map"):
                self.refusals.append(_legacy_type(declaration))
            variables.append(
                ModuleVariable(
                    name=name,
                    type=declaration.file.text(type_.value_start, type_.value_end) if type_ else "any",
                    sensitive=declaration.literal("sensitive") is True,
                    origin="service variable" if name in service_variables else "required",
                    declaration=declaration_text(declaration, []),
                    description=str(declaration.literal("description") or ""),
                    passed=True,
                )
            )
        for name, (description, default) in REQUIRED_VARIABLES.items():
            if name not in declared:
                fallback = {"project_name": self.service}.get(name, default)
                variables.append(_variable(name, "string", description, "required", f'"{fallback}"'))
        for pin, name in pins.items():
            value = self.interface.boundary.pins[pin]
            description = f"Pinned input: {value.expression} of the service root, captured from its state"
            variables.append(_variable(name, value.type, description, "pinned", None, passed=True))
        if self.workspace:
            variables.append(
                _variable(self.workspace, "string", "Workspace of the service root", WORKSPACE, None, passed=True)
            )
        for found in hard_coded.values:
            description = f"{found.what[:1].upper()}{found.what[1:]}, hard-coded before in {found.range}"
            variables.append(_variable(found.variable, "string", description, "hard-coded", quoted(found.value)))
        return sorted(variables, key=lambda variable: variable.name)

    def _outputs(self, variables: list[ModuleVariable]) -> tuple[ModuleOutput, ...]:
        outputs = [*self.interface.boundary.outputs, *self._zone_output(variables)]
        return tuple(sorted(outputs, key=lambda output: output.name))

    def _zone_output(self, variables: list[ModuleVariable]) -> list[ModuleOutput]:
        """The id of the Route 53 zone, which the PRD wants among the outputs and which is an input."""
        zone = next((variable for variable in variables if variable.name == "route53_zone_id"), None)
        names = {output.name for output in self.interface.boundary.outputs}
        if zone is None or zone.name in names:
            return []
        name = f"{self.label}_{zone.name}" if zone.name in self.taken_outputs else zone.name
        return [
            ModuleOutput(
                name=unique(name, names | self.taken_outputs),
                expression=f"var.{zone.name}",
                sensitive=zone.sensitive,
                required=True,
                description="Id of the Route 53 zone that holds the records; empty for none",
            )
        ]

    def _versions(self) -> str:
        lines = ["terraform {"]
        for declaration in self.module.of("terraform"):
            required = declaration.body.attribute("required_version")
            if required is not None:
                lines.append(f"  required_version = {declaration.file.text(required.value_start, required.value_end)}")
                lines.append("")
        lines.append("  required_providers {")
        by_name: dict[str, list[ProviderUse]] = {}
        for use in self.providers:
            by_name.setdefault(use.name, []).append(use)
        for name, uses in sorted(by_name.items()):
            lines.append(f"    {name} = {{")
            lines.extend(f"      {key} = {value}" for key, value in uses[0].requirement)
            aliases = [f"{name}.{use.alias}" for use in uses if use.alias]
            if aliases:
                lines.append(f"      configuration_aliases = [{', '.join(aliases)}]")
            lines.append("    }")
        lines += ["  }", "}"]
        return "\n".join(lines)


def output_block(output: ModuleOutput, value: str) -> str:
    """An output's block."""
    sensitive = "\n  sensitive = true" if output.sensitive else ""
    return f'output "{output.name}" {{\n  description = {quoted(output.description)}\n  value = {value}{sensitive}\n}}'


def _legacy_type(declaration: Declaration) -> Refusal:
    return Refusal(
        id="legacy-type", address=declaration.address, range=declaration.range,
        summary=f'{declaration.address} has the type "{declaration.literal("type")}" in quotes, which Terraform 1.7 rejects.',
        advice=f'Say the type of the elements first: `{declaration.literal("type")}(string)` or whatever they are.',
    )  # fmt: skip


def _type_shows(declaration: Declaration) -> bool:
    """Whether a list and a tuple may be different values there: anywhere but in the arguments that a schema converts."""
    return declaration.kind not in ("resource", "data") or declaration.type in ("terraform_data", "kubernetes_manifest")


def _taken(name: str) -> Refusal:
    return Refusal(
        id="file-name-taken",
        summary=f"a moved block reads {name} of the service root, and the shared module has a file of its own by that name.",
        advice="Rename the file that is read, or keep the block local.",
    )


def _variable(
    name: str, type_: str, description: str, origin: str, default: str | None, *, passed: bool = False
) -> ModuleVariable:
    lines = [f'variable "{name}" {{', f"  description = {quoted(description)}", f"  type = {type_}"]
    if default is not None:
        lines.append(f"  default = {default}")
    lines.append("}")
    return ModuleVariable(
        name=name, type=type_, sensitive=False, origin=origin, declaration="\n".join(lines), description=description,
        passed=passed,
    )  # fmt: skip


def quoted(text: str) -> str:
    """Text as a quoted HCL literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return '"' + escaped.replace("\n", "\\n") + '"'
