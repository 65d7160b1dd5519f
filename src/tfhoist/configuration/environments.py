"""Environments: which values the variables of a root module have, and where its state is.

Precedence of values, lowest first: the declaration's default, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars`
and `*.auto.tfvars.json` by name, `-var-file` in order, `-var` (documentation page "Input Variables"). Environment variables
(`TF_VAR_...`) aren't read: what only they give has no known value.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.type_constraints import convert, parse_type
from tfhoist.diagnostics import Diagnostic, Severity, SourceRange
from tfhoist.hcl.bodies import Attribute
from tfhoist.hcl.syntax import File, parse_file
from tfhoist.values.evaluate import Scope, evaluate_constant
from tfhoist.values.types import Unknown, Value


class Assignment(msgspec.Struct, frozen=True):
    """A value given to a variable outside its declaration: the file (or "-var"), and the bytes there."""

    name: str
    value: Value
    path: str
    text: str  # the expression as written, HCL
    start: int = 0
    end: int = 0


class EnvironmentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What `[[environments]]` of `tfhoist.toml` says of one environment; paths relative to the service root."""

    name: str
    var_files: tuple[str, ...] = ()
    variables: Mapping[str, Value] = msgspec.field(default_factory=dict)
    workspace: str = "default"
    backend_config: tuple[str, ...] = ()
    backend: Mapping[str, Value] = msgspec.field(default_factory=dict)


class Backend(msgspec.Struct, frozen=True):
    """A backend's type and constant settings; `complete` is false when something in it couldn't be read."""

    type: str
    config: Mapping[str, Value]
    complete: bool = True


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """One environment of a root module. `name` is "" for the only one of a root that names none.

    `values` has every declared variable: its converted value, or `Unknown`. `assignments` are those that won over the
    default. `sensitive` variables have their value here too: mind what is printed.
    """

    name: str
    values: Mapping[str, Value]
    assignments: Mapping[str, Assignment]
    workspace: str = "default"
    backend: Backend | None = None
    var_files: tuple[str, ...] = ()

    def scope(self, module: Module) -> Scope:
        """The scope of the root module in this environment; sensitive variables are unknown in it."""
        values: dict[str, Value] = {}
        for name, value in self.values.items():
            declaration = module.get(f"var.{name}")
            hidden = declaration is not None and declaration.literal("sensitive") is True
            values[name] = Unknown("sensitive", sensitive=True) if hidden else value
        return Scope(module, values, workspace=self.workspace)


_TFVARS = re.compile(r"(.*/)?([^/]+)\.tfvars\Z")
_NOT_ENVIRONMENTS = ("terraform", "backend", "example", "common", "global", "secrets", "secret")
_FOLDERS_OF_ENVIRONMENTS = (
    "environments",
    "environment",
    "envs",
    "env",
    "tfvars",
    "vars",
    "variables",
    "config",
    "configs",
)


def discover(tree: Tree, module: Module) -> tuple[EnvironmentSettings, ...]:
    """The environments that the folder shows: one for each tfvars file that sets only declared variables.

    `environments/staging.tfvars`, `staging.tfvars` and `staging/terraform.tfvars` are the environment `staging`; files that
    Terraform loads by itself are no environment. One unnamed environment where there's none.
    """
    declared = {declaration.name for declaration in module.of("variable")}
    found: dict[str, EnvironmentSettings] = {}
    for path in sorted(tree):
        match = _TFVARS.match(path)
        if match is None or path.startswith("../") or path.endswith(".auto.tfvars"):
            continue
        folder, name = (match.group(1) or "").rstrip("/"), match.group(2)
        if name == "terraform":
            if posixpath.basename(posixpath.dirname(folder)) not in _FOLDERS_OF_ENVIRONMENTS:
                continue
            name = posixpath.basename(folder)
        elif folder and posixpath.basename(folder) not in _FOLDERS_OF_ENVIRONMENTS:
            continue
        if name in _NOT_ENVIRONMENTS or name in found:
            continue
        file = parse_file(path, tree[path])
        names = {attribute.name for attribute in file.body.attributes}
        if not names or not names <= declared:
            continue
        backend_files = tuple(other for other in sorted(tree) if _is_backend_file(other, name))
        found[name] = EnvironmentSettings(name=name, var_files=(path,), backend_config=backend_files[:1])
    if not found:
        alone = tuple(path for path in sorted(tree) if _is_backend_file(path, "") and "/" not in path)
        return (EnvironmentSettings(name="", backend_config=alone[:1] if len(alone) == 1 else ()),)
    order = {"development": 0, "dev": 0, "test": 1, "qa": 2, "staging": 3, "stage": 3, "production": 5, "prod": 5}
    return tuple(sorted(found.values(), key=lambda settings: (order.get(settings.name, 4), settings.name)))


def _is_backend_file(path: str, name: str) -> bool:
    base = posixpath.basename(path)
    if not name:
        return base.endswith(".tfbackend") or base in (
            "backend.tfvars",
            "backend.hcl",
            "backend.conf",
            "backend.config",
        )
    stem = base.split(".")[0]
    return (stem == name and base.endswith((".tfbackend", ".backend.hcl", ".backend"))) or base in (
        f"backend-{name}.hcl", f"backend-{name}.tfvars", f"backend.{name}.hcl", f"{name}-backend.hcl",
    )  # fmt: skip


