"""What the shared module offers and takes: outputs with their types, variables with their defaults, the PRD's lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from tfhoist.boundary.model import ModuleOutput, ModuleVariable
from tfhoist.boundary.pins import hcl_value
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Module
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.routes import LOAD_BALANCERS, RECORDS, TARGET_GROUPS
from tfhoist.hcl.syntax import parse_file
from tfhoist.values.types import has_unknown

_LEAF = re.compile(r"\.([A-Za-z_]\w*)\s*[\])}]*\s*\Z")


def output_type(module: Module, output: ModuleOutput, variables: tuple[ModuleVariable, ...]) -> str:
    """The type that a reader gets, by the form of the expression; for people, not for a proof."""
    expression = output.expression.strip()
    if expression.startswith("{"):
        return "map(string)"
    if output.listed:
        return "list of one"
    if "[*]" in expression:
        return "list(string)"
    if expression.startswith("var."):
        return next((variable.type for variable in variables if expression == f"var.{variable.name}"), "string")
    leaf = _LEAF.search(expression)
    name = leaf.group(1) if leaf is not None else ""
    if output.producer.startswith("module."):
        child = module.children.get(output.producer.split(".")[1])
        declaration = child.get(f"output.{name}") if child is not None else None
        value = declaration.body.attribute("value") if declaration is not None else None
        if declaration is not None and value is not None:
            text = declaration.file.text(value.value_start, value.value_end)
            return "list(string)" if "[*]" in text or text.startswith("[") else "string"
    if name.endswith(("_ids", "_arns", "subnets", "_blocks", "_groups", "_names")):
        return "list(string)"
    if name in ("port", "priority", "from_port", "to_port"):
        return "number"
    return "string"


class RequiredKind(msgspec.Struct, frozen=True):
    """One line of the PRD's list of required outputs: what it's about, and the outputs that give it.

    `missing` are the moved addresses without such an output; `empty` is true when nothing of the kind moves.
    """

    title: str
    outputs: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    empty: bool


_KINDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("ALB ARNs", LOAD_BALANCERS, "arn"),
    ("ALB DNS names", LOAD_BALANCERS, "dns_name"),
    ("Target group ARNs", TARGET_GROUPS, "arn"),
    ("IAM role ARNs", ("aws_iam_role",), "arn"),
    ("Security group IDs", ("aws_security_group",), "id"),
)


def required_outputs(context: DocumentContext) -> tuple[RequiredKind, ...]:
    """The PRD's list beside the outputs that there are."""
    found: list[RequiredKind] = []
    offered: dict[str, list[ModuleOutput]] = {}
    for output in context.boundary.outputs:
        offered.setdefault(output.producer, []).append(output)
    for title, types, attribute in _KINDS:
        addresses = [address for address in context.moved if address.split(".")[0] in types]
        pairs: list[tuple[str, str]] = []
        missing: list[str] = []
        ends = re.compile(rf"\.{attribute}\s*[\])}}]*\s*\Z")
        for address in addresses:
            names = [output.name for output in offered.get(address, ()) if ends.search(output.expression)]
            pairs += [(name, address) for name in names]
            missing += [address] if not names else []
        found.append(RequiredKind(title, tuple(pairs), tuple(missing), not addresses))
    records = [address for address in context.moved if address.split(".")[0] in RECORDS]
    zones = [
        (output.name, output.producer)
        for output in context.boundary.outputs
        if (output.producer.startswith("aws_route53_zone.") and "zone_id" in output.name)
        or (not output.producer and "zone_id" in output.name)
    ]
    found.insert(
        4, RequiredKind("Route53 zone IDs", tuple(zones), () if zones else tuple(records), not (zones or records))
    )
    return tuple(found)


class Input(msgspec.Struct, frozen=True):
    """A variable of the shared module for a reader: `default` is HCL on one line, None when it has to be given."""

    name: str
    type: str
    description: str
    default: str | None
    origin: str
    passed: bool
    sensitive: bool


def inputs(context: DocumentContext) -> tuple[Input, ...]:
    """The variables, by name. A sensitive default is never shown."""
    found: list[Input] = []
    for variable in context.variables:
        file = parse_file("variables.tf", variable.declaration.encode())
        body = file.body.blocks[0].body if file.body.blocks else None
        default = body.attribute("default") if body is not None else None
        text = file.text(default.value_start, default.value_end) if default is not None else None
        if text is not None and variable.sensitive:
            text = "(sensitive)"
        found.append(
            Input(
                variable.name, " ".join(variable.type.split()), variable.description,
                " ".join(text.split()) if text is not None else None, variable.origin, variable.passed, variable.sensitive,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.name))


def input_value(context: DocumentContext, one: Input, environment: Environment, pins: Mapping[str, str]) -> str:
    """What an environment gives a variable, as HCL; "" for the default, "(secret)" and "(from outside)" for what isn't shown."""
    if one.sensitive:
        return "(secret)"
    pin = context.boundary.pins.get(pins.get(one.name, one.name))
    if one.origin == "pinned" and pin is not None:
        value = pin.values.get(environment.name)
        return hcl_value(value) if value is not None else "(unknown)"
    if not one.passed or one.name not in environment.assignments:
        known = environment.values.get(one.name)
        outside = one.passed and one.default is None and (known is None or has_unknown(known))
        return "(from outside)" if outside else ""
    value_ = environment.values.get(one.name)
    return hcl_text(value_) if value_ is not None and not has_unknown(value_) else "(from outside)"


def pin_variables(context: DocumentContext) -> dict[str, str]:
    """The name of each pinned variable to the name of its pin: a pin whose name was taken has a prefix."""
    pins = context.boundary.pins
    found: dict[str, str] = {}
    for variable in context.variables:
        if variable.origin != "pinned":
            continue
        bare = variable.name if variable.name in pins else variable.name.removeprefix("pinned_")
        bare = bare if bare in pins else re.sub(r"_\d+\Z", "", bare)
        found[variable.name] = bare
    return found
