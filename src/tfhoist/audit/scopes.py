"""What a root declares in one environment: every block of it and of its local modules, instance by instance.

Two kinds of values are asked for. *Names* are real values: what isn't known before an apply is `Unknown`. *Links* say
which thing an argument points at: there, the id or ARN of a block stands as a token that holds the block's address, so
that two spellings of one listener are equal, and two listeners aren't.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import is_override
from tfhoist.configuration.type_constraints import convert, parse_type
from tfhoist.hcl.bodies import Block, Body
from tfhoist.hcl.expressions import Attr, Expression, Index, Object, Variable
from tfhoist.values.evaluate import Scope, evaluate, evaluate_constant, pairs_of
from tfhoist.values.types import Unknown, Value, to_number, to_text

MOST_INSTANCES = 1000
"""A block with more instances than this is treated as one whose number isn't known."""

MOST_MODULES = 10_000
"""Module instances that are looked into; those inside further ones are treated as of unknown number."""

MARK = "\0"
"""Begins a token; no text of a configuration can hold it."""

_IDENTITIES = frozenset(("id", "arn", "name", "zone_id"))

ID_IS_NAME = {
    "aws_s3_bucket": "bucket", "aws_iam_role": "name", "aws_iam_user": "name", "aws_iam_group": "name",
    "aws_iam_instance_profile": "name", "aws_cloudwatch_log_group": "name", "aws_db_subnet_group": "name",
    "aws_db_parameter_group": "name", "aws_ecr_repository": "name", "aws_dynamodb_table": "name",
    "aws_lambda_function": "function_name", "aws_key_pair": "key_name", "aws_ssm_parameter": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name", "aws_eks_cluster": "name",
}  # fmt: skip
"""Types whose `id` is the argument that names them (each resource's page in the AWS provider's documentation)."""


class _Object(dict[str, Value]):
    """An object whose attributes are computed when they're asked for."""

    def __init__(self, compute: Callable[[str], Value]) -> None:
        super().__init__()
        self._compute = compute

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> Value:
        self[name] = Unknown(f"{name} refers to itself")  # what the computing itself finds
        self[name] = value = self._compute(name)
        return value

    def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override]
        return self[name]


class Caller(NamedTuple):
    """The module call behind a local module, and the scopes that its arguments are read in."""

    declaration: Declaration
    owner: ModuleInstance
    names: Scope
    links: Scope


