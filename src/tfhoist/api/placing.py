"""The placement of a service root, explained, with what alternatives would cost."""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist.api.policies import rules_of
from tfhoist.api.reading import Service
from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.placement.model import Side
from tfhoist.placement.place import Study, study
from tfhoist.placement.report import PlacementReport, build_report


def placement_report(service: Service, policy: str | None = None) -> tuple[PlacementReport | None, tuple[Refusal, ...]]:
    """The report, or the refusals of a placement that contradicts itself; `policy` stands in for the settings'."""
    one = studied(service, policy)
    if one.cut is None:
        return None, one.result.refusals
    return build_report(one, service.settings.service.name, policy or service.settings.placement.policy), ()


def studied(service: Service, policy: str | None = None, more: Mapping[str, Side] | None = None) -> Study:
    """The placement of a service root with all that it was made from; `more` are overrides besides those of the settings."""
    overrides = {**service.settings.placement.overrides, **(more or {})}
    return study(Graph(service.resolved), rules_of(service, policy), overrides)
