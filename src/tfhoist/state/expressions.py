"""Expressions over a state, with the types that Terraform infers. What isn't understood exactly is `Untold`, never a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from tfhoist.hcl.expressions import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    Index,
    Literal,
    Nested,
    Object,
    Parentheses,
    Splat,
    Template,
    Tuple,
    Unary,
    Variable,
    children,
)
from tfhoist.state.cty import BOOL, NUMBER, STRING, CtyType, Plain
from tfhoist.state.typed import (
    NULL,
    Fields,
    InstanceValue,
    Node,
    Seq,
    Typed,
    Untold,
    attribute,
    closed,
    converted,
    element,
    elements,
    names_of,
    pairs,
    unified,
)
from tfhoist.values.evaluate import Scope, evaluate
from tfhoist.values.types import Unknown, Value, to_bool, to_text

Lookup = Callable[[str, str], Node]
"""From a root ("var", "local", "aws_lb", "data.aws_vpc", "module") and the name behind it to its value."""

_RESULTS: Mapping[str, CtyType] = {
    **dict.fromkeys(
        "base64decode base64encode basename chomp cidrsubnet format join jsonencode lower md5 replace sha256 substr title "
        "tostring trim trimprefix trimspace trimsuffix upper".split(),
        STRING,
    ),
    **dict.fromkeys(["length", "tonumber"], NUMBER),
    **dict.fromkeys(["contains", "endswith", "startswith", "tobool"], BOOL),
    **dict.fromkeys(["sort", "split", "formatlist", "compact"], ("list", STRING)),
}
"""Functions whose results are of one type, whatever they're given."""


class TypedScope:
    """What names stand for in one module."""

    def __init__(self, scope: Scope, lookup: Lookup, bound: Mapping[str, Node] | None = None) -> None:
        self.scope = scope
        self.lookup = lookup
        self.bound = dict(bound or {})

    def with_bound(self, names: Mapping[str, Node]) -> TypedScope:
        """The same scope with the names that a `for` binds."""
        plain = {name: untyped(node) for name, node in names.items()}
        return TypedScope(self.scope.with_bound(**plain), self.lookup, {**self.bound, **names})


def untyped(node: Node) -> Value:
    """A value without its type, for the partial evaluator."""
    if isinstance(node, Untold):
        return Unknown(node.why)
    if isinstance(node, InstanceValue):
        return {name: _untyped(value) for name, value in node.attributes.items()}
    if isinstance(node, Seq):
        return tuple(untyped(item) for item in node.items)
    if isinstance(node, Fields):
        return {name: untyped(item) for name, item in node.items.items()}
    return _untyped(node.value)


def _untyped(value: Plain) -> Value:
    if isinstance(value, list):
        return tuple(_untyped(item) for item in value)
    if isinstance(value, dict):
        return {name: _untyped(item) for name, item in value.items()}
    return value


def typed(expression: Expression, scope: TypedScope) -> Node:
    """The value of an expression with its type."""
    match expression:
        case Literal(value=value):
            return scalar(value)
        case Parentheses(inner=inner):
            return typed(inner, scope)
        case Template(parts=(Parentheses(inner=inner),)):  # a single interpolation passes its value on
            return typed(inner, scope)
        case Template():
            return _evaluated(expression, scope, STRING)
        case Variable(name=name):
            return scope.bound.get(name, Untold(f"{name} alone has no value here"))
        case Attr(target=Variable(name=root), name=name) if root not in scope.bound:
            if root in ("path", "terraform"):
                return _evaluated(expression, scope, STRING)
            return scope.lookup(root, name)
        case Attr(target=Attr(target=Variable(name="data"), name=kind), name=name):
            return scope.lookup(f"data.{kind}", name)
        case Attr(target=target, name=name):
            return attribute(typed(target, scope), name)
        case Index(target=target, key=key):
            return element(typed(target, scope), typed(key, scope))
        case Splat(target=target, steps=steps):
            return _splat(typed(target, scope), steps, scope)
        case Tuple(items=items):
            return Seq(tuple(typed(item, scope) for item in items))
        case Object(items=items):
            return _object(items, scope)
        case Conditional():
            return _conditional(expression, scope)
        case Binary(operator=operator):
            wanted = NUMBER if operator in ("+", "-", "*", "/", "%") else BOOL
            return _exact(_evaluated(expression, scope, wanted))
        case Unary(operator=operator):
            return _exact(_evaluated(expression, scope, NUMBER if operator == "-" else BOOL), negated=True)
        case Call():
            return _call(expression, scope)
        case ForTuple() | ForObject():
            return _for(expression, scope)
    return Untold("an expression of a kind that isn't computed")


