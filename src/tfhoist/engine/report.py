"""What an engine's plans came to, as `proof.json` has it."""

from __future__ import annotations

import msgspec

from tfhoist.engine.verdict import RootVerdict, worst


class EnvironmentReport(msgspec.Struct, frozen=True, kw_only=True):
    """One environment: its verdict, and that of each root. `reasons` say why a root couldn't be planned at all."""

    verdict: str
    roots: dict[str, RootVerdict] = {}
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class EngineReport(msgspec.Struct, frozen=True):
    """The engine, and the environments that it planned."""

    name: str
    version: str
    environments: dict[str, EnvironmentReport]

    @property
    def verdict(self) -> str:
        """The worst of all environments."""
        return worst([one.verdict for one in self.environments.values()])
