"""Why some mutants survive rightly: they don't change what Terraform does.

A mutant is explained when each thing that it changed has one of these reasons, and the reason is looked up in the files of
the mutant itself; what the proof says plays no part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.mutants.changes import After, Change, changed, reads
from tests.mutants.registry import Draft
from tests.mutants.results import Result


class Equivalent(NamedTuple):
    """A reason why a change means nothing, and whether it holds for one."""

    name: str
    reason: str
    applies: Callable[[Change, After], bool]


EQUIVALENTS: list[Equivalent] = []


def reason(name: str, text: str) -> Callable[[Callable[[Change, After], bool]], Callable[[Change, After], bool]]:
    """Register a reason."""

    def register(applies: Callable[[Change, After], bool]) -> Callable[[Change, After], bool]:
        EQUIVALENTS.append(Equivalent(name, text, applies))
        return applies

    return register


def explain(result: Result, draft: Draft) -> str:
    """The reasons why a mutant means the same as the result that it was made of, "" if something has none."""
    files = {path: content for path, content in result.files.items() if path not in draft.changes}
    files |= {path: content for path, content in draft.changes.items() if content is not None}
    after = After(result, files)
    found: set[str] = set()
    for change in changed(result, draft.changes):
        name = next((one.name for one in EQUIVALENTS if one.applies(change, after)), "")
        if not name:
            return ""
        found.add(name)
    return ", ".join(sorted(found)) or "layout"


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


@reason("description", "The description of a variable or output is for people: Terraform only shows it.")
def description(change: Change, after: After) -> bool:
    return (change.top in ("variable", "output") and change.name == "description" and len(change.blocks) == 1
            and constant(change.old) and constant(change.new))  # fmt: skip


@reason(
    "unread variable",
    "Nothing in the shared module reads the variable, and no central root that it's missing for gives it a value.",
)
def unread(change: Change, after: After) -> bool:
    if (
        not of_module(change, after)
        or change.top != "variable"
        or reads(elsewhere(after, change), f"var.{change.label}")
    ):
        return False
    gone = not declared(after, after.result.module, change.label)
    given = arguments(after, change.label)
    return not (gone and any(given)) and (
        gone or all(given) or "default" in declared(after, after.result.module, change.label)
    )


@reason(
    "default not used", "Every central root gives the shared module's variable a value of its own, which isn't null."
)
def unused_default(change: Change, after: After) -> bool:
    if not of_module(change, after) or change.top != "variable" or change.name != "default":
        return False
    return bool(arguments(after, change.label)) and all(
        given not in (None, "null") for given in arguments(after, change.label)
    )


@reason("default of the type", 'Terraform converts a default to its variable\'s type: 5 and "5" are one text.')
def converted_default(change: Change, after: After) -> bool:
    given = declared(after, after.result.module, change.label)
    return (of_module(change, after) and change.top == "variable" and change.name == "default"
            and given.get("type") == "string" and unquoted(change.old) == unquoted(change.new))  # fmt: skip


@reason(
    "assigned anyway",
    "The file of values gives the variable of the central root a value, so its new default isn't used.",
)
def assigned_anyway(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    return (after.result.in_central_root(change.path) and change.top == "variable" and change.name == "default"
            and bool(assigned(after, folder, change.label)))  # fmt: skip


@reason(
    "type that it has anyway",
    "The central root's variable has the type already, so the value has it, whatever the shared module says.",
)
def typed_already(change: Change, after: After) -> bool:
    if (
        not of_module(change, after)
        or change.top != "variable"
        or change.name != "type"
        or change.new not in (None, "any")
    ):
        return False
    for folder, given in zip(after.result.folders, arguments(after, change.label), strict=False):
        if given is None:
            default = declared(after, after.result.module, change.label).get("default", "")
            if change.old != "string" or not constant(default):
                return False
        elif not given.startswith("var.") or declared(after, folder, given[4:]).get("type") != change.old:
            return False
    return True


@reason("never null", "Every central root gives a value that isn't null, so `nullable` makes no difference.")
def never_null(change: Change, after: After) -> bool:
    if not of_module(change, after) or change.top != "variable" or change.name != "nullable":
        return False
    for folder, given in zip(after.result.folders, arguments(after, change.label), strict=False):
        if given is None:
            if declared(after, after.result.module, change.label).get("default", "null") == "null":
                return False
            continue
        name = given.removeprefix("var.")
        values = assigned(after, folder, name) or [declared(after, folder, name).get("default", "null")]
        if name == given or "null" in values:
            return False
    return True


@reason(
    "checked outside",
    "The central root's variable has the same validation, and its value is what the shared module gets.",
)
def checked_outside(change: Change, after: After) -> bool:
    if (
        not of_module(change, after)
        or change.top != "variable"
        or len(change.blocks) != 2
        or not change.blocks[1].startswith("validation")
    ):
        return False
    if change.new is not None and not (change.name == "condition" and change.new == "true"):
        return False
    for folder, given in zip(after.result.folders, arguments(after, change.label), strict=False):
        if given is None or not given.startswith("var."):
            return False
        if not any(b"validation {" in text and given.encode() in text for text in after.texts(folder).values()):
            return False
    return True


@reason(
    "output more",
    "An output more, of the shared module or a central root, changes no resource and no output that was agreed.",
)
def output_more(change: Change, after: After) -> bool:
    return (
        change.top == "output"
        and change.old is None
        and change.path in after.result.new
        and change.label.endswith("_2")
    )


@reason("output waits", "An output that waits for more blocks has the same value.")
def output_waits(change: Change, after: After) -> bool:
    return (
        change.top == "output"
        and change.name == "depends_on"
        and change.old is None
        and change.path in after.result.new
    )


@reason(
    "output hidden",
    "A central root's output that says `sensitive` is hidden on the screen; what reads the state gets the same value, without a mark.",
)
def output_hidden(change: Change, after: After) -> bool:
    return (change.top == "output" and change.name == "sensitive" and change.new == "true"
            and after.result.in_central_root(change.path) and change.path in after.result.new)  # fmt: skip


@reason(
    "default backend",
    "A root without a backend keeps its state in terraform.tfstate, as the one that was written out does.",
)
def default_backend(change: Change, after: After) -> bool:
    return (change.blocks[:1] == ("terraform",) and change.blocks[1:2] == ("backend local#1",) and change.new is None
            and (change.name == "" or (change.name == "path" and change.old == '"terraform.tfstate"')))  # fmt: skip


@reason(
    "implied provider",
    "A provider of the `hashicorp` namespace is what its local name means by itself; letter case doesn't count.",
)
def implied_provider(change: Change, after: After) -> bool:
    if change.top != "terraform" or change.path not in after.result.new:
        return False
    if change.new is None and change.name == "" and change.blocks[-1].startswith(("terraform", "required_providers")):
        return True
    if not change.blocks[-1].startswith("required_providers"):
        return False
    return requirement(change.old, change.name) == requirement(change.new, change.name)


def requirement(text: str | None, name: str) -> tuple[str, str, frozenset[str]]:
    """What an entry of `required_providers` says: source, version, aliases."""
    found = dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', text or ""))
    aliases = re.search(r"configuration_aliases\s*=\s*\[([^\]]*)\]", text or "")
    names = frozenset(part.strip() for part in aliases.group(1).split(",")) if aliases else frozenset()
    return found.get("source", f"hashicorp/{name}").lower(), found.get("version", ""), names


@reason("root of the root", "In a root module `path.module` and `path.root` are the same folder.")
def same_path(change: Change, after: After) -> bool:
    return (after.result.in_service_root(change.path) and change.old is not None and change.new is not None
            and change.old.replace("path.module", "path.root") == change.new.replace("path.module", "path.root"))  # fmt: skip


@reason("bool in quotes", "Terraform converts the text to a bool there.")
def quoted_bool(change: Change, after: After) -> bool:
    return (change.blocks[-1:] == ("lifecycle#1",) and change.name in ("create_before_destroy", "prevent_destroy")
            and unquoted(change.old) == unquoted(change.new))  # fmt: skip


@reason("legacy quotes", "Terraform takes a reference in quotes there, with a warning.")
def quoted_reference(change: Change, after: After) -> bool:
    return (change.name in ("providers", "provider", "depends_on")
            and (change.old or "").replace('"', "") == (change.new or "").replace('"', ""))  # fmt: skip


@reason(
    "guard",
    "Nothing reads the local: it's there so that a plan stops without the central outputs. The proof's notes say when no output is read.",
)
def guard(change: Change, after: After) -> bool:
    if change.top != "locals" or not after.result.in_service_root(change.path) or change.new is None:
        return False
    return "outputs." in (change.old or "") and not reads(after.texts(after.result.root), f"local.{change.name}")
