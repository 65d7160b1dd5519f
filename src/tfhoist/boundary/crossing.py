"""One reference that crosses: the output that carries it, and how the reader reads that.

| producer            | reference        | output                              | reader              |
|---------------------|------------------|-------------------------------------|---------------------|
| single              | `x.y.a`          | `x.y.a`                             | `OUT`               |
| single, below       | `x.y.a[0].b`     | `x.y.a`                             | `OUT[0].b`          |
| `count`             | `x.y[i].a`       | `x.y[*].a`                          | `OUT[i]`            |
| `count`             | `x.y[*].a`       | `x.y[*].a`                          | `OUT`               |
| `count`             | `length(x.y)`    | `x.y[*].id`                         | `length(OUT)`       |
| `for_each`          | `x.y[k].a`       | `{for k, v in x.y : k => v.a}`      | `OUT[k]`            |
| passed on as whole  | `x.y`            | `{ a = x.y.a }`, what is read of it | `OUT`               |
| all of it may count | `jsonencode(x.y)`| `x.y`                               | `jsonencode(OUT)`   |

An output never indexes centrally (it would fail when the count is 0), and never reads below an attribute of the provider's
schema (a key or a field may be missing, which only the reader may know to be impossible): the reader keeps its own steps.
"""

from __future__ import annotations

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


class AllOfIt(CannotCross):
    """A whole of which all may count: it can cross only as it is."""


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
        raise CannotCross(f"the whole of {address} crosses the boundary", "Read single attributes of it.")
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


def reads_whole(reference: Reference, declaration: Declaration) -> bool:
    """Whether a reference reads a whole resource or module, or whole instances of it."""
    steps = reference.steps[address_steps(reference) :]
    if not steps:
        return True
    many = multiplicity(declaration)
    if steps[0].kind == "attribute" or many == SINGLE or (steps[0].kind == "splat" and many == FOR_EACH):
        return False
    return len(steps) == 1 or steps[1].kind != "attribute"


def project(reference: Reference, declaration: Declaration, read: frozenset[str], wanted: frozenset[str]) -> Crossing:
    """How a whole crosses of which some attributes are read; `wanted` are those that all its readers read.

    Of several instances whose number or keys alone are read, the ids cross.
    """
    address, many = declaration.address, multiplicity(declaration)
    past = address_steps(reference)
    keep = ((reference.steps[past - 1].end, reference.end),) if len(reference.steps) > past else ()
    if not read and many != SINGLE and declaration.kind == "resource":
        return Crossing(_each(address, "id", many), ("id",), ("id",), keep)
    leaves = sorted(
        wanted or ({"id"} if declaration.kind == "resource" else ())
    )  # a module need not have an output `id`
    if many == SINGLE:
        return Crossing(_object(address, leaves), (), (), keep)
    each = _object("instance", leaves)
    if many == COUNT:
        return Crossing(f"[for instance in {address} : {each}]", (), (), keep)
    return Crossing(f"{{ for key, instance in {address} : key => {each} }}", (), (), keep)


def entire(reference: Reference, declaration: Declaration) -> Crossing:
    """How a whole crosses of which all may count: as it is, with every attribute that the provider gives it."""
    past = address_steps(reference)
    keep = ((reference.steps[past - 1].end, reference.end),) if len(reference.steps) > past else ()
    return Crossing(declaration.address, (), (), keep)


def _object(source: str, leaves: list[str]) -> str:
    return "{ " + ", ".join(f"{leaf} = {source}.{leaf}" for leaf in leaves) + " }" if leaves else "{}"
