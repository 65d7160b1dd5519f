"""The outputs that a central root offers, with their shapes: from its files, or from its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tfhoist.configuration import type_constraints
from tfhoist.configuration.model import Declaration, Module
from tfhoist.contract.shapes import ANYTHING, MAPPING, SEQUENCE, SINGLE, Shape, of_constraint, of_cty
from tfhoist.diagnostics import SourceRange
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
    Object,
    Parentheses,
    Splat,
    Template,
    Tuple,
    Unary,
    Variable,
)
from tfhoist.state.cty import TypeProblem, decode, parse_type
from tfhoist.state.snapshot import Snapshot

_DEEPEST = 30
_TEXTS = frozenset(
    "abspath base64decode base64encode basename chomp cidrhost cidrsubnet dirname file filebase64 format formatdate jsonencode join "
    "lower md5 regex_replace replace sha256 strrev substr templatefile title tostring trim trimprefix trimspace trimsuffix upper "
    "urlencode yamlencode".split()
)
_NUMBERS = frozenset("abs ceil floor length max min parseint pow signum tonumber".split())
_BOOLS = frozenset("alltrue anytrue can contains endswith fileexists startswith strcontains tobool".split())
_SEQUENCES = frozenset(
    "chunklist cidrsubnets compact concat distinct fileset flatten formatlist keys matchkeys range regexall reverse "
    "setintersection setproduct setsubtract setunion slice sort split tolist toset values".split()
)
_MAPPINGS = frozenset("merge tomap transpose zipmap".split())
_PLURAL = ("_ids", "_arns", "_names", "subnets", "security_groups", "_blocks", "name_servers")
_SINGLE = (
    "id",
    "arn",
    "name",
    "dns_name",
    "zone_id",
    "arn_suffix",
    "url",
    "endpoint",
    "port",
    "address",
    "domain_name",
)


class Offer(NamedTuple):
    """One output that is there: its shape, and where it's declared (None for one of a state)."""

    shape: Shape
    range: SourceRange | None = None


def offers_of_state(snapshot: Snapshot) -> dict[str, Offer]:
    """The outputs that a state holds, with their exact types. Terraform keeps no output that is null."""
    found: dict[str, Offer] = {}
    for name, output in snapshot.outputs.items():
        try:
            found[name] = Offer(of_cty(parse_type(decode(bytes(output.type)))))
        except TypeProblem:
            found[name] = Offer(ANYTHING)
    return found


def offers_of_root(root: Module) -> dict[str, Offer]:
    """The outputs that a root module declares, with what its expressions tell of their shapes."""
    return {one.name: Offer(_Shapes(root).of(one.expression("value"), 0), one.range) for one in root.of("output")}


