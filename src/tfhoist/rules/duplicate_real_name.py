"""Two blocks that claim one real name: the cloud refuses the second, or the two fight over one thing."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.inventory import NAME_ARGUMENTS, real_name
from tfhoist.rules.base import Context, Rule, distinct_blocks, environments_of, in_environments, together

WITHIN: dict[str, tuple[str, ...]] = {
    "aws_ecs_service": ("cluster",),
    "aws_security_group": ("vpc_id",),
    "aws_iam_role_policy": ("role",),
    "aws_iam_user_policy": ("user",),
    "aws_iam_group_policy": ("group",),
    "aws_cloudwatch_event_rule": ("event_bus_name",),
    "aws_service_discovery_service": ("namespace_id",),
    "aws_service_discovery_private_dns_namespace": ("vpc",),
    "aws_wafv2_web_acl": ("scope",),
    "aws_wafv2_ip_set": ("scope",),
    "aws_cloudwatch_log_stream": ("log_group_name",),
    "aws_cloudwatch_log_metric_filter": ("log_group_name",),
    "aws_eks_node_group": ("cluster_name",),
    "aws_codedeploy_deployment_group": ("app_name",),
}
"""Types whose names are unique within something else, and the arguments that say within what."""

UNIQUE = frozenset(
    "aws_lb aws_alb aws_elb aws_lb_target_group aws_alb_target_group aws_ecs_cluster aws_ecs_task_definition aws_iam_role "
    "aws_iam_policy aws_iam_user aws_iam_group aws_iam_instance_profile aws_s3_bucket aws_db_instance aws_db_subnet_group "
    "aws_db_parameter_group aws_db_option_group aws_rds_cluster aws_rds_cluster_instance aws_rds_cluster_parameter_group "
    "aws_docdb_cluster aws_neptune_cluster aws_redshift_cluster aws_elasticache_cluster aws_elasticache_replication_group "
    "aws_elasticache_subnet_group aws_elasticache_parameter_group aws_dynamodb_table aws_cloudwatch_log_group "
    "aws_cloudwatch_metric_alarm aws_cloudwatch_composite_alarm aws_cloudwatch_dashboard aws_sns_topic aws_sqs_queue "
    "aws_kinesis_stream aws_secretsmanager_secret aws_ssm_parameter aws_kms_alias aws_ecr_repository aws_lambda_function "
    "aws_key_pair aws_launch_template aws_launch_configuration aws_autoscaling_group aws_eks_cluster aws_sfn_state_machine "
    "aws_codebuild_project aws_codepipeline aws_cloudtrail aws_opensearch_domain aws_elasticsearch_domain "
    "aws_service_discovery_http_namespace aws_codedeploy_app aws_batch_job_queue google_storage_bucket "
    "google_compute_network google_sql_database_instance google_service_account google_pubsub_topic azurerm_resource_group "
    "azurerm_storage_account azurerm_container_registry azurerm_key_vault".split()
) | frozenset(WITHIN)
"""Types whose names are unique, in one account and region unless `WITHIN` says otherwise."""

_SAME_TYPE = {"aws_alb": "aws_lb", "aws_alb_target_group": "aws_lb_target_group"}
_RECORD = "aws_route53_record"
_FAMILY = "aws_ecs_task_definition"

_Claim = tuple[str, str, str]
"""Type, what the name is unique within, and the name."""


class DuplicateRealName(Rule):
    """Blocks of an unknown name, or within something unknown, claim nothing."""

    id = "duplicate-real-name"
    severity = Severity.ERROR
    description = "two blocks of one type claim one real name in one environment"
    advice = (
        "The second create fails, or both blocks change one thing in turn. Decide which block is right, and delete or rename "
        "the other."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        found: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
        claims_of: dict[tuple[str, tuple[str, ...]], list[BlockInstance]] = {}
        for evaluation in context.evaluations:
            claims: dict[_Claim, list[BlockInstance]] = {}
            for instance in _of_one_name(evaluation):
                claim = claimed(instance)
                if claim is not None:
                    claims.setdefault(claim, []).append(instance)
            for (kind, _, name), instances in claims.items():
                if len({instance.address for instance in instances}) < 2:
                    continue
                key = (kind, tuple(distinct_blocks(instances)))
                found.setdefault(key, {})[evaluation.name] = name
                claims_of.setdefault(key, []).extend(instances)
        for (kind, blocks), names in found.items():
            yield self._finding(kind, blocks, names, claims_of[(kind, blocks)])

    def _finding(
        self, kind: str, blocks: tuple[str, ...], names: dict[str, str], instances: list[BlockInstance]
    ) -> Finding:
        declarations = distinct_blocks(instances)
        distinct = list(dict.fromkeys(names.values()))
        if len(distinct) == 1:
            shown, where = distinct[0], in_environments(list(names))
        else:
            shown, where = together(f"{name} ({environment})" for environment, name in names.items()), ""
        if kind == _FAMILY:
            summary = f"{together(blocks)} register revisions of the family {shown}{where}"
            advice = (
                "It works, but which revision is the latest depends on the order of the apply. Keep one block, and point "
                "the services at it."
            )
        elif len(blocks) == 1:
            summary, advice = f"several instances of {blocks[0]} claim the name {shown}{where}", None
        else:
            summary, advice = f"{together(blocks)} claim the name {shown}{where}", None
        return self.finding(
            summary,
            address=blocks[0],
            addresses=blocks,
            ranges=[declaration.range for declaration in declarations.values()],
            evidence={"name": ", ".join(distinct), "type": kind, **environments_of(names)},
            advice=advice,
            severity=Severity.WARNING if kind == _FAMILY else None,
        )


def _of_one_name(evaluation: Evaluation) -> Iterator[BlockInstance]:
    """The instances whose type and name others have too: what the name is unique within is asked of few."""
    found: dict[tuple[str, str], list[BlockInstance]] = {}
    for kind, alike in evaluation.by_type.items():
        if kind == _RECORD or kind in UNIQUE:
            for instance in alike:
                name = _name_of(instance)
                if name is not None:
                    found.setdefault((_SAME_TYPE.get(kind, kind), name), []).append(instance)
    return (instance for several in found.values() if len(several) > 1 for instance in several)


def _name_of(instance: BlockInstance) -> str | None:
    """The name that an instance may claim; a record's as DNS compares it."""
    if instance.declaration.type != _RECORD:
        return real_name(instance)
    name = instance.text("name")
    return name.lower().rstrip(".") if name is not None else None


