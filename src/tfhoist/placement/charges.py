"""What a placement costs, entry by entry: the sum is the value of the cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from tfhoist.diagnostics import SourceRange
from tfhoist.placement.evidence import Evidence
from tfhoist.placement.links import Links, place_of
from tfhoist.placement.model import Side

UPLINK_COST = 20
DOWNLINK_COST = 2
ORDERING_COST = 1
LOOSE_COMPANION = 12

Kind = Literal["uplink", "downlink", "ordering", "companion", "preference"]
KINDS: tuple[Kind, ...] = ("uplink", "downlink", "ordering", "companion", "preference")


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `what` says what is read (`aws_lb.main.arn`), parted, or outweighed; `cost` in the units of the cut.

    `addresses` are the blocks on the other side that it's about: the readers of a link, the owner of a companion. `ranges` are the
    places where they say so.
    """

    kind: Kind
    cost: int
    address: str
    what: str
    addresses: tuple[str, ...] = ()
    ranges: tuple[SourceRange, ...] = ()

    def key(self) -> tuple[int, str, str]:
        """Two charges of different placements with one key are the same, whoever the readers are; sorted in this order."""
        return (KINDS.index(self.kind), self.address, self.what)


def charges(
    evidence: Evidence, links: Links, central: set[str] | frozenset[str], only: Iterable[str] | None = None
) -> list[Charge]:
    """The charges of a placement, sorted; with `only`, those that these addresses take part in."""
    addresses = sorted(
        set(only) if only is not None else {*links.touching, *links.ordered, *evidence.loose, *evidence.preferred}
    )
    found: dict[tuple[int, str, str], Charge] = {}
    followers = _followers(evidence) if only is not None else {}
    for address in addresses:
        for charge in _of(address, evidence, links, central, followers.get(address, ())):
            found[charge.key()] = charge
    return [found[key] for key in sorted(found)]


def _followers(evidence: Evidence) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for companion, (owner, _) in evidence.loose.items():
        found.setdefault(owner, []).append(companion)
    return found


def _of(
    address: str, evidence: Evidence, links: Links, central: set[str] | frozenset[str], followers: Iterable[str]
) -> Iterable[Charge]:
    for producer, attribute in links.touching.get(address, ()):
        readers = links.edges[(producer, attribute)]
        up = producer not in central
        crossing = sorted(reader for reader in readers if (reader in central) == up)
        if crossing:
            yield Charge(
                kind="uplink" if up else "downlink",
                cost=UPLINK_COST if up else DOWNLINK_COST,
                address=producer,
                what=f"{producer}.{attribute}" if attribute else producer,
                addresses=tuple(crossing),
                ranges=tuple(place_of(readers[reader]) for reader in crossing),
            )
    for reader, producer in links.ordered.get(address, ()):
        if (reader in central) != (producer in central):
            yield Charge(
                kind="ordering", cost=ORDERING_COST, address=reader, what=f"{reader} after {producer}",
                addresses=(producer,), ranges=(place_of(links.orderings[(reader, producer)]),),
            )  # fmt: skip
    for companion in (address, *followers):
        if companion in evidence.loose:
            owner, why = evidence.loose[companion]
            if (companion in central) != (owner in central):
                yield Charge(
                    kind="companion", cost=LOOSE_COMPANION, address=companion, what=f"{companion} apart: {why}",
                    addresses=(owner,),
                )  # fmt: skip
    if address in evidence.preferred:
        side, weight, why = evidence.preferred[address]
        if weight and (side is Side.CENTRAL) != (address in central):
            yield Charge(kind="preference", cost=weight, address=address, what=f"{address} against {why}")
