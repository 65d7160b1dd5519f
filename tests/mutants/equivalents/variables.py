"""Variables, their values and their validations."""

from __future__ import annotations

import re

from tests.mutants.changes import After, Change, reads
from tests.mutants.equivalents.lookup import (
    arguments,
    assigned,
    constant,
    declared,
    elsewhere,
    of_module,
    unquoted,
    validated_outside,
)
from tests.mutants.equivalents.registry import reason
from tfhoist.hcl.syntax import parse_file


@reason("description", "The description of a variable or output is for people: Terraform only shows it.")
def description(change: Change, after: After) -> bool:
    return (change.top in ("variable", "output") and change.name == "description" and len(change.blocks) == 1
            and constant(change.old) and constant(change.new))  # fmt: skip


@reason(
    "unread variable",
    "Nothing in the shared module reads the variable, and no central root that it's missing for gives it a value.",
)
def unread(change: Change, after: After) -> bool:
    if change.top == "module" and after.result.in_central_root(change.path) and change.new is not None:
        return not reads(after.texts(after.result.module), f"var.{change.name}")
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
        text = declared(after, folder, name).get("type") == "string" and not assigned(after, folder, name)
        if text and "default" not in declared(after, folder, name):
            continue  # it comes from the environment, which has no null
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


@reason(
    "same captured value",
    "The shared module gets the value of another captured input, which has the same type and value.",
)
def same_captured_value(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    if not after.result.in_central_root(change.path) or change.top != "module" or not change.old or not change.new:
        return False
    names = [text.removeprefix("var.") for text in (change.old, change.new)]
    one, other = (assigned(after, folder, name) for name in names)
    types = {declared(after, folder, name).get("type") for name in names}
    return bool(one) and one == other and len(types) == 1


@reason(
    "same captured value inside",
    "The shared module reads another captured input, which has the same type, and the same value in every environment.",
)
def same_captured_value_inside(change: Change, after: After) -> bool:
    one, other = (re.findall(r"\bvar\.(\w+)", text or "") for text in (change.old, change.new))
    pairs = {pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]}
    if not of_module(change, after) or len(pairs) != 1 or len(one) != len(other):
        return False
    old, new = pairs.pop()
    if re.sub(rf"\bvar\.{old}\b", f"var.{new}", change.old or "") != re.sub(
        rf"\bvar\.{old}\b", f"var.{new}", change.new or ""
    ):
        return False
    module = after.result.module
    if declared(after, module, old).get("type") != declared(after, module, new).get("type"):
        return False
    values = []
    for name in (old, new):
        given = zip(after.result.folders, arguments(after, name), strict=True)
        values.append([assigned(after, folder, (text or "").removeprefix("var.")) for folder, text in given])
    return all(values[0]) and values[0] == values[1]


@reason(
    "null is the default",
    "The shared module's variable isn't nullable: null makes it its default, which is the value given before.",
)
def null_is_the_default(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    inner = declared(after, after.result.module, change.name)
    if not after.result.in_central_root(change.path) or change.top != "module" or change.new != "null":
        return False
    name = (change.old or "").removeprefix("var.")
    values = assigned(after, folder, name) or [declared(after, folder, name).get("default", "null")]
    return inner.get("nullable") == "false" and all(value == inner.get("default", "") for value in values)


@reason("in the order of a set", "The captured texts are in the order that a set would give them, and all different.")
def in_the_order_of_a_set(change: Change, after: After) -> bool:
    folder = change.path.rpartition("/")[0] + "/"
    if not after.result.in_central_root(change.path) or change.name != "type":
        return False
    if (change.old, change.new) != ("list(string)", "set(string)"):
        return False
    found = [re.findall(r'"([^"$%\\]*)"', value) for value in assigned(after, folder, change.label)]
    return bool(found) and all(texts == sorted(set(texts)) for texts in found)


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
