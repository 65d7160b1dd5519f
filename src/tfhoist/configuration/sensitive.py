"""Attributes that providers mark sensitive: a table, since schemas aren't at hand.

Source: each resource's page in its provider's documentation ("Attribute Reference"), for the types that people move.
"""

from __future__ import annotations

SENSITIVE_ATTRIBUTES: dict[str, frozenset[str]] = {
    "aws_db_instance": frozenset({"password"}),
    "aws_rds_cluster": frozenset({"master_password"}),
    "aws_elasticache_replication_group": frozenset({"auth_token"}),
    "aws_iam_access_key": frozenset({"secret", "ses_smtp_password_v4"}),
    "aws_secretsmanager_secret_version": frozenset({"secret_string", "secret_binary"}),
    "aws_ssm_parameter": frozenset({"value", "value_wo"}),
    "aws_lb_listener": frozenset({"client_secret"}),
    "aws_cognito_user_pool_client": frozenset({"client_secret"}),
    "aws_api_gateway_api_key": frozenset({"value"}),
    "aws_mq_broker": frozenset({"password"}),
    "aws_redshift_cluster": frozenset({"master_password"}),
    "aws_lightsail_database": frozenset({"master_password"}),
    "aws_docdb_cluster": frozenset({"master_password"}),
    "random_password": frozenset({"result", "bcrypt_hash"}),
    "tls_private_key": frozenset({"private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"}),
    "google_sql_user": frozenset({"password"}),
    "google_service_account_key": frozenset({"private_key"}),
    "azurerm_storage_account": frozenset({"primary_access_key", "secondary_access_key", "primary_connection_string"}),
    "azurerm_kubernetes_cluster": frozenset({"kube_config", "kube_config_raw", "kube_admin_config"}),
}


def is_sensitive_attribute(kind: str, attributes: tuple[str, ...]) -> bool:
    """Whether an attribute path of a resource type is, or leads into, a sensitive attribute."""
    return not SENSITIVE_ATTRIBUTES.get(kind, frozenset()).isdisjoint(attributes)
