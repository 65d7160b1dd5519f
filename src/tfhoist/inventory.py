"""The inventory: the category of each block by the PRD's lists, and its real name in each environment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from tfhoist.audit.scopes import BlockInstance, Evaluation, ModuleInstance, known_text
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import is_override
from tfhoist.routing.blocks import nested
from tfhoist.values.types import Value

CATEGORIES: dict[str, str] = {
    "load_balancing": "Load balancers and routing",
    "dns": "DNS and domains",
    "iam": "IAM",
    "networking": "Networking",
    "compute": "Compute",
    "database": "Databases",
    "storage": "Storage",
    "registry": "Container registries",
    "monitoring": "Logs and monitoring",
    "messaging": "Messaging",
    "secrets": "Secrets",
    "service_discovery": "Service discovery",
    "other": "Other",
}
"""The categories and their titles: first the PRD's shared ones, then the service's own."""

_PREFIXES = {
    "load_balancing": """
        aws_lb aws_alb aws_elb aws_cloudfront aws_globalaccelerator aws_api_gateway aws_apigatewayv2 aws_wafv2 aws_wafregional
        aws_waf aws_app_cookie_stickiness_policy aws_load_balancer aws_proxy_protocol_policy aws_vpclattice aws_shield
        google_compute_backend google_compute_url_map google_compute_target google_compute_forwarding_rule
        google_compute_global_forwarding_rule google_compute_health_check google_compute_region_backend
        google_compute_managed_ssl_certificate azurerm_lb azurerm_application_gateway azurerm_frontdoor azurerm_cdn
        azurerm_traffic_manager
    """,
    "dns": """
        aws_route53 aws_acm google_dns azurerm_dns azurerm_private_dns cloudflare_record cloudflare_dns_record cloudflare_zone
    """,
    "iam": """
        aws_iam aws_s3_bucket_policy aws_caller_identity aws_organizations aws_ssoadmin aws_identitystore aws_sts
        google_service_account google_project_iam google_storage_bucket_iam google_organization_iam google_iam
        google_folder_iam azurerm_role azurerm_user_assigned_identity azuread
    """,
    "networking": """
        aws_vpc aws_subnet aws_default_vpc aws_default_subnet aws_default_security_group aws_default_network_acl
        aws_default_route_table aws_security_group aws_internet_gateway aws_egress_only_internet_gateway aws_nat_gateway
        aws_eip aws_route aws_network aws_flow_log aws_ec2_transit_gateway aws_vpn aws_dx aws_customer_gateway
        aws_ec2_managed_prefix_list aws_main_route_table_association aws_availability_zone
        aws_availability_zones aws_networkfirewall aws_prefix_list
        aws_ip_ranges google_compute_network google_compute_subnetwork google_compute_firewall google_compute_router
        google_compute_address google_compute_global_address google_vpc_access google_service_networking
        azurerm_virtual_network azurerm_subnet azurerm_network azurerm_public_ip azurerm_nat_gateway azurerm_route
        azurerm_private_endpoint azurerm_firewall azurerm_virtual_hub azurerm_vpn
    """,
    "compute": """
        aws_ecs aws_eks aws_instance aws_autoscaling aws_appautoscaling aws_launch aws_lambda aws_ami aws_batch aws_spot
        aws_key_pair aws_placement_group aws_apprunner aws_elastic_beanstalk aws_lightsail aws_sfn aws_codedeploy
        aws_codebuild aws_codepipeline aws_sagemaker aws_emr aws_glue google_cloud_run google_container_cluster
        google_container_node_pool google_compute_instance google_cloudfunctions azurerm_kubernetes azurerm_linux
        azurerm_windows azurerm_virtual_machine azurerm_container_app azurerm_container_group azurerm_app_service
        azurerm_service_plan azurerm_function_app kubernetes helm
    """,
    "database": """
        aws_db aws_rds aws_dynamodb aws_elasticache aws_redshift aws_docdb aws_neptune aws_memorydb aws_opensearch
        aws_elasticsearch aws_timestream aws_dax aws_keyspaces google_sql google_spanner google_bigtable google_firestore
        google_redis google_bigquery azurerm_mssql azurerm_mysql azurerm_postgresql azurerm_mariadb azurerm_cosmosdb
        azurerm_redis postgresql mysql
    """,
    "storage": """
        aws_s3 aws_efs aws_ebs aws_fsx aws_backup aws_glacier aws_volume_attachment google_storage google_filestore
        google_compute_disk azurerm_storage azurerm_managed_disk azurerm_recovery
    """,
    "registry": "aws_ecr google_artifact_registry google_container_registry azurerm_container_registry",
    "monitoring": """
        aws_cloudwatch aws_xray aws_prometheus aws_grafana aws_cloudtrail aws_synthetics aws_config google_logging
        google_monitoring azurerm_monitor azurerm_log_analytics azurerm_application_insights datadog newrelic
    """,
    "messaging": """
        aws_sns aws_sqs aws_kinesis aws_mq aws_msk aws_cloudwatch_event aws_scheduler aws_pipes aws_ses aws_pinpoint
        google_pubsub google_cloud_scheduler google_cloud_tasks azurerm_servicebus azurerm_eventhub azurerm_eventgrid
    """,
    "secrets": """
        aws_secretsmanager aws_ssm_parameter aws_kms google_secret_manager google_kms azurerm_key_vault random_password
        tls_private_key vault
    """,
    "service_discovery": "aws_service_discovery google_service_directory consul",
}
_CATEGORY_OF = {prefix: category for category, prefixes in _PREFIXES.items() for prefix in prefixes.split()}

_MODULE_WORDS = {
    "vpc": "networking", "network": "networking", "networking": "networking", "subnets": "networking",
    "subnet": "networking", "sg": "networking", "security": "networking",
    "alb": "load_balancing", "nlb": "load_balancing", "elb": "load_balancing", "lb": "load_balancing",
    "balancer": "load_balancing", "cloudfront": "load_balancing", "gateway": "load_balancing",
    "dns": "dns", "route53": "dns", "acm": "dns", "iam": "iam", "ecs": "compute", "eks": "compute",
    "lambda": "compute", "autoscaling": "compute", "ec2": "compute", "rds": "database", "database": "database",
    "db": "database", "dynamodb": "database", "aurora": "database", "redis": "database", "elasticache": "database",
    "s3": "storage", "bucket": "storage", "efs": "storage", "ecr": "registry", "cloudwatch": "monitoring",
    "monitoring": "monitoring", "logs": "monitoring", "sns": "messaging", "sqs": "messaging", "secrets": "secrets",
    "kms": "secrets",
}  # fmt: skip

NAME_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "aws_s3_bucket": ("bucket", "bucket_prefix"),
    "aws_s3_object": ("key",),
    "aws_db_instance": ("identifier", "identifier_prefix"),
    "aws_rds_cluster": ("cluster_identifier", "cluster_identifier_prefix"),
    "aws_rds_cluster_instance": ("identifier", "identifier_prefix"),
    "aws_docdb_cluster": ("cluster_identifier", "cluster_identifier_prefix"),
    "aws_docdb_cluster_instance": ("identifier", "identifier_prefix"),
    "aws_neptune_cluster": ("cluster_identifier", "cluster_identifier_prefix"),
    "aws_redshift_cluster": ("cluster_identifier",),
    "aws_elasticache_cluster": ("cluster_id",),
    "aws_elasticache_replication_group": ("replication_group_id",),
    "aws_ecs_task_definition": ("family",),
    "aws_ecs_cluster_capacity_providers": ("cluster_name",),
    "aws_cloudwatch_metric_alarm": ("alarm_name",),
    "aws_cloudwatch_composite_alarm": ("alarm_name",),
    "aws_cloudwatch_dashboard": ("dashboard_name",),
    "aws_lambda_function": ("function_name",),
    "aws_lambda_permission": ("statement_id",),
    "aws_acm_certificate": ("domain_name",),
    "aws_opensearch_domain": ("domain_name",),
    "aws_elasticsearch_domain": ("domain_name",),
    "aws_key_pair": ("key_name", "key_name_prefix"),
    "aws_iam_role_policy_attachment": ("role",),
    "aws_iam_user_policy_attachment": ("user",),
    "aws_iam_openid_connect_provider": ("url",),
    "aws_ecr_lifecycle_policy": ("repository",),
    "aws_ecr_repository_policy": ("repository",),
    "aws_secretsmanager_secret_version": ("secret_id",),
    "aws_kms_alias": ("name", "name_prefix"),
    "aws_appautoscaling_target": ("resource_id",),
    "aws_apigatewayv2_domain_name": ("domain_name",),
    "aws_api_gateway_domain_name": ("domain_name",),
    "google_service_account": ("account_id",),
    "google_dns_record_set": ("name",),
    "google_secret_manager_secret": ("secret_id",),
    "google_artifact_registry_repository": ("repository_id",),
    "google_bigquery_dataset": ("dataset_id",),
    "google_project_service": ("service",),
}
"""The arguments that name a thing (each resource's page in its provider's documentation); otherwise `name`, `name_prefix`."""

_DEFAULT_NAMES = ("name", "name_prefix")
_DATA_NAMES = (
    "name",
    "id",
    "arn",
    "domain",
    "bucket",
    "task_definition",
    "cluster_name",
    "service_name",
    "url",
    "path",
)
MOST_NAMES = 6


class Entry(msgspec.Struct, frozen=True):
    """One definition of a resource, data source or module call.

    `names` and `details` are by environment; what isn't known, or isn't there (a count of 0), is left out. `contains` has
    the addresses of what a local module call holds.
    """

    declaration: Declaration
    category: str
    names: dict[str, str]
    details: dict[str, str]
    contains: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def category_of_type(kind: str) -> str:
    """The category of a resource or data type: the longest known beginning decides."""
    parts = kind.split("_")
    for length in range(len(parts), 0, -1):
        found = _CATEGORY_OF.get("_".join(parts[:length]))
        if found is not None:
            return found
    return "other"


def category_of(declaration: Declaration, child: Module | None = None) -> str:
    """The category of a block; of a module call, what most of its resources are, or what its source and name say."""
    if declaration.kind != "module":
        if declaration.type.startswith("aws_s3_bucket_") and declaration.type != "aws_s3_bucket_policy":
            return "storage"
        return category_of_type(declaration.type)
    counts: dict[str, int] = {}
    for inside in child.of("resource") if child is not None else ():
        category = category_of_type(inside.type)
        counts[category] = counts.get(category, 0) + 1
    if counts:
        return min(counts, key=lambda category: (-counts[category], list(CATEGORIES).index(category)))
    source = declaration.literal("source")
    words = f"{source if isinstance(source, str) else ''} {declaration.name}".lower()
    for word in reversed(words.replace("/", " ").replace("-", " ").replace("_", " ").replace("?", " ").split()):
        if word in _MODULE_WORDS:
            return _MODULE_WORDS[word]
    return "other"


def real_name(instance: BlockInstance) -> str | None:
    """The name that a thing has in the cloud, `prefix*` where the rest is made up on creation; None when unknown."""
    declaration = instance.declaration
    if declaration.kind == "data":
        arguments: tuple[str, ...] = _DATA_NAMES
    elif declaration.type.startswith("aws_s3_bucket_"):
        arguments = ("bucket",)
    else:
        arguments = NAME_ARGUMENTS.get(declaration.type, _DEFAULT_NAMES)
    for argument in arguments:
        value = instance.value(argument)
        if value is None:
            continue
        text = known_text(value)
        if not text:
            return None
        return f"{text}*" if argument.endswith("_prefix") else text
    tags = instance.value("tags")
    return known_text(tags.get("Name")) if isinstance(tags, dict) and "Name" in tags else None


def build_inventory(module: Module, evaluations: Sequence[Evaluation]) -> tuple[Entry, ...]:
    """The inventory of a root module: every definition, in the order of the files."""
    entries: list[Entry] = []
    for declaration in module.of("resource", "data", "module"):
        names: dict[str, str] = {}
        details: dict[str, str] = {}
        for evaluation in evaluations:
            instances = _instances(evaluation.root, declaration)
            name = _together([real_name(instance) for instance in instances])
            detail = _together([detail_of(instance) for instance in instances])
            if name:
                names[evaluation.name] = name
            if detail:
                details[evaluation.name] = detail
        child = module.children.get(declaration.name) if declaration.kind == "module" else None
        contains = tuple(_inside(declaration.address, child)) if child is not None else ()
        entries.append(Entry(declaration, category_of(declaration, child), names, details, contains))
    return tuple(entries)


def _instances(root: ModuleInstance, declaration: Declaration) -> Sequence[BlockInstance]:
    """The instances of a block; where their number isn't known, one that stands for all."""
    instances = root.instances(declaration)
    if instances is None:
        return () if declaration.json else (root.instance_of_any(declaration),)
    return () if is_override(declaration.file.path) else instances


