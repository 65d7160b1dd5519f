"""Which files are configuration."""

from __future__ import annotations

import pytest

from tfhoist.configuration.load import configuration_files, load_module
from tfhoist.configuration.paths import is_override


@pytest.mark.parametrize(
    ("there", "read"),
    [
        (["a.tf", "b.tf.json", "c.txt", "x/d.tf"], ["a.tf", "b.tf.json"]),
        (["b_override.tf", "z.tf", "override.tf.json"], ["z.tf", "b_override.tf", "override.tf.json"]),
        ([".a.tf", "b.tf~", "#c.tf#"], []),
        (["a.tf", "a.tofu", "b.tf", "c.tofu"], ["a.tofu", "b.tf", "c.tofu"]),
        (["a.tf.json", "a.tofu.json", "b.tf.json", "b.tofu"], ["a.tofu.json", "b.tf.json", "b.tofu"]),
        (["x_override.tofu", "z.tf"], ["z.tf", "x_override.tofu"]),
    ],
)
def test_the_files_of_a_folder(there: list[str], read: list[str]) -> None:
    assert configuration_files(dict.fromkeys(there, b""), "") == read


def test_override_files() -> None:
    names = ["override.tf", "a_override.tf", "override.tf.json", "override.tofu", "a_override.tofu.json"]
    assert [name for name in names if not is_override(name)] == []
    assert not is_override("overrides.tf")


def test_blocks_of_opentofu_files_count() -> None:
    module = load_module({"a.tf": b'resource "a" "old" {\n}\n', "a.tofu": b'resource "a" "new" {\n}\n'})
    assert [declaration.address for declaration in module.declarations] == ["a.new"]
