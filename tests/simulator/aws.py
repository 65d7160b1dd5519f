"""The overlay of the aws provider: what the generated schemas don't say, for the types that tests use.

Ids and ARNs look as AWS makes them, since other arguments are parsed out of them. Which arguments force a replacement
is known for the common types only, and so are defaults.
"""

from __future__ import annotations

import json
from typing import Any

from tests.simulator.aws_data import DATA
from tests.simulator.invention import Template
from tests.simulator.kinds import Kind, Overlay

# Attributes that are sensitive wherever they stand.
SENSITIVE_NAMES = frozenset(
    """account_password ad_domain_join_password admin_user_password auth_password auth_token authorization_api_key_value
    basic_auth_credentials certificate_pem certificate_private_key connection_properties credentials_map customer_key db_password
    grant_token kdc_admin_password key_material_base64 key_passphrase master_password master_user_password oauth_token password_wo
    passwords plaintext sasl_password secret_binary secret_key secret_string secret_string_wo secret_token service_account_password
    service_password ses_smtp_password_v4 shared_secret source_customer_key ssh_key ssl_client_key_password svm_admin_password
    temporary_password tunnel1_preshared_key tunnel2_preshared_key value_wo client_secret access_token password""".split()
)

# Attributes that are sensitive there, and not everywhere; and the other way round.
SENSITIVE = frozenset(
    """aws_acm_certificate.private_key aws_api_gateway_api_key.value aws_appsync_api_key.key aws_codebuild_source_credential.token
    aws_codebuild_webhook.secret aws_iam_access_key.secret aws_iam_server_certificate.private_key aws_rds_cluster.master_password_wo
    aws_ssm_parameter.value data.aws_ssm_parameter.value data.aws_ssm_parameters_by_path.values data.aws_eks_cluster_auth.token
    data.aws_ecr_authorization_token.authorization_token data.aws_api_gateway_api_key.value""".split()
)
NOT_SENSITIVE = frozenset(
    ["aws_db_instance.password_wo_version", "provider.access_key", "provider.secret_key", "provider.token"]
)

VERSIONS = {
    name: int(version)
    for name, _, version in (
        entry.partition(":")
        for entry in """aws_acmpca_certificate_authority:1 aws_appmesh_virtual_node:1 aws_appmesh_virtual_router:1
        aws_autoscaling_group:1 aws_backup_plan:1 aws_batch_job_queue:1 aws_cloudfront_distribution:1 aws_cloudtrail:1
        aws_cloudwatch_event_rule:1 aws_cloudwatch_event_target:1 aws_cloudwatch_metric_alarm:1 aws_db_instance:2
        aws_default_security_group:1 aws_default_subnet:1 aws_default_vpc:1 aws_dx_connection:1 aws_dx_gateway_association:1
        aws_dynamodb_table:1 aws_ecs_service:1 aws_ecs_task_definition:1 aws_eks_cluster:1 aws_elastic_beanstalk_environment:1
        aws_elasticache_replication_group:2 aws_fsx_ontap_storage_virtual_machine:1 aws_instance:1 aws_key_pair:1
        aws_kinesis_firehose_delivery_stream:1 aws_kinesis_stream:1 aws_lambda_invocation:1
        aws_lambda_provisioned_concurrency_config:1 aws_rds_cluster:1 aws_resourcegroups_resource:1 aws_route53_record:2
        aws_s3_bucket_lifecycle_configuration:1 aws_secretsmanager_secret_rotation:1 aws_security_group:1
        aws_security_group_rule:2 aws_securityhub_account:1 aws_servicecatalog_principal_portfolio_association:1
        aws_spot_fleet_request:1 aws_sqs_queue_policy:1 aws_ssm_association:1 aws_ssm_patch_group:1 aws_subnet:1
        aws_vpc:1""".split()
    )
}

LB_ZONES = {"us-east-1": "Z35SXDOTRQ7X7K", "us-west-2": "Z1H1FL5HABSF5", "eu-west-1": "Z32O12XQLNTSW2"}

