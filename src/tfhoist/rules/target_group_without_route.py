"""A target group that no listener and no rule sends requests to."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments, together
from tfhoist.rules.listeners import LISTENER_RULES, LISTENERS, TARGET_GROUPS, unused

_ROUTING = (*LISTENERS, *LISTENER_RULES, "aws_codedeploy_deployment_group")


def _routes(user: Declaration) -> bool:
    """Whether a resource sends requests to the target groups that it names.

    Blue/green deployments switch a listener themselves: CodeDeploy's, and those of an ECS service with
    `advanced_configuration`.
    """
    if user.type == "aws_ecs_service":
        return any(block.body.blocks_of("advanced_configuration") for block in user.body.blocks_of("load_balancer"))
    return user.type in _ROUTING


class TargetGroupWithoutRoute(Rule):
    """A service that registers its tasks there doesn't count: nothing reaches them. What an output offers is for others to route."""

    id = "target-group-without-route"
    severity = Severity.WARNING
    description = "a target group is named by no listener and no listener rule"
    advice = "Nothing reaches its targets. Add a rule or a default action that forwards to it, or delete it."

    def match(self, context: Context) -> Iterator[Finding]:
        links = context.links
        for block, declaration, environments in unused(context, TARGET_GROUPS, _routes):
            offered = sorted(one for one in links.reached_by(block, links.carries) if one.startswith("output."))
            said = f"; {together(offered)} {'offers' if len(offered) == 1 else 'offer'} it" if offered else ""
            yield self.finding(
                f"{block} is named by no listener and no rule{in_environments(environments)}{said}",
                address=block,
                ranges=[declaration.range],
                evidence=environments_of(environments),
                severity=Severity.NOTE if offered else None,
                advice="See whether another root, or a deployment, makes a listener send requests to it."
                if offered
                else None,
            )
