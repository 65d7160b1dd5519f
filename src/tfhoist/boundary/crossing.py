"""One reference that crosses: the output that carries it, and how the reader reads that.

| producer            | reference        | output                              | reader              |
|---------------------|------------------|-------------------------------------|---------------------|
| single              | `x.y.a`          | `x.y.a`                             | `OUT`               |
| single, below       | `x.y.a[0].b`     | `x.y.a`                             | `OUT[0].b`          |
| `count`             | `x.y[i].a`       | `x.y[*].a`                          | `OUT[i]`            |
| `count`             | `x.y[*].a`       | `x.y[*].a`                          | `OUT`               |
| `count`             | `length(x.y)`    | `x.y[*].id`                         | `length(OUT)`       |
| `for_each`          | `x.y[k].a`       | `{for k, v in x.y : k => v.a}`      | `OUT[k]`            |

An output never indexes centrally (it would fail when the count is 0), and never reads below an attribute of the provider's
schema (a key or a field may be missing, which only the reader may know to be impossible): the reader keeps its own steps.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tfhoist.configuration.model import Declaration, address_steps
from tfhoist.hcl.references import Reference, Step
from tfhoist.hcl.syntax import File

SINGLE = "single"
COUNT = "count"
FOR_EACH = "for_each"


class Crossing(NamedTuple):
    """The expression of the output, and the bytes of the reference that the reader keeps behind it.

    `attributes` names the leaf; `path` is what the reader reads of the block, from the attribute on (None: an item that isn't
    known); `keep` lists slices of the source kept in order; `splat` is what stands between the output and those.
    """

    expression: str
    attributes: tuple[str, ...]
    path: tuple[str | int | None, ...]
    keep: tuple[tuple[int, int], ...] = ()
    splat: str = ""


class CannotCross(Exception):
    """Why a reference can't cross, and the way out."""

    def __init__(self, summary: str, advice: str) -> None:
        self.summary = summary
        self.advice = advice
        super().__init__(summary)


def multiplicity(declaration: Declaration) -> str:
    """Whether a block has one instance, or many by `count` or `for_each`."""
    if declaration.body.attribute("count") is not None:
        return COUNT
    return FOR_EACH if declaration.body.attribute("for_each") is not None else SINGLE


def cross(file: File, reference: Reference, declaration: Declaration) -> Crossing:
    """How a reference to a block of the other side crosses; raises `CannotCross`."""
    address = declaration.address
    past = address_steps(reference)
    steps = reference.steps[past:]
    start = reference.steps[past - 1].end
    many = multiplicity(declaration)
    if not steps:
        return _whole(file, reference, declaration, many)
    first = steps[0]
    if many == SINGLE and first.kind != "splat":
        if first.kind != "attribute":
            raise CannotCross(f"{address} has one instance, but is read with an index", "Terraform rejects it too.")
        keep = ((first.end, reference.end),) if len(steps) > 1 else ()
        return Crossing(f"{address}.{first.key}", (str(first.key),), _path(steps), keep)
    if first.kind == "splat":
        return _splat(file, reference, declaration, many, start, steps)
    if first.kind != "index":
        raise CannotCross(
            f"{address} has `{many}`, but is read without an instance key", "Terraform rejects it too; add the key."
        )
    if len(steps) < 2 or steps[1].kind != "attribute":
        raise CannotCross(f"a whole instance of {address}", "Read one attribute of it; whole resources don't cross.")
    leaf = str(steps[1].key)
    rest = ((steps[1].end, reference.end),) if len(steps) > 2 else ()
    return Crossing(_each(address, leaf, many), (leaf,), _path(steps[1:]), ((start, first.end), *rest))


def _each(address: str, leaf: str, many: str) -> str:
    if many == COUNT:
        return f"{address}[*].{leaf}"
    return f"{{ for key, instance in {address} : key => instance.{leaf} }}"


def _path(steps: tuple[Step, ...]) -> tuple[str | int | None, ...]:
    return tuple(step.key for step in steps)


def _splat(
    file: File, reference: Reference, declaration: Declaration, many: str, start: int, steps: tuple[Step, ...]
) -> Crossing:
    """`x.y[*].a.b` reads every `a` and goes on in each; the legacy `x.y.*.a[0]` takes the first of all `a`."""
    address = declaration.address
    if many == FOR_EACH:
        raise CannotCross(
            f"a splat over {address}, which has `for_each`", "Read its values one by one, or with `for`, in one place."
        )
    if len(steps) < 2 or steps[1].kind != "attribute":
        raise CannotCross(f"the whole of every {address}", "Read one attribute of it (`[*].id`).")
    leaf = str(steps[1].key)
    expression = f"{address}[*].{leaf}"
    if len(steps) == 2:
        return Crossing(expression, (leaf,), (leaf,))
    splat = "[*]"
    if file.source[start : steps[0].end].strip().startswith(b"."):
        splat = ".*" if steps[2].kind == "attribute" else ""
    return Crossing(expression, (leaf,), _path(steps[1:]), ((steps[1].end, reference.end),), splat)


_BEFORE_LENGTH = re.compile(rb"\b(?:length|keys)\(\s*\Z")
_CLOSES = re.compile(rb"\s*\)")


def _whole(file: File, reference: Reference, declaration: Declaration, many: str) -> Crossing:
    address = declaration.address
    before = file.source[max(0, reference.start - 40) : reference.start]
    counted = _BEFORE_LENGTH.search(before) is not None and _CLOSES.match(file.source, reference.end) is not None
    if declaration.kind == "resource" and counted and many != SINGLE:
        return Crossing(_each(address, "id", many), ("id",), ("id",))
    raise CannotCross(
        f"the whole of {address} crosses the boundary",
        "Read single attributes of it (`.arn`, `.id`): whole resources and modules don't cross; or put both blocks on one side.",
    )
