"""What the central repository offers of a service, and how it's read."""

from __future__ import annotations

import re
from typing import Any

from tfhoist.configuration.environments import Backend
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.documents import offers
from tfhoist.documents.markdown import cell, code_cell, codes, fence, table
from tfhoist.documents.views import Views
from tfhoist.hcl.formatting import format_source
from tfhoist.values.types import has_unknown

_READ_SETTINGS = frozenset(
    "bucket key prefix region path container_name storage_account_name resource_group_name address hostname organization "
    "workspaces endpoints use_path_style skip_credentials_validation skip_metadata_api_check skip_region_validation "
    "skip_requesting_account_id".split()
)
"""Settings of a backend that a reader needs: neither credentials nor what only writing needs."""


def values(views: Views) -> dict[str, Any]:
    """What `required_outputs.md.j2` needs."""
    context = views.context
    outputs = context.boundary.outputs
    rows = [
        (
            code_cell(output.name),
            code_cell(output.expression),
            cell(offers.output_type(context.module, output, context.variables)),
            "yes" if output.sensitive else "no",
            codes(output.consumers),
        )
        for output in outputs
    ]
    name = _identifier(context.repository)
    chosen = next((output.name for output in outputs if output.required), outputs[0].name if outputs else "NAME")
    empty = [(view.name, [o.name for o in outputs if o.producer in view.moves.absent]) for view in views.environments]
    block, others = _backends(views, name)
    return {
        "outputs": outputs,
        "required": offers.required_outputs(context),
        "output_table": table(("Name", "Value in the module", "Type", "Sensitive", "Read by"), rows)
        if rows
        else "None.",
        "listed": any(output.listed for output in outputs),
        "lists": any("[*]" in output.expression for output in outputs),
        "sensitive": any(output.sensitive for output in outputs),
        "first_env": views.environments[0].name,
        "backend_block": block,
        "backend_table": others,
        "example": fence(
            f'output "example" {{\n  value = data.terraform_remote_state.{name}.outputs.{chosen}\n}}', "hcl"
        ),
        "empty": [(title, names) for title, names in empty if names],
    }


def _backends(views: Views, name: str) -> tuple[str, str]:
    """The data source for the first environment, and a table of the settings in the others."""
    backends = views.context.central_backends
    settings = {view.key: _settings(backends.get(view.key)) for view in views.environments}
    first = views.environments[0]
    backend = backends.get(first.key)
    lines = [
        f'data "terraform_remote_state" "{name}" {{',
        f'  backend = "{_identifier(backend.type if backend is not None else "local")}"',
        "",
        "  config = {",
        *(f"    {key} = {value}" for key, value in settings[first.key].items()),
        "  }",
        "}",
    ]
    block = fence(format_source(("\n".join(lines) + "\n").encode()).decode(), "hcl")
    keys = list(dict.fromkeys(key for one in settings.values() for key in one))
    rows = [
        (cell(view.name), *(code_cell(settings[view.key].get(key, "")) or "-" for key in keys))
        for view in views.environments[1:]
    ]
    return block, table(("Environment", *map(code_cell, keys)), rows) if rows else ""


def _settings(backend: Backend | None) -> dict[str, str]:
    config = backend.config if backend is not None else {}
    return {key: hcl_text(value) for key, value in config.items() if key in _READ_SETTINGS and not has_unknown(value)}


def _identifier(text: str) -> str:
    cleaned = re.sub(r"[^A-Za-z0-9_]", "_", text)
    return cleaned if cleaned and not cleaned[0].isdigit() else f"_{cleaned}"
