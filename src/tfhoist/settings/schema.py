"""Checking a document against `schemas/settings.json`, with a message for people for each fault.

Only the part of JSON Schema that the file uses: `$ref` inside the file, `type`, `properties`, `required`,
`additionalProperties`, `items`, `minItems`, `enum`, `pattern`, `minLength`, `minimum`, `maximum`, and `format: date`. `x-rule` says
a pattern in words.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from tfhoist.settings.positions import Path

Schema = Mapping[str, Any]

_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date",
    "none": "infinity or nan",
}


class Problem(NamedTuple):
    """One fault: where, what, what to do; `at_key` when the key itself is wrong, not its value."""

    path: Path
    summary: str
    advice: str = ""
    at_key: bool = False
    unknown_key: bool = False


@lru_cache
def settings_schema() -> Schema:
    """The published schema of `tfhoist.toml`."""
    schema: Schema = json.loads((files("tfhoist") / "schemas" / "settings.json").read_bytes())
    return schema


@lru_cache
def policy_schema() -> Schema:
    """The published schema of a policy file; its `$defs` are among those of the settings."""
    schema: Schema = json.loads((files("tfhoist") / "schemas" / "policy.json").read_bytes())
    return schema


def problems(document: object, schema: Schema | None = None) -> list[Problem]:
    """Everything in the document that the schema (that of the settings, unless another is given) doesn't allow."""
    return list(_check((), document, settings_schema() if schema is None else schema))


def dotted(path: Path) -> str:
    """A path as a person reads it: `environments[0].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if re.fullmatch(r"[A-Za-z0-9_-]+", step) else json.dumps(step, ensure_ascii=False)
            text += f".{key}" if text else key
    return text


def nearest(word: str, known: list[str]) -> str:
    """`Did you mean "x"?`, or "" when nothing is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""


def resolved(schema: Schema) -> Schema:
    """A schema with its `$ref` followed; what stands beside the reference wins."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    target = settings_schema()["$defs"][reference.removeprefix("#/$defs/")]
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def _check(path: Path, value: object, schema: Schema) -> Iterator[Problem]:
    schema = resolved(schema)
    kind = _kind(value)
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if schema.get("format") == "date":
        yield from _check_date(path, value)
    elif kind not in wanted and not (kind == "integer" and "number" in wanted):
        yield _wrong_type(path, kind, wanted, schema)
    elif isinstance(value, dict):
        yield from _check_table(path, value, schema)
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield Problem(path, f"{dotted(path)} is empty", "Fill it in, or leave it out.")
        for number, entry in enumerate(value):
            yield from _check((*path, number), entry, schema["items"])
    elif isinstance(value, str):
        yield from _check_text(path, value, schema)
    elif isinstance(value, int | Decimal) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield Problem(path, f"{dotted(path)} has to be from {schema['minimum']} to {schema['maximum']}, not {value}")


def _check_table(path: Path, table: dict[str, object], schema: Schema) -> Iterator[Problem]:
    known: Schema = schema.get("properties", {})
    others = schema["additionalProperties"]
    for key, value in table.items():
        inner = (*path, key)
        if key in known:
            yield from _check(inner, value, known[key])
        elif others:
            yield from _check(inner, value, others)
        else:
            yield Problem(inner, f"unknown key {dotted(inner)}", _advice_for_unknown(path, key, known), True, True)
    for key in schema.get("required", ()):
        if key not in table:
            yield Problem(path, f"{dotted(path)} has no `{key}`", known[key]["description"], at_key=True)


def _advice_for_unknown(path: Path, key: str, known: Schema) -> str:
    advice = nearest(key, list(known))
    if advice:
        return advice
    if path == ("central", "backend"):
        return "Settings of the backend itself stand in [central.backend.config]."
    return f"Known here: {', '.join(known)}."


def _check_text(path: Path, text: str, schema: Schema) -> Iterator[Problem]:
    name = dotted(path)
    allowed = schema.get("enum")
    if allowed is not None and text not in allowed:
        yield Problem(path, f'{name} can\'t be "{text}"', _choices(text, allowed))
    elif len(text) < schema.get("minLength", 0):
        yield Problem(path, f"{name} is empty", "Fill it in, or leave it out.")
    elif "pattern" in schema and (re.search(schema["pattern"], text) is None or text.endswith("\n")):
        yield Problem(path, f"{name} can't be {json.dumps(text, ensure_ascii=False)}", schema["x-rule"])


def _choices(text: str, allowed: list[str]) -> str:
    choices = " or ".join(f'"{one}"' for one in allowed)
    return f"{nearest(text, allowed)} It is {choices}.".strip()


def _check_date(path: Path, value: object) -> Iterator[Problem]:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            datetime.date.fromisoformat(value)
            return
    except ValueError:
        pass
    yield Problem(path, f"{dotted(path)} has to be a date", 'Write it as "2026-01-05": year, month, day.')


def _wrong_type(path: Path, kind: str, wanted: list[str], schema: Schema) -> Problem:
    if path[:2] == ("placement", "overrides") and kind == "object" and len(path) > 2:
        return Problem(
            path, f"the address in placement.overrides isn't quoted: {path[2]}", 'Quote it: "aws_lb.main" = "central".', True
        )  # fmt: skip
    expected = _NAMES[wanted[0]] if len(wanted) == 1 else "a value that Terraform has"
    advice = ""
    if kind == "object" and wanted == ["array"] and len(path) == 1:
        advice = f"Write [[{path[0]}]], with two brackets, for each."
    elif kind == "string" and wanted == ["array"]:
        advice = "Put it into brackets."
    elif "enum" in schema:
        advice = _choices("", schema["enum"])
    return Problem(path, f"{dotted(path)} has to be {expected}, not {_NAMES[kind]}", advice)


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Decimal():
            return "number" if value.is_finite() else "none"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case datetime.date() | datetime.time():
            return "date"
    return "none"
