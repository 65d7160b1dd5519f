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
from tfhoist.hcl.syntax import parse_file


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
    if change.old is None and not used(after, change):
        return requirement(change.new, change.name)[0].startswith("hashicorp/")
    return requirement(change.old, change.name) == requirement(change.new, change.name)


def used(after: After, change: Change) -> bool:
    """Whether a block beside a `terraform` block uses the provider of a local name."""
    texts = after.texts(change.path.rpartition("/")[0] + "/")
    name = re.escape(change.name)
    pattern = rf'"{name}(_[^"]*)?"|=\s*{name}\b(?!\s*=)'
    return any(re.search(pattern, text.decode()) is not None for text in texts.values())


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
    if not after.result.in_service_root(change.path) or f"before/{change.path}" in after.result.files:
        return False
    texts = after.texts(after.result.root)
    if change.new is None:
        if change.top == "data":
            return not reads(texts, ".".join(change.blocks[0].split()))
        return change.top == "locals" and not any(b"local.central_" in text for text in texts.values())
    return change.top == "locals" and "outputs." in (change.old or "") and not reads(texts, f"local.{change.name}")


def validated_outside(change: Change, after: After) -> bool:
    """Whether each central root gives the shared module's variable a variable of its own that has a validation."""
    for folder, given in zip(after.result.folders, arguments(after, change.label), strict=False):
        if given is None or not given.startswith("var."):
            return False
        if not any(b"validation {" in text and given.encode() in text for text in after.texts(folder).values()):
            return False
    return True


@reason("message", "The message of a validation is for people.")
def message(change: Change, after: After) -> bool:
    return (of_module(change, after) and change.top == "variable" and change.name == "error_message"
            and constant(change.new) and change.new not in (None, '""', '" "'))  # fmt: skip


@reason(
    "words that hold",
    "The values that the environments have are among the words of the validation, and the central root's variable has the old one.",
)
def words_that_hold(change: Change, after: After) -> bool:
    if (
        not of_module(change, after)
        or change.top != "variable"
        or change.name != "condition"
        or not validated_outside(change, after)
    ):
        return False
    if re.fullmatch(r"contains\((?:toset\()?\[.*\]\)?, var\.\w+\)", change.new or "") is None:
        return False
    listed = re.sub(r"\[[^\[\]]*\]", "", (change.new or "").partition("[")[2].rpartition("]")[0])
    known = set(re.findall(r'"[^"]*"', listed))
    given = zip(after.result.folders, arguments(after, change.label), strict=True)
    return all(set(assigned(after, folder, (name or "").removeprefix("var."))) <= known for folder, name in given)


@reason("validated twice", "The variable has the same validation already.")
def validated_twice(change: Change, after: After) -> bool:
    if not of_module(change, after) or change.top != "variable" or len(change.blocks) != 2 or change.old is not None:
        return False
    if change.name == "":
        return change.blocks[1].startswith("validation")
    before = after.result.files[change.path]
    return (change.new or "").encode() in before and validated_outside(change, after)


def plain_items(text: str | None) -> set[str]:
    """The items of a list as it's written."""
    return {part.strip() for part in (text or "").strip("[]").split(",") if part.strip()}


@reason(
    "items of a set",
    "A set has each item once, in an order of its own: the variable is one, or the argument is read as one.",
)
def set_items(change: Change, after: After) -> bool:
    if not all((text or "").startswith("[") for text in (change.old, change.new)) or plain_items(
        change.old
    ) != plain_items(change.new):
        return False
    if change.name in ("depends_on", "ignore_changes", "replace_triggered_by"):
        return True
    folder = change.path.rpartition("/")[0] + "/"
    return change.path.endswith(".tfvars") and declared(after, folder, change.name).get("type", "").startswith("set(")


