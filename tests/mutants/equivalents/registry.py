"""The registry of reasons why a mutant may survive."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.mutants.changes import After, Change, changed
from tests.mutants.registry import Draft
from tests.mutants.results import Result


class Equivalent(NamedTuple):
    """A reason why a change means nothing, and whether it holds for one."""

    name: str
    reason: str
    applies: Callable[[Change, After], bool]


EQUIVALENTS: list[Equivalent] = []


def reason(name: str, text: str) -> Callable[[Callable[[Change, After], bool]], Callable[[Change, After], bool]]:
    """Register a reason."""

    def register(applies: Callable[[Change, After], bool]) -> Callable[[Change, After], bool]:
        EQUIVALENTS.append(Equivalent(name, text, applies))
        return applies

    return register


def explain(result: Result, draft: Draft) -> str:
    """The reasons why a mutant means the same as the result that it was made of, "" if something has none."""
    files = {path: content for path, content in result.files.items() if path not in draft.changes}
    files |= {path: content for path, content in draft.changes.items() if content is not None}
    after = After(result, files)
    found: set[str] = set()
    for change in changed(result, draft.changes):
        name = next((one.name for one in EQUIVALENTS if one.applies(change, after)), "")
        if not name:
            return ""
        found.add(name)
    return ", ".join(sorted(found)) or "layout"
