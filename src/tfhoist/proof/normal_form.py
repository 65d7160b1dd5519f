"""From expressions to terms: names are resolved, locals, arguments and outputs inlined.

Terraform's own rules for names: what a `for` or `dynamic` binds hides everything else; then `var`, `local`, `module`,
`data`, `path`, `terraform`, `each`, `count`, `self`; any other name is a resource type (documentation page "References to
Named Values").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tfhoist.configuration.paths import FILE_FUNCTIONS
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
from tfhoist.proof import files
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms
from tfhoist.values.arithmetic import negative

if TYPE_CHECKING:
    from tfhoist.proof.scopes import ModuleScope

SWALLOWING = frozenset({"try", "can", "lookup"})
"""Functions that turn the error of a missing output into another value, without a word."""

DEEPEST = 1200
_SYMBOLS = frozenset({"each", "count", "self"})


class Context(NamedTuple):
    """Where an expression stands: its module, the names bound around it, and whose `each`, `count` and `self` are meant.

    `swallowed` is true inside the arguments of `try`, `can` and `lookup`.
    """

    scope: ModuleScope
    owner: str = ""
    names: Mapping[str, Term] = {}
    swallowed: bool = False

    def binding(self, **names: Term) -> Context:
        """The same place with more names bound."""
        return self._replace(names={**self.names, **names})


class Normaliser:
    """Brings expressions to terms."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._depth = 0
        self._too_deep = 0
        self._handlers: dict[type, Callable[[Expression, Context], Term]] = {
            Literal: self._literal, Parentheses: self._parentheses, Template: self._template, TemplateIf: self._template_if,
            TemplateFor: self._template_for, Tuple: self._tuple, Object: self._object, Variable: self._variable,
            Attr: self._attribute, Index: self._index, Splat: self._splat, Call: self._call, Unary: self._unary,
            Binary: self._binary, Conditional: self._conditional, ForTuple: self._for, ForObject: self._for,
        }  # fmt: skip

    def normal(self, expression: Expression, context: Context) -> Term:
        """The term of an expression."""
        handler = self._handlers.get(type(expression))
        if handler is None:  # text between the sequences of a template is a Literal of its own kind
            if isinstance(expression, Literal):
                return self.terms.constant(expression.value)
            raise TypeError(f"no normal form for {type(expression).__name__}")
        if self._depth > DEEPEST:
            self._too_deep += 1
            return self.terms.make("unknown", "the expression is nested too deep", f"#{self._too_deep}")
        self._depth += 1
        try:
            return handler(expression, context)
        finally:
            self._depth -= 1

    # text and collections

    def _literal(self, expression: Expression, context: Context) -> Term:
        return self.terms.constant(expression.value)  # type: ignore[attr-defined]

    def _parentheses(self, expression: Expression, context: Context) -> Term:
        return self.normal(expression.inner, context)  # type: ignore[attr-defined]

    def _template(self, expression: Expression, context: Context) -> Term:
        parts = expression.parts  # type: ignore[attr-defined]
        if len(parts) == 1 and isinstance(parts[0], Parentheses):
            return self.normal(parts[0].inner, context)
        return self.terms.template([self.normal(part, context) for part in parts])

    def _template_if(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, TemplateIf)
        yes, no = (
            self.terms.template([self.normal(part, context) for part in body.parts])
            for body in (expression.yes, expression.no)
        )
        return self.terms.make("conditional", self.normal(expression.condition, context), yes, no)

    def _template_for(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, TemplateFor)

        def body(key: Term, value: Term) -> tuple[Term | None, Term, Term | None]:
            inner = self._bind(expression.key, key, expression.value, value, context)
            return None, self.terms.template([self.normal(part, inner) for part in expression.body.parts]), None

        return self.terms.loop(self.normal(expression.collection, context), body, "text")

    def _tuple(self, expression: Expression, context: Context) -> Term:
        return self.terms.make("tuple", *[self.normal(item, context) for item in expression.items])  # type: ignore[attr-defined]

    def _object(self, expression: Expression, context: Context) -> Term:
        pairs = [(self.normal(key, context), self.normal(value, context)) for key, value in expression.items]  # type: ignore[attr-defined]
        return self.terms.object(pairs)

    # names and traversals

    def _variable(self, expression: Expression, context: Context) -> Term:
        name: str = expression.name  # type: ignore[attr-defined]
        bound = context.names.get(name)
        return bound if bound is not None else self.terms.make("name", name)

    def _attribute(self, expression: Expression, context: Context) -> Term:
        target: Expression = expression.target  # type: ignore[attr-defined]
        name: str = expression.name  # type: ignore[attr-defined]
        scope = context.scope
        if isinstance(target, Variable) and target.name not in context.names:
            root = target.name
            if root == "var":
                return scope.variable(name)
            if root == "local":
                return scope.local(name)
            if root == "module":
                return scope.module_call(name)
            if root == "each" and name == "value":
                return scope.each_value(context.owner)
            if root in _SYMBOLS:
                return self.terms.make("symbol", f"{root}.{name}", context.owner)
            if root == "path":
                return scope.path(name)
            if root in ("terraform", "tofu"):
                return scope.terraform(name)
            if root not in ("data", "ephemeral", "resource"):
                return scope.resource("resource", root, name)
        if isinstance(target, Attr) and isinstance(target.target, Variable) and target.target.name not in context.names:
            root = target.target.name
            if root in ("data", "ephemeral", "resource"):  # `resource.aws_lb.main` is the long form of `aws_lb.main`
                return scope.resource(root, target.name, name)
            if root == "module":
                child = scope.single_child(target.name)
                if child is not None:
                    return child.output(name)
        return self._indexed(self.normal(target, context), self.terms.text(name), context)

    def _index(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, Index)
        return self._indexed(self.normal(expression.target, context), self.normal(expression.key, context), context)

    def _indexed(self, target: Term, key: Term, context: Context) -> Term:
        if target.kind == "remote":
            if key is self.terms.text("outputs"):
                return self.terms.make("outputs", target.parts[0])
            name = key.parts[1] if key.kind == "const" else "…"
            return self.terms.make("undeclared", f"data.terraform_remote_state.{target.parts[0]}.{name}", "")
        if target.kind == "outputs":
            return context.scope.remote_output(key, swallowed=context.swallowed)
        return self.terms.index(target, key)

    def _splat(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, Splat)
        return self.terms.splat(self.normal(expression.target, context), self._steps(expression.steps, context))

    def _steps(self, steps: tuple[str | Expression, ...], context: Context) -> list[Term]:
        return [
            self.terms.text(step)
            if isinstance(step, str)
            else self.terms.make("each", *self._steps(step.steps, context))
            if isinstance(step, Nested)
            else self.normal(step, context)
            for step in steps
        ]

    # operations

    def _call(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, Call)
        name = expression.name.removeprefix("core::")
        if name in SWALLOWING:
            context = context._replace(swallowed=True)
        arguments = [self.normal(argument, context) for argument in expression.arguments]
        if name in FILE_FUNCTIONS and arguments and not expression.expand:
            return files.read(self.terms, name, arguments, context.scope)
        if name in ("abspath", "pathexpand") and not expression.expand:  # these ask where Terraform runs, and for whom
            known = str(arguments[0].parts[1]) if arguments and arguments[0].kind == "const" else ""
            if not known or known.startswith("~") or (name == "abspath" and not known.startswith("/")):
                arguments.append(context.scope.path("cwd"))
        return self.terms.call(name, arguments, expand=expression.expand)

    def _unary(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, Unary)
        operand = expression.operand
        if expression.operator == "-" and isinstance(operand, Literal) and type(operand.value) in (int, Decimal):
            return self.terms.constant(negative(operand.value))  # type: ignore[arg-type]
        return self.terms.make("unary", expression.operator, self.normal(operand, context))

    def _binary(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, Binary)
        return self.terms.make(
            "binary", expression.operator, self.normal(expression.left, context), self.normal(expression.right, context)
        )

    def _conditional(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, Conditional)
        return self.terms.make(
            "conditional",
            self.normal(expression.condition, context),
            self.normal(expression.yes, context),
            self.normal(expression.no, context),
        )

    def _for(self, expression: Expression, context: Context) -> Term:
        assert isinstance(expression, ForTuple | ForObject)

        def body(key: Term, value: Term) -> tuple[Term | None, Term, Term | None]:
            inner = self._bind(expression.key, key, expression.value, value, context)
            result_key = self.normal(expression.result_key, inner) if isinstance(expression, ForObject) else None
            condition = None if expression.condition is None else self.normal(expression.condition, inner)
            return result_key, self.normal(expression.result, inner), condition

        mode = "tuple"
        if isinstance(expression, ForObject):
            mode = "group" if expression.group else "object"
        return self.terms.loop(self.normal(expression.collection, context), body, mode)

    def _bind(self, key_name: str, key: Term, value_name: str, value: Term, context: Context) -> Context:
        names = {value_name: value}
        if key_name:
            names[key_name] = key
        return context.binding(**names)
