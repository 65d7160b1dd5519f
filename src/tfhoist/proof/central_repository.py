"""What the central roots and the shared module gained: the service's, and nothing more.

A central root may gain one module call, aliased provider configurations, variables, outputs, locals, and imports of what
moved. A root whose folder didn't exist is the service's as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tfhoist.configuration.environments import automatic_files, read_assignments
from tfhoist.configuration.load import Tree, all_modules
from tfhoist.configuration.model import Declaration, Module
from tfhoist.diagnostics import article
from tfhoist.hcl.bodies import Attribute
from tfhoist.hcl.expressions import Attr, Literal, Tuple
from tfhoist.proof.compare import differences, undeclared
from tfhoist.proof.identities import Identities
from tfhoist.proof.imports import check_imports
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.plain import variable_term
from tfhoist.proof.providers import named, source, version
from tfhoist.proof.scopes import META_OF_CALLS, ModuleScope, object_items
from tfhoist.proof.service_root import conclude
from tfhoist.proof.sides import CentralRoot, Opened, Roots
from tfhoist.proof.snapshot import Snapshot
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms
from tfhoist.values.marks import NONE

_ALLOWED = ("module", "provider", "variable", "output", "local", "import", "data")
_ARGUMENTS = {
    "variable": frozenset(
        {"type", "default", "description", "sensitive", "nullable", "ephemeral", "deprecated", "const"}
    ),
    "output": frozenset({"value", "description", "sensitive", "depends_on", "ephemeral", "deprecated", "type"}),
}
_CONSTRAINT = re.compile(
    r"\s*(?:=|!=|>=|>|<=|<|~>)?\s*v?\d+(?:\.\d+)*(?:-[\w.-]+)?\s*(?:,\s*(?:=|!=|>=|>|<=|<|~>)?\s*v?\d+(?:\.\d+)*(?:-[\w.-]+)?\s*)*"
)


def _fails(kind: str, address: str, detail: str, environment: str | None = None) -> Obligation:
    return Obligation(kind, address, environment, FAILS, detail)


def check_central_root(opened: Opened, roots: Roots, terms: Terms) -> Iterator[Obligation]:
    """What one central root gained."""
    root = roots.central[opened.name]
    name, folder = opened.name, root.folder
    if root.call is None:
        what = "there's no new call of a local module" if not root.calls else "there's more than one new module call"
        if len(root.calls) == 1:
            what = "the new module call's source isn't a folder of the central repository"
        yield _fails("central-root", folder, what, name)
    yield from _gained(root, name, opened.central.copied)
    yield from check_imports(root, frozenset(opened.moved), name, roots.subject.identities.get(name), roots.before)
    known = {(d.file.path, d.start) for d in root.gained()}
    yield from _duplicates(root.after, folder, name, known)
    yield from _assignments(root, roots.subject.central, name)
    if root.call is None or opened.shared is None:
        return
    yield from _call(root.call, opened, name)
    for inner in all_modules(opened.shared.module):
        yield from _duplicates(inner, inner.folder, name)
    yield from _shared_blocks(opened, name)
    yield from _variables(root, roots, root.call.name, terms, name)
    yield from _outputs(opened, root, name)


def _gained(root: CentralRoot, name: str, copied: Mapping[str, str]) -> Iterator[Obligation]:
    for declaration in root.gained():
        address = f"{root.folder}: {declaration.address or declaration.kind}"
        new_folder = root.before is None
        if declaration.kind == "terraform" and new_folder:
            continue
        if declaration.kind not in _ALLOWED or declaration.json:
            yield _fails("central-block", address, f"a new `{declaration.kind}` block isn't the service's to add", name)
        elif declaration.kind == "data" and not copied.get(declaration.address):
            yield _fails("central-block", address, "the service root has no data source that it's a copy of", name)
        elif declaration.kind == "provider" and declaration.literal("alias") is None and not new_folder:
            yield _fails(
                "central-block", address, "a default provider configuration would apply to other services", name
            )


def _duplicates(
    module: Module, where: str, name: str, gained: set[tuple[str, int]] | None = None
) -> Iterator[Obligation]:
    for address, several in sorted(module.definitions.items()):
        if len(several) < 2 or (gained is not None and not any((d.file.path, d.start) in gained for d in several)):
            continue
        places = ", ".join(str(declaration.range) for declaration in several)
        yield _fails("central-block", f"{where}: {address}", f"it's defined {len(several)} times ({places})", name)


def _assignments(root: CentralRoot, central: Tree, name: str) -> Iterator[Obligation]:
    """Values in new files are of new variables only."""
    gained = {declaration.name for declaration in root.gained() if declaration.kind == "variable"}
    seen: dict[str, str] = {}
    for path in automatic_files(central, root.folder):
        for assignment in read_assignments(path, central[path], []):
            if assignment.name in gained and assignment.name in seen:
                yield _fails("central-file", path, f"{assignment.name} is set in {seen[assignment.name]} too", name)
            seen[assignment.name] = path


def check_new_values(roots: Roots, opened: Opened) -> Iterator[Obligation]:
    """New variable files set nothing that was there before."""
    root = roots.central[opened.name]
    gained = {declaration.name for declaration in root.gained() if declaration.kind == "variable"}
    before, after = roots.subject.before_central, roots.subject.central
    for path in automatic_files(after, root.folder):
        if path in before:
            continue
        for assignment in read_assignments(path, after[path], []):
            if assignment.name not in gained:
                detail = f"it sets var.{assignment.name}, which isn't one of the service's new variables"
                yield _fails("central-file", path, detail, opened.name)


def _call(call: Declaration, opened: Opened, name: str) -> Iterator[Obligation]:
    address = f"module.{call.name}"
    found: list[str] = []
    assert opened.shared is not None
    for argument in ("count", "for_each", "depends_on"):
        if call.body.attribute(argument) is not None:
            found.append(f"it has `{argument}`, which would give everything inside another address or order")
    declared = {d.name: d for d in opened.shared.module.of("variable")}
    for attribute in call.body.attributes:
        if attribute.name not in META_OF_CALLS and attribute.name not in declared:
            found.append(f"the shared module has no variable {attribute.name!r}")
    for variable, declaration in sorted(declared.items()):
        if call.body.attribute(variable) is not None or declaration.json:
            continue
        if declaration.expression("default") is None:
            found.append(f"the shared module's variable {variable!r} isn't given")
        elif variable in opened.central.service_variables:
            found.append(f"the service's variable {variable!r} doesn't reach the shared module any more")
    aliases = configuration_aliases(opened.shared.module)
    for key, value in object_items(call.expression("providers")):
        inside = named(key, "")
        if inside[1] and inside not in aliases:
            found.append(f"the shared module doesn't take {'.'.join(inside)} (configuration_aliases)")
        provider, alias = named(value, "")
        if alias and opened.central.root.declared(f"provider.{provider}.{alias}") is None:
            found.append(f"provider.{provider}.{alias} isn't declared in the central root")
    if found:
        yield _fails("central-root", address, "; ".join(found), name)
    else:
        yield Obligation("central-root", address, name, HOLDS)


def _shared_blocks(opened: Opened, name: str) -> Iterator[Obligation]:
    """The shared module holds resources, calls, data, locals, variables and outputs; nothing that configures."""
    assert opened.shared is not None
    module = opened.shared.module
    for declaration in module.declarations:
        where = f"{module.folder}: {declaration.address or declaration.kind}"
        if declaration.kind in ("provider", "removed", "import", "check"):
            yield _fails(
                "central-block",
                where,
                f"{article(declaration.kind)} `{declaration.kind}` block doesn't belong into the shared module",
                name,
            )
        elif declaration.json:
            yield _fails("central-block", where, "the shared module has a .tf.json file", name)
        elif declaration.kind == "terraform":
            required = declaration.literal("required_version")
            if isinstance(required, str) and not _CONSTRAINT.fullmatch(required):
                yield _fails("central-block", where, "required_version is no version constraint", name)
            for block in declaration.body.blocks:
                if block.type != "required_providers":
                    yield _fails("central-block", where, f"`{block.type}` doesn't belong into the shared module", name)


def _variables(root: CentralRoot, roots: Roots, label: str, terms: Terms, name: str) -> Iterator[Obligation]:
    """A central variable `<label>_x` is declared as the service's variable x."""
    originals = {d.name: d for d in roots.before.of("variable")}
    for declaration in root.gained():
        if declaration.kind != "variable":
            continue
        own = declaration.name.removeprefix(f"{label}_")
        address = f"{root.folder}: {declaration.address}"
        if own == declaration.name:
            yield _fails("central-block", address, f"the name doesn't begin with {label}_", name)
        elif own in originals:
            one = variable_term(terms, originals[own])
            other = variable_term(terms, declaration, renamed=f"{label}_")
            yield conclude("variable", address, name, differences(terms, one, other, relaxed=False))


