"""The timeline: the request's five weeks, with tasks, owners and, when a start is given, dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from tfhoist.documents.markdown import cell, code_cell, table
from tfhoist.documents.texts import blocks_text
from tfhoist.documents.views import Views


class Task(NamedTuple):
    """A task: week from 1, working day from 0, what, and who."""

    week: int
    day: int
    what: str
    who: str


class Phase(NamedTuple):
    """One of the request's phases, from its first week to its last."""

    title: str
    first: int
    last: int
    tasks: tuple[Task, ...]
    done: str


def values(views: Views) -> dict[str, Any]:
    """What `timeline.md.j2` needs."""
    start = views.context.timeline_start
    weeks = []
    for phase in phases(views):
        rows = [(_when(start, task), task.what, task.who) for task in phase.tasks]
        span = f" ({_day(start, phase.first, 0)} to {_day(start, phase.last, 4)})" if start is not None else ""
        weeks.append({"title": phase.title + span, "table": table(("When", "What", "Who"), rows), "done": phase.done})
    return {
        "dated": start.isoformat() if start is not None else "",
        "weeks": weeks,
        "first_env": views.environments[0].name,
    }


def phases(views: Views) -> tuple[Phase, ...]:
    """The phases with their tasks; texts are Markdown."""
    context = views.context
    names = [view.name for view in views.environments]
    service, infrastructure, engineer = cell(f"{context.service} team"), "Infrastructure team", "DevOps engineer"
    both = f"{service}, infrastructure team"
    moved = f"{blocks_text(context.moved)} into {code_cell(context.module_folder)}"
    findings = f"{len(context.findings)} in the audit"
    final = len(names) + 4
    imports = (
        " and the `import` blocks out of the central roots"
        if any(one.blocks for one in context.imports.values())
        else ""
    )
    return (
        Phase(
            "Week 1: preparation", 1, 1,
            (
                Task(1, 0, f"Audit the service root and look at its findings ({findings})", service),
                Task(1, 1, f"Consolidate: {moved}", engineer),
                Task(1, 2, f"Agree the placement: what moves, and the {len(context.stays)} blocks that stay", both),
                Task(1, 4, "Read runbook, rollback and validation aloud, together", f"{service}, {engineer}"),
            ),
            "`tfhoist prove` says equivalent for every environment, and nobody has an open question about the placement.",
        ),
        Phase(
            "Week 2: submission of the module", 2, 2,
            (
                Task(2, 0, f"Open the pull request to {cell(context.repository)}, registry entry included", engineer),
                Task(2, 0, "Open the service's pull request", service),
                Task(2, 1, "Review: module, interface, claims on hosts, paths, names and priorities", infrastructure),
                Task(2, 3, "Give the service's pipelines and people read access to the central states", infrastructure),
                Task(2, 4, "Approve both; agree the windows of weeks 3 and 4", both),
            ),
            "both pull requests are approved, and neither is merged.",
        ),
        Phase(
            "Weeks 3 and 4: test and migrate", 3, 4,
            (
                Task(3, 0, "Freeze, tag and merge (runbook, section 3)", both),
                *(
                    Task(week, day, f"Move {cell(name)} (runbook, section {section}), then validate it", engineer)
                    for section, (name, (week, day)) in enumerate(
                        zip(names, migration_days(len(names)), strict=True), start=4
                    )
                ),
                Task(4, 3, "All services checked, pipelines unfrozen", both),
            ),
            "every environment's checks in validation.md hold.",
        ),
        Phase(
            "Week 5: finalisation", 5, 5,
            (
                Task(5, 0, "Watch alarms and target health ([afterwards.md](afterwards.md)); keep the records", service),
                Task(5, 1, "Update what else names the moved blocks (wikis, on-call notes, dashboards)", service),
                Task(
                    5, 3, f"Take the `removed` blocks out of the service root{imports} (runbook, section {final})",
                    both if imports else service,
                ),
                Task(5, 4, "Fill in [lessons.md](lessons.md) together; tags and records go when the time for backups is over", engineer),
            ),
            "both roots plan no changes without these blocks.",
        ),
    )  # fmt: skip


def migration_days(environments: int) -> list[tuple[int, int]]:
    """Week and day of each environment's window: from Tuesday of week 3 to Tuesday of week 4, the rest for what goes wrong."""
    if environments == 1:
        return [(3, 1)]
    last = 5  # working days after the first Tuesday
    days = [1 + number * last // (environments - 1) for number in range(environments)]
    return [(3, day) if day < 5 else (4, day - 5) for day in days]


def _day(start: date, week: int, day: int) -> str:
    return (start + timedelta(days=7 * (week - 1) + day)).isoformat()


def _when(start: date | None, task: Task) -> str:
    return _day(start, task.week, task.day) if start is not None else f"week {task.week}, day {task.day + 1}"
