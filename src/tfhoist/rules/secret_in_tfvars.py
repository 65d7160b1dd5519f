"""Secrets in variable files. The value is never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.hcl.expressions import Literal, Template, walk
from tfhoist.hcl.syntax import parse_file
from tfhoist.rules.base import Context, Rule
from tfhoist.secrets import sounds_secret

_FILES = (".tfvars", ".tfvars.json", ".tfbackend")


class SecretInTfvars(Rule):
    """A secret is what a sensitive variable gets, or one whose name says so; an empty text is none."""

    id = "secret-in-tfvars"
    severity = Severity.ERROR
    description = "a variable file holds a secret"
    advice = (
        "It's in the repository's history for everyone to read. Rotate it, and give it at run time (TF_VAR_..., a secrets "
        "manager)."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        sensitive = {
            declaration.name
            for declaration in context.module.of("variable")
            if declaration.literal("sensitive") is True
        }
        for path in sorted(context.files):
            if not path.endswith(_FILES):
                continue
            given = _from_json if path.endswith(".json") else _from_hcl
            for name, place in given(path, context.files[path]):
                if name in sensitive or sounds_secret(name):
                    why = "is declared sensitive" if name in sensitive else "has a secret's name"
                    yield self.finding(
                        f"{path} holds a value for {name}, which {why}",
                        address=f"var.{name}" if context.module.get(f"var.{name}") is not None else None,
                        ranges=[place],
                        evidence={"file": path, "variable": name, "value": "(not shown)"},
                    )


def _from_hcl(path: str, source: bytes) -> Iterator[tuple[str, SourceRange]]:
    file = parse_file(path, source)
    for attribute in file.body.attributes:
        texts = (node for node in walk(attribute.expression) if isinstance(node, Literal | Template))
        if any(isinstance(node, Template) or (isinstance(node.value, str) and node.value) for node in texts):
            yield attribute.name, file.range(attribute.start, attribute.end)


def _from_json(path: str, source: bytes) -> Iterator[tuple[str, SourceRange]]:
    try:
        document = json.loads(source)
    except (ValueError, RecursionError):
        return
    for name, value in document.items() if isinstance(document, dict) else ():
        if value and not isinstance(value, bool | int | float):
            line = source[: max(source.find(json.dumps(name).encode()), 0)].count(b"\n") + 1
            yield name, SourceRange(path, line, line)