def claimed(instance: BlockInstance) -> _Claim | None:
    """The name that an instance of such a type claims; None when it claims none, or it isn't known."""
    declaration = instance.declaration
    if declaration.type == _RECORD:
        return _record(instance)
    name = real_name(instance)
    if name is None or name.endswith("*") or not _named(instance):
        return None
    within = [instance.owner.provider(declaration)]
    for argument in WITHIN.get(declaration.type, ()):
        if declaration.expression(argument) is None:
            if argument == "namespace_id":
                nested = [block.body.attribute(argument) for block in instance.nested("dns_config")]
                target = instance.target(nested[0].expression) if nested and nested[0] is not None else None
                if target is None:
                    return None
                within.append(target)
            else:
                within.append("")
            continue
        target = instance.points_at(argument)
        if target is None:
            return None
        within.append(target)
    return (_SAME_TYPE.get(declaration.type, declaration.type), " ".join(within), name)


def _named(instance: BlockInstance) -> bool:
    """Whether the name comes from an argument, not from a tag."""
    arguments = NAME_ARGUMENTS.get(instance.declaration.type, ("name",))
    return any(instance.declaration.expression(argument) is not None for argument in arguments)


def _record(instance: BlockInstance) -> _Claim | None:
    """A record's name counts with its zone, its type, and the identifier that a routing policy gives it."""
    name, kind, zone = instance.text("name"), instance.text("type"), instance.points_at("zone_id")
    identifier = instance.value("set_identifier")
    if name is None or kind is None or zone is None or (identifier is not None and not isinstance(identifier, str)):
        return None
    return (_RECORD, f"{zone} {kind} {identifier or ''}", name.lower().rstrip("."))
