"""What a mutant changed, told by the parser: which argument of which block, before and after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tests.mutants.results import Changes, Result
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.syntax import File, parse_file


class Change(NamedTuple):
    """One argument (or, without a name, one block or file) that differs; None: it isn't there."""

    path: str
    blocks: tuple[str, ...]  # `variable x`, `validation#0`: outermost first
    name: str
    old: str | None
    new: str | None

    @property
    def top(self) -> str:
        """The type of the outermost block."""
        return self.blocks[0].partition(" ")[0] if self.blocks else ""

    @property
    def label(self) -> str:
        """The last label of the outermost block."""
        return self.blocks[0].rpartition(" ")[2].partition("#")[0] if self.blocks else ""


class After(NamedTuple):
    """A mutant's files."""

    result: Result
    files: Mapping[str, bytes]

    def file(self, path: str) -> File:
        """One file, parsed."""
        content = self.files[path]
        return self.result.file(path) if self.result.files.get(path) is content else parse_file(path, content)

    def texts(self, folder: str) -> dict[str, bytes]:
        """The configuration of one folder."""
        return {
            path: content
            for path, content in self.files.items()
            if path.startswith(folder) and "/" not in path[len(folder) :] and path.endswith(".tf")
        }


def changed(result: Result, changes: Changes) -> list[Change]:
    """Everything that differs; nothing for comments, blank lines and order of blocks."""
    found: list[Change] = []
    olds: dict[tuple[tuple[str, ...], str], tuple[str, str]] = {}
    news: dict[tuple[tuple[str, ...], str], tuple[str, str]] = {}
    for path, content in sorted(changes.items()):
        if not path.endswith((".tf", ".tfvars", ".tfbackend")):
            found.append(Change(path, (), "", _text(result.files.get(path)), _text(content)))
            continue
        for side, source in ((olds, result.files.get(path)), (news, content)):
            if source is not None:
                side |= {key: (path, text) for key, text in _flat(parse_file(path, source)).items()}
    for key in sorted({*olds, *news}):
        old, new = olds.get(key), news.get(key)
        if (old and old[1]) != (new and new[1]):
            place = (old or new or ("", ""))[0]
            found.append(Change(place, *key, old[1] if old else None, new[1] if new else None))
    return found


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode(errors="replace")


def _flat(file: File) -> dict[tuple[tuple[str, ...], str], str]:
    found: dict[tuple[tuple[str, ...], str], str] = {}
    pending: list[tuple[tuple[str, ...], Body]] = [((), file.body)]
    while pending:
        outer, body = pending.pop()
        for attribute in body.attributes:
            found[(outer, attribute.name)] = file.text(attribute.value_start, attribute.value_end)
        seen: Counter[str] = Counter()
        for block in body.blocks:
            to = block.body.attribute("to") if block.type == "import" else None
            labels = block.labels if to is None else (file.text(to.value_start, to.value_end),)
            name = " ".join((block.type, *labels))
            if outer or not labels:
                seen[name] += 1
                name = name if block.type in ("locals", "terraform") else f"{name}#{seen[name]}"
            elif (name,) in [key for key, _ in found]:
                name = f"{name}#2"
            found[((*outer, name), "")] = ""
            pending.append(((*outer, name), block.body))
    return found


def reads(texts: Mapping[str, bytes], name: str) -> bool:
    """Whether any of some texts reads a name such as `var.x`."""
    wanted = re.compile(rb"(?<![\w.])" + re.escape(name.encode()) + rb"(?![\w-])")
    return any(wanted.search(text) for text in texts.values())