@reason(
    "new input",
    "The service root has no such variable: what the shared module is given is only passed on to an output.",
)
def new_input(change: Change, after: After) -> bool:
    if (
        not of_module(change, after)
        or change.top != "variable"
        or change.name not in ("default", "type", "nullable", "sensitive")
    ):
        return False
    before = {
        path: text
        for path, text in after.result.files.items()
        if path.startswith("before/service/") and path.endswith(".tf")
    }
    if reads(before, f"var.{change.label}") or any(arguments(after, change.label)):
        return False
    texts = elsewhere(after, change)
    for path, text in texts.items():
        for block in parse_file(path, text).body.blocks_of("output"):
            text = text.replace(text[block.start : block.end], b"") if block.labels == (change.label,) else text
        texts[path] = text
    return not reads(texts, f"var.{change.label}")


@reason(
    "inner mark",
    "A module's output needn't say `sensitive`: its value keeps its own mark, and the central root's output has to say it.",
)
def inner_mark(change: Change, after: After) -> bool:
    return (
        of_module(change, after)
        and change.top == "output"
        and change.name == "sensitive"
        and change.new in (None, "false")
    )


@reason(
    "marked outside", "The central root's variable is sensitive, so the value that the shared module gets is marked."
)
def marked_outside(change: Change, after: After) -> bool:
    if (
        not of_module(change, after)
        or change.top != "variable"
        or change.name != "sensitive"
        or change.new not in (None, "false")
    ):
        return False
    given = zip(after.result.folders, arguments(after, change.label), strict=True)
    return all(
        declared(after, folder, (name or "").removeprefix("var.")).get("sensitive") == "true" for folder, name in given
    )


@reason("marked anyway", "A value with something sensitive in it is sensitive as a whole.")
def marked_anyway(change: Change, after: After) -> bool:
    return (
        change.new == f"sensitive({change.old})" and re.match(r'"[^$]*\$\{.*sensitive\(', change.old or "") is not None
    )


@reason("nothing to unmark", "The value has no mark that nonsensitive() could take away: it's a captured id.")
def nothing_to_unmark(change: Change, after: After) -> bool:
    name = (change.old or "").removeprefix("var.")
    pinned = declared(after, after.result.module, name)
    return bool(pinned) and change.new == f"nonsensitive(var.{name})" and "sensitive" not in pinned


@reason("inherited provider", "A module gets the default configuration of a provider by itself.")
def inherited_provider(change: Change, after: After) -> bool:
    pairs = re.findall(r"([\w.]+)\s*=\s*([\w.]+)", change.old or "")
    rest = re.findall(r"([\w.]+)\s*=\s*([\w.]+)", change.new or "")
    gone = [pair for pair in pairs if pair not in rest]
    return (
        change.top == "module"
        and change.name == "providers"
        and change.new != "null"
        and set(rest) <= set(pairs)
        and all(one == other for one, other in gone)
    )


@reason("unread file", "Nothing reads the file: it's no configuration, and no block names it.")
def unread_file(change: Change, after: After) -> bool:
    name = change.path.rpartition("/")[2].encode()
    return (change.old is None and not change.blocks and change.path.startswith(after.result.module)
            and not change.path.endswith((".tf", ".tf.json"))
            and not any(name in text for text in after.texts(after.result.module).values()))  # fmt: skip


