"""Where a provider comes from that no `required_providers` names (documentation page "Provider Requirements")."""

from __future__ import annotations

BUILT_IN = "terraform.io/builtin/terraform"


def implied_source(name: str) -> str:
    """The source that Terraform takes for a local name, in its short form; its own provider is built in."""
    return BUILT_IN if name == "terraform" else f"hashicorp/{name}"
