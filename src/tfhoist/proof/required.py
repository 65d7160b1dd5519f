"""What a platform team was promised of every shared module, whoever reads it: the request's required variables and outputs.

The lists are the request's own ("Variable Requirements", "Required Outputs"), written down here a second time: the proof asks the
files, and takes nobody's word for what has to be in them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.model import Declaration
from tfhoist.hcl import parser
from tfhoist.proof.compare import differences
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.sides import Opened
from tfhoist.proof.term import Term, walk
from tfhoist.proof.terms import Terms

VARIABLES = ("environment", "project_name", "aws_region", "certificate_arn", "route53_zone_id")

OUTPUTS: dict[str, tuple[str, ...]] = {
    "aws_lb": ("arn", "dns_name"),
    "aws_alb": ("arn", "dns_name"),
    "aws_lb_target_group": ("arn",),
    "aws_alb_target_group": ("arn",),
    "aws_iam_role": ("arn",),
    "aws_route53_zone": ("zone_id",),
    "aws_security_group": ("id",),
}
"""Type to the attributes that are offered of each resource of it that the service root itself had."""

ZONE = "route53_zone_id"
"""The zone is an input, and its id is among the required outputs."""


def check_required(opened: Opened, terms: Terms) -> Iterator[Obligation]:
    """One obligation for each required variable and output, in one environment."""
    if opened.shared is None:
        return
    where = opened.shared.module.folder
    for name in VARIABLES:
        there = opened.shared.module.get(f"var.{name}") is not None
        detail = "" if there else "it's gone: the shared module has to take it"
        yield Obligation("required", f"{where}: var.{name}", opened.name, HOLDS if there else FAILS, detail)
    offered = _offered(opened, terms)
    passed_on = terms.unmarked(opened.shared.variable(ZONE))
    yield _output(f"{where}: var.{ZONE}", [passed_on], offered, opened, terms, frozenset())
    for address, found in sorted(opened.moved.items()):
        declaration = found.declaration
        if found.scope is not opened.shared or declaration.kind != "resource":
            continue
        for attribute in OUTPUTS.get(declaration.type, ()):
            source = _expression(declaration, attribute).encode()
            wanted = terms.unmarked(opened.shared.normal(parser.parse_expression(source, 0, len(source))))
            several = [wanted, terms.make("tuple", wanted)]
            reads: frozenset[object] = frozenset((address, attribute))
            yield _output(f"{address}.{attribute}", several, offered, opened, terms, reads)


def _output(
    address: str, wanted: list[Term], offered: list[Term], opened: Opened, terms: Terms, reads: frozenset[object]
) -> Obligation:
    """Some output has the value, alone or in a list of one; undecided where one that `reads` the same may have it in another form."""
    if any(one is other for one in wanted for other in offered):
        return Obligation("required", address, opened.name, HOLDS)
    result = FAILS
    for other in offered:
        for one in wanted:
            found = differences(terms, one, other, relaxed=False)
            if not found:
                return Obligation("required", address, opened.name, HOLDS)
            near = reads and reads <= {
                part.parts[-1] if part.kind == "const" else part.parts[0] for part in walk(other)
            }
            if near and all(difference.result != FAILS for difference in found):
                result = UNDECIDED
    detail = "no central output has it, and it's one of the required outputs"
    if result == UNDECIDED:
        detail = "whether a central output has it, in another form, can't be told, and it's one of the required outputs"
    return Obligation("required", address, opened.name, result, detail)


def _offered(opened: Opened, terms: Terms) -> list[Term]:
    values = (d.expression("value") for d in opened.central.root.module.of("output"))
    return [terms.unmarked(opened.central.root.normal(value)) for value in values if value is not None]


def _expression(declaration: Declaration, attribute: str) -> str:
    """The attribute of all instances: a list for `count`, a map by key for `for_each`."""
    if declaration.body.attribute("count") is not None:
        return f"{declaration.address}[*].{attribute}"
    if declaration.body.attribute("for_each") is not None:
        return f"{{ for key, instance in {declaration.address} : key => instance.{attribute} }}"
    return f"{declaration.address}.{attribute}"