def scalar(value: Plain) -> Node:
    """A constant of its own type."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return Typed(BOOL, value)
    return Typed(STRING if isinstance(value, str) else NUMBER, value)


def _evaluated(expression: Expression, scope: TypedScope, type_: CtyType) -> Node:
    """By the partial evaluator, for results of a type that is known beforehand."""
    failure = _failure(expression, scope)
    if failure is not None:
        return failure
    value = evaluate(expression, scope.scope)
    if isinstance(value, Unknown):
        return Untold(value.why, fails=value.why.startswith(("there is no", "the index is out", "attribute ")))
    if isinstance(value, tuple):
        value_list: list[Plain] = []
        for item in value:
            if not isinstance(item, str):
                return Untold("a list of something else than text")
            value_list.append(item)
        return Typed(type_, value_list)
    if isinstance(value, dict):
        return Untold("an object where none was expected")
    return Typed(type_, value)


def _failure(expression: Expression, scope: TypedScope) -> Untold | None:
    """The reason why a part of an expression can't be computed, as the typed reading gives it: it names the resource."""
    for child in children(expression):
        if isinstance(child, Attr | Index | Splat):
            node = typed(child, scope)
            if isinstance(node, Untold):
                return node
    return None


def _exact(node: Node, *, negated: bool = False) -> Node:
    """Arithmetic with fractions goes beyond what Python's decimals share with Terraform's floats of 512 bits."""
    if isinstance(node, Typed) and isinstance(node.value, Decimal) and not negated:
        return Untold("arithmetic with a fraction")
    return node


def _splat(target: Node, steps: tuple[str | Expression, ...], scope: TypedScope) -> Node:
    if isinstance(target, Untold):
        return target
    if isinstance(target, Typed) and target.value is None:
        return Seq(())
    items = elements(target)
    results: list[Node] = []
    for item in (target,) if items is None else items:
        current = item
        for step in steps:
            if isinstance(step, str):
                current = attribute(current, step)
            elif isinstance(step, Nested):
                current = _splat(current, step.steps, scope)
            else:
                current = element(current, typed(step, scope))
        if isinstance(current, Untold):
            return current
        results.append(current)
    if isinstance(target, Typed) and not isinstance(target.type, str) and target.type[0] in ("list", "set"):
        if not results:
            return Untold("a splat over an empty list")
        return _collected("list", Seq(tuple(results)))
    return Seq(tuple(results))


def _object(items: tuple[tuple[Expression, Expression], ...], scope: TypedScope) -> Node:
    fields: dict[str, Node] = {}
    for key, value in items:
        name = _text(typed(key, scope))
        if isinstance(name, Untold):
            return name
        fields[name] = typed(value, scope)
    return Fields(fields)


def _text(node: Node) -> str | Untold:
    if isinstance(node, Untold):
        return node
    value = to_text(node.value) if isinstance(node, Typed) and not isinstance(node.value, list | dict) else None
    return value if value is not None else Untold("an object's key is text", fails=True)


def _conditional(expression: Conditional, scope: TypedScope) -> Node:
    condition = typed(expression.condition, scope)
    if isinstance(condition, Untold):
        return condition
    value = condition.value if isinstance(condition, Typed) else None
    decided = to_bool(value) if isinstance(value, str | bool) else None
    if decided is None:
        return Untold("a condition that is no bool", fails=True)
    chosen, other = expression.yes, expression.no
    if not decided:
        chosen, other = other, chosen
    result, unchosen = closed(typed(chosen, scope)), closed(typed(other, scope))
    if isinstance(result, Untold):
        return result
    if isinstance(unchosen, Untold):
        return result if unchosen.fails else unchosen
    wanted = unified([result.type, unchosen.type])
    if wanted is None:
        return Untold("a condition with results of different types")
    return converted(result, wanted)


def _for(expression: ForTuple | ForObject, scope: TypedScope) -> Node:
    found = pairs(typed(expression.collection, scope))
    if isinstance(found, Untold):
        return found
    items: list[Node] = []
    fields: dict[str, Node] = {}
    groups: dict[str, list[Node]] = {}
    for key, item in found:
        names = {expression.value: item, **({expression.key: key} if expression.key else {})}
        inner = scope.with_bound(names)
        if expression.condition is not None:
            test = typed(expression.condition, inner)
            if isinstance(test, Untold):
                return test
            if not (isinstance(test, Typed) and test.value in (True, "true")):
                continue
        if isinstance(expression, ForTuple):
            items.append(typed(expression.result, inner))
            continue
        name = _text(typed(expression.result_key, inner))
        if isinstance(name, Untold):
            return name
        result = typed(expression.result, inner)
        if expression.group:
            groups.setdefault(name, []).append(result)
        elif name in fields:
            return Untold("two keys of a `for` are equal", fails=True)
        else:
            fields[name] = result
    if isinstance(expression, ForTuple):
        return Seq(tuple(items))
    return Fields({name: Seq(tuple(several)) for name, several in groups.items()} if expression.group else fields)


