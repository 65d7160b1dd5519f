"""The runbook's own texts."""

from __future__ import annotations

from typing import Any

from tfhoist.boundary.pins import hcl_value
from tfhoist.documents.markdown import cell, code_cell, table
from tfhoist.documents.offers import pin_variables
from tfhoist.documents.texts import slug
from tfhoist.documents.views import Views

MINUTES = 45
"""What an environment takes, two people with the commands at hand."""


def values(views: Views) -> dict[str, Any]:
    """What `runbook.md.j2` needs."""
    context = views.context
    rows = []
    for name, pin in pin_variables(context).items():
        known = context.boundary.pins.get(pin)
        if known is None:
            continue
        given = [known.values.get(view.key) for view in views.environments]
        shown = (code_cell(hcl_value(value)) if value is not None else "-" for value in given)
        rows.append((code_cell(name), code_cell(known.expression), *shown))
    header = ("Input", "Value of", *(cell(view.name) for view in views.environments))
    return {
        "minutes": MINUTES,
        "pins": table(header, rows) if rows else "",
        "pin_file": f"{slug(context.service)}.auto.tfvars",
    }
