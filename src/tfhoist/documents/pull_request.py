"""The texts of the two pull requests."""

from __future__ import annotations

from typing import Any

from tfhoist.documents import diagrams
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.markdown import cell, code, prose, table
from tfhoist.documents.offers import inputs
from tfhoist.documents.texts import grouped, listed, slug
from tfhoist.documents.views import Views


def values(views: Views) -> dict[str, Any]:
    """What `pull_request.md.j2` needs."""
    context = views.context
    own = slug(context.service)
    folders = [view.folder for view in views.environments]
    files = [f"{context.module_folder}/", *(f"{folder}/{own}*" for folder in folders)]
    files += ["docs/resource_registry.md", f"registry/{own}.json"]
    taken = inputs(context)
    secret = [one.name for one in taken if one.passed and one.sensitive]
    readers = sorted({downlink.consumer for downlink in context.boundary.downlinks})
    categories = [
        f"- {prose(title)} ({len(addresses)})\n  - " + grouped(addresses).replace("; ", "\n  - ")
        for title, addresses in views.categories
    ]
    return {
        "env_list": listed([prose(view.name) for view in views.environments]),
        "ownership": diagrams.ownership(views),
        "category_list": "\n".join(categories),
        "effect_table": _effects(views),
        "inputs_text": ", ".join(code(one.name) for one in taken if one.passed) or "none",
        "hard_coded": ", ".join(code(one.name) for one in taken if one.origin == "hard-coded"),
        "aliases": views.providers,
        "claims": _claims(views),
        "new_files": listed([code(file) for file in files]),
        "secret_files": ", ".join(
            code(f"{view.folder}/{own}.secrets.auto.tfvars")
            for view in views.environments
            if any(name in view.environment.assignments for name in secret)
        ),
        "stays_text": _stays(context),
        "downlinks": len(context.boundary.downlinks),
        "readers": readers,
        "readers_text": grouped(readers),
        "central_places": _places(views),
    }


def _effects(views: Views) -> str:
    rows = []
    for view in views.environments:
        instances = str(view.moves.instances) if view.moves.instances is not None else "-"
        changes = "0 to add, 0 to change, 0 to destroy"
        created = f"{len(views.context.boundary.outputs)} created"
        rows.append((cell(view.name), str(len(view.moves.addresses)), instances, changes, created))
    return table(("Environment", "Addresses", "Instances", "Plan after the move", "Outputs"), rows)


def _claims(views: Views) -> str:
    """Hosts, paths, records and priorities: what a reviewer compares with the registry."""
    lines: list[str] = []
    for title, found in (
        ("Hosts", {host for view in views.environments for rule in view.routes.rules for host in rule.hosts}),
        (
            "Paths",
            {path for view in views.environments for rule in view.routes.rules for path in rule.paths or ("/*",)},
        ),
        ("DNS records", {record.name for view in views.environments for record in view.routes.records if record.name}),
    ):
        if found:
            lines.append(f"- {title}: {', '.join(code(text) for text in sorted(found))}")
    priorities: dict[str, set[int]] = {}
    for view in views.environments:
        for rule in view.routes.rules:
            if rule.priority is not None:
                priorities.setdefault(rule.listener, set()).add(rule.priority)
    lines += [
        f"- Priorities on {code(listener) or 'a listener from outside'}: {', '.join(map(str, sorted(numbers)))}"
        for listener, numbers in sorted(priorities.items())
    ]
    return "\n".join(lines) or "None: no routing rule and no record moves."


def _stays(context: DocumentContext) -> str:
    kinds: dict[str, int] = {}
    for address in context.stays:
        kind = address.split(".")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    return ", ".join(f"{count} {code(kind)}" for kind, count in sorted(kinds.items()))


def _places(views: Views) -> str:
    found = []
    for view in views.environments:
        place = "/".join(value for key, value in view.central.where if key in ("bucket", "key", "prefix", "path"))
        found.append(f"{prose(view.name)}: {code(place) or 'its backend'}")
    return ", ".join(found)
