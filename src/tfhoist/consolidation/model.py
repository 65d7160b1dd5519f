"""The plan of a consolidation: everything that will be written, before anything is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tfhoist.boundary.model import Boundary, ModuleVariable
from tfhoist.configuration.environments import Backend
from tfhoist.consolidation.imports import Imports
from tfhoist.findings import Refusal
from tfhoist.placement.model import Placement


class ConsolidationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What moves, what crosses, and the files.

    `central_files` are new files, relative to the central repository. `service_files` are changed or new files relative
    to the service root, None for a file that goes. `central_folders` and `central_backends` are by environment; so are `imports`,
    for the environments whose state is known.
    """

    placement: Placement
    boundary: Boundary
    variables: tuple[ModuleVariable, ...]
    module_folder: str
    central_folders: Mapping[str, str]
    central_backends: Mapping[str, Backend]
    remote_state: str
    central_files: Mapping[str, bytes]
    service_files: Mapping[str, bytes | None]
    imports: Mapping[str, Imports]
    moved: tuple[str, ...]
    stays: tuple[str, ...]
    assumptions: tuple[str, ...]
    refusals: tuple[Refusal, ...]
