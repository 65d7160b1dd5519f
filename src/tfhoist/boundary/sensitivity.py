"""How sensitive a value is that crosses: not at all, in part, or as a whole.

Terraform marks what comes from a sensitive variable, output, function or attribute, and puts the marks of an argument back on
the attribute of the same name. Remote state drops all marks, so what was marked has to be marked again where it's read.
What depends on more than the files say (a branch, one item of several) is "in part": that can't be marked again exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.sensitive import provider_mark
from tfhoist.hcl.bodies import Block, Body
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
from tfhoist.values import marks
from tfhoist.values.marks import ALL, NONE, SOME

Path = tuple[str | int | None, ...]
"""Attribute names and instance keys; None for an item that isn't known."""


def _below(steps: tuple[str | Expression, ...]) -> Path:
    """The path that a splat's steps read in each item."""
    found: list[str | int | None] = []
    for step in steps:
        found += (None, *_below(step.steps)) if isinstance(step, Nested) else (step if isinstance(step, str) else None,)
    return tuple(found)


class Scope:
    """One module, with the call and the scope that its variables come from (None for the root)."""

    def __init__(self, module: Module, call: Declaration | None = None, parent: Scope | None = None) -> None:
        self.module = module
        self.call = call
        self.parent = parent
        self._children: dict[str, Scope] = {}

    def child(self, name: str) -> Scope | None:
        """The scope of a local module."""
        module, call = self.module.children.get(name), self.module.get(f"module.{name}")
        if module is None or call is None:
            return None
        if name not in self._children:
            self._children[name] = Scope(module, call, self)
        return self._children[name]


