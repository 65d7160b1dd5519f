"""The `terraform_remote_state` block: one constant configuration that is right in every environment."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from tfhoist.configuration.environments import Backend, Environment
from tfhoist.configuration.model import Module
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.findings import Refusal
from tfhoist.values.types import Value

_LEFT_OUT = frozenset(
    "encrypt kms_key_id sse_customer_key dynamodb_table dynamodb_endpoint use_lockfile acl access_key secret_key token "
    "force_path_style lock_address unlock_address lock_method unlock_method password client_secret".split()
)
"""Backend settings that only writing needs, or that are credentials."""


def remote_state_block(
    name: str,
    module: Module,
    environments: tuple[Environment, ...],
    backends: Mapping[str, Backend],
    service_folder: str,
    central_folders: Mapping[str, str],
) -> tuple[str, list[Refusal]]:
    """The data block's text. `backends` and `central_folders` are by environment; all have one backend type."""
    kinds = {backend.type for backend in backends.values()}
    if len(kinds) != 1:
        return "", [_refusal(f"the central roots have different backends: {', '.join(sorted(kinds))}")]
    configs = {
        env.name: _readable(backends[env.name], service_folder, central_folders[env.name]) for env in environments
    }
    keys = list(dict.fromkeys(key for config in configs.values() for key in config))
    lines: list[str] = []
    for key in keys:
        values = {name_: config.get(key) for name_, config in configs.items()}
        text = _setting(values, environments, module)
        if text is None:
            return "", [
                _refusal(
                    f"the central state's {key!r} differs between the environments, and no variable of the service root tells "
                    "them apart"
                )
            ]
        lines.append(f"    {key} = {text}")
    kind = kinds.pop()
    body = "\n".join(lines)
    return f'data "terraform_remote_state" "{name}" {{\n  backend = "{kind}"\n\n  config = {{\n{body}\n  }}\n}}', []


def _readable(backend: Backend, service_folder: str, central_folder: str) -> dict[str, Value]:
    config = {key: value for key, value in backend.config.items() if key not in _LEFT_OUT}
    if backend.type == "local":
        path = str(config.get("path") or "terraform.tfstate")
        config["path"] = path if path.startswith("/") else posixpath.join(central_folder, path)
    return config


def _setting(values: Mapping[str, Value], environments: tuple[Environment, ...], module: Module) -> str | None:
    distinct = {hcl_text(value) for value in values.values()}
    if len(distinct) == 1:
        return distinct.pop()
    discriminator = _discriminator(environments, module)
    if discriminator is None:
        return None
    read, by_environment = discriminator
    templates = set()
    for environment in environments:
        value, part = values[environment.name], by_environment[environment.name]
        templates.add(value.replace(part, f"${{{read}}}") if isinstance(value, str) and "${" not in value else None)
    if len(templates) == 1:
        template = templates.pop()
        if template is not None:
            return f'"{template}"'
    entries = ", ".join(
        f"{hcl_text(by_environment[environment.name])} = {hcl_text(values[environment.name])}"
        for environment in environments
    )
    return f"{{ {entries} }}[{read}]"


def _discriminator(environments: tuple[Environment, ...], module: Module) -> tuple[str, dict[str, str]] | None:
    """A variable (or the workspace) whose text is another one in each environment."""
    names = [declaration.name for declaration in module.of("variable") if declaration.literal("sensitive") is not True]
    preferred = [name for name in ("environment", "env", "stage", "environment_name") if name in names]
    for name in [*preferred, *sorted(set(names) - set(preferred))]:
        values = {environment.name: environment.values.get(name) for environment in environments}
        texts = {key: value for key, value in values.items() if isinstance(value, str) and value}
        if len(texts) == len(environments) == len(set(texts.values())):
            return f"var.{name}", texts
    spaces = {environment.name: environment.workspace for environment in environments}
    if len(set(spaces.values())) == len(environments):
        return "terraform.workspace", spaces
    return None


def _refusal(summary: str) -> Refusal:
    return Refusal(
        id="remote-state-configuration",
        summary=f"{summary}.",
        advice='Give every environment a value of a variable "environment" in its tfvars, or one central backend with '
        '"{environment}" in its key ([central.backend] in tfhoist.toml).',
    )
