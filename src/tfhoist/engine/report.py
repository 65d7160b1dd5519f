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

    def lines(self) -> list[str]:
        """What there is to say beside the verdict: notes, reasons, and each change that a plan shows."""
        found = [*self.notes, *self.reasons]
        for root, one in self.roots.items():
            found += [f"{root}: {'+'.join(change.actions)} {change.address}" for change in one.changes]
            found += [f"{root}: {reason}" for reason in one.reasons]
        return found


class EngineReport(msgspec.Struct, frozen=True):
    """The engine, and the environments that it planned."""

    name: str
    version: str
    environments: dict[str, EnvironmentReport]

    @property
    def verdict(self) -> str:
        """The worst of all environments."""
        return worst([one.verdict for one in self.environments.values()])
