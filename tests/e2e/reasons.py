"""Why a plan may show nothing of a mistake that the symbolic proof finds: each thing that a mutant changed has to have a reason.

A reason looks at what changed, without asking either proof. README.md lists them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.e2e.mutants import Subject
from tests.mutants.changes import Change, changed, reads
from tests.mutants.run import Mutant

Json = dict[str, Any]


class Seeing(NamedTuple):
    """A change in its mutant."""

    change: Change
    mutant: Mutant
    subject: Subject

    @property
    def block(self) -> str:
        """The outermost block, as `resource aws_lb main`."""
        return self.change.blocks[0] if self.change.blocks else ""

    @property
    def top(self) -> str:
        """Its type; a block without labels has a number in its name."""
        return self.change.top.partition("#")[0]

    @property
    def nested(self) -> tuple[str, ...]:
        """The types of the blocks inside it."""
        return tuple(name.partition(" ")[0].partition("#")[0] for name in self.change.blocks[1:])


class Reason(NamedTuple):
    """One reason. Its name stands in the table that `make plans` prints."""

    name: str
    what: str
    fits: Callable[[Seeing], bool]


def _address(one: Seeing) -> str:
    return one.block.replace("resource ", "", 1).replace(" ", ".")


def _keeps_it(one: Seeing) -> bool:
    """Whether the provider computes an argument that isn't given (optional and computed)."""
    if one.top != "resource" or one.mutant.kind not in _LESS or not one.change.blocks:
        return False
    kind = one.block.split(" ")[1]
    simulator = next(iter(one.subject.case.simulators.values()))
    schema = simulator.prepared.schemas("aws")["resource_schemas"].get(kind)
    block: Json = schema["block"] if schema is not None else {}
    for name in one.nested:
        block = block.get("block_types", {}).get(name, {}).get("block", {})
    return bool(block.get("attributes", {}).get(one.change.name, {}).get("computed"))


def _ignored(one: Seeing) -> bool:
    declaration = one.subject.result.files.get(one.change.path, b"").decode()
    start = declaration.find(one.block.replace(" ", ' "', 1).replace(" ", '" "').replace('""', '"'))
    return any(
        one.change.name in text.split("]", 1)[0]
        for text in declaration[max(start, 0) :].split("ignore_changes = [")[1:2]
    ) and one.top == "resource"  # fmt: skip


_LESS = (
    "argument-dropped",
    "argument-null",
    "arguments-swapped",
    "argument-of-another-depth",
    "nested-block-dropped",
    "list-emptied",
)
_SAME_VALUE = (
    "bool-quoted", "dynamic-reordered", "function-put-around", "function-changed", "list-became-set", "list-item-doubled", "list-reordered",
    "loop-condition-added", "nonsensitive-call", "number-quoted", "nested-blocks-reordered", "output-read-in-try", "number-changed",
    "index-changed", "conditional-swapped", "conditional-negated", "comparison-changed", "operator-changed", "index-added",
    "template-became-text", "text-unquoted", "function-arguments-swapped", "condition-changed", "object-key-case", "loop-condition-dropped",
)  # fmt: skip
_FILES = (
    "file-added", "file-of-others-changed", "override-added", "value-file-added", "line-ends-of-a-copy", "stale-copy", "json-added",
)  # fmt: skip


def _state(one: Seeing) -> bool:
    if one.top == "terraform":
        return "backend" in one.nested
    return one.change.path.endswith(".tfbackend") or one.block.startswith("data terraform_remote_state ")


def _provider(one: Seeing) -> bool:
    return one.top == "provider" or one.change.name in ("provider", "providers")


def _unread_value(one: Seeing) -> bool:
    if not (one.change.path.startswith("service/") and one.change.path.endswith(".tfvars") and one.change.name):
        return False
    result = one.subject.result
    root = {path: text for path, text in result.files.items() if result.in_service_root(path) and path.endswith(".tf")}
    return not reads(root, f"var.{one.change.name}")