class ModuleInstance:
    """One instance of a module: its path (`""` for the root, `module.vpc[0]`), and its scopes."""

    def __init__(
        self,
        path: str,
        module: Module,
        names: Mapping[str, Value],
        links: Mapping[str, Value],
        workspace: str,
        caller: Caller | None = None,
    ) -> None:
        self.path = path
        self.module = module
        self.caller = caller
        self.names = Scope(module, names, lambda root, name: self._resolve(root, name, False), workspace)
        self.links = Scope(module, links, lambda root, name: self._resolve(root, name, True), workspace)
        self._values: dict[tuple[str, bool], Value] = {}
        self._instances: dict[Declaration, tuple[BlockInstance, ...] | None] = {}
        self._children: dict[str, list[tuple[int | str | None, ModuleInstance]] | None] = {}

    def expand(self, declaration: Declaration) -> list[tuple[int | str | None, Scope, Scope]] | None:
        """The keys of a block's instances, each with both scopes; None when their number isn't known."""
        if declaration.json:
            return None
        count = declaration.expression("count")
        if count is not None:
            number = to_number(evaluate(count, self.names))
            if not isinstance(number, int) or not 0 <= number <= MOST_INSTANCES:
                return None
            return [
                (index, self.names.with_bound(count={"index": index}), self.links.with_bound(count={"index": index}))
                for index in range(number)
            ]
        each = declaration.expression("for_each")
        if each is None:
            return [(None, self.names, self.links)]
        pairs = _keyed(evaluate(each, self.names))
        if pairs is None or len(pairs) > MOST_INSTANCES:
            return None
        linked = dict(_keyed(evaluate(each, self.links)) or ())
        return [
            (
                key,
                self.names.with_bound(each={"key": key, "value": value}),
                self.links.with_bound(each={"key": key, "value": linked.get(key, Unknown("each.value isn't known"))}),
            )
            for key, value in pairs
        ]

    def instances(self, declaration: Declaration) -> tuple[BlockInstance, ...] | None:
        """The instances of a block, made once; None when their number isn't known."""
        try:
            return self._instances[declaration]
        except KeyError:
            pass
        expanded = self.expand(declaration)
        found = None
        if expanded is not None:
            found = tuple([BlockInstance(declaration, self, key, names, links) for key, names, links in expanded])
        self._instances[declaration] = found
        return found

    def instance_of_any(self, declaration: Declaration) -> BlockInstance:
        """A block as it is whatever its instances' keys are."""
        return BlockInstance(declaration, self, None, self.names, self.links)

    def blocks(self) -> Iterator[BlockInstance]:
        """The instances of the resources, data sources and module calls here; those of a known number only."""
        for declaration in self.module.of("resource", "data", "module"):
            if not is_override(declaration.file.path):
                yield from self.instances(declaration) or ()

    def children(self, name: str) -> list[tuple[int | str | None, ModuleInstance]] | None:
        """The instances of a local module that is called here; None when it isn't local or their number isn't known."""
        if name in self._children:
            return self._children[name]
        self._children[name] = None  # an argument that reads the module itself finds nothing
        child, call = self.module.children.get(name), self.module.get(f"module.{name}")
        expanded = self.expand(call) if child is not None and call is not None else None
        if child is None or call is None or expanded is None:
            return None
        found: list[tuple[int | str | None, ModuleInstance]] = []
        for key, names, links in expanded:
            path = f"{self.path}.module.{name}" if self.path else f"module.{name}"
            inside = ModuleInstance(
                path + index_suffix(key),
                child,
                _Object(lambda variable, scope=names: _argument(child, call, variable, scope)),  # type: ignore[misc]
                _Object(lambda variable, scope=links: _argument(child, call, variable, scope)),  # type: ignore[misc]
                self.names.workspace,
                Caller(call, self, names, links),
            )
            found.append((key, inside))
        self._children[name] = found
        return found

    def tree(self) -> Iterator[ModuleInstance]:
        """This instance and all local ones below it."""
        pending = [self]
        count = 0
        while pending:
            current = pending.pop()
            count += 1
            yield current
            if count + len(pending) > MOST_MODULES:
                continue
            for name in sorted(current.module.children, reverse=True):
                pending.extend(child for _, child in reversed(current.children(name) or []))

    def provider(self, declaration: Declaration) -> str:
        """The root's provider configuration that a resource is managed with, such as `aws.east`."""
        label = declaration.type.split("_")[0]
        attribute = declaration.body.attribute("provider")
        if attribute is not None:
            label = declaration.file.text(attribute.value_start, attribute.value_end).strip('" \n')
        here: ModuleInstance = self
        while here.caller is not None:
            passed = here.caller.declaration.expression("providers")
            if isinstance(passed, Object):
                file = here.caller.declaration.file
                for key, value in passed.items:
                    if file.text(key.start, key.end) == label:
                        label = file.text(value.start, value.end)
                        break
            here = here.caller.owner
        return label

    def _resolve(self, root: str, name: str, links: bool) -> Value:
        address = f"{root}.{name}"
        cached = self._values.get((address, links))
        if cached is None:
            self._values[(address, links)] = Unknown(f"{address} refers to itself")
            cached = self._module_value(name, links) if root == "module" else self._block_value(address, links)
            self._values[(address, links)] = cached
        return cached

    def _module_value(self, name: str, links: bool) -> Value:
        children = self.children(name)
        if children is None:
            return Unknown(f"module.{name} isn't read")

        def outputs(child: ModuleInstance) -> Value:
            def compute(output: str) -> Value:
                declaration = child.module.get(f"output.{output}")
                value = declaration.expression("value") if declaration is not None else None
                if declaration is None or value is None or declaration.literal("sensitive") is True:
                    return Unknown(f"module.{name}.{output} isn't known", sensitive=declaration is not None)
                return evaluate(value, child.links if links else child.names)

            return _Object(compute)

        return _collected([(key, outputs(child)) for key, child in children], self.module.get(f"module.{name}"))

    def _block_value(self, address: str, links: bool) -> Value:
        declaration = self.module.get(address)
        if declaration is None:
            return Unknown(f"{address} isn't declared")
        instances = self.instances(declaration)
        if instances is None:
            return Unknown(f"how many {address} there are isn't known")
        return _collected(
            [(block.key, _Object(block.link_of if links else block.attribute)) for block in instances], declaration
        )


