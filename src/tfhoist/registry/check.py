"""Do the claims of several services fit together? Paths are compared exactly, as the load balancer compares them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tfhoist.diagnostics import SourceRange
from tfhoist.findings import Finding
from tfhoist.registry.advice import free_paths, free_priorities, listener_key, taken_priorities
from tfhoist.registry.catalogue import finding
from tfhoist.registry.claims import EnvironmentClaims, RouteClaim
from tfhoist.registry.edges import check_edges
from tfhoist.registry.entries import Entry, Handed, owned, pairs_of
from tfhoist.registry.read_document import ReadEntry
from tfhoist.routing.limits import trouble
from tfhoist.routing.model import Action, Condition, Kind, Request, Rule
from tfhoist.routing.parting import parted
from tfhoist.routing.search import Pairs, find
from tfhoist.routing.work import Exhausted, Work

STEPS = 6_000_000
QUESTION = 60_000
MOST_OF_A_PAIR = 5
"""Overlaps of two services in one environment that are listed; the first of them says how many there are."""


class _Route(NamedTuple):
    entry: Entry
    environment: EnvironmentClaims
    route: RouteClaim
    rule: Rule

    @property
    def service(self) -> str:
        return self.entry.claims.service

    def place(self) -> SourceRange:
        return self.entry.place(f'"address": "{self.route.address}"')


def check_claims(entries: Sequence[Entry], handed: Handed = lambda one, other: False) -> list[Finding]:
    """Everything that doesn't fit together. Overlaps inside one service are its own matter: the audit shows them."""
    findings = [finding_ for entry in entries for finding_ in _people(entry)]
    names = sorted({place.name for entry in entries for place in entry.claims.environments})
    for name in names:
        places = [(entry, place) for entry in entries for place in entry.claims.environments if place.name == name]
        findings += _paths(name, places, handed)
        findings += _priorities(name, places, handed)
        findings += _dns(name, places, handed)
        findings += _real_names(name, places, handed)
        findings += check_edges(name, places, handed)
    findings += _outputs(entries, handed)
    return findings


def _people(entry: Entry) -> Iterator[Finding]:
    claims = entry.claims
    for kind, said in (("owner", claims.owner), ("contact", claims.contact)):
        if not said.strip() or said.strip().lower() == "not given":
            place = entry.place(f'"{kind}"')
            yield finding(
                f"registry-{kind}-missing", f"{claims.service} has no {kind}", services=[claims.service], places=[place]
            )


def _paths(name: str, places: Sequence[tuple[Entry, EnvironmentClaims]], handed: Handed) -> Iterator[Finding]:
    routes = [_Route(entry, place, route, _rule(route)) for entry, place in places for route in place.routes]
    work = Work(STEPS)
    try:
        pairs: Pairs | None = Pairs([one.rule for one in routes], work)
    except Exhausted:
        pairs = None
    own: dict[str, int] = {}
    for number, one in enumerate(routes):
        own[one.service] = own.get(one.service, 0) | 1 << number
    overlaps: dict[tuple[str, str], list[tuple[_Route, _Route, Finding]]] = {}
    for number, one in enumerate(routes):
        meeting = (
            (pairs.meeting(number) if pairs is not None else (1 << len(routes)) - 1)
            & ~own[one.service]
            & ((1 << number) - 1)
        )
        while meeting:
            lowest = meeting & -meeting
            meeting ^= lowest
            other = routes[lowest.bit_length() - 1]
            if not _same_place(one.route, other.route) or handed(one.service, other.service):
                continue
            found = _overlap(name, other, one, work)
            if found is not None:
                overlaps.setdefault((other.service, one.service), []).append((other, one, found))
    for several in overlaps.values():
        for number, (_, _, found) in enumerate(several[:MOST_OF_A_PAIR]):
            more = (
                f" (the first of {len(several)} overlaps of the two)"
                if number == 0 and len(several) > MOST_OF_A_PAIR
                else ""
            )
            yield found if not more else _extended(found, more)


def _extended(found: Finding, more: str) -> Finding:
    return msgspec.structs.replace(found, summary=found.summary + more)


def _same_place(one: RouteClaim, other: RouteClaim) -> bool:
    """Whether two routes can be asked for one request: on one load balancer, or both for hosts that they name."""
    if one.load_balancer and one.load_balancer == other.load_balancer:
        return one.port == other.port or not one.port or not other.port
    return bool(one.hosts and other.hosts)


