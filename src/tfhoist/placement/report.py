"""The placement as an artifact (schema "tfhoist/placement/1") and as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tfhoist.diagnostics import SourceRange
from tfhoist.placement.alternatives import Alternative, alternatives
from tfhoist.placement.charges import DOWNLINK_COST, LOOSE_COMPANION, ORDERING_COST, UPLINK_COST, Charge, charges
from tfhoist.placement.evidence import used_by
from tfhoist.placement.model import Decider, Side
from tfhoist.placement.place import Study
from tfhoist.placement.services import ServiceUses

SCHEMA = "tfhoist/placement/1"
FIRST = 8
"""So many alternatives are shown without `--verbose`."""


class ServiceUse(msgspec.Struct, frozen=True, kw_only=True):
    """A service that uses a block, and what says so; see `placement.services`."""

    service: str
    how: str
    text: str
    address: str
    range: SourceRange


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One placed block: its side, what had the last word on it, and all reasons, most important first."""

    address: str
    side: Side
    by: Decider
    reasons: tuple[str, ...]
    services: tuple[ServiceUse, ...]
    range: SourceRange


class PlacementReport(msgspec.Struct, frozen=True, kw_only=True):
    """The placement of a root module, what the cut is made of, and what alternatives would cost."""

    schema: str
    service: str
    policy: str
    cost: int
    blocks: tuple[Block, ...]
    charges: tuple[Charge, ...]
    alternatives: tuple[Alternative, ...]


def build_report(one: Study, service: str, policy: str, most: int | None = None) -> PlacementReport:
    """The report of a placement that doesn't contradict itself; with `most`, so many alternatives, far from the cut too."""
    assert one.cut is not None
    blocks: list[Block] = []
    uses = ServiceUses(one.graph)
    for address, placed in one.result.placement.items():
        declaration = one.graph.module.get(address)
        assert declaration is not None
        services = tuple(ServiceUse(**use._asdict()) for use in uses.of(address))
        blocks.append(
            Block(
                address=address, side=placed.side, by=placed.by, reasons=placed.reasons, services=services,
                range=declaration.range,
            )
        )  # fmt: skip
    return PlacementReport(
        schema=SCHEMA,
        service=service,
        policy=policy,
        cost=one.cut.cost,
        blocks=tuple(sorted(blocks, key=lambda block: (block.side.value, block.address))),
        charges=tuple(charges(one.evidence, one.links, one.cut.central)),
        alternatives=alternatives(one, most, far=most is not None),
    )


def to_json(report: PlacementReport) -> bytes:
    """The artifact, indented, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def render_text(report: PlacementReport, *, verbose: bool = False) -> str:
    """The report as text; `verbose` has every reason, reader and alternative."""
    lines = _head(report)
    for side in (Side.CENTRAL, Side.LOCAL):
        blocks = [block for block in report.blocks if block.side is side]
        lines += ["", f"{'Central' if side is Side.CENTRAL else 'Local: stays in the service root'} ({len(blocks)})"]
        width = max((len(block.address) for block in blocks), default=0)
        places = max((len(str(block.range)) for block in blocks), default=0)
        for block in blocks:
            first = block.reasons[0] if block.reasons else ""
            lines.append(f"  {block.address:{width}}  {block.range!s:{places}}  {_by(block)}{first}")
            if verbose:
                lines += [f"      {reason}" for reason in block.reasons[1:]]
                if len(block.services) > 1:
                    lines.append(f"      {used_by(block.services)}")
    lines += ["", *_cut(report, verbose=verbose), "", *_alternatives(report, verbose=verbose)]
    return "\n".join(lines) + "\n"


def _by(block: Block) -> str:
    first = block.reasons[0] if block.reasons else ""
    return "" if first.startswith(("rule ", "preference ", "companion ", "your override")) else f"{block.by.value}: "


def _head(report: PlacementReport) -> list[str]:
    central = sum(block.side is Side.CENTRAL for block in report.blocks)
    return [
        f"{report.service}: {len(report.blocks)} blocks, {central} central and {len(report.blocks) - central} local "
        f"(policy: {report.policy})",
    ]


def _cut(report: PlacementReport, *, verbose: bool) -> list[str]:
    lines = [f"The cut costs {report.cost}"]
    titles = {
        "uplink": f"({UPLINK_COST} each): a central block reads a local one",
        "downlink": f"({DOWNLINK_COST} each): a local block reads a central one",
        "ordering": f"({ORDERING_COST} each): a depends_on that is lost",
        "companion": f"({LOOSE_COMPANION} each) apart from what they belong to",
        "preference": "outweighed, each with its weight",
    }
    for kind, title in titles.items():
        found = [charge for charge in report.charges if charge.kind == kind]
        if found:
            lines.append(f"  {sum(charge.cost for charge in found)}: {_count(len(found), kind)} {title}")
            for charge in found:
                lines += [f"    {line}" for line in _charge(charge, verbose=verbose)]
    return lines


def _charge(charge: Charge, *, verbose: bool) -> list[str]:
    if charge.kind in ("uplink", "downlink"):
        shown = list(zip(charge.addresses, charge.ranges, strict=True))
        if verbose:
            return [charge.what, *(f"  read by {address} ({place})" for address, place in shown)]
        return [f"{charge.what}, read by {_some(f'{address} ({place})' for address, place in shown)}"]
    where = f" ({charge.ranges[0]})" if charge.ranges else ""
    return [f"{charge.what}{where}" + (f" (weight {charge.cost})" if charge.kind == "preference" else "")]


def _alternatives(report: PlacementReport, *, verbose: bool) -> list[str]:
    if not report.alternatives:
        return ["Nothing is near the cut, so there are no alternatives to compare."]
    shown = report.alternatives if verbose else report.alternatives[:FIRST]
    lines = ["Alternatives: the cheapest placement with one block on its other side"]
    if shown[0].difference < 0:
        lines.append("(below ±0: only a rule or an override holds the block where it is)")
    for one in shown:
        lines.append(f"  {one.address} {one.to.value}: {one.cost} ({_signed(one.difference)})")
        if one.against:
            lines.append(f"    not by itself: {_some(one.against)} would need an override too")
        others = [address for address in one.along if address not in one.against]
        if others:
            lines.append(f"    takes along {', '.join(others) if verbose else _some(others)}")
        if not one.removed and not one.added:
            lines.append("    nothing more or less crosses")
        for words, sign, found in (("no more", -1, one.removed), ("new", 1, one.added)):
            for kind in dict.fromkeys(charge.kind for charge in found):
                same = [charge for charge in found if charge.kind == kind]
                cost = sign * sum(charge.cost for charge in same)
                names = [charge.what for charge in same]
                shown_names = ", ".join(names) if verbose else _some(names)
                lines.append(f"    {_signed(cost):>4}  {words}: {_count(len(same), kind)}: {shown_names}")
    rest = len(report.alternatives) - len(shown)
    if rest:
        lines.append(
            f"  and {rest} dearer {'one' if rest == 1 else 'ones'}: --verbose shows {'it' if rest == 1 else 'them'}"
        )
    return lines


def _count(number: int, kind: str) -> str:
    return f"{number} {kind}{'' if number == 1 else 's'}"


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "±0"


def _some(words: Iterable[str]) -> str:
    known = list(words)
    return ", ".join(known[:3]) + (f" and {len(known) - 3} more" if len(known) > 3 else "")