class _Shapes:
    """Shapes of expressions in one module; unknown is always an answer."""

    def __init__(self, module: Module, given: Mapping[str, Shape] | None = None) -> None:
        self.module, self.given = module, given or {}

    def of(self, node: Expression | None, depth: int) -> Shape:
        if node is None or depth > _DEEPEST:
            return ANYTHING
        match node:
            case Literal(value=bool()):
                return Shape("primitive", type="bool")
            case Literal(value=str()):
                return Shape("primitive", type="string")
            case Literal(value=None):
                return ANYTHING
            case Literal():
                return Shape("primitive", type="number")
            case Template(parts=(single,)):
                return self.of(single, depth + 1)
            case Template():
                return Shape("primitive", type="string")
            case Parentheses(inner=inner):
                return self.of(inner, depth + 1)
            case Tuple(items=items):
                shapes = [self.of(item, depth + 1) for item in items]
                return Shape(SEQUENCE, shapes[0] if shapes and all(one == shapes[0] for one in shapes) else None)
            case Object(items=pairs):
                names = [key.value if isinstance(key, Literal) else None for key, _ in pairs]
                if any(not isinstance(name, str) for name in names):
                    return Shape(MAPPING)
                values = [self.of(value, depth + 1) for _, value in pairs]
                return Shape(MAPPING, fields={str(name): value for name, value in zip(names, values, strict=True)})
            case ForTuple():
                return Shape(SEQUENCE)
            case ForObject():
                return Shape(MAPPING)
            case Splat():
                return Shape(SEQUENCE, self._splat(node, depth))
            case Conditional(yes=yes, no=no):
                one, other = self.of(yes, depth + 1), self.of(no, depth + 1)
                if one == other or other.kind == "unknown":
                    return one
                return other if one.kind == "unknown" else Shape(one.kind) if one.kind == other.kind else ANYTHING
            case Binary(operator=operator):
                return Shape("primitive", type="number" if operator in ("+", "-", "*", "/", "%") else "bool")
            case Unary(operator=operator):
                return Shape("primitive", type="number" if operator == "-" else "bool")
            case Call():
                return self._call(node, depth)
            case Attr(target=Variable(name=root), name=name) if root in ("var", "local"):
                return self._named(root, name, depth)
            case Attr() | Index():
                return self._step(node, depth)
        return ANYTHING

    def _named(self, root: str, name: str, depth: int) -> Shape:
        if root == "local":
            local = self.module.get(f"local.{name}")
            return self.of(local.attribute.expression, depth + 1) if local is not None and local.attribute else ANYTHING
        variable = self.module.get(f"var.{name}")
        if variable is None:
            return ANYTHING
        shape = of_constraint(type_constraints.parse_type(variable.expression("type")))
        return self.given.get(name, shape) if shape == ANYTHING else shape

    def _call(self, node: Call, depth: int) -> Shape:
        name = node.name
        if name in _TEXTS:
            return Shape("primitive", type="string")
        if name in _NUMBERS:
            return Shape("primitive", type="number")
        if name in _BOOLS:
            return Shape("primitive", type="bool")
        if name in _SEQUENCES:
            inner = (
                self.of(node.arguments[0], depth + 1).inner
                if name in ("tolist", "toset", "sort") and node.arguments
                else None
            )
            return Shape(SEQUENCE, inner)
        if name in _MAPPINGS:
            return Shape(MAPPING)
        if name in ("sensitive", "nonsensitive") and node.arguments:
            return self.of(node.arguments[0], depth + 1)
        if name == "one" and node.arguments:
            return self.of(node.arguments[0], depth + 1).inner or ANYTHING
        return ANYTHING

    def _splat(self, node: Splat, depth: int) -> Shape | None:
        if len(node.steps) != 1 or not isinstance(node.steps[0], str):
            return None
        block = self._block(node.target)
        if block is None:
            return None
        inner = self._attribute(block, node.steps[0], depth)
        return inner if inner != ANYTHING else None

    def _step(self, node: Attr | Index, depth: int) -> Shape:
        """An attribute of a block, or a step into another shape."""
        if isinstance(node, Attr):
            target = node.target.target if isinstance(node.target, Index) else node.target
            block = self._block(target)
            if block is not None:
                if target is node.target and _repeated(block):
                    return ANYTHING
                return self._attribute(block, node.name, depth)
        if self._block(node) is not None:
            return ANYTHING  # a whole resource or module
        outer = self.of(node.target, depth + 1)
        if isinstance(node, Attr) and outer.fields is not None:
            return outer.fields.get(node.name, ANYTHING)
        return outer.inner or ANYTHING

    def _block(self, node: Expression) -> Declaration | None:
        """The block that `aws_lb.main`, `data.aws_vpc.main` or `module.vpc` names."""
        match node:
            case Attr(target=Variable(name=kind), name=name):
                return self.module.get(f"{kind}.{name}") if kind not in ("var", "local", "each", "path") else None
            case Attr(target=Attr(target=Variable(name="data"), name=kind), name=name):
                return self.module.get(f"data.{kind}.{name}")
        return None

    def _attribute(self, block: Declaration, name: str, depth: int) -> Shape:
        if block.kind == "module":
            child = self.module.children.get(block.name)
            output = child.get(f"output.{name}") if child is not None else None
            if child is None or output is None:
                return ANYTHING
            given = (
                {attribute.name: self.of(attribute.expression, depth + 1) for attribute in block.body.attributes}
                if depth < _DEEPEST
                else {}
            )
            return _Shapes(child, given).of(output.expression("value"), depth + 1)
        # Without the provider's schema, only names tell; those of AWS do, for what identifies things.
        if not block.type.startswith("aws_"):
            return ANYTHING
        if name in ("ids", "names") or name.endswith(_PLURAL):
            return Shape(SEQUENCE)
        if name in _SINGLE or name.endswith(("_arn", "_id", "_name")):
            return SINGLE
        return ANYTHING


def _repeated(block: Declaration) -> bool:
    return block.expression("count") is not None or block.expression("for_each") is not None
