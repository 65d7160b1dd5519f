"""The partial evaluator: variables, locals, templates, conditionals, `for` and pure functions.

Resources and module calls are looked up through `Scope.resolve`, so that configuration, a state snapshot or nothing can
stand behind them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from tfhoist.configuration.model import Module
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
    TemplateFor,
    TemplateIf,
    Tuple,
    Unary,
    Variable,
)
from tfhoist.values.arithmetic import arithmetic, negative
from tfhoist.values.branches import static_shape, taken
from tfhoist.values.functions import call
from tfhoist.values.types import (
    ListValue,
    PartlyKnown,
    SetValue,
    Unknown,
    Value,
    bounded,
    compared,
    has_unknown,
    to_bool,
    to_number,
    to_text,
)
from tfhoist.values.unify import UNTOLD

Resolve = Callable[[str, str], Value]
"""From a root ("aws_lb", "data", "module") and the name behind it to a value."""


DEEPEST = 1_000
"""Evaluations inside one another, through locals too."""

MOST_STEPS = 100_000
"""Expressions that are evaluated for one value, each turn of a `for` counted."""


class Work:
    """What the evaluation of one value has cost so far."""

    __slots__ = ("depth", "steps", "unknown")

    def __init__(self) -> None:
        self.depth = 0
        self.steps = 0
        self.unknown = 0  # how many results weren't known


class Scope:
    """What the names of one module stand for."""

    def __init__(
        self,
        module: Module,
        variables: Mapping[str, Value],
        resolve: Resolve | None = None,
        workspace: str = "default",
        bound: Mapping[str, Value] | None = None,
        work: Work | None = None,
    ) -> None:
        self.module = module
        self.variables = variables
        self.workspace = workspace
        self.bound = dict(bound or {})
        self._resolve = resolve
        self._locals: dict[str, Value] = {}
        self._open: set[str] = set()
        self.work = work if work is not None else Work()

    def with_bound(self, **names: Value) -> Scope:
        """The same scope with more names, such as `each` or those of a `for`."""
        inner = Scope(self.module, self.variables, self._resolve, self.workspace, {**self.bound, **names}, self.work)
        inner._locals = self._locals
        inner._open = self._open
        return inner

    def local(self, name: str) -> Value:
        """The value of `local.name`."""
        if name in self._locals:
            return self._locals[name]
        declaration = self.module.get(f"local.{name}")
        if declaration is None or declaration.attribute is None:
            return Unknown(f"local.{name} isn't declared")
        if name in self._open:
            return Unknown(f"local.{name} refers to itself")
        self._open.add(name)
        outer = Scope(self.module, self.variables, self._resolve, self.workspace, work=self.work)
        outer._locals, outer._open = self._locals, self._open
        value = bounded(evaluate(declaration.attribute.expression, outer))
        self._open.discard(name)
        self._locals[name] = value
        return value

    def root(self, name: str) -> Value | None:
        """The value of a bound name or of a whole root such as `var`; None when only `resolve` may know."""
        if name in self.bound:
            return self.bound[name]
        if name == "path":
            return {"module": self.module.folder or ".", "root": ".", "cwd": Unknown("path.cwd isn't known")}
        if name == "terraform":
            return {"workspace": self.workspace}
        if name in ("each", "count", "self"):
            return Unknown(f"{name} isn't known here")
        return None

    def member(self, root: str, name: str) -> Value:
        """The value of `root.name`."""
        if root == "var":
            return self.variables.get(name, Unknown(f"var.{name} has no known value"))
        if root == "local":
            return self.local(name)
        if self._resolve is not None:
            return self._resolve(root, name)
        return Unknown(f"{root}.{name} is known after the apply")


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression; what can't be known, or only by too much work, is `Unknown` with its reason."""
    if type(expression) is Literal:
        constant = expression.value
        return constant if type(constant) is not str or constant.isascii() else unicodedata.normalize("NFC", constant)
    evaluated = _EVALUATED.get(type(expression))
    if evaluated is None:
        return Unknown("this expression isn't evaluated")
    work = scope.work
    if work.depth == 0:
        work.steps = 0
    work.steps += 1
    if work.depth > DEEPEST or work.steps > MOST_STEPS:
        return Unknown("working it out takes too long")
    work.depth += 1
    try:
        value = evaluated(expression, scope)
    finally:
        work.depth -= 1
    if type(value) is Unknown:
        work.unknown += 1
    return value


