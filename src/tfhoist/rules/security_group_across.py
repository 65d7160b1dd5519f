"""A security-group rule that names a group of the other side: an edge that the migration has to keep whole."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import without_keys
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments


class SecurityGroupAcross(Rule):
    """One finding for each direction of a pair of groups, with the ports. Only where a placement says who goes where."""

    id = "security-group-across"
    severity = Severity.NOTE
    description = "a security-group rule names a group that goes to the other side"
    advice = (
        "The id of the group has to be there on both sides after the split. Replace neither group while migrating: the rule would "
        "name one that is gone."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        found: dict[tuple[str, str, str, str], list[str]] = {}
        places: dict[str, Declaration | None] = {}
        for routed in context.routing:
            for group in routed.reachability.security_groups.values():
                for direction, rules in (("ingress", group.ingress), ("egress", group.egress)):
                    for opening in rules or ():
                        for peer in sorted(opening.groups - {group.address}):
                            owner, other = without_keys(group.address), without_keys(peer)
                            sides = context.sides.get(owner), context.sides.get(other)
                            if None in sides or sides[0] == sides[1]:
                                continue
                            names = found.setdefault((owner, other, direction, opening.ports()), [])
                            if routed.evaluation.name not in names:
                                names.append(routed.evaluation.name)
                            for address in (group.address, peer):
                                places.setdefault(without_keys(address), routed.declarations.get(address))
        for (owner, other, direction, ports), environments in found.items():
            lets = "lets in" if direction == "ingress" else "lets out to"
            declarations = [places.get(owner), places.get(other)]
            yield self.finding(
                f"{owner} ({context.sides[owner]}) {lets} {other} ({context.sides[other]}) on {ports}{in_environments(environments)}",
                address=owner,
                addresses=(owner, other),
                ranges=[declaration.range for declaration in declarations if declaration is not None],
                evidence={"direction": direction, "ports": ports, **environments_of(environments)},
            )
