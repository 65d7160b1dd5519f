"""Every artifact says its schema, and fits it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.acceptance.support import CONFLICTED, tfhoist


def check(document: Any, name: str) -> None:
    schema = json.loads((files("tfhoist") / "schemas" / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert document["schema"] == f"tfhoist/{name}/1"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("consolidation.json", "consolidation"),
        ("proof.json", "proof"),
        ("placement.json", "placement"),
        ("validation.json", "validation"),
        ("audit/audit.json", "audit"),
        ("before/states/staging.json", "identities"),
        ("central/registry/data-pipeline.json", "registry"),
    ],
)
def test_artifacts(consolidated: Path, path: str, name: str) -> None:
    check(json.loads((consolidated / path).read_text()), name)


def test_a_refusal(tmp_path: Path) -> None:
    assert tfhoist("consolidate", CONFLICTED, "--out", tmp_path / "out").code == 2
    document = json.loads((tmp_path / "out/consolidation.json").read_text())
    check(document, "consolidation")
    assert {r["id"] for r in document["refusals"]} == {"duplicate-address"}
    assert document["files"] == {}