# type: id | arn | arguments that force a replacement | import id. "=" is the ARN itself; a blank field is guessed.
TABLE = """
aws_vpc | vpc-{hex17} | ec2 vpc/{id} | cidr_block
aws_subnet | subnet-{hex17} | ec2 subnet/{id} | availability_zone cidr_block vpc_id outpost_arn
aws_internet_gateway | igw-{hex17} | ec2 internet-gateway/{id} |
aws_nat_gateway | nat-{hex17} | | allocation_id subnet_id connectivity_type private_ip
aws_eip | eipalloc-{hex17} | ec2 elastic-ip/{id} | domain vpc public_ipv4_pool
aws_route_table | rtb-{hex17} | ec2 route-table/{id} | vpc_id
aws_route | r-{route_table_id}{digits10} | | destination_cidr_block destination_ipv6_cidr_block route_table_id \
 | {route_table_id}_{destination_cidr_block}
aws_route_table_association | rtbassoc-{hex17} | | subnet_id gateway_id | {subnet_id}/{route_table_id}
aws_main_route_table_association | rtbassoc-{hex17} | | vpc_id
aws_security_group | sg-{hex17} | ec2 security-group/{id} | name name_prefix description vpc_id
aws_security_group_rule | sgrule-{digits10} | | * | {security_group_id}_{type}_{protocol}_{from_port}_{to_port}
aws_vpc_security_group_ingress_rule | sgr-{hex17} | ec2 security-group-rule/{id} | security_group_id
aws_vpc_security_group_egress_rule | sgr-{hex17} | ec2 security-group-rule/{id} | security_group_id
aws_vpc_endpoint | vpce-{hex17} | ec2 vpc-endpoint/{id} | service_name vpc_id vpc_endpoint_type
aws_vpc_peering_connection | pcx-{hex17} | | vpc_id peer_vpc_id peer_owner_id peer_region
aws_network_acl | acl-{hex17} | ec2 network-acl/{id} | vpc_id
aws_network_interface | eni-{hex17} | ec2 network-interface/{id} | subnet_id
aws_flow_log | fl-{hex17} | ec2 vpc-flow-log/{id} | *
aws_instance | i-{hex17} | ec2 instance/{id} | ami subnet_id availability_zone key_name
aws_launch_template | lt-{hex17} | ec2 launch-template/{id} | name name_prefix
aws_key_pair | {key_name} | ec2 key-pair/{key_name} | key_name key_name_prefix public_key
aws_ebs_volume | vol-{hex17} | ec2 volume/{id} | availability_zone encrypted kms_key_id snapshot_id
aws_lb_target_group_attachment | {target_group_arn}-{digits26} | | *
aws_lb_listener_certificate | {listener_arn}_{certificate_arn} | | *
aws_route53_zone | Z{letters20} | route53:: hostedzone/{id} | name delegation_set_id
aws_route53_zone_association | {zone_id}:{vpc_id} | | *
aws_acm_certificate | = | acm certificate/{uuid} | domain_name validation_method subject_alternative_names private_key key_algorithm
aws_acm_certificate_validation | {uuid} | | *
aws_iam_role | {name} | iam:: role{path}{name} | name name_prefix path
aws_iam_policy | = | iam:: policy{path}{name} | name name_prefix path description
aws_iam_user | {name} | iam:: user{path}{name} | name
aws_iam_group | {name} | iam:: group{path}{name} |
aws_iam_instance_profile | {name} | iam:: instance-profile{path}{name} | name name_prefix path
aws_iam_role_policy | {role}:{name} | | name name_prefix role
aws_iam_user_policy | {user}:{name} | | name name_prefix user
aws_iam_group_policy | {group}:{name} | | name name_prefix group
aws_iam_role_policy_attachment | {role}-{digits26} | | * | {role}/{policy_arn}
aws_iam_user_policy_attachment | {user}-{digits26} | | * | {user}/{policy_arn}
aws_iam_group_policy_attachment | {group}-{digits26} | | * | {group}/{policy_arn}
aws_iam_policy_attachment | {name} | | name policy_arn
aws_iam_openid_connect_provider | = | iam:: oidc-provider/{hex12} | url
aws_iam_service_linked_role | = | iam:: role/aws-service-role/{aws_service_name}/{name} | aws_service_name custom_suffix
aws_iam_access_key | AKIA{letters16} | | user pgp_key
aws_ecs_cluster | = | ecs cluster/{name} | name | {name}
aws_ecs_cluster_capacity_providers | {cluster_name} | | cluster_name
aws_ecs_capacity_provider | = | ecs capacity-provider/{name} | name | {name}
aws_ecr_repository | {name} | ecr repository/{name} | name encryption_configuration
aws_ecr_repository_policy | {repository} | | repository
aws_ecr_lifecycle_policy | {repository} | | *
aws_cloudwatch_log_group | {name} | logs log-group:{name} | name name_prefix
aws_cloudwatch_log_stream | {name} | logs log-group:{log_group_name}:log-stream:{name} | *
aws_cloudwatch_log_metric_filter | {name} | | name log_group_name | {log_group_name}:{name}
aws_cloudwatch_metric_alarm | {alarm_name} | cloudwatch alarm:{alarm_name} | alarm_name
aws_cloudwatch_dashboard | {dashboard_name} | cloudwatch:: dashboard/{dashboard_name} | dashboard_name
aws_cloudwatch_event_rule | {name} | events rule/{name} | name name_prefix event_bus_name
aws_cloudwatch_event_target | {rule}-{target_id} | | rule target_id event_bus_name | {rule}/{target_id}
aws_s3_bucket | {bucket} | s3:::: {bucket} | bucket bucket_prefix object_lock_enabled
aws_s3_bucket_policy | {bucket} | | bucket
aws_s3_bucket_acl | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_versioning | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_public_access_block | {bucket} | | bucket
aws_s3_bucket_ownership_controls | {bucket} | | bucket
aws_s3_bucket_server_side_encryption_configuration | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_lifecycle_configuration | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_logging | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_cors_configuration | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_website_configuration | {bucket} | | bucket expected_bucket_owner
aws_s3_bucket_notification | {bucket} | | bucket
aws_s3_object | {key} | s3:::: {bucket}/{key} | bucket key
aws_db_instance | db-{letters26} | rds db:{identifier} | identifier_prefix engine db_name username availability_zone \
storage_encrypted kms_key_id snapshot_identifier character_set_name timezone | {identifier}
aws_db_subnet_group | {name} | rds subgrp:{name} | name name_prefix
aws_db_parameter_group | {name} | rds pg:{name} | name name_prefix family description
aws_db_option_group | {name} | rds og:{name} | name name_prefix engine_name major_engine_version
aws_rds_cluster | {cluster_identifier} | rds cluster:{cluster_identifier} | cluster_identifier engine database_name master_username
aws_rds_cluster_instance | {identifier} | rds db:{identifier} | identifier cluster_identifier engine
aws_rds_cluster_parameter_group | {name} | rds cluster-pg:{name} | name name_prefix family
aws_elasticache_subnet_group | {name} | elasticache subnetgroup:{name} | name
aws_elasticache_cluster | {cluster_id} | elasticache cluster:{cluster_id} | cluster_id engine subnet_group_name
aws_elasticache_replication_group | {replication_group_id} | elasticache replicationgroup:{replication_group_id} | \
replication_group_id subnet_group_name at_rest_encryption_enabled
aws_dynamodb_table | {name} | dynamodb table/{name} | name hash_key range_key
aws_sns_topic | = | sns {name} | name name_prefix fifo_topic
aws_sns_topic_policy | {arn} | | arn
aws_sns_topic_subscription | {topic_arn}:{uuid} | {topic_arn}:{uuid} | endpoint protocol topic_arn
aws_sqs_queue | https://sqs.{region}.amazonaws.com/{account}/{name} | sqs {name} | name name_prefix fifo_queue
aws_sqs_queue_policy | {queue_url} | | queue_url
aws_kms_key | {uuid} | kms key/{id} | customer_master_key_spec key_usage multi_region
aws_kms_alias | {name} | kms {name} | name name_prefix
aws_secretsmanager_secret | = | secretsmanager secret:{name}-{letters6} | name name_prefix
aws_secretsmanager_secret_version | {secret_id}|{version_id} | {secret_id} | secret_id
aws_secretsmanager_secret_policy | {secret_arn} | | secret_arn
aws_ssm_parameter | {name} | ssm parameter{name} | name
aws_service_discovery_private_dns_namespace | ns-{letters16} | servicediscovery namespace/{id} | name vpc | {id}:{vpc}
aws_service_discovery_http_namespace | ns-{letters16} | servicediscovery namespace/{id} | name
aws_service_discovery_service | srv-{letters16} | servicediscovery service/{id} | name namespace_id
aws_lambda_function | {function_name} | lambda function:{function_name} | function_name package_type
aws_lambda_permission | {statement_id} | | * | {function_name}/{statement_id}
aws_lambda_alias | = | lambda function:{function_name}:{name} | name function_name
aws_lambda_layer_version | = | lambda layer:{layer_name}:1 | *
aws_lambda_event_source_mapping | {uuid} | lambda event-source-mapping:{id} | event_source_arn
aws_appautoscaling_target | {resource_id} | application-autoscaling scalable-target/{hex20} | resource_id scalable_dimension \
service_namespace | {service_namespace}/{resource_id}/{scalable_dimension}
aws_appautoscaling_policy | {name} | autoscaling scalingPolicy:{uuid}:policyName/{name} | name policy_type resource_id \
scalable_dimension service_namespace | {service_namespace}/{resource_id}/{scalable_dimension}/{name}
aws_autoscaling_group | {name} | autoscaling autoScalingGroup:{uuid}:autoScalingGroupName/{name} | name name_prefix
aws_wafv2_web_acl | {uuid} | wafv2 regional/webacl/{name}/{id} | name scope | {id}/{name}/{scope}
aws_wafv2_web_acl_association | {web_acl_arn},{resource_arn} | | *
aws_cloudfront_distribution | E{letters13} | cloudfront:: distribution/{id} | staging
aws_cloudfront_origin_access_control | E{letters13} | | |
aws_cloudfront_origin_access_identity | E{letters13} | | |
aws_api_gateway_rest_api | {hex10} | apigateway: /restapis/{id} |
aws_apigatewayv2_api | {hex10} | apigateway: /apis/{id} | protocol_type
aws_efs_file_system | fs-{hex17} | elasticfilesystem file-system/{id} | creation_token encrypted kms_key_id
aws_efs_mount_target | fsmt-{hex17} | elasticfilesystem mount-target/{id} | file_system_id subnet_id
aws_eks_cluster | {name} | eks cluster/{name} | name role_arn
aws_sfn_state_machine | = | states stateMachine:{name} | name name_prefix type
aws_cognito_user_pool | {region}_{letters9} | cognito-idp userpool/{id} | name
aws_ram_resource_share | = | ram resource-share/{uuid} |
aws_backup_vault | {name} | backup backup-vault:{name} | *
"""


