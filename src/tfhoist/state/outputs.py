"""The outputs of a root module, computed from a state: values, types and marks as Terraform would write them itself.

With them in the state, whoever reads it by `terraform_remote_state` can plan before anybody applies the root that offers them.
An output that can't be computed exactly is named with the reason, and left out: then that root has to be applied first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tfhoist.configuration import type_constraints
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.type_constraints import Type
from tfhoist.state.addresses import InstanceKey, inside
from tfhoist.state.cty import (
    DYNAMIC,
    NUMBER,
    STRING,
    CtyType,
    Plain,
    TypeProblem,
    check_value,
    decode,
    encode_type,
    encode_value,
)
from tfhoist.state.document import InstanceText, SnapshotDocument
from tfhoist.state.expressions import TypedScope, scalar, typed, untyped
from tfhoist.state.invented import Invent, Invented, InventedTypes
from tfhoist.state.moving import Moving
from tfhoist.state.schemas import Schemas
from tfhoist.state.surgery import OutputText
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
    elements,
    names_of,
    pairs,
    unified,
)
from tfhoist.values.evaluate import Scope, evaluate_constant
from tfhoist.values.types import Unknown, Value

BUILT_IN: Schemas = {
    "terraform_data": {"id": STRING, "input": DYNAMIC, "output": DYNAMIC, "triggers_replace": DYNAMIC},
    "data.terraform_remote_state": {
        "backend": STRING, "config": DYNAMIC, "defaults": DYNAMIC, "outputs": DYNAMIC, "workspace": STRING,
    },
}  # fmt: skip
"""The resources of Terraform's own provider."""


class ComputedOutputs(msgspec.Struct, frozen=True):
    """Outputs by name. Terraform keeps no output that is null (`absent`); `untold` has the reasons of those not computed."""

    outputs: dict[str, OutputText]
    absent: tuple[str, ...]
    untold: dict[str, str]


def compute_outputs(
    root: Module,
    variables: Mapping[str, Value],
    snapshot: SnapshotDocument,
    names: Iterable[str] | None = None,
    *,
    schemas: Schemas | None = None,
    workspace: str = "default",
    invent: Invent | None = None,
) -> ComputedOutputs:
    """Compute outputs of a root module (all of them without `names`) over a state that holds its resources.

    `variables` are the root's, with the values of sensitive ones too: the state holds those anyway. With `invent`, what the state lacks
    is made up: for mocks only.
    """
    state = _State(snapshot, {**BUILT_IN, **(schemas or {})}, workspace, invent)
    state.moving = Moving(root, state.resources)
    types = {d.name: type_constraints.parse_type(d.expression("type")) for d in root.of("variable")}
    given = {
        name: _constrained(_node(value), types.get(name, type_constraints.ANY)) for name, value in variables.items()
    }
    module = _ModuleValues(root, "", given, state)
    outputs: dict[str, OutputText] = {}
    absent: list[str] = []
    untold: dict[str, str] = {}
    wanted = set(names) if names is not None else None
    for declaration in sorted(root.of("output"), key=lambda one: one.name):
        if wanted is not None and declaration.name not in wanted:
            continue
        result = closed(module.output(declaration))
        if isinstance(result, Untold):
            untold[declaration.name] = result.why
        elif result.value is None:
            absent.append(declaration.name)
        else:
            sensitive = declaration.literal("sensitive") is True
            try:
                check_value(result.value, result.type)
            except TypeProblem as problem:  # a state that contradicts itself: never write what would brick another
                untold[declaration.name] = str(problem)
                continue
            outputs[declaration.name] = OutputText(encode_value(result.value), encode_type(result.type), sensitive)
    for name in sorted((wanted or set()) - {declaration.name for declaration in root.of("output")}):
        untold[name] = "the root module has no such output"
    return ComputedOutputs(outputs, tuple(absent), untold)