def _variable(expression: Variable, scope: Scope) -> Value:
    name = expression.name
    found = scope.root(name)
    return found if found is not None or name in scope.bound else Unknown(f"{name} alone has no value")


def _attribute(expression: Attr, scope: Scope) -> Value:
    target, name = expression.target, expression.name
    if type(target) is Variable:
        root = target.name
        whole = scope.root(root) if root not in ("var", "local") or root in scope.bound else None
        if whole is None and root not in scope.bound:
            return scope.member(root, name)
        return attribute(whole, name)
    if type(target) is Attr and type(target.target) is Variable and target.target.name == "data":
        return scope.member(f"data.{target.name}", name)
    return attribute(evaluate(target, scope), name)


def attribute(target: Value, name: str) -> Value:
    """`target.name`."""
    if isinstance(target, PartlyKnown):
        return target.known.get(name, Unknown(f"{target.why}: {name!r} isn't known"))
    if isinstance(target, Unknown):
        return target
    if isinstance(target, dict):
        if name in target:
            return target[name]
        return target.get("*", Unknown(f"there is no attribute {name!r}"))
    return Unknown(f"attribute {name!r} of something that has none")


def index(target: Value, key: Value) -> Value:
    """`target[key]`."""
    if isinstance(target, PartlyKnown) and isinstance(key, str):
        return attribute(target, key)
    if isinstance(target, Unknown):
        return target
    if isinstance(key, Unknown):
        return key
    if isinstance(target, dict):
        name = to_text(key)
        return target[name] if name is not None and name in target else Unknown("there is no such key")
    if isinstance(target, SetValue):
        return Unknown("a set has no positions")
    number = to_number(key)
    if isinstance(target, tuple) and isinstance(number, int) and 0 <= number < len(target):
        return target[number]
    return Unknown("the index is out of range")


def _splat(target: Value, steps: tuple[str | Expression, ...], scope: Scope) -> Value:
    if isinstance(target, Unknown) and not isinstance(target, PartlyKnown):
        return target
    items = target if isinstance(target, tuple) else () if target is None else (target,)
    results: list[Value] = []
    for item in items:
        current: Value = item
        for step in steps:
            if isinstance(step, str):
                current = attribute(current, step)
            elif isinstance(step, Nested):
                current = _splat(current, step.steps, scope)
            else:
                current = index(current, evaluate(step, scope))
        results.append(current)
    return ListValue(results) if isinstance(target, ListValue | SetValue) else tuple(results)


def _template(parts: tuple[Expression, ...], scope: Scope) -> Value:
    if len(parts) == 1 and isinstance(parts[0], Parentheses):
        return evaluate(parts[0], scope)
    texts: list[str] = []
    for part in parts:
        value = part.value if type(part) is Literal else _template_part(part, scope)
        if isinstance(value, Unknown):
            return value
        text = to_text(value)
        if text is None:
            return Unknown("a template can't hold a list, map or null")
        texts.append(text)
    joined = "".join(texts)
    return bounded(joined if joined.isascii() else unicodedata.normalize("NFC", joined))


def _template_part(part: Expression, scope: Scope) -> Value:
    match part:
        case TemplateIf(condition=condition, yes=yes, no=no):
            test = evaluate(condition, scope)
            decided = to_bool(test)
            if decided is None:
                return test if isinstance(test, Unknown) else Unknown("a condition that is no bool")
            return _template_text((yes if decided else no).parts, scope)
        case TemplateFor(key=key, value=name, collection=collection, body=body):
            items = evaluate(collection, scope)
            pairs = pairs_of(items)
            if isinstance(pairs, Unknown):
                return pairs
            texts: list[str] = []
            for item_key, item in pairs:
                inner = scope.with_bound(**({key: item_key} if key else {}), **{name: item})
                text = _template_text(body.parts, inner)
                if not isinstance(text, str):
                    return text
                texts.append(text)
            return bounded("".join(texts))
    return evaluate(part, scope)


