"""A retrospective with what is known filled in: the figures of the plan, and room for what came of them."""

from __future__ import annotations

from typing import Any

from tfhoist.documents.markdown import cell, table
from tfhoist.documents.runbook import MINUTES
from tfhoist.documents.views import Views


def values(views: Views) -> dict[str, Any]:
    """What `lessons.md.j2` needs."""
    context = views.context
    rows = [
        (
            cell(view.name),
            str(len(view.moves.addresses)),
            str(view.moves.instances) if view.moves.instances is not None else "-",
            f"{MINUTES} minutes",
            "",
            "",
            "",
        )
        for view in views.environments
    ]
    header = ("Environment", "Addresses", "Instances", "Planned", "Took", "Failed requests", "Rolled back?")
    return {
        "figures": table(header, rows),
        "uplinks": len({one.variable for one in context.boundary.uplinks}),
        "downlinks": len(context.boundary.downlinks),
        "moved": len(context.moved),
        "stayed": len(context.stays),
    }
