"""What names mean in each module, on each side, in one environment.

Addresses are those of the service root before: the contents of the new call `module.<label>` have no prefix, those of
local modules below keep theirs. What belongs to somebody else's part of a central root is marked, and equals nothing.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping

from tfhoist.configuration.environments import Assignment, Environment
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl.expressions import (
    Attr,
    Expression,
    Index,
    Literal,
    Object,
    Template,
    Variable,
)
from tfhoist.hcl.references import Reference
from tfhoist.proof.conversion import constraint, convert, never_null
from tfhoist.proof.normal_form import Context, Normaliser
from tfhoist.proof.term import Term
from tfhoist.proof.terms import COUNT, FOR_EACH, SINGLE, Terms
from tfhoist.values.marks import ALL
from tfhoist.values.types import Unknown, has_unknown

FOREIGN = "(central) "
"""The prefix of addresses in a central root that aren't the service's."""

META_OF_CALLS = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


class Side:
    """One root in one environment: its files, its values, and what is particular to it.

    `folder` is where its root module is in `tree`; `repository` tells whose files they are; `label` is that of the new
    call (central roots only), `new` the addresses that a central root gained, and `copied` the data sources among them with those
    of the service root that they are copies of; `remote_outputs` reads the new remote state
    (the edited service root only), whose data source is `remote_address`. `marked_by_output` are the values that nothing but a
    module's output calls sensitive.
    """

    def __init__(
        self,
        name: str,
        repository: str,
        tree: Tree,
        module: Module,
        environment: Environment,
        terms: Terms,
        normaliser: Normaliser,
    ) -> None:
        self.name = name
        self.repository = repository
        self.tree = tree
        self.folder = module.folder
        self.environment = environment
        self.terms = terms
        self.normaliser = normaliser
        self.label = ""
        self.new: frozenset[str] = frozenset()
        self.copied: Mapping[str, str] = {}
        self.service_variables: Mapping[str, str] = {}
        self.remote_address = ""
        self.remote_outputs: Callable[[str], Term | None] | None = None
        self.outputs_read: dict[str, bool] = {}
        self.swallowed: set[str] = set()
        self.inputs: set[str] = set()
        self.marked_by_output: dict[Term, str] = {}
        self.root = ModuleScope(self, module, FOREIGN if name == "central" else "", None, None)


class ModuleScope:
    """The names of one module."""

    def __init__(
        self, side: Side, module: Module, prefix: str, parent: ModuleScope | None, call: Declaration | None
    ) -> None:
        self.side = side
        self.module = module
        self.prefix = prefix
        self.parent = parent
        self.call = call
        self.terms = side.terms
        self._memo: dict[str, Term] = {}
        self._open: set[str] = set()
        self._children: dict[str, ModuleScope] = {}

    def address(self, own: str) -> str:
        """The address that something of this module had in the service root before."""
        if self.parent is None and own in self.side.copied:
            return self.side.copied[own]
        return f"{self.prefix}{own}"

    def context(self, own: str = "") -> Context:
        """Where the expressions of a block of this module stand."""
        return Context(self, self.address(own))

    def normal(self, expression: Expression, own: str = "") -> Term:
        """The term of an expression of this module."""
        return self.side.normaliser.normal(expression, self.context(own))

    def declared(self, address: str) -> Declaration | None:
        """The definition of an address of this module."""
        return self.module.get(address)

    # calls

    def child(self, name: str) -> ModuleScope | None:
        """The scope of a local module that this one calls."""
        module = self.module.children.get(name)
        call = self.module.get(f"module.{name}")
        if module is None or call is None:
            return None
        if name not in self._children:
            own = self.side.label and self.parent is None and name == self.side.label
            prefix = "" if own else f"{self.address(f'module.{name}')}."
            self._children[name] = ModuleScope(self.side, module, prefix, self, call)
        return self._children[name]

    def single_child(self, name: str) -> ModuleScope | None:
        """The same, when the call has neither `count` nor `for_each`: its outputs can be inlined."""
        child = self.child(name)
        if child is None or child.call is None or multiplicity(child.call) != SINGLE:
            return None
        return child

    def module_call(self, name: str) -> Term:
        """`module.name` as a whole: an object of its outputs, where it has one instance and its files are at hand."""
        child = self.single_child(name)
        if child is None or any(declaration.json for declaration in child.module.of("output")):
            return self._reference(f"module.{name}", "module")
        names = sorted(declaration.name for declaration in child.module.of("output"))
        return self.terms.object([(self.terms.text(one), child.output(one)) for one in names])

    # values

    def variable(self, name: str) -> Term:
        """`var.name`."""
        return self._remembered(f"var.{name}", lambda: self._variable(name))

    def _variable(self, name: str) -> Term:
        declaration = self.module.get(f"var.{name}")
        if declaration is None:
            return self.terms.make("undeclared", f"var.{name}", self.where())
        if declaration.json:
            given = self.call.expression(name) if self.call is not None else None
            said = self.json(declaration)
            if given is None or self.parent is None or self.call is None:
                return said
            return self.terms.make("given", said, self.parent.normal(given, self.call.address))
        wanted = constraint(self.terms, declaration.expression("type"))
        value = self._root_value(declaration, wanted) if self.parent is None else self._argument(declaration)
        ephemeral = value.kind == "ephemeral"  # what an ephemeral variable passes on, which another one has to allow
        if ephemeral:
            value = value.parts[0]
        value = convert(self.terms, value, wanted)
        if declaration.literal("sensitive") is True:
            value = self.terms.sensitive(value)
        ephemeral = ephemeral or declaration.literal("ephemeral") is True
        return self.terms.make("ephemeral", value) if ephemeral else value

    def _default(self, declaration: Declaration) -> Term | None:
        default = declaration.expression("default")
        return None if default is None else self.normal(default)

    def _root_value(self, declaration: Declaration, wanted: Term) -> Term:
        name = declaration.name
        assignment = self.side.environment.assignments.get(name)
        default = self._default(declaration)
        if assignment is None:
            if default is None:
                return self._input(declaration, wanted)
            value = default
        else:
            value = self._given(assignment)
            if value is self.terms.null and default is not None and declaration.literal("nullable") is False:
                value = default
        if self.side.label and declaration.address in self.side.new:
            own = name.removeprefix(f"{self.side.label}_")
            if own not in self.side.service_variables:
                return self.terms.make("pin", name, value)
        return value

    def _given(self, assignment: Assignment) -> Term:
        """The value that a file gives. One that can't be worked out is the same only where its text is."""
        if not has_unknown(assignment.value):
            return self.terms.value(assignment.value)
        text = hashlib.sha256(assignment.text.encode()).hexdigest()
        why = assignment.value.why if isinstance(assignment.value, Unknown) else "a value that isn't known in part"
        return self.terms.make("unknown", why, text)

    def _input(self, declaration: Declaration, wanted: Term) -> Term:
        name = declaration.name
        if self.side.label:
            own = name.removeprefix(f"{self.side.label}_")
            if own == name or declaration.address not in self.side.new or own not in self.side.service_variables:
                return self.terms.make("unknown", f"var.{name} has no value in the files", FOREIGN)
            self.side.inputs.add(name)
            name = own
        return self.terms.make("input", name, wanted)

    def _argument(self, declaration: Declaration) -> Term:
        assert self.parent is not None
        assert self.call is not None
        given = self.call.expression(declaration.name) if declaration.name not in META_OF_CALLS else None
        default = self._default(declaration)
        if given is None:
            return default if default is not None else self.terms.make("undeclared", f"argument {declaration.name}", "")
        value = self.parent.normal(given, self.call.address)
        if default is not None and declaration.literal("nullable") is False:
            if value is self.terms.null:
                return default
            if not never_null(value):
                return self.terms.make("unless_null", value, default)
        return value

    def local(self, name: str) -> Term:
        """`local.name`."""
        return self._remembered(f"local.{name}", lambda: self._local(name))

    def _local(self, name: str) -> Term:
        declaration = self.module.get(f"local.{name}")
        if declaration is None:
            return self.terms.make("undeclared", f"local.{name}", self.where())
        if declaration.attribute is None:
            return self.json(declaration)
        return self.normal(declaration.attribute.expression)

    def output(self, name: str) -> Term:
        """The value of one of this module's outputs, as its caller sees it."""
        return self._remembered(f"output.{name}", lambda: self._output(name))

    def _output(self, name: str) -> Term:
        declaration = self.module.get(f"output.{name}")
        if declaration is None:
            return self.terms.make("undeclared", f"output.{name}", self.where())
        if declaration.json:
            return self.json(declaration)
        value = declaration.expression("value")
        if value is None:
            return self.terms.make("undeclared", f"the value of output.{name}", self.where())
        term = self.normal(value)
        if declaration.literal("sensitive") is not True:
            return term
        marked = self.terms.sensitive(term)
        if term.marks != ALL and self.prefix not in ("", FOREIGN):
            self.side.marked_by_output[marked] = f"{self.prefix}{name}"
        return marked

    def resource(self, kind: str, type_: str, name: str) -> Term:
        """A reference to a resource, data source or ephemeral resource."""
        if kind == "data" and self.parent is None and f"data.{type_}.{name}" == self.side.remote_address:
            return self.terms.make("remote", name)
        address = f"{type_}.{name}" if kind == "resource" else f"{kind}.{type_}.{name}"
        return self._reference(address, type_ if kind == "resource" else f"{kind}.{type_}")

    def _reference(self, own: str, kind: str) -> Term:
        if self.module.get(own) is None:
            return self.terms.make("undeclared", own, self.where())
        return self.terms.make("ref", self.address(own), kind)

    def remote_output(self, key: Term, *, swallowed: bool) -> Term:
        """`data.terraform_remote_state.<new>.outputs[key]`."""
        if key.kind != "const" or self.side.remote_outputs is None:
            return self.terms.make("unknown", "which central output is read can't be told", "")
        name = key.parts[1]
        self.side.outputs_read[name] = True
        if swallowed:
            self.side.swallowed.add(name)
        value = self.side.remote_outputs(name)
        if value is None:
            return self.terms.make("undeclared", f"central output {name}", "")
        return self.terms.unmarked(value)

    def each_value(self, owner: str) -> Term:
        """`each.value` of a block: the instance itself where `for_each` is a resource, or a loop's result where it's a loop."""
        key, value = (self.terms.make("symbol", f"each.{name}", owner) for name in ("key", "value"))
        own = next(
            (own for own, address in self.side.copied.items() if address == owner), owner.removeprefix(self.prefix)
        )
        declaration = self.module.get(own)
        collection = declaration.expression("for_each") if declaration is not None else None
        if collection is None:
            return value
        term = self._remembered(f"for_each {own}", lambda: self.normal(collection, own))
        inner = term.parts[1] if term.kind == "convert" and term.parts[0].parts[:1] == ("map",) else term
        known = self.terms.keys_of(inner) is not inner or self.terms.has_keys(inner)
        return self.terms.index(term, key) if known else value

    def path(self, name: str) -> Term:
        """`path.module`, `path.root` and `path.cwd`. In a root module the first two are the text `.`, as if written so."""
        if name == "root" or (name == "module" and self.module.folder == self.side.folder):
            return self.terms.text(".")
        if name == "module":
            return self.terms.make(
                "path", "module", posixpath.relpath(self.module.folder or ".", self.side.folder or ".")
            )
        return self.terms.make("path", name, self.side.repository)

    def terraform(self, name: str) -> Term:
        """`terraform.workspace`."""
        if name == "workspace":
            return self.terms.text(self.side.environment.workspace)
        return self.terms.make("symbol", f"terraform.{name}", "")

    def where(self) -> str:
        """This module, for messages."""
        if self.parent is None:
            return "the central root" if self.side.name == "central" else "the service root"
        return "the shared module" if not self.prefix else f"{self.prefix.rstrip('.')}"

    def _remembered(self, key: str, make: Callable[[], Term]) -> Term:
        found = self._memo.get(key)
        if found is not None:
            return found
        if key in self._open:
            return self.terms.make("unknown", f"{key} refers to itself", self.where())
        self._open.add(key)
        found = make()
        self._open.discard(key)
        self._memo[key] = found
        return found

    def json(self, declaration: Declaration) -> Term:
        """A definition in `.tf.json`: its file as it is, and what the references in it mean."""
        read = [self._traversal(reference) for reference in declaration.references]
        digest = hashlib.sha256(declaration.file.source).hexdigest()
        return self.terms.make("json", declaration.address, digest, *read)

    def _traversal(self, reference: Reference) -> Term:
        expression: Expression = Variable(reference.start, reference.end, reference.root)
        for step in reference.steps:
            if step.kind == "attribute":
                expression = Attr(reference.start, reference.end, expression, str(step.key))
            elif step.key is not None:
                key = Literal(reference.start, reference.end, step.key)
                expression = Index(reference.start, reference.end, expression, key)
            else:
                break
        return self.normal(expression)


def multiplicity(declaration: Declaration) -> str:
    """Whether a block has one instance, or many by `count` or `for_each`."""
    if declaration.body.attribute("count") is not None:
        return COUNT
    return FOR_EACH if declaration.body.attribute("for_each") is not None else SINGLE


def literal_address(expression: Expression | None) -> str:
    """An address as `moved`, `removed`, `import` and `depends_on` have it, without instance keys; "" if it's none."""
    names: list[str] = []
    current = expression
    if isinstance(current, Literal) and isinstance(current.value, str):
        return current.value.split("[")[0]
    if isinstance(current, Template):
        return ""
    while not isinstance(current, Variable):
        if isinstance(current, Attr):
            names.append(current.name)
            current = current.target
        elif isinstance(current, Index):
            current = current.target
        else:
            return ""
    names.append(current.name)
    return ".".join(reversed(names))


def object_items(expression: Expression | None) -> list[tuple[Expression, Expression]]:
    """The items of an object expression, none for anything else."""
    return list(expression.items) if isinstance(expression, Object) else []