def _together(texts: Sequence[str | None]) -> str:
    if len(texts) == 1:
        return texts[0] or ""
    known = list(dict.fromkeys(text for text in texts if text))
    if len(known) > MOST_NAMES:
        return f"{', '.join(known[:MOST_NAMES])} and {len(known) - MOST_NAMES} more"
    return ", ".join(known)


def _inside(path: str, module: Module) -> list[str]:
    found = [f"{path}.{declaration.address}" for declaration in module.of("resource")]
    for name, child in module.children.items():
        found.extend(_inside(f"{path}.module.{name}", child))
    return sorted(found)


# what is worth knowing of a block beside its name


def hosts_and_paths(rule: BlockInstance) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hosts and paths of a listener rule, as far as they're known."""
    hosts: list[str] = []
    paths: list[str] = []
    for condition in nested(rule, "condition"):
        for kind, into in (("host_header", hosts), ("path_pattern", paths)):
            for block in condition.blocks(kind) if condition is not None else ():
                value = block.value("values") if block is not None else None
                if isinstance(value, tuple):
                    into.extend(item for item in value if isinstance(item, str))
    return tuple(hosts), tuple(paths)


def forward_targets(instance: BlockInstance, action: str) -> tuple[str, ...]:
    """The target groups that a listener's `default_action` or a rule's `action` forwards to."""
    actions = [block for block in nested(instance, action) if block is not None]
    groups = [
        group
        for block in actions
        for forward in block.blocks("forward")
        if forward is not None
        for group in forward.blocks("target_group")
        if group is not None
    ]
    targets = [block.target("target_group_arn") for block in actions] + [group.target("arn") for group in groups]
    return tuple(dict.fromkeys(target for target in targets if target is not None))