# functions


def _call(expression: Call, scope: TypedScope) -> Node:
    name = expression.name
    if expression.expand:
        return Untold(f"{name}() with arguments from a list")
    if name in ("try", "can"):
        return _try(expression, scope)
    if name in _RESULTS:
        return _evaluated(expression, scope, _RESULTS[name])
    function = _FUNCTIONS.get(name)
    if function is None:
        return Untold(f"the type of {name}()'s result isn't computed")
    arguments = [typed(argument, scope) for argument in expression.arguments]
    for argument in arguments:
        if isinstance(argument, Untold):
            return argument
    return (
        function(*arguments)
        if len(arguments) == 1 or name in ("concat", "coalesce")
        else Untold(f"{name}()'s arguments")
    )


def _try(expression: Call, scope: TypedScope) -> Node:
    for argument in expression.arguments:
        result = closed(typed(argument, scope))
        if not isinstance(result, Untold):
            return Typed(BOOL, True) if expression.name == "can" else result
        if not result.fails:
            return result
    return Typed(BOOL, False) if expression.name == "can" else Untold("try() found nothing", fails=True)


def _collected(kind: str, node: Node) -> Node:
    whole = closed(node)
    if isinstance(whole, Untold):
        return whole
    if isinstance(whole.type, str):
        return Untold(f"to{kind}() of something that is no collection", fails=True)
    own, inner = whole.type
    if own in ("list", "set", "map"):
        return converted(whole, (kind, inner))
    merged = unified(inner if own == "tuple" else [type_ for _, type_ in inner])
    if merged is None:
        return Untold(f"to{kind}() of elements of different types")
    return converted(whole, (kind, merged))


def _one(node: Node) -> Node:
    items = elements(node)
    if items is None or len(items) > 1:
        return Untold("one() of something else than none or one", fails=True)
    if items:
        return items[0]
    return Typed(node.type[1], None) if isinstance(node, Typed) and node.type[0] in ("list", "set") else NULL


def _concat(*nodes: Node) -> Node:
    parts: list[Node] = []
    kinds: list[CtyType] = []
    for node in nodes:
        items = elements(node)
        if items is None:
            return Untold("concat() of something that is no list", fails=True)
        parts.extend(items)
        kinds.append(node.type if isinstance(node, Typed) else ("tuple", ()))
    if all(kind[0] == "list" for kind in kinds):
        merged = unified(kinds)
        whole = closed(Seq(tuple(parts)))
        if merged is None or isinstance(whole, Untold):
            return whole if isinstance(whole, Untold) else Untold("concat() of lists of different types")
        return converted(whole, merged)
    return Seq(tuple(parts))


def _coalesce(*nodes: Node) -> Node:
    whole = [closed(node) for node in nodes]
    known = [one for one in whole if isinstance(one, Typed)]
    merged = unified([one.type for one in known])
    if len(known) < len(whole) or merged is None or not isinstance(merged, str):
        return next((one for one in whole if isinstance(one, Untold)), Untold("coalesce() of different types"))
    for one in known:
        if one.value is not None and one.value != "":
            return converted(one, merged)
    return Untold("coalesce() found nothing", fails=True)


def _keys(node: Node) -> Node:
    names = names_of(node)
    if names is None:
        return Untold("keys() of something that is no map", fails=True)
    ordered = sorted(names)
    if isinstance(node, Typed) and node.type[0] == "map":
        return Typed(("list", STRING), [*ordered])
    return Seq(tuple(Typed(STRING, name) for name in ordered))


def _values(node: Node) -> Node:
    found = pairs(node)
    if isinstance(found, Untold) or names_of(node) is None:
        return found if isinstance(found, Untold) else Untold("values() of something that is no map", fails=True)
    whole = Seq(tuple(item for _, item in found))
    return _collected("list", whole) if isinstance(node, Typed) and node.type[0] == "map" and found else whole


_FUNCTIONS: Mapping[str, Callable[..., Node]] = {
    "coalesce": _coalesce,
    "concat": _concat,
    "keys": _keys,
    "nonsensitive": lambda node: node,
    "one": _one,
    "sensitive": lambda node: node,
    "tolist": lambda node: _collected("list", node),
    "tomap": lambda node: _collected("map", node),
    "toset": lambda node: _collected("set", node),
    "values": _values,
}
