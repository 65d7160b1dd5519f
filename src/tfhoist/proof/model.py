"""What the proof takes and gives."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.configuration.load import Tree
from tfhoist.proof.identities import Identities

HOLDS = "holds"
FAILS = "fails"
UNDECIDED = "undecided"

EQUIVALENT = "equivalent"
DIFFERENT = "different"


class ProofEnvironment(msgspec.Struct, frozen=True):
    """One environment: how the service root gets its values, and the folder of its central root."""

    settings: EnvironmentSettings
    central_folder: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is compared.

    Paths of the service trees are relative to the service root (`../modules/x/main.tf` may occur), those of the central
    trees relative to the repository. `kept` says, for an address that is defined more than once in `before_service`, which
    definition counts ("FILE:LINE"). `identities` are by environment; one may be missing. `promises`
    are the agreed outputs: name to expression in terms of the service root. `required` asks for the required variables and outputs too.
    `final` says that every state has been migrated, so that nothing has to be forgotten any more.
    """

    before_service: Tree
    service: Tree
    before_central: Tree
    central: Tree
    environments: tuple[ProofEnvironment, ...]
    kept: Mapping[str, str] = msgspec.field(default_factory=dict)
    identities: Mapping[str, Identities] = msgspec.field(default_factory=dict)
    promises: Mapping[str, str] = msgspec.field(default_factory=dict)
    required: bool = False
    final: bool = False


class Obligation(msgspec.Struct, frozen=True):
    """One thing that has to be so. `environment` is None when it's the same in all of them."""

    kind: str
    address: str
    environment: str | None
    result: str
    detail: str = ""


class Proof(msgspec.Struct, frozen=True):
    """The verdict and what it rests on. `notes` are orderings that no longer hold, and what else a reader should know."""

    verdict: str
    environments: dict[str, str]
    obligations: tuple[Obligation, ...]
    counts: dict[str, int]
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def conclude(obligations: list[Obligation], environments: list[str], assumptions: set[str], notes: set[str]) -> Proof:
    """The proof of some obligations: different if any fails, undecided if any is, else equivalent."""
    unique = {(o.kind, o.address, o.environment, o.result, o.detail): o for o in obligations}
    order = {name: number for number, name in enumerate(environments)}
    ordered = sorted(
        unique.values(),
        key=lambda o: (o.kind, o.address, order.get(o.environment or "", -1), o.environment or "", o.result, o.detail),
    )
    return Proof(
        verdict=_verdict(ordered),
        environments={name: _verdict([o for o in ordered if o.environment in (None, name)]) for name in environments},
        obligations=tuple(ordered),
        counts={result: sum(o.result == result for o in ordered) for result in (HOLDS, FAILS, UNDECIDED)},
        assumptions=tuple(sorted(assumptions)),
        notes=tuple(sorted(notes)),
    )


def _verdict(obligations: list[Obligation]) -> str:
    results = {obligation.result for obligation in obligations}
    if FAILS in results:
        return DIFFERENT
    return UNDECIDED if UNDECIDED in results or not obligations else EQUIVALENT
