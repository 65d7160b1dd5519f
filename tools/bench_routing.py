"""The speed of routing and of the registry, as they grow: part of `make bench`."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

from tfhoist.registry.check import check_claims
from tfhoist.registry.claims import SCHEMA, Claims, DnsClaim, EnvironmentClaims, NameClaim, RouteClaim, encode
from tfhoist.registry.entries import Entry
from tfhoist.routing.decide import analyse
from tfhoist.routing.model import Action, Condition, Kind, Listener, Rule, Target

RULES = (100, 250, 500, 1_000, 2_000)
SERVICES = (25, 50, 100, 200)
A_SERVICE = 20


def _action(number: int) -> Action:
    return Action("forward", (Target(f"group-{number}"),))


def apart(number: int, random_: random.Random) -> Rule:
    """A rule of its own: a host that twenty share, and two paths that nobody else has."""
    conditions = (
        Condition(Kind.HOST, (f"service{number // 20}.example.com",)),
        Condition(Kind.PATH, (f"/api/v{number}/*", f"/x{number}")),
    )
    return Rule(f"rule-{number}", number + 1, conditions, _action(number % 50))


def mixed(number: int, random_: random.Random) -> Rule:
    """A rule that meets many others: hosts and paths with wildcards anywhere, drawn from a few words."""
    words = ("api", "v1", "*", "users", "x?", "img")
    path = "/" + "/".join(random_.choice(words) for _ in range(random_.randint(1, 4)))
    host = random_.choice(("*.example.com", "a.example.com", "b.example.com", ""))
    conditions = ((Condition(Kind.HOST, (host,)),) if host else ()) + (Condition(Kind.PATH, (path,)),)
    return Rule(f"rule-{number}", number + 1, conditions, _action(number % 5))


def nested(number: int, random_: random.Random) -> Rule:
    """A special case of the next rule: `/a/a/a/*` before `/a/a/*`."""
    depth = 25 - number % 25
    path = f"/s{number // 25}" + "/a" * depth + "/*"
    return Rule(f"rule-{number}", number + 1, (Condition(Kind.PATH, (path,)),), _action(number % 5))


def routing() -> None:
    """Everything about one listener: what never answers, and where only the order decides."""
    shapes: dict[str, Callable[[int, random.Random], Rule]] = {"apart": apart, "nested": nested, "mixed": mixed}
    print("Rules of one listener: statuses, overlaps and ties, seconds")
    for name, shape in shapes.items():
        for count in RULES:
            random_ = random.Random(count)
            rules = tuple(shape(number, random_) for number in range(count))
            listener = Listener("listener", "lb", "443", "HTTPS", Action("fixed-response"), rules)
            start = time.perf_counter()
            analysis = analyse(listener)
            elapsed = time.perf_counter() - start
            found = Counter(judged.status for judged in analysis.rules)
            shown = ", ".join(f"{number} {status}" for status, number in sorted(found.items()))
            print(f"  {name:8} {count:6,} rules {elapsed:8.2f} s   {shown}, {len(analysis.overlaps)} overlaps")
    print(f"Services of {A_SERVICE} rules in one registry, seconds")
    for count in SERVICES:
        entries = [_entry(number) for number in range(count)]
        start = time.perf_counter()
        findings = check_claims(entries)
        print(f"  {count:6,} services {time.perf_counter() - start:8.2f} s   {len(findings)} findings")


def _entry(number: int) -> Entry:
    service = f"service{number}"
    routes = tuple(
        RouteClaim(
            "shared", "aws_lb_listener.https", "443", number * A_SERVICE + rule + 1,
            (f"site{number % 25}.example.com",) if rule % 2 else (), (f"/{service}/v{rule}/*", f"/{service}/x{rule}"), (), "forward",
            (service,), f"aws_lb_listener_rule.r{rule}", True,
        )
        for rule in range(A_SERVICE)
    )  # fmt: skip
    environment = EnvironmentClaims(
        "production", "environments/production", (), (), routes,
        (DnsClaim(f"{service}.example.com", "A", "Z", "", "aws_route53_record.a"),),
        (NameClaim("aws_lb_target_group", service, "aws_lb_target_group.t"),), (),
    )  # fmt: skip
    claims = Claims(
        SCHEMA,
        service,
        "owner@example.com",
        "#owner",
        f"terraform_module/{service}",
        (environment,),
        (f"{service}_arn",),
        (),
    )
    return Entry(claims, f"registry/{service}.json", encode(claims).decode())
