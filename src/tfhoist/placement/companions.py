"""Companions: blocks that belong to another block, and go where it goes.

A *firm* companion has no life of its own (a listener without its load balancer); a *loose* one is pulled, and other
evidence can outweigh it (a policy attachment whose policy stays).
"""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.graph import Graph


class Companion(NamedTuple):
    """Which attribute of a type names its owner; the path may lead into a nested block."""

    owner_argument: str
    what: str
    firm: bool


COMPANIONS: dict[str, Companion] = {
    "aws_lb_listener": Companion("load_balancer_arn", "a listener belongs to its load balancer", True),
    "aws_alb_listener": Companion("load_balancer_arn", "a listener belongs to its load balancer", True),
    "aws_lb_listener_rule": Companion("listener_arn", "a rule belongs to its listener", True),
    "aws_alb_listener_rule": Companion("listener_arn", "a rule belongs to its listener", True),
    "aws_lb_listener_certificate": Companion("listener_arn", "a certificate belongs to its listener", True),
    "aws_alb_listener_certificate": Companion("listener_arn", "a certificate belongs to its listener", True),
    "aws_wafv2_web_acl_association": Companion(
        "resource_arn", "a firewall's association belongs to what it guards", False
    ),
    "aws_route53_record": Companion("alias", "an alias record belongs to its load balancer", True),
    "aws_iam_role_policy_attachment": Companion("role", "a policy attachment belongs to its role", False),
    "aws_iam_instance_profile": Companion("role", "an instance profile belongs to its role", False),
    "aws_s3_bucket_versioning": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_server_side_encryption_configuration": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_lifecycle_configuration": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_public_access_block": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_ownership_controls": Companion("bucket", "it configures its bucket", True),
    "aws_s3_bucket_policy": Companion("bucket", "a bucket's policy belongs to its bucket", False),
    "aws_security_group_rule": Companion("security_group_id", "a rule belongs to its security group", False),
    "aws_vpc_security_group_ingress_rule": Companion(
        "security_group_id", "a rule belongs to its security group", False
    ),
    "aws_vpc_security_group_egress_rule": Companion("security_group_id", "a rule belongs to its security group", False),
    "aws_subnet": Companion("vpc_id", "a subnet belongs to its network", True),
    "aws_internet_gateway": Companion("vpc_id", "a gateway belongs to its network", True),
    "aws_nat_gateway": Companion("subnet_id", "a NAT gateway belongs to its subnet", True),
    "aws_route_table": Companion("vpc_id", "a route table belongs to its network", True),
    "aws_route": Companion("route_table_id", "a route belongs to its table", True),
    "aws_route_table_association": Companion("route_table_id", "an association belongs to its table", True),
    "aws_ecs_cluster_capacity_providers": Companion("cluster_name", "it configures its cluster", True),
    "aws_secretsmanager_secret_version": Companion("secret_id", "a version belongs to its secret", True),
    "google_compute_subnetwork": Companion("network", "a subnetwork belongs to its network", True),
    "google_compute_router": Companion("network", "a router belongs to its network", True),
    "google_compute_router_nat": Companion("router", "a NAT belongs to its router", True),
    "google_compute_router_interface": Companion("router", "an interface belongs to its router", True),
    "google_compute_router_peer": Companion("router", "a peer belongs to its router", True),
    "google_compute_route": Companion("network", "a route belongs to its network", True),
    "google_compute_target_http_proxy": Companion("url_map", "a proxy belongs to its URL map", True),
    "google_compute_target_https_proxy": Companion("url_map", "a proxy belongs to its URL map", True),
    "google_compute_region_target_http_proxy": Companion("url_map", "a proxy belongs to its URL map", True),
    "google_compute_region_target_https_proxy": Companion("url_map", "a proxy belongs to its URL map", True),
    "google_compute_global_forwarding_rule": Companion("target", "a forwarding rule belongs to its target", True),
    "google_compute_forwarding_rule": Companion("target", "a forwarding rule belongs to its target", True),
    "google_project_iam_member": Companion("member", "a grant belongs to the account that it's given to", False),
    "google_service_account_iam_member": Companion(
        "service_account_id", "a grant on an account belongs to the account", False
    ),
    "google_service_account_key": Companion("service_account_id", "a key belongs to its account", True),
    "google_storage_bucket_iam_member": Companion("bucket", "a grant on a bucket belongs to its bucket", False),
    "google_secret_manager_secret_version": Companion("secret", "a version belongs to its secret", True),
    "azurerm_subnet": Companion("virtual_network_name", "a subnet belongs to its network", True),
    "azurerm_subnet_network_security_group_association": Companion(
        "subnet_id", "an association belongs to its subnet", True
    ),
    "azurerm_subnet_route_table_association": Companion("subnet_id", "an association belongs to its subnet", True),
    "azurerm_subnet_nat_gateway_association": Companion("subnet_id", "an association belongs to its subnet", True),
    "azurerm_virtual_network_peering": Companion("virtual_network_name", "a peering belongs to its network", True),
    "azurerm_nat_gateway_public_ip_association": Companion(
        "nat_gateway_id", "an association belongs to its NAT gateway", True
    ),
    "azurerm_route": Companion("route_table_name", "a route belongs to its table", True),
    "azurerm_network_security_rule": Companion(
        "network_security_group_name", "a rule belongs to its security group", True
    ),
    "azurerm_lb_rule": Companion("loadbalancer_id", "a rule belongs to its load balancer", True),
    "azurerm_lb_probe": Companion("loadbalancer_id", "a probe belongs to its load balancer", True),
    "azurerm_lb_nat_rule": Companion("loadbalancer_id", "a rule belongs to its load balancer", True),
    "azurerm_lb_backend_address_pool": Companion("loadbalancer_id", "a pool belongs to its load balancer", True),
    "azurerm_private_dns_zone_virtual_network_link": Companion(
        "private_dns_zone_name", "a link belongs to its zone", True
    ),
    "azurerm_cdn_frontdoor_endpoint": Companion("cdn_frontdoor_profile_id", "an endpoint belongs to its profile", True),
    "azurerm_key_vault_secret": Companion("key_vault_id", "a secret belongs to its vault", False),
    "azurerm_key_vault_access_policy": Companion("key_vault_id", "an access policy belongs to its vault", False),
    "azurerm_firewall_policy_rule_collection_group": Companion(
        "firewall_policy_id", "rules belong to their policy", True
    ),
}


def owners(graph: Graph) -> dict[str, tuple[str, Companion]]:
    """Address to the address of its owner, where the owner is a placed block of the same module."""
    found: dict[str, tuple[str, Companion]] = {}
    for address in graph.placed:
        declaration = graph.module.get(address)
        companion = COMPANIONS.get(declaration.type) if declaration is not None else None
        if declaration is None or companion is None:
            continue
        attribute = declaration.body.attribute(companion.owner_argument)
        spans = [(attribute.start, attribute.end)] if attribute is not None else []
        spans += [(block.start, block.end) for block in declaration.body.blocks_of(companion.owner_argument)]
        for edge in graph.readings(address):
            direct = edge.consumer == address
            inside = direct and any(start <= edge.reference.start < end for start, end in spans)
            if inside and edge.producer != address and edge.use == "value":
                found[address] = (edge.producer, companion)
                break
    return found
