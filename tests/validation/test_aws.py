"""AWS's part: everything the list names is created in moto's server, recorded, and broken, one thing at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.client
import pytest

from tests.conftest import REPOSITORY
from tests.validation.conftest import Site
from tests.validation.world import DOCUMENT, TRUST
from tfhoist.api.validating import Means, Validated
from tfhoist.errors import UsageError
from tfhoist.validation.model import EcsCheck, RoleCheck

Told = Callable[[Validated], dict[str, str]]

MAIN, API, MLFLOW = "hokusai-production", "hokusai-api-production", "hokusai-mlflow-production"


def arn(site: Site, group: str) -> str:
    return site.world.groups[group]


def test_all_of_it_is_recorded_and_the_same_again(site: Site, differing: Told) -> None:
    done = site.record()
    assert {row.id: row.why for row in done.rows if row.verdict.value != "recorded"} == {}
    assert done.verdict == "equal"
    again = site.compare()
    assert differing(again) == {}
    assert again.verdict == "equal"
    assert len(again.rows) == len(site.environment.checks)
    assert {row.kind for row in again.rows} == {"listener", "rule", "target-group", "dns", "endpoint", "ecs", "role"}


# what is broken, and what exactly is said: the id of each row that isn't the same, with a part of what it tells


def delete_rule(site: Site) -> None:
    site.world.elb.delete_rule(RuleArn=site.world.rule(MAIN, 443, 95))


def add_rule(site: Site) -> None:
    action = site.world.action(f"forward to {API}")
    condition = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/new/*"]}}]
    site.world.elb.create_rule(
        ListenerArn=site.world.listener(MAIN, 443), Priority=10, Conditions=condition, Actions=action
    )


def rule_to_another_group(site: Site) -> None:
    site.world.elb.modify_rule(
        RuleArn=site.world.rule(MAIN, 80, 100), Actions=site.world.action(f"forward to {MLFLOW}")
    )


def rule_with_another_path(site: Site) -> None:
    conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api2*"]}}]
    site.world.elb.modify_rule(RuleArn=site.world.rule(MAIN, 80, 100), Conditions=conditions)


def rule_made_anew(site: Site) -> None:
    found = site.world.rule(MAIN, 80, 100)
    site.world.elb.delete_rule(RuleArn=found)
    check = next(one for one in site.environment.checks if one.id == f"rule {MAIN}:80 priority 100")
    site.world.add_rule(check)  # type: ignore[arg-type]


def renumber_rule(site: Site) -> None:
    site.world.elb.set_rule_priorities(RulePriorities=[{"RuleArn": site.world.rule(MAIN, 80, 200), "Priority": 201}])


def delete_listener(site: Site) -> None:
    site.world.elb.delete_listener(ListenerArn=site.world.listener("hokusai-auth-production", 80))


def default_action(site: Site) -> None:
    site.world.elb.modify_listener(
        ListenerArn=site.world.listener("hokusai-registry-production", 443),
        DefaultActions=site.world.action(f"forward to {API}"),
    )


def default_text(site: Site) -> None:
    config = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "somewhere else"}
    site.world.elb.modify_listener(
        ListenerArn=site.world.listener(MAIN, 80),
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": config}],
    )


def tls_policy(site: Site) -> None:
    site.world.elb.modify_listener(ListenerArn=site.world.listener(MAIN, 443), SslPolicy="ELBSecurityPolicy-2016-08")


def another_certificate(site: Site) -> None:
    site.world.elb.add_listener_certificates(
        ListenerArn=site.world.listener(MAIN, 443), Certificates=[{"CertificateArn": site.world.spare}]
    )


def fewer_targets(site: Site) -> None:
    site.world.elb.deregister_targets(TargetGroupArn=arn(site, API), Targets=[{"Id": "10.0.0.11"}])


def health_path(site: Site) -> None:
    site.world.elb.modify_target_group(TargetGroupArn=arn(site, API), HealthCheckPath="/healthz")


def delete_load_balancer(site: Site) -> None:
    found = site.world.balancers["hokusai-mlflow-int-production"]["LoadBalancerArn"]
    site.world.elb.delete_load_balancer(LoadBalancerArn=found)


def scale(site: Site) -> None:
    site.world.ecs.delete_service(cluster=MAIN, service="hokusai-api", force=True)
    site.world.add_service(MAIN, "hokusai-api", desired=3)  # moto starts what an update asks for at once


def delete_service(site: Site) -> None:
    site.world.ecs.delete_service(cluster=MAIN, service="hokusai-api", force=True)


def deploy(site: Site) -> None:
    made = site.world.ecs.register_task_definition(
        family="hokusai-api", containerDefinitions=[{"name": "one", "image": "two", "memory": 128}]
    )
    site.world.ecs.update_service(
        cluster=MAIN, service="hokusai-api", taskDefinition=made["taskDefinition"]["taskDefinitionArn"]
    )


def detach_policy(site: Site) -> None:
    role = next(one for one in site.environment.checks if isinstance(one, RoleCheck) and one.attached)
    site.world.iam.detach_role_policy(RoleName=role.name, PolicyArn=role.attached[0])


def delete_inline(site: Site) -> None:
    role = next(one for one in site.environment.checks if isinstance(one, RoleCheck) and one.inline)
    site.world.iam.delete_role_policy(RoleName=role.name, PolicyName=role.inline[0])


def change_inline(site: Site) -> None:
    role = next(one for one in site.environment.checks if isinstance(one, RoleCheck) and one.inline)
    statement = {**DOCUMENT["Statement"][0], "Action": "s3:*"}  # type: ignore[dict-item]
    site.world.iam.put_role_policy(
        RoleName=role.name, PolicyName=role.inline[0],
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )  # fmt: skip


def change_trust(site: Site) -> None:
    document = json.loads(json.dumps(TRUST).replace("ecs-tasks", "ec2"))
    site.world.iam.update_assume_role_policy(
        RoleName="hokusai-ecs-task-production", PolicyDocument=json.dumps(document)
    )


def record_elsewhere(site: Site) -> None:
    site.world.set_record("auth.hokus.ai", site.world.balancers[MAIN])


def record_deleted(site: Site) -> None:
    found = site.world.dns.list_resource_record_sets(HostedZoneId=site.world.zone)["ResourceRecordSets"]
    record = next(one for one in found if one["Name"] == "auth.hokus.ai.")
    batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
    site.world.dns.change_resource_record_sets(HostedZoneId=site.world.zone, ChangeBatch=batch)
    del site.names.answers["auth.hokus.ai", "A"]


BROKEN: list[tuple[Callable[[Site], None], dict[str, tuple[str, ...]]]] = [
    (delete_rule, {f"rule {MAIN}:443 priority 95": ("it's gone",), f"listener {MAIN}:443": ("priorities: 40, 50, 80, 85, 95, 100",)}),
    (add_rule, {f"listener {MAIN}:443": ("-> 10, 40, 50",)}),
    (rule_to_another_group, {f"rule {MAIN}:80 priority 100": (f"action: forward to {API} -> forward to {MLFLOW}",)}),
    (rule_with_another_path, {f"rule {MAIN}:80 priority 100": ("conditions: path /api* -> path /api2*",)}),
    (rule_made_anew, {f"rule {MAIN}:80 priority 100": ("rule: arn:aws:",)}),
    (renumber_rule, {f"rule {MAIN}:80 priority 200": ("it's gone",), f"listener {MAIN}:80": ("100, 201",)}),
    (delete_listener, {"listener hokusai-auth-production:80": ("it's gone",)}),
    (default_action, {"listener hokusai-registry-production:443": ("default action: forward to hokusai-api-ded-production ->",)}),
    (default_text, {f"listener {MAIN}:80": ("answer's text: text/plain",)}),
    (tls_policy, {f"listener {MAIN}:443": ("TLS policy: ELBSecurityPolicy-TLS13-1-2-2021-06 -> ELBSecurityPolicy-2016-08",)}),
    (another_certificate, {f"listener {MAIN}:443": ("certificates: arn:aws:acm:",)}),
    (fewer_targets, {f"target-group {API}": ("healthy targets: 2 -> 1",)}),
    (health_path, {f"target-group {API}": ("health check:", "/healthz")}),
    (delete_load_balancer, {"listener hokusai-mlflow-int-production:80": ("it's gone",)}),
    (scale, {f"ecs {MAIN}/hokusai-api": ("2 of 3 tasks run",)}),
    (delete_service, {f"ecs {MAIN}/hokusai-api": ("it's gone",)}),
    (deploy, {f"ecs {MAIN}/hokusai-api": ("task definition: hokusai-api:1 -> hokusai-api:2",)}),
    (detach_policy, {"role hokusai-ecs-execution-production": ("attached: arn:aws:", "-> none")}),
    (delete_inline, {"role hokusai-ecs-task-production": ("inline: hokusai-ecs-s3-production -> none",)}),
    (change_inline, {"role hokusai-ecs-task-production": ("inline hokusai-ecs-s3-production:",)}),
    (change_trust, {"role hokusai-ecs-task-production": ("trust policy:",)}),
    (record_elsewhere, {"dns auth.hokus.ai A": ("record: alias of hokusai-auth-production", "-> alias of hokusai-production")}),
    (record_deleted, {"dns auth.hokus.ai A": ("it's gone",)}),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "said"), BROKEN, ids=[one.__name__ for one, _ in BROKEN])
def test_each_breakage_is_seen_and_named(
    site: Site, differing: Told, damage: Callable[[Site], None], said: dict[str, tuple[str, ...]]
) -> None:
    kinds = sorted({id.split(" ", 1)[0] for id in said} | {"listener", "role"})
    assert site.record(*kinds).verdict == "equal"
    damage(site)
    done = site.compare(*kinds)
    found = differing(done)
    assert set(found) == set(said), found
    for id, parts in said.items():
        assert found[id].startswith("differs |")
        for part in parts:
            assert part in found[id], found[id]
    assert done.verdict == "different"


def test_more_healthy_targets_are_no_difference(site: Site, differing: Told) -> None:
    site.record("target-group")
    site.world.elb.register_targets(TargetGroupArn=arn(site, API), Targets=[{"Id": "10.0.0.12"}])
    assert differing(site.compare("target-group")) == {}


def test_what_is_not_as_the_files_say_is_told_when_it_is_recorded(site: Site) -> None:
    rule_to_another_group(site)
    detach_policy(site)
    health_path(site)
    done = site.record("rule", "role", "target-group")
    look = {row.id: row.why for row in done.rows if row.verdict.value == "look"}
    assert look == {
        f"rule {MAIN}:80 priority 100": (f"the files say forward to {API}, it does forward to {MLFLOW}",),
        "role hokusai-ecs-execution-production": (
            "the files attach arn:aws:iam::123456789012:policy/service-role/AmazonECSTaskExecutionRolePolicy, and it isn't attached",
        ),
        f"target-group {API}": ("the files say health check /health, it has /healthz",),
    }
    assert done.verdict == "different"
    again = site.compare("rule", "role", "target-group")
    assert again.verdict == "equal", "what was so before isn't the migration's doing"
    assert any(row.notes for row in again.rows)


def test_what_never_existed_never_passes(site: Site) -> None:
    delete_listener(site)
    assert site.record("listener").verdict == "different"
    done = site.compare("listener")
    missing = [row.id for row in done.rows if row.verdict.value == "missing"]
    assert missing == ["listener hokusai-auth-production:80"]
    assert done.verdict == "different"


def test_an_unstable_service_never_passes(site: Site, differing: Told) -> None:
    scale(site)
    site.record("ecs")
    assert differing(site.compare("ecs")) == {
        f"ecs {MAIN}/hokusai-api": "differs | 2 of 3 tasks run | its deployment is IN_PROGRESS"
    }


def test_without_credentials_nothing_passes(site: Site, monkeypatch: pytest.MonkeyPatch, differing: Told) -> None:
    site.record("role", "rule")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(site.folder / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(site.folder / "none"))
    done = site.compare("role", "rule")
    assert done.verdict == "undecided"
    assert set(differing(done).values()) == {"unchecked | AWS can't be asked: Unable to locate credentials"}


def test_nobody_listening_is_unchecked_at_once(site: Site, differing: Told) -> None:
    site.record("role")
    site.means = Means(endpoint_url="http://127.0.0.1:1")
    found = differing(site.compare("role"))
    assert len(found) == 2
    assert all("AWS can't be asked" in text for text in found.values())


def test_a_missing_profile_is_refused(site: Site) -> None:
    site.means = Means(endpoint_url=site.world.endpoint, profile="nobody-has-this")
    with pytest.raises(UsageError, match="nobody-has-this"):
        site.record("role")


def test_another_account_is_refused(site: Site) -> None:
    site.record("role")
    document: Any = json.loads(site.path.read_text())
    assert document["account"] == "123456789012"
    site.path.write_text(json.dumps({**document, "account": "111122223333"}))
    with pytest.raises(UsageError, match="111122223333"):
        site.compare("role")


def test_a_check_that_the_baseline_lacks_is_unchecked(site: Site, differing: Told) -> None:
    site.record("role")
    found = differing(site.compare("ecs"))
    assert found == {
        one.id: "unchecked | the baseline doesn't have it"
        for one in site.environment.checks
        if isinstance(one, EcsCheck)
    }


def documented_policy() -> dict[str, Any]:
    """The policy on the page."""
    found = re.search(r"^```json\n(.*?)^```", (REPOSITORY / "docs/validation.md").read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    policy: dict[str, Any] = json.loads(found.group(1))
    return policy


def test_only_calls_that_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The actions in the documentation's policy are those that are called, no more and no fewer."""
    called: set[str] = set()
    original = botocore.client.BaseClient._make_api_call

    def noted(self: Any, operation: str, arguments: Any) -> Any:
        service = str(self.meta.service_model.service_name)
        called.add(f"{ {'elbv2': 'elasticloadbalancing'}.get(service, service) }:{operation}")
        return original(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    site.record()
    allowed = {action for statement in documented_policy()["Statement"] for action in statement["Action"]}
    assert called == allowed
    assert all(re.match(r"\w+:(Describe|List|Get)", action) for action in allowed)


JUDGED = ("listener", "rule", "target-group", "ecs", "role")
"""moto's judgement of policies refuses every call of Route 53, whatever is allowed."""


@pytest.fixture
def authorized(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, Any]], None]]:
    """`authorized(policy)`: moto lets the credentials do what the policy says, and nothing else."""

    def begin(policy: dict[str, Any]) -> None:
        for name, value in site.world.authorize(policy).items():
            monkeypatch.setenv(name, value)

    yield begin
    site.world.authorize(None)


