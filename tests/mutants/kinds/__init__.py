"""All kinds of mistakes: importing this package registers them."""

from tests.mutants.kinds import (
    arguments,
    blocks,
    collections,
    files,
    harmless,
    interface,
    json_files,
    literals,
    meta,
    operations,
    providers,
    references,
    remote,
    values,
)
from tests.mutants.registry import KINDS, Kind

__all__ = [
    "KINDS", "Kind", "arguments", "blocks", "collections", "files", "harmless", "interface", "json_files", "literals", "meta",
    "operations", "providers", "references", "remote", "values",
]  # fmt: skip
