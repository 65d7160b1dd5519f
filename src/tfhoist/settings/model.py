"""What `tfhoist.toml` says, with a default for everything that it doesn't."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import msgspec

from tfhoist import addresses
from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.placement.model import Side
from tfhoist.placement.policy import DEFAULT_POLICY, PolicyRule
from tfhoist.values.types import Value

UNKNOWN = "unknown"
"""Stands for an owner or contact that nobody has given yet; documents show it, and `check_settings` warns of it."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[service]`: who owns the service root."""

    name: str
    owner: str = UNKNOWN
    contact: str = UNKNOWN


class BackendSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[central.backend]`: where the central state is; `{environment}` in a text value stands for its name."""

    type: str
    config: Mapping[str, Value] = msgspec.field(default_factory=dict)


class CentralSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[central]`: the central repository; folders relative to it, with `/`.

    Without a `backend`, the central roots' own blocks say where their state is.
    """

    repository: str = "central-infrastructure"
    environments_folder: str = "environments"
    modules_folder: str = "terraform_module"
    backend: BackendSettings | None = None


class PlacementSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[placement]`: the policy by its name or file, rules that come before it, and the last word on single addresses."""

    policy: str = DEFAULT_POLICY
    rules: tuple[PolicyRule, ...] = ()
    overrides: Mapping[str, Side] = msgspec.field(default_factory=dict)


class Resolve(msgspec.Struct, frozen=True):
    """`[[resolve]]`: which of several definitions of one address to keep, as `FILE:LINE` of its header."""

    address: str
    keep: str


class TimelineSettings(msgspec.Struct, frozen=True):
    """`[timeline]`: the first day of the migration's first week."""

    start: datetime.date | None = None


class DocumentsSettings(msgspec.Struct, frozen=True):
    """`[documents]`: the folder with templates of the team's own, relative to the service root; "" for none."""

    templates: str = ""


class RegistrySettings(msgspec.Struct, frozen=True):
    """`[registry]`: what the registry entry says that no file tells."""

    integration_points: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All of `tfhoist.toml`."""

    service: ServiceSettings
    environments: tuple[EnvironmentSettings, ...]
    central: CentralSettings = CentralSettings()
    placement: PlacementSettings = msgspec.field(default_factory=PlacementSettings)
    resolve: tuple[Resolve, ...] = ()
    timeline: TimelineSettings = TimelineSettings()
    documents: DocumentsSettings = DocumentsSettings()
    registry: RegistrySettings = RegistrySettings()

    @property
    def module_label(self) -> str:
        """The label of the service's module call in the central roots."""
        return addresses.module_label(self.service.name)
