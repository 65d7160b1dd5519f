"""Functions that read files: what counts is the content, not the path.

A path of constant text, `path.module` and `path.root` is looked up in the tree of its side. When only its beginning is
known (`"${path.module}/policies/${each.key}.json"`), the content of the whole folder stands for it. A path that is not
read but recorded in an argument stays a path, and another text once its block moved. Configuration files are what the split
changes: they count where a listing has them, where the known end of a path is theirs, and where a block moved.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from typing import TYPE_CHECKING

from tfhoist.configuration.load import SOURCES
from tfhoist.configuration.paths import PATH_ARGUMENTS, READS_ON
from tfhoist.proof.term import Term
from tfhoist.proof.terms import Terms

if TYPE_CHECKING:
    from tfhoist.proof.scopes import ModuleScope


def read(terms: Terms, name: str, arguments: list[Term], scope: ModuleScope) -> Term:
    """The term of a call of one of `FILE_FUNCTIONS`."""
    known, rest = _split(arguments[0])
    others = arguments[1:]
    if known.startswith(("/", "~")):
        return _unread(terms, name, f"{known} lies outside", scope, others)
    if rest:
        folder = _resolved(scope, known[: known.rfind("/") + 1])
        end = rest[-1].parts[1] if rest[-1].kind == "const" else ""
        any_file = end.endswith(_CONFIGURATION) or scope.side.name == "central"
        digest = _digest_of_folder(scope, folder, configuration=any_file)
        if digest is None:
            return _unread(terms, name, f"no file below {folder or '.'}/ is at hand", scope, [*rest, *others])
        beginning = terms.text(known[known.rfind("/") + 1 :])
        return terms.make("file", name, f"folder {digest}", terms.template([beginning, *rest]), *others)
    path = _resolved(scope, known)
    if name == "fileset":
        names = _names_below(scope, path, configuration=True)
        pattern = _glob(others[0].parts[1]) if others and others[0].kind == "const" else None
        if not names or pattern is None:
            return _unread(terms, name, f"what is below {path or '.'}/ can't be told", scope, others)
        names = [below for below in names if pattern.fullmatch(below)]
        return terms.make("file", name, f"names {_digest(chr(10).join(names).encode())}", *others)
    content = scope.side.tree.get(path)
    if content is None:
        return _unread(terms, name, f"{path} isn't at hand", scope, others)
    if name == "fileexists":
        return terms.make("file", name, "exists")
    if name == "templatefile" and READS_ON.search(content):
        return _unread(terms, name, f"{path} reads other files", scope, others)
    return terms.make("file", name, _digest(content), *others)


WRITTEN = {("archive_file", "output_path")}
"""Relative paths at which nothing has to be: a run writes there itself."""

_KEPT = ("local_file", "local_sensitive_file", "template_dir", "terraform_remote_state")
"""Their files lie where the last apply has put them, or are states: no copy is the same."""


def other_files(kind: str, body: Term, before: ModuleScope, after: ModuleScope) -> list[str]:
    """The arguments of a moved block that hold a relative path, below which it isn't the same files that lie there now."""
    return [
        name
        for name, path in relative_paths(kind, body)
        if (kind, name) not in WRITTEN and (kind in _KEPT or not _same_below(path, before, after, name == "program"))
    ]


def _same_below(path: Term, before: ModuleScope, after: ModuleScope, command: bool) -> bool:
    """Whether the file at a relative path, or all files below it, are there on both sides with the same content."""
    known, rest = _split(path)
    if command and not rest and "/" not in known and known not in before.side.tree:
        return True  # a program's name, which is looked up elsewhere
    own = known[: known.rfind("/") + 1] if rest else known
    one, other = _resolved(before, own), _resolved(after, own)
    if own.strip("./") == "" or posixpath.normpath(own).startswith(".."):
        return False
    if not rest and one in before.side.tree:
        return before.side.tree[one] == after.side.tree.get(other)
    digest = _digest_of_folder(before, one)
    return digest is not None and digest == _digest_of_folder(after, other)


def relative_paths(kind: str, body: Term) -> list[tuple[str, Term]]:
    """The arguments of a block that hold a relative path, which means another file once the block moved."""
    found: list[tuple[str, Term]] = []
    for name, value in zip(body.parts[::2], body.parts[1::2], strict=True):
        if name not in PATH_ARGUMENTS.get(kind, ()) or (kind == "terraform_remote_state" and value.kind != "object"):
            continue
        if kind == "terraform_remote_state":
            pairs = dict(zip(value.parts[::2], value.parts[1::2], strict=True))
            texts = [item for key, item in pairs.items() if key.parts[1] in ("path", "config_path")]
        else:
            texts = list(value.parts) if value.kind == "tuple" else [value]
        for text in texts:
            known = _split(text)[0] if text.kind in ("const", "template", "path") else ""
            if known and not known.startswith(("/", "~")) and (kind != "helm_release" or known.startswith(".")):
                found.append((str(name), text))
    return found


def _split(path: Term) -> tuple[str, list[Term]]:
    """The text that a path begins with, and the parts that aren't known."""
    parts = list(path.parts) if path.kind == "template" else [path]
    text = ""
    while parts:
        if parts[0].kind == "const" or (parts[0].kind == "path" and parts[0].parts[0] in ("module", "root")):
            text += parts[0].parts[1]
        else:
            break
        parts.pop(0)
    return text, parts


def _resolved(scope: ModuleScope, path: str) -> str:
    resolved = posixpath.normpath(posixpath.join(scope.side.folder, path))
    return "" if resolved == "." else resolved


_CONFIGURATION = (*SOURCES, ".tf.json", ".tofu.json")


def _names_below(scope: ModuleScope, folder: str, *, configuration: bool = False) -> list[str]:
    prefix = f"{folder}/" if folder else ""
    return sorted(
        path[len(prefix) :]
        for path in scope.side.tree
        if path.startswith(prefix) and (configuration or not path.endswith(_CONFIGURATION))
    )


def _glob(pattern: str) -> re.Pattern[str] | None:
    """A `fileset` pattern; None for one with character classes or alternatives."""
    if re.search(r"[\[\]{}\\]", pattern):
        return None
    return re.compile(
        "".join(
            {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
            for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
        )
    )


def _digest_of_folder(scope: ModuleScope, folder: str, *, configuration: bool = False) -> str | None:
    names = _names_below(scope, folder, configuration=configuration)
    if not names:
        return None
    prefix = f"{folder}/" if folder else ""
    listing = "".join(f"{name}\0{_digest(scope.side.tree[prefix + name])}\n" for name in names)
    return _digest(listing.encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unread(terms: Terms, name: str, why: str, scope: ModuleScope, others: list[Term]) -> Term:
    """A file that can't be read: the same one only where the same path of the same repository is meant."""
    return terms.make("unknown", f"{name}(): {why}", scope.side.repository, *others)
