"""Attributes that name a thing as its id does: they're set when it's made, and change only when it's replaced.

What a placement needs from the other side may be pinned to their values. Source: the section "Attribute Reference" of each type's page
in the provider's documentation (hashicorp/aws 5.100.0, hashicorp/azurerm and hashicorp/google), and its arguments with "Forces new
resource" ("Changing this forces a new resource to be created"). None of them is sensitive. Left out is what an update may change: an
endpoint with its port, a version, a default route table, an address that is given anew.
"""

from __future__ import annotations

NAMES = ("arn", "id", "name")
"""Of every type."""

_TABLE = """
aws_acm_certificate domain_name
aws_acm_certificate_validation certificate_arn
aws_alb arn_suffix dns_name zone_id
aws_alb_target_group arn_suffix
aws_api_gateway_resource rest_api_id
aws_api_gateway_rest_api execution_arn root_resource_id
aws_api_gateway_stage execution_arn invoke_url
aws_apigatewayv2_api api_endpoint execution_arn
aws_apigatewayv2_stage execution_arn invoke_url
aws_cloudfront_distribution domain_name hosted_zone_id
aws_cloudfront_origin_access_identity cloudfront_access_identity_path iam_arn s3_canonical_user_id
aws_cognito_user_pool endpoint
aws_db_instance hosted_zone_id
aws_db_subnet_group vpc_id
aws_docdb_cluster cluster_identifier cluster_resource_id endpoint hosted_zone_id reader_endpoint
aws_ec2_transit_gateway_vpc_attachment transit_gateway_id vpc_id
aws_ecr_repository registry_id repository_url
aws_ecs_task_definition family
aws_efs_file_system dns_name
aws_eip allocation_id public_ip
aws_eks_cluster endpoint
aws_elasticache_cluster cluster_address
aws_elb dns_name zone_id
aws_iam_instance_profile unique_id
aws_iam_openid_connect_provider url
aws_iam_role unique_id
aws_iam_user unique_id
aws_instance availability_zone private_ip subnet_id
aws_kms_key key_id
aws_lambda_alias function_name invoke_arn
aws_lambda_function function_name invoke_arn
aws_lb arn_suffix dns_name vpc_id zone_id
aws_lb_listener load_balancer_arn
aws_lb_target_group arn_suffix vpc_id
aws_nat_gateway public_ip
aws_rds_cluster cluster_identifier cluster_resource_id endpoint hosted_zone_id reader_endpoint
aws_route53_record fqdn
aws_route53_zone primary_name_server zone_id
aws_route_table vpc_id
aws_s3_bucket bucket bucket_domain_name bucket_regional_domain_name hosted_zone_id
aws_security_group vpc_id
aws_service_discovery_private_dns_namespace hosted_zone
aws_ses_domain_identity domain
aws_sqs_queue url
aws_subnet availability_zone availability_zone_id cidr_block vpc_id
aws_vpc cidr_block default_network_acl_id default_security_group_id owner_id
aws_vpc_endpoint service_name vpc_id
azurerm_application_insights app_id location resource_group_name
azurerm_container_registry location login_server resource_group_name
azurerm_dns_zone resource_group_name
azurerm_key_vault location resource_group_name vault_uri
azurerm_kubernetes_cluster fqdn location resource_group_name
azurerm_lb location resource_group_name
azurerm_log_analytics_workspace location resource_group_name workspace_id
azurerm_network_interface location resource_group_name
azurerm_network_security_group location resource_group_name
azurerm_private_dns_zone resource_group_name
azurerm_public_ip location resource_group_name
azurerm_resource_group location
azurerm_route_table location resource_group_name
azurerm_service_plan location resource_group_name
azurerm_storage_account location primary_blob_endpoint primary_blob_host resource_group_name
azurerm_subnet resource_group_name virtual_network_name
azurerm_user_assigned_identity client_id location principal_id resource_group_name tenant_id
azurerm_virtual_network guid location resource_group_name
google_artifact_registry_repository location repository_id
google_bigquery_dataset dataset_id location project self_link
google_compute_address address region self_link
google_compute_global_address address self_link
google_compute_network project self_link
google_compute_subnetwork network region self_link
google_container_cluster location project self_link
google_discovery_engine_search_engine engine_id location
google_dns_managed_zone dns_name
google_kms_crypto_key key_ring
google_project number project_id
google_pubsub_subscription topic
google_secret_manager_secret secret_id
google_service_account account_id email member unique_id
google_sql_database_instance connection_name region self_link
google_storage_bucket location self_link url
"""

FIXED: dict[str, tuple[str, ...]] = {
    kind: tuple(attributes) for kind, *attributes in (line.split() for line in _TABLE.strip().splitlines())
}


def fixed_attributes(kind: str) -> tuple[str, ...]:
    """The attributes of a resource type that name its instances, in order."""
    return tuple(sorted({*NAMES, *FIXED.get(kind, ())}))
