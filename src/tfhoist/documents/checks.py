"""The checks of one environment: what is captured before and after, and the requests that show each rule at work."""

from __future__ import annotations

import re

import msgspec

from tfhoist.documents.markdown import quoted, shell
from tfhoist.documents.routes import LOAD_BALANCERS, Request, requests
from tfhoist.documents.views import EnvironmentView

_NAME = re.compile(r"[A-Za-z0-9._/+=,@-]+\Z")


_PROBES = (
    "last=",
    "while read -r name url; do",
    '  if [ "$name" != "$last" ]; then',
    "    dns=$(aws elbv2 describe-load-balancers --names \"$name\" --query 'LoadBalancers[0].DNSName' --output text </dev/null)",
    "    last=$name",
    "  fi",
    "  code=$(curl --silent --insecure --output /dev/null --max-time 10 --write-out '%{http_code}' \\",
    '    --connect-to "::$dns:" "$url" </dev/null)',
    '  echo "$code $name $url"',
    "done > \"$1/requests.txt\" <<'REQUESTS'",
)
"""Reads a load balancer's name and a URL a line, and writes the status of each; the lines follow."""


class Checks(msgspec.Struct, frozen=True):
    """The shell function's body, line by line (it uses `stable`), and the requests with the load balancer that each is sent to.

    `unknown` are the addresses whose real name the files don't tell: no command can name them.
    """

    lines: tuple[str, ...]
    requests: tuple[tuple[str, Request], ...]
    unknown: tuple[str, ...]


def build_checks(view: EnvironmentView) -> Checks:
    """Read-only commands that write what AWS says into one file each; their order is that of the request's way."""
    moved = view.context.moved
    unknown: list[str] = []

    def names(*kinds: str) -> list[str]:
        found: list[str] = []
        for address, name in view.named(kinds, moved):
            if name and _NAME.match(name.removesuffix("*")):
                found.append(name)
            else:
                unknown.append(address)
        return list(dict.fromkeys(found))

    lines: list[str] = []
    balancers = [name for name in names(*LOAD_BALANCERS) if not name.endswith("*")]
    if balancers:
        lines += _balancers(balancers)
    groups = [name for name in names("aws_lb_target_group", "aws_alb_target_group") if not name.endswith("*")]
    if groups:
        lines += _groups(groups)
    for record in view.routes.records:
        if _NAME.match(record.name) and _NAME.match(record.zone):
            query = f"ResourceRecordSets[?Name=='{record.name.rstrip('.')}.']"
            lines.append(
                f"aws route53 list-resource-record-sets --hosted-zone-id {record.zone} --query {_double(query)} --output json"
                f' | stable > "$1/record-{_file(record.name)}-{_file(record.type)}.json"'
            )
        else:
            unknown.append(record.address)
    for role in names("aws_iam_role"):
        if role.endswith("*"):
            continue
        lines += [
            f"{{ aws iam get-role --role-name {shell(role)} --query 'Role.[Arn,AssumeRolePolicyDocument]' --output json",
            f"  aws iam list-attached-role-policies --role-name {shell(role)} --output json",
            f"  aws iam list-role-policies --role-name {shell(role)} --output json",
            f'}} | stable > "$1/role-{_file(role)}.json"',
        ]
    for group in names("aws_security_group"):
        query = "'SecurityGroups[].[GroupId,GroupName,IpPermissions,IpPermissionsEgress]'"
        lines.append(
            f"aws ec2 describe-security-groups --filters {quoted(f'Name=group-name,Values={group}')} --query {query} "
            f'--output json | stable > "$1/security-group-{_file(group)}.json"'
        )
    lines += _services(view)
    named = {one.address: one.name for one in view.routes.load_balancers if _NAME.match(one.name)}
    shown = tuple(
        (named[request.listener.load_balancer], request)
        for request in requests(view.routes)
        if request.listener.load_balancer in named
    )
    lines = [f"  {line}" for line in lines]
    if shown:
        lines += [f"  {line}" for line in _PROBES]
        lines += [*dict.fromkeys(f"{name} {request.url()}" for name, request in shown), "REQUESTS"]
    return Checks(tuple(lines), shown, tuple(dict.fromkeys(unknown)))


def _balancers(names: list[str]) -> list[str]:
    shown = " ".join(shell(name) for name in names)
    return [
        f"aws elbv2 describe-load-balancers --names {shown} \\",
        "  --query 'LoadBalancers[].[LoadBalancerName,LoadBalancerArn,DNSName,Scheme,State.Code]' --output text"
        ' | sort > "$1/load-balancers.txt"',
        f"for name in {shown}; do",
        "  arn=$(aws elbv2 describe-load-balancers --names \"$name\" --query 'LoadBalancers[0].LoadBalancerArn' --output text)",
        '  aws elbv2 describe-listeners --load-balancer-arn "$arn" --output json | jq .Listeners | stable > "$1/listeners-$name.json"',
        "  for listener in $(jq -r '.[].ListenerArn' \"$1/listeners-$name.json\"); do",
        '    aws elbv2 describe-rules --listener-arn "$listener" --output json | jq .Rules | stable',
        '  done > "$1/rules-$name.json"',
        "done",
    ]


def _groups(names: list[str]) -> list[str]:
    shown = " ".join(shell(name) for name in names)
    return [
        f"for name in {shown}; do",
        '  aws elbv2 describe-target-groups --names "$name" --output json | jq .TargetGroups | stable > "$1/target-group-$name.json"',
        "  arn=$(jq -r '.[0].TargetGroupArn' \"$1/target-group-$name.json\")",
        '  echo "$name"; aws elbv2 describe-target-health --target-group-arn "$arn" \\',
        "    --query 'TargetHealthDescriptions[].[TargetHealth.State]' --output text | sort | uniq -c",
        'done > "$1/target-health.txt"',
    ]


def _services(view: EnvironmentView) -> list[str]:
    """ECS services that stay, by cluster: what the load balancers send requests to."""
    clusters: dict[str, list[str]] = {}
    for address, name in view.named(("aws_ecs_service",), view.context.stays):
        declaration = view.module.get(address.split("[")[0])
        attribute = declaration.body.attribute("cluster") if declaration is not None else None
        if declaration is None or attribute is None or not _NAME.match(name):
            continue
        references = declaration.file.references_in(attribute.start, attribute.end)
        cluster = next((".".join(r.names()[:2]) for r in references if r.root == "aws_ecs_cluster"), "")
        real = view.names(cluster)
        if len(real) == 1 and _NAME.match(real[0]):
            clusters.setdefault(real[0], []).append(name)
    lines = []
    for cluster, names in sorted(clusters.items()):
        services = " ".join(shell(name) for name in dict.fromkeys(names))
        lines += [
            f"aws ecs describe-services --cluster {shell(cluster)} --services {services} \\",
            "  --query 'services[].[serviceName,status,runningCount,desiredCount]' --output text"
            f' | sort > "$1/ecs-{_file(cluster)}.txt"',
        ]
    return lines


def _file(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-") or "unnamed"


def _double(text: str) -> str:
    return '"' + re.sub(r'(["\\$`])', r"\\\1", text) + '"'