def _argument(child: Module, call: Declaration, variable: str, scope: Scope) -> Value:
    declaration = child.get(f"var.{variable}")
    if declaration is None:
        return Unknown(f"var.{variable} isn't declared")
    if declaration.literal("sensitive") is True:
        return Unknown("sensitive", sensitive=True)
    wanted = parse_type(declaration.expression("type"))
    given, default = call.expression(variable), declaration.expression("default")
    if given is not None:
        value = evaluate(given, scope)
        if value is not None or declaration.literal("nullable") is not False or default is None:
            return convert(value, wanted)
    if default is None:
        return Unknown(f"var.{variable} has no value")
    return convert(evaluate_constant(default), wanted)


def _keyed(collection: Value) -> list[tuple[str, Value]] | None:
    if isinstance(collection, _Object):
        return None
    pairs = pairs_of(collection)
    if isinstance(pairs, Unknown):
        return None
    keyed: list[tuple[str, Value]] = []
    for key, value in pairs:
        text = to_text(key if isinstance(collection, dict) else value)
        if text is None:
            return None
        keyed.append((text, value))
    return keyed


def _collected(found: list[tuple[int | str | None, Value]], declaration: Declaration | None) -> Value:
    body = declaration.body if declaration is not None else Body()
    if body.attribute("count") is not None:
        return tuple(value for _, value in found)
    if body.attribute("for_each") is not None:
        return {str(key): value for key, value in found}
    return found[0][1]


class BlockInstance:
    """One instance of a block in one environment. What is asked of it is worked out once."""

    __slots__ = ("_targets", "_values", "address", "block", "declaration", "key", "links", "names", "owner")

    def __init__(
        self, declaration: Declaration, owner: ModuleInstance, key: int | str | None, names: Scope, links: Scope
    ) -> None:
        self.declaration = declaration
        self.owner = owner
        self.key = key
        self.names = names
        self.links = links
        self.block = f"{owner.path}.{declaration.address}" if owner.path else declaration.address
        """The address of its block, with the module's path, without its own key."""
        self.address = self.block + index_suffix(key)
        """The address of this instance."""
        self._values: dict[str, Value | None] = {}
        self._targets: dict[str, str | None] = {}

    def value(self, name: str) -> Value | None:
        """The value of an argument; None when it isn't written, or is null."""
        if name not in self._values:
            expression = self.declaration.expression(name)
            self._values[name] = evaluate(expression, self.names) if expression is not None else None
        return self._values[name]

    def text(self, name: str) -> str | None:
        """The text of an argument, when it's known."""
        return known_text(self.value(name))

    def number(self, name: str) -> int | None:
        """The whole number of an argument, when it's known."""
        value = self.value(name)
        number = to_number(value) if value is not None else None
        return number if isinstance(number, int) else None

    def inner(self, expression: Expression | None) -> Value:
        """The value of an expression inside the block."""
        return evaluate(expression, self.names) if expression is not None else None

    def texts(self, expression: Expression | None) -> tuple[str, ...]:
        """The known texts of a list inside the block."""
        value = self.inner(expression)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()

    def target(self, expression: Expression | None, links: Scope | None = None) -> str | None:
        """What an expression points at: an address, or a literal id as it's written; None when it isn't known.

        `links` is given inside a `dynamic` block, which binds more names.
        """
        if expression is None:
            return None
        value = evaluate(expression, self.links if links is None else links)
        if isinstance(value, str) and value:
            return value.removeprefix(MARK) if value.count(MARK) <= 1 else None
        if isinstance(value, Unknown) and not value.sensitive and _is_path(expression):
            file = self.declaration.file
            return f"{self.owner.path}:{file.text(expression.start, expression.end)}"
        return None

    def points_at(self, name: str) -> str | None:
        """What an argument points at; see `target`."""
        if name not in self._targets:
            self._targets[name] = self.target(self.declaration.expression(name))
        return self._targets[name]

    def attribute(self, name: str) -> Value:
        """An attribute of this block as others read it: an argument's value, or unknown."""
        argument = ID_IS_NAME.get(self.declaration.type, name) if name == "id" else name
        expression = self.declaration.expression(argument)
        if expression is None:
            return Unknown(f"{self.address}.{name} is known after the apply")
        return evaluate(expression, self.names)

    def link_of(self, name: str) -> Value:
        """An attribute of this block as a link: its identity as a token."""
        if name in _IDENTITIES:
            return MARK + self.address
        expression = self.declaration.expression(name)
        return evaluate(expression, self.links) if expression is not None else f"{MARK}{self.address}#{name}"

    def nested(self, *path: str) -> list[Block]:
        """The nested blocks at a path of block types."""
        bodies = [self.declaration.body]
        found: list[Block] = []
        for step in path:
            found = [block for body in bodies for block in body.blocks_of(step)]
            bodies = [block.body for block in found]
        return found


