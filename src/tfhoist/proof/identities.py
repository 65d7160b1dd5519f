"""The identities of a state, as the proof reads them: a document that holds no secret.

It's written elsewhere; the proof only reads it, and takes nothing in it as a reason to believe the split.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tfhoist.errors import UsageError

SCHEMA = "tfhoist/identities/1"


class IdentityInstance(msgspec.Struct, frozen=True):
    """One instance: `module` is "" for the root, `module.vpc` or `module.vpc[0]` below it; `identities` by attribute.

    `import_parts` are the attributes whose values an import names it by.
    """

    mode: str
    type: str
    name: str
    module: str = ""
    index_key: str | int | None = None
    identities: dict[str, Any] = msgspec.field(default_factory=dict)
    import_parts: dict[str, Any] = msgspec.field(default_factory=dict)


class Identities(msgspec.Struct, frozen=True):
    """The identities of one state, and its root outputs that aren't sensitive."""

    schema: str = SCHEMA
    instances: tuple[IdentityInstance, ...] = ()
    outputs: dict[str, Any] = msgspec.field(default_factory=dict)


def read_identities(source: bytes) -> Identities:
    """Decode a document of identities; raises `UsageError` for anything else."""
    try:
        identities = msgspec.json.decode(source, type=Identities)
    except msgspec.DecodeError as error:
        raise UsageError(f"these are no identities: {error}.", "Run `tfhoist consolidate` again.") from None
    if identities.schema != SCHEMA:
        raise UsageError(f"unknown schema {identities.schema!r}.", f"Expected {SCHEMA}.")
    return identities
