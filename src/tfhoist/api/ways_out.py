"""A way out of refusals: sides for a few blocks under which nothing is refused, found by trying.

A refusal's own advice is about one construct; whether following it leads anywhere only shows when it's followed. So it is: a block that
is to blame is kept local, or what it reads moves along, whichever leaves less refused, until nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tfhoist.consolidation.model import ConsolidationPlan
from tfhoist.findings import Refusal
from tfhoist.graph import FOLLOWERS, Graph
from tfhoist.placement.alternatives import alternatives
from tfhoist.placement.model import Side
from tfhoist.placement.place import Study

UPLINKS = frozenset({"circular-roots", "pin-not-an-identity", "pin-without-state"})
"""Refusals of what a central block reads on the other side."""

READS_OTHER_SIDE = UPLINKS | {"provisioner-would-move"}
"""Refusals for which what is read may move along."""

PLACED_OTHERWISE = UPLINKS | frozenset(
    "cannot-cross computed-path empty-side ephemeral-on-both-sides import-names-moved json-reads-central json-would-move missing-file "
    "missing-module module-outside moved-names-moved order-of-another-call partly-sensitive provider-not-carried "
    "provider-not-configured provider-reads-resource provisioner-would-move recorded-path removed-names-moved "
    "replace-triggered-by-crosses secret-would-move workspace-would-move".split()
)
"""Refusals that another placement may make needless."""

_WORK = 40_000
"""Trials times blocks: a large root gets few trials or none, so that a refusal doesn't keep anybody waiting."""

_MOST_TRIALS, _MOST_ROUNDS, _MOST_DROPPED = 40, 12, 12


class Trial(NamedTuple):
    """One placement, and what is refused of it; `plan` is None where it contradicts itself."""

    study: Study
    plan: ConsolidationPlan | None
    refusals: tuple[Refusal, ...]

    def central(self) -> set[str]:
        """The addresses on the central side."""
        return {address for address, placed in self.study.result.placement.items() if placed.side is Side.CENTRAL}


def way_out(
    first: Trial,
    own: Mapping[str, Side],
    attempt: Callable[[Mapping[str, Side]], Trial],
    proven: Callable[[ConsolidationPlan], bool],
) -> dict[str, Side]:
    """The overrides, besides the user's `own` that stay as they are, under which nothing is refused and the proof holds; none found: empty.

    What no placement mends doesn't count; where there's such a thing, there's nothing to prove yet.
    """
    elsewhere = mended_elsewhere(first.refusals)
    left = min(_MOST_TRIALS, _WORK // (len(first.study.result.placement) + 1))
    chosen: dict[str, Side] = {}
    seen: set[frozenset[tuple[str, Side]]] = {frozenset()}
    current = first
    for _ in range(_MOST_ROUNDS):
        best: tuple[int, dict[str, Side], Trial] | None = None
        for step in _steps(current):
            wanted = {**chosen, **{address: side for address, side in step.items() if address not in own}}
            key = frozenset(wanted.items())
            if key in seen or left == 0:
                continue
            seen.add(key)
            left -= 1
            tried = attempt(wanted)
            open_ = [refusal for refusal in tried.refusals if refusal.id not in elsewhere]
            if not open_ and tried.plan is not None and (elsewhere or proven(tried.plan)):
                return _needed(wanted, attempt, proven, elsewhere, min(_MOST_DROPPED, left))
            gone_astray = any(refusal.id not in PLACED_OTHERWISE or refusal.id == "empty-side" for refusal in open_)
            if tried.plan is None or not open_ or gone_astray:
                continue
            if best is None or len(open_) < best[0]:
                best = (len(open_), wanted, tried)
        if best is None:
            return {}
        _, chosen, current = best
    return {}


def _needed(
    chosen: dict[str, Side],
    attempt: Callable[[Mapping[str, Side]], Trial],
    proven: Callable[[ConsolidationPlan], bool],
    elsewhere: frozenset[str],
    trials: int,
) -> dict[str, Side]:
    """The overrides without those that turn out not to be needed, as far as so many trials tell."""
    for address in sorted(chosen)[:trials] if len(chosen) > 1 else ():
        fewer = {other: side for other, side in chosen.items() if other != address}
        tried = attempt(fewer)
        open_ = [refusal for refusal in tried.refusals if refusal.id not in elsewhere]
        if fewer and not open_ and tried.plan is not None and (elsewhere or proven(tried.plan)):
            chosen = fewer
    return chosen


def mended_elsewhere(refusals: tuple[Refusal, ...]) -> frozenset[str]:
    """The kinds of refusals among these that no placement makes needless: they're left when a way out is found."""
    return frozenset(refusal.id for refusal in refusals) - PLACED_OTHERWISE


def _steps(trial: Trial) -> Iterator[dict[str, Side]]:
    """What could be tried next: for each refusal its ways, and all of the cautious ones at once."""
    if any(refusal.id == "empty-side" for refusal in trial.refusals):
        yield from _other_sides(trial)
        return
    graph, central = trial.study.graph, trial.central()
    cautious: dict[str, Side] = {}
    single: list[dict[str, Side]] = []
    for refusal in trial.refusals:
        blamed = _blamed(graph, refusal, central)
        if refusal.id in READS_OTHER_SIDE:
            read = {edge.producer for address in blamed for edge in graph.readings(address)} - central
            along = dict.fromkeys(sorted(read & set(graph.placed)), Side.CENTRAL)
            if along and along not in single:
                single.append(along)
        local = dict.fromkeys(sorted(blamed), Side.LOCAL)
        cautious |= local
        if local and local not in single:
            single.append(local)
        if refusal.id == "circular-roots":
            accepted = dict.fromkeys(sorted(blamed), Side.CENTRAL)
            if accepted and accepted not in single:
                single.append(accepted)
    yield from single[:6]
    if cautious and cautious not in single[:6]:
        yield cautious


def _other_sides(trial: Trial) -> Iterator[dict[str, Side]]:
    """For a side that would hold nothing: single blocks that could be on it.

    Those that no rule places come first, then those that read nothing of the other side, those that others read, and the cheapest.
    """
    fixed = trial.study.evidence.fixed
    found = [one for one in alternatives(trial.study, 30, far=True) if not one.against]
    found.sort(
        key=lambda one: (
            one.address in fixed,
            any(charge.kind == "uplink" for charge in one.added),
            not one.added,
            *one.order(),
        )
    )
    for one in found[:8]:
        yield {one.address: one.to}


def _blamed(graph: Graph, refusal: Refusal, central: set[str]) -> set[str]:
    """The central blocks that a refusal is about: its own, what reads its local or provider, or what its reader reads."""
    address = refusal.address or ""
    if address in central:
        return {address}
    if address.startswith("provider."):
        name, _, alias = address.removeprefix("provider.").partition(".")
        return {one for one in central if _uses(graph, one, name, alias)}
    if address.startswith(FOLLOWERS):
        through = {one for one in central if any(edge == address for edge in graph.closure([one]))}
        if through:
            return through
    return {edge.producer for edge in graph.readings(address)} & central


def _uses(graph: Graph, address: str, name: str, alias: str) -> bool:
    """Whether a block may use a provider configuration, by its type or what it names."""
    declaration = graph.module.get(address)
    if declaration is None:
        return False
    if declaration.kind == "module":
        return True
    given = declaration.body.attribute("provider")
    if given is None:
        return not alias and declaration.type.partition("_")[0] == name
    text = declaration.file.text(given.value_start, given.value_end).strip('"')
    return text == (f"{name}.{alias}" if alias else name)
