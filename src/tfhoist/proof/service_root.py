"""What the service root keeps besides its resources: outputs, variables, settings, providers, and the blocks for moves."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.model import Declaration, Module
from tfhoist.proof.blocks import body_term, dependencies
from tfhoist.proof.compare import Difference, differences
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.pins import PinChecks
from tfhoist.proof.plain import plain_body, variable_term
from tfhoist.proof.resources import joined
from tfhoist.proof.scopes import ModuleScope
from tfhoist.proof.sides import Opened, Roots
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms

_NAMED = ("local", "output", "provider", "check")
"""Kinds whose duplicates no other obligation sees."""


def check_outputs(opened: Opened, terms: Terms, pins: PinChecks) -> Iterator[Obligation]:
    """The old outputs are all there and mean the same; no other ones are."""
    before, after = opened.before.root, opened.service.root
    old = {d.name: d for d in before.module.of("output")}
    new = {d.name: d for d in after.module.of("output")}
    for name in sorted({*old, *new}):
        address = f"output.{name}"
        if name not in new:
            yield Obligation("output", address, opened.name, FAILS, "it's gone")
        elif name not in old:
            yield Obligation("output", address, opened.name, FAILS, "it's new: nothing read it before")
        else:
            pins.address = address
            found = _output_differences(old[name], new[name], before, after, opened, terms, pins)
            yield conclude("output", address, opened.name, found)


def _output_differences(
    old: Declaration,
    new: Declaration,
    before: ModuleScope,
    after: ModuleScope,
    opened: Opened,
    terms: Terms,
    pins: PinChecks,
) -> list[Difference]:
    if old.json or new.json:
        return differences(terms, before.json(old), after.json(new)) if old.json is new.json else [_gone(("",))]
    left_out = frozenset({"description", "depends_on"})
    one = body_term(old.body, before.context(old.address), left_out, nulls=True)
    other = body_term(new.body, after.context(new.address), left_out, nulls=True)
    found = differences(terms, one, other, pins, relaxed=False)
    waits = dependencies(old.expression("depends_on"), before) - dependencies(new.expression("depends_on"), after)
    gained = dependencies(new.expression("depends_on"), after) - dependencies(old.expression("depends_on"), before)
    for address in sorted(gained | {address for address in waits if address not in opened.moved}):
        found.append(Difference(("depends_on",), terms.make("name", address), None, FAILS))
    return found


def _gone(path: tuple[str, ...]) -> Difference:
    return Difference(path, None, None, FAILS, "it's written in another language now")


def conclude(kind: str, address: str, environment: str | None, found: list[Difference]) -> Obligation:
    """The obligation that some differences make."""
    if not found:
        return Obligation(kind, address, environment, HOLDS)
    result = FAILS if any(difference.result == FAILS for difference in found) else UNDECIDED
    return Obligation(kind, address, environment, result, joined([difference.text() for difference in found]))


def check_providers(opened: Opened, terms: Terms) -> Iterator[Obligation]:
    """The provider blocks of the service root."""
    before, after = opened.before.root, opened.service.root
    old = {d.address: d for d in before.module.of("provider")}
    new = {d.address: d for d in after.module.of("provider")}
    for address in sorted({*old, *new}):
        if address not in new:
            yield Obligation("provider", address, opened.name, FAILS, "it's gone from the service root")
        elif address not in old:
            yield Obligation("provider", address, opened.name, FAILS, "it's new in the service root")
        else:
            one, other = (
                scope.json(d) if d.json else body_term(d.body, scope.context(address))
                for scope, d in ((before, old[address]), (after, new[address]))
            )
            yield conclude("provider", address, opened.name, differences(terms, one, other))


def check_declarations(roots: Roots, terms: Terms) -> Iterator[Obligation]:
    """The variables and the `terraform` settings of the service root, as they were."""
    before, after = roots.before, roots.service
    yield from _variables(before, after, terms)
    one, other = (_settings(module, terms) for module in (before, after))
    for name in sorted({*one, *other}):
        found = differences(terms, one.get(name, terms.null), other.get(name, terms.null), relaxed=False)
        yield conclude("settings", f"terraform.{name}", None, found)
    for address, several in sorted(after.definitions.items()):
        if len(several) > max(1, len(before.definitions.get(address, ()))) and several[0].kind in _NAMED:
            places = ", ".join(str(declaration.range) for declaration in several)
            yield Obligation("duplicate", address, None, FAILS, f"it's defined {len(several)} times ({places})")
    gained = [d for d in after.of("data", "ephemeral") if before.get(d.address) is None]
    remote = [d for d in gained if d.type == "terraform_remote_state"]
    if len(remote) > 1:
        for declaration in remote:
            detail = "more than one remote state is new: which one holds the central outputs can't be told"
            yield Obligation("remote-state", declaration.address, None, FAILS, detail)


def _variables(before: Module, after: Module, terms: Terms) -> Iterator[Obligation]:
    old = {d.address: d for d in before.of("variable")}
    new = {d.address: d for d in after.of("variable")}
    for address in sorted({*old, *new}):
        if address not in new:
            yield Obligation("variable", address, None, FAILS, "it's gone: whoever sets it would get an error")
        elif address not in old:
            yield Obligation("variable", address, None, FAILS, "it's new in the service root")
        elif len(after.definitions[address]) > 1:
            yield Obligation("variable", address, None, FAILS, "it's declared twice")
        else:
            one, other = (variable_term(terms, d) for d in (old[address], new[address]))
            yield conclude("variable", address, None, differences(terms, one, other, relaxed=False))


def _settings(module: Module, terms: Terms) -> dict[str, Term]:
    """The arguments and blocks of all `terraform` blocks."""
    found: dict[str, Term] = {}
    for declaration in module.of("terraform"):
        for attribute in declaration.body.attributes:
            _put(found, attribute.name, plain_body(terms, declaration.body, only=attribute.name))
        for block in declaration.body.blocks:
            body = plain_body(terms, block.body)
            if block.type == "required_providers":
                for attribute in block.body.attributes:
                    _put(
                        found,
                        f"required_providers.{attribute.name}",
                        plain_body(terms, block.body, only=attribute.name),
                    )
            else:
                _put(found, ".".join((block.type, *block.labels)), body)
    return found


def _put(found: dict[str, Term], name: str, term: Term) -> None:
    while name in found:
        name += "'"
    found[name] = term
