"""Secret values: found once, on reading, and replaced by numbered placeholders before anything else looks.

Nothing behind this point holds a secret, so none can be printed or written. Equal secrets get equal numbers, so that the
proof still sees which values are the same. `restore` is only for writing into the user's own repositories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tfhoist.configuration.load import Tree
from tfhoist.hcl.bodies import Attribute, Body
from tfhoist.hcl.edit import Edit, apply_edits
from tfhoist.hcl.expressions import Literal, walk
from tfhoist.hcl.syntax import File, parse_file

PLACEHOLDER = "tfhoist-secret-"
SHORTEST_EVERYWHERE = 8
"""Shorter secrets are replaced where they're assigned only: elsewhere such a short text is likely something else."""

_SECRET_NAME = re.compile(
    r"(passw(or)?d|passwd|secret|token|api_?key|private_?key|access_?key|credential)s?(_|\Z)", re.IGNORECASE
)
_NO_SECRET = re.compile(
    r"(_|\A)(arn|arns|name|names|id|ids|url|uri|path|paths|ttl|length|enabled|version|prefix|suffix|type|header|expiry|days|"
    r"rotation|retention|policy|file|count|size|region|kms|recovery|window)\Z",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(rb"tfhoist-secret-(\d+)")
_SECRET_ARGUMENTS = frozenset(
    "password master_password secret_string auth_token secret_key private_key client_secret api_key token".split()
)


def sounds_secret(name: str) -> bool:
    """Whether a variable's name says that its value is a secret."""
    return _SECRET_NAME.search(name) is not None and _NO_SECRET.search(name) is None


class Redaction:
    """The secrets of some trees, with their numbers."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._numbers: dict[bytes, int] = {}
        self._spans: dict[tuple[str, bytes], list[tuple[int, int]]] = {}
        for tree in trees:
            self._collect(tree)
        long = sorted((s for s in self._numbers if len(s) >= SHORTEST_EVERYWHERE), key=lambda s: (-len(s), s))
        self._everywhere = re.compile(b"|".join(re.escape(secret) for secret in long)) if long else None

    def __len__(self) -> int:
        return len(self._numbers)

    def redact(self, tree: Tree) -> dict[str, bytes]:
        """The tree with placeholders for secrets."""
        return {path: self.redact_file(path, content) for path, content in tree.items()}

    def redact_file(self, path: str, content: bytes) -> bytes:
        """One file with placeholders for secrets."""
        spans = self._spans.get((path, content))
        if spans:
            edits = [Edit(start, end, self._placeholder(content[start:end])) for start, end in spans]
            content = apply_edits(content, edits)
        if self._everywhere is not None:
            content = self._everywhere.sub(lambda match: self._placeholder(match.group()), content)
        return content

    def restore(self, content: bytes) -> bytes:
        """The content with secrets in place of their placeholders."""
        secrets = {number: secret for secret, number in self._numbers.items()}
        return _PLACEHOLDER.sub(lambda match: secrets.get(int(match.group(1)), match.group()), content)

    def _placeholder(self, secret: bytes) -> bytes:
        return f"{PLACEHOLDER}{self._numbers[secret]}".encode()

    def _collect(self, tree: Tree) -> None:
        sensitive: set[str] = set()
        files: dict[str, File] = {}
        for path in sorted(tree):
            if path.endswith((".tf", ".tfvars", ".tfbackend", ".hcl")):
                files[path] = parse_file(path, tree[path])
        for path, file in files.items():
            if not path.endswith(".tf"):
                continue
            for block in file.body.blocks:
                if block.type == "variable" and block.labels and _says_sensitive(block.body):
                    sensitive.add(block.labels[0])
        for path, file in files.items():
            if path.endswith(".tf"):
                self._from_configuration(path, tree[path], file, sensitive)
            else:
                for attribute in file.body.attributes:
                    if attribute.name in sensitive or sounds_secret(attribute.name):
                        self._add(path, tree[path], attribute)

    def _from_configuration(self, path: str, content: bytes, file: File, sensitive: set[str]) -> None:
        for block in file.body.blocks:
            if block.type == "variable" and block.labels and block.labels[0] in sensitive:
                default = block.body.attribute("default")
                if default is not None:
                    self._add(path, content, default)
            if block.type not in ("resource", "data", "provider", "module"):
                continue
            pending = [block.body]
            while pending:
                body = pending.pop()
                for attribute in body.attributes:
                    if attribute.name in _SECRET_ARGUMENTS and isinstance(attribute.expression, Literal):
                        self._add(path, content, attribute)
                pending.extend(inner.body for inner in body.blocks)

    def _add(self, path: str, content: bytes, attribute: Attribute) -> None:
        for node in walk(attribute.expression):
            if not isinstance(node, Literal) or not isinstance(node.value, str) or not node.value:
                continue
            start, end = node.start, node.end
            if content[start : start + 1] == b'"':
                start, end = start + 1, end - 1
            secret = content[start:end]
            if not secret.strip() or _PLACEHOLDER.fullmatch(secret):
                continue
            self._numbers.setdefault(secret, len(self._numbers) + 1)
            spans = self._spans.setdefault((path, content), [])
            if (start, end) not in spans:
                spans.append((start, end))


def _says_sensitive(body: Body) -> bool:
    attribute = body.attribute("sensitive")
    return attribute is not None and isinstance(attribute.expression, Literal) and attribute.expression.value is True


def holds_placeholder(content: bytes) -> bool:
    """Whether some text holds a placeholder."""
    return _PLACEHOLDER.search(content) is not None


def changed_files(before: Mapping[str, bytes], after: Mapping[str, bytes | None]) -> list[str]:
    """The paths whose content is another one, or gone, or new."""
    return sorted(path for path, content in after.items() if before.get(path) != content)
