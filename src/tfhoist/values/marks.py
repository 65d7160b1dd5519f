"""Sensitivity of terms: not at all, in part, or as a whole.

Terraform marks values; a mark that is gained or lost plans an update even where the value is equal. What providers mark is
a table (`configuration.sensitive`), since schemas aren't at hand; functions follow Terraform's documentation page
"Sensitive Data": nearly all give a wholly marked result for a marked argument, those below pass the marks of items on.
"""

from __future__ import annotations

from collections.abc import Sequence

NONE = 0
SOME = 1
ALL = 2

_PASS_ITEMS_ON = frozenset(
    "chunklist coalesce coalescelist compact concat distinct element flatten lookup matchkeys merge one reverse setintersection "
    "setproduct setsubtract setunion slice tolist tomap toset transpose try values zipmap".split()
)
_ASK_THE_WHOLE = frozenset("can keys length type".split())


def of_call(name: str, arguments: Sequence[int]) -> int:
    """The marks of a call by the marks of its arguments."""
    most = max(arguments, default=NONE)
    if name in ("nonsensitive", "issensitive"):
        return NONE
    if name in _PASS_ITEMS_ON:
        return most
    if name in _ASK_THE_WHOLE:
        return ALL if most == ALL else NONE
    return ALL if most else NONE


def of_branches(condition: int, yes: int, no: int) -> int:
    """The marks of a conditional."""
    if condition or (yes == ALL and no == ALL):
        return ALL
    return SOME if yes or no else NONE
