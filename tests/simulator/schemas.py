"""Schemas: the JSON of `terraform providers schema -json`, and the same as messages of the plugin protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.simulator import wire

Json = dict[str, Any]

NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


def encode_schemas(schemas: Mapping[str, Any]) -> bytes:
    """The response to GetProviderSchema."""
    return wire.encode(
        {
            1: _schema(schemas["provider"]),
            2: [{1: name, 2: _schema(schema)} for name, schema in sorted(schemas["resource_schemas"].items())],
            3: [{1: name, 2: _schema(schema)} for name, schema in sorted(schemas["data_source_schemas"].items())],
            # Terraform then asks for the schema once a command, and not once for each provider configuration.
            6: {2: True},
        }
    )


def _schema(schema: Json) -> wire.Message:
    return {1: schema.get("version", 0), 2: _block(schema["block"])}


def _block(block: Json) -> wire.Message:
    return {
        2: [_attribute(name, attribute) for name, attribute in sorted(block.get("attributes", {}).items())],
        3: [_nested(name, nested) for name, nested in sorted(block.get("block_types", {}).items())],
    }


def _attribute(name: str, attribute: Json) -> wire.Message:
    return {
        1: name,
        2: json.dumps(attribute["type"], separators=(",", ":")).encode(),
        4: attribute.get("required", False),
        5: attribute.get("optional", False),
        6: attribute.get("computed", False),
        7: attribute.get("sensitive", False),
        10: attribute.get("write_only", False),
    }


def _nested(name: str, nested: Json) -> wire.Message:
    return {
        1: name,
        2: _block(nested["block"]),
        3: NESTING[nested["nesting_mode"]],
        4: nested.get("min_items", 0),
        5: nested.get("max_items", 0),
    }
