"""What of a block that stays is pinned for its readers that move: one value, those of all its instances, or parts of a whole."""

from __future__ import annotations

from tfhoist.boundary.crossing import COUNT, FOR_EACH, SINGLE, multiplicity
from tfhoist.boundary.pins import hcl_value
from tfhoist.configuration.model import Declaration, address_steps
from tfhoist.hcl.references import Reference


def has_constant_index(reference: Reference) -> bool:
    """Whether which instance is read stands there as a number or text."""
    indexes = [step for step in reference.steps[address_steps(reference) :] if step.kind == "index"]
    return all(step.key is not None for step in indexes)


def pinned_of_whole(producer: Declaration, read: frozenset[str]) -> tuple[str, str] | None:
    """What is pinned of a whole that stays, and its type: the attributes that are read, of each instance.

    Of instances that are only counted or named it's their ids. None where no attribute tells the whole: a module without a
    reading, or several instances of one.
    """
    many = multiplicity(producer)
    if producer.kind == "module" and many != SINGLE:
        return None
    if not read:
        return None if many == SINGLE else (_EACH[many].format(of=producer.address, item="instance.id"), "")
    address = producer.address if many == SINGLE else "instance"
    item = "{ " + ", ".join(f"{leaf} = {address}.{leaf}" for leaf in sorted(read)) + " }"
    if many == SINGLE:
        return item, ""
    # of any type it stays the tuple or object that all instances are, and what reads it gives what it gave
    return _EACH[many].format(of=producer.address, item=item), "any"


_EACH = {COUNT: "[for instance in {of} : {item}]", FOR_EACH: "{{ for key, instance in {of} : key => {item} }}"}


_KNOWN_ANYWHERE = ("each", "count", "var", "local")
"""What an index may be made of that means the same in the shared module."""


def all_instances(reader: Declaration, reference: Reference, producer: Declaration) -> tuple[str, str]:
    """What has the attribute of one instance among others (`x.y[0].id`, `x.y[each.key].id`), and its index; empty for anything else."""
    past = address_steps(reference)
    steps = reference.steps[past:]
    many = multiplicity(producer)
    kinds = [step.kind for step in steps]
    if many == COUNT and kinds == ["splat", "attribute", "index"] and _is_legacy(reader, reference, past):
        start, end, place = steps[1].end, steps[2].end, steps[2]  # `x.y.*.id[count.index]` is `x.y[count.index].id`
    elif many != SINGLE and kinds == ["index", "attribute"]:
        start, end, place = reference.steps[past - 1].end, steps[0].end, steps[0]
    else:
        return "", ""
    if any(inner.root not in _KNOWN_ANYWHERE for inner in reader.file.references_in(start, end) if inner.start > start):
        return "", ""
    index = reader.file.text(start, end).strip() if place.key is None else f"[{_literal(place.key)}]"
    if not index.startswith("["):  # the legacy form, `x.y.0.id`
        return "", ""
    leaf = str(steps[1].key)
    if many == COUNT:
        return f"{producer.address}[*].{leaf}", index
    return f"{{ for key, instance in {producer.address} : key => instance.{leaf} }}", index


def _is_legacy(reader: Declaration, reference: Reference, past: int) -> bool:
    """Whether a splat is written `.*`: what stands behind its attribute is then about the whole list."""
    return reader.file.text(reference.steps[past - 1].end, reference.steps[past].end).strip().startswith(".")


def _literal(key: str | int) -> str:
    return hcl_value(key) if isinstance(key, str) else str(key)