def detail_of(instance: BlockInstance) -> str | None:
    """Ports, priorities, hosts, paths and the like of one instance."""
    kind = instance.declaration.type.replace("aws_alb", "aws_lb")
    if instance.declaration.kind != "resource":
        return None
    if kind == "aws_lb":
        internal: Value = instance.value("internal")
        return "internal" if internal is True else "internet-facing" if internal in (False, None) else None
    if kind == "aws_lb_listener":
        words = [instance.text("protocol"), instance.text("port"), *_arrow(forward_targets(instance, "default_action"))]
    elif kind == "aws_lb_listener_rule":
        hosts, paths = hosts_and_paths(instance)
        priority = instance.text("priority")
        words = [
            f"priority {priority}" if priority else None,
            f"host {' or '.join(hosts)}" if hosts else None,
            f"path {' or '.join(paths)}" if paths else None,
            *_arrow(forward_targets(instance, "action")),
        ]
    elif kind == "aws_lb_target_group":
        words = [instance.text("protocol"), instance.text("port")]
    elif kind == "aws_route53_record":
        words = [instance.text("type"), "alias" if instance.nested("alias") else None]
    elif kind in ("aws_db_instance", "aws_rds_cluster"):
        words = [instance.text("engine"), instance.text("engine_version")]
    else:
        return None
    return " ".join(word for word in words if word) or None


def _arrow(targets: tuple[str, ...]) -> list[str]:
    return [f"to {' or '.join(targets)}"] if targets else []
