"""What the rules about routing share: what several environments say alike is one finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.routing.model import Request
from tfhoist.rules.base import Context, Routed, Rule, environments_of, in_environments
from tfhoist.rules.listeners import without_keys


class Draft(NamedTuple):
    """A finding of one environment. `addresses` are of instances, the first one is what it's about, unless `about` says so."""

    summary: str
    addresses: tuple[str, ...]
    evidence: dict[str, str]
    witness: Request | None = None
    severity: Severity | None = None
    advice: str | None = None
    about: str | None = None


class RoutingRule(Rule):
    """A rule that looks at one environment's routing at a time."""

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        """The findings of one environment."""
        raise NotImplementedError

    def match(self, context: Context) -> Iterator[Finding]:
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        first: dict[tuple[str, tuple[str, ...]], tuple[Routed, Draft]] = {}
        for routed in context.routing:
            for draft in self.drafts(routed):
                key = (draft.summary, draft.addresses)
                names = alike.setdefault(key, [])
                if routed.evaluation.name not in names:
                    names.append(routed.evaluation.name)
                first.setdefault(key, (routed, draft))
        for key, environments in alike.items():
            routed, draft = first[key]
            blocks: dict[str, Declaration | None] = {}
            for address in draft.addresses:
                blocks.setdefault(without_keys(address), routed.declarations.get(address))
            yield self.finding(
                f"{draft.summary}{in_environments(environments)}",
                address=draft.about or next(iter(blocks), None),
                addresses=blocks,
                ranges=[declaration.range for declaration in blocks.values() if declaration is not None],
                evidence={**draft.evidence, **environments_of(environments)},
                witness=draft.witness,
                severity=draft.severity,
                advice=draft.advice,
            )
