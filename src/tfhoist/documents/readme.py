"""The README of the shared module."""

from __future__ import annotations

import posixpath
from typing import Any

from tfhoist.consolidation.central_root import hcl_text
from tfhoist.consolidation.providers import required_providers
from tfhoist.documents import diagrams
from tfhoist.documents.markdown import cell, code_cell, codes, fence, table
from tfhoist.documents.offers import Input, input_value, inputs, pin_variables
from tfhoist.documents.views import EnvironmentView, Views
from tfhoist.hcl.formatting import format_source


def values(views: Views) -> dict[str, Any]:
    """What `readme.md.j2` needs."""
    context = views.context
    taken = inputs(context)
    names = tuple(cell(view.name) for view in views.environments)
    return {
        "call": _call(views, taken),
        "aliases": views.providers,
        "up": posixpath.relpath(".", context.module_folder) + "/",
        "picture": diagrams.requests(views.environments[-1]),
        "pictured": views.environments[-1].name,
        "value_table": _values(views, taken, names),
        "sections": [
            (title, table(("Block", *names), [_block(views, address) for address in addresses]))
            for title, addresses in views.categories
        ],
        "requirement_table": _requirements(views),
        "input_table": _inputs(taken),
        "output_table": _outputs(views),
        "resource_table": _resources(views),
    }


def _call(views: Views, taken: tuple[Input, ...]) -> str:
    """The module call as it stands in the central roots."""
    context = views.context
    source = posixpath.relpath(context.module_folder, views.environments[0].folder)
    lines = [f'module "{context.label}" {{', f"  source = {hcl_text(source)}", ""]
    if views.providers:
        lines += ["  providers = {", *(f"    {inner} = {alias}" for inner, alias in views.providers), "  }", ""]
    lines += [f"  {one.name} = var.{context.label}_{one.name}" for one in taken if one.passed]
    lines.append("}")
    return fence(format_source(("\n".join(lines) + "\n").encode()).decode(), "hcl")


def _values(views: Views, taken: tuple[Input, ...], names: tuple[str, ...]) -> str:
    context = views.context
    pins = pin_variables(context)
    rows = []
    for one in taken:
        given = [input_value(context, one, view.environment, pins) for view in views.environments]
        if any(given):
            rows.append((code_cell(one.name), *map(_shown, given)))
    return table(("Input", *names), rows) if rows else ""


def _shown(value: str) -> str:
    if not value:
        return "default"
    return cell(value) if value.startswith("(") else code_cell(value)


def _block(views: Views, address: str) -> tuple[str, ...]:
    return (code_cell(address), *(_identity(view, address) for view in views.environments))


def _identity(view: EnvironmentView, address: str) -> str:
    """What tells a block's instances in one environment: real names, ports, priorities."""
    if address in view.moves.absent:
        return "none"
    names = view.names(address)
    if names:
        return codes(names)
    routes = view.routes
    ports = [f"{one.port} {one.protocol}".strip() for one in routes.listeners if one.address == address]
    priorities = [
        f"priority {rule.priority}" for rule in routes.rules if rule.address == address and rule.priority is not None
    ]
    return cell(", ".join([*ports, *priorities])) or "yes"


def _requirements(views: Views) -> str:
    module = views.context.module
    rows = []
    for declaration in module.of("terraform"):
        value = declaration.literal("required_version")
        if isinstance(value, str):
            rows.append((code_cell("terraform"), code_cell(value)))
    named = {reference.split(".")[0] for reference, _ in views.providers}
    for name, requirement in sorted(required_providers(module).items()):
        if name in named:
            rows.append((code_cell(name), code_cell(dict(requirement).get("version", "").strip('"')) or "any"))
    return table(("Name", "Version"), rows) if rows else "No requirements."


def _inputs(taken: tuple[Input, ...]) -> str:
    rows = [
        (
            code_cell(one.name),
            cell(one.description) or "-",
            code_cell(one.type),
            code_cell(one.default) if one.default is not None else "n/a",
            "yes" if one.default is None else "no",
        )
        for one in taken
    ]
    return table(("Name", "Description", "Type", "Default", "Required"), rows) if rows else "No inputs."


def _outputs(views: Views) -> str:
    rows = [
        (code_cell(output.name), cell(output.description) or "-", "yes" if output.sensitive else "no")
        for output in views.context.boundary.outputs
    ]
    return table(("Name", "Description", "Sensitive"), rows) if rows else "No outputs."


def _resources(views: Views) -> str:
    context = views.context
    rows = [(code_cell(one), "module" if one.startswith("module.") else "resource") for one in context.moved]
    data = sorted(one for one in context.boundary.followers.central() if one.startswith("data."))
    rows += [(code_cell(one), "data source") for one in data]
    return table(("Name", "Type"), rows)
