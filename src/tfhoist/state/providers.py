"""Provider addresses as states write them, and those that a consolidation gives to what moves.

Source: Terraform's documentation, "Provider Requirements", "Source Addresses".
"""

from __future__ import annotations

from collections.abc import Iterable

from tfhoist.addresses import without_keys
from tfhoist.state.addresses import inside

REGISTRIES = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}


def provider_address(source: str, alias: str = "", module: str = "", engine: str = "terraform") -> str:
    """The address of a provider configuration: `provider["registry.terraform.io/hashicorp/aws"].east`.

    `source` is what `required_providers` says (`hashicorp/aws`, or `aws` of old), `module` where it's configured ("" for the root).
    """
    parts = source.lower().split("/")
    if len(parts) == 1:
        parts = ["hashicorp", *parts]
    if len(parts) == 2:
        parts = [REGISTRIES[engine], *parts]
    address = f'provider["{"/".join(parts)}"]'
    return inside(without_keys(module), f"{address}.{alias}" if alias else address)


def carried_addresses(configurations: Iterable[tuple[str, str, str]], engine: str = "terraform") -> dict[str, str]:
    """The `providers` of a surgery: each configuration as its source, its alias before and its alias in the central root."""
    return {
        provider_address(source, before, engine=engine): provider_address(source, after, engine=engine)
        for source, before, after in configurations
    }
