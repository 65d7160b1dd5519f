"""Secret values: found once, on reading, and replaced by numbered placeholders before anything else looks.

Nothing behind this point holds a secret, so none can be printed or written. Equal secrets get equal numbers, so that the
proof still sees which values are the same. `restore` is only for writing into the user's own repositories.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from tfhoist.configuration.load import SOURCES, Tree
from tfhoist.hcl.bodies import Attribute, Body
from tfhoist.hcl.edit import Edit, apply_edits
from tfhoist.hcl.expressions import (
    Call,
    Conditional,
    Expression,
    Literal,
    Object,
    Parentheses,
    Template,
    Tuple,
    children,
)
from tfhoist.hcl.syntax import File, parse_file

PLACEHOLDER = "tfhoist-secret-"
SHORTEST_EVERYWHERE = 8
"""Shorter secrets are replaced where they're assigned only: elsewhere such a short text is likely something else."""

SHORTEST_NUMBER = 4

_SECRET_NAME = re.compile(
    r"(passw(or)?d|passwd|secret|token|api_?key|private_?key|access_?key|credential)s?(_|\Z)", re.IGNORECASE
)
_NO_SECRET = re.compile(
    r"(_|\A)(arn|arns|name|names|id|ids|url|uri|path|paths|ttl|length|enabled|version|prefix|suffix|type|header|expiry|days|"
    r"rotation|retention|policy|file|count|size|region|kms|recovery|window)\Z",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(rb"tfhoist-secret-(\d+)")
_BARE = re.compile(rb'"tfhoist-secret-bare-(\d+)"')
_BEFORE_NUMBER = re.compile(rb"(?:\A|[=:,(\[{?+*/<>!&|-])\s*\Z")
_SECRET_ARGUMENTS = frozenset(
    "password master_password secret_string secret_binary auth_token secret_key access_key private_key client_secret api_key "
    "token sas_token external_id".split()
)
_WORD = re.compile(rb"\w+")
_SHELL = re.compile(rb"""TF_VAR_(\w++)\s*+=\s*+(?:"([^"\n]++)"|'([^'\n]++)'|([^\s"';#]++))""")
_VALUE = re.compile(rb"[^$<{`(\[]*[A-Za-z0-9]{3}")  # no stand-in such as ..., <secret> or $(pass show x)
_COMMENTED = re.compile(rb'^[ \t]*(?:#|//)[ \t]*(\w+)[ \t]*=[ \t]*"([^"\n]+)"', re.MULTILINE)


def sounds_secret(name: str) -> bool:
    """Whether a variable's name says that its value is a secret."""
    return _SECRET_NAME.search(name) is not None and _NO_SECRET.search(name) is None


class Redaction:
    """The secrets of some trees, with their numbers."""

    def __init__(self, trees: Iterable[Tree], parse: Callable[[str, bytes], File] = parse_file) -> None:
        self._parse = parse
        self._numbers: dict[bytes, int] = {}
        self._spans: dict[tuple[str, bytes], dict[tuple[int, int], None]] = {}
        for tree in trees:
            self._collect(tree)
        self._secrets = {number: secret for secret, number in self._numbers.items()}
        self._by_word: dict[bytes, list[bytes]] = {}
        for secret in self._numbers:
            if len(secret) >= SHORTEST_EVERYWHERE:
                self._by_word.setdefault(max(_WORD.findall(secret), key=len, default=b""), []).append(secret)

    def __len__(self) -> int:
        return len(self._numbers)

    def redact(self, tree: Tree) -> dict[str, bytes]:
        """The tree with placeholders for secrets."""
        return {path: self.redact_file(path, content) for path, content in tree.items()}

    def redact_file(self, path: str, content: bytes) -> bytes:
        """One file with placeholders for secrets."""
        spans = self._spans.get((path, content))
        if spans:
            edits = [
                Edit(start, end, self._placeholder(content[start:end], bare=content[start - 1 : start] != b'"'))
                for start, end in spans
            ]
            content = apply_edits(content, edits)
        known = self._known_in(content)
        if known is not None:
            content = known.sub(
                lambda match: self._placeholder(match.group(), bare=_stands_bare(match.string, match.start())), content
            )
        return content

    def _known_in(self, content: bytes) -> re.Pattern[bytes] | None:
        """A pattern of the secrets that may stand in some text: those whose longest word does. Longer ones come first."""
        words = {b"", *_WORD.findall(content)} if self._by_word else set()
        there = [secret for word in self._by_word.keys() & words for secret in self._by_word[word]]
        if not there:
            return None
        there.sort(key=lambda secret: (-len(secret), secret))
        return re.compile(rb"(?<!\w)(?:" + b"|".join(map(re.escape, there)) + rb")(?!\w)")

    def restore(self, content: bytes) -> bytes:
        """The content with secrets in place of their placeholders."""
        content = _BARE.sub(lambda match: self._secrets.get(int(match.group(1)), match.group()), content)
        return _PLACEHOLDER.sub(lambda match: self._secrets.get(int(match.group(1)), match.group()), content)

    def _placeholder(self, secret: bytes, *, bare: bool) -> bytes:
        if secret.isdigit() and bare:
            # a number stays a value of its own: quoted, and told apart so that it comes back bare
            return f'"{PLACEHOLDER}bare-{self._numbers[secret]}"'.encode()
        return f"{PLACEHOLDER}{self._numbers[secret]}".encode()

    def _collect(self, tree: Tree) -> None:
        sensitive: set[str] = set()
        files: dict[str, File] = {}
        for path in sorted(tree):
            if path.endswith((*SOURCES, ".tfvars", ".tfbackend", ".hcl")):
                files[path] = self._parse(path, tree[path])
        for path, file in files.items():
            if not path.endswith(SOURCES):
                continue
            for block in file.body.blocks:
                if block.type == "variable" and block.labels and _says_sensitive(block.body):
                    sensitive.add(block.labels[0])
        for path in sorted(tree):
            if path.endswith(".tfvars.json"):
                self._from_json(path, tree[path], sensitive)
        for path, file in files.items():
            if path.endswith(SOURCES):
                self._from_configuration(path, tree[path], file, sensitive)
            else:
                for attribute in file.body.attributes:
                    if attribute.name in sensitive or sounds_secret(attribute.name):
                        self._add(path, tree[path], attribute)
                    else:
                        self._add(path, tree[path], attribute, secret=False)
        for path in sorted(tree):
            self._from_text(path, tree[path], sensitive)

    def _from_text(self, path: str, content: bytes, sensitive: set[str]) -> None:
        """Assignments in comments and examples of variable files, and `TF_VAR_x=` anywhere."""
        for match in _SHELL.finditer(content):
            name = match.group(1).decode()
            if name in sensitive or sounds_secret(name):
                group = next(number for number in (2, 3, 4) if match.group(number) is not None)
                if _VALUE.match(match.group(group)):
                    self._note(path, content, match.start(group), match.end(group))
        if ".tfvars" not in path:
            return
        if not path.endswith((".tfvars", ".json")):
            for attribute in self._parse(path, content).body.attributes:
                if attribute.name in sensitive or sounds_secret(attribute.name):
                    self._add(path, content, attribute)
        for match in _COMMENTED.finditer(content):
            name = match.group(1).decode()
            if name in sensitive or sounds_secret(name):
                self._note(path, content, match.start(2), match.end(2))

    def _from_configuration(self, path: str, content: bytes, file: File, sensitive: set[str]) -> None:
        for block in file.body.blocks:
            if block.type == "variable" and block.labels and block.labels[0] in sensitive:
                default = block.body.attribute("default")
                if default is not None:
                    self._add(path, content, default)
            if block.type not in ("resource", "data", "provider", "module", "terraform"):
                continue
            pending = [block.body]
            while pending:
                body = pending.pop()
                for attribute in body.attributes:
                    if attribute.name in _SECRET_ARGUMENTS:
                        self._add(path, content, attribute)
                pending.extend(inner.body for inner in body.blocks)

    def _add(self, path: str, content: bytes, attribute: Attribute, *, secret: bool = True) -> None:
        """The literals of a value that is a secret, or (`secret` false) those below a key of it that says so."""
        pending: list[tuple[Expression, bool]] = [(attribute.expression, secret)]
        while pending:
            node, hidden = pending.pop()
            if isinstance(node, Literal):
                if hidden:
                    self._literal(path, content, node)
            elif isinstance(node, Object):
                pending.extend((value, hidden or _names_secret(key)) for key, value in node.items)
            elif isinstance(node, Template | Tuple | Parentheses | Conditional | Call):
                pending.extend((child, hidden) for child in children(node))

    def _literal(self, path: str, content: bytes, node: Literal) -> None:
        start, end = node.start, node.end
        if isinstance(node.value, int) and not isinstance(node.value, bool) and end - start >= SHORTEST_NUMBER:
            self._note(path, content, start, end)
        if not isinstance(node.value, str) or not node.value:
            return
        if content[start : start + 1] == b'"':
            start, end = start + 1, end - 1
        elif content[start : start + 2] == b"<<":
            start, end = content.index(b"\n", start) + 1, content.rindex(b"\n", start, end)
        self._note(path, content, start, end)

    def _note(self, path: str, content: bytes, start: int, end: int) -> None:
        secret = content[start:end]
        if not secret.strip() or _PLACEHOLDER.fullmatch(secret):
            return
        self._numbers.setdefault(secret, len(self._numbers) + 1)
        self._spans.setdefault((path, content), {})[(start, end)] = None

    def _from_json(self, path: str, content: bytes, sensitive: set[str]) -> None:
        """The texts below a sensitive key of a `.tfvars.json` file, as they stand in it."""
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            return  # reported when the file is read for its values
        if not isinstance(document, dict):
            return
        for name, value in document.items():
            if name not in sensitive and not sounds_secret(name):
                continue
            for text in _texts(value):
                for raw in {json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode()}:
                    at = content.find(raw)
                    while at >= 0:
                        self._note(path, content, at + 1, at + len(raw) - 1)
                        at = content.find(raw, at + len(raw))


def _stands_bare(content: bytes, start: int) -> bool:
    """Whether digits stand for a number, where no parser says so: not inside a text, and where a value may begin."""
    line = content[content.rfind(b"\n", 0, start) + 1 : start]
    return line.count(b'"') % 2 == 0 and _BEFORE_NUMBER.search(line) is not None


def _names_secret(key: Expression) -> bool:
    return isinstance(key, Literal) and isinstance(key.value, str) and sounds_secret(key.value)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


def _says_sensitive(body: Body) -> bool:
    attribute = body.attribute("sensitive")
    return attribute is not None and isinstance(attribute.expression, Literal) and attribute.expression.value is True


def holds_placeholder(content: bytes) -> bool:
    """Whether some text holds a placeholder."""
    return _PLACEHOLDER.search(content) is not None


def changed_files(before: Mapping[str, bytes], after: Mapping[str, bytes | None]) -> list[str]:
    """The paths whose content is another one, or gone, or new."""
    return sorted(path for path, content in after.items() if before.get(path) != content)
