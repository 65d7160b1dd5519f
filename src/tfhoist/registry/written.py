"""Entries that stand in the registry document only: their hosts and paths against the claims of the others, and each other's.

The document doesn't say which path is of which host: with one host all of an entry's paths are, with several it isn't decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tfhoist.diagnostics import SourceRange
from tfhoist.findings import Finding
from tfhoist.registry.catalogue import finding
from tfhoist.registry.entries import Entry, owned
from tfhoist.registry.read_document import ReadEntry
from tfhoist.routing.limits import trouble
from tfhoist.routing.model import Action, Condition, Kind, Request, Rule
from tfhoist.routing.search import find
from tfhoist.routing.work import Exhausted, Work

STEPS = 1_000_000
QUESTION = 20_000
MOST_OF_A_PAIR = 5


class _Said(NamedTuple):
    """One path of a host, as somebody claims it: by the claims, or in the document."""

    service: str
    owner: str
    text: str
    rule: Rule
    place: SourceRange
    certain: bool


def check_written(path: str, document: Sequence[ReadEntry], entries: Sequence[Entry]) -> Iterator[Finding]:
    """What entries of the document that have no claims take from others. `entries` are all claims."""
    known = {entry.claims.service for entry in entries}
    alone = [one for one in document if one.service not in known]
    for number, one in enumerate(alone):
        yield from _records(path, one, entries, alone[:number])
    said = [_of_document(path, one) for one in alone]
    claimed = [list(_of_claims(entry)) for entry in entries]
    work = Work(STEPS)
    for number, mine in enumerate(said):
        for theirs in (*claimed, *said[:number]):
            yield from _paths(mine, theirs, work)


def _owner(one: ReadEntry) -> str:
    return f"{one.service} ({one.owner or 'no owner given'})"


def _of_document(path: str, one: ReadEntry) -> list[_Said]:
    hosts = tuple(dict.fromkeys(host for host, _ in one.dns))
    if not hosts:
        return []
    return [
        _Said(one.service, _owner(one), f"{text} in {path}", rule, SourceRange(path, line, line), len(hosts) == 1)
        for text, line in one.paths
        if (rule := _rule(hosts, (text,))) is not None
    ]


def _of_claims(entry: Entry) -> Iterator[_Said]:
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for place in entry.claims.environments:
        for route in place.routes:
            rule = _rule(route.hosts, route.paths or ("/*",)) if route.hosts else None
            if rule is not None and (route.hosts, route.paths) not in seen:
                seen.add((route.hosts, route.paths))
                where = entry.place(f'"address": "{route.address}"')
                certain = route.decided and not route.conditions
                yield _Said(entry.claims.service, owned(entry.claims), route.address, rule, where, certain)


def _rule(hosts: tuple[str, ...], paths: tuple[str, ...]) -> Rule | None:
    conditions = (Condition(Kind.HOST, hosts), Condition(Kind.PATH, paths))
    return Rule("", None, conditions, Action("")) if not any(trouble(one) for one in conditions) else None


def _paths(mine: Sequence[_Said], theirs: Sequence[_Said], work: Work) -> Iterator[Finding]:
    count = 0
    for one in mine:
        for other in theirs:
            part = work.part(QUESTION)
            try:
                witness = find([one.rule, other.rule], [], part)
            except Exhausted:
                witness = None
            finally:
                work.settle(part, QUESTION)
            if witness is None or count >= MOST_OF_A_PAIR:
                continue
            count += 1
            certain = one.certain and other.certain
            both = "both claim" if certain else "may both claim"
            yield finding(
                "registry-path-taken" if certain else "registry-claim-undecided",
                f"{other.owner} and {one.owner} {both} {witness.host}{witness.path}: {other.text}, and {one.text}",
                services=[other.service, one.service],
                places=[other.place, one.place],
                witness=witness,
            )


def _records(path: str, one: ReadEntry, entries: Sequence[Entry], before: Sequence[ReadEntry]) -> Iterator[Finding]:
    """DNS names of an entry that only people wrote, against those of the others."""
    for host, line in one.dns:
        here = SourceRange(path, line, line)
        for entry in entries:
            record = next(
                (r for place in entry.claims.environments for r in place.dns if r.name.lower().rstrip(".") == host),
                None,
            )
            if record is not None:
                there = entry.place(f'"address": "{record.address}"')
                yield _record(host, owned(entry.claims), entry.claims.service, there, one, here)
        for other in before:
            lines = [number for name, number in other.dns if name == host]
            if lines:
                yield _record(host, _owner(other), other.service, SourceRange(path, lines[0], lines[0]), one, here)


def _record(host: str, owner: str, service: str, there: SourceRange, one: ReadEntry, here: SourceRange) -> Finding:
    return finding(
        "registry-dns-taken",
        f"{owner} and {_owner(one)} both claim the record {host}",
        services=[service, one.service],
        places=[there, here],
        evidence={"name": host},
        witness=Request(host=host) if "*" not in host else None,
    )
