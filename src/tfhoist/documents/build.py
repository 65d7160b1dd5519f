"""The documents of a consolidation: `build_documents(context)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfhoist.documents import (
    afterwards,
    dns,
    lessons,
    pull_request,
    readme,
    required_outputs,
    runbook,
    timeline,
    validation,
)
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.early import early_values
from tfhoist.documents.rendering import Templates
from tfhoist.documents.texts import shared_values
from tfhoist.documents.views import Views

Values = Callable[[Views], dict[str, Any]]

DOCUMENTS: dict[str, tuple[str, Values | None]] = {
    "module/README.md": ("readme.md.j2", readme.values),
    "migration/runbook.md": ("runbook.md.j2", runbook.values),
    "migration/rollback.md": ("rollback.md.j2", None),
    "migration/pull_request.md": ("pull_request.md.j2", pull_request.values),
    "migration/validation.md": ("validation.md.j2", validation.values),
    "migration/timeline.md": ("timeline.md.j2", timeline.values),
    "migration/dns.md": ("dns.md.j2", dns.values),
    "migration/afterwards.md": ("afterwards.md.j2", afterwards.values),
    "migration/lessons.md": ("lessons.md.j2", lessons.values),
    "migration/required_outputs.md": ("required_outputs.md.j2", required_outputs.values),
}
"""Path of each document to its template, and what only this template needs."""


def build_documents(context: DocumentContext, templates: Templates | None = None) -> dict[str, bytes]:
    """Every document by its path; UTF-8, the same bytes for the same context.

    `templates` may have a user's own. Raises `InputError` for a mistake in one of those.
    """
    rendering = templates or Templates({})
    return {path: rendering.render(name, values) for path, name, values in template_values(context)}


def template_values(context: DocumentContext) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each document's path, its template's name, and the values that this template is given."""
    views = Views(context)
    shared = {**shared_values(views), **early_values(views)}
    for path, (name, own) in DOCUMENTS.items():
        yield path, name, {**shared, **(own(views) if own is not None else {})}
