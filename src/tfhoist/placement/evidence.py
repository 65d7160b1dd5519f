"""What is known of each block before the cut: fixed sides, preferences, owners, and what can't be parted."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from tfhoist.configuration.model import REPLACE_TRIGGERED_BY, Declaration
from tfhoist.diagnostics import SourceRange
from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.placement.companions import Companion, owners
from tfhoist.placement.model import Decider, Side
from tfhoist.placement.policy import PolicyRule, first_match, may_match
from tfhoist.placement.services import ServiceUses

TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_ROUTES = ("aws_lb_listener", "aws_alb_listener", "aws_lb_listener_rule", "aws_alb_listener_rule")


class _Shown(Protocol):
    @property
    def service(self) -> str: ...
    @property
    def how(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def range(self) -> SourceRange: ...


class Evidence:
    """What is known of each address before the cut."""

    def __init__(self) -> None:
        self.fixed: dict[str, tuple[Side, str]] = {}
        self.deciders: dict[str, Decider] = {}  # of the fixed ones
        self.notes: dict[str, str] = {}  # evidence that an override goes against
        self.preferred: dict[str, tuple[Side, int, str]] = {}
        self.firm: dict[str, tuple[str, str]] = {}  # companion to owner and reason
        self.loose: dict[str, tuple[str, str]] = {}
        self.inseparable: list[tuple[str, str, str]] = []
        self.used_by: dict[str, tuple[str, ...]] = {}  # target group to its load balancers
        self.derived: dict[str, tuple[Side, int, str] | None] = {}  # fixed by those; with the preference that it had


def gather(graph: Graph, rules: Sequence[PolicyRule], overrides: Mapping[str, Side]) -> Evidence:
    """What overrides, rules and companions say of every placed block."""
    evidence = Evidence()
    uses = ServiceUses(graph)
    hints = [rule for rule in rules if rule.evidence is not None]
    belongs = owners(graph)
    of_type = cache(lambda kind: [rule for rule in rules if may_match(rule, kind)])
    for address in graph.placed:
        declaration = _declaration(graph, address)
        if address in overrides:
            evidence.fixed[address] = (overrides[address], "your override in tfhoist.toml says so")
            evidence.deciders[address] = Decider.OVERRIDE
            rule = first_match(hints, declaration, graph.module, uses)
            if rule is not None and rule.side is not overrides[address]:
                evidence.notes[address] = f"against it: {_says(rule, address, uses)}"
            continue
        owner = belongs.get(address)
        if owner is not None and owner[1].firm:
            evidence.firm[address] = (owner[0], _owned(owner))
            continue
        if owner is not None:
            evidence.loose[address] = (owner[0], _owned(owner))
        rule = first_match(of_type(declaration.type), declaration, graph.module, uses)
        if rule is None:
            continue
        if rule.strength == "rule":
            evidence.fixed[address] = (rule.side, _says(rule, address, uses))
            evidence.deciders[address] = Decider.RULE
        else:
            evidence.preferred[address] = (rule.side, rule.weight, _says(rule, address, uses))
    evidence.used_by = _used_by(graph, evidence)
    _conclude(evidence)
    placed = frozenset(graph.placed)
    for address in graph.placed:
        for edge in graph.edges.get(address, ()):
            if edge.use == REPLACE_TRIGGERED_BY and edge.producer in placed:
                evidence.inseparable.append(
                    (address, edge.producer, "`replace_triggered_by` can't name another root's block")
                )
    return evidence


def _says(rule: PolicyRule, address: str, uses: ServiceUses) -> str:
    text = f"{rule.strength} {rule.name}: {rule.reason}"
    return text if rule.evidence is None else f"{text}; {used_by(uses.of(address))}"


def used_by(uses: Sequence[_Shown]) -> str:
    """`used by 2 services: api (ecs.tf:30), auth (host auth.example.com, rules.tf:12)`."""
    shown = [f"{use.service} ({use.text + ', ' if use.how != 'reader' else ''}{use.range})" for use in uses[:4]]
    rest = f" and {len(uses) - 4} more" if len(uses) > 4 else ""
    return f"used by {len(uses)} service{'' if len(uses) == 1 else 's'}: {', '.join(shown)}{rest}"


def _owned(owner: tuple[str, Companion]) -> str:
    return f"companion of {owner[0]}: {owner[1].what}"


def _declaration(graph: Graph, address: str) -> Declaration:
    declaration = graph.module.get(address)
    if declaration is None:
        raise KeyError(address)
    return declaration


def _used_by(graph: Graph, evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """Target group to the load balancers whose listeners and rules use it."""
    found: dict[str, tuple[str, ...]] = {}
    placed = frozenset(graph.placed)
    for address in graph.placed:
        if _declaration(graph, address).type not in TARGET_GROUPS or address in evidence.fixed:
            continue
        tops = {
            _top(edge.consumer, evidence)
            for edge in graph.readers.get(address, ())
            if edge.declaration.type in _ROUTES and edge.consumer in placed
        }
        if tops:
            found[address] = tuple(sorted(tops))
    return found


def _conclude(evidence: Evidence) -> None:
    """A target group that only listeners of local load balancers use stays with them."""
    for address, tops in evidence.used_by.items():
        if address not in evidence.fixed and all(evidence.fixed.get(top, (None, ""))[0] is Side.LOCAL for top in tops):
            evidence.fixed[address] = (Side.LOCAL, f"only {', '.join(tops)} uses it, which stays")
            evidence.deciders[address] = Decider.COMPANION
            evidence.derived[address] = evidence.preferred.pop(address, None)


def overridden(evidence: Evidence, address: str, side: Side) -> Evidence:
    """The evidence with one more override: what was known of the block itself is gone, conclusions are drawn anew."""
    changed = copy.copy(evidence)
    for name in ("fixed", "deciders", "preferred", "firm", "loose"):
        setattr(changed, name, dict(getattr(evidence, name)))
    for concluded, preferred in evidence.derived.items():
        del changed.fixed[concluded], changed.deciders[concluded]
        if preferred is not None:
            changed.preferred[concluded] = preferred
    changed.derived = {}
    for known in (changed.preferred, changed.firm, changed.loose):
        known.pop(address, None)
    changed.fixed[address] = (side, "an override would say so")
    changed.deciders[address] = Decider.OVERRIDE
    _conclude(changed)
    return changed


def _top(address: str, evidence: Evidence) -> str:
    seen: set[str] = set()
    while address in evidence.firm and address not in seen:
        seen.add(address)
        address = evidence.firm[address][0]
    return address


def contradictions(graph: Graph, evidence: Evidence) -> list[Refusal]:
    """Blocks that have to be together, fixed on different sides: each with the chain that binds them."""
    neighbours: dict[str, list[tuple[str, str]]] = {}
    pairs = [(companion, owner, why) for companion, (owner, why) in evidence.firm.items()] + evidence.inseparable
    for one, other, why in pairs:
        neighbours.setdefault(one, []).append((other, why))
        neighbours.setdefault(other, []).append((one, why))
    refusals: list[Refusal] = []
    for start in sorted(address for address, (side, _) in evidence.fixed.items() if side is Side.CENTRAL):
        came: dict[str, tuple[str, str]] = {start: ("", "")}
        pending = [start]
        while pending:
            current = pending.pop(0)
            for following, why in neighbours.get(current, ()):
                if following in came:
                    continue
                came[following] = (current, why)
                pending.append(following)
                if evidence.fixed.get(following, (None, ""))[0] is Side.LOCAL:
                    refusals.append(_contradiction(graph, evidence, start, following, came))
    return refusals


def _contradiction(graph: Graph, evidence: Evidence, start: str, end: str, came: dict[str, tuple[str, str]]) -> Refusal:
    chain: list[str] = []
    current = end
    while current != start:
        before, why = came[current]
        chain.append(f"{before} and {current} ({why})")
        current = before
    return Refusal(
        id="contradictory-placement",
        address=end,
        range=_declaration(graph, end).range,
        summary=f"{start} has to be central ({evidence.fixed[start][1]}) and {end} local ({evidence.fixed[end][1]}), "
        f"but they can't be parted: {'; '.join(reversed(chain))}.",
        advice="Change one of the rules or overrides in tfhoist.toml.",
    )
