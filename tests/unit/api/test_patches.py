"""Patches: `git apply` gives exactly the tree that they were made for."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tfhoist.api import patches
from tfhoist.api.patches import opcodes, patch

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "x\x0cy", "é", "}\r"]), max_size=30)
CONTENT = st.builds(lambda lines, end: ("\n".join(lines) + end).encode(), LINES, st.sampled_from(["", "\n"]))


@given(LINES, LINES)
def test_opcodes_rebuild_the_new_lines(old: list[str], new: list[str]) -> None:
    for short in (400, 0):  # with and without anchors
        patches._SHORT = short
        built: list[str] = []
        position = other = 0
        for tag, start, end, other_start, other_end in opcodes(old, new):
            assert (start, other_start) == (position, other)
            assert tag != "equal" or old[start:end] == new[other_start:other_end]
            built += new[other_start:other_end]
            position, other = end, other_end
        assert built == new
        assert position == len(old)
    patches._SHORT = 400


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(["a.tf", "b/c.tf"]), st.tuples(CONTENT, CONTENT), min_size=1))
def test_git_applies_it(contents: dict[str, tuple[bytes, bytes]]) -> None:
    before = {path: old for path, (old, _) in contents.items()}
    after = {path: new for path, (_, new) in contents.items()}
    change = patch(before, after)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in before.items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_bytes(content)
        subprocess.run(["git", "init", "-q", "."], cwd=root, check=True)
        if change:
            subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=root, check=True, input=change)
        assert {path: (root / path).read_bytes() for path in after} == after
