"""Attributes that providers mark sensitive: tables, since schemas aren't at hand.

The table of hashicorp/aws is made from its schema (`tools/sensitive_attributes.py`, provider 5.100.0); those below are of the
providers' own pages. Of other providers a few attributes are known, and the rest is an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from tfhoist.values.marks import ALL, NONE, SOME

Paths = frozenset[tuple[str, ...]]

KNOWN_PROVIDERS = frozenset({"aws", "random", "tls", "local", "null", "time", "archive", "terraform"})
"""Providers whose sensitive attributes are all in the tables, by the prefix of their types."""

_PAGES = """
random_password result bcrypt_hash
random_bytes base64 hex
tls_private_key private_key_pem private_key_openssh private_key_pem_pkcs8
tls_cert_request private_key_pem
tls_self_signed_cert private_key_pem
tls_locally_signed_cert ca_private_key_pem
data.tls_public_key private_key_pem private_key_openssh
local_sensitive_file content content_base64
data.local_sensitive_file content content_base64
google_sql_user password
google_sql_database_instance root_password
google_service_account_key private_key
google_container_cluster master_auth.client_key
azurerm_storage_account primary_access_key secondary_access_key primary_connection_string secondary_connection_string primary_blob_connection_string secondary_blob_connection_string
azurerm_kubernetes_cluster kube_config kube_config_raw kube_admin_config kube_admin_config_raw
data.azurerm_kubernetes_cluster kube_config kube_config_raw kube_admin_config kube_admin_config_raw
azurerm_container_registry admin_password
azurerm_key_vault_secret value
data.azurerm_key_vault_secret value
azurerm_redis_cache primary_access_key secondary_access_key primary_connection_string secondary_connection_string
azurerm_mssql_server administrator_login_password
azurerm_postgresql_flexible_server administrator_password
azurerm_application_insights instrumentation_key connection_string
azurerm_log_analytics_workspace primary_shared_key secondary_shared_key
kubernetes_secret data binary_data
data.kubernetes_secret data binary_data
"""  # noqa: E501 (one line a type)


@cache
def tables() -> Mapping[str, Paths]:
    """Type (`data.` before a data source's) to its sensitive paths, as names without instance keys."""
    text = (files("tfhoist.configuration") / "sensitive_tables/aws.txt").read_text("utf-8") + _PAGES
    found: dict[str, Paths] = {}
    for line in text.split("\n"):
        kind, _, paths = line.partition(" ")
        if kind:
            found[kind] = frozenset(tuple(path.split(".")) for path in paths.split(" "))
    return found


def provider_mark(kind: str, names: Sequence[str]) -> int:
    """How a provider marks the attribute path `names` of a type: ALL, SOME (something below it), or NONE."""
    return mark_by(tables().get(kind, frozenset()), names)


def mark_by(paths: Paths, names: Sequence[str]) -> int:
    """The mark of an attribute path where `paths` are sensitive."""
    read = tuple(names)
    if any(read[: len(path)] == path for path in paths):
        return ALL
    return SOME if any(path[: len(read)] == read for path in paths) else NONE


def is_known(kind: str) -> bool:
    """Whether the tables tell all sensitive attributes of a type."""
    return kind.removeprefix("data.").partition("_")[0] in KNOWN_PROVIDERS