def _template_text(parts: tuple[Expression, ...], scope: Scope) -> Value:
    value = _template(parts, scope) if parts else ""
    if isinstance(value, Unknown):
        return value
    text = to_text(value)
    return text if text is not None else Unknown("a template can't hold a list, map or null")


def pairs_of(collection: Value) -> list[tuple[Value, Value]] | Unknown:
    """The keys and values that `for` and `for_each` run over."""
    if isinstance(collection, Unknown):
        return collection
    if isinstance(collection, SetValue):
        return [(item, item) for item in collection]
    if isinstance(collection, tuple):
        return list(enumerate(collection))
    if isinstance(collection, dict):
        return [(key, collection[key]) for key in sorted(collection)]
    return Unknown("`for` over something that is no collection")


def _object(pairs: tuple[tuple[Expression, Expression], ...], scope: Scope) -> Value:
    result: dict[str, Value] = {}
    for key, value in pairs:
        name = evaluate(key, scope)
        text = to_text(name)
        if text is None:
            return name if isinstance(name, Unknown) else Unknown("an object's key is text")
        if not (text in result and has_unknown(result[text])):  # the later of two counts, if the earlier is no error
            result[text] = evaluate(value, scope)
    return result


def _conditional(condition: Expression, yes: Expression, no: Expression, scope: Scope) -> Value:
    test = evaluate(condition, scope)
    if isinstance(test, Unknown):
        return test
    decided = to_bool(test)
    if decided is None:
        return Unknown("a condition that is no bool")
    chosen, other = (yes, no) if decided else (no, yes)
    value = evaluate(chosen, scope)
    if value is None or isinstance(value, Unknown):
        return value
    return taken(value, evaluate(other, scope), other, scope.module)


def _binary(operator: str, left: Value, right: Value) -> Value:
    if operator in ("&&", "||"):
        return _logical(operator == "||", left, right)
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if operator in ("==", "!="):
        same = compared(left, right)
        return same if isinstance(same, Unknown) else same is (operator == "==")
    a, b = to_number(left), to_number(right)
    if a is None or b is None:
        return Unknown("arithmetic on something that is no number")
    return arithmetic(operator, a, b)


def _logical(decisive: bool, left: Value, right: Value) -> Value:
    """`||` or `&&`: one side decides alone if it is `decisive`, but the other has to be a bool."""
    first, second = to_bool(left), to_bool(right)
    for side, decided in ((left, first), (right, second)):
        if decided is None and not isinstance(side, Unknown):
            return Unknown("a condition that is no bool")
    if first is decisive or second is decisive:
        return decisive
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    return not decisive


def _unary(operator: str, operand: Value) -> Value:
    if isinstance(operand, Unknown):
        return operand
    if operator == "!":
        decided = to_bool(operand)
        return Unknown("`!` of something that is no bool") if decided is None else not decided
    number = to_number(operand)
    return Unknown("`-` of something that is no number") if number is None else negative(number)


def _call(expression: Call, scope: Scope) -> Value:
    name = expression.name
    if name == "try":
        for argument in expression.arguments:
            before = scope.work.unknown
            value = evaluate(argument, scope)
            if not isinstance(value, Unknown):
                # what isn't known may be an error, which makes all of the argument one, used or not
                hidden = scope.work.unknown > before and not has_unknown(value)
                return Unknown("try() of something that isn't known in part") if hidden else value
            if not value.why.startswith(("there is no", "the index is out", "attribute ")):
                return value
        return Unknown("try() found nothing")
    if name == "can":
        return Unknown("can() isn't evaluated")
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.expand and arguments:
        last = arguments.pop()
        if not isinstance(last, tuple):
            return last if isinstance(last, Unknown) else Unknown("`...` of something that is no list")
        arguments.extend(last)
    return call(name, arguments)


