"""Providers' schemas, as `terraform providers schema -json` prints them, reduced to the types of attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tfhoist.errors import UsageError
from tfhoist.state.cty import CtyType, TypeProblem, object_of, parse_type

Schemas = Mapping[str, Mapping[str, CtyType]]
"""Resource type (`data.` before those of data sources) to attribute to type: what only a provider knows."""


class _Provider(msgspec.Struct):
    resource_schemas: dict[str, dict[str, Any]] = {}
    data_source_schemas: dict[str, dict[str, Any]] = {}


class _Document(msgspec.Struct):
    provider_schemas: dict[str, _Provider] = {}


def read_schemas(source: bytes) -> Schemas:
    """Resource types with the types of their attributes and blocks; raises `UsageError` for what is no such document."""
    try:
        document = msgspec.json.decode(source, type=_Document)
        found: dict[str, Mapping[str, CtyType]] = {}
        for provider in document.provider_schemas.values():
            for prefix, schemas in (("", provider.resource_schemas), ("data.", provider.data_source_schemas)):
                for name, schema in schemas.items():
                    found[prefix + name] = _fields(schema["block"])
    except (msgspec.DecodeError, TypeProblem, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"These are no providers' schemas: {error}.", "Make them with `terraform providers schema -json`."
        ) from None
    return found


def _fields(block: Mapping[str, Any]) -> dict[str, CtyType]:
    fields: dict[str, CtyType] = {}
    for name, attribute in block.get("attributes", {}).items():
        if "nested_type" in attribute:
            nested = attribute["nested_type"]
            fields[name] = _nested(nested["nesting_mode"], object_of(_fields(nested)))
        else:
            fields[name] = parse_type(attribute["type"])
    for name, inner in block.get("block_types", {}).items():
        fields[name] = _nested(inner["nesting_mode"], object_of(_fields(inner["block"])))
    return fields


def _nested(mode: str, inner: CtyType) -> CtyType:
    if mode in ("single", "group"):
        return inner
    if mode not in ("list", "set", "map"):
        raise TypeProblem(f"an unknown nesting mode {mode!r}")
    return (mode, inner)
