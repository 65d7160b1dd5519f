"""AWS's API through boto3, with calls that only read (docs/validation.md lists their IAM actions)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tfhoist.errors import UsageError
from tfhoist.probes.extras import extra
from tfhoist.validation import aws_facts
from tfhoist.validation.model import (
    Check,
    DnsCheck,
    EcsCheck,
    ListenerCheck,
    Observation,
    RoleCheck,
    RuleCheck,
    TargetGroupCheck,
)

Answer = Mapping[str, Any]

_ABSENT = frozenset(
    ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound", "NoSuchEntity",
     "ClusterNotFoundException", "ServiceNotFoundException")
)  # fmt: skip
_NOBODY = frozenset(
    ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
     "AuthFailure", "RequestExpired")
)  # fmt: skip
"""Errors that every other call would give as well: nobody is asked again."""


class Unanswered(Exception):
    """AWS gave no answer to a question; the text says why, in a line."""


class Aws:
    """What AWS says, each thing asked once. Profile, region and credentials come from boto3's usual chain."""

    def __init__(self, *, profile: str | None = None, endpoint_url: str | None = None) -> None:
        boto3 = extra("boto3")
        self._errors = extra("botocore.exceptions")
        config = extra("botocore.config").Config(
            connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4}
        )
        self._options = {"endpoint_url": endpoint_url, "config": config}
        try:
            self._session = boto3.session.Session(profile_name=profile)
        except self._errors.BotoCoreError as error:
            raise UsageError(f"AWS can't be asked: {error}.", "Name a profile that exists with --profile.") from None
        self._clients: dict[tuple[str, str], Any] = {}
        self._answers: dict[tuple[object, ...], object] = {}
        self._broken = ""

    def account(self) -> str:
        """The account's number; "" when AWS doesn't say."""
        try:
            return str(self._call("sts", "", "get_caller_identity")["Account"])
        except Unanswered:
            return ""

    def look(self, check: Check) -> Observation:
        """What AWS says of a check; the reason, where it says nothing."""
        try:
            if isinstance(check, ListenerCheck):
                balancer = self._balancer(check.load_balancer, check.region)
                found = self._listener(check.load_balancer, check.port, check.region)
                rules = self._rules(found, check.region) if found is not None else []
                more = self._certificates(found, check.region) if found is not None else []
                return aws_facts.listener(check, balancer, found, rules, more)
            if isinstance(check, RuleCheck):
                found = self._listener(check.load_balancer, check.port, check.region)
                rules = self._rules(found, check.region) if found is not None else []
                wanted = str(check.priority)
                return aws_facts.rule(check, next((one for one in rules if one.get("Priority") == wanted), None))
            if isinstance(check, TargetGroupCheck):
                return self._target_group(check)
            if isinstance(check, EcsCheck):
                return self._service(check)
            if isinstance(check, RoleCheck):
                return self._role(check)
        except Unanswered as error:
            return Observation(unchecked=(str(error),))
        raise TypeError(type(check).__name__)

    def address(self, load_balancer: str, region: str) -> str:
        """The DNS name of a load balancer; "" when there is none. Raises `Unanswered`."""
        found = self._balancer(load_balancer, region)
        return str(found.get("DNSName", "")) if found is not None else ""

    def record(self, check: DnsCheck) -> str | None:
        """A record as Route 53 has it; None when it isn't there. Raises `Unanswered`."""
        zone = check.zone or self._zone(check.name)
        answer = self._call(
            "route53", "", "list_resource_record_sets", HostedZoneId=zone, StartRecordName=check.name,
            StartRecordType=check.type, MaxItems="100",
        )  # fmt: skip
        wanted = check.name.rstrip(".")
        found = [
            one
            for one in answer["ResourceRecordSets"]
            if str(one["Name"]).rstrip(".").replace("\\052", "*").lower() == wanted and one["Type"] == check.type
        ]
        return aws_facts.record_text(found) or None

    def _zone(self, name: str) -> str:
        labels = name.split(".")
        for start in range(len(labels) - 1):
            suffix = ".".join(labels[start:])
            answer = self._call("route53", "", "list_hosted_zones_by_name", DNSName=suffix, MaxItems="10")
            zones = [one for one in answer["HostedZones"] if str(one["Name"]).rstrip(".").lower() == suffix]
            if len(zones) == 1:
                return str(zones[0]["Id"]).rsplit("/", 1)[-1]
            if zones:
                raise Unanswered(f"there are {len(zones)} hosted zones {suffix}, and the files don't say which")
        raise Unanswered(f"there is no hosted zone for {name} in this account")

    def _balancer(self, name: str, region: str) -> Answer | None:
        found = self._absent("elbv2", region, "describe_load_balancers", Names=[name])
        return next(iter(found["LoadBalancers"]), None) if found is not None else None

    def _listener(self, name: str, port: int, region: str) -> Answer | None:
        balancer = self._balancer(name, region)
        if balancer is None:
            return None
        listeners = self._pages(
            "elbv2", region, "describe_listeners", "Listeners", LoadBalancerArn=balancer["LoadBalancerArn"]
        )
        return next((one for one in listeners if one.get("Port") == port), None)

    def _rules(self, listener: Answer, region: str) -> list[Answer]:
        return self._pages("elbv2", region, "describe_rules", "Rules", ListenerArn=listener["ListenerArn"])

    def _certificates(self, listener: Answer, region: str) -> list[Answer]:
        if str(listener.get("Protocol", "")).upper() not in ("HTTPS", "TLS"):
            return []
        arguments = {"ListenerArn": listener["ListenerArn"]}
        return self._pages("elbv2", region, "describe_listener_certificates", "Certificates", **arguments)

    def _target_group(self, check: TargetGroupCheck) -> Observation:
        answer = self._absent("elbv2", check.region, "describe_target_groups", Names=[check.name])
        found = next(iter(answer["TargetGroups"]), None) if answer is not None else None
        if found is None:
            return aws_facts.target_group(check, None, ())
        health = self._call("elbv2", check.region, "describe_target_health", TargetGroupArn=found["TargetGroupArn"])
        return aws_facts.target_group(check, found, health["TargetHealthDescriptions"])

    def _service(self, check: EcsCheck) -> Observation:
        answer = self._absent("ecs", check.region, "describe_services", cluster=check.cluster, services=[check.service])
        return aws_facts.ecs_service(check, next(iter(answer["services"]), None) if answer is not None else None)

    def _role(self, check: RoleCheck) -> Observation:
        answer = self._absent("iam", "", "get_role", RoleName=check.name)
        if answer is None:
            return aws_facts.role(check, None, (), {})
        attached = self._pages("iam", "", "list_attached_role_policies", "AttachedPolicies", RoleName=check.name)
        names = self._pages("iam", "", "list_role_policies", "PolicyNames", RoleName=check.name)
        inline = {
            str(name): self._call("iam", "", "get_role_policy", RoleName=check.name, PolicyName=name)["PolicyDocument"]
            for name in names
        }
        return aws_facts.role(check, answer["Role"], attached, inline)

    # calls

    def _client(self, service: str, region: str) -> Any:
        key = (service, region)
        if key not in self._clients:
            # global services have one endpoint, and boto3 wants a region all the same
            chosen = (
                region or self._session.region_name or ("us-east-1" if service in ("iam", "route53", "sts") else None)
            )
            self._clients[key] = self._session.client(service, region_name=chosen, **self._options)
        return self._clients[key]

    def _pages(self, service: str, region: str, call: str, key: str, **arguments: object) -> list[Any]:
        def every(client: Any) -> list[Any]:
            return [one for page in client.get_paginator(call).paginate(**arguments) for one in page[key]]

        found = self._asked(service, region, call, every, arguments)
        return found if isinstance(found, list) else []

    def _call(self, service: str, region: str, call: str, **arguments: object) -> Answer:
        found = self._asked(service, region, call, lambda client: getattr(client, call)(**arguments), arguments)
        return found if isinstance(found, Mapping) else {}

    def _absent(self, service: str, region: str, call: str, **arguments: object) -> Answer | None:
        """The answer, or None when what is asked for doesn't exist."""
        try:
            return self._call(service, region, call, **arguments)
        except _Absent:
            return None

    def _asked(
        self, service: str, region: str, call: str, ask: Callable[[Any], object], arguments: Mapping[str, object]
    ) -> object:
        key = (service, region, call, repr(sorted(arguments.items())))
        if key not in self._answers:
            self._answers[key] = self._outcome(service, region, call, ask)
        found = self._answers[key]
        if isinstance(found, Unanswered):
            raise found
        return found

    def _outcome(self, service: str, region: str, call: str, ask: Callable[[Any], object]) -> object:
        if self._broken:
            return Unanswered(self._broken)
        errors = self._errors
        action = f"{_ACTIONS.get(service, service)}:{''.join(word.title() for word in call.split('_'))}"
        try:
            return ask(self._client(service, region))
        except errors.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                return _Absent(code)
            if code in _NOBODY:
                self._broken = f"AWS doesn't take these credentials ({code})"
                return Unanswered(self._broken)
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
            return Unanswered(f"AWS refuses {action} ({code or f'status {status}'})")
        except (
            errors.NoCredentialsError, errors.PartialCredentialsError, errors.NoRegionError, errors.EndpointConnectionError,
            errors.ConnectTimeoutError, errors.CredentialRetrievalError, errors.TokenRetrievalError, errors.SSOError,
        ) as error:  # fmt: skip
            self._broken = f"AWS can't be asked: {_line(error)}"
            return Unanswered(self._broken)
        except errors.BotoCoreError as error:
            return Unanswered(f"{action}: {_line(error)}")


class _Absent(Unanswered):
    """AWS says that there's no such thing."""


_ACTIONS = {"elbv2": "elasticloadbalancing"}


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def addresses(aws: Aws, wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The DNS names of load balancers (name to region), those that AWS tells."""
    for name, region in sorted(wanted.items()):
        try:
            address = aws.address(name, region)
        except Unanswered:
            continue
        if address:
            yield name, address
