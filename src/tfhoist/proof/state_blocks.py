"""`check`, `import`, `moved` and `removed` blocks: what they say of the state stays said, at the place where it counts now.

A `moved` block may go into the shared module with what it leads to, since its addresses are relative to the module; an `import`
block may go into the central root, where it names the resource inside the module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfhoist.configuration.model import Declaration
from tfhoist.hcl.expressions import Attr, Expression, Index, Literal, Variable, walk
from tfhoist.proof.blocks import body_term
from tfhoist.proof.compare import differences
from tfhoist.proof.identities import Identities
from tfhoist.proof.model import FAILS, HOLDS, Obligation
from tfhoist.proof.plain import plain, plain_body
from tfhoist.proof.scopes import ModuleScope, literal_address
from tfhoist.proof.service_root import conclude
from tfhoist.proof.sides import Opened, Roots, moved_names
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms


def check_other_blocks(opened: Opened, terms: Terms, identities: Identities | None) -> Iterator[Obligation]:
    """`check`, `import` and `moved` blocks."""
    for kind in ("check", "import", "moved"):
        one = _block_terms(opened.before.root, kind)
        other = _block_terms(opened.service.root, kind)
        elsewhere = _elsewhere(opened, kind, terms)
        for name in sorted({*one, *other}):
            address = f"{kind} {name}".strip()
            if name not in one:
                yield Obligation(kind, address, opened.name, FAILS, "it's new")
            elif name in other:
                declaration = other[name][0]
                named = {literal_address(declaration.expression(end)) for end in ("from", "to")}
                if kind != "check" and named & opened.moved.keys():
                    yield Obligation(kind, address, opened.name, FAILS, "it names a block that moved")
                else:
                    yield conclude(kind, address, opened.name, differences(terms, one[name][1], other[name][1]))
            elif _key(one[name][0], terms) in elsewhere:
                yield Obligation(kind, address, opened.name, HOLDS, "it went along with what it names")
            elif identities is not None and _has_done(opened, kind, name.rstrip("'"), identities):
                yield Obligation(kind, address, opened.name, HOLDS, "it's gone; it had done its work by the snapshot")
            else:
                yield Obligation(kind, address, opened.name, FAILS, "it's gone")


def _has_done(opened: Opened, kind: str, name: str, identities: Identities) -> bool:
    """Whether a `moved` or `import` block that led to what moved has nothing left to do in an environment."""
    there = {
        re.sub(r"\[[^\]]*\]", "", ".".join(part for part in (one.module, one.type, one.name) if part))
        for one in identities.instances
        if one.mode == "managed"
    }

    def holds(address: str) -> bool:
        return any(own == address or own.startswith(f"{address}.") for own in there)

    if kind == "import":
        return name in opened.moved and holds(name)
    target, seen = name, set[str]()
    moves = {moved_names(d): literal_address(d.expression("to")) for d in opened.before.root.module.of("moved")}
    while target in moves and target not in seen:
        seen.add(target)
        target = moves[target]
    led = any(f"{target}.".startswith(f"{moved}.") for moved in opened.moved_roots())  # or into a module that moved
    return kind == "moved" and led and not holds(name)


def _block_terms(scope: ModuleScope, kind: str) -> dict[str, tuple[Declaration, Term]]:
    """Blocks by what they name: a check's own name, or the address in `from` or `to`."""
    found: dict[str, tuple[Declaration, Term]] = {}
    for declaration in scope.module.of(kind):
        name = declaration.name or moved_names(declaration)
        if kind == "check":
            term = body_term(declaration.body, scope.context(declaration.address))
        elif kind == "import":  # what it names as it's written, and what its id is made of as that is
            written = plain_body(scope.terms, declaration.body, frozenset({"id", "identity", "for_each"}))
            made = body_term(declaration.body, scope.context(), frozenset({"to", "provider"}))
            term = scope.terms.make("import", written, made)
        else:
            term = plain_body(scope.terms, declaration.body)
        while name in found:
            name += "'"
        found[name] = (declaration, term)
    return found


def _elsewhere(opened: Opened, kind: str, terms: Terms) -> set[Term]:
    """The `moved` blocks of the shared module, and the `import` blocks of the central root as the service root would say them."""
    if kind == "moved" and opened.shared is not None:
        return {_key(declaration, terms) for declaration in opened.shared.module.of(kind)}
    if kind == "import" and opened.central.label:
        return {_key(d, terms, opened.central.label) for d in opened.central.root.module.of(kind)}
    return set()


