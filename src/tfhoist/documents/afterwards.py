"""What comes after the last window: what to watch, what to clean up, and how a service asks for more."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tfhoist.documents.markdown import code, code_cell, codes, prose, table
from tfhoist.documents.texts import EnvironmentText, listed
from tfhoist.documents.views import EnvironmentView, Views

ALARMS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")


def values(views: Views) -> dict[str, Any]:
    """What `afterwards.md.j2` needs."""
    context = views.context
    kinds = Counter(address.split(".")[0] for address in context.moved if not address.startswith("module."))
    modules = [address for address in context.moved if address.startswith("module.")]
    return {
        "environments": [AfterText(view) for view in views.environments],
        "final_section": len(views.environments) + 4,
        "kinds": ", ".join(f"{code(kind)} ({count})" for kind, count in sorted(kinds.items())),
        "modules": codes(modules) if modules else "",
        "imports": any(one.blocks for one in context.imports.values()),
        "order_text": listed([prose(view.name) for view in views.environments]),
        "alarms": [address for address in (*context.moved, *context.stays) if address.split(".")[0] in ALARMS],
    }


class AfterText(EnvironmentText):
    """One environment with what is watched there."""

    def __init__(self, view: EnvironmentView) -> None:
        super().__init__(view)
        context = view.context
        addresses = (*context.moved, *context.stays)
        rows = [
            (
                code_cell(address),
                code_cell(name) or "?",
                "central" if address.split("[")[0] in context.moved else "service",
            )
            for address, name in view.named(ALARMS, addresses)
        ]
        self.alarm_table = table(("Alarm", "Real name", "Side"), rows) if rows else ""
        groups = view.routes.target_groups.values()
        self.group_table = (
            table(
                ("Target group", "Real name", "Health check"),
                [
                    (code_cell(group.address), code_cell(group.name) or "?", code_cell(group.health_path) or "-")
                    for group in groups
                ],
            )
            if groups
            else ""
        )