def known_text(value: Value | None) -> str | None:
    """A value as text, None for what is unknown, null or no text."""
    if type(value) is str:
        return value
    return to_text(value) if value is not None and not isinstance(value, Unknown) else None


def _is_path(expression: Expression) -> bool:
    """Whether an expression is a plain traversal of a module's or data source's attributes."""
    while isinstance(expression, Attr | Index):
        if isinstance(expression, Index) and isinstance(expression.key, Variable | Attr):
            return False
        expression = expression.target
    return isinstance(expression, Variable) and expression.name in ("module", "data")


class Evaluation:
    """Everything that is declared in one environment."""

    def __init__(self, module: Module, environment: Environment) -> None:
        self.environment = environment
        base = environment.scope(module)
        self.root = ModuleInstance("", module, base.variables, base.variables, environment.workspace)

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    @cached_property
    def modules(self) -> tuple[ModuleInstance, ...]:
        """The root and every instance of its local modules."""
        return tuple(self.root.tree())

    @cached_property
    def instances(self) -> tuple[BlockInstance, ...]:
        """Every instance of every block of a known number."""
        return tuple(block for module in self.modules for block in module.blocks())

    @cached_property
    def by_type(self) -> dict[str, list[BlockInstance]]:
        """The managed instances by their type."""
        found: dict[str, list[BlockInstance]] = {}
        for instance in self.instances:
            if instance.declaration.kind == "resource":
                found.setdefault(instance.declaration.type, []).append(instance)
        return found

    @cached_property
    def _blocks(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The managed blocks and module calls that have instances, and those of which it isn't known; addresses without keys."""
        present: set[str] = set()
        unknown: set[str] = set()
        for owner in self.modules:
            path = f"{without_keys(owner.path)}." if owner.path else ""
            for declaration in owner.module.of("resource", "module"):
                instances = owner.instances(declaration)
                if instances is None:
                    unknown.add(path + declaration.address)
                elif instances:
                    present.add(path + declaration.address)
        return frozenset(present), tuple(sorted(unknown))

    def lacks(self, block: str) -> bool | None:
        """Whether a block (its address without keys) has no instance; None when that isn't known."""
        present, unknown = self._blocks
        if block in present:
            return False
        if any(block == call or block.startswith(f"{call}.") for call in unknown):
            return None
        return True

    def of(self, *types: str) -> list[BlockInstance]:
        """The managed instances of some types."""
        return [instance for kind in types for instance in self.by_type.get(kind, ())]