def _outputs(opened: Opened, root: CentralRoot, name: str) -> Iterator[Obligation]:
    """A root output of a sensitive value says so, or Terraform refuses it."""
    assert opened.shared is not None
    for declaration in root.gained():
        if declaration.kind != "output":
            continue
        address = f"{root.folder}: {declaration.address}"
        value = declaration.expression("value")
        term = opened.central.root.normal(value) if value is not None else None
        if term is None:
            yield _fails("central-block", address, "it has no value", name)
        elif term.marks != NONE and declaration.literal("sensitive") is not True:
            yield _fails("sensitive", address, "its value is sensitive, and the output doesn't say so", name)
        elif declaration.literal("ephemeral") is True:
            yield _fails("central-block", address, "it's ephemeral: the state never has it", name)
        elif term.kind == "unknown":
            yield Obligation("central-block", address, name, UNDECIDED, str(term.parts[0]))
        elif opened.shared.declared(declaration.address) is not None and term is not opened.shared.output(
            declaration.name
        ):
            detail = "it isn't the shared module's output of the same name"
            yield _fails("central-block", address, detail, name)


def check_names(opened: Opened, roots: Roots) -> Iterator[Obligation]:
    """Everything that the new code reads is declared, also where nothing that is compared reads it."""
    root = roots.central[opened.name]
    scopes = [(opened.central.root, list(root.gained())), (opened.service.root, list(roots.service.declarations))]
    if opened.shared is not None:
        scopes.append((opened.shared, list(opened.shared.module.declarations)))
    for scope, declarations in scopes:
        missing: dict[str, str] = {}
        for declaration in declarations:
            for term in _values(scope, declaration):
                for inner in undeclared(term):
                    missing.setdefault(str(inner.parts[0]), declaration.address)
            known = _ARGUMENTS.get(declaration.kind) if scope.side.name == "central" else None
            unknown = {a.name for a in declaration.body.attributes} - known if known is not None else None
            if unknown:
                detail = f"Terraform knows no argument {', '.join(sorted(unknown))} there"
                yield _fails("central-block", f"{scope.module.folder}: {declaration.address}", detail, opened.name)
            if declaration.kind == "variable" and _refuses(scope, declaration):
                detail = "its own validation refuses the value that it has"
                yield _fails("variable", f"{scope.module.folder}: {declaration.address}", detail, opened.name)
        for what, reader in sorted(missing.items()):
            if scope.side.name == "service" and _missing_before(opened, reader, what):
                continue
            where = scope.module.folder or "the service root"
            yield _fails(
                "undeclared", f"{where}: {reader}", f"it reads {what}, which isn't declared there", opened.name
            )


