"""The proof: every obligation of a consolidation, read from the files and from nothing that the split says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.model import Module
from tfhoist.proof import central_files, central_repository, remote_state, service_root, state_blocks
from tfhoist.proof.assumptions import assumptions_of, general_assumptions
from tfhoist.proof.blocks import meta
from tfhoist.proof.eager import check_outputs_stand_alone
from tfhoist.proof.imports import unimported
from tfhoist.proof.model import FAILS, UNDECIDED, Obligation, Proof, Subject, conclude
from tfhoist.proof.ordering import Dependencies
from tfhoist.proof.pins import PinChecks
from tfhoist.proof.promises import check_promises
from tfhoist.proof.required import check_required
from tfhoist.proof.resources import BlockProof
from tfhoist.proof.routing import check_routing
from tfhoist.proof.service_files import check_service_files
from tfhoist.proof.sides import Opened, Roots, open_environment, problems, unmerged
from tfhoist.proof.snapshot import Snapshot
from tfhoist.proof.states import check_states
from tfhoist.proof.term import Term
from tfhoist.proof.versions import check_service_version, check_versions
from tfhoist.proof.wellformed import check_arguments, check_wellformed


def prove(subject: Subject) -> Proof:
    """Prove that a consolidation changes nothing, or say what it changes, or what can't be told.

    Pure: nothing is read or run. Files that can't be read are obligations that fail, never exceptions.
    """
    roots = Roots(subject)
    obligations = list(_syntax(roots))
    notes: set[str] = set()
    assumptions: set[str] = set()
    moved: set[str] = set()
    environments: list[Opened] = []
    for environment in subject.environments:
        opened = open_environment(roots, environment)
        moved |= opened.moved_roots()
        obligations += _environment(roots, opened, notes, assumptions)
        environments.append(opened)
    obligations += check_states(environments, [roots.central[opened.name].folder for opened in environments])
    obligations += service_root.check_declarations(roots, roots.terms)
    obligations += state_blocks.check_removed(roots, moved, roots.terms)
    obligations += check_service_files(
        roots.terms,
        subject.before_service,
        subject.service,
        roots.before,
        moved,
        subject.central,
        _module_places(roots),
    )
    obligations += central_files.check_files(roots)
    obligations += check_wellformed(roots)
    obligations += check_service_version(roots)
    assumptions.update(general_assumptions(roots))
    if not moved:
        obligations.append(
            Obligation("central-root", "the shared module", None, FAILS, "it holds nothing: nothing moved")
        )
    names = [environment.settings.name for environment in subject.environments]
    return conclude(obligations, names, assumptions, notes)


def _environment(roots: Roots, opened: Opened, notes: set[str], assumptions: set[str]) -> Iterator[Obligation]:
    terms = roots.terms
    for side, problem in opened.diagnostics:
        result = UNDECIDED if side == "before" else FAILS
        yield Obligation("syntax", str(problem.range or "values"), opened.name, result, problem.summary)
    pins = PinChecks(terms, _snapshot(roots, opened), opened.name)
    blocks = BlockProof(opened, terms, Dependencies(), pins)
    blocks.prove()
    outputs = list(service_root.check_outputs(opened, terms, pins))
    promises = list(check_promises(opened, roots.subject.promises, terms, pins))
    yield from blocks.obligations
    yield from pins.obligations
    yield from outputs
    yield from service_root.check_providers(opened, terms)
    yield from state_blocks.check_other_blocks(opened, terms, roots.subject.identities.get(opened.name))
    yield from state_blocks.check_shared_moves(opened, terms)
    yield from remote_state.check_remote_state(opened, roots)
    yield from central_repository.check_central_root(opened, roots, terms)
    yield from promises
    if roots.subject.required:
        yield from check_required(opened, terms)
    yield from central_repository.check_new_values(roots, opened)
    yield from central_repository.check_names(opened, roots)
    yield from remote_state.check_reads(opened)  # behind what reads locals that nothing else reads
    yield from check_arguments(opened, roots)
    yield from central_repository.check_provider_sources(roots, opened)
    yield from check_versions(opened, roots)
    yield from check_outputs_stand_alone(opened, terms)
    yield from check_routing(roots, opened, notes)
    notes |= blocks.notes
    if opened.moved and not opened.service.outputs_read:
        detail = "it reads no central output: nothing stops it from being applied, and forgetting what moved, before they exist"
        yield Obligation("guard", "the service root", opened.name, FAILS, detail)
    notes.update(central_repository.provider_notes(roots, opened))
    notes.update(
        unimported(roots.central[opened.name], frozenset(opened.moved), roots.subject.identities.get(opened.name))
    )
    assumptions.update(assumptions_of(roots, opened, blocks))


def _syntax(roots: Roots) -> Iterator[Obligation]:
    """Files that can't be read: after the split they fail, before it there's nothing to compare with."""
    there = [roots.before, *(root.before for root in roots.central.values() if root.before is not None)]
    known = {problem.summary for module in there for problem in unmerged(module)}
    for module, tree, result in (
        (roots.before, roots.subject.before_service, UNDECIDED),
        (roots.service, roots.subject.service, FAILS),
        *((root.after, roots.subject.central, FAILS) for root in roots.central.values()),
    ):
        for problem in problems(module):
            address = str(problem.range) if problem.range is not None else module.folder
            file = problem.range.file if problem.range is not None else ""
            as_before = file in tree and roots.subject.before_central.get(file) == tree[file]
            yield Obligation("syntax", address, None, UNDECIDED if as_before else result, problem.summary)
        for problem in unmerged(module):
            detail = f"{problem.summary}, so what it makes isn't followed"
            yield Obligation(
                "syntax", str(problem.range), None, UNDECIDED if problem.summary in known else FAILS, detail
            )
    for text in roots.unresolved:
        address, _, detail = text.partition(" ")
        yield Obligation("duplicate", address.rstrip(":"), None, UNDECIDED, detail)


def _snapshot(roots: Roots, opened: Opened) -> Snapshot | None:
    identities = roots.subject.identities.get(opened.name)
    if identities is None:
        return None
    outputs: dict[Term, str] = {}
    for declaration in roots.before.of("output"):
        value = declaration.expression("value")
        if value is not None and declaration.literal("sensitive") is not True:
            outputs.setdefault(opened.before.root.normal(value), declaration.name)

    def count(address: str) -> Term | None:
        found = opened.old.get(address)
        return meta(found).repeated[0] if found is not None else None

    return Snapshot(roots.terms, identities, outputs, count)


def _module_places(roots: Roots) -> dict[str, str]:
    """The folders of the service's local modules to those in the central repository that their moved calls name."""
    places: dict[str, str] = {}

    def follow(before: Module, after: Module) -> None:
        for name, child in before.children.items():
            other = after.children.get(name)
            if other is not None:
                places.setdefault(child.folder, other.folder)
                follow(child, other)

    for root in roots.central.values():
        if root.call is not None:
            follow(roots.before, root.after.children[root.call.name])
    return places
