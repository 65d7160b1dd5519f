"""Attributes that name a thing as its id does: they're set when it's made, and change only when it's replaced.

What a placement needs from the other side may be pinned to their values. Source: the section "Attribute Reference" of each type's page
in the provider's documentation (hashicorp/aws 5.100.0), and its arguments with "Forces new resource". None of them is sensitive.
Left out is what an update may change: an endpoint with its port, a version, a default route table.
"""

from __future__ import annotations

NAMES = ("arn", "id", "name")
"""Of every type."""

_TABLE = """
aws_alb arn_suffix dns_name zone_id
aws_alb_target_group arn_suffix
aws_api_gateway_resource rest_api_id
aws_api_gateway_rest_api execution_arn root_resource_id
aws_apigatewayv2_api api_endpoint execution_arn
aws_cloudfront_distribution domain_name hosted_zone_id
aws_cloudfront_origin_access_identity cloudfront_access_identity_path iam_arn s3_canonical_user_id
aws_cognito_user_pool endpoint
aws_db_instance hosted_zone_id
aws_db_subnet_group vpc_id
aws_ec2_transit_gateway_vpc_attachment transit_gateway_id vpc_id
aws_ecr_repository registry_id repository_url
aws_efs_file_system dns_name
aws_eip allocation_id public_ip
aws_eks_cluster endpoint
aws_elb dns_name zone_id
aws_iam_instance_profile unique_id
aws_iam_role unique_id
aws_iam_user unique_id
aws_kms_key key_id
aws_lambda_function function_name invoke_arn
aws_lb arn_suffix dns_name vpc_id zone_id
aws_lb_listener load_balancer_arn
aws_lb_target_group arn_suffix vpc_id
aws_rds_cluster cluster_identifier cluster_resource_id endpoint hosted_zone_id reader_endpoint
aws_route53_record fqdn
aws_route53_zone primary_name_server zone_id
aws_s3_bucket bucket bucket_domain_name bucket_regional_domain_name hosted_zone_id
aws_security_group vpc_id
aws_service_discovery_private_dns_namespace hosted_zone
aws_sqs_queue url
aws_subnet availability_zone availability_zone_id cidr_block vpc_id
aws_vpc cidr_block default_network_acl_id default_security_group_id owner_id
aws_vpc_endpoint service_name vpc_id
"""

FIXED: dict[str, tuple[str, ...]] = {
    kind: tuple(attributes) for kind, *attributes in (line.split() for line in _TABLE.strip().splitlines())
}


def fixed_attributes(kind: str) -> tuple[str, ...]:
    """The attributes of a resource type that name its instances, in order."""
    return tuple(sorted({*NAMES, *FIXED.get(kind, ())}))
