"""One reference that crosses: the output that carries it, and how the reader reads that.

| producer            | reference        | output                              | reader              |
|---------------------|------------------|-------------------------------------|---------------------|
| single              | `x.y.a`          | `x.y.a`                             | `OUT`               |
| single, nested list | `x.y.a[0].b`     | `x.y.a[*].b`                        | `OUT[0]`            |
| `count`             | `x.y[i].a`       | `x.y[*].a`                          | `OUT[i]`            |
| `count`             | `x.y[*].a`       | `x.y[*].a`                          | `OUT`               |
| `count`             | `length(x.y)`    | `x.y[*].id`                         | `length(OUT)`       |
| `for_each`          | `x.y[k].a`       | `{for k, v in x.y : k => v.a}`      | `OUT[k]`            |

An output never indexes centrally (it would fail when the count is 0), and the reader keeps its own index.
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

    `attributes` names the leaf; `keep` lists slices of the source kept in order; `splat` puts `[*]` behind the output.
    """

    expression: str
    attributes: tuple[str, ...]
    keep: tuple[tuple[int, int], ...]
    splat: bool = False


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
        return _single(address, steps, start, reference)
    if first.kind == "splat":
        if many == FOR_EACH:
            raise CannotCross(
                f"a splat over {address}, which has `for_each`",
                "Read its values one by one, or with `for`, in one place.",
            )
        names, used = _attributes(steps[1:])
        if not names:
            raise CannotCross(f"the whole of every {address}", "Read one attribute of it (`[*].id`).")
        rest = (steps[used].end, reference.end) if used < len(steps) else (reference.end, reference.end)
        legacy = file.source[start : first.end].strip().startswith(b".")
        tail = rest[1] > rest[0]
        return Crossing(f"{address}[*].{'.'.join(names)}", names, (rest,) if tail else (), splat=tail and not legacy)
    if first.kind != "index":
        raise CannotCross(
            f"{address} has `{many}`, but is read without an instance key", "Terraform rejects it too; add the key."
        )
    names, used = _attributes(steps[1:])
    if not names:
        raise CannotCross(f"a whole instance of {address}", "Read one attribute of it; whole resources don't cross.")
    keep = [(start, first.end)]
    if used < len(steps) - 1:
        keep.append((steps[used].end, reference.end))
    leaf = ".".join(names)
    expression = (
        f"{address}[*].{leaf}" if many == COUNT else f"{{ for key, instance in {address} : key => instance.{leaf} }}"
    )
    return Crossing(expression, names, tuple(keep))


def _attributes(steps: tuple[Step, ...]) -> tuple[tuple[str, ...], int]:
    names: list[str] = []
    for step in steps:
        if step.kind != "attribute":
            break
        names.append(str(step.key))
    return tuple(names), len(names)


def _single(address: str, steps: tuple[Step, ...], start: int, reference: Reference) -> Crossing:
    names, used = _attributes(steps)
    if not names:
        raise CannotCross(f"{address} has one instance, but is read with an index", "Terraform rejects it too.")
    leaf = ".".join(names)
    if used == len(steps):
        return Crossing(f"{address}.{leaf}", names, ())
    position = steps[used - 1].end
    following = steps[used]
    inner, count = _attributes(steps[used + 1 :])
    if following.kind == "index" and isinstance(following.key, int) and inner:
        keep = [(position, following.end)]
        if used + 1 + count < len(steps):
            keep.append((steps[used + count].end, reference.end))
        return Crossing(f"{address}.{leaf}[*].{'.'.join(inner)}", (*names, *inner), tuple(keep))
    return Crossing(f"{address}.{leaf}", names, ((position, reference.end),))


_BEFORE_LENGTH = re.compile(rb"\b(?:length|keys)\(\s*\Z")
_CLOSES = re.compile(rb"\s*\)")


def _whole(file: File, reference: Reference, declaration: Declaration, many: str) -> Crossing:
    address = declaration.address
    before = file.source[max(0, reference.start - 40) : reference.start]
    counted = _BEFORE_LENGTH.search(before) is not None and _CLOSES.match(file.source, reference.end) is not None
    if declaration.kind == "resource" and counted and many != SINGLE:
        expression = (
            f"{address}[*].id" if many == COUNT else f"{{ for key, instance in {address} : key => instance.id }}"
        )
        return Crossing(expression, ("id",), ())
    raise CannotCross(
        f"the whole of {address} crosses the boundary",
        "Read single attributes of it (`.arn`, `.id`): whole resources and modules don't cross; or put both blocks on one side.",
    )