def _table() -> dict[str, Kind]:
    kinds = {}
    for row in TABLE.replace("\\\n", " ").strip().splitlines():
        type_name, identity, arn, force_new, *rest = (field.strip() for field in row.replace("}|{", "}\0{").split("|"))
        identity = identity.replace("\0", "|")
        values: dict[str, Template] = {}
        if arn.startswith("{"):
            values["arn"] = arn
        elif arn:
            service, _, path = arn.partition(" ")
            name, *absent = service.split(":")
            # As many colons as there are parts that this service's ARNs leave empty: region, then account.
            where = {0: "{region}:{account}", 1: "{region}:", 2: ":{account}", 4: ":"}[len(absent)]
            values["arn"] = f"arn:aws:{name}:{where}:{path}"
        values["id"] = values["arn"] if identity == "=" else identity
        kinds[type_name] = Kind(
            {**values, **VALUES.get(type_name, {})},
            frozenset(force_new.split()),
            DEFAULTS.get(type_name, {}),
            KEPT.get(type_name, frozenset()),
            import_id=rest[0] if rest and rest[0] else "{id}",
        )
    return kinds


def _lb_path(invention: Any) -> str:
    """What a load balancer's ARN ends with: its type's short name, its own, and a number."""
    kind = {"network": "net", "gateway": "gwy"}.get(invention.attribute("load_balancer_type"), "app")
    return f"loadbalancer/{kind}/{invention.attribute('name')}/{invention.make('hex', 16)}"


