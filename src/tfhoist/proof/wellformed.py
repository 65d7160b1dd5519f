"""What Terraform itself would refuse in the new code, and no comparison of meanings notices.

A default that doesn't fit its type is an error of the plan even where nobody uses it; so are a description that is
computed, a setting that `terraform` blocks don't have, or an address in quotes. What the service root said in the same words before isn't
looked at again. Sources: Terraform's pages "Input Variables", "Output Values", "Provider Requirements", "Backend
Configuration" and "Provider Configuration"; tried with Terraform 1.11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfhoist.configuration.environments import automatic_files
from tfhoist.configuration.load import all_modules
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.type_constraints import convert, parse_type
from tfhoist.configuration.versions import compatible, parse_constraints
from tfhoist.hcl.bodies import Block
from tfhoist.hcl.expressions import Call, Expression, ForObject, ForTuple, Literal, Object, Tuple, Variable, walk
from tfhoist.hcl.references import Reference, references_of
from tfhoist.hcl.syntax import parse_file
from tfhoist.proof.identities import Identities
from tfhoist.proof.model import FAILS, UNDECIDED, Obligation
from tfhoist.proof.plain import plain, plain_body
from tfhoist.proof.providers import named, version
from tfhoist.proof.scopes import META_OF_CALLS, ModuleScope, object_items
from tfhoist.proof.sides import CentralRoot, Opened, Roots
from tfhoist.proof.snapshot import Snapshot
from tfhoist.proof.term import COLLECTIONS, Term
from tfhoist.proof.term import walk as walk_terms
from tfhoist.secrets import PLACEHOLDER
from tfhoist.values.evaluate import evaluate_constant
from tfhoist.values.types import has_unknown

_CONSTANT = {
    "variable": ("description", "default", "sensitive", "nullable", "ephemeral", "deprecated", "const"),
    "output": ("description", "sensitive", "ephemeral", "deprecated"),
}
_CONDITIONS = {
    "variable": ("validation",),
    "output": ("precondition",),
    "resource": ("precondition", "postcondition"),
    "data": ("precondition", "postcondition"),
    "ephemeral": ("precondition", "postcondition"),
    "check": ("assert",),
}
_SERVICE = "the service root"
_SETTINGS = frozenset({"required_version", "experiments"})
_BLOCKS = frozenset({"required_providers", "backend", "cloud", "provider_meta"})
_REQUIREMENT = frozenset({"source", "version", "configuration_aliases"})


def check_wellformed(roots: Roots) -> Iterator[Obligation]:
    """What doesn't depend on an environment: declarations, `terraform` blocks and files of values."""
    known = _Known(roots)
    yield from _declarations(roots.service.declarations, _SERVICE, known)
    for call in roots.service.of("module"):
        yield from _calls(roots.service, call, _SERVICE)
    folders: dict[str, Module] = {}
    for root in roots.central.values():
        yield from _declarations(root.gained(), root.folder, known)
        if root.before is None:
            yield from _settings(root.after, root.folder)
        yield from _values(roots, root)
        if root.call is not None:
            shared = root.after.children[root.call.name]
            folders |= {inner.folder: inner for inner in all_modules(shared)}
            yield from _settings(shared, shared.folder)
            yield from _calls(root.after, root.call, root.folder)
    for folder, module in sorted(folders.items()):
        yield from _declarations(module.declarations, folder, known)
        for call in module.of("module"):
            yield from _calls(module, call, folder)


class _Known:
    """What the service root and its modules declared before, word for word."""

    def __init__(self, roots: Roots) -> None:
        self.terms = roots.terms
        self.said: set[Term] = set()
        for module in all_modules(roots.before):
            for declaration in module.of("variable", "output"):
                self.said.update(self._parts(declaration))
                for block in declaration.body.blocks_of("validation"):
                    self.said.add(self._validation(declaration.name, block))
                    self.said.add(self._message(declaration.name, block))
            for declaration in module.declarations:
                self.said.update(self.condition(kind, block) for kind, block in _conditions(declaration))

    def _parts(self, declaration: Declaration) -> Iterator[Term]:
        typed = declaration.expression("type")
        for attribute in declaration.body.attributes:
            parts = [plain(self.terms, attribute.expression)]
            if attribute.name == "default" and typed is not None:
                parts.append(plain(self.terms, typed))
            yield self.terms.make("said", attribute.name, *parts)

    def new(self, declaration: Declaration) -> set[str]:
        """The arguments of a declaration that none had before."""
        terms = zip(declaration.body.attributes, self._parts(declaration), strict=True)
        return {attribute.name for attribute, term in terms if term not in self.said}

    def _validation(self, name: str, block: Block) -> Term:
        return self.terms.make("said", "validation", name, plain_body(self.terms, block.body, only="condition"))

    def _message(self, name: str, block: Block) -> Term:
        return self.terms.make("said", "message", name, plain_body(self.terms, block.body, only="error_message"))

    def condition(self, kind: str, block: Block) -> Term:
        """What a block says that holds a condition."""
        return self.terms.make("said", "condition", kind, plain_body(self.terms, block.body))

    def has_validation(self, name: str, block: Block) -> bool:
        """Whether the variable of that name had this validation."""
        return self._validation(name, block) in self.said

    def has_message(self, name: str, block: Block) -> bool:
        """Whether one of that variable's validations had this message."""
        return self._message(name, block) in self.said


