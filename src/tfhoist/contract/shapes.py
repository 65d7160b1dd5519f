"""Shapes: as much of a value's type as files or a state tell, and as a reader relies on.

Terraform converts between primitive types, and between lists, sets and tuples, and maps and objects, wherever it can. What it never
does is take one of these for another, so that is what shapes tell apart.
"""

from __future__ import annotations

import msgspec

from tfhoist.configuration.type_constraints import Type
from tfhoist.state.cty import PRIMITIVES, CtyType

PRIMITIVE, SEQUENCE, MAPPING, UNKNOWN = "primitive", "sequence", "mapping", "unknown"


class Shape(msgspec.Struct, frozen=True):
    """`kind` is primitive, sequence, mapping or unknown; `inner` what each element is, `fields` the attributes of an object.

    `type` is the type in Terraform's words, where it's known exactly.
    """

    kind: str
    inner: Shape | None = None
    fields: dict[str, Shape] | None = None
    type: str = ""

    def said(self) -> str:
        """The type for people."""
        return self.type or {PRIMITIVE: "a single value", SEQUENCE: "a list", MAPPING: "a map or object"}.get(
            self.kind, "of an unknown type"
        )


ANYTHING = Shape(UNKNOWN)
SINGLE = Shape(PRIMITIVE)


def of_cty(type_: CtyType) -> Shape:
    """The shape of an exact type."""
    if isinstance(type_, str):
        return Shape(PRIMITIVE, type=type_) if type_ in PRIMITIVES else ANYTHING
    kind, inner = type_
    if kind == "object":
        return Shape(MAPPING, fields={name: of_cty(item) for name, item in inner}, type=type_text(type_))
    if kind == "map":
        return Shape(MAPPING, of_cty(inner), type=type_text(type_))
    if kind == "tuple":
        items = [of_cty(item) for item in inner]
        same = items[0] if items and all(item == items[0] for item in items) else None
        return Shape(SEQUENCE, same, type=type_text(type_))
    return Shape(SEQUENCE, of_cty(inner), type=type_text(type_))


def type_text(type_: CtyType) -> str:
    """A type as Terraform's documentation writes it."""
    if isinstance(type_, str):
        return "any" if type_ == "dynamic" else type_
    kind, inner = type_
    if kind == "object":
        return "object({" + ", ".join(f"{name} = {type_text(item)}" for name, item in inner) + "})"
    if kind == "tuple":
        return "tuple([" + ", ".join(type_text(item) for item in inner) + "])"
    return f"{kind}({type_text(inner)})"


def of_constraint(wanted: Type) -> Shape:
    """The shape that a type constraint asks for."""
    if wanted.kind in PRIMITIVES:
        return Shape(PRIMITIVE, type=wanted.kind)
    if wanted.kind in ("list", "set"):
        return Shape(SEQUENCE, of_constraint(wanted.items[0]))
    if wanted.kind == "tuple":
        return Shape(SEQUENCE)
    if wanted.kind == "map":
        return Shape(MAPPING, of_constraint(wanted.items[0]))
    if wanted.kind == "object":
        return Shape(
            MAPPING, fields={name: of_constraint(item) for name, item, optional, _ in wanted.fields if not optional}
        )
    return ANYTHING


def unlike(offered: Shape, wanted: Shape) -> bool:
    """Whether what is offered can't be what is wanted, whatever Terraform converts."""
    if UNKNOWN in (offered.kind, wanted.kind):
        return False
    if offered.kind != wanted.kind:
        return True
    if "bool" in (offered.type, wanted.type) and "number" in (offered.type, wanted.type):
        return True  # text converts to both, and neither to the other
    if wanted.fields is not None and offered.fields is not None:
        return any(
            name not in offered.fields or unlike(offered.fields[name], item) for name, item in wanted.fields.items()
        )
    if wanted.inner is not None and offered.inner is not None:
        return unlike(offered.inner, wanted.inner)
    return False