class Sensitivity:
    """The marks of a root module's values."""

    def __init__(self, module: Module) -> None:
        self.root = Scope(module)
        self._memo: dict[tuple[int, str, Path], int] = {}
        self._asked: dict[tuple[int, Path, int, tuple[tuple[str, int], ...]], tuple[Expression, int]] = {}

    def of_block(self, declaration: Declaration, path: Path) -> int:
        """The marks of a path (its instance key left out) of a resource, data source or module call of the root."""
        return self._block(declaration, path, self.root)

    def of_expression(self, expression: Expression) -> int:
        """The marks of an expression of the root module as a whole."""
        return self._expression(expression, (), self.root, {})

    # blocks

    def _block(self, declaration: Declaration, path: Path, scope: Scope) -> int:
        key = (id(scope), declaration.address, path)
        if key not in self._memo:
            self._memo[key] = NONE  # circles are refused elsewhere
            self._memo[key] = self._block_mark(declaration, path, scope)
        return self._memo[key]

    def _block_mark(self, declaration: Declaration, path: Path, scope: Scope) -> int:
        if declaration.kind == "module":
            return self._output(scope.child(declaration.name), path)
        kind = declaration.type if declaration.kind == "resource" else f"data.{declaration.type}"
        by_provider = provider_mark(kind, [step for step in path if isinstance(step, str)])
        return by_provider if by_provider == ALL else max(by_provider, self._in_body(declaration.body, path, scope, {}))

    def _output(self, child: Scope | None, path: Path) -> int:
        if child is None:
            return NONE
        if not path or not isinstance(path[0], str):
            found = [self._output(child, (output.name,)) for output in child.module.of("output")]
            return SOME if any(found) else NONE
        declaration = child.module.get(f"output.{path[0]}")
        if declaration is None:
            return NONE
        if declaration.literal("sensitive") is True:
            return ALL
        value = declaration.expression("value")
        return NONE if value is None else self._expression(value, path[1:], child, {})

    def _in_body(self, body: Body, path: Path, scope: Scope, names: Mapping[str, int]) -> int:
        if not path:
            values = [self._expression(a.expression, (), scope, names) for a in body.attributes]
            return SOME if any(values) or any(self._in_body(b.body, (), scope, names) for b in body.blocks) else NONE
        first, rest = path[0], path[1:]
        attribute = body.attribute(str(first))
        if attribute is not None:
            return self._expression(attribute.expression, rest, scope, names)
        found = [
            mark
            for block in body.blocks
            if first in (block.type, *(block.labels if block.type == "dynamic" else ()))
            for mark in self._nested(block, rest, scope, names)
        ]
        if not found:
            return NONE
        if (
            rest
            and isinstance(rest[0], int)
            and rest[0] < len(found)
            and not any(b.type == "dynamic" for b in body.blocks)
        ):
            return found[rest[0]]
        return found[0] if len(set(found)) == 1 else SOME if any(found) else NONE

    def _nested(self, block: Block, path: Path, scope: Scope, names: Mapping[str, int]) -> list[int]:
        inner = path[1:] if path and not isinstance(path[0], str) else path
        if block.type != "dynamic":
            return [self._in_body(block.body, inner, scope, names)]
        iterator = block.body.attribute("iterator")
        name = str(getattr(iterator.expression, "name", "")) if iterator is not None else block.labels[0]
        collection = block.body.attribute("for_each")
        mark = NONE if collection is None else self._expression(collection.expression, (None,), scope, names)
        bound = {**names, name: mark}
        return [self._in_body(content.body, inner, scope, bound) for content in block.body.blocks_of("content")]

    # expressions

    def _expression(self, expression: Expression, path: Path, scope: Scope, names: Mapping[str, int]) -> int:
        if isinstance(expression, Literal):
            return NONE
        key = (id(expression), path, id(scope), tuple(sorted(names.items())))
        if key not in self._asked:  # locals that read locals are asked again and again, on every way to them
            self._asked[key] = expression, NONE  # circles are refused elsewhere
            self._asked[key] = expression, self._expression_mark(expression, path, scope, names)
        return self._asked[key][1]

    def _expression_mark(self, expression: Expression, path: Path, scope: Scope, names: Mapping[str, int]) -> int:
        def whole(part: Expression) -> int:
            return self._expression(part, (), scope, names)

        match expression:
            case Parentheses(inner=inner) | Template(parts=(Parentheses(inner=inner),)):
                return self._expression(inner, path, scope, names)
            case Template(parts=parts):
                return ALL if any(map(whole, parts)) else NONE
            case TemplateIf(condition=condition, yes=yes, no=no):
                return ALL if whole(condition) or whole(yes) or whole(no) else NONE
            case TemplateFor(collection=collection, body=body):
                return ALL if self._item(collection, scope, names) or self._expression(
                    body, (), scope, self._bound(expression.key, expression.value, collection, scope, names)
                ) else NONE  # fmt: skip
            case Tuple(items=items):
                return self._tuple(items, path, scope, names)
            case Object(items=pairs):
                return self._object(pairs, path, scope, names)
            case Variable() | Attr() | Index():
                return self._traversal(expression, path, scope, names)
            case Splat(target=target, steps=steps):
                below = _below(steps)
                found = self._expression(target, (None, *below, *path[1:]), scope, names)
                return found if path or whole(target) == ALL else min(found, SOME)
            case Call(name=name, arguments=arguments):
                return self._call(name.removeprefix("core::"), [whole(argument) for argument in arguments], path)
            case Unary(operand=operand):
                return ALL if whole(operand) else NONE
            case Binary(left=left, right=right):
                return ALL if whole(left) or whole(right) else NONE
            case Conditional(condition=condition, yes=yes, no=no):
                branches = (self._expression(branch, path, scope, names) for branch in (yes, no))
                return marks.of_branches(whole(condition), *branches)
            case ForTuple(collection=collection) | ForObject(collection=collection):
                return self._for(expression, collection, path, scope, names)
        return SOME

    @staticmethod
    def _call(name: str, arguments: list[int], path: Path) -> int:
        if name == "sensitive":
            return ALL
        found = marks.of_call(name, arguments)
        return found if not path or found != SOME else SOME

    def _tuple(self, items: tuple[Expression, ...], path: Path, scope: Scope, names: Mapping[str, int]) -> int:
        if path and isinstance(path[0], int) and path[0] < len(items):
            return self._expression(items[path[0]], path[1:], scope, names)
        found = {self._expression(item, path[1:], scope, names) for item in items}
        if path and len(found) == 1:
            return found.pop()
        return SOME if found - {NONE} else NONE

    def _object(
        self, pairs: tuple[tuple[Expression, Expression], ...], path: Path, scope: Scope, names: Mapping[str, int]
    ) -> int:
        if any(self._expression(key, (), scope, names) for key, _ in pairs):
            return ALL
        values = {}
        for number, (key, value) in enumerate(pairs):
            values[str(key.value) if isinstance(key, Literal) else f"\0{number}"] = value
        if path and isinstance(path[0], str) and path[0] in values:
            return self._expression(values[path[0]], path[1:], scope, names)
        found = {self._expression(value, path[1:], scope, names) for value in values.values()}
        if path and len(found) == 1:
            return found.pop()
        return SOME if found - {NONE} else NONE

    def _item(self, collection: Expression, scope: Scope, names: Mapping[str, int]) -> int:
        """The marks of a loop's items."""
        return max(
            self._expression(collection, (None,), scope, names),
            ALL if self._expression(collection, (), scope, names) == ALL else NONE,
        )

    def _bound(
        self, key: str, value: str, collection: Expression, scope: Scope, names: Mapping[str, int]
    ) -> dict[str, int]:
        bound = {**names, value: self._item(collection, scope, names)}
        if key:
            bound[key] = NONE
        return bound

    def _for(
        self, loop: ForTuple | ForObject, collection: Expression, path: Path, scope: Scope, names: Mapping[str, int]
    ) -> int:
        if self._expression(collection, (), scope, names) == ALL:
            return ALL
        bound = self._bound(loop.key, loop.value, collection, scope, names)
        found = self._expression(loop.result, path[1:], scope, bound)
        if isinstance(loop, ForObject) and self._expression(loop.result_key, (), scope, bound):
            return ALL
        if loop.condition is not None and self._expression(loop.condition, (), scope, bound):
            return ALL
        return found if path else min(found, SOME)

    def _traversal(self, expression: Expression, path: Path, scope: Scope, names: Mapping[str, int]) -> int:
        """A name with its steps: a bound name, a value of this module, or an item of something else."""
        steps: list[str | int | None] = []
        current = expression
        while isinstance(current, Attr | Index):
            if isinstance(current, Attr):
                steps.append(current.name)
            else:
                if self._expression(current.key, (), scope, names):
                    return ALL
                steps.append(_constant(current.key))
            current = current.target
        full: Path = (*reversed(steps), *path)
        if not isinstance(current, Variable):
            return self._expression(current, full, scope, names)
        if current.name in names:
            return names[current.name]
        return self._named(current.name, full, scope)

    def _named(self, root: str, path: Path, scope: Scope) -> int:
        if root in ("path", "terraform", "tofu", "each", "count", "self") or not path:
            return NONE
        name, rest = str(path[0]), path[1:]
        module = scope.module
        if root == "var":
            return self._variable(name, rest, scope)
        if root == "local":
            local = module.get(f"local.{name}")
            if local is None or local.attribute is None:
                return NONE
            return self._expression(local.attribute.expression, rest, scope, {})
        address = f"{root}.{name}"
        if root in ("data", "ephemeral", "resource") and rest:
            address = f"{address}.{rest[0]}" if root != "resource" else f"{name}.{rest[0]}"
            rest = rest[1:]
        declaration = module.get(address)
        if declaration is None:
            return NONE
        many = declaration.body.attribute("count") is not None or declaration.body.attribute("for_each") is not None
        return self._block(declaration, rest[1:] if many else rest, scope)

    def _variable(self, name: str, path: Path, scope: Scope) -> int:
        declaration = scope.module.get(f"var.{name}")
        if declaration is None:
            return NONE
        if declaration.literal("sensitive") is True:
            return ALL
        if scope.parent is None or scope.call is None:
            return NONE
        given = scope.call.expression(name)
        return NONE if given is None else self._expression(given, path, scope.parent, {})


def _constant(key: Expression) -> str | int | None:
    if isinstance(key, Literal) and isinstance(key.value, str | int) and not isinstance(key.value, bool):
        return key.value
    return None
