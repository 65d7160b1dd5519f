"""The documents of a consolidation: `build_documents(context)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfhoist.documents import markdown, pull_request, readme, required_outputs, runbook, timeline, validation
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.early import early_values
from tfhoist.documents.texts import shared_values
from tfhoist.documents.views import Views

if TYPE_CHECKING:
    import jinja2

Values = Callable[[Views], dict[str, Any]]

DOCUMENTS: dict[str, tuple[str, Values | None]] = {
    "module/README.md": ("readme.md.j2", readme.values),
    "migration/runbook.md": ("runbook.md.j2", runbook.values),
    "migration/rollback.md": ("rollback.md.j2", None),
    "migration/pull_request.md": ("pull_request.md.j2", pull_request.values),
    "migration/validation.md": ("validation.md.j2", validation.values),
    "migration/timeline.md": ("timeline.md.j2", timeline.values),
    "migration/required_outputs.md": ("required_outputs.md.j2", required_outputs.values),
}
"""Path of each document to its template, and what only this template needs."""


def build_documents(context: DocumentContext) -> dict[str, bytes]:
    """Every document by its path; UTF-8, the same bytes for the same context."""
    views = Views(context)
    shared = {**shared_values(views), **early_values(views)}
    templates = _templates()
    documents: dict[str, bytes] = {}
    for path, (name, own) in DOCUMENTS.items():
        values = {**shared, **(own(views) if own is not None else {})}
        documents[path] = markdown.tidy(templates.get_template(name).render(values))
    return documents


def _templates() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tfhoist.documents", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": markdown.cell,
        "code": markdown.code,
        "codes": markdown.codes,
        "fence": lambda text, language: markdown.fence(text, language) + "\n",
        "marked": markdown.marked,
        "prose": markdown.prose,
        "shell": markdown.shell,
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
    }
    return environment
