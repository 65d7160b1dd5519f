"""The central repository as it is: which roots it has, where their states are, and which names are taken."""

from __future__ import annotations

from typing import NamedTuple

from tfhoist.configuration.environments import Backend, Environment, EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree, load_module
from tfhoist.configuration.model import Module
from tfhoist.consolidation.plan import CentralRepository
from tfhoist.diagnostics import Severity
from tfhoist.errors import InputError
from tfhoist.findings import Refusal
from tfhoist.settings.model import Settings
from tfhoist.values.types import Unknown, Value


class CentralReading(NamedTuple):
    """The central repository, and what is missing to use it."""

    repository: CentralRepository
    refusals: tuple[Refusal, ...]

    def output_names(self) -> frozenset[str]:
        """The names of outputs that some central root has already."""
        return frozenset(
            output.name for root in self.repository.roots.values() if root is not None for output in root.of("output")
        )

    def as_repository(self) -> CentralRepository:
        """The repository as the consolidation takes it."""
        return self.repository


def read_central(
    tree: Tree, settings: Settings, environments: tuple[Environment, ...], *, has_folder: bool
) -> CentralReading:
    """Read the central roots of some environments. Raises `InputError` for files that aren't HCL."""
    folders: dict[str, str] = {}
    roots: dict[str, Module | None] = {}
    backends: dict[str, Backend] = {}
    refusals: list[Refusal] = []
    for environment in environments:
        folder = f"{settings.central.environments_folder}/{environment.name}"
        folders[environment.name] = folder
        exists = any(path.startswith(f"{folder}/") and path.endswith(".tf") for path in tree)
        root = load_module(tree, folder) if exists else None
        roots[environment.name] = root
        if root is not None:
            errors = [d for d in root.diagnostics if d.severity is Severity.ERROR]
            if errors:
                raise InputError(errors)
        backend = _backend(tree, settings, environment, root)
        if backend is None:
            refusals.append(
                Refusal(
                    id="central-backend-unknown",
                    summary=f"where the central state of {environment.name} is can't be told from {folder}"
                    + (" (its backend block is missing or partial)." if exists else ", which doesn't exist."),
                    advice="Say it in tfhoist.toml: type under [central.backend], and under [central.backend.config] its settings, with "
                    "{environment} in the one that tells states apart (for s3: bucket, region, and key).",
                )
            )
        else:
            backends[environment.name] = backend
    refusals += _written_twice(folders, backends, environments)
    repository = CentralRepository(
        name=settings.central.repository,
        tree=tree,
        folders=folders,
        roots=roots,
        backends=backends,
        modules_folder=settings.central.modules_folder,
    )
    return CentralReading(repository, tuple(refusals))


def _written_twice(
    folders: dict[str, str], backends: dict[str, Backend], environments: tuple[Environment, ...]
) -> list[Refusal]:
    """Central roots that would write one state, or the service root's own."""
    refusals: list[Refusal] = []
    own = {_state(one.backend) for one in environments if one.backend is not None and one.workspace == "default"}
    seen: dict[tuple[object, ...], str] = {}
    for name, backend in backends.items():
        state = _state(backend) if backend.type != "local" else (folders[name], *_state(backend))
        whose = folders[seen[state]] if state in seen else "the service root" if state in own else ""
        if whose:
            refusals.append(
                Refusal(
                    id="central-state-shared",
                    summary=f"the central root {folders[name]} would write the state that {whose} writes, and each would destroy what "
                    "the other made.",
                    advice="Give each its own: under [central.backend.config] in tfhoist.toml, with {environment} in the setting that "
                    "tells states apart (for s3 the key).",
                )
            )
        seen.setdefault(state, name)
    return refusals


def _state(backend: Backend) -> tuple[object, ...]:
    return backend.type, *sorted((key, str(value)) for key, value in backend.config.items() if key in _PLACE)


_PLACE = frozenset(
    "bucket key prefix region path storage_account_name container_name address workspace_key_prefix conn_str schema_name "
    "secret_suffix namespace organization hostname workspaces".split()
)
_NEEDED = {"s3": ("bucket", "key", "region"), "gcs": ("bucket",), "azurerm": ("key",), "local": ()}


def _backend(tree: Tree, settings: Settings, environment: Environment, root: Module | None) -> Backend | None:
    """The settings', else the central root's own, else one like the service's beside its state."""
    if settings.central.backend is not None:
        config = {key: _filled(value, environment.name) for key, value in settings.central.backend.config.items()}
        return Backend(settings.central.backend.type, config)
    if root is not None:
        found, _ = read_environment(tree, root, EnvironmentSettings(name=environment.name))
        backend = found.backend
        if backend is None or not backend.complete or not _usable(backend):
            return None
        return backend
    own = environment.backend
    if own is None:
        return Backend("local", {"path": "terraform.tfstate"})
    if own.type == "s3" and isinstance(own.config.get("bucket"), str) and isinstance(own.config.get("region"), str):
        key = f"{settings.central.repository}/{environment.name}/terraform.tfstate"
        if own.config.get("key") == key:
            return None
        return Backend("s3", {"bucket": own.config["bucket"], "key": key, "region": own.config["region"]})
    if own.type in _BESIDE:
        return _beside(own, f"{settings.central.repository}/{environment.name}")
    if own.type == "local":
        return Backend("local", {"path": "terraform.tfstate"})
    return None


_BESIDE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "azurerm": (
        "key", ("storage_account_name", "container_name"),
        ("resource_group_name", "subscription_id", "tenant_id", "environment", "use_azuread_auth", "use_oidc"),
    ),
    "gcs": ("prefix", ("bucket",), ("impersonate_service_account",)),
}  # fmt: skip
"""By a backend's type: what tells one state from another, and which settings the central state has too, required and others."""


def _beside(own: Backend, place: str) -> Backend | None:
    """A state in the same container or bucket as the service's, under another name; None where that isn't known."""
    name, needed, others = _BESIDE[own.type]
    kept = {key: own.config[key] for key in (*needed, *others) if key in own.config}
    wanted = f"{place}/terraform.tfstate" if name == "key" else place
    if any(not isinstance(kept.get(key), str) for key in needed) or own.config.get(name) == wanted:
        return None
    if any(isinstance(value, Unknown) for value in kept.values()):
        return None
    return Backend(own.type, {**kept, name: wanted})


def _usable(backend: Backend) -> bool:
    needed = _NEEDED.get(backend.type, ())
    return all(isinstance(backend.config.get(key), str) for key in needed) and not any(
        isinstance(value, Unknown) for value in backend.config.values()
    )


def _filled(value: Value, environment: str) -> Value:
    if isinstance(value, dict):
        return {key: _filled(item, environment) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_filled(item, environment) for item in value)
    return value.replace("{environment}", environment) if isinstance(value, str) else value
