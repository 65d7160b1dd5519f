"""What the documents and the registry entry are written from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from tfhoist.boundary.model import Boundary, ModuleVariable
from tfhoist.configuration.environments import Backend, Environment, EnvironmentSettings
from tfhoist.configuration.model import Module
from tfhoist.consolidation.imports import Imports
from tfhoist.findings import Finding
from tfhoist.placement.model import Placement


class DocumentContext(msgspec.Struct, frozen=True, kw_only=True):
    """The model behind the documents. `module` is the service root as it was, before anything moved.

    `repository` is the central repository's name, `module_folder` the shared module in it, `central_folders` the folder of
    each environment's central root. `service_folder` is the service root's path in its own repository ("" for the top).
    `state_instances` has the managed instances of each environment's state, and `imports` its `import` blocks: both have only the
    environments whose state is known.
    """

    service: str
    label: str
    owner: str
    contact: str
    repository: str
    module: Module
    environments: tuple[Environment, ...]
    environment_settings: tuple[EnvironmentSettings, ...]
    placement: Placement
    boundary: Boundary
    variables: tuple[ModuleVariable, ...]
    module_folder: str
    central_folders: Mapping[str, str]
    service_folder: str
    remote_state: str
    central_backends: Mapping[str, Backend]
    moved: tuple[str, ...]
    stays: tuple[str, ...]
    state_instances: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    imports: Mapping[str, Imports] = msgspec.field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    assumptions: tuple[str, ...] = ()
    timeline_start: date | None = None
    integration_points: tuple[str, ...] = ()

    def shown(self, name: str) -> str:
        """An environment's name as it stands in prose; the only one of a root may have none."""
        return name or "default"
