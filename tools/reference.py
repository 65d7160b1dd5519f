"""Writes the reference pages that are made from the code: `make reference`. A test says when they're stale."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfhoist.registry.catalogue import CHECKS
from tfhoist.rules import RULES

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
SCHEMAS = REPOSITORY / "src" / "tfhoist" / "schemas"
MADE = "<!-- Made by `make reference`: change the code, not this page. -->\n"

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Each page's text, by its name under docs."""
    return {"artifacts.md": _artifacts(), "findings/index.md": _findings()}


def _findings() -> str:
    rows = [(rule.id, rule.severity.value, rule.description, f"[{rule.id}]({rule.id}.md)") for rule in RULES]
    lines = [
        MADE,
        "# Findings",
        "",
        "What `tfhoist audit` and `tfhoist consolidate` report, and what a central repository's `tfhoist registry check` adds. An error",
        "makes `audit` end with 2; a note asks for nothing. Each has a page with an example and the way out.",
        "",
        "| finding | severity | what it says |",
        "|---|---|---|",
        *(f"| {link} | {severity} | {_cell(said)} |" for _, severity, said, link in sorted(rows)),
        "",
        "## In a registry",
        "",
        "| finding | severity | what it says |",
        "|---|---|---|",
        *(f"| `{one.id}` | {one.severity.value} | {_cell(one.description)} |" for one in sorted(CHECKS.values())),
    ]
    return "\n".join(lines) + "\n"


def _artifacts() -> str:
    schemas = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))}
    lines = [
        MADE,
        "# Files and JSON",
        "",
        "What tfhoist writes and prints for other programs. Each form has a JSON Schema in `src/tfhoist/schemas`, and every document says",
        "which under `schema`. Keys may be added to a form; those that are here keep their names and meanings until its number changes.",
        "",
        "| form | what it is |",
        "|---|---|",
        *(
            f"| [{_cell(schema['title'])}](#{_anchor(schema['title'])}) | {_cell(_first(schema.get('description', '')))} |"
            for schema in schemas.values()
        ),
    ]
    for name, schema in schemas.items():
        lines += ["", f"## {schema['title']}", "", f"{schema.get('description', '')} Schema: `{name}`.".strip()]
        rows = list(_keys(schema, schema))
        if rows:
            lines += ["", "| key | type | what |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _keys(schema: Schema, root: Schema) -> list[str]:
    found = _resolved(schema, root)
    required = set(found.get("required", ()))
    return [
        f"| `{name}` | {_cell(_type(inner, root))}{'' if name in required else ', optional'} | {_cell(inner.get('description', ''))} |"
        for name, inner in found.get("properties", {}).items()
    ]


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return schema
    return {**root["$defs"][reference.removeprefix("#/$defs/")], **{k: v for k, v in schema.items() if k != "$ref"}}


def _type(schema: Schema, root: Schema, depth: int = 0) -> str:
    """A type in a few words: the keys of objects are named, one level deep."""
    found = _resolved(schema, root)
    if "const" in found:
        return f"`{json.dumps(found['const'])}`"
    if "enum" in found:
        return ", ".join(f"`{json.dumps(one)}`" for one in found["enum"])
    for key in ("anyOf", "oneOf"):
        if key in found:
            return " or ".join(dict.fromkeys(_type(one, root, depth) for one in found[key]))
    kinds = found.get("type", "any value")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    return " or ".join(_kind(kind, found, root, depth) for kind in kinds)


def _kind(kind: str, schema: Schema, root: Schema, depth: int) -> str:
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"list of {_type(schema['items'], root, depth)}"
    if kind == "object":
        names = schema.get("properties", {})
        if names and depth == 0:
            return "{" + ", ".join(f"`{name}`" for name in names) + "}"
        inner = schema.get("additionalProperties")
        return (
            f"map of {_type(inner, root, depth + 1)}" if isinstance(inner, dict) and inner and depth == 0 else "object"
        )
    return kind


def _first(text: str) -> str:
    return text.split(". ")[0].rstrip(".")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower() if c.isalnum() or c in " -_").replace(" ", "-")


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"wrote docs/{name}")
