"""What answers for hosts and paths beside listeners: CloudFront distributions and API Gateway domains, as claims.

Sources: AWS, "Cache behavior settings" (path patterns with `*` and `?`, with case, of at most 255 characters, a leading `/` may
be left out; tried in their order, the default last), "Use custom domain names" (alternate domain names, `*` as the first label
only), and API Gateway's "Map API stages to a custom domain name" (a base path is a whole first part of the path; the longest
mapping wins).
"""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.scopes import Evaluation
from tfhoist.routing.blocks import nested, outermost
from tfhoist.routing.table import Claim

_DOMAINS = ("aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name")


def read_claims(evaluation: Evaluation) -> tuple[Claim, ...]:
    """The claims of one environment, by address."""
    return tuple(sorted((*_distributions(evaluation), *_domains(evaluation)), key=lambda claim: claim.address))


def _distributions(evaluation: Evaluation) -> Iterator[Claim]:
    for instance in evaluation.of("aws_cloudfront_distribution"):
        hosts = outermost(instance).texts("aliases") or ()
        patterns = []
        for behavior in nested(instance, "ordered_cache_behavior"):
            pattern = behavior.text("path_pattern") if behavior is not None else None
            if pattern is not None:
                patterns.append(pattern if pattern.startswith(("/", "*")) else f"/{pattern}")
        yield Claim("cloudfront", instance.address, tuple(h.lower() for h in hosts), (*dict.fromkeys(patterns), "/*"))


def _domains(evaluation: Evaluation) -> Iterator[Claim]:
    names: dict[str, str] = {}
    for instance in evaluation.of(*_DOMAINS):
        name = instance.text("domain_name")
        if name is not None:
            names[instance.address] = name.lower()
            yield Claim("api-gateway", instance.address, (name.lower(),), ())
    for kind, argument in (
        ("aws_api_gateway_base_path_mapping", "base_path"),
        ("aws_apigatewayv2_api_mapping", "api_mapping_key"),
    ):
        for instance in evaluation.of(kind):
            target = (instance.points_at("domain_name") or "").split("#")[0]
            host = names.get(target) or (instance.text("domain_name") or "").lower()
            base = instance.text(argument) or ""
            paths = (f"/{base}", f"/{base}/*") if base and base != "(none)" else ("/*",)
            if host:
                yield Claim("api-gateway-mapping", instance.address, (host,), paths, target)