def read_environment(
    tree: Tree, module: Module, settings: EnvironmentSettings
) -> tuple[Environment, tuple[Diagnostic, ...]]:
    """The values of every variable in one environment, with what is wrong in the files that give them."""
    diagnostics: list[Diagnostic] = []
    assignments: dict[str, Assignment] = {}
    declared = {declaration.name: declaration for declaration in module.of("variable")}
    for path in automatic_files(tree, module.folder) + settings.var_files:
        if path not in tree:
            diagnostics.append(
                Diagnostic(
                    Severity.ERROR,
                    f"the variable file {path} of environment {settings.name!r} doesn't exist",
                    "Mend `var_files` in tfhoist.toml.",
                )
            )
            continue
        for assignment in read_assignments(path, tree[path], diagnostics):
            if assignment.name in declared:
                assignments[assignment.name] = assignment
    for name, value in settings.variables.items():
        if name not in declared:
            diagnostics.append(
                Diagnostic(Severity.ERROR, f"variable {name!r} isn't declared", "Mend `variables` in tfhoist.toml.")
            )
        assignments[name] = Assignment(name, value, "-var", "")
    values = {name: variable_value(declaration, assignments.get(name)) for name, declaration in declared.items()}
    environment = Environment(
        name=settings.name,
        values=values,
        assignments=assignments,
        workspace=settings.workspace,
        backend=_backend(tree, module, settings, diagnostics),
        var_files=settings.var_files,
    )
    return environment, tuple(diagnostics)


def automatic_files(tree: Tree, folder: str) -> tuple[str, ...]:
    """The variable files that Terraform loads by itself, in their order."""
    prefix = f"{folder}/" if folder else ""
    first = [f"{prefix}terraform.tfvars", f"{prefix}terraform.tfvars.json"]
    automatic = sorted(
        path
        for path in tree
        if path.startswith(prefix)
        and "/" not in path[len(prefix) :]
        and path.endswith((".auto.tfvars", ".auto.tfvars.json"))
    )
    return tuple(path for path in first if path in tree) + tuple(automatic)


def read_assignments(path: str, source: bytes, diagnostics: list[Diagnostic]) -> list[Assignment]:
    """The assignments of one variable file, `.tfvars` or `.tfvars.json`."""
    if path.endswith(".json"):
        try:
            document = json.loads(source, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            diagnostics.append(Diagnostic(Severity.ERROR, f"invalid JSON: {error}", "", SourceRange(path, line, line)))
            return []
        if not isinstance(document, dict):
            return []
        return [
            Assignment(name, _from_json(value), path, json.dumps(value, default=str))
            for name, value in document.items()
        ]
    file = parse_file(path, source)
    diagnostics.extend(file.diagnostics)
    for block in file.body.blocks:
        diagnostics.append(
            file.lines.diagnostic(
                path, block.start, "a block in a variable file", "A variable file holds assignments only."
            )
        )
    return [_assignment(file, attribute) for attribute in file.body.attributes]


def _assignment(file: File, attribute: Attribute) -> Assignment:
    return Assignment(
        attribute.name,
        evaluate_constant(attribute.expression),
        file.path,
        file.text(attribute.value_start, attribute.value_end),
        attribute.start,
        attribute.end,
    )


def _from_json(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if isinstance(value, dict):
        return {str(key): _from_json(item) for key, item in value.items()}
    if isinstance(value, str | int | Decimal | bool) or value is None:
        return value
    return Unknown("a value that JSON doesn't have")


def variable_value(declaration: Declaration, assignment: Assignment | None) -> Value:
    """What a variable holds: the assignment or the default, converted to its type; `nullable = false` heeded."""
    wanted = parse_type(declaration.expression("type"))
    default = declaration.expression("default")
    if assignment is not None:
        value = convert(assignment.value, wanted)
        if value is not None or declaration.literal("nullable") is not False or default is None:
            return value
    if default is None:
        return Unknown(f"var.{declaration.name} has no value in the files")
    return convert(evaluate_constant(default), wanted)


def backend_block(module: Module) -> tuple[str, Declaration, int] | None:
    """The backend's type, its `terraform` block, and the position of the `backend` block in it."""
    for declaration in module.of("terraform"):
        for number, block in enumerate(declaration.body.blocks):
            if block.type == "backend" and block.labels:
                return block.labels[0], declaration, number
    return None


def _backend(
    tree: Tree, module: Module, settings: EnvironmentSettings, diagnostics: list[Diagnostic]
) -> Backend | None:
    found = backend_block(module)
    if found is None:
        return None
    kind, declaration, number = found
    config: dict[str, Value] = {}
    body = declaration.body.blocks[number].body
    for attribute in body.attributes:
        config[attribute.name] = evaluate_constant(attribute.expression)
    for block in body.blocks:
        config[block.type] = {
            attribute.name: evaluate_constant(attribute.expression) for attribute in block.body.attributes
        }
    for path in settings.backend_config:
        if path not in tree:
            diagnostics.append(
                Diagnostic(
                    Severity.ERROR,
                    f"the backend file {path} of environment {settings.name!r} doesn't exist",
                    "Mend `backend_config` in tfhoist.toml.",
                )
            )
            continue
        for assignment in read_assignments(path, tree[path], diagnostics):
            config[assignment.name] = assignment.value
    config.update(settings.backend)
    return Backend(kind, config, not any(isinstance(value, Unknown) for value in config.values()))


def same_backend(one: Backend | None, other: Backend | None, names: Sequence[str]) -> bool:
    """Whether two backends agree in their type and in some settings."""
    if one is None or other is None:
        return one is other
    return one.type == other.type and all(one.config.get(name) == other.config.get(name) for name in names)
