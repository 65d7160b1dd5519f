"""Secrets in the configuration itself. The value is never shown."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.links import qualified
from tfhoist.audit.literals import LiteralText, names_secret
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.hcl.expressions import Literal, Object, children
from tfhoist.rules.base import Context, Rule, line_of
from tfhoist.secrets import sounds_secret

_NO_SECRET = ("arn:", "${", "true", "false", "/", "alias/")


_PASSING = (
    "",
    "jsonencode",
    "yamlencode",
    "base64encode",
    "sensitive",
    "nonsensitive",
    "tostring",
    "merge",
    "coalesce",
    "try",
)
"""Functions that pass on what they're given."""


class SecretInConfiguration(Rule):
    """Arguments and object keys that are named like a secret, containers' variables, and defaults of sensitive variables."""

    id = "secret-in-configuration"
    severity = Severity.ERROR
    description = "a secret is written into the configuration"
    advice = (
        "It's in the repository's history for everyone to read, and in the state. Rotate it, and read it from a secrets "
        "manager."
    )

    def match(self, context: Context) -> Iterator[Finding]:
        seen: set[tuple[str, int, str]] = set()
        for text in context.literals:
            if names_secret(text.name) and _may_be_secret(text):
                key = (text.declaration.file.path, text.declaration.start, text.name)
                if key not in seen:
                    seen.add(key)
                    yield self._finding(text.path, text.declaration, text.name, text.start, text.end)
        for path, module in context.modules:
            for declaration in module.of("resource"):
                for name, literal in _container_variables(declaration):
                    yield self._finding(path, declaration, name, literal.start, literal.end)
            for declaration in module.of("variable"):
                default = declaration.body.attribute("default")
                if default is None or not isinstance(default.expression, Literal):
                    continue
                secret = declaration.literal("sensitive") is True or sounds_secret(declaration.name)
                if secret and isinstance(default.expression.value, str) and default.expression.value:
                    yield self._finding(path, declaration, "default", default.start, default.end)

    def _finding(self, path: str, declaration: Declaration, name: str, start: int, end: int) -> Finding:
        address = qualified(path, declaration.address)
        return self.finding(
            f"{address} has a literal value for {name}",
            address=address,
            ranges=[line_of(declaration, start, end)],
            evidence={"argument": name, "value": "(not shown)"},
        )


def _may_be_secret(text: LiteralText) -> bool:
    whole = text.opens and text.ends and text.function in _PASSING
    return whole and bool(text.text.strip()) and not text.text.lower().startswith(_NO_SECRET)


def _container_variables(declaration: Declaration) -> Iterator[tuple[str, Literal]]:
    """`{ name = "DB_PASSWORD", value = "..." }` in the container definitions of a task."""
    if declaration.type != "aws_ecs_task_definition":
        return
    definitions = declaration.expression("container_definitions")
    pending = [definitions] if definitions is not None else []
    while pending:
        node = pending.pop()
        pending.extend(children(node))
        if type(node) is not Object:
            continue
        pairs = {key.value: value for key, value in node.items if isinstance(key, Literal)}
        name, value = pairs.get("name"), pairs.get("value")
        if (
            isinstance(name, Literal)
            and isinstance(name.value, str)
            and sounds_secret(name.value)
            and isinstance(value, Literal)
            and isinstance(value.value, str)
            and value.value
        ):
            yield name.value, value
