"""A listener rule behind one that takes every request."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.model import Request
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule
from tfhoist.rules.shadowed_rule import after_catch_all


class RuleAfterCatchAll(RoutingRule):
    """One finding for each catch-all, with every rule behind it."""

    id = "rule-after-catch-all"
    severity = Severity.WARNING
    description = "a listener rule comes after one that takes every request"
    advice = (
        "Give the catch-all the largest priority number, or make it the listener's default action; not while migrating."
    )

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for analysis in routed.analyses:
            behind: dict[str, list[str]] = {}
            witnesses: dict[str, Request | None] = {}
            for judged in analysis.rules:
                catch_all = after_catch_all(analysis.listener, judged) if judged.status == "shadowed" else None
                if catch_all is not None:
                    behind.setdefault(catch_all, []).append(judged.rule.address)
                    witnesses.setdefault(catch_all, judged.witness)
            for catch_all, rules in behind.items():
                judged_first = analysis.of(catch_all)
                priority = judged_first.rule.priority if judged_first is not None else None
                never = "never answers" if len(rules) == 1 else "never answer"
                yield Draft(
                    f"{catch_all} (priority {priority} on {analysis.listener.address}) takes every request: "
                    f"{together(rules)} {never}",
                    (*rules, catch_all),
                    {"listener": analysis.listener.address, "priority": str(priority), "shadowed_by": catch_all},
                    witnesses[catch_all],
                )
