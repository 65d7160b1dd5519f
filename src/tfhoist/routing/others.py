"""What answers for hosts and paths beside listeners: CloudFront distributions and API Gateway domains, as claims.

Sources, point by point in docs/routing.md: Amazon CloudFront, "Cache behavior settings", "Use custom URLs by adding alternate domain
names"; Amazon API Gateway, "Map API stages to a custom domain name for HTTP APIs", and the same page for REST APIs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from tfhoist.audit.scopes import Evaluation
from tfhoist.routing.blocks import nested, outermost
from tfhoist.routing.table import Claim

DOMAINS = ("aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name")
MAPPINGS = {"aws_api_gateway_base_path_mapping": "base_path", "aws_apigatewayv2_api_mapping": "api_mapping_key"}
"""Mappings, with the argument that holds their path."""

DISTRIBUTION = "aws_cloudfront_distribution"


class _Mapping(NamedTuple):
    address: str
    host: str
    path: str
    target: str


def read_claims(evaluation: Evaluation) -> tuple[Claim, ...]:
    """The claims of one environment, by address."""
    domains = {
        instance.address: name.lower()
        for instance in evaluation.of(*DOMAINS)
        if (name := instance.text("domain_name")) is not None
    }
    mappings: list[_Mapping] = []
    for kind, argument in MAPPINGS.items():
        for instance in evaluation.of(kind):
            target = (instance.points_at("domain_name") or "").split("#")[0]
            host = domains.get(target) or (instance.text("domain_name") or "").lower()
            path = instance.text(argument)
            if host and (path is not None or instance.value(argument) is None):
                mappings.append(_Mapping(instance.address, host, path or "", target))
    distributions = []
    for instance in evaluation.of(DISTRIBUTION):
        patterns = [
            pattern
            for behavior in nested(instance, "ordered_cache_behavior")
            if behavior is not None and (pattern := behavior.text("path_pattern")) is not None
        ]
        distributions.append(distribution(instance.address, outermost(instance).texts("aliases") or (), patterns))
    return _sorted(distributions, domains, mappings)


def claims_of_state(found: Iterable[tuple[str, str, dict[str, Any]]]) -> tuple[Claim, ...]:
    """The claims that a state records: address, type and attributes of its instances."""
    distributions: list[Claim] = []
    domains: dict[str, str] = {}
    mappings: list[_Mapping] = []
    for address, kind, values in found:
        if kind == DISTRIBUTION:
            behaviors = [one for one in values.get("ordered_cache_behavior") or () if isinstance(one, dict)]
            patterns = [one["path_pattern"] for one in behaviors if isinstance(one.get("path_pattern"), str)]
            aliases = [one for one in values.get("aliases") or () if isinstance(one, str)]
            distributions.append(distribution(address, sorted(aliases), patterns))
        elif kind in DOMAINS and isinstance(values.get("domain_name"), str):
            domains[address] = values["domain_name"].lower()
        elif kind in MAPPINGS and isinstance(values.get("domain_name"), str):
            path = values.get(MAPPINGS[kind])
            mappings.append(_Mapping(address, values["domain_name"].lower(), path if isinstance(path, str) else "", ""))
    owners = {name: address for address, name in domains.items()}
    return _sorted(distributions, domains, [one._replace(target=owners.get(one.host, "")) for one in mappings])


def distribution(address: str, aliases: Iterable[str], patterns: Iterable[str]) -> Claim:
    """A distribution: its patterns in their order, the default behaviour last. A pattern may lack its leading `/`."""
    paths = [pattern if pattern.startswith(("/", "*")) else f"/{pattern}" for pattern in patterns]
    return Claim("cloudfront", address, tuple(alias.lower() for alias in aliases), (*dict.fromkeys(paths), "/*"))


def _sorted(distributions: Iterable[Claim], domains: dict[str, str], mappings: Iterable[_Mapping]) -> tuple[Claim, ...]:
    known = [one._replace(path="" if one.path == "(none)" else one.path.strip("/")) for one in mappings]
    several = {one.host for one in known if "/" in one.path}
    found = [*distributions, *(Claim("api-gateway", address, (host,), ()) for address, host in domains.items())]
    found += [
        Claim("api-gateway-mapping", one.address, (one.host,), patterns_of(one.path, one.host in several), one.target, one.path)
        for one in known
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda claim: claim.address))


def patterns_of(mapping: str, several_levels: bool) -> tuple[str, ...]:
    """The paths that a mapping takes. Where a domain has a mapping of several levels, all of them match by their beginning."""
    if not mapping:
        return ("/*",)
    return (f"/{mapping}*",) if several_levels else (f"/{mapping}", f"/{mapping}/*")


def one_within(shorter: str, longer: str, several_levels: bool) -> bool:
    """Whether a mapping takes the paths of a longer one too, which wins there. The empty one takes what is left: no conflict."""
    if not shorter or shorter == longer:
        return False
    return longer.startswith(shorter if several_levels else f"{shorter}/")


def alias_within(wildcard: str, alias: str) -> bool:
    """Whether a wildcard alias takes the requests of another one too; the more exact one wins."""
    return wildcard.startswith("*.") and alias != wildcard and alias.endswith(wildcard[1:])