@reason(
    "value of the type",
    "Terraform converts a value to its variable's type: 5 and \"5\" are one number, and an object has the type's attributes only.",
)
def value_of_the_type(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    kind = declared(after, folder, change.name).get("type", "any")
    if not change.path.endswith(".tfvars") or "any" in kind:
        return False
    new = re.sub(r"\n added_key = \"x\"\n", "", change.new or "") if kind.startswith("object(") else change.new or ""
    return re.sub(r'["\s]', "", change.old or "") == re.sub(r'["\s]', "", new)


@reason("value is the default", "The value that's no longer given is the default, which is used then.")
def value_is_the_default(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    return (change.path.endswith(".tfvars") and change.path in after.result.new and change.new is None
            and declared(after, folder, change.name).get("default") == change.old)  # fmt: skip


@reason("typed inside", "The shared module's variable has the type, and the captured value is constant.")
def typed_inside(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    if (
        not after.result.in_central_root(change.path)
        or change.top != "variable"
        or change.name not in ("type", "nullable")
    ):
        return False
    inside = [
        block.labels[0]
        for path in after.texts(after.result.module)
        for block in after.file(path).body.blocks_of("variable")
    ]
    names = [name for name in inside if f"var.{change.label}" in arguments(after, name)]
    values = assigned(after, folder, change.label)
    typed = all(
        declared(after, after.result.module, name).get("type")
        == (change.old or declared(after, folder, change.label).get("type"))
        for name in names
    )
    return bool(names) and bool(values) and "null" not in values and typed and change.new in (None, "any", "false")


@reason(
    "filled outside",
    "The central root's variable has the whole type: the value that the shared module gets has every optional attribute already.",
)
def filled_outside(change: Change, after: After) -> bool:
    if not of_module(change, after) or change.top != "variable" or change.name != "type":
        return False
    one, other = (
        re.sub(r",? *(?:\{\}|null|true|false|-?[\d.]+|\"[^\"]*\")(?=\))", "", text or "")
        for text in (change.old, change.new)
    )
    one, other = (re.sub(r"optional\((\w+(?:\(\w+\))?)\)", r"\1", text) for text in (one, other))
    given = zip(after.result.folders, arguments(after, change.label), strict=True)
    return one == other and all(
        declared(after, folder, (name or "").removeprefix("var.")).get("type") == change.old for folder, name in given
    )


@reason(
    "version constraint",
    "It admits the versions that the service root admits; that both roots use the same ones is an assumption of the proof.",
)
def version_constraint(change: Change, after: After) -> bool:
    if change.top != "terraform" or change.path not in after.result.new:
        return False
    if change.name == "required_version":
        return change.new is None or unquoted(change.new).strip() == unquoted(change.old)
    one, other = requirement(change.old, change.name), requirement(change.new, change.name)
    return (
        change.blocks[-1].startswith("required_providers")
        and one[0] == other[0]
        and one[2] == other[2]
        and other[1].strip() in ("", one[1])
    )


@reason("order that it has anyway", "Terraform creates before it destroys whatever a resource that says so depends on.")
def inherited_order(change: Change, after: After) -> bool:
    if (
        change.blocks[1:] != ("lifecycle#1",)
        or change.old is not None
        or change.name not in ("", "create_before_destroy")
    ):
        return False
    address = ".".join(change.blocks[0].split()[1:])
    return any(
        address in after.file(path).text(block.start, block.end)
        and re.search(r"create_before_destroy\s*=\s*true", after.file(path).text(block.start, block.end)) is not None
        for path in after.texts(change.path.rpartition("/")[0] + "/")
        for block in after.file(path).body.blocks
        if " ".join((block.type, *block.labels)) != change.blocks[0]
    )


@reason(
    "as many", "Only the number or the keys of the instances are asked, and both outputs have those of the same block."
)
def as_many(change: Change, after: After) -> bool:
    pattern = re.compile(r"\b(length|keys)\(data\.terraform_remote_state\.\w+\.outputs\.(\w+)\)")
    one, other = pattern.findall(change.old or ""), pattern.findall(change.new or "")
    if len(one) != 1 or len(other) != 1 or pattern.sub("", change.old or "") != pattern.sub("", change.new or ""):
        return False
    blocks = [
        re.search(r"\w+\.\w+", file.text(value.value_start, value.value_end))
        for name in (one[0][1], other[0][1])
        for file in (after.file(path) for path in after.texts(after.result.module))
        for block in file.body.blocks_of("output")
        if block.labels == (name,) and (value := block.body.attribute("value")) is not None
    ]
    found = [match.group() for match in blocks if match is not None]
    return one[0][0] == other[0][0] and len(found) == 2 and found[0] == found[1]
