"""The DNS records of a root by their hosts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tfhoist.audit.scopes import Evaluation
from tfhoist.configuration.model import Declaration


class HostRecord(NamedTuple):
    """The records of one host: what they point at, and the first block of them."""

    block: str
    declaration: Declaration
    targets: set[str]


def records_of(evaluations: Iterable[Evaluation]) -> dict[str, HostRecord]:
    """Host name to its records of this root; also those of a count of 0, and of every environment."""
    found: dict[str, HostRecord] = {}
    for evaluation in evaluations:
        for owner in evaluation.modules:
            for declaration in owner.module.of("resource"):
                if declaration.type != "aws_route53_record":
                    continue
                for record in owner.instances(declaration) or (owner.instance_of_any(declaration),):
                    name = record.text("name")
                    if name is None:
                        continue
                    one = found.setdefault(name.lower().rstrip("."), HostRecord(record.block, declaration, set()))
                    for block in record.nested("alias"):
                        attribute = block.body.attribute("name")
                        target = record.target(attribute.expression) if attribute is not None else None
                        if target is not None:
                            one.targets.add(target.split("#")[0])
    return found