def _key(declaration: Declaration, terms: Terms, label: str = "") -> Term:
    """A block with the addresses that it names, those in `module.<label>` without that."""
    rest = plain_body(terms, declaration.body, frozenset({"from", "to"}))
    ends = (_steps(terms, declaration.expression(end), label) for end in ("from", "to"))
    return terms.make("body", *(terms.make("tuple", *steps) for steps in ends), rest)


def _steps(terms: Terms, expression: Expression | None, label: str) -> list[Term]:
    steps: list[Term] = []
    current = expression
    while isinstance(current, Attr | Index):
        steps.append(terms.text(current.name) if isinstance(current, Attr) else plain(terms, current.key))
        current = current.target
    if isinstance(current, Variable):
        steps.append(terms.text(current.name))
    elif current is not None:
        steps.append(plain(terms, current))
    steps.reverse()
    prefix = [terms.text("module"), terms.text(label)]
    return steps[2:] if label and steps[:2] == prefix else steps


def check_shared_moves(opened: Opened, terms: Terms) -> Iterator[Obligation]:
    """The `moved` blocks of the shared module are the service root's, and lead to what moved."""
    if opened.shared is None:
        return
    known = {_key(declaration, terms) for declaration in opened.before.root.module.of("moved")}
    own = list(opened.shared.module.of("moved"))
    begins = {moved_names(declaration) for declaration in own}
    for declaration in own:
        end = literal_address(declaration.expression("to"))
        address = f"{opened.shared.module.folder}: moved {moved_names(declaration)}"
        there = any(f"{end}.".startswith(f"{moved}.") for moved in opened.moved_roots())
        if _key(declaration, terms) not in known:
            yield Obligation("moved", address, opened.name, FAILS, "the service root has no such block")
        elif not there and end not in begins:
            yield Obligation("moved", address, opened.name, FAILS, "it leads to something that didn't move")


def check_removed(roots: Roots, moved: set[str], terms: Terms) -> Iterator[Obligation]:
    """Each moved address is forgotten, not destroyed, should the service root be applied before its state was split."""
    old = [plain_body(terms, d.body) for d in roots.before.of("removed")]
    moved = moved | _old_addresses(roots, terms)
    named: set[str] = set()
    for declaration in roots.service.of("removed"):
        term = plain_body(terms, declaration.body)
        if term in old:
            old.remove(term)
            continue
        address = moved_names(declaration)
        label = f"removed {address}"
        if address not in moved:
            detail = "it names something that didn't move: Terraform would forget it"
            yield Obligation("removed", label, None, FAILS, detail)
        elif address in named:
            yield Obligation("removed", label, None, FAILS, "there are two of it")
        elif _names_instance(declaration.expression("from")):
            detail = "it names an instance: Terraform takes the address of a whole resource or module there"
            yield Obligation("removed", label, None, FAILS, detail)
        elif not _keeps(declaration):
            detail = "it doesn't say `destroy = false`: merging early would destroy the resource"
            yield Obligation("removed", label, None, FAILS, detail)
        else:
            yield Obligation("removed", label, None, HOLDS)
        named.add(address)
    for address in () if roots.subject.final else sorted(moved - named):
        detail = "the block for this moved address is missing: merging early would destroy the resource"
        yield Obligation("removed", f"removed {address}", None, FAILS, detail)
    for _ in old:
        yield Obligation("removed", "removed", None, FAILS, "a `removed` block that was there before is gone")


def _old_addresses(roots: Roots, terms: Terms) -> set[str]:
    """What `moved` blocks begin at that went along: an environment where they weren't applied has it in its state still."""
    calls = [(root, root.call) for root in roots.central.values()]
    shared = [root.after.children[call.name] for root, call in calls if call is not None]
    carried = {_key(declaration, terms) for module in shared for declaration in module.of("moved")}
    begins = {moved_names(d) for d in roots.before.of("moved") if _key(d, terms) in carried}
    declared = [d.address for d in roots.before.of("resource", "module")]
    return {address for address in begins if not any(f"{address}.".startswith(f"{d}.") for d in declared)}


def _names_instance(expression: Expression | None) -> bool:
    return expression is not None and any(isinstance(part, Index) for part in walk(expression))


def _keeps(declaration: Declaration) -> bool:
    """Whether it says `from`, and `destroy = false`, and nothing else: Terraform knows no other argument there."""
    lifecycles = declaration.body.blocks_of("lifecycle")
    if len(lifecycles) != 1 or len(declaration.body.blocks) != 1 or len(declaration.body.attributes) != 1:
        return False
    body = lifecycles[0].body
    if body.blocks or [attribute.name for attribute in body.attributes] != ["destroy"]:
        return False
    destroy = body.attributes[0].expression
    return isinstance(destroy, Literal) and destroy.value is False
