"""What reasons look up in a mutant's files."""

from __future__ import annotations

import re

from tests.mutants.changes import After, Change


def unquoted(text: str | None) -> str:
    """Text without its quotes."""
    return (text or "").strip('"')


def constant(text: str | None) -> bool:
    """Whether text is a quoted constant, or nothing."""
    return text is None or re.fullmatch(r'"[^"$%\\]*"', text) is not None


def of_module(change: Change, after: After) -> bool:
    """Whether a change is in the shared module's own folder."""
    return after.result.in_module(change.path)


def arguments(after: After, name: str) -> list[str | None]:
    """What each central root gives a variable of the shared module; None where it gives nothing."""
    found: list[str | None] = []
    for folder in after.result.folders:
        for path in after.texts(folder):
            file = after.file(path)
            for block in file.body.blocks_of("module"):
                source = block.body.attribute("source")
                if source is None or after.result.module.rstrip("/").rpartition("/")[2] not in file.text(
                    source.start, source.end
                ):
                    continue
                given = block.body.attribute(name)
                found.append(file.text(given.value_start, given.value_end) if given is not None else None)
    return found


def declared(after: After, folder: str, name: str) -> dict[str, str]:
    """The arguments of a variable of one folder, as text."""
    for path in after.texts(folder):
        file = after.file(path)
        for block in file.body.blocks_of("variable"):
            if block.labels == (name,):
                return {a.name: file.text(a.value_start, a.value_end) for a in block.body.attributes}
    return {}


def assigned(after: After, folder: str, name: str) -> list[str]:
    """The values that a central root's files give a variable."""
    return [
        after.file(path).text(attribute.value_start, attribute.value_end)
        for path in sorted(after.files)
        if path.startswith(folder) and path.endswith(".tfvars")
        for attribute in after.file(path).body.attributes
        if attribute.name == name
    ]


def elsewhere(after: After, change: Change) -> dict[str, bytes]:
    """The shared module's configuration without the block that changed."""
    texts = after.texts(after.result.module)
    found: dict[str, bytes] = {}
    for path, text in texts.items():
        for block in reversed(after.file(path).body.blocks):
            if " ".join((block.type, *block.labels)) == change.blocks[0]:
                text = text[: block.start] + text[block.end :]
        found[path] = text
    return found


def validated_outside(change: Change, after: After) -> bool:
    """Whether each central root gives the shared module's variable a variable of its own that has a validation."""
    for folder, given in zip(after.result.folders, arguments(after, change.label), strict=False):
        if given is None or not given.startswith("var."):
            return False
        if not any(b"validation {" in text and given.encode() in text for text in after.texts(folder).values()):
            return False
    return True


def plain_items(text: str | None) -> set[str]:
    """The items of a list as it's written."""
    return {
        part.strip() for part in (text or "").strip().removeprefix("[").removesuffix("]").split(",") if part.strip()
    }


def requirement(text: str | None, name: str) -> tuple[str, str, frozenset[str]]:
    """What an entry of `required_providers` says: source, version, aliases."""
    found = dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', text or ""))
    aliases = re.search(r"configuration_aliases\s*=\s*\[([^\]]*)\]", text or "")
    names = frozenset(part.strip() for part in aliases.group(1).split(",")) if aliases else frozenset()
    return found.get("source", f"hashicorp/{name}").lower(), found.get("version", ""), names


def used(after: After, change: Change) -> bool:
    """Whether a block beside a `terraform` block uses the provider of a local name."""
    texts = after.texts(change.path.rpartition("/")[0] + "/")
    name = re.escape(change.name)
    pattern = rf'"{name}(_[^"]*)?"|=\s*{name}\b(?!\s*=)'
    return any(re.search(pattern, text.decode()) is not None for text in texts.values())
