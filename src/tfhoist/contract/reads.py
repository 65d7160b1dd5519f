"""The outputs that a service root reads through a `terraform_remote_state` data source: where, by whom, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tfhoist.configuration import type_constraints
from tfhoist.configuration.model import Declaration, Module
from tfhoist.contract.shapes import ANYTHING, MAPPING, SEQUENCE, SINGLE, Shape, of_constraint
from tfhoist.diagnostics import SourceRange
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
    Parentheses,
    Splat,
    Template,
    TemplateFor,
    Variable,
    children,
    flat_steps,
    walk,
)

REMOTE_STATE = "terraform_remote_state"

Step = str | int | None
"""A name or text key, a number, or None for an index or splat whose key isn't known."""


class Read(NamedTuple):
    """One read of an output: the block that reads, the argument it stands in, and what it relies on.

    `output` is "" where which outputs are read can't be told. `steps` lead into the value; what is there is used as `wanted`.
    `guessed` when only an argument's name says so. `range` is where it stands.
    """

    data: str
    output: str
    address: str
    argument: str
    steps: tuple[Step, ...]
    splat: bool
    wanted: Shape
    guessed: bool
    range: SourceRange


def remote_states(module: Module) -> dict[str, Declaration]:
    """The `terraform_remote_state` data sources of a root, by name."""
    return {one.name: one for one in module.of("data") if one.type == REMOTE_STATE}


def reads_of(module: Module) -> tuple[Read, ...]:
    """Every read of an output of another root's state, in the order of the files."""
    return tuple(read for declaration in module.declarations for read in _Reader(module, declaration).read())


class _Chain(NamedTuple):
    """`root.step.step[...]`, with the expressions that are its keys; `splat` is the number of steps before a splat."""

    root: str
    steps: tuple[Step, ...]
    splat: int | None
    keys: tuple[Expression, ...]


def _chain(node: Expression) -> _Chain | None:
    steps: list[Step] = []
    keys: list[Expression] = []
    splat: int | None = None
    while not isinstance(node, Variable):
        if isinstance(node, Attr):
            steps.append(node.name)
            node = node.target
        elif isinstance(node, Index):
            steps.append(_key(node.key))
            keys.append(node.key)
            node = node.target
        elif isinstance(node, Splat):
            flat = list(flat_steps(node.steps))
            keys += [step for step in flat if isinstance(step, Expression)]
            steps += [step if isinstance(step, str) else _key(step) for step in reversed(flat)]
            splat = len(steps)
            node = node.target
        elif isinstance(node, Parentheses):
            node = node.inner
        else:
            return None
    return _Chain(node.name, tuple(reversed(steps)), len(steps) - splat if splat is not None else None, tuple(keys))


def _key(node: Expression) -> Step:
    if isinstance(node, Literal) and isinstance(node.value, str | int) and not isinstance(node.value, bool):
        return node.value
    return None


_OF_TEXT = frozenset(
    "base64encode cidrhost cidrsubnet endswith format lower md5 replace sha256 split startswith strcontains substr title trim "
    "trimprefix trimspace trimsuffix upper urlencode".split()
)
_OF_SEQUENCES = frozenset("compact concat distinct element flatten one reverse slice sort sum toset".split())
_OF_MAPPINGS = frozenset("keys merge values".split())


class _Reader:
    """One declaration's reads."""

    def __init__(self, module: Module, declaration: Declaration) -> None:
        self.module, self.declaration = module, declaration
        self.aliases = _aliases(module)

    def read(self) -> Iterator[Read]:
        if self.declaration.json:
            yield from self._json()
            return
        if self.declaration.kind == "local":
            attribute = self.declaration.attribute
            if attribute is not None:
                # A local that stands for all outputs is looked through where it's read.
                if "outputs" in self.aliases.get(self.declaration.name, ())[-1:]:
                    return
                yield from self._expression(attribute.expression, "", ANYTHING, guessed=False)
            return
        yield from self._body(self.declaration.body, outermost=True)

    def _json(self) -> Iterator[Read]:
        """Of a definition in `.tf.json` only the references are known: which outputs it reads, but not as what."""
        for reference in self.declaration.references:
            steps = tuple(step.key for step in reference.steps)
            splat = next((number for number, step in enumerate(reference.steps) if step.kind == "splat"), None)
            node = Literal(self.declaration.start, self.declaration.end, None)
            read = self._of_chain(node, _Chain(reference.root, steps, splat, ()), "", ANYTHING, guessed=False)
            if read is not None:
                yield read

    def _body(self, body: Body, *, outermost: bool = False) -> Iterator[Read]:
        for attribute in body.attributes:
            wanted, guessed = self._argument(attribute.name, outermost=outermost)
            yield from self._expression(attribute.expression, attribute.name, wanted, guessed=guessed)
        for block in body.blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Read]:
        yield from self._body(block.body)

    def _argument(self, name: str, *, outermost: bool) -> tuple[Shape, bool]:
        """What an argument takes: a module's by its variable; a resource's by its name, as far as one can tell."""
        if self.declaration.kind == "module" and outermost:
            child = self.module.children.get(self.declaration.name)
            variable = child.get(f"var.{name}") if child is not None else None
            if variable is None:
                return ANYTHING, False
            return of_constraint(type_constraints.parse_type(variable.expression("type"))), False
        if name == "for_each" and self.declaration.kind in ("resource", "data", "module"):
            return ANYTHING, False
        if name == "count":
            return SINGLE, False
        if self.declaration.kind in ("resource", "data") and self.declaration.type.startswith("aws_"):
            if name.endswith(("_arn", "_id", "_name")):
                return SINGLE, True
            if name.endswith(("_arns", "_ids")):
                return Shape(SEQUENCE), True
        return ANYTHING, False

    def _expression(self, node: Expression, argument: str, wanted: Shape, *, guessed: bool) -> Iterator[Read]:
        pending = [(node, wanted, guessed)]
        while pending:
            current, shape, guess = pending.pop()
            chain = _chain(current)
            if chain is not None:
                read = self._of_chain(current, chain, argument, shape, guessed=guess)
                if read is not None:
                    yield read
                pending += [(key, ANYTHING, False) for key in reversed(chain.keys)]
                continue
            inner = list(_inside(current, shape, guessed=guess))
            pending += reversed(inner)

    def _of_chain(self, node: Expression, chain: _Chain, argument: str, wanted: Shape, *, guessed: bool) -> Read | None:
        steps, splat = chain.steps, chain.splat
        if chain.root == "local" and steps and steps[0] in self.aliases:
            before = self.aliases[str(steps[0])]
            splat = splat - 1 + len(before) if splat is not None else None
            steps = (*before, *steps[1:])
        elif chain.root != "data":
            return None
        if len(steps) < 2 or steps[0] != REMOTE_STATE or steps[1] not in remote_states(self.module):
            return None
        rest = steps[2:]
        position = next((number for number, step in enumerate(rest) if step == "outputs"), None)
        if position is None or position > 1:
            return None  # another attribute of the data source
        inner = rest[position + 1 :]
        output = inner[0] if inner and isinstance(inner[0], str) else ""
        within = splat is not None and splat > 2 + position + 1
        return Read(
            data=str(steps[1]),
            output=output,
            address=self.declaration.address or self.declaration.kind,
            argument=argument,
            steps=inner[1 : splat - (2 + position + 1) if within and splat is not None else None],
            splat=within,
            wanted=ANYTHING if within else wanted,
            guessed=guessed,
            range=self.declaration.file.range(node.start, node.end),
        )


