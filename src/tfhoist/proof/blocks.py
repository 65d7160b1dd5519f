"""Blocks as terms: arguments by name, nested blocks by type in their order, and the meta-arguments apart.

An argument that is `null` is one that isn't there (documentation page "Resources", omitted arguments). The order of
nested blocks of one type counts, between types it doesn't; a `dynamic` block stands among those that it makes.
"""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.configuration.model import Declaration
from tfhoist.hcl.bodies import Block, Body
from tfhoist.hcl.expressions import Attr, Expression, Index, Literal, Tuple, Variable
from tfhoist.proof.normal_form import Context
from tfhoist.proof.scopes import META_OF_CALLS, ModuleScope, literal_address
from tfhoist.proof.term import Term

_META = frozenset({"count", "for_each", "provider", "depends_on"})


class Meta(NamedTuple):
    """The meta-arguments of a block that are compared as what they mean."""

    repeated: tuple[Term | None, Term | None]  # count, for_each
    depends_on: frozenset[str]
    create_before_destroy: bool
    lifecycle: Term


class Found(NamedTuple):
    """One block of a root: its address in the service root before, and where it is now."""

    address: str
    scope: ModuleScope
    declaration: Declaration
    definitions: int


def inventory(root: ModuleScope) -> dict[str, Found]:
    """Every resource, data source, ephemeral resource and module call of a module and the local ones below it."""
    found: dict[str, Found] = {}
    pending = [root]
    while pending:
        scope = pending.pop()
        for own, several in scope.module.definitions.items():
            if several[0].kind not in ("resource", "data", "ephemeral", "module"):
                continue
            address = scope.address(own)
            found[address] = Found(address, scope, several[0], len(several))
            if several[0].kind == "module":
                child = scope.child(several[0].name)
                if child is not None:
                    pending.append(child)
    return found


def body_term(body: Body, context: Context, without: frozenset[str] = frozenset(), *, nulls: bool = False) -> Term:
    """The term of a body. `without` names arguments and block types to leave out; `nulls` keeps arguments that are null."""
    terms = context.scope.terms
    normal = context.scope.side.normaliser.normal
    parts: list[object] = []
    for attribute in sorted(body.attributes, key=lambda attribute: attribute.name):
        if attribute.name in without:
            continue
        value = normal(attribute.expression, context)
        if value is not terms.null or nulls:
            parts += [attribute.name, value]
    by_type: dict[str, list[Term]] = {}
    for block in body.blocks:
        if block.type in without:
            continue
        if block.type == "dynamic" and block.labels:
            by_type.setdefault(block.labels[0], []).append(_dynamic(block, context))
        else:
            inner = body_term(block.body, context)
            by_type.setdefault(block.type, []).append(terms.make("block", ".".join(block.labels), inner))
    for kind in sorted(by_type):
        parts += [kind, terms.make("blocks", *by_type[kind])]
    return terms.make("body", *parts)


def _dynamic(block: Block, context: Context) -> Term:
    terms = context.scope.terms
    normal = context.scope.side.normaliser.normal
    collection = block.body.attribute("for_each")
    named = block.body.attribute("iterator")
    iterator = literal_address(named.expression) if named is not None else block.labels[0]
    labels = block.body.attribute("labels")
    contents = block.body.blocks_of("content")
    foreign = any(attribute.name not in ("for_each", "iterator", "labels") for attribute in block.body.attributes)
    if collection is None or len(contents) != 1 or len(block.body.blocks) != 1 or foreign or not iterator:
        return terms.make("unknown", f"a dynamic {block.labels[0]!r} block that isn't well formed", "")

    def body(key: Term, value: Term) -> tuple[Term | None, Term, Term | None]:
        inner = context.binding(**{iterator: terms.make("iterator", key, value)})
        content = body_term(contents[0].body, inner)
        if labels is None:
            return None, content, None
        return None, terms.make("labelled", normal(labels.expression, inner), content), None

    return terms.make("dynamic", terms.loop(normal(collection.expression, context), body, "dynamic"))


def arguments(found: Found) -> Term:
    """What a provider or module gets: all but the meta-arguments."""
    scope, declaration = found.scope, found.declaration
    if declaration.json:
        return scope.json(declaration)
    context = scope.context(declaration.address)
    if declaration.kind != "module":
        return body_term(declaration.body, context, _META | {"lifecycle"})
    if scope.child(declaration.name) is None:
        return body_term(declaration.body, context, META_OF_CALLS - {"source", "version"}, nulls=True)
    return scope.terms.make("body")  # a local module's arguments are compared where they're read


