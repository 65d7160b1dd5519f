"""The registry of kinds. A kind makes one mistake in a consolidated result, at a place that chance chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from tests.mutants.results import Changes, Result, Site
from tfhoist.hcl.edit import Edit, apply_edits
from tfhoist.hcl.syntax import parse_file


class Draft(NamedTuple):
    """What a kind did: the files, and the place in words."""

    changes: Changes
    site: Site | None
    where: str


Make = Callable[[Result, Random], Draft | None]
Sites = Callable[[Result], Sequence[Site]]
Change = Callable[[Site, Random, Result], "list[Edit] | Changes | None"]


class Kind(NamedTuple):
    """One kind of mistake. `harmless` ones change no meaning: the proof has to hold for every mutant of them."""

    name: str
    group: str
    what: str
    make: Make
    harmless: bool = False


KINDS: dict[str, Kind] = {}


def blocks(result: Result) -> Sequence[Site]:
    """All blocks."""
    return result.blocks


def attributes(result: Result) -> Sequence[Site]:
    """All arguments."""
    return result.attributes


def expressions(result: Result) -> Sequence[Site]:
    """All expressions."""
    return result.expressions


def assignments(result: Result) -> Sequence[Site]:
    """All values in files of values."""
    return result.assignments


class Group:
    """Kinds that belong together in the table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def add(self, name: str, what: str, make: Make, *, harmless: bool = False) -> None:
        """Register a kind."""
        assert name not in KINDS, name
        KINDS[name] = Kind(name, self.name, what, make, harmless)

    def files(self, name: str, what: str, *, harmless: bool = False) -> Callable[[Make], Make]:
        """A kind that works on whole files."""

        def register(make: Make) -> Make:
            self.add(name, what, make, harmless=harmless)
            return make

        return register

    def over(
        self,
        sites: Sites,
        name: str,
        what: str,
        *,
        harmless: bool = False,
        where: Callable[[Site, Result], bool] | None = None,
    ) -> Callable[[Change], Change]:
        """A kind that changes one place of many: the function gives the edits of the place's file, or None."""

        def register(change: Change) -> Change:
            def make(result: Result, random: Random) -> Draft | None:
                if name not in result.places:
                    result.places[name] = [site for site in sites(result) if where is None or where(site, result)]
                draft = _drawn(result.places[name], change, result, random)
                if draft is None:
                    result.places[name] = []  # nothing here can be changed like this: no need to look again
                return draft

            self.add(name, what, make, harmless=harmless)
            return change

        return register


def _drawn(sites: list[Site], change: Change, result: Result, random: Random) -> Draft | None:
    """The change of one of the places: the first, in an order that chance gives, where it can be made."""
    for site in random.sample(sites, len(sites)):
        changed = change(site, random, result)
        if not changed:
            continue
        changes: Changes = changed if isinstance(changed, dict) else {site.path: apply_edits(site.source, changed)}
        if differs(result, changes) and reads(changes):
            return Draft(changes, site, str(site))
    return None


def differs(result: Result, changes: Changes) -> bool:
    """Whether some file has other content than before."""
    return any(result.files.get(path) != content for path, content in changes.items())


def reads(changes: Changes) -> bool:
    """Whether the changed configuration can still be read: a mistake that anybody's parser sees is no test."""
    return not any(
        parse_file(path, content).diagnostics
        for path, content in changes.items()
        if content is not None and path.endswith((".tf", ".tfvars", ".tfbackend"))
    )