def _values(scope: ModuleScope, declaration: Declaration) -> Iterator[Term]:
    if declaration.kind == "local":
        yield scope.local(declaration.name)
    elif declaration.kind == "output":
        yield scope.output(declaration.name)
    elif declaration.kind == "variable":
        yield scope.variable(declaration.name)
        for block in declaration.body.blocks_of("validation"):
            for attribute in block.body.attributes:
                yield scope.normal(attribute.expression)


def _refuses(scope: ModuleScope, declaration: Declaration) -> bool:
    """Whether a validation is certainly false."""
    state = Snapshot(scope.terms, Identities(), {})
    conditions = [block.body.attribute("condition") for block in declaration.body.blocks_of("validation")]
    return any(
        condition is not None and state.value(scope.normal(condition.expression)) is False for condition in conditions
    )


def _missing_before(opened: Opened, reader: str, what: str) -> bool:
    """Whether the service root read the same missing thing there before."""
    declaration = opened.before.root.declared(reader)
    if declaration is None:
        return False
    return any(
        str(inner.parts[0]) == what for term in _values(opened.before.root, declaration) for inner in undeclared(term)
    )


def provider_notes(roots: Roots, opened: Opened) -> Iterator[str]:
    """What `required_providers` of the shared module says otherwise than the service root; the source is an obligation."""
    if opened.shared is None:
        return
    required = {d.literal("required_version") for d in roots.before.of("terraform")}
    for declaration in opened.shared.module.of("terraform"):
        own = declaration.literal("required_version")
        if own is not None and own not in required:
            yield f"the shared module wants Terraform {own}, which the service root doesn't say"
    for name, _ in _requirements(opened.shared.module):
        mine, service = version(opened.shared.module, name), version(roots.before, name)
        if mine and mine != service and _CONSTRAINT.fullmatch(mine):
            yield (
                f"the shared module wants provider {name} {mine}, the service root {service or 'any version'}: "
                "compare the lock files"
            )


