"""Names of outputs and pinned inputs."""

from __future__ import annotations

import re

from tfhoist.configuration.model import Declaration

_KINDS = {
    "aws_lb": "alb",
    "aws_alb": "alb",
    "aws_lb_target_group": "target_group",
    "aws_alb_target_group": "target_group",
    "aws_lb_listener": "listener",
    "aws_alb_listener": "listener",
    "aws_lb_listener_rule": "listener_rule",
    "aws_iam_role": "role",
    "aws_iam_policy": "policy",
    "aws_route53_zone": "zone",
    "aws_route53_record": "record",
}
_SPACES = re.compile(r"\s+")


def interface_name(declaration: Declaration, attributes: tuple[str, ...]) -> str:
    """`main_alb_arn`, `api_target_group_arn`, `vpc_id`: the name, the kind and the attribute of what crosses.

    What would stand twice stands once: `alb_security_group_id`, and `vpc_id` for the output `vpc_id` of module `vpc`.
    """
    name = _identifier(declaration.name)
    leaf = _identifier("_".join(attributes))
    if declaration.kind == "module":
        if not leaf:
            return name
        return leaf if leaf == name or leaf.startswith(f"{name}_") else f"{name}_{leaf}"
    kind = _KINDS.get(declaration.type) or declaration.type.partition("_")[2] or declaration.type
    if declaration.type == "aws_lb" and declaration.literal("load_balancer_type") in ("network", "gateway"):
        kind = {"network": "nlb", "gateway": "gwlb"}[str(declaration.literal("load_balancer_type"))]
    kind = _identifier(kind)
    whole = name if name == kind or name.endswith(f"_{kind}") else f"{name}_{kind}"
    return f"{whole}_{leaf}" if leaf else whole


def _identifier(text: str) -> str:
    cleaned = re.sub(r"\W", "_", text)
    return f"_{cleaned}" if cleaned[:1].isdigit() else cleaned


def normal_text(expression: str) -> str:
    """An expression's text with its blanks folded, to compare two of them."""
    return _SPACES.sub("", expression)


def unique(name: str, taken: set[str]) -> str:
    """The name, or with the first number behind it that isn't taken."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