def _inside(node: Expression, wanted: Shape, *, guessed: bool) -> Iterator[tuple[Expression, Shape, bool]]:
    """The expressions inside another, each with what it's used as."""
    match node:
        case Template(parts=(_, _, *_)):
            for part in children(node):
                yield part, SINGLE, False
        case Template(parts=(single,)):
            yield single, wanted, guessed
        case Parentheses(inner=inner):
            yield inner, wanted, guessed
        case Conditional(condition=condition, yes=yes, no=no):
            yield condition, ANYTHING, False
            yield yes, wanted, guessed
            yield no, wanted, guessed
        case Call(name=name, arguments=arguments):
            for number, argument in enumerate(arguments):
                yield argument, *_of_call(name, number, len(arguments), wanted, guessed=guessed)
        case Binary(operator=operator):
            used = ANYTHING if operator in ("==", "!=") else SINGLE
            for child in children(node):
                yield child, used, False
        case ForTuple() | ForObject() | TemplateFor():
            for child in children(node):
                yield child, ANYTHING, False
        case _:
            for child in children(node):
                yield child, ANYTHING, False


def _of_call(name: str, number: int, count: int, wanted: Shape, *, guessed: bool) -> tuple[Shape, bool]:
    if name in ("try", "coalesce", "sensitive", "nonsensitive"):
        return wanted, guessed
    if name in _OF_TEXT or (name == "join" and number == 0):
        return SINGLE, False
    if name in _OF_SEQUENCES and (number == 0 or name == "concat"):
        return Shape(SEQUENCE), False
    if name == "join" and number == count - 1:
        return Shape(SEQUENCE), False
    if name in _OF_MAPPINGS or (name == "lookup" and number == 0):
        return Shape(MAPPING), False
    return ANYTHING, False


def _aliases(module: Module) -> Mapping[str, tuple[Step, ...]]:
    """Locals that only stand for a data source, its outputs or one of them: what is read of the local is read of that."""
    names = remote_states(module)
    found: dict[str, tuple[Step, ...]] = {}
    for _ in range(8):  # a local may stand for another local
        size = len(found)
        for declaration in module.of("local"):
            chain = _chain(declaration.attribute.expression) if declaration.attribute is not None else None
            if chain is None or chain.splat is not None or declaration.name in found:
                continue
            if (
                chain.root == "data"
                and chain.steps[:1] == (REMOTE_STATE,)
                and chain.steps[1:2]
                and chain.steps[1] in names
            ):
                found[declaration.name] = chain.steps
            elif chain.root == "local" and chain.steps and chain.steps[0] in found:
                found[declaration.name] = (*found[str(chain.steps[0])], *chain.steps[1:])
        if len(found) == size:
            break
    return found


def data_reads(module: Module) -> dict[str, set[str]]:
    """Types of data sources to the attributes that one module reads of them."""
    found: dict[str, set[str]] = {one.type: set() for one in module.of("data")}
    for declaration in module.declarations:
        bodies = [declaration.body]
        expressions = (
            [declaration.attribute.expression] if declaration.kind == "local" and declaration.attribute else []
        )
        while bodies:
            body = bodies.pop()
            expressions += [attribute.expression for attribute in body.attributes]
            bodies += [block.body for block in body.blocks]
        for expression in expressions:
            for node in walk(expression):
                chain = _chain(node)
                if chain is not None and chain.root == "data" and len(chain.steps) > 2:
                    kind, name, *rest = chain.steps
                    block = module.get(f"data.{kind}.{name}")
                    if block is not None:
                        repeated = block.expression("count") is not None or block.expression("for_each") is not None
                        rest = rest[1:] if repeated and len(rest) > 1 and chain.splat != 2 else rest
                        if isinstance(rest[0], str):
                            found[block.type].add(rest[0])
    return found