def _rule(route: RouteClaim) -> Rule:
    """A route as a rule: the patterns that aren't decided are left out, so that it takes more rather than less."""
    conditions: list[Condition] = [one for one in route.matches if trouble(one) is None]
    known = Counter(one.kind.value for one in conditions)
    unknown: list[str] = [
        f"a {kind} condition"
        for kind, count in Counter(route.conditions).items()
        for _ in range(max(0, count - known[kind]))
    ]
    if not route.decided and route.priority is not None:
        unknown.append("it isn't decided what it takes")
    for kind, values in ((Kind.HOST, route.hosts), (Kind.PATH, route.paths)):
        condition = Condition(kind, values)
        if values and trouble(condition) is None:
            conditions.append(condition)
        elif values:
            unknown.append(trouble(condition) or "")
    return Rule(route.address, route.priority, tuple(conditions), Action(route.action), tuple(unknown))


def _shown(witness: Request, host: str) -> str:
    """The request that both claim: host and path, and what else both ask for."""
    more = witness.text().removeprefix(witness.url())
    query = f"?{witness.query_text()}" if witness.query else ""
    return f"{host}{witness.path}{query}{more}"


def _overlap(name: str, first: _Route, second: _Route, work: Work) -> Finding | None:
    part = work.part(QUESTION)
    services = [second.service, first.service]
    owners = f"{owned(second.entry.claims)} and {owned(first.entry.claims)}"
    places = [second.place(), first.place()]
    evidence = {"environment": name, "rules": f"{second.route.address}, {first.route.address}"}
    try:
        witness = find([first.rule, second.rule], [], part)
    except Exhausted:
        return finding(
            "registry-claim-undecided", f"{owners} claim patterns in {name or 'the environment'} that take too much work to compare",
            services=services, places=places, evidence=evidence,
        )  # fmt: skip
    finally:
        work.settle(part, QUESTION)
    if witness is None or parted(first.rule, second.rule):
        return None
    reasons = [*first.rule.unknown, *second.rule.unknown]
    host = witness.host if first.route.hosts or second.route.hosts else "any host"
    shown = _shown(witness, host)
    summary = (
        f"{owners} both claim {shown}{f' in {name}' if name else ''}: {second.rule.text()}, and {first.rule.text()}"
    )
    if reasons:
        return finding(
            "registry-claim-undecided", summary.replace("both claim", "may both claim"), services=services, places=places,
            evidence={**evidence, "because": "; ".join(reasons)}, witness=witness,
        )  # fmt: skip
    free = free_paths(second.service, witness.host, [first.environment, second.environment])
    advice = f"Free on {host}: {', '.join(free)}." if free else ""
    return finding(
        "registry-path-taken",
        summary,
        services=services,
        places=places,
        evidence=evidence,
        advice=advice,
        witness=witness,
    )


def _priorities(name: str, places: Sequence[tuple[Entry, EnvironmentClaims]], handed: Handed) -> Iterator[Finding]:
    taken: dict[tuple[tuple[str, str], int], list[tuple[Entry, RouteClaim]]] = {}
    for entry, place in places:
        for route in place.routes:
            if route.priority is not None and route.load_balancer:
                taken.setdefault((listener_key(route), route.priority), []).append((entry, route))
    everyone = [entry.claims for entry, _ in places]
    for (listener, priority), several in taken.items():
        for first, second in pairs_of(several, handed):
            free = free_priorities(taken_priorities(everyone, name, listener), priority)
            yield finding(
                "registry-priority-taken",
                f"{owned(second[0].claims)} and {owned(first[0].claims)} both claim priority {priority} on port {listener[1]} of "
                f"{listener[0]}{f' in {name}' if name else ''}",
                services=[second[0].claims.service, first[0].claims.service],
                places=[one[0].place(f'"address": "{one[1].address}"') for one in (second, first)],
                evidence={"environment": name, "listener": f"{listener[0]}:{listener[1]}", "priority": str(priority)},
                advice=f"Free there: {', '.join(map(str, free))}." if free else "",
            )