def _listener_arn(invention: Any) -> str:
    balancer = str(invention.values.get("load_balancer_arn"))
    return balancer.replace(":loadbalancer/", ":listener/") + "/" + invention.make("hex", 16)


def _rule_arn(invention: Any) -> str:
    listener = str(invention.values.get("listener_arn"))
    return listener.replace(":listener/", ":listener-rule/") + "/" + invention.make("hex", 16)


def _record_id(invention: Any) -> str:
    parts = [invention.values.get(name) for name in ("zone_id", "name", "type", "set_identifier")]
    return "_".join(str(part) for part in parts if part)


def _fqdn(invention: Any) -> str:
    return str(invention.values.get("name") or "").rstrip(".")


def _revision_arn(invention: Any) -> str:
    family = invention.attribute("family")
    return (
        f"arn:aws:ecs:{invention.region}:{invention.account}:task-definition/{family}:{invention.attribute('revision')}"
    )


def _normal_containers(definitions: Any) -> Any:
    """Container definitions without what ECS fills in, so that the configuration's and the state's can be compared."""

    def without_defaults(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {name: without_defaults(each) for name, each in value.items()}
            if kept.get("hostPort") == kept.get("containerPort"):
                kept.pop("hostPort", None)
            return {name: each for name, each in kept.items() if each not in (None, [], {}, 0) or each is False}
        if isinstance(value, list):
            elements = [without_defaults(each) for each in value]
            named = all(isinstance(each, dict) and "name" in each for each in elements)
            return sorted(elements, key=lambda each: str(each["name"])) if named else elements
        return value

    try:
        return without_defaults(json.loads(definitions))
    except (TypeError, ValueError):
        return definitions


def _service_arn(invention: Any) -> str:
    cluster = str(invention.attribute("cluster") or "default").rpartition("/")[2]
    return f"arn:aws:ecs:{invention.region}:{invention.account}:service/{cluster}/{invention.attribute('name')}"


def _database_port(invention: Any) -> int:
    engine = str(invention.attribute("engine") or "")
    return next(
        (port for name, port in (("postgres", 5432), ("oracle", 1521), ("sqlserver", 1433)) if name in engine), 3306
    )


def _database_address(invention: Any) -> str:
    return f"{invention.attribute('identifier')}.{invention.make('hex', 12)}.{invention.region}.rds.amazonaws.com"


VALUES: dict[str, dict[str, Template]] = {
    "aws_vpc": {
        "main_route_table_id": "rtb-{hex16}0",
        "default_route_table_id": "rtb-{hex16}0",
        "default_network_acl_id": "acl-{hex17}",
        "default_security_group_id": "sg-{hex16}0",
        "dhcp_options_id": "dopt-{hex17}",
        "owner_id": "{account}",
        "enable_dns_hostnames": False,
        "ipv6_cidr_block": lambda it: "2001:db8:1200::/56" if it.values.get("assign_generated_ipv6_cidr_block") else "",
    },
    "aws_subnet": {"availability_zone": "{region}a", "availability_zone_id": "use1-az1", "owner_id": "{account}"},
    "aws_eip": {
        "public_ip": "203.0.113.10",
        "allocation_id": "{id}",
        "domain": "vpc",
        "public_dns": "ec2-{hex8}.example.com",
    },
    "aws_nat_gateway": {"public_ip": "203.0.113.20", "private_ip": "10.0.0.20", "network_interface_id": "eni-{hex17}"},
    "aws_security_group": {"name": "terraform-{digits26}", "owner_id": "{account}"},
    "aws_security_group_rule": {"security_group_rule_id": "sgr-{hex17}"},
    "aws_vpc_security_group_ingress_rule": {"security_group_rule_id": "{id}"},
    "aws_vpc_security_group_egress_rule": {"security_group_rule_id": "{id}"},
    "aws_iam_role": {"unique_id": "AROA{letters17}", "create_date": "2025-01-01T00:00:00Z"},
    "aws_iam_policy": {"policy_id": "ANPA{letters17}"},
    "aws_iam_access_key": {"secret": "{letters40}", "status": "Active", "ses_smtp_password_v4": "{letters44}"},
    "aws_route53_zone": {
        "zone_id": "{id}",
        "primary_name_server": "ns-1.awsdns-01.com",
        "name_servers": lambda _: [
            f"ns-{n}.awsdns-0{n}.{tld}" for n, tld in enumerate(("com", "net", "org", "co.uk"), 1)
        ],
    },
    "aws_acm_certificate": {"status": "ISSUED", "type": "AMAZON_ISSUED", "key_algorithm": "RSA_2048"},
    "aws_ecr_repository": {
        "registry_id": "{account}",
        "repository_url": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
    },
    "aws_s3_bucket": {
        "bucket": "{bucket_prefix}terraform-{digits26}",
        "bucket_domain_name": "{bucket}.s3.amazonaws.com",
        "bucket_regional_domain_name": "{bucket}.s3.{region}.amazonaws.com",
        "hosted_zone_id": "Z3AQBSTGFYJSTF",
        "region": "{region}",
    },
    "aws_s3_object": {"etag": "{hex32}"},
    "aws_db_instance": {
        "identifier": "terraform-{digits26}",
        "port": _database_port,
        "address": _database_address,
        "endpoint": lambda it: f"{it.attribute('address')}:{it.attribute('port')}",
        "resource_id": "{id}",
        "hosted_zone_id": "Z2R2ITUGPM61AM",
        "engine_version": "15.12",
        "status": "available",
        "storage_type": "gp2",
        "availability_zone": "{region}a",
        "option_group_name": "default",
        "license_model": "postgresql-license",
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
    },
    "aws_rds_cluster": {
        "endpoint": "{cluster_identifier}.cluster-{hex12}.{region}.rds.amazonaws.com",
        "reader_endpoint": "{cluster_identifier}.cluster-ro-{hex12}.{region}.rds.amazonaws.com",
        "port": _database_port,
    },
    "aws_kms_key": {"key_id": "{id}"},
    "aws_kms_alias": {"target_key_arn": "arn:aws:kms:{region}:{account}:key/{target_key_id}"},
    "aws_sns_topic": {"owner": "{account}"},
    "aws_sqs_queue": {"url": "{id}"},
    "aws_secretsmanager_secret_version": {"version_id": "{uuid}", "version_stages": lambda _: ["AWSCURRENT"]},
    "aws_ssm_parameter": {"version": 1, "data_type": "text"},
    "aws_service_discovery_private_dns_namespace": {"hosted_zone": "Z{letters20}"},
    "aws_lambda_function": {
        "invoke_arn": "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "qualified_arn": "{arn}:1",
        "version": "1",
    },
    "aws_cloudfront_distribution": {
        "domain_name": "d{hex13}.cloudfront.net",
        "hosted_zone_id": "Z2FDTNDATAQYW2",
        "status": "Deployed",
    },
    "aws_launch_template": {"latest_version": 1, "default_version": 1},
}

DEFAULTS: dict[str, dict[str, Any]] = {
    "aws_vpc": {"enable_dns_support": True, "instance_tenancy": "default"},
    "aws_subnet": {"map_public_ip_on_launch": False, "assign_ipv6_address_on_creation": False},
    "aws_nat_gateway": {"connectivity_type": "public"},
    "aws_security_group": {"description": "Managed by Terraform", "revoke_rules_on_delete": False},
    "aws_security_group_rule": {"self": False},
    "aws_iam_role": {"path": "/", "max_session_duration": 3600, "force_detach_policies": False},
    "aws_iam_policy": {"path": "/"},
    "aws_iam_user": {"path": "/", "force_destroy": False},
    "aws_iam_group": {"path": "/"},
    "aws_iam_instance_profile": {"path": "/"},
    "aws_route53_zone": {"comment": "Managed by Terraform", "force_destroy": False},
    "aws_ecr_repository": {"image_tag_mutability": "MUTABLE"},
    "aws_cloudwatch_log_group": {"retention_in_days": 0, "skip_destroy": False},
    "aws_cloudwatch_metric_alarm": {"actions_enabled": True, "treat_missing_data": "missing"},
    "aws_cloudwatch_event_rule": {"event_bus_name": "default", "force_destroy": False},
    "aws_s3_bucket": {"force_destroy": False},
    "aws_db_instance": {
        "auto_minor_version_upgrade": True,
        "copy_tags_to_snapshot": False,
        "deletion_protection": False,
        "delete_automated_backups": True,
        "iam_database_authentication_enabled": False,
        "monitoring_interval": 0,
        "performance_insights_enabled": False,
        "publicly_accessible": False,
        "skip_final_snapshot": False,
    },
    "aws_db_subnet_group": {"description": "Managed by Terraform"},
    "aws_db_parameter_group": {
        "description": "Managed by Terraform",
        "skip_destroy": False,
        "parameter.apply_method": "immediate",
    },
    "aws_dynamodb_table": {"billing_mode": "PROVISIONED"},
    "aws_sqs_queue": {"delay_seconds": 0, "max_message_size": 262144, "message_retention_seconds": 345600},
    "aws_kms_key": {"is_enabled": True, "enable_key_rotation": False},
    "aws_secretsmanager_secret": {"recovery_window_in_days": 30, "force_overwrite_replica_secret": False},
    "aws_lambda_function": {
        "memory_size": 128,
        "timeout": 3,
        "package_type": "Zip",
        "reserved_concurrent_executions": -1,
    },
    "aws_s3_bucket_public_access_block": {
        "block_public_acls": False,
        "block_public_policy": False,
        "ignore_public_acls": False,
        "restrict_public_buckets": False,
    },
}

KEPT: dict[str, frozenset[str]] = {
    type_name: frozenset(names.split())
    for type_name, names in {
        "aws_s3_bucket": "cors_rule grant lifecycle_rule logging object_lock_configuration replication_configuration "
        "server_side_encryption_configuration versioning website",
        "aws_ecr_repository": "encryption_configuration",
        "aws_ecs_cluster": "setting",
        "aws_db_instance": "blue_green_update restore_to_point_in_time",
        "aws_dynamodb_table": "point_in_time_recovery server_side_encryption ttl",
        "aws_lambda_function": "ephemeral_storage logging_config tracing_config",
        "aws_instance": "ebs_block_device root_block_device capacity_reservation_specification cpu_options enclave_options "
        "maintenance_options metadata_options private_dns_name_options network_interface ephemeral_block_device",
        "aws_secretsmanager_secret": "replica",
        "aws_vpc_endpoint": "dns_options",
    }.items()
}

_LB = Kind(
    {
        "id": "{arn}",
        "arn": lambda it: f"arn:aws:elasticloadbalancing:{it.region}:{it.account}:{_lb_path(it)}",
        "arn_suffix": lambda it: _lb_path(it).removeprefix("loadbalancer/"),
        "name": "tf-lb-{digits26}",
        "dns_name": lambda it: f"{it.attribute('name')}-{it.make('digits', 10)}.{it.region}.elb.amazonaws.com",
        "zone_id": lambda it: LB_ZONES.get(it.region, "Z35SXDOTRQ7X7K"),
        "ip_address_type": "ipv4",
        "vpc_id": "vpc-{hex17}",
        "internal": False,
    },
    frozenset("name name_prefix internal load_balancer_type customer_owned_ipv4_pool".split()),
    {
        "load_balancer_type": "application",
        "client_keep_alive": 3600,
        "desync_mitigation_mode": "defensive",
        "drop_invalid_header_fields": False,
        "enable_cross_zone_load_balancing": False,
        "enable_deletion_protection": False,
        "enable_http2": True,
        "enable_tls_version_and_cipher_suite_headers": False,
        "enable_waf_fail_open": False,
        "enable_xff_client_port": False,
        "enable_zonal_shift": False,
        "idle_timeout": 60,
        "preserve_host_header": False,
        "xff_header_processing_mode": "append",
        "access_logs.enabled": False,
    },
    frozenset(["access_logs", "connection_logs", "subnet_mapping"]),
)
_LISTENER = Kind(
    {
        "id": "{arn}",
        "arn": _listener_arn,
        "protocol": "HTTP",
        "ssl_policy": lambda it: "ELBSecurityPolicy-2016-08" if it.attribute("protocol") in ("HTTPS", "TLS") else "",
    },
    frozenset(["load_balancer_arn"]),
    {
        "default_action.redirect.host": "#{host}",
        "default_action.redirect.path": "/#{path}",
        "default_action.redirect.query": "#{query}",
    },
)
_RULE = Kind(
    {"id": "{arn}", "arn": _rule_arn, "priority": lambda it: 1 + int(it.make("digits", 4))},
    frozenset(["listener_arn"]),
    {"action.redirect.host": "#{host}", "action.redirect.path": "/#{path}", "action.redirect.query": "#{query}"},
)
_TARGET_GROUP = Kind(
    {
        "id": "{arn}",
        "arn": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}",
        "arn_suffix": "targetgroup/{name}/{hex16}",
        "name": "tf-{digits26}",
        "protocol_version": lambda it: "HTTP1" if it.attribute("protocol") in ("HTTP", "HTTPS") else "",
        "ip_address_type": "ipv4",
        "load_balancing_algorithm_type": "round_robin",
        "load_balancing_anomaly_mitigation": "off",
        "load_balancing_cross_zone_enabled": "use_load_balancer_configuration",
    },
    frozenset("name name_prefix port protocol protocol_version vpc_id target_type ip_address_type".split()),
    {
        "deregistration_delay": "300",
        "lambda_multi_value_headers_enabled": False,
        "proxy_protocol_v2": False,
        "slow_start": 0,
        "target_type": "instance",
        "health_check.enabled": True,
        "health_check.healthy_threshold": 3,
        "health_check.interval": 30,
        "health_check.port": "traffic-port",
        "health_check.protocol": "HTTP",
        "health_check.unhealthy_threshold": 3,
        "stickiness.cookie_duration": 86400,
        "stickiness.enabled": True,
    },
    frozenset("health_check stickiness target_failover target_group_health target_health_state".split()),
)

