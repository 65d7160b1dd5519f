"""How facts read: actions and conditions in one form, from the files and from AWS alike."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tfhoist.routing.model import Action
from tfhoist.validation.model import Condition

_WORDS = {"host_header": "host", "path_pattern": "path", "http_request_method": "method", "source_ip": "source"}


def action_text(action: Action) -> str:
    """An action with its target groups in the order of their names, since AWS keeps none."""
    targets = tuple(sorted(action.targets, key=lambda one: (one.name or one.address, one.weight)))
    return msgspec.structs.replace(action, targets=targets).text()


def condition_text(condition: Condition) -> str:
    """One condition; of a hidden one only what it looks at."""
    if condition.kind == "query_string":
        word = "query"
    elif condition.kind == "http_header":
        word = f"header {condition.name}"
    else:
        word = _WORDS.get(condition.kind, condition.kind)
    return word if condition.hidden else f"{word} {' or '.join(condition.values)}"


def conditions_text(conditions: Iterable[Condition]) -> str:
    """All of them, in their order; `any request` for none."""
    return " and ".join(map(condition_text, sorted(conditions))) or "any request"


def counted(number: int, noun: str) -> str:
    """`1 policy`, `2 listeners`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
