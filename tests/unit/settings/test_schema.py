"""The published schema: what it uses, that our reading of it is jsonschema's, and that every key is documented."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.placement.policy import BUILT_IN, PolicyRule, ServiceCount, When
from tfhoist.settings.model import ServiceSettings, Settings
from tfhoist.settings.read import read_settings
from tfhoist.settings.schema import problems, resolved, settings_schema

REPOSITORY = Path(__file__).resolve().parents[3]
PAGE = (REPOSITORY / "docs" / "configuration.md").read_text()
SCHEMA = settings_schema()

KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
    "items", "minItems", "enum", "pattern", "minLength", "minimum", "maximum", "format", "x-rule",
}  # fmt: skip


def schemas(schema: Any) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]:
        yield from schemas(inner)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from schemas(schema[key])


def test_it_uses_only_what_is_checked() -> None:
    jsonschema.Draft202012Validator.check_schema(dict(SCHEMA))
    for schema in schemas(SCHEMA):
        assert set(schema) <= KNOWN
        assert ("pattern" in schema) == ("x-rule" in schema)
        if schema.get("type") == "object":
            assert "additionalProperties" in schema


def test_every_key_is_described() -> None:
    for schema in schemas(SCHEMA):
        for key, inner in schema.get("properties", {}).items():
            assert inner.get("description", "").endswith("."), key


def test_the_policies_and_rules_are_those_of_the_code() -> None:
    placement = SCHEMA["properties"]["placement"]["properties"]
    rule = placement["rules"]["items"]["properties"]
    for name in BUILT_IN:
        assert re.search(placement["policy"]["pattern"], name)
        assert f"`{name}`" in placement["policy"]["x-rule"]
    assert set(rule) == set(PolicyRule.__struct_fields__)
    assert set(rule["evidence"]["properties"]) == set(ServiceCount.__struct_fields__)
    assert set(rule["when"]["properties"]) == set(When.__struct_fields__)


PLAIN = st.recursive(
    st.sampled_from(
        ["", "a", "central", "rule", "main.tf:1", "2026-01-05", "../x", "a/b/", 0, 3, -1, 1001, 0.5, True, False]
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "name", "type"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def documents(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Documents near the schema: right in most places."""
    schema = dict(resolved(schema))
    known = schema.get("properties")
    if known:
        entries = {key: documents(inner) for key, inner in known.items()}
        right: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional={**entries, "unknown": PLAIN})
    elif schema["type"] == "array":
        right = st.lists(documents(schema["items"]), max_size=2)
    else:
        return PLAIN
    return right | PLAIN


@given(documents(dict(SCHEMA)))
def test_it_says_the_same_as_jsonschema(document: object) -> None:
    ours = problems(json.loads(json.dumps(document), parse_float=Decimal))
    validator = jsonschema.Draft202012Validator(
        dict(SCHEMA), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    theirs = list(validator.iter_errors(document))
    assert bool(ours) == bool(theirs)


def keys(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of the schema, as (section of the page, key)."""
    schema = dict(resolved(schema))
    several = schema["type"] == "array"
    if several:
        schema = dict(resolved(schema["items"]))
    for key, inner in schema.get("properties", {}).items():
        if path:
            yield (f"[[{path}]]" if several else f"[{path}]"), key
        yield from keys(inner, f"{path}.{key}" if path else key)


def documented() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    section = ""
    for line in PAGE.splitlines():
        heading = re.fullmatch(r"## `(.+)`", line)
        row = re.match(r"\| `(.+?)` \|", line)
        if heading is not None:
            section = heading.group(1)
        elif row is not None:
            found.append((section, row.group(1)))
    return found


def test_every_key_has_its_row_on_the_page_and_no_row_is_left_over() -> None:
    assert sorted(documented()) == sorted(keys(dict(SCHEMA)))


def test_every_table_has_its_section() -> None:
    sections = re.findall(r"^## `(.+)`$", PAGE, re.MULTILINE)
    for section in {section for section, _ in keys(dict(SCHEMA))} | {"[placement.overrides]"}:
        assert section in sections
    assert len(sections) == len(set(sections))


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_of_the_page_are_right(example: str) -> None:
    defaults = Settings(service=ServiceSettings(name="x"), environments=())
    read_settings(example.encode(), "tfhoist.toml", defaults=defaults)
    assert tomllib.loads(example)


def test_the_defaults_of_the_page_are_those_of_the_code() -> None:
    settings = Settings(service=ServiceSettings(name="x"), environments=())
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| `(\S+)`[^|]*\|$", PAGE, re.MULTILINE))
    central = settings.central
    assert rows["repository"] == central.repository
    assert rows["environments_folder"] == central.environments_folder
    assert rows["modules_folder"] == central.modules_folder
    assert rows["owner"] == settings.service.owner
    assert rows["policy"] == settings.placement.policy
