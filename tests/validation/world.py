"""An AWS on loopback (moto's server) that holds exactly what a declared list says, and handles to break it."""

from __future__ import annotations

import json
import logging
import os
import urllib.request
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from tfhoist.validation.model import (
    Condition,
    DeclaredEnvironment,
    DnsCheck,
    EcsCheck,
    ListenerCheck,
    RoleCheck,
    RuleCheck,
    TargetGroupCheck,
)

logging.getLogger("werkzeug").setLevel(logging.ERROR)

REGION = "us-east-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": REGION,
}  # fmt: skip
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def _field(condition: Condition) -> dict[str, Any]:
    values = list(condition.values)
    return {
        "host_header": {"Field": "host-header", "HostHeaderConfig": {"Values": values}},
        "path_pattern": {"Field": "path-pattern", "PathPatternConfig": {"Values": values}},
    }[condition.kind]


class World:
    """The server and its clients. `groups` has the ARNs of target groups by name, `zone` the hosted zone's id."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        options = {
            "endpoint_url": self.endpoint, "region_name": REGION, "aws_access_key_id": "test", "aws_secret_access_key": "test",
        }  # fmt: skip
        self.elb: Any = boto3.client("elbv2", **options)
        self.ecs: Any = boto3.client("ecs", **options)
        self.iam: Any = boto3.client("iam", **options)
        self.dns: Any = boto3.client("route53", **options)
        self.ec2: Any = boto3.client("ec2", **options)
        self.acm: Any = boto3.client("acm", **options)
        self.groups: dict[str, str] = {}
        self.balancers: dict[str, dict[str, Any]] = {}

    def authorize(self, policy: dict[str, Any] | None) -> dict[str, str]:
        """From now on only what the policy allows is allowed, to the user whose credentials are given back; null ends that."""
        found: dict[str, str] = {}
        if policy is not None:
            self.iam.create_user(UserName="validator")
            self.iam.put_user_policy(UserName="validator", PolicyName="own", PolicyDocument=json.dumps(policy))
            key = self.iam.create_access_key(UserName="validator")["AccessKey"]
            found = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        self._post("reset-auth", b"1000000000" if policy is None else b"0")
        return found

    def _post(self, what: str, body: bytes) -> None:
        request = urllib.request.Request(
            f"{self.endpoint}/moto-api/{what}", data=body, method="POST", headers={"Content-Type": "text/plain"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def close(self) -> None:
        """End the server."""
        self._server.stop()

    def build(self, declared: DeclaredEnvironment) -> None:
        """Create what the list names, and nothing else."""
        self._post("reset", b"")
        self.groups.clear()
        self.balancers.clear()
        self.certificate = self.acm.request_certificate(DomainName="*.hokus.ai")["CertificateArn"]
        self.spare = self.acm.request_certificate(DomainName="*.example.com")["CertificateArn"]
        network = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        self.vpc = network
        checks = declared.checks
        for one in checks:
            if isinstance(one, TargetGroupCheck):
                self.add_group(one.name, int(one.port), one.health_path)
        for name in sorted({one.load_balancer for one in checks if isinstance(one, ListenerCheck)}):
            made = self.elb.create_load_balancer(
                Name=name, Subnets=subnets, Scheme="internet-facing", Type="application"
            )
            self.balancers[name] = made["LoadBalancers"][0]
        for one in checks:
            if isinstance(one, ListenerCheck):
                self.add_listener(one)
        for one in checks:
            if isinstance(one, RuleCheck):
                self.add_rule(one)
        self.zone = self.dns.create_hosted_zone(Name="hokus.ai", CallerReference="one")["HostedZone"]["Id"].rsplit(
            "/", 1
        )[-1]
        for one in checks:
            if isinstance(one, DnsCheck):
                self.set_record(one.name, self.balancers[one.load_balancer])
        clusters = {one.cluster for one in checks if isinstance(one, EcsCheck)}
        for name in clusters:
            self.ecs.create_cluster(clusterName=name)
        for one in checks:
            if isinstance(one, EcsCheck):
                self.add_service(one.cluster, one.service)
        for one in checks:
            if isinstance(one, RoleCheck):
                self.iam.create_role(RoleName=one.name, AssumeRolePolicyDocument=json.dumps(TRUST))
                for arn in one.attached:
                    name = arn.rsplit("/", 1)[-1]
                    path = arn.split(":policy", 1)[1].removesuffix(name)
                    made = self.iam.create_policy(PolicyName=name, Path=path, PolicyDocument=json.dumps(DOCUMENT))
                    assert made["Policy"]["Arn"] == arn
                    self.iam.attach_role_policy(RoleName=one.name, PolicyArn=arn)
                for name in one.inline:
                    self.iam.put_role_policy(RoleName=one.name, PolicyName=name, PolicyDocument=json.dumps(DOCUMENT))

    def add_group(self, name: str, port: int, path: str) -> str:
        """A target group with two healthy targets."""
        made = self.elb.create_target_group(
            Name=name, Protocol="HTTP", Port=port, VpcId=self.vpc, HealthCheckPath=path or "/", TargetType="ip"
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        self.groups[name] = arn
        self.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.10"}, {"Id": "10.0.0.11"}])
        return arn

    def action(self, text: str) -> list[dict[str, Any]]:
        """An action of a declared list in the API's form."""
        if text.startswith("forward to "):
            return [{"Type": "forward", "TargetGroupArn": self.groups[text.removeprefix("forward to ")]}]
        if text.startswith("answer "):
            status = text.removeprefix("answer ")
            config = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "nothing here"}
            return [{"Type": "fixed-response", "FixedResponseConfig": config}]
        assert text == "redirect to HTTPS://#{host}:443/#{path}?#{query} (301)", text
        return [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]

    def add_listener(self, one: ListenerCheck) -> None:
        """A listener as it's declared."""
        more: dict[str, Any] = {}
        if one.protocol == "HTTPS":
            more["Certificates"] = [{"CertificateArn": self.certificate}]
            more["SslPolicy"] = "ELBSecurityPolicy-TLS13-1-2-2021-06"
        self.elb.create_listener(
            LoadBalancerArn=self.balancers[one.load_balancer]["LoadBalancerArn"], Protocol=one.protocol, Port=one.port,
            DefaultActions=self.action(one.default), **more,
        )  # fmt: skip

    def listener(self, balancer: str, port: int) -> str:
        """A listener's ARN."""
        found = self.elb.describe_listeners(LoadBalancerArn=self.balancers[balancer]["LoadBalancerArn"])["Listeners"]
        return next(str(one["ListenerArn"]) for one in found if one["Port"] == port)

    def add_rule(self, one: RuleCheck) -> None:
        """A rule as it's declared."""
        assert one.conditions is not None
        self.elb.create_rule(
            ListenerArn=self.listener(one.load_balancer, one.port), Priority=one.priority,
            Conditions=[_field(condition) for condition in one.conditions], Actions=self.action(one.action),
        )  # fmt: skip

    def rule(self, balancer: str, port: int, priority: int) -> str:
        """A rule's ARN."""
        found = self.elb.describe_rules(ListenerArn=self.listener(balancer, port))["Rules"]
        return next(str(one["RuleArn"]) for one in found if one["Priority"] == str(priority))

    def set_record(self, name: str, balancer: dict[str, Any]) -> None:
        """An alias record."""
        record = {
            "Name": name, "Type": "A",
            "AliasTarget": {
                "HostedZoneId": balancer["CanonicalHostedZoneId"], "DNSName": f"dualstack.{balancer['DNSName']}",
                "EvaluateTargetHealth": True,
            },
        }  # fmt: skip
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        self.dns.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=batch)

    def add_service(self, cluster: str, name: str, desired: int = 2) -> None:
        """An ECS service and its task definition, with two tasks running."""
        os.environ["MOTO_ECS_SERVICE_RUNNING"] = "2"  # read by the server, which is in this process
        made = self.ecs.register_task_definition(
            family=name, containerDefinitions=[{"name": "one", "image": "one", "memory": 128}]
        )
        self.ecs.create_service(
            cluster=cluster, serviceName=name, desiredCount=desired,
            taskDefinition=made["taskDefinition"]["taskDefinitionArn"],
        )  # fmt: skip