class _State:
    def __init__(
        self, snapshot: SnapshotDocument, schemas: Schemas, workspace: str, invent: Invent | None = None
    ) -> None:
        self.invent = invent
        self.resources = {resource.address: resource for resource in snapshot.resources}
        self.schemas = schemas
        self.workspace = workspace
        self.moving = Moving(None, {})

    def instances(self, address: str) -> dict[InstanceKey, InstanceText]:
        """The current objects of a resource."""
        resource = self.resources.get(address)
        return {one.key: one for one in resource.instances if not one.deposed} if resource is not None else {}

    def value(self, kind: str, address: str, instance: InstanceText) -> Node:
        """One instance with its attributes."""
        fields = msgspec.json.decode(instance.text, type=_Attributes)
        if fields.status:
            return Untold(f"{address} is {fields.status}")
        attributes = decode(bytes(fields.attributes))
        if not isinstance(attributes, dict):
            return Untold(f"{address} has no attributes in the state")
        return InstanceValue(address, attributes, self.schemas.get(kind))


class _Attributes(msgspec.Struct):
    status: str = ""
    attributes: msgspec.Raw = msgspec.Raw(b"null")


class _ModuleValues:
    """One instance of a module: its variables, and what its names stand for."""

    def __init__(
        self,
        module: Module,
        path: str,
        variables: Mapping[str, Node],
        state: _State,
        bound: Mapping[str, Node] | None = None,
    ) -> None:
        self.module = module
        self.path = path
        self.variables = variables
        self.state = state
        self.known: dict[str, Node] = {}
        plain = {name: untyped(node) for name, node in variables.items()}
        scope = Scope(module, plain, lambda root, name: untyped(self.lookup(root, name)), state.workspace)
        self.scope = TypedScope(scope, self.lookup, bound)

    def output(self, declaration: Declaration) -> Node:
        """The value of one output."""
        value = declaration.expression("value")
        return (
            typed(value, self.scope) if value is not None else Untold(f"output {declaration.name} has no value to read")
        )

    def lookup(self, root: str, name: str) -> Node:
        """The value of `root.name`."""
        address = f"{root}.{name}"
        if address not in self.known:
            self.known[address] = Untold(f"{address} depends on itself")  # until it's known
            self.known[address] = self._found(root, name, address)
        return self.known[address]

    def _found(self, root: str, name: str, address: str) -> Node:
        if root == "var":
            return self.variables.get(name, Untold(f"var.{name} has no known value"))
        declaration = self.module.get(address)
        if declaration is None:
            return Untold(f"{address} isn't declared")
        if declaration.json:
            return Untold(f"{address} stands in a .tf.json file")
        if root == "local":
            return typed(declaration.attribute.expression, self.scope) if declaration.attribute else Untold(address)
        if root == "module":
            return self._module(declaration)
        return self._resource(declaration, root)

    def _resource(self, declaration: Declaration, kind: str) -> Node:
        address = inside(self.path, declaration.address)
        there = self.state.instances(address)
        keys = self._keys(declaration, there)
        if kind not in ("data", "ephemeral") and not isinstance(keys, Untold):
            came = self.state.moving.to(address, keys, there)
            gone = {id(one) for one in came.values()}  # to another key of the same resource
            there = {key: one for key, one in there.items() if id(one) not in gone} | came
        if self.state.invent is not None:
            return self._invented(declaration, kind, address, keys, self.state.invent)
        if isinstance(keys, Untold):
            return keys
        for key in keys if keys is not None else [None]:
            if key not in there:
                return Untold(f"{address} isn't in the state with every instance that is configured")
        if keys is not None and len(keys) != len(there):
            return Untold(f"the state has more instances of {address} than are configured")
        values = {key: self.state.value(kind, address, one) for key, one in there.items()}
        if keys is None:
            return values[None]
        return _collection(declaration, {key: values[key] for key in keys})

    def _invented(
        self, declaration: Declaration, kind: str, address: str, keys: list[InstanceKey] | None | Untold, invent: Invent
    ) -> Node:
        """A resource that is made up, with what its own block says where that's known; some instances where it isn't known how many."""

        def instance(key: InstanceKey) -> Node:
            def value(name: str) -> Plain:
                written = "input" if (kind, name) == ("terraform_data", "output") else name
                expression = declaration.expression(written)
                node = closed(typed(expression, self.scope)) if expression is not None else None
                if isinstance(node, Typed) and node.value is not None:
                    return node.value
                return invent(kind, address, key, name)

            return InstanceValue(address, Invented(value), InventedTypes(value))

        if keys is None:
            return instance(None)
        if isinstance(keys, Untold):
            keys = [0, 1, 2] if declaration.expression("count") is not None else ["one"]
        return _collection(declaration, {key: instance(key) for key in keys})

    def _keys(self, declaration: Declaration, there: Iterable[InstanceKey] = ()) -> list[InstanceKey] | None | Untold:
        """The keys that `count` or `for_each` give, in order; None without either. The state's, where they can't be computed."""
        count, for_each = declaration.expression("count"), declaration.expression("for_each")
        if count is not None:
            number = typed(count, self.scope)
            if isinstance(number, Typed):
                whole = converted(number, NUMBER)
                if isinstance(whole, Typed) and isinstance(whole.value, int):
                    return list(range(whole.value))
            known = [key for key in there if isinstance(key, int)]
            return list(range(len(known))) if known else Untold(f"the count of {declaration.address} isn't known")
        if for_each is not None:
            node = typed(for_each, self.scope)
            found = pairs(node)
            if not isinstance(found, Untold):
                names = [key.value for key, _ in found if isinstance(key, Typed) and isinstance(key.value, str)]
                if len(names) == len(found):
                    return [*sorted(names)]
            texts = sorted(key for key in there if isinstance(key, str))
            return list(texts) if texts else Untold(f"the for_each of {declaration.address} isn't known")
        return None

    def _module(self, call: Declaration) -> Node:
        child = self.module.children.get(call.name)
        if child is None and self.state.invent is not None:
            invent, own = self.state.invent, f"module.{call.name}"

            def value(name: str) -> Plain:
                return invent("module", own, None, name)

            return InstanceValue(own, Invented(value), InventedTypes(value))
        if child is None:
            return Untold(f"the source of module.{call.name} isn't at hand")
        keys = self._keys(call)
        if isinstance(keys, Untold):
            return keys
        if keys is None:
            return self._child(child, call, f"module.{call.name}", {})
        each = call.expression("for_each")
        source = typed(each, self.scope) if each is not None else None
        values: dict[InstanceKey, Node] = {}
        for key in keys:
            if isinstance(key, int):
                bound: dict[str, Node] = {"count": Fields({"index": Typed(NUMBER, key)})}
                suffix = f"[{key}]"
            else:
                item = (
                    attribute(source, str(key))
                    if source is not None and names_of(source) is not None
                    else Typed(STRING, key)
                )
                bound = {"each": Fields({"key": Typed(STRING, key), "value": item})}
                suffix = inside_key(key)
            values[key] = self._child(child, call, f"module.{call.name}{suffix}", bound)
        return _collection(call, values)

    def _child(self, child: Module, call: Declaration, own: str, bound: Mapping[str, Node]) -> Node:
        scope = self.scope.with_bound(bound) if bound else self.scope
        variables: dict[str, Node] = {}
        for declaration in child.of("variable"):
            given = call.expression(declaration.name)
            default = declaration.expression("default")
            value: Node
            if given is not None:
                value = typed(given, scope)
                if _is_null(value) and declaration.literal("nullable") is False and default is not None:
                    value = _node(evaluate_constant(default))
            elif default is not None:
                value = _node(evaluate_constant(default))
            else:
                value = Untold(f"var.{declaration.name} of {own} isn't given")
            wanted = type_constraints.parse_type(declaration.expression("type"))
            variables[declaration.name] = _constrained(value, wanted)
        values = _ModuleValues(child, inside(self.path, own), variables, self.state)
        return Fields(_Outputs(values))


