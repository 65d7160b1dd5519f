"""What may be null: a state keeps no output that is null, so that whoever read it would get an error.

Such a value travels in a list of one, and its reader takes the item: `[aws_lb.a.idle_timeout]` and `OUT[0]`.
"""

from __future__ import annotations

from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl.expressions import (
    Attr,
    Call,
    Conditional,
    Expression,
    Index,
    Literal,
    Parentheses,
    Template,
    Variable,
)

NEVER_NULL = frozenset(
    "id arn name dns_name zone_id arn_suffix endpoint address port url repository_url invoke_arn execution_arn fqdn "
    "cidr_block name_servers hosted_zone_id domain_name bucket function_name unique_id tags_all owner_id vpc_id "
    "result secret private_key_pem "
    "bucket_domain_name bucket_regional_domain_name website_endpoint registry_id key_id role_arn self_link".split()
)
"""Attributes that providers always fill."""

_DEEPEST = 30
"""Locals, variables and outputs behind each other that are followed; what stands further may be null."""


def attribute_may_be_null(producer: Declaration, name: str) -> bool:
    """Whether an attribute of a resource may be null."""
    return not (name in NEVER_NULL or name.endswith(("_arn", "_ids")) or producer.literal(name) is not None)


def output_may_be_null(module: Module, call: Declaration, name: str) -> bool:
    """Whether the files say that an output of a module may be null; of a module that isn't at hand they say nothing."""
    return _Nulls(module, None, None).output(call, name, 0)


class _Nulls:
    """One module, with the call that opened it and where that stands."""

    def __init__(self, module: Module, call: Declaration | None, outer: _Nulls | None) -> None:
        self.module = module
        self.call = call
        self.outer = outer

    def output(self, call: Declaration, name: str, depth: int) -> bool:
        child = self.module.children.get(call.name)
        output = child.get(f"output.{name}") if child is not None else None
        value = output.expression("value") if output is not None else None
        return child is not None and value is not None and _Nulls(child, call, self).says(value, depth + 1)

    def says(self, expression: Expression, depth: int) -> bool:
        """Whether an expression may be null, as far as it's written."""
        if depth > _DEEPEST:
            return True
        match expression:
            case Literal(value=value):
                return value is None
            case Parentheses(inner=inner) | Template(parts=(Parentheses(inner=inner),)):
                return self.says(inner, depth)
            case Conditional(yes=yes, no=no):
                return self.says(yes, depth) or self.says(no, depth)
            case Call(name="one"):
                return True
            case Call(name="try", arguments=arguments):
                return any(self.says(argument, depth) for argument in arguments)
            case Call(name="lookup", arguments=(_, _, default)):
                return self.says(default, depth)
            case Call(name="nonsensitive" | "sensitive" | "tostring" | "tonumber" | "tobool", arguments=(inner,)):
                return self.says(inner, depth)
            case Attr(target=Variable(name="var"), name=name):
                return self._variable(name, depth)
            case Attr(target=Variable(name="local"), name=name):
                local = self.module.get(f"local.{name}")
                return (
                    local is not None
                    and local.attribute is not None
                    and self.says(local.attribute.expression, depth + 1)
                )
            case Attr(target=Attr(target=Variable(name="module"), name=child), name=name):
                call = self.module.get(f"module.{child}")
                return call is not None and self.output(call, name, depth)
            case Attr(target=Attr() | Index(target=Attr()) as target, name=name):
                inner = target.target if isinstance(target, Index) else target
                return self._resource(inner, name)
        return False

    def _variable(self, name: str, depth: int) -> bool:
        declaration = self.module.get(f"var.{name}")
        if declaration is None or declaration.literal("nullable") is False:
            return False
        given = self.call.expression(name) if self.call is not None else None
        if given is not None and self.outer is not None:
            return self.outer.says(given, depth + 1)
        default = declaration.expression("default")
        return default is not None and self.says(default, depth + 1)

    def _resource(self, target: Expression, name: str) -> bool:
        if not isinstance(target, Attr) or not isinstance(target.target, Variable):
            return False
        producer = self.module.get(f"{target.target.name}.{target.name}")
        return producer is not None and producer.kind == "resource" and attribute_may_be_null(producer, name)
