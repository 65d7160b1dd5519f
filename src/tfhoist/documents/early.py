"""What an apply before the states are moved does: the `import` blocks of each central root, and what has none."""

from __future__ import annotations

from typing import Any

from tfhoist.documents.markdown import cell, code, codes, prose, table
from tfhoist.documents.texts import listed, number, slug
from tfhoist.documents.views import Views


def early_values(views: Views) -> dict[str, Any]:
    """What the runbook, the rollback and the pull requests say of it."""
    context = views.context
    imports = context.imports
    unknown = [prose(view.name) for view in views.environments if view.key not in imports]
    partly = [view for view in views.environments if view.key in imports and imports[view.key].created]
    safe = not unknown and not partly
    known = [imports[view.key] for view in views.environments if view.key in imports]
    return {
        "early_safe": safe,
        "early_imports": any(one.blocks for one in known),
        "early_unknown": listed(unknown) if unknown else "",
        "early_row": _row(safe, unknown, [prose(view.name) for view in partly]),
        "early_table": _table(views),
        "early_left": [
            {"name": prose(view.name), "why": prose(why), "addresses": codes(addresses)}
            for view in partly
            for why, addresses in _by_reason(view.key, views).items()
        ],
        "early_unseen": _unseen(views),
        "imports_file": f"{slug(context.service)}_imports.tf",
    }


def _row(safe: bool, unknown: list[str], partly: list[str]) -> str:
    imported = "Imports what moves, and creates nothing"
    if safe:
        return f"{imported}: `import` blocks. Safe. **If the plan shows any `create` all the same, stop.**"
    parts = []
    if unknown:
        parts.append(f"**In {listed(unknown)}: creates everything a second time.**")
    if partly:
        parts.append(f"**In {listed(partly)}: imports what moves, and creates what is named above a second time.**")
    return " ".join([*parts, "**If the plan shows any `create`, stop.**"])


def _table(views: Views) -> str:
    rows = []
    for view in views.environments:
        imports = views.context.imports.get(view.key)
        blocks = (
            number(len(imports.blocks), "`import` block") if imports is not None else "none: its state wasn't given"
        )
        left = str(len(imports.created)) if imports is not None else "everything"
        rows.append((cell(view.name), blocks, left))
    return table(("Environment", "Its central root", "Instances that nothing imports"), rows)


def _by_reason(environment: str, views: Views) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in views.context.imports[environment].created:
        found.setdefault(one.why, []).append(one.address)
    return found


def _unseen(views: Views) -> str:
    """The arguments that an import can't know, with the addresses where they're set anywhere."""
    found: dict[str, set[str]] = {}
    for imports in views.context.imports.values():
        for block in imports.blocks:
            for name in block.unknown:
                found.setdefault(name, set()).add(block.address)
    return "; ".join(f"{code(name)} of {codes(sorted(addresses))}" for name, addresses in sorted(found.items()))
