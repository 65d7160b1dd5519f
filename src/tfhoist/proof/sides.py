"""The roots that are compared: read once, and opened for each environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree, all_modules, configuration_files, load_module
from tfhoist.configuration.model import Declaration, Module
from tfhoist.diagnostics import Diagnostic, Severity
from tfhoist.hcl.syntax import File, parse_file
from tfhoist.proof.blocks import Found, inventory
from tfhoist.proof.configured_marks import ConfiguredMarks
from tfhoist.proof.model import ProofEnvironment, Subject
from tfhoist.proof.normal_form import Normaliser
from tfhoist.proof.providers import Providers
from tfhoist.proof.scopes import ModuleScope, Side, literal_address, multiplicity
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms

ADDRESSED = ("resource", "data", "ephemeral", "module", "variable", "local", "output", "provider", "check")


class CentralRoot(NamedTuple):
    """A central root before (None: its folder is new) and after, and the calls that it gained."""

    folder: str
    before: Module | None
    after: Module
    calls: tuple[Declaration, ...]

    @property
    def call(self) -> Declaration | None:
        """The new call, when there's exactly one and its module is at hand."""
        return self.calls[0] if len(self.calls) == 1 and self.calls[0].name in self.after.children else None

    def gained(self) -> Iterator[Declaration]:
        """The declarations that weren't there before."""
        known = set() if self.before is None else {(d.file.path, d.start) for d in self.before.declarations}
        return (d for d in self.after.declarations if (d.file.path, d.start) not in known)


class Roots:
    """All modules of a subject, each file parsed once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._parsed: dict[tuple[str, bytes], File] = {}
        self.unresolved: list[str] = []
        self.before = self._kept(load_module(subject.before_service, parse=self.parse))
        self.service = load_module(subject.service, parse=self.parse)
        self.central = {
            environment.settings.name: self._central(environment.central_folder) for environment in subject.environments
        }
        self.terms = Terms()
        self.normaliser = Normaliser(self.terms)

    def parse(self, path: str, source: bytes) -> File:
        """Parse a file, or give what it was parsed to before."""
        key = (path, source)
        found = self._parsed.get(key)
        if found is None:
            found = self._parsed[key] = parse_file(path, source)
        return found

    def _kept(self, module: Module) -> Module:
        """The service root before with one definition for each address, as `kept` says."""
        dropped: set[tuple[str, int]] = set()
        for address, place in sorted(self.subject.kept.items()):
            several = module.definitions.get(address, ())
            others = [d for d in several if str(d.range) != place]
            if len(others) != len(several) - 1:
                self.unresolved.append(f"{address}: no single definition of it begins at {place}")
            elif several[0].kind == "module":
                self.unresolved.append(f"{address}: which of two module calls counts isn't followed")
            else:
                dropped |= {(d.file.path, d.start) for d in others}
        module = module.without(frozenset(dropped))
        self.unresolved += [
            f"{address} is defined {len(several)} times, and nothing says which one counts"
            for address, several in sorted(module.definitions.items())
            if len(several) > 1 and several[0].kind in ADDRESSED
        ]
        return module

    def _central(self, folder: str) -> CentralRoot:
        subject = self.subject
        existed = bool(configuration_files(subject.before_central, folder))
        before = load_module(subject.before_central, folder, self.parse) if existed else None
        after = load_module(subject.central, folder, self.parse)
        known = {d.name for d in before.of("module")} if before is not None else set()
        calls = tuple(d for d in after.of("module") if d.name not in known)
        return CentralRoot(folder, before, after, calls)


def problems(module: Module) -> list[Diagnostic]:
    """What is wrong in the files of a module and those below it."""
    found = {
        (str(diagnostic.range), diagnostic.summary): diagnostic
        for inner in all_modules(module)
        for diagnostic in inner.diagnostics
        if diagnostic.severity is Severity.ERROR
    }
    return [found[key] for key in sorted(found)]


def unmerged(module: Module) -> list[Diagnostic]:
    """What couldn't be merged of the override files of a module and those below it."""
    return [diagnostic for inner in all_modules(module) for diagnostic in inner.unmerged]