def _fails(address: str, detail: str, result: str = FAILS, environment: str | None = None) -> Obligation:
    return Obligation("wellformed", address, environment, result, detail)


def _declarations(declarations: Iterable[Declaration], where: str, known: _Known) -> Iterator[Obligation]:
    for declaration in declarations:
        address = f"{where}: {declaration.address or declaration.kind}"
        if declaration.kind in _CONSTANT and not declaration.json:
            new = known.new(declaration)
            for name in _CONSTANT[declaration.kind]:
                expression = declaration.expression(name)
                if expression is None or name not in new:
                    continue
                if not _is_constant(expression):
                    yield _fails(address, f"`{name}` is computed, and has to be constant")
                elif name == "description" and not _is_text(expression):
                    yield _fails(address, "`description` is no text")
                elif name not in ("description", "default", "deprecated") and not _is_bool(expression):
                    yield _fails(address, f"`{name}` is neither true nor false")
                elif name == "default" and not _fits(declaration, expression):
                    yield _fails(address, "its default doesn't fit its type")
            typed = declaration.expression("type")
            if declaration.kind == "variable" and typed is not None and "type" in new and not _is_type(typed):
                yield _fails(address, "its type is none that Terraform knows")
            if "ephemeral" in new and declaration.literal("ephemeral") is not False:
                yield _fails(
                    address, f"the {declaration.kind} is ephemeral now: no state and no argument can have its value"
                )
        if declaration.kind == "module":
            providers = declaration.expression("providers")
            if providers is not None and not isinstance(providers, Object):
                yield _fails(address, "its `providers` are no object")
            if declaration.expression("version") is not None and str(declaration.literal("source")).startswith("."):
                yield _fails(address, "it has a `version`, which Terraform knows of modules of a registry only")
        for path, block in _conditions(declaration):
            if known.condition(path, block) in known.said:
                continue
            problem = _condition_problem(declaration, block)
            if not problem and declaration.kind == "output" and where != _SERVICE:  # there it's compared
                problem = "its value has a condition that no output had before, and that may refuse it"
            if problem:
                yield _fails(address, problem)
        if declaration.kind in ("moved", "removed", "import") and not declaration.json:
            for name in ("from", "to"):
                if isinstance(declaration.expression(name), Literal):
                    yield _fails(address, f"`{name}` is text, and has to be an address")


def _conditions(declaration: Declaration) -> Iterator[tuple[str, Block]]:
    """The blocks that hold a condition: validations, pre- and postconditions, and the assertions of a check."""
    bodies = [declaration.body, *(block.body for block in declaration.body.blocks_of("lifecycle"))]
    for body in bodies:
        for block in body.blocks:
            if block.type in _CONDITIONS.get(declaration.kind, ()):
                yield block.type, block


def _condition_problem(declaration: Declaration, block: Block) -> str:
    """Why Terraform refuses such a block whatever the values are; "" when it doesn't (tried with Terraform 1.11)."""
    condition = block.body.attribute("condition")
    if condition is None or block.body.attribute("error_message") is None:
        return f"a `{block.type}` block has no condition, or no message"
    if block.body.blocks or {attribute.name for attribute in block.body.attributes} != {"condition", "error_message"}:
        return f"Terraform knows only a condition and a message in a `{block.type}` block"
    found: list[Reference] = []
    references_of(condition.expression, found)
    names = [reference.names() for reference in found]
    if block.type == "validation" and not any(name[:2] == ["var", declaration.name] for name in map(list, names)):
        return f"the condition of a validation doesn't refer to var.{declaration.name}, so Terraform refuses it"
    if not names:
        return f"the condition of a `{block.type}` block refers to nothing, so Terraform refuses it"
    return ""


def _is_constant(expression: Expression) -> bool:
    nodes = list(walk(expression))
    if any(isinstance(node, ForTuple | ForObject) for node in nodes):
        return True  # the names that it binds aren't told apart from others here
    return not any(isinstance(node, Variable | Call) for node in nodes)


