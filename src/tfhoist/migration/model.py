"""The vocabulary of a migration: its plan, its operations, its journal's entries, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tfhoist.migration.content import Content

Side = Literal["source", "destination"]
SOURCE: Side = "source"
DESTINATION: Side = "destination"
NAMES: Mapping[Side, str] = {SOURCE: "the service's state", DESTINATION: "the central state"}

Status = Literal[
    "planned", "rehearsed", "running", "migrated", "verified", "rolled_back", "conflict", "finalized"
]  # fmt: skip
OperationState = Literal["pending", "intended", "done", "reverted"]


class Operation(msgspec.Struct, frozen=True):
    """One change: a `move` of an instance, or an `output` that is written (`from` is "" then).

    With the strategy `blocks` an instance has an `import` and a `forget` (`to` is "" then) instead. `already` says that it's done before
    anything runs: what moves was imported or forgotten before.
    """

    id: str
    kind: Literal["move", "output", "import", "forget"]
    from_: str = msgspec.field(name="from")
    to: str
    already: bool = False

    def reverse(self) -> tuple[str, str]:
        """The addresses of the way back: from, to."""
        return (self.to, self.from_)


class ImportBlock(msgspec.Struct, frozen=True):
    """An instance that an `import` block brings to the destination.

    `made_of` are the attributes that the id is made of, `source` is where its form is documented, and `warnings` say what an import of
    it does badly.
    """

    from_: str = msgspec.field(name="from")
    to: str
    id: str
    made_of: tuple[str, ...] = ()
    source: str = ""
    warnings: tuple[str, ...] = ()


class MigrationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What will be done to two states, and which states they have to be for it.

    `source_after` and `destination_after` are what they'll hold. `untold` are outputs that couldn't be computed, with the reason:
    the central root has to be applied before the service root's plan can read them. With the strategy `blocks` Terraform writes both
    states itself, by the `imports`; what they'll hold is then only what surgery would have written.
    """

    schema: str = "tfhoist/migration-plan/1"
    id: str
    environment: str
    created: str
    module: str
    moved: tuple[str, ...]
    source: Content
    destination: Content
    source_after: Content
    destination_after: Content
    operations: tuple[Operation, ...]
    accepted: tuple[str, ...] = ()
    untold: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    strategy: str = "state"
    imports: tuple[ImportBlock, ...] = ()

    def side(self, side: Side) -> tuple[Content, Content]:
        """Before and after, of one side."""
        return (self.source, self.source_after) if side == SOURCE else (self.destination, self.destination_after)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the journal. No value of any resource is ever in it.

    An `intent` comes before an effect, its `outcome` after it; `content` is what the state holds after the effect.
    """

    number: int
    at: str
    event: str
    plan: str = ""
    side: str = ""
    step: str = ""
    serial: int = -1
    content: Content | None = None
    file: str = ""
    sha256: str = ""
    result: str = ""
    detail: str = ""


class Backup(msgspec.Struct, frozen=True):
    """A copy of a state before anything was written. `file` is relative to the journal's folder; "" for a state that wasn't there."""

    side: str
    file: str
    sha256: str
    at: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `tfhoist migrate` prints with `--json`."""

    schema: str = "tfhoist/migration/1"
    status: Status
    environment: str
    plan: str
    operations: list[dict[str, Any]]
    source: dict[str, Any]
    destination: dict[str, Any]
    backups: list[Backup]
    verdict: str = ""
    notes: list[str] = []
    conflicts: list[str] = []
    next: str = ""
    strategy: str = "state"
    steps: list[str] = []


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What one team hands the other: which side of which plan was written, and what it holds."""

    schema: str = "tfhoist/migration-receipt/1"
    plan: str
    environment: str
    side: str
    content: Content
    at: str
