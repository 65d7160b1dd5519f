"""Why some mutants survive rightly: they don't change what Terraform does. Each reason is checked for each mutant."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.mutants.registry import Draft, Kind
from tests.mutants.results import Result


class Equivalent(NamedTuple):
    """A reason why a mutant means the same, and whether it holds for one."""

    name: str
    reason: str
    applies: Callable[[Kind, Result, Draft], bool]


EQUIVALENTS: list[Equivalent] = []


def explain(kind: Kind, result: Result, draft: Draft) -> str:
    """The reason why a mutant means the same as the result that it was made of, "" if there's none."""
    return next((one.name for one in EQUIVALENTS if one.applies(kind, result, draft)), "")
