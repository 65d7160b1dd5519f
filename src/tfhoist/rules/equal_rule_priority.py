"""Listener rules of one priority on one listener: AWS refuses the second."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import without_keys
from tfhoist.diagnostics import Severity
from tfhoist.rules.base import Routed, times, together
from tfhoist.rules.routing import Draft, RoutingRule


class EqualRulePriority(RoutingRule):
    """One finding for each listener and priority, with a request that two of the rules take, where there's one."""

    id = "equal-rule-priority"
    severity = Severity.ERROR
    description = "two rules of one listener have one priority"
    advice = (
        "AWS refuses the second rule (PriorityInUse). Give each rule its own priority, the more specific one the smaller "
        "number; not while migrating."
    )

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for analysis in routed.analyses:
            listener = analysis.listener.address
            for tie in analysis.ties:
                places = routed.declarations
                rules = sorted((rule.address for rule in tie.rules), key=lambda one: (places[one].range, one))
                blocks = list(dict.fromkeys(map(without_keys, rules)))
                who = together(blocks) if len(blocks) > 1 else f"instances of {blocks[0]}"
                yield Draft(
                    f"priority {tie.priority} is taken {times(len(tie.rules))} on {listener}: {who}",
                    tuple(rules),
                    {"listener": listener, "priority": str(tie.priority)},
                    tie.witness,
                    about=listener,
                )
