"""What the proof calls equivalent changes nothing by Terraform's own plans, over a state that was split by hand.

The quick form looks for a few equivalent draws; `make placements` tries TFHOIST_APPLIED of them.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.properties.by_terraform import Checked, Invalid, check_by_terraform
from tests.properties.choices import Choices, shrink
from tests.properties.placements import DIFFERENT, EQUIVALENT
from tests.properties.roots import Root, random_root

SEED = os.environ.get("TFHOIST_SEED", "3")
APPLIED = int(os.environ.get("TFHOIST_APPLIED", "3"))
AT_ONCE = 25
SHRINKING_SECONDS = 60

pytestmark = pytest.mark.terraform


def applied(choices: Choices, folder: Path) -> tuple[Root, Checked | Invalid]:
    """A built-in root by some choices, and what came of it."""
    root = random_root(choices, builtin=True)
    folder.mkdir()
    try:
        return root, check_by_terraform(root, folder)
    except Invalid as error:
        return root, error


def is_changed(choices: Choices) -> bool:
    """Whether Terraform would change what is called equivalent."""
    with tempfile.TemporaryDirectory() as folder:
        checked = applied(choices, Path(folder) / "root")[1]
    return isinstance(checked, Checked) and bool(checked.changes)


@pytest.mark.parametrize("part", range(-(-APPLIED // AT_ONCE)))
def test_what_is_equivalent_changes_nothing(
    part: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    wanted = min(AT_ONCE, APPLIED - part * AT_ONCE)
    found: Counter[str] = Counter()
    number = 0
    while found[EQUIVALENT] < wanted:
        number += 1
        assert number < 4 * AT_ONCE, f"few of the draws are equivalent: {found}"
        choices = Choices(source=random.Random(f"{SEED}/applied/{part}/{number}"))
        root, checked = applied(choices, tmp_path / str(number))
        assert not isinstance(checked, Invalid), f"the grammar's fault, not the proof's:\n{checked}\n{root.text()}"
        found[checked.outcome.kind] += 1
        assert checked.outcome.kind != DIFFERENT, "\n".join([*checked.outcome.reasons, root.text()])
        if checked.changes:
            smaller = random_root(Choices(shrink(choices.taken, is_changed, seconds=SHRINKING_SECONDS)), builtin=True)
            pytest.fail(
                f"draw {number} of part {part}, seed {SEED}: called equivalent, and Terraform would change\n"
                + "\n".join([*checked.changes, "made smaller:", smaller.text()]),
                pytrace=False,
            )
    record_property("shares", f"applied by Terraform, part {part} of seed {SEED}: {dict(found)}")


ROOT = Root(
    {
        "root/main.tf": """
resource "terraform_data" "a" { input = { x = "1" } }
resource "terraform_data" "b" {
  count = 2
  input = terraform_data.a.output.x
}
output "o" { value = terraform_data.b[*].output }
"""
    },
    {"terraform_data.a": "central", "terraform_data.b": "local"},
    (),
)


def _edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        text = (out / path).read_text(encoding="utf-8")
        assert old in text
        (out / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


SPOILED = {
    "a literal": ("central/terraform_module/svc/main.tf", '"1"', '"2"', "central: module.svc.terraform_data.a"),
    "a reader": ("service/main.tf", "].x", "].x == null", "service: terraform_data.b[0]"),
    "an output": ("service/main.tf", "b[*].output", "b[*].id", "service: output o"),
    "an instance": ("service/main.tf", "count = 2", "count = 1", "service: terraform_data.b[1]: ['delete']"),
}


def test_this_check_passes_what_is_right(tmp_path: Path) -> None:
    checked = check_by_terraform(ROOT, tmp_path)
    assert (checked.outcome.kind, checked.changes) == (EQUIVALENT, ())


@pytest.mark.parametrize("name", SPOILED)
def test_this_check_sees_a_change(name: str, tmp_path: Path) -> None:
    path, old, new, seen = SPOILED[name]
    changes = check_by_terraform(ROOT, tmp_path, change=_edit(path, old, new)).changes
    assert any(change.startswith(seen) for change in changes), changes