def _for_tuple(expression: ForTuple, scope: Scope) -> Value:
    pairs = _pairs(expression, scope)
    if isinstance(pairs, Unknown):
        return pairs
    results: list[Value] = []
    for key, item in pairs:
        inner = scope.with_bound(**_names(expression.key, key, expression.value, item))
        kept = _kept(expression.condition, inner)
        if isinstance(kept, Unknown):
            return kept
        if kept:
            results.append(evaluate(expression.result, inner))
    return tuple(results)


def _pairs(expression: ForTuple | ForObject, scope: Scope) -> list[tuple[Value, Value]] | Unknown:
    """What a `for` runs over. Its condition has to be a bool even where there's no item."""
    pairs = pairs_of(evaluate(expression.collection, scope))
    if not pairs and expression.condition is not None:
        shape = static_shape(expression.condition, scope.module)
        if shape not in (UNTOLD, ("bool",)):
            return Unknown("a condition that may be no bool")
    return pairs


def _for_object(expression: ForObject, scope: Scope) -> Value:
    pairs = _pairs(expression, scope)
    if isinstance(pairs, Unknown):
        return pairs
    results: dict[str, Value] = {}
    for key, item in pairs:
        inner = scope.with_bound(**_names(expression.key, key, expression.value, item))
        kept = _kept(expression.condition, inner)
        if isinstance(kept, Unknown):
            return kept
        if not kept:
            continue
        name = evaluate(expression.result_key, inner)
        text = to_text(name)
        if text is None:
            return name if isinstance(name, Unknown) else Unknown("an object's key is text")
        value = evaluate(expression.result, inner)
        if expression.group:
            before = results.get(text, ())
            results[text] = (*(before if isinstance(before, tuple) else ()), value)
        elif text in results:
            return Unknown(f"two items of a `for` have the key {text!r}")
        else:
            results[text] = value
    return results


def _names(key_name: str, key: Value, value_name: str, value: Value) -> dict[str, Value]:
    return {**({key_name: key} if key_name else {}), value_name: value}


def _kept(condition: Expression | None, scope: Scope) -> bool | Unknown:
    if condition is None:
        return True
    test = evaluate(condition, scope)
    decided = to_bool(test)
    if decided is None:
        return test if isinstance(test, Unknown) else Unknown("a condition that is no bool")
    return decided


_EVALUATED: dict[type[Expression], Callable[[Any, Scope], Value]] = {
    Parentheses: lambda expression, scope: evaluate(expression.inner, scope),
    Template: lambda expression, scope: _template(expression.parts, scope),
    Variable: _variable,
    Attr: _attribute,
    Index: lambda expression, scope: index(evaluate(expression.target, scope), evaluate(expression.key, scope)),
    Splat: lambda expression, scope: _splat(evaluate(expression.target, scope), expression.steps, scope),
    Tuple: lambda expression, scope: tuple([evaluate(item, scope) for item in expression.items]),
    Object: lambda expression, scope: _object(expression.items, scope),
    Conditional: lambda expression, scope: _conditional(expression.condition, expression.yes, expression.no, scope),
    Binary: lambda expression, scope: _binary(
        expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope)
    ),
    Unary: lambda expression, scope: _unary(expression.operator, evaluate(expression.operand, scope)),
    Call: lambda expression, scope: _call(expression, scope),
    ForTuple: lambda expression, scope: _for_tuple(expression, scope),
    ForObject: lambda expression, scope: _for_object(expression, scope),
}
"""How each type of expression is evaluated."""


def evaluate_constant(expression: Expression) -> Value:
    """The value of an expression that refers to nothing, such as one of a tfvars file."""
    return evaluate(expression, Scope(Module("", (), (), ()), {}))
