"""What a central root gets: the provider alias, the module call, its values and outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from tfhoist.boundary.interface import Interface
from tfhoist.boundary.model import ModuleOutput, ModuleVariable
from tfhoist.boundary.naming import unique
from tfhoist.boundary.pins import hcl_value
from tfhoist.configuration.environments import Backend, Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import FILE_FUNCTIONS
from tfhoist.consolidation.providers import ProviderUse, named_provider
from tfhoist.consolidation.rewrite import declaration_text, is_workspace, parts, reference_edits
from tfhoist.consolidation.shared_module import WORKSPACE, output_block, quoted
from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.hcl.bodies import Block
from tfhoist.hcl.edit import Edit, insertion, removal
from tfhoist.hcl.expressions import Call, walk
from tfhoist.hcl.formatting import format_source
from tfhoist.hcl.references import Reference
from tfhoist.secrets import holds_placeholder
from tfhoist.values.functions import plain
from tfhoist.values.types import Unknown, Value, number_text


class CentralRoot(NamedTuple):
    """The new files of one environment's central root (relative to its folder), and what can't be carried."""

    files: dict[str, bytes]
    refusals: list[Refusal]
    unset: tuple[str, ...]  # central variables whose value comes from outside the files


class CentralRootBuilder:
    """Builds the central roots of one consolidation.

    A provider that the service root doesn't configure is left to the central root's implicit configuration, which is as
    empty, unless a central root configures it (`configured_centrally` has its name): then it gets an empty alias.
    """

    def __init__(
        self,
        graph: Graph,
        interface: Interface,
        variables: tuple[ModuleVariable, ...],
        outputs: tuple[ModuleOutput, ...],
        providers: list[ProviderUse],
        pin_names: Mapping[str, str],
        service: str,
        label: str,
        module_source: str,
        configured_centrally: frozenset[str],
        imports: tuple[Declaration, ...],
        *,
        default_workspaces: bool,
    ) -> None:
        self.graph = graph
        self.module: Module = graph.module
        self.interface = interface
        self.variables = variables
        self.outputs = outputs
        self.providers = providers
        self.configured = [use for use in providers if use.declaration is not None or use.name in configured_centrally]
        self.pin_names = pin_names
        self.service = service
        self.label = label
        self.module_source = module_source
        self.imports = imports
        self.refusals: list[Refusal] = []
        carried = [use.declaration for use in providers if use.declaration is not None]
        needed = graph.closure([declaration.address for declaration in carried])
        self.locals = sorted(a for a in needed if a.startswith("local."))
        self.data = sorted(a for a in needed if a.startswith("data."))
        reads = [*carried, *(self._declaration(address) for address in (*self.locals, *self.data))]
        read = any(is_workspace(reference) for declaration in reads for reference in declaration.references)
        passed = any(variable.origin == WORKSPACE for variable in variables)
        self.workspace = self._workspace_local() if passed or (read and not default_workspaces) else ""
        self.provider_declarations = carried
        named = {v.name for v in variables if v.passed and v.origin not in ("pinned", WORKSPACE)}
        named |= {a.removeprefix("var.") for a in needed if a.startswith("var.")}
        closure = graph.closure([f"var.{name}" for name in named]) | {f"var.{name}" for name in named}
        self.root_variables = sorted(a.removeprefix("var.") for a in closure if a.startswith("var."))
        for use in providers:
            if use.alias and use.declaration is None:
                self.refusals.append(
                    Refusal(
                        id="provider-not-configured", address=f"provider.{use.reference()}",
                        summary=f"{use.reference()}, which moved blocks use, isn't configured in the service root.",
                        advice="A root that takes its providers from a caller is a module: consolidate the root that calls it.",
                    )
                )  # fmt: skip
        for declaration in carried:
            if holds_placeholder(declaration.file.source[declaration.start : declaration.end]):
                self._refuse(
                    "secret-would-move", declaration,
                    f"{declaration.address} has a secret written into it, which would land in the central repository",
                    "Make it a sensitive variable first, or let the provider find its credentials outside.",
                )  # fmt: skip
            for edge in graph.readings(declaration.address):
                self._refuse(
                    "provider-reads-resource", declaration,
                    f"{declaration.address}, which moved blocks use, reads {edge.producer}",
                    "Configure the provider from variables, or keep the blocks that use it local.",
                )  # fmt: skip

        for address in sorted(a for a in needed if not a.startswith("var.")) + [d.address for d in carried]:
            self._check(self._declaration(address))

    def _check(self, declaration: Declaration) -> None:
        """What a provider configuration, or a local or data source that it reads, can't have in another root."""
        calls = (node for root in parts(declaration) for node in walk(root) if isinstance(node, Call))
        if declaration.kind == "ephemeral":
            what = "is opened for a provider"
        elif any(call.name.removeprefix("core::") in FILE_FUNCTIONS for call in calls) or any(
            reference.root == "path" for reference in declaration.references
        ):
            what = "reads a file or a path for a provider"
        elif declaration.json:
            what = "is written in .tf.json, for a provider"
        else:
            return
        self._refuse(
            "provider-not-carried", declaration,
            f"{declaration.address} {what} that moved blocks use, and would be something else in a central root",
            "Configure the provider from variables, or keep the blocks that use it local.",
        )  # fmt: skip

    def build(self, environment: Environment, name: str, existing: Module | None, backend: Backend) -> CentralRoot:
        """The files of one environment; `existing` is the root as it is, None when the folder is new."""
        files: dict[str, bytes] = {}
        self._collisions(existing, name)
        base = self.service
        files[f"{base}.tf"] = self._main(environment.workspace)
        variables = self._variable_blocks()
        if variables:
            files[f"{base}_variables.tf"] = variables
        files[f"{base}_outputs.tf"] = self._outputs()
        values, secrets, unset = self._values(environment)
        if values:
            files[f"{base}.auto.tfvars"] = values
        if secrets:
            files[f"{base}.secrets.auto.tfvars"] = secrets
        if existing is None:
            files["terraform.tf"] = self._terraform(backend)
        return CentralRoot(files, self.refusals, unset)

    def _workspace_local(self) -> str:
        """The local that has the service root's workspace: the central root itself is in another one."""
        return unique(f"{self.label}_workspace", {f"{self.label}_{d.name}" for d in self.module.of("local")})

    def _prefixed(self, reference: Reference) -> str | None:
        names = reference.names()
        if is_workspace(reference) and self.workspace:
            return f"local.{self.workspace}"
        if names[0] == "data" and ".".join(names[:3]) in self.data:
            return f"data.{names[1]}.{self.label}_{names[2]}"
        if names[0] in ("var", "local") and len(names) > 1:
            return f"{names[0]}.{self.label}_{names[1]}" + "".join(f".{name}" for name in names[2:])
        return None

    def _renaming(self, declaration: Declaration) -> list[Edit]:
        """`var.x` to `var.<label>_x`, `local.x` likewise; what follows the name stays."""
        edits: list[Edit] = []
        for edit in reference_edits(declaration, self._prefixed):
            reference = next(r for r in declaration.references if r.start == edit.start)
            if is_workspace(reference):
                edits.append(edit)
                continue
            last = 1 if reference.root == "data" else 0
            new = ".".join([reference.root, *(str(step.key) for step in reference.steps[:last])])
            name = f"{new}.{self.label}_{reference.steps[last].key}"
            edits.append(Edit(edit.start, reference.steps[last].end, name.encode()))
        return edits

    def _main(self, workspace: str) -> bytes:
        parts = [f"# The shared infrastructure of {self.service}: hoisted from its own repository."]
        if self.workspace:
            about = "# The workspace of the service root, where this root reads terraform.workspace in its own."
            parts.append(f"locals {{\n  {about}\n  {self.workspace} = {quoted(workspace)}\n}}")
        if self.locals:
            lines = []
            for address in self.locals:
                declaration = self._declaration(address)
                edits = self._renaming(declaration)
                attribute = declaration.attribute
                if attribute is not None:
                    at = attribute.start
                    edits.append(Edit(at, at + len(attribute.name.encode()), f"{self.label}_{attribute.name}".encode()))
                lines.append(declaration_text(declaration, edits).strip("\n"))
            parts.append("locals {\n" + "\n\n".join(lines) + "\n}")
        parts.extend(self._data(self._declaration(address)) for address in self.data)
        parts.extend(self._provider(use) for use in self.configured)
        parts.append(self._call())
        parts.extend(self._import(declaration) for declaration in self.imports)
        return format_source(("\n\n".join(parts) + "\n").encode())

    def _data(self, declaration: Declaration) -> str:
        """A data source that a provider configuration reads, with the provider that it has in the service root."""
        block = declaration.block
        if block is None:
            return ""
        edits = [edit for edit in self._renaming(declaration) if edit.start >= block.open]
        source = declaration.file.source
        at = block.start + source[block.start : block.open].rindex(declaration.name.encode())
        edits.append(Edit(at, at + len(declaration.name.encode()), f"{self.label}_{declaration.name}".encode()))
        name, alias = named_provider(declaration.expression("provider"), declaration.type)
        use = next((use for use in self.configured if (use.name, use.alias) == (name, alias)), None)
        if use is not None:
            given = declaration.body.attribute("provider")
            text = f"{name}.{use.central_alias(self.label)}".encode()
            if given is not None:
                edits.append(Edit(given.value_start, given.value_end, text))
            else:
                edits += insertion(source, block, b"  provider = " + text + b"\n", first=True)
        return declaration_text(declaration, edits)

    def _provider(self, use: ProviderUse) -> str:
        alias = use.central_alias(self.label)
        declaration = use.declaration
        if declaration is None or declaration.block is None:
            return (
                f"# {use.reference()} isn't configured in the service root: its configuration comes from outside.\n"
                f'provider "{use.name}" {{\n  alias = "{alias}"\n}}'
            )
        block: Block = declaration.block
        edits = [edit for edit in self._renaming(declaration) if edit.start >= block.open]
        present = block.body.attribute("alias")
        if present is not None:
            gone = removal(declaration.file.source, present)
            edits.append(gone if gone.start > block.open else Edit(present.start, present.end, b""))
        edits += insertion(declaration.file.source, block, f'  alias = "{alias}"\n\n'.encode(), first=True)
        return declaration_text(declaration, edits)

    def _call(self) -> str:
        providers = [f"    {use.reference()} = {use.name}.{use.central_alias(self.label)}" for use in self.configured]
        lines = [f'module "{self.label}" {{', f'  source = "{self.module_source}"', ""]
        if providers:
            lines += ["  providers = {", *providers, "  }", ""]
        for variable in self.variables:
            if variable.origin == WORKSPACE:
                lines.append(f"  {variable.name} = local.{self.workspace}")
            elif variable.passed:
                lines.append(f"  {variable.name} = var.{self.label}_{variable.name}")
        if not lines[-1]:
            lines.pop()
        lines.append("}")
        return "\n".join(lines)

    def _import(self, declaration: Declaration) -> str:
        """An `import` block that names the resource where it is now."""
        to = declaration.body.attribute("to")
        at = to.value_start if to is not None else declaration.start
        return declaration_text(declaration, [Edit(at, at, f"module.{self.label}.".encode())])

    def _variable_blocks(self) -> bytes:
        blocks: list[str] = []
        for name in self.root_variables:
            declaration = self._declaration(f"var.{name}")
            block = declaration.block
            edits = self._renaming(declaration)
            if block is not None:
                head = declaration.file.source[block.start : block.open]
                at = block.start + head.index(name.encode(), len(b"variable"))
                edits.append(Edit(at, at + len(name.encode()), f"{self.label}_{name}".encode()))
            blocks.append(declaration_text(declaration, edits))
        for pin, name in self.pin_names.items():
            value = self.interface.boundary.pins[pin]
            blocks.append(
                f'variable "{self.label}_{name}" {{\n'
                f"  description = {quoted(f'Pinned input: {value.expression} of the service root, captured from its state')}\n"
                f"  type = {value.type}\n}}"
            )
        return format_source(("\n\n".join(block.strip("\n") for block in blocks) + "\n").encode()) if blocks else b""

    def _outputs(self) -> bytes:
        blocks = [output_block(output, f"module.{self.label}.{output.name}") for output in self.outputs]
        return format_source(("\n\n".join(blocks) + "\n").encode())

    def _values(self, environment: Environment) -> tuple[bytes, bytes, tuple[str, ...]]:
        open_lines: list[str] = []
        secret_lines: list[str] = []
        unset: list[str] = []
        for name in self.root_variables:
            declaration = self._declaration(f"var.{name}")
            assignment = environment.assignments.get(name)
            if assignment is None:
                if declaration.body.attribute("default") is None:
                    unset.append(name)
                continue
            text = (
                assignment.text
                if assignment.text and assignment.path.endswith(".tfvars")
                else hcl_text(assignment.value)
            )
            line = f"{self.label}_{name} = {text}"
            (secret_lines if declaration.literal("sensitive") is True else open_lines).append(line)
        for pin, name in self.pin_names.items():
            value = self.interface.boundary.pins[pin].values.get(environment.name)
            if value is not None:
                open_lines.append(f"{self.label}_{name} = {hcl_value(value)}")
        return _tfvars(open_lines), _tfvars(secret_lines), tuple(unset)

    def _terraform(self, backend: Backend) -> bytes:
        lines = ["terraform {"]
        for declaration in self.module.of("terraform"):
            required = declaration.body.attribute("required_version")
            if required is not None:
                lines += [f"  required_version = {declaration.file.text(required.value_start, required.value_end)}", ""]
        lines.append("  required_providers {")
        for name in sorted({use.name for use in self.providers}):
            use = next(use for use in self.providers if use.name == name)
            lines += [f"    {name} = {{", *(f"      {key} = {value}" for key, value in use.requirement), "    }"]
        lines += ["  }", "", f'  backend "{backend.type}" {{']
        lines += [f"    {key} = {hcl_text(value)}" for key, value in backend.config.items()]
        lines += ["  }", "}"]
        return format_source(("\n".join(lines) + "\n").encode())

    def _collisions(self, existing: Module | None, environment: str) -> None:
        if existing is None:
            return
        wanted = [f"module.{self.label}"]
        wanted += [f"var.{self.label}_{name}" for name in [*self.root_variables, *self.pin_names.values()]]
        wanted += [f"local.{self.label}_{address.removeprefix('local.')}" for address in self.locals]
        wanted += [f"local.{self.workspace}"] if self.workspace else []
        wanted += [f"{a.rpartition('.')[0]}.{self.label}_{a.rpartition('.')[2]}" for a in self.data]
        wanted += [f"provider.{use.name}.{use.central_alias(self.label)}" for use in self.configured]
        for address in wanted:
            there = existing.get(address)
            if there is not None:
                self.refusals.append(
                    Refusal(
                        id="name-taken-centrally", address=address, range=there.range,
                        summary=f"{address} is already declared in the central root of {environment or 'the environment'}.",
                        advice="Choose another service name with --service, or finish the consolidation that began there.",
                    )
                )  # fmt: skip

    def _declaration(self, address: str) -> Declaration:
        declaration = self.module.get(address)
        if declaration is None:
            raise KeyError(address)
        return declaration

    def _refuse(self, kind: str, declaration: Declaration, summary: str, advice: str) -> None:
        self.refusals.append(
            Refusal(id=kind, address=declaration.address, range=declaration.range, summary=f"{summary}.", advice=advice)
        )


def _tfvars(lines: list[str]) -> bytes:
    return format_source(("\n".join(lines) + "\n").encode()) if lines else b""


_KEY = re.compile(r"[^\W\d][\w-]*\Z")


def hcl_text(value: Value) -> str:
    """A value as HCL."""
    if isinstance(value, Unknown):
        raise ValueError(value.why)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        plain(value)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
        return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
    if isinstance(value, tuple):
        return "[" + ", ".join(hcl_text(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{key if _KEY.match(key) else hcl_text(key)} = {hcl_text(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    return number_text(Decimal(value))
