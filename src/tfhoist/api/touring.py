"""The tour: the example's commands, one after another, in a scratch folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import tfhoist
from tfhoist.errors import UsageError

SERVICE, CENTRAL, STATES, OUT = "data-pipeline", "hokusai-infrastructure", "states/data-pipeline", "out"
_ENVIRONMENTS = ("development", "staging", "production")
_BROKEN = f"{OUT}/central/terraform_module/data-pipeline/alb.tf"


class Step(NamedTuple):
    """One step: what is said first, the command's arguments, the exit code that it ends with, and an edit made before it.

    `edit` is a file below the scratch folder, a text that stands in it, and what stands there instead.
    """

    title: str
    text: str
    arguments: tuple[str, ...]
    code: int = 0
    edit: tuple[str, str, str] | None = None


STEPS = (
    Step(
        "What is there",
        "The audit reads a service's root module: what it holds, where each block belongs, what is wrong.",
        ("audit", SERVICE),
    ),
    Step(
        "Why a block goes where it goes",
        "Nobody had to say that this security group moves. The reasons are computed, and you can overrule them.",
        ("explain", "aws_security_group.alb", SERVICE),
    ),
    Step(
        "What other placements would cost",
        "Every block that could stand on the other side, with the price of it.",
        ("placement", SERVICE),
    ),
    Step(
        "The main job",
        f"The shared module, the central roots, the edited service root, the documents and the proof go to {OUT}/. "
        "Nothing else is touched.",
        (
            "consolidate", SERVICE, "--central", CENTRAL,
            *(part for name in _ENVIRONMENTS for part in ("--state", f"{name}={STATES}/{name}.tfstate")),
            "--out", OUT,
        ),
    ),
    Step(
        "A proof is worth what it catches",
        f"Now we break it on purpose: one health check in {_BROKEN} gets another path.",
        ("prove", OUT),
        2,
        (_BROKEN, '"/health"', '"/healthz"'),
    ),
    Step(
        "Mended",
        "The old path is put back, and the proof holds again.",
        ("prove", OUT),
        0,
        (_BROKEN, '"/healthz"', '"/health"'),
    ),
    Step(
        "What the service will read",
        "Whether each central output that the edited service root reads exists, with the type that it expects.",
        (
            "contract", "--service-root", f"{OUT}/service", "--central", f"{OUT}/central/environments/production",
        ),
    ),
)  # fmt: skip
"""What a new user sees, in order."""


def set_up(scratch: Path) -> None:
    """Copy the example into an empty folder."""
    if scratch.exists() and (not scratch.is_dir() or any(scratch.iterdir())):
        raise UsageError(f"{scratch} isn't empty.", "Give a new folder.")
    example = _example()
    for name in (SERVICE, CENTRAL, STATES):
        shutil.copytree(example / name, scratch / name, ignore=shutil.ignore_patterns(".terraform"))


def apply_edit(scratch: Path, edit: tuple[str, str, str]) -> None:
    """Change the first place in a file of the scratch folder where a text stands."""
    path, old, new = edit
    text = (scratch / path).read_text("utf-8")
    assert old in text, f"{path} has no {old}"
    (scratch / path).write_text(text.replace(old, new, 1), "utf-8")


def _example() -> Path:
    """The example's folder: in the package, or in the repository that the package is run from."""
    package = Path(tfhoist.__file__).parent
    for folder in (package / "example", package.parents[1] / "examples"):
        if (folder / SERVICE).is_dir():
            return folder
    raise UsageError("this installation has no example.", "Install tfhoist again, or run it from its repository.")