def test_the_documented_policy_is_enough(
    site: Site, authorized: Callable[[dict[str, Any]], None], differing: Told
) -> None:
    authorized(documented_policy())
    assert {row.id: row.why for row in site.record(*JUDGED).rows if row.verdict.value != "recorded"} == {}
    assert differing(site.compare(*JUDGED)) == {}


@pytest.mark.parametrize(
    ("action", "kinds"),
    [
        ("elasticloadbalancing:DescribeRules", {"listener", "rule"}),
        ("elasticloadbalancing:DescribeTargetHealth", {"target-group"}),
        ("ecs:DescribeServices", {"ecs"}),
        ("iam:ListRolePolicies", {"role"}),
    ],
)
def test_an_action_that_is_not_allowed_names_itself(
    site: Site, authorized: Callable[[dict[str, Any]], None], differing: Told, action: str, kinds: set[str]
) -> None:
    site.record(*JUDGED)
    policy = documented_policy()
    policy["Statement"][0]["Action"].remove(action)
    authorized(policy)
    done = site.compare(*JUDGED)
    found = differing(done)
    assert {id.split(" ")[0] for id in found} == kinds
    assert all(text.startswith(f"unchecked | AWS refuses {action} (") for text in found.values()), found
    assert done.verdict == "undecided"