def unlabelled_blocks(call: Declaration) -> set[str]:
    """The types of the blocks in a module's call; `lifecycle` is compared with the meta-arguments."""
    return {block.type for block in call.body.blocks} - {"lifecycle"}


def meta(found: Found) -> Meta:
    """The meta-arguments of a block."""
    scope, declaration = found.scope, found.declaration
    body = declaration.body
    context = scope.context(declaration.address)

    def argument(name: str) -> Term | None:
        expression = declaration.expression(name)
        return None if expression is None else scope.side.normaliser.normal(expression, context)

    creates = False
    parts: list[Term] = []
    for block in body.blocks_of("lifecycle"):
        value = block.body.attribute("create_before_destroy")
        creates = creates or (value is not None and _says_true(value.expression))
        parts.append(_lifecycle(block.body, context, declaration.kind))
    lifecycle = parts[0] if len(parts) == 1 else scope.terms.make("body", *(p for one in parts for p in ("", one)))
    depends = dependencies(declaration.expression("depends_on"), scope)
    every = argument("for_each")
    if every is not None:
        every = scope.terms.keys_of(every)  # its keys alone matter: `each.value` is resolved where it's read
    return Meta((argument("count"), every), depends, creates, lifecycle)


def _says_true(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.value in (True, "true")


def _lifecycle(body: Body, context: Context, kind: str) -> Term:
    """`lifecycle` without a resource's `create_before_destroy`, and without what only repeats the default.

    Whatever else stands there is compared, whether an engine knows it or not. `ignore_changes = all` ignores everything, `[all]` an
    argument of that name (documentation page "The lifecycle Meta-Argument").
    """
    terms = context.scope.terms
    normal = context.scope.side.normaliser.normal
    parts: list[object] = []
    for attribute in sorted(body.attributes, key=lambda attribute: attribute.name):
        name, expression = attribute.name, attribute.expression
        constant = _says_true(expression) or _is_false(expression)
        if kind == "resource" and name == "create_before_destroy" and constant:
            continue
        if kind == "resource" and name == "prevent_destroy" and _is_false(expression):
            continue
        if name == "ignore_changes" and isinstance(expression, Tuple):
            paths = sorted({_path_text(item) for item in expression.items})
            if paths:  # an empty list ignores nothing, as none does
                parts += [name, terms.make("set", *map(terms.text, paths))]
        elif name == "ignore_changes":  # `all`, which is no attribute of that name
            parts += [name, terms.make("name", _path_text(expression))]
        elif name == "replace_triggered_by" and isinstance(expression, Tuple):
            triggers = {id(term): term for term in (normal(item, context) for item in expression.items)}
            parts += [name, terms.make("set", *sorted(triggers.values(), key=repr))]
        else:
            parts += [name, normal(expression, context)]
    for type_ in sorted({block.type for block in body.blocks}):
        inner = [terms.make("block", ".".join(b.labels), body_term(b.body, context)) for b in body.blocks_of(type_)]
        parts += [type_, terms.make("blocks", *inner)]
    return terms.make("body", *parts)


def _is_false(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.value in (False, "false")


def _path_text(expression: Expression) -> str:
    if isinstance(expression, Variable):
        return expression.name
    if isinstance(expression, Literal):
        return str(expression.value)
    if isinstance(expression, Attr):
        return f"{_path_text(expression.target)}.{expression.name}"
    if isinstance(expression, Index) and isinstance(expression.key, Literal):
        return f"{_path_text(expression.target)}[{expression.key.value!r}]"
    return "?"


def dependencies(expression: Expression | None, scope: ModuleScope) -> frozenset[str]:
    """The addresses in a `depends_on`, as the service root had them before; what isn't declared is marked so."""
    if expression is None:
        return frozenset()
    items = expression.items if isinstance(expression, Tuple) else (expression,)
    found: set[str] = set()
    for item in items:
        parts = literal_address(item).split(".")
        own = ".".join(parts[: 3 if parts[0] in ("data", "ephemeral") else 2])
        if own and own == scope.side.remote_address:
            continue  # waiting for a data source without dependencies orders nothing
        if not own or scope.declared(own) is None:
            found.add(f"{own or 'an expression'} (not declared in {scope.where()})")
        else:
            found.add(scope.address(own))
    return frozenset(found)