class _Outputs(Mapping[str, Node]):
    """A module's outputs, computed when they're asked for."""

    def __init__(self, values: _ModuleValues) -> None:
        self._values = values
        self._declared = {declaration.name: declaration for declaration in values.module.of("output")}
        self._known: dict[str, Node] = {}

    def __getitem__(self, name: str) -> Node:
        if name not in self._known:
            declaration = self._declared[name]
            self._known[name] = Untold(f"output {name} depends on itself")
            self._known[name] = self._values.output(declaration)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


def inside_key(key: InstanceKey) -> str:
    """An instance key as it stands in an address."""
    from tfhoist.addresses import index_suffix

    return index_suffix(key)


def _collection(declaration: Declaration, values: Mapping[InstanceKey, Node]) -> Node:
    if declaration.expression("count") is not None:
        return Seq(tuple(values.values()))
    return Fields({str(key): value for key, value in values.items()})


def _is_null(node: Node) -> bool:
    return isinstance(node, Typed) and node.value is None


def _node(value: Value) -> Node:
    """A value of the partial evaluator, of the type that its form has."""
    if isinstance(value, Unknown):
        return Untold(value.why)
    if isinstance(value, tuple):
        return Seq(tuple(_node(item) for item in value))
    if isinstance(value, dict):
        return Fields({name: _node(item) for name, item in value.items()})
    return scalar(value)


