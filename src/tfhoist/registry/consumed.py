"""Which outputs of the central root a service root reads already, before anything moves: another service may offer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfhoist.configuration.environments import Backend, Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.contract.reads import reads_of, remote_states
from tfhoist.values.evaluate import evaluate
from tfhoist.values.types import Value

_PLACE = (
    "bucket", "key", "prefix", "path", "organization", "hostname", "workspaces", "storage_account_name", "container_name",
    "address",
)  # fmt: skip
"""Settings of a backend that say which state it is."""


def central_reads(
    module: Module, environments: Sequence[Environment], backends: Mapping[str, Backend]
) -> tuple[str, ...]:
    """The outputs that are read from the state of a central root, by `terraform_remote_state` data sources of the service root."""
    central = {
        name
        for name, declaration in remote_states(module).items()
        if any(
            _same(declaration, module, environment, backends[environment.name])
            for environment in environments
            if environment.name in backends
        )
    }
    if not central:
        return ()
    return tuple(sorted({read.output for read in reads_of(module) if read.data in central and read.output}))


def _same(declaration: Declaration, module: Module, environment: Environment, backend: Backend) -> bool:
    expression = declaration.expression("config")
    config: Value = evaluate(expression, environment.scope(module)) if expression is not None else None
    if declaration.literal("backend") != backend.type or not isinstance(config, dict):
        return False
    places = [(backend.config.get(name), config.get(name)) for name in _PLACE]
    return any(one is not None for one, _ in places) and all(one == other for one, other in places)