SPECIAL: dict[str, Kind] = {
    **{f"aws_{name}": _LB for name in ("lb", "alb")},
    **{f"aws_{name}_listener": _LISTENER for name in ("lb", "alb")},
    **{f"aws_{name}_listener_rule": _RULE for name in ("lb", "alb")},
    **{f"aws_{name}_target_group": _TARGET_GROUP for name in ("lb", "alb")},
    "aws_route53_record": Kind(
        {"id": _record_id, "fqdn": _fqdn}, frozenset("zone_id name type set_identifier".split())
    ),
    "aws_ecs_task_definition": Kind(
        {
            "id": "{family}",
            "arn": _revision_arn,
            "arn_without_revision": "arn:aws:ecs:{region}:{account}:task-definition/{family}",
            "revision": lambda it: 1 + int(it.make("digits", 3)),
        },
        frozenset(
            """container_definitions cpu ephemeral_storage execution_role_arn family inference_accelerator ipc_mode memory
            network_mode pid_mode placement_constraints proxy_configuration requires_compatibilities runtime_platform task_role_arn
            volume""".split()
        ),
        {"skip_destroy": False, "track_latest": False},
        normal={"container_definitions": _normal_containers},
        import_id="{arn}",
    ),
    "aws_ecs_service": Kind(
        {
            "id": _service_arn,
            "platform_version": "LATEST",
            "iam_role": "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        },
        frozenset("name cluster launch_type scheduling_strategy deployment_controller".split()),
        {
            "deployment_maximum_percent": 200,
            "deployment_minimum_healthy_percent": 100,
            "enable_ecs_managed_tags": False,
            "enable_execute_command": False,
            "health_check_grace_period_seconds": 0,
            "availability_zone_rebalancing": "DISABLED",
            "propagate_tags": "NONE",
            "scheduling_strategy": "REPLICA",
            "wait_for_steady_state": False,
        },
        frozenset(["deployment_circuit_breaker", "deployment_controller"]),
        import_id=lambda it: f"{str(it.values.get('cluster')).rpartition('/')[2]}/{it.values.get('name')}",
    ),
}

OVERLAY = Overlay({**_table(), **SPECIAL}, DATA)


def is_sensitive(path: str) -> bool:
    """Whether an attribute (`aws_db_instance.password`, `data.aws_ssm_parameter.value`) is sensitive."""
    return path in SENSITIVE or (path.rpartition(".")[2] in SENSITIVE_NAMES and path not in NOT_SENSITIVE)