def _constrained(node: Node, wanted: Type) -> Node:
    """A value as a variable of that type holds it."""
    if isinstance(node, Untold) or wanted.kind == "any":
        return node
    if _is_null(node):
        exact = _exact_type(wanted)
        return Typed(exact, None) if exact is not None else NULL
    if wanted.kind in ("string", "number", "bool"):
        whole = closed(node)
        return converted(whole, wanted.kind) if isinstance(whole, Typed) else whole
    if wanted.kind in ("list", "set", "map", "tuple"):
        return _constrained_collection(node, wanted)
    if names_of(node) is None:
        return Untold("a value that is no object", fails=True)
    fields: dict[str, Node] = {}
    names = set(names_of(node) or ())
    for name, inner, optional, default in wanted.fields:
        item = attribute(node, name) if name in names else NULL
        if name not in names and not optional:
            return Untold(f"a value without the attribute {name!r}", fails=True)
        if _is_null(item) and default is not None:
            item = _node(evaluate_constant(default))
        fields[name] = _constrained(item, inner)
    return closed(Fields(fields))


def _constrained_collection(node: Node, wanted: Type) -> Node:
    if wanted.kind == "map":
        found = pairs(node)
        if isinstance(found, Untold):
            return found
        keys = [str(key.value) for key, _ in found if isinstance(key, Typed)]
        items = [_constrained(item, wanted.items[0]) for _, item in found]
    else:
        parts = elements(node)
        if parts is None or (wanted.kind == "tuple" and len(parts) != len(wanted.items)):
            return Untold(f"a value that is no {wanted.kind}", fails=True)
        keys = []
        types = wanted.items if wanted.kind == "tuple" else [wanted.items[0]] * len(parts)
        items = [_constrained(item, type_) for item, type_ in zip(parts, types, strict=True)]
    whole = closed(Seq(tuple(items)))
    if isinstance(whole, Untold) or wanted.kind == "tuple":
        return whole
    inner = _exact_type(wanted.items[0]) or unified(whole.type[1])
    if inner is None:
        return Untold(f"a {wanted.kind} of different types")
    if wanted.kind != "map":
        return converted(whole, (wanted.kind, inner))
    listed = converted(whole, ("list", inner))
    if isinstance(listed, Untold):
        return listed
    made: Plain = listed.value
    assert isinstance(made, list)
    return Typed(("map", inner), dict(zip(keys, made, strict=True)))


def _exact_type(wanted: Type) -> CtyType | None:
    """The type that a constraint names; None where `any` stands in it."""
    if wanted.kind in ("string", "number", "bool"):
        return wanted.kind
    if wanted.kind == "any":
        return None
    if wanted.kind == "object":
        fields = {name: _exact_type(inner) for name, inner, _, _ in wanted.fields}
        exact = {name: inner for name, inner in fields.items() if inner is not None}
        return ("object", tuple(sorted(exact.items()))) if len(exact) == len(fields) else None
    inners = [_exact_type(inner) for inner in wanted.items]
    if None in inners:
        return None
    return (wanted.kind, tuple(inners) if wanted.kind == "tuple" else inners[0])