def _dns(name: str, places: Sequence[tuple[Entry, EnvironmentClaims]], handed: Handed) -> Iterator[Finding]:
    taken: dict[tuple[str, str], list[tuple[Entry, str]]] = {}
    for entry, place in places:
        for record in place.dns:
            if record.name:
                taken.setdefault((record.name.lower().rstrip("."), record.zone), []).append((entry, record.address))
    for (host, _), several in taken.items():
        for first, second in pairs_of(several, handed):
            yield finding(
                "registry-dns-taken",
                f"{owned(second[0].claims)} and {owned(first[0].claims)} both claim the record {host}{f' in {name}' if name else ''}",
                services=[second[0].claims.service, first[0].claims.service],
                places=[one[0].place(f'"address": "{one[1]}"') for one in (second, first)],
                evidence={"environment": name, "name": host},
            )


def _real_names(name: str, places: Sequence[tuple[Entry, EnvironmentClaims]], handed: Handed) -> Iterator[Finding]:
    taken: dict[tuple[str, str], list[tuple[Entry, str]]] = {}
    for entry, place in places:
        for one in place.names:
            if one.name and not one.name.endswith("*"):
                kind = one.type.replace("aws_alb", "aws_lb")
                taken.setdefault((kind, one.name), []).append((entry, one.address))
    for (kind, real), several in taken.items():
        for first, second in pairs_of(several, handed):
            yield finding(
                "registry-name-taken",
                f"{owned(second[0].claims)} and {owned(first[0].claims)} both claim the {kind} {real}{f' in {name}' if name else ''}",
                services=[second[0].claims.service, first[0].claims.service],
                places=[one[0].place(f'"address": "{one[1]}"') for one in (second, first)],
                evidence={"environment": name, "type": kind, "name": real},
            )


def _outputs(entries: Sequence[Entry], handed: Handed) -> Iterator[Finding]:
    taken: dict[str, list[tuple[Entry, str]]] = {}
    for entry in entries:
        for output in entry.claims.outputs:
            taken.setdefault(output, []).append((entry, output))
    for output, several in taken.items():
        for first, second in pairs_of(several, handed):
            yield finding(
                "registry-output-taken",
                f"{owned(second[0].claims)} and {owned(first[0].claims)} both offer the output {output}",
                services=[second[0].claims.service, first[0].claims.service],
                places=[one[0].place(f'"{output}"') for one in (second, first)],
                evidence={"output": output},
            )


def check_document(path: str, document: Sequence[ReadEntry], entries: Sequence[Entry]) -> Iterator[Finding]:
    """Where the document and the claims part, and what can't be read in it, by line."""
    by_service: Mapping[str, Entry] = {entry.claims.service: entry for entry in entries}
    written = {one.service: one for one in document}
    for one in document:
        heading = SourceRange(path, one.line, one.line)
        for line, why in one.unread:
            yield finding(
                "registry-document-unreadable",
                f"{path}:{line}: {why}",
                services=[one.service],
                places=[SourceRange(path, line, line)],
            )
        entry = by_service.get(one.service)
        if entry is None:
            yield finding(
                "registry-entry-missing", f"{one.service} has an entry in {path}, and no claims (registry/{one.service}.json)",
                services=[one.service], places=[heading],
            )  # fmt: skip
            continue
        claims = entry.claims
        claimed = {path_ for place in claims.environments for route in place.routes for path_ in route.paths or ("/*",)}
        said = {text for text, _ in one.paths}
        differences = [f"{text} is claimed and not in the document" for text in sorted(claimed - said)]
        differences += [f"{text} is in the document and not claimed" for text in sorted(said - claimed)]
        if one.owner != claims.owner:
            differences.append(
                f"the owner is {one.owner or 'not given'}, and {claims.owner or 'not given'} in the claims"
            )
        if one.contact != claims.contact:
            differences.append(
                f"the contact is {one.contact or 'not given'}, and {claims.contact or 'not given'} in the claims"
            )
        records = {
            record.name.lower().rstrip(".") for place in claims.environments for record in place.dns if record.name
        }
        differences += [
            f"{text} is claimed and not in the document" for text in sorted(records - {t for t, _ in one.dns})
        ]
        for text in differences:
            yield finding(
                "registry-document-differs",
                f"{one.service}: {text}",
                services=[one.service],
                places=[heading, entry.place()],
            )
    for entry in entries:
        if entry.claims.service not in written:
            yield finding(
                "registry-entry-missing", f"{entry.claims.service} has claims, and no entry in {path}",
                services=[entry.claims.service], places=[entry.place()],
            )  # fmt: skip