class Opened(NamedTuple):
    """Both sides in one environment. `shared` is the new module's scope, None when it can't be told."""

    name: str
    before: Side
    service: Side
    central: Side
    shared: ModuleScope | None
    old: dict[str, Found]
    stays: dict[str, Found]
    copied: dict[str, Found]  # data sources of the central root, by the address of what they're copies of
    moved: dict[str, Found]
    providers: Providers
    diagnostics: tuple[tuple[str, Diagnostic], ...]  # of the files of values, by side

    def moved_roots(self) -> set[str]:
        """The addresses of the service root's own blocks that moved: resources and module calls."""
        return {
            address
            for address, found in self.moved.items()
            if found.scope is self.shared and found.declaration.kind in ("resource", "module")
        }


def open_environment(roots: Roots, environment: ProofEnvironment) -> Opened:
    """Read the values of one environment and open the scopes of both sides."""
    subject, terms = roots.subject, roots.terms
    settings = environment.settings
    central_root = roots.central[settings.name]
    diagnostics: list[tuple[str, Diagnostic]] = []

    def side(name: str, repository: str, tree: Tree, module: Module, values: EnvironmentSettings) -> Side:
        read, found = read_environment(tree, module, values)
        diagnostics.extend((name, diagnostic) for diagnostic in found if diagnostic.severity is Severity.ERROR)
        return Side(name, repository, tree, module, read, terms, roots.normaliser)

    before = side("before", "service", subject.before_service, roots.before, settings)
    service = side("service", "service", subject.service, roots.service, settings)
    central = side("central", "central", subject.central, central_root.after, EnvironmentSettings(name=settings.name))
    shared: ModuleScope | None = None
    call = central_root.call
    if call is not None:
        central.label = call.name
        central.new = frozenset(d.address for d in central_root.gained() if d.address)
        central.copied = _copies(central_root, roots.before, call.name)
        central.service_variables = {d.name: d.address for d in roots.before.of("variable")}
        shared = central.root.child(call.name)
    gained = {
        d.address: d
        for d in roots.service.of("data")
        if d.type == "terraform_remote_state" and roots.before.get(d.address) is None
    }
    if len(gained) == 1:
        service.remote_address = next(iter(gained))
        service.remote_outputs = lambda name: _central_output(central, name)
    old, stays = inventory(before.root), inventory(service.root)
    moved = inventory(shared) if shared is not None else {}
    stays.pop(service.remote_address, None)
    copied = {
        f.address: f
        for f in inventory(central.root).values()
        if f.declaration.address in central.copied and f.scope is central.root
    }
    terms.configured = ConfiguredMarks(terms, old).of
    for found in (*old.values(), *stays.values(), *moved.values()):
        terms.multiplicity.setdefault(found.address, multiplicity(found.declaration))
    return Opened(
        settings.name, before, service, central, shared, old, stays, copied, moved, Providers(), tuple(diagnostics)
    )


def _copies(root: CentralRoot, before: Module, label: str) -> dict[str, str]:
    """New data sources of a central root, by what they're copies of: those that the service's provider settings read."""
    found: dict[str, str] = {}
    for declaration in root.gained():
        original = f"data.{declaration.type}.{declaration.name.removeprefix(f'{label}_')}"
        if declaration.kind == "data" and declaration.name.startswith(f"{label}_") and before.get(original) is not None:
            found[declaration.address] = original
    return found


def _central_output(central: Side, name: str) -> Term | None:
    return central.root.output(name) if central.root.declared(f"output.{name}") is not None else None


def moved_names(expression_owner: Declaration) -> str:
    """The address in `from` of a `removed` or `moved` block, or `to` of an `import`."""
    for name in ("from", "to"):
        expression = expression_owner.expression(name)
        if expression is not None:
            return literal_address(expression)
    return ""
