"""A listener rule that AWS refuses: too many values or wildcards, a value that is too long, a priority out of range."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.diagnostics import Severity
from tfhoist.routing.limits import HIGHEST_PRIORITY, MOST_VALUES, MOST_WILDCARDS, USUAL_RULES, evaluations, wildcards
from tfhoist.rules.base import Routed
from tfhoist.rules.routing import Draft, RoutingRule


class ListenerRuleLimit(RoutingRule):
    """One finding for each limit that a rule goes over."""

    id = "listener-rule-limit"
    severity = Severity.ERROR
    description = "a listener rule goes over one of AWS's limits"
    advice = "AWS refuses it. Spread its values over several rules with the same action, each with its own priority."

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        rules: dict[str, list[str]] = {}
        for listener in routed.table.listeners:
            if listener.load_balancer:
                rules.setdefault(listener.load_balancer, []).extend(rule.address for rule in listener.rules)
        for balancer, addresses in rules.items():
            if len(addresses) > USUAL_RULES:
                yield Draft(
                    f"{balancer} has {len(addresses)} rules, and AWS allows {USUAL_RULES} a load balancer unless it raised the quota",
                    (balancer,),
                    {"load_balancer": balancer, "rules": str(len(addresses))},
                    severity=Severity.NOTE,
                    advice="Look the quota up (Rules per Application Load Balancer) before rules are added.",
                )
        for listener in routed.table.listeners:
            for rule in listener.rules:
                values = sum(map(evaluations, rule.conditions))
                wild = sum(map(wildcards, rule.conditions))
                said = []
                if values > MOST_VALUES:
                    said.append(f"{values} values in its conditions, and AWS allows {MOST_VALUES} a rule")
                if wild > MOST_WILDCARDS:
                    said.append(f"{wild} wildcards, and AWS allows {MOST_WILDCARDS} a rule")
                if rule.priority is not None and not 1 <= rule.priority <= HIGHEST_PRIORITY:
                    said.append(f"the priority {rule.priority}, and AWS allows 1 to {HIGHEST_PRIORITY}")
                said += [f"{reason}" for reason in rule.unknown if "AWS refuses" in reason]
                for what in said:
                    yield Draft(f"{rule.address} has {what}", (rule.address,), {"listener": listener.address})
