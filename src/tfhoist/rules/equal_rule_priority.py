"""Listener rules of one priority on one listener: AWS refuses the second."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.scopes import BlockInstance
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, distinct_blocks, environments_of, in_environments, times, together
from tfhoist.rules.listeners import LISTENER_RULES


class EqualRulePriority(Rule):
    """One finding for each listener and priority."""

    id = "equal-rule-priority"
    severity = Severity.ERROR
    description = "two rules of one listener have one priority"
    advice = (
        "AWS refuses the second rule (PriorityInUse). Give each rule its own priority, the more specific one the smaller "
        "number; not while migrating."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        found: dict[tuple[str, int, tuple[str, ...]], list[str]] = {}
        places: dict[tuple[str, int, tuple[str, ...]], list[BlockInstance]] = {}
        for evaluation in context.evaluations:
            taken: dict[tuple[str, int], list[BlockInstance]] = {}
            for rule in evaluation.of(*LISTENER_RULES):
                listener, priority = rule.points_at("listener_arn"), rule.number("priority")
                if listener is not None and priority is not None:
                    taken.setdefault((listener, priority), []).append(rule)
            for (listener, priority), rules in taken.items():
                if len({rule.address for rule in rules}) > 1:
                    key = (listener, priority, tuple(distinct_blocks(rules)))
                    found.setdefault(key, []).append(evaluation.name)
                    places.setdefault(key, rules)
        for (listener, priority, blocks), environments in found.items():
            rules = places[(listener, priority, blocks)]
            who = together(blocks) if len(blocks) > 1 else f"instances of {blocks[0]}"
            yield self.finding(
                f"priority {priority} is taken {times(len({rule.address for rule in rules}))} on {listener}: "
                f"{who}{in_environments(environments)}",
                address=listener,
                addresses=blocks,
                ranges=[declaration.range for declaration in distinct_blocks(rules).values()],
                evidence={"listener": listener, "priority": str(priority), **environments_of(environments)},
            )
