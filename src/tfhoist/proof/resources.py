"""Every resource, data source and module call: there exactly once, and the same.

A data source may stand on both sides, since reading it twice changes nothing. What `depends_on` loses because it would
have to cross is a note, not a difference; it may lose nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.proof.blocks import Found, Meta, arguments, meta
from tfhoist.proof.compare import Difference, differences
from tfhoist.proof.files import other_files
from tfhoist.proof.local_modules import check_local_module
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.ordering import Dependencies, effective
from tfhoist.proof.pins import PinChecks
from tfhoist.proof.providers import BUILT_IN, named
from tfhoist.proof.sides import Opened
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms

_KINDS = {"resource": "resource", "ephemeral": "resource", "data": "data", "module": "module"}
_TYPED_BY_VALUE = frozenset({"terraform_data", "kubernetes_manifest", "null_data_source"})
"""Resource types with arguments of any type, where a list and a tuple are different values."""

SHOWN = 4


class BlockProof:
    """The obligations of one environment that are about blocks."""

    def __init__(self, opened: Opened, terms: Terms, dependencies: Dependencies, pins: PinChecks) -> None:
        self.opened = opened
        self.terms = terms
        self.dependencies = dependencies
        self.pins = pins
        self.obligations: list[Obligation] = []
        self.notes: set[str] = set()
        self._arguments: dict[tuple[str, str], Term] = {}
        self._meta: dict[tuple[str, str], Meta] = {}
        self._providers: dict[tuple[str, str, Term, Term], list[str]] = {}
        names = {declaration.name for declaration in opened.before.root.module.of("provider")}
        self._provider_names = sorted(names)

    def prove(self) -> None:
        """Compare every block of the service root before with where it is now."""
        opened = self.opened
        for address, old in sorted(opened.old.items()):
            kind = _KINDS[old.declaration.kind]
            places = [side[address] for side in (opened.stays, opened.moved, opened.copied) if address in side]
            problem = self._presence(old, places)
            if problem:
                self._say(kind, address, FAILS, problem)
                continue
            found: list[Difference] = []
            for now in places:
                found.extend(self._compare(old, now))
                self._note_provisioners(now)
            undecided = [text for now in places for text in self._unsure(old, now)]
            self._conclude(kind, address, found, undecided, self._compared(old))
        for side, where in ((opened.stays, "the service root"), (opened.moved, "the shared module")):
            for address, new in sorted(side.items()):
                if address not in opened.old:
                    self._say(
                        _KINDS[new.declaration.kind],
                        address,
                        FAILS,
                        f"it's new in {where}: nothing like it was there before",
                    )
        self._creation_order()
        self._provider_obligations()

    def _say(self, kind: str, address: str, result: str, detail: str) -> None:
        self.obligations.append(Obligation(kind, address, self.opened.name, result, detail))

    @staticmethod
    def _presence(old: Found, places: list[Found]) -> str:
        if not places:
            return "it's gone: neither the service root nor the shared module has it"
        for now in places:
            if now.definitions > 1:
                return f"it's defined {now.definitions} times in {now.scope.where()}"
        if len(places) > 1 and old.declaration.kind != "data":
            return "it's doubled: the service root and the shared module both have it"
        return ""

    def _compare(self, old: Found, now: Found) -> Iterator[Difference]:
        if old.declaration.kind != now.declaration.kind:
            yield Difference((f"is a {now.declaration.kind} block now",), None, None, FAILS)
            return
        self.pins.address = old.address
        kind = old.declaration.kind
        before, after = self.arguments(old), self.arguments(now)
        relaxed = kind != "module" and old.declaration.type not in _TYPED_BY_VALUE
        yield from differences(self.terms, before, after, self.pins, relaxed=relaxed)
        if kind == "module" and (old.scope.child(old.declaration.name) is None) is not (
            now.scope.child(now.declaration.name) is None
        ):
            yield Difference(
                ("source",), None, None, FAILS, "a local module became another one, or the other way round"
            )
        if kind == "module":
            yield from self._outputs(old, now)
            yield from check_local_module(self.terms, old, now, self.pins)
        one, other = self.meta(old), self.meta(now)
        for name, mine, its in zip(("count", "for_each"), one.repeated, other.repeated, strict=True):
            yield from self._argument(name, mine, its)
        for difference in differences(self.terms, one.lifecycle, other.lifecycle, self.pins, relaxed=False):
            yield difference._replace(path=("lifecycle", *difference.path))
        yield from self._depends_on(old, now, one, other)
        self._provider(old, now)

    def _outputs(self, old: Found, now: Found) -> Iterator[Difference]:
        """The outputs of a local module: readers don't see through several instances, nor through `module.m[*]`."""
        before, after = old.scope.child(old.declaration.name), now.scope.child(now.declaration.name)
        if before is None or after is None:
            return
        names = {d.name for d in (*before.module.of("output"), *after.module.of("output"))}
        for name in sorted(names):
            for difference in differences(
                self.terms, before.output(name), after.output(name), self.pins, relaxed=False
            ):
                yield difference._replace(path=(f"output {name}", *difference.path))

    def _argument(self, name: str, one: Term | None, other: Term | None) -> Iterator[Difference]:
        if one is None or other is None:
            if one is not other:
                yield Difference((name,), one, other, FAILS)
            return
        if name == "for_each" and other.kind == "pin" and self.pins.same_keys(one, other):
            return  # its keys alone matter
        for difference in differences(self.terms, one, other, self.pins):
            yield difference._replace(path=(name, *difference.path))

    def _depends_on(self, old: Found, now: Found, one: Meta, other: Meta) -> Iterator[Difference]:
        here = (
            self.opened.moved
            if now.address in self.opened.moved and now.scope.side.name == "central"
            else self.opened.stays
        )
        for address in sorted(one.depends_on - other.depends_on):
            if address in here or address not in self.opened.old:
                yield Difference(("depends_on",), self.terms.make("name", address), None, FAILS)
            else:
                verb = "was read after" if old.declaration.kind == "data" else "waited for"
                self.notes.add(
                    f"{old.address} {verb} {address} (depends_on), which is on the other side now: nothing orders them any more"
                )
        for address in sorted(other.depends_on - one.depends_on):
            yield Difference(("depends_on",), None, self.terms.make("name", address), FAILS)

    def _unsure(self, old: Found, now: Found) -> Iterator[str]:
        term = self.arguments(now)
        if term.impure:
            if now.scope.side.name == "central":
                yield "an argument has another value each time it's computed (timestamp() or the like)"
            else:
                self.notes.add(f"{now.address} has an argument of another value each time; its text is unchanged")
        if now.scope.side.name == "central" and term.kind == "body":
            for name in other_files(now.declaration.type, term, old.scope, now.scope):
                yield f"{name} holds a path relative to the root's folder, where another file is now, or none"

    def _note_provisioners(self, now: Found) -> None:
        if now.scope.side.name == "central" and now.declaration.body.blocks_of("provisioner"):
            self.notes.add(f"{now.address} has a provisioner, which runs where the central root is applied from now on")

    def _compared(self, old: Found) -> str:
        """The names of what was compared: arguments, nested blocks and meta-arguments."""
        term, others = self.arguments(old), self.meta(old)
        names = [str(name) for name in term.parts[::2]] if term.kind == "body" else []
        names += [name for name, value in zip(("count", "for_each"), others.repeated, strict=True) if value is not None]
        names += ["lifecycle"] if others.lifecycle.parts else []
        return ", ".join(names + (["depends_on"] if others.depends_on else []))

    def _conclude(self, kind: str, address: str, found: list[Difference], undecided: list[str], compared: str) -> None:
        failing = [difference.text() for difference in found if difference.result == FAILS]
        open_ = [difference.text() for difference in found if difference.result == UNDECIDED] + undecided
        if failing or open_:
            self._say(kind, address, FAILS if failing else UNDECIDED, joined(failing + open_))
        else:
            self._say(kind, address, HOLDS, compared)

    # provider configurations

    def _provider(self, old: Found, now: Found) -> None:
        declaration = old.declaration
        providers = self.opened.providers
        if declaration.kind == "module":
            if old.scope.child(declaration.name) is not None:
                return
            before, name = providers.of_call(old, self._provider_names)
            after, new_name = providers.of_call(now, self._provider_names)
        else:
            own = (BUILT_IN, "")  # it has one configuration, which nothing sets
            if all(named(d.expression("provider"), d.type) == own for d in (declaration, now.declaration)):
                return
            before, name = providers.of(old)
            after, new_name = providers.of(now)
        where = f"{name} (central {new_name})" if now.scope.side.name == "central" else name
        self._providers.setdefault((name, where, before, after), []).append(old.address)

    def _provider_obligations(self) -> None:
        for (name, where, before, after), addresses in self._providers.items():
            found = differences(self.terms, before, after)
            users = ", ".join(sorted(addresses)[:SHOWN]) + (
                f" and {len(addresses) - SHOWN} more" if len(addresses) > SHOWN else ""
            )
            if not found:
                self._say("provider", where, HOLDS, f"used by {users}")
                continue
            result = FAILS if any(difference.result == FAILS for difference in found) else UNDECIDED
            texts = joined([difference.text() for difference in found])
            self._say("provider", where, result, f"{users}: not the configuration of {name} any more: {texts}")

    def provider_uses(self) -> Iterator[tuple[str, Term, list[str]]]:
        """The provider configurations that moved blocks had: name, configuration, addresses."""
        for (name, where, before, _), addresses in self._providers.items():
            if where != name:
                yield name, before, sorted(addresses)

    # the order of replacement

    def _creation_order(self) -> None:
        before = self._effective(self.opened.old)
        after = {**self._effective(self.opened.stays), **self._effective(self.opened.moved)}
        for address, old in sorted(self.opened.old.items()):
            if old.declaration.kind != "resource":
                continue
            places = [side[address] for side in (self.opened.stays, self.opened.moved) if address in side]
            unsaid = self.meta(old).create_before_destroy and not all(
                self.meta(now).create_before_destroy for now in places
            )
            if address in before and (unsaid or address not in after):
                self._lost_order(address, before[address])
            elif address in after and address not in before:
                self._say("lifecycle", address, FAILS, "create_before_destroy: false before, true after")

    def _lost_order(self, address: str, through: str) -> None:
        """What a reader of the other side gave has to be written out now."""
        why = "it no longer says so" if through == address else f"it had it through {through}"
        self._say("lifecycle", address, FAILS, f"create_before_destroy: true before, false after ({why})")

    def _effective(self, side: dict[str, Found]) -> dict[str, str]:
        declared = {address for address, found in side.items() if self.meta(found).create_before_destroy}
        reads = {address: self.dependencies.of(found.scope, found.declaration) for address, found in side.items()}
        return effective(declared, reads)

    # terms, each made once

    def arguments(self, found: Found) -> Term:
        """The arguments of a block as a term."""
        key = (found.scope.side.name, found.address)
        if key not in self._arguments:
            self._arguments[key] = arguments(found)
        return self._arguments[key]

    def meta(self, found: Found) -> Meta:
        """The meta-arguments of a block."""
        key = (found.scope.side.name, found.address)
        if key not in self._meta:
            self._meta[key] = meta(found)
        return self._meta[key]


def joined(texts: list[str]) -> str:
    """Some of many texts, each once."""
    shown = list(dict.fromkeys(texts))
    more = f"; and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return "; ".join(shown[:SHOWN]) + more
