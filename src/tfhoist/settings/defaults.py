"""Settings for a service root that has no `tfhoist.toml`, from what its folder tells."""

from __future__ import annotations

import re

import msgspec

from tfhoist.configuration.environments import discover
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Module
from tfhoist.settings.model import ServiceSettings, Settings

NO_NAME = "service"

_GENERIC = frozenset(
    """
    terraform tf opentofu tofu terragrunt iac infra infrastructure platform deploy deployment deployments cloud aws gcp azure
    env envs environment environments live stacks stack root roots main src source code module modules lib service services app
    apps config configs ops devops provisioning dev development test testing tests qa stage staging prod production default global
    common shared examples example demo build dist out output tmp temp scratch work workspace workspaces home users user repo repos
    repositories repository git github projects project checkout var opt mnt data usr private
    """.split()
)
"""Names of folders that say where something is, not what it is."""


def default_settings(tree: Tree, module: Module, folder_parts: tuple[str, ...]) -> Settings:
    """The settings of a root module before anybody has said anything.

    `folder_parts` are the parts of the service root's absolute path.
    """
    environments = tuple(
        msgspec.structs.replace(environment, name=_plain(environment.name)) for environment in discover(tree, module)
    )
    return Settings(service=ServiceSettings(name=service_name(folder_parts)), environments=environments)


def service_name(folder_parts: tuple[str, ...]) -> str:
    """The nearest folder name upwards that isn't generic, or `NO_NAME`."""
    for part in reversed(folder_parts):
        name = _plain(part)
        if name and name.lower() not in _GENERIC:
            return name
    return NO_NAME


def _plain(name: str) -> str:
    """A name with `-` for what the name of a service or environment can't hold."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")
