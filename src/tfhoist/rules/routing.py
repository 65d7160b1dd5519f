"""What the rules about routing share: what several environments say alike is one finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from tfhoist.addresses import without_keys
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.routing.model import Request
from tfhoist.rules.base import Context, Routed, Rule, environments_of, in_environments


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
    """A rule that looks at one environment's routing at a time.

    With `united`, what is said alike is one finding also where other blocks take part in another environment.
    """

    united: ClassVar[bool] = False

    def drafts(self, routed: Routed) -> Iterator[Draft]:
        """The findings of one environment."""
        raise NotImplementedError

    def match(self, context: Context) -> Iterator[Finding]:
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        blocks: dict[tuple[str, tuple[str, ...]], dict[str, Declaration | None]] = {}
        first: dict[tuple[str, tuple[str, ...]], tuple[Routed, Draft]] = {}
        for routed in context.routing:
            for draft in self.drafts(routed):
                key = (draft.summary, () if self.united else draft.addresses)
                names = alike.setdefault(key, [])
                if routed.evaluation.name not in names:
                    names.append(routed.evaluation.name)
                first.setdefault(key, (routed, draft))
                taking = blocks.setdefault(key, {})
                for address in draft.addresses:
                    taking.setdefault(without_keys(address), routed.declarations.get(address))
        for key, environments in alike.items():
            _, draft = first[key]
            yield self.finding(
                f"{draft.summary}{in_environments(environments)}",
                address=draft.about or next(iter(blocks[key]), None),
                addresses=blocks[key],
                ranges=[declaration.range for declaration in blocks[key].values() if declaration is not None],
                evidence={**draft.evidence, **environments_of(environments)},
                witness=draft.witness,
                severity=draft.severity,
                advice=draft.advice,
            )
