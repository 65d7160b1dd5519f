"""The audit as JSON: the artifact `tfhoist/audit/1`, whose schema is `schemas/audit.json`."""

from __future__ import annotations

import msgspec

from tfhoist.audit.model import Audit


def to_json(audit: Audit) -> bytes:
    """Indented JSON with a newline at the end; keys of mappings are sorted."""
    return msgspec.json.format(msgspec.json.encode(audit, order="deterministic"), indent=2) + b"\n"
