"""Outputs, settings, providers, lifecycles and files."""

from __future__ import annotations

import re

from tests.mutants.changes import After, Change, reads
from tests.mutants.equivalents.lookup import (
    declared,
    of_module,
    plain_items,
    requirement,
    unquoted,
    used,
)
from tests.mutants.equivalents.registry import reason
from tfhoist.configuration.paths import is_override
from tfhoist.configuration.versions import compatible


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


@reason("root of the root", "In a root module `path.module` and `path.root` are the same folder.")
def same_path(change: Change, after: After) -> bool:
    return (after.result.in_service_root(change.path) and change.old is not None and change.new is not None
            and change.old.replace("path.module", "path.root") == change.new.replace("path.module", "path.root"))  # fmt: skip


@reason("bool in quotes", "Terraform converts the text to a bool there.")
def quoted_bool(change: Change, after: After) -> bool:
    inner = change.blocks[-1:] == ("lifecycle#1",) and change.name in ("create_before_destroy", "prevent_destroy")
    outer = change.top in ("variable", "output") and change.name in ("sensitive", "nullable")
    return (inner or outer) and unquoted(change.old) == unquoted(change.new)


@reason("legacy quotes", "Terraform takes a reference in quotes there, with a warning.")
def quoted_reference(change: Change, after: After) -> bool:
    return (change.name in ("providers", "provider", "depends_on")
            and (change.old or "").replace('"', "") == (change.new or "").replace('"', ""))  # fmt: skip


@reason(
    "guard",
    "Nothing reads the local, and other central outputs are read: a plan stops without them all the same.",
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
    "marked anyway", "A value with something sensitive in it is sensitive as a whole, and so is an output that says so."
)
def marked_anyway(change: Change, after: After) -> bool:
    marked = re.match(r'sensitive\(|"[^$]*\$\{.*sensitive\(', change.old or "") is not None
    variable = re.fullmatch(r"var\.(\w+)", change.old or "")
    if variable is not None:
        folder = change.path.rpartition("/")[0] + "/"
        marked = declared(after, folder, variable[1]).get("sensitive") == "true"
    central = change.path.startswith(tuple(after.result.folders))
    if change.top == "output" and change.new is not None and (central or of_module(change, after)):
        blocks = after.file(change.path).body.blocks_of("output")
        said = [block.body.attribute("sensitive") for block in blocks if block.labels == (change.label,)]
        marked = marked or all(one is not None for one in said)
    return change.new == f"sensitive({change.old})" and marked


@reason("nothing to unmark", "The value has no mark that nonsensitive() could take away: it's a captured id.")
def nothing_to_unmark(change: Change, after: After) -> bool:
    name = (change.old or "").removeprefix("var.")
    pinned = declared(after, change.path.rpartition("/")[0] + "/", name)
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


@reason(
    "import less",
    "What a central root doesn't import is in its state when the migration has moved it there; that nothing imports it is a note.",
)
def import_less(change: Change, after: After) -> bool:
    return change.top == "import" and change.new is None and change.path in after.result.new


@reason("unread file", "Nothing reads the file: it's no configuration, and no block names it.")
def unread_file(change: Change, after: After) -> bool:
    name = change.path.rpartition("/")[2].encode()
    return (change.old is None and not change.blocks and change.path.startswith(after.result.module)
            and not change.path.endswith((".tf", ".tf.json"))
            and not any(name in text for text in after.texts(after.result.module).values()))  # fmt: skip


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
        and compatible([one[1], other[1]]) is True
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


@reason(
    "overridden twice",
    "Of two blocks of an override file that say the same, the second overrides by what is there already.",
)
def overridden_twice(change: Change, after: After) -> bool:
    if not is_override(change.path) or change.path not in after.files:
        return False
    file = after.file(change.path)
    texts: dict[tuple[str, ...], set[str]] = {}
    for block in file.body.blocks:
        texts.setdefault((block.type, *block.labels), set()).add(" ".join(file.text(block.start, block.end).split()))
    return (
        change.old is None and change.top in ("resource", "provider") and all(len(one) == 1 for one in texts.values())
    )