def configuration_aliases(module: Module) -> set[tuple[str, str]]:
    """The aliased provider configurations that a module takes from its caller."""
    found: set[tuple[str, str]] = set()
    for _, attribute in _requirements(module):
        for key, value in object_items(attribute.expression):
            if isinstance(key, Literal) and key.value == "configuration_aliases" and isinstance(value, Tuple):
                found |= {named(item, "") for item in value.items}
    return found


def _requirements(module: Module) -> Iterator[tuple[str, Attribute]]:
    for declaration in module.of("terraform"):
        for block in declaration.body.blocks_of("required_providers"):
            for attribute in block.body.attributes:
                yield attribute.name, attribute


def check_provider_sources(roots: Roots, opened: Opened) -> Iterator[Obligation]:
    """A local name means the same provider in the shared module as in the service root."""
    if opened.shared is None:
        return
    for name, attribute in _requirements(opened.shared.module):
        address = f"required_providers.{name}"
        keys = {str(getattr(key, "value", "?")) for key, _ in object_items(attribute.expression)}
        unknown = sorted(keys - {"source", "version", "configuration_aliases"})
        quoted = [
            item
            for key, value in object_items(attribute.expression)
            if getattr(key, "value", "") == "configuration_aliases" and isinstance(value, Tuple)
            for item in value.items
            if not isinstance(item, Attr)
        ]
        one, other = source(roots.before, name), source(opened.shared.module, name)
        if unknown:
            yield _fails("provider", address, f"{', '.join(unknown)} has no meaning there", opened.name)
        elif quoted:
            yield _fails(
                "provider", address, "Terraform takes names alone in configuration_aliases, no text", opened.name
            )
        elif not _CONSTRAINT.fullmatch(version(opened.shared.module, name) or "0"):
            yield _fails("provider", address, "its version is no version constraint", opened.name)
        elif one != other:
            detail = f"its source is {one} in the service root and {other} in the shared module"
            yield _fails("provider", address, detail, opened.name)
