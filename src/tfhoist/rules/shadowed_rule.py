"""A listener rule that never answers: rules before it take all of its requests, or there are none."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.decide import Judged, catches_all
from tfhoist.routing.model import Listener, same_action
from tfhoist.rules.base import Routed, together
from tfhoist.rules.routing import Draft, RoutingRule


class ShadowedRule(RoutingRule):
    """One finding for each rule. It's a note where the rules before it do the same: then it only takes up room."""

    id = "shadowed-rule"
    severity = Severity.WARNING
    description = "a listener rule never answers, since rules before it take all of its requests"
    advice = "Give it a smaller priority number than the rules that shadow it, or delete it; not while migrating."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        for analysis in routed.analyses:
            for judged in analysis.rules:
                if judged.status == "shadowed" and not after_catch_all(analysis.listener, judged):
                    yield _draft(analysis.listener, judged)


def after_catch_all(listener: Listener, judged: Judged) -> str | None:
    """The rule that takes every request before a shadowed one; None when there's none."""
    if not judged.alone:
        return None
    known = {rule.address: rule for rule in listener.rules}
    return next((address for address in judged.shadowed_by if catches_all(known[address], listener)), None)


def _draft(listener: Listener, judged: Judged) -> Draft:
    rule = judged.rule
    where = f"{rule.address} (priority {rule.priority} on {listener.address})"
    evidence = {"listener": listener.address, "priority": str(rule.priority), "conditions": rule.text()}
    if not judged.shadowed_by:
        return Draft(
            f"{where} never answers: no request meets {rule.text()}",
            (rule.address,),
            evidence,
            advice="A path begins with /, and all conditions of a rule have to hold at once. Mend it, or delete it.",
        )
    known = {one.address: one for one in listener.rules}
    shadows = [known[address] for address in judged.shadowed_by]
    redundant = all(same_action(one.action, rule.action) for one in shadows)
    shown = together(f"{one.address} (priority {one.priority})" for one in shadows[:4])
    more = f" and {len(shadows) - 4} more" if len(shadows) > 4 else ""
    how = "takes" if len(shadows) == 1 else "each take" if judged.alone else "together take"
    same = ", and do the same" if len(shadows) > 1 else ", and does the same"
    return Draft(
        f"{where} never answers: {shown}{more} {how} all of its requests before it{same if redundant else ''}",
        (rule.address, *judged.shadowed_by),
        {**evidence, "shadowed_by": ", ".join(judged.shadowed_by)},
        judged.witness,
        Severity.NOTE if redundant else None,
        "It changes nothing, and counts towards the limit of rules. Delete it when nothing is migrating."
        if redundant
        else None,
    )
