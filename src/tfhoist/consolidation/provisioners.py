"""Provisioners and connections of what moves: whether they can run where the central root is applied.

They run when an instance is created or destroyed, never for a state that is moved or imported. So they go along, unless they reach
back: read what stays, or name a file, a folder or the state of the service root. A command is text, so what it names is guessed
with suspicion: whatever may be a relative path is taken for one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from tfhoist.configuration.load import Tree
from tfhoist.hcl.bodies import Block, Body
from tfhoist.hcl.expressions import Call, Conditional, Expression, Literal, Parentheses, Template, Tuple, walk

RUNS = frozenset({"local-exec", "remote-exec", "file"})
"""The provisioners that Terraform has of its own."""

_READS_FILES = {"remote-exec": ("script", "scripts"), "file": ("source",), "local-exec": ("working_dir",)}
"""Arguments that name a file or folder of the machine that Terraform runs on."""

_RELATIVE = re.compile(r"(?:^|[\s=(:;|&<>`,])\.{1,2}(?:/|\s|$)")
_WRITTEN = re.compile(r">>?\s*(?![/&\s>])\S")
_FOLDER = re.compile(r"(?:^|[\s;&|(])(?:cd|pushd)\s+(?!/)\S")
_TERRAFORM = re.compile(r"(?:^|[\s;&|(`/])(terraform|terragrunt|tofu)(?=$|[\s`;])")
_WORD = re.compile(r"[\s'\"=;|&<>()`,:$]+")


def reaches_back(block: Block, tree: Tree, folder: str) -> str:
    """Why a provisioner can't run elsewhere, "" when it can; `folder` is the service root's, from the tree's."""
    if block.type == "connection":
        return ""
    kind = block.labels[0] if block.labels else ""
    if kind not in RUNS:
        return "isn't one of Terraform's own"
    for name in _READS_FILES[kind]:
        attribute = block.body.attribute(name)
        if attribute is not None and not _is_absolute(attribute.expression):
            return f"names a file or folder of the machine that it runs on ({name})"
    if kind != "local-exec":
        return ""
    command = block.body.attribute("command")
    if command is not None and not _is_told(command.expression):
        return "runs a command that isn't written there"
    for text in _texts(block.body):
        problem = _problem(text, tree, folder)
        if problem:
            return problem
    return ""


def _problem(text: str, tree: Tree, folder: str) -> str:
    text = re.sub(r"['\"]", "", text)
    terraform = _TERRAFORM.search(text)
    if terraform is not None:
        return f"runs {terraform.group(1)}, in the folder of this root"
    for pattern, what in (
        (_RELATIVE, "names a relative path"),
        (_WRITTEN, "writes a file into the folder that it runs in"),
        (_FOLDER, "goes to a folder by a relative path"),
    ):
        if pattern.search(text):
            return what
    for word in _WORD.split(text):
        path = posixpath.normpath(posixpath.join(folder, word)) if word and not word.startswith(("/", "-")) else ""
        if path and (path in tree or ("/" in word and any(name.startswith(f"{path}/") for name in tree))):
            return f"names {word}, a file of this root"
    return ""


def _is_absolute(expression: Expression) -> bool:
    match expression:
        case Literal(value=str(text)) | Template(parts=(Literal(value=str(text)), *_)):
            return text.startswith("/")
    return False


def _is_told(expression: Expression) -> bool:
    """Whether a command begins with text that is written there: a value from elsewhere, or a file's content, could be anything."""
    match expression:
        case Literal(value=str()) | Template(parts=(Literal(), *_)):
            return True
        case Template(parts=(inner,)) | Parentheses(inner=inner):
            return _is_told(inner)
        case Conditional(yes=yes, no=no):
            return _is_told(yes) and _is_told(no)
        case Call(name="format" | "trimspace" | "chomp", arguments=(first, *_)):
            return _is_told(first)
        case Call(name="join", arguments=(_, Tuple(items=(first, *_)))):
            return _is_told(first)
    return False


def _texts(body: Body) -> Iterator[str]:
    """The text that a provisioner says: of a template all that is written, with a space for what isn't."""
    for attribute in body.attributes:
        if attribute.name not in ("command", "interpreter", "environment"):
            continue
        inside: set[int] = set()
        for node in walk(attribute.expression):
            if isinstance(node, Template):
                inside.update(id(part) for part in node.parts)
                yield "".join(str(part.value) if isinstance(part, Literal) else "$" for part in node.parts)
            elif isinstance(node, Literal) and isinstance(node.value, str) and id(node) not in inside:
                yield node.value
