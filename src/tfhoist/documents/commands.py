"""The Terraform commands of one environment, as they are typed: in the service root and in the central root."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tfhoist.configuration.environments import Backend, Environment
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.markdown import quoted, shell
from tfhoist.values.types import Unknown, Value, has_unknown, to_text


class RootCommands(msgspec.Struct, frozen=True):
    """How one root is entered, initialised and planned in one environment.

    `folder` is the argument of `cd`. `where` are the settings that tell this state from others: those that
    `.terraform/terraform.tfstate` shows after `init`. `secrets` are the environment variables that a plan needs.
    """

    folder: str
    init: str
    workspace: str
    plan: str
    backend: str
    where: tuple[tuple[str, str], ...]
    secrets: tuple[str, ...]


_CREDENTIALS = frozenset(
    "access_key secret_key token password client_secret sas_token client_certificate_password credentials "
    "sse_customer_key encryption_key".split()
)
"""Backend settings that are never printed: they come from the environment of whoever runs the commands."""

_IDENTIFYING = (
    "bucket", "key", "prefix", "container_name", "storage_account_name", "path", "address", "hostname", "organization",
    "region",
)  # fmt: skip


def service_commands(context: DocumentContext, environment: Environment) -> RootCommands:
    """The service root's. It's one folder for all environments, so `init` says `-reconfigure` each time."""
    settings = next((one for one in context.environment_settings if one.name == environment.name), None)
    hidden: list[str] = []
    init = ["terraform init -input=false -reconfigure"]
    plan: list[str] = []
    if settings is not None:
        init += [f"-backend-config={shell(path)}" for path in settings.backend_config]
        init += _settings("-backend-config", {k: v for k, v in settings.backend.items() if k not in _CREDENTIALS})
        plan += [f"-var-file={shell(path)}" for path in settings.var_files]
        hidden = [name for name in settings.variables if _is_sensitive(context, name)]
        plan += _settings("-var", {k: v for k, v in settings.variables.items() if k not in hidden})
    secrets = [
        f"TF_VAR_{name}"
        for name, value in environment.values.items()
        if name not in environment.assignments and isinstance(value, Unknown) and _required(context, name)
    ]
    folder = '"$SERVICE"' + (f"/{shell(context.service_folder)}" if context.service_folder else "")
    return RootCommands(
        folder=folder,
        init=" ".join(init),
        workspace=f"terraform workspace select {shell(environment.workspace)}"
        if environment.workspace != "default"
        else "",
        plan=" ".join(["terraform plan -input=false", *plan]),
        backend=environment.backend.type if environment.backend is not None else "local",
        where=identifying(environment.backend),
        secrets=tuple(sorted({*secrets, *(f"TF_VAR_{name}" for name in hidden)})),
    )


def central_commands(context: DocumentContext, environment: Environment) -> RootCommands:
    """The central root's; its variable files are read by Terraform itself."""
    backend = context.central_backends.get(environment.name)
    passed = {variable.name for variable in context.variables if variable.passed and variable.origin != "pinned"}
    secrets = [
        f"TF_VAR_{context.label}_{name}"
        for name in passed
        if name not in environment.assignments
        and isinstance(environment.values.get(name), Unknown)
        and _required(context, name)
    ]
    return RootCommands(
        folder=f'"$CENTRAL"/{shell(context.central_folders[environment.name])}',
        init="terraform init -input=false -reconfigure",
        workspace="",
        plan="terraform plan -input=false",
        backend=backend.type if backend is not None else "local",
        where=identifying(backend),
        secrets=tuple(sorted(secrets)),
    )


def identifying(backend: Backend | None) -> tuple[tuple[str, str], ...]:
    """The settings that say which state it is, as text."""
    if backend is None:
        return ()
    found = ((key, to_text(backend.config.get(key))) for key in _IDENTIFYING)
    return tuple((key, text) for key, text in found if text)


def _required(context: DocumentContext, name: str) -> bool:
    declaration = context.module.get(f"var.{name}")
    return declaration is not None and declaration.body.attribute("default") is None


def _is_sensitive(context: DocumentContext, name: str) -> bool:
    declaration = context.module.get(f"var.{name}")
    return declaration is not None and declaration.literal("sensitive") is True


def _settings(option: str, values: Mapping[str, Value]) -> list[str]:
    found: list[str] = []
    for key, value in values.items():
        if has_unknown(value):
            continue
        text = to_text(value)
        found.append(f"{option}={quoted(f'{key}={hcl_text(value) if text is None else text}')}")
    return found