def _is_type(expression: Expression) -> bool:
    """Whether an expression is a type constraint (documentation page "Type Constraints")."""
    match expression:
        case Variable(name="string" | "number" | "bool" | "any" | "list" | "set" | "map"):
            return True
        case Literal(value="string" | "list" | "map"):
            return True
        case Call(name="list" | "set" | "map", arguments=(inner,)):
            return _is_type(inner)
        case Call(name="tuple", arguments=(Tuple(items=items),)):
            return all(map(_is_type, items))
        case Call(name="object", arguments=(Object(items=pairs),)):
            return all(isinstance(key, Literal) and _is_attribute(value) for key, value in pairs)
    return False


def _is_attribute(expression: Expression) -> bool:
    match expression:
        case Call(name="optional", arguments=(inner,) | (inner, _)):
            return _is_type(inner)
    return _is_type(expression)


def _is_bool(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.value in (True, False, "true", "false")


def _is_text(expression: Expression) -> bool:
    return not isinstance(expression, Tuple | Object) and isinstance(evaluate_constant(expression), str)


def _fits(declaration: Declaration, default: Expression) -> bool:
    if PLACEHOLDER in declaration.file.text(default.start, default.end):
        return True  # a secret is text here, whatever it is
    return not has_unknown(convert(evaluate_constant(default), parse_type(declaration.expression("type"))))


def _settings(module: Module, where: str) -> Iterator[Obligation]:
    """The `terraform` blocks of a module that is new as a whole."""
    backends = requirements = 0
    for declaration in module.of("terraform"):
        address = f"{where}: terraform"
        for attribute in declaration.body.attributes:
            if attribute.name not in _SETTINGS:
                yield _fails(address, f"Terraform knows no argument {attribute.name} there")
        required = declaration.literal("required_version")
        said = declaration.expression("required_version") is not None
        if said and not (isinstance(required, str) and parse_constraints(required)):
            yield _fails(address, "required_version is no version constraint")
        for block in declaration.body.blocks:
            backends += block.type in ("backend", "cloud")
            requirements += block.type == "required_providers"
            if block.type not in _BLOCKS:
                yield _fails(address, f"Terraform knows no block {block.type} there")
            elif block.type == "required_providers":
                yield from _requirements(block, address)
            elif block.type == "backend" and "local" in block.labels and _says_nothing(block, "path"):
                yield _fails(address, "the path of its local state is empty")
    if backends > 1:
        yield _fails(f"{where}: terraform", "it has more than one backend")
    if requirements > 1:
        yield _fails(f"{where}: terraform", "it has required_providers more than once")


def _says_nothing(block: Block, name: str) -> bool:
    attribute = block.body.attribute(name)
    return attribute is not None and isinstance(attribute.expression, Literal) and attribute.expression.value == ""


def _requirements(block: Block, address: str) -> Iterator[Obligation]:
    for attribute in block.body.attributes:
        if isinstance(attribute.expression, Literal) and isinstance(attribute.expression.value, str):
            continue  # the old form, a version constraint alone
        if not isinstance(attribute.expression, Object):
            yield _fails(address, f"required_providers.{attribute.name} is no object")
        for key, value in object_items(attribute.expression):
            name = str(key.value) if isinstance(key, Literal) else "?"
            if name not in _REQUIREMENT:
                yield _fails(address, f"required_providers.{attribute.name} knows no {name}")
            elif name != "configuration_aliases" and not (isinstance(value, Literal) and isinstance(value.value, str)):
                yield _fails(address, f"the {name} of required_providers.{attribute.name} is no text")


def _values(roots: Roots, root: CentralRoot) -> Iterator[Obligation]:
    """New files of values hold constants."""
    for path in automatic_files(roots.subject.central, root.folder):
        if path in roots.subject.before_central or path.endswith(".json"):
            continue
        for attribute in parse_file(path, roots.subject.central[path]).body.attributes:
            if not _is_constant(attribute.expression):
                yield _fails(path, f"the value of {attribute.name} is computed, and has to be constant")


def check_arguments(opened: Opened, roots: Roots) -> Iterator[Obligation]:
    """What the shared module is given, in one environment: values that fit, conditions that hold, providers it knows."""
    shared, call = opened.shared, roots.central[opened.name].call
    if shared is None or call is None:
        return
    yield from _ephemeral(opened, roots.central[opened.name])
    known = _Known(roots)
    yield from _versions(shared.module, roots, opened.name)
    state = Snapshot(shared.terms, Identities(), {})
    for declaration in shared.module.of("variable"):
        if declaration.json:
            continue
        address = f"{shared.module.folder}: {declaration.address}"
        given = call.expression(declaration.name)
        if given is not None and declaration.literal("ephemeral") is not True:
            passed = opened.central.root.normal(given)
            if any(term.kind == "ephemeral" for term in walk_terms(passed)):
                yield _fails(address, "the value that it's given is ephemeral", environment=opened.name)
        if any(_refused(term) for term in walk_terms(shared.variable(declaration.name))):
            yield _fails(address, "the value that it's given doesn't fit its type", environment=opened.name)
        for block in declaration.body.blocks_of("validation"):
            yield from _condition(shared, declaration, block, address, state, known, opened.name)


def _calls(module: Module, call: Declaration, where: str) -> Iterator[Obligation]:
    """A local module gets arguments that it declares, and providers that it, or the one that calls it, has a name for."""
    child = module.children.get(call.name)
    if child is None:
        return
    address = f"{where}: {call.address}"
    declared = {declaration.name: declaration for declaration in child.of("variable")}
    for attribute in call.body.attributes:
        if attribute.name not in META_OF_CALLS and attribute.name not in declared:
            yield _fails(address, f"the module has no variable {attribute.name}")
    for name, declaration in declared.items():
        required = not declaration.json and declaration.expression("default") is None
        if required and call.body.attribute(name) is None:
            yield _fails(address, f"the module's variable {name} isn't given")
    passed = list(object_items(call.expression("providers")))
    names = _local_names(child) | _local_names(module) if passed else set()
    for key, _ in passed:
        inside = named(key, "")[0]
        if inside not in names:
            yield _fails(address, f"nothing there has a provider {inside}")


def _versions(shared: Module, roots: Roots, environment: str) -> Iterator[Obligation]:
    """Some version of each provider has to satisfy the service root, as before, and the shared module."""
    for declaration in shared.of("terraform"):
        for block in declaration.body.blocks_of("required_providers"):
            for attribute in block.body.attributes:
                texts = [version(roots.before, attribute.name), version(shared, attribute.name)]
                if compatible(texts) is False:
                    detail = (
                        f"no version satisfies both the service root ({texts[0]}) and the shared module ({texts[1]})"
                    )
                    yield _fails(f"required_providers.{attribute.name}", detail, environment=environment)


def _ephemeral(opened: Opened, root: CentralRoot) -> Iterator[Obligation]:
    """An output of an ephemeral value has to say so, and one of a root can't be ephemeral."""
    assert opened.shared is not None
    for scope, declarations in (
        (opened.shared, opened.shared.module.of("output")),
        (opened.central.root, (d for d in root.gained() if d.kind == "output")),
    ):
        for declaration in declarations:
            term = scope.output(declaration.name)
            if declaration.literal("ephemeral") is not True and any(t.kind == "ephemeral" for t in walk_terms(term)):
                address = f"{scope.module.folder}: {declaration.address}"
                yield _fails(address, "its value is ephemeral", environment=opened.name)


def _condition(
    shared: ModuleScope,
    declaration: Declaration,
    block: Block,
    address: str,
    state: Snapshot,
    known: _Known,
    environment: str,
) -> Iterator[Obligation]:
    """A validation of the shared module that the service's variable hadn't may refuse a value."""
    message = block.body.attribute("error_message")
    if message is not None and isinstance(message.expression, Tuple | Object):
        yield _fails(address, "the message of a validation is no text", environment=environment)
    elif message is not None and not _is_text(message.expression) and not known.has_message(declaration.name, block):
        detail = "the message of a validation is computed, and the service's was another one"
        yield _fails(address, detail, UNDECIDED, environment)
    condition = block.body.attribute("condition")
    if condition is None:
        yield _fails(address, "a validation has no condition", environment=environment)
    elif not known.has_validation(declaration.name, block):
        decided = state.value(shared.normal(condition.expression))
        if decided is not True:
            detail = "it has a validation that the service's variable hadn't, which may refuse its value"
            yield _fails(address, detail, UNDECIDED, environment)


def _refused(term: Term) -> bool:
    """Whether a term is a constant that couldn't be brought to the type that it's to have."""
    if term.kind != "convert":
        return False
    inside = list(walk_terms(term.parts[1]))
    if any(PLACEHOLDER in str(part.parts[1]) for part in inside if part.kind == "const"):
        return False
    # the items of a list of any type may be of several types, which Terraform makes one of
    open_ = any(part.kind == "type" and part.parts[0] == "any" for part in walk_terms(term.parts[0]))
    return not open_ and all(part.kind == "const" or part.kind in COLLECTIONS for part in inside)


def _local_names(module: Module) -> set[str]:
    """The local names of the providers that a module and those below it use or require."""
    found: set[str] = set()
    for inner in all_modules(module):
        for declaration in inner.of("resource", "data", "ephemeral"):
            found.add(named(declaration.expression("provider"), declaration.type)[0])
        for declaration in inner.of("terraform"):
            for block in declaration.body.blocks_of("required_providers"):
                found |= {attribute.name for attribute in block.body.attributes}
        for declaration in inner.of("module"):
            for _, value in object_items(declaration.expression("providers")):
                found.add(named(value, "")[0])
    return found