def _marked_anyway(one: Seeing) -> bool:
    """Whether what lost a `sensitive()` still reads a variable of the service that is sensitive."""
    if one.mutant.kind != "sensitive-call-lost" or not one.change.path.startswith("service/"):
        return False
    texts = b"".join(text for path, text in one.subject.result.files.items() if path.startswith("service/")).decode()
    return any(
        re.search(rf'variable "{name}" \{{[^}}]*sensitive\s*=\s*true', texts)
        for name in re.findall(r"\bvar\.(\w+)", one.change.new or "")
    )


_MIGRATION = ("removed", "moved", "import")


def _only_migration_in_json(one: Seeing) -> bool:
    """Whether a new file in JSON holds such blocks and nothing else."""
    content = one.mutant.changes.get(one.change.path)
    if not one.change.path.endswith(".tf.json") or one.change.path in one.subject.result.files or not content:
        return False
    return set(json.loads(content)) <= set(_MIGRATION)


REASONS = (
    Reason(
        "state settings",
        "Where a root keeps its state, and where it reads another one's: scratch folders have local copies instead.",
        _state,
    ),
    Reason(
        "migration blocks",
        "`removed`, `moved` and `import` blocks have nothing to do once the states are split.",
        lambda one: one.top in _MIGRATION or _only_migration_in_json(one),
    ),
    Reason(
        "later plans",
        "`lifecycle` and `depends_on` speak of later changes, and of their order.",
        lambda one: "lifecycle" in one.nested or one.change.name == "depends_on",
    ),
    Reason(
        "unread output",
        "The service doesn't read the central output, or only what is the same.",
        lambda one: one.top == "output" and one.change.path.startswith("central/"),
    ),
    Reason(
        "declaration",
        "What a variable admits, or would be if nothing were given.",
        lambda one: one.top == "variable",
    ),
    Reason(
        "input",
        "The shared module's input has that value by default, or gets the same value in another way.",
        lambda one: one.top == "module" and one.mutant.kind in ("module-argument-dropped", *_SAME_VALUE),
    ),
    Reason(
        "provider settings",
        "A provider's region, account and limits stand in no attribute of the state; of its settings, only the default tags do. "
        "The real provider would look in vain in another region; the simulated one finds everything.",
        _provider,
    ),
    Reason(
        "versions",
        "Which versions of Terraform and the providers a root admits: those that run do.",
        lambda one: one.top == "terraform" and "backend" not in one.nested,
    ),
    Reason(
        "kept by the provider",
        "An argument that the provider computes keeps its value when nothing is given.",
        _keeps_it,
    ),
    Reason(
        "unread value",
        "Nothing in the service root reads the variable any more: what it was for has moved.",
        _unread_value,
    ),
    Reason(
        "condition that holds",
        "A condition was added that these values meet.",
        lambda one: one.mutant.kind.endswith("-condition-added") and "precondition" in one.nested,
    ),
    Reason(
        "marked anyway",
        "The value reads something else that is sensitive, and is so as a whole.",
        _marked_anyway,
    ),
    Reason("ignored", "The block's `ignore_changes` names the argument.", _ignored),
    Reason(
        "same value",
        "The expression has another form, and the same value in these environments.",
        lambda one: one.mutant.kind in _SAME_VALUE,
    ),
    Reason(
        "same content",
        "A file or an override says the same, belongs to somebody else, or isn't read by any block.",
        lambda one: one.mutant.kind in _FILES,
    ),
)


def explain(mutant: Mutant, subject: Subject) -> str:
    """The reasons for all that a mutant changed; "" when something has none."""
    found: list[str] = []
    for change in changed(subject.result, mutant.changes):
        one = Seeing(change, mutant, subject)
        reason = next((reason.name for reason in REASONS if reason.fits(one)), None)
        if reason is None:
            return ""
        found.append(reason)
    return ", ".join(dict.fromkeys(found))
