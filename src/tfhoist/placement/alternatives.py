"""What it would cost to have a block on its other side: computed by a cut of its own, not guessed from its neighbours."""

from __future__ import annotations

import msgspec

from tfhoist.placement.charges import Charge, charges
from tfhoist.placement.cut import Cut, Forced
from tfhoist.placement.evidence import Evidence, contradictions, overridden
from tfhoist.placement.model import Side
from tfhoist.placement.place import Study

MOST_ALTERNATIVES = 60
FEWEST_ALTERNATIVES = 20
_WORK = 100_000
"""Alternatives times blocks: above it fewer are computed, so that all of them take about as long as the cut itself."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """One block on its other side, and the cheapest placement that has it there.

    `cost` is the cost of that whole placement and `difference` what it is above today's (below 0 it's cheaper: only a rule or an
    override can hold a block on its dearer side). `along` are the blocks that change sides with it. `against` are other blocks
    whose rules or overrides would have to give way as well; without those, a single override of the block is refused.
    """

    address: str
    side: Side
    to: Side
    cost: int
    difference: int
    along: tuple[str, ...]
    against: tuple[str, ...]
    removed: tuple[Charge, ...]
    added: tuple[Charge, ...]

    def order(self) -> tuple[bool, int, str]:
        """Cheapest first; what can't be had by one override comes last."""
        return (bool(self.against), self.difference, self.address)


def alternative(one: Study, address: str) -> Alternative:
    """The alternative of one placed block; a firm companion's is its owner's, since it can't leave alone."""
    if one.cut is None:
        raise ValueError("a placement that contradicts itself has no alternatives")
    central = one.cut.central
    to = Side.LOCAL if address in central else Side.CENTRAL
    evidence, forced = _forced(one, address, to)
    changed = central ^ forced.central
    before = {charge.key(): charge for charge in charges(one.evidence, one.links, central, changed)}
    after = {charge.key(): charge for charge in charges(evidence, one.links, forced.central, changed)}
    fixed = {other for other in changed if other in one.evidence.fixed and other not in one.evidence.derived}
    return Alternative(
        address=address,
        side=Side.CENTRAL if address in central else Side.LOCAL,
        to=to,
        cost=forced.cost,
        difference=forced.cost - one.cut.cost,
        along=tuple(sorted(changed - {address})),
        against=tuple(sorted(fixed - {address})),
        removed=tuple(before[key] for key in sorted(before.keys() - after.keys())),
        added=tuple(after[key] for key in sorted(after.keys() - before.keys())),
    )


def _forced(one: Study, address: str, to: Side) -> tuple[Evidence, Forced]:
    """The forced cut, and the evidence that its charges are of."""
    assert one.cut is not None
    if any(address in tops for tops in one.evidence.used_by.values()):
        # what is concluded from this block's side has to be concluded anew
        evidence = overridden(one.evidence, address, to)
        if not contradictions(one.graph, evidence):
            again = Cut(one.graph, evidence, one.links)
            return evidence, Forced(again.central, again.cost, 1)
    return one.evidence, one.cut.forced(address)


def alternatives(one: Study, most: int | None = None, *, far: bool = False) -> tuple[Alternative, ...]:
    """The alternatives of the blocks near the cut, cheapest first; with `far`, of the others after them.

    Near the cut is what takes part in a charge. Of more than `most`, those with the dearest charges, then by address.
    """
    if one.cut is None:
        return ()
    if most is None:
        most = max(FEWEST_ALTERNATIVES, min(MOST_ALTERNATIVES, _WORK // (len(one.result.placement) + 1)))
    weight: dict[str, int] = {}
    for charge in charges(one.evidence, one.links, one.cut.central):
        for address in {charge.address, *charge.addresses}:
            weight[address] = weight.get(address, 0) + charge.cost
    bound = {*one.evidence.firm, *one.evidence.derived}
    near = {address for address in one.result.placement if (far or address in weight) and address not in bound}
    chosen = sorted(near, key=lambda address: (-weight.get(address, 0), address))[:most]
    return tuple(sorted((alternative(one, address) for address in chosen), key=Alternative.order))
