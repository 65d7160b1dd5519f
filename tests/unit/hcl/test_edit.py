"""Edits: only the edited bytes change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.hcl.edit import Edit, apply_edits, removal
from tfhoist.hcl.syntax import parse_file


def test_overlap_is_an_error() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply_edits(b"abcdef", [Edit(0, 3, b"x"), Edit(2, 4, b"y")])
    with pytest.raises(ValueError, match="overlap"):
        apply_edits(b"abcdef", [Edit(2, 2, b"x"), Edit(2, 2, b"y")])
    with pytest.raises(ValueError, match="outside"):
        apply_edits(b"abc", [Edit(2, 9, b"x")])


@given(st.binary(max_size=200), st.data())
def test_the_rest_is_untouched(source: bytes, data: st.DataObject) -> None:
    points = sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=8, unique=True)))
    edits = [
        Edit(start, end, data.draw(st.binary(max_size=5)))
        for start, end in zip(points[::2], points[1::2], strict=False)
    ]
    result = apply_edits(source, edits)
    position, rest = 0, result
    for edit in edits:
        before = source[position : edit.start]
        assert rest.startswith(before)
        rest = rest[len(before) :]
        assert rest.startswith(edit.text)
        rest = rest[len(edit.text) :]
        position = edit.end
    assert rest == source[position:]


def cut(source: str, number: int) -> str:
    file = parse_file("x.tf", source.encode())
    return apply_edits(file.source, [removal(file.source, file.body.blocks[number])]).decode()


def test_a_block_goes_with_its_comments_and_one_blank_line() -> None:
    source = "a {}\n\n# about b\n# and more\nb {}\n\nc {}\n"
    assert cut(source, 1) == "a {}\n\nc {}\n"


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("/* about\n   a */\na {}\nb {}\n", "b {}\n"),
        ("# one\n/* two */\n// three\na {}\n", ""),
        ("/* apart */\n\na {}\n", "/* apart */\n\n"),
        ("b {} /* b's */\na {}\n", "b {} /* b's */\n"),
        ("/* one */ b {} /* two */\na {}\n", "/* one */ b {} /* two */\n"),
        ("/* x */ /* y */\na {}\n", "/* x */ /* y */\n"),
    ],
)
def test_comments_between_marks_go_with_the_block_below(source: str, left: str) -> None:
    number = 1 if source.startswith(("b", "/* one */ b")) else 0
    assert cut(source, number) == left


def test_a_comment_apart_stays() -> None:
    assert cut("# a section\n\nb {}\n\nc {}\n", 0) == "# a section\n\nc {}\n"


def test_a_ruler_stays() -> None:
    assert cut("# ======\n# about b\nb {}\n", 0) == "# ======\n"


def test_no_blank_line_is_left_before_a_brace() -> None:
    file = parse_file("x.tf", b"x {\n  a = 1\n\n  b = 2\n}\n")
    attribute = file.body.blocks[0].body.attributes[1]
    assert apply_edits(file.source, [removal(file.source, attribute)]) == b"x {\n  a = 1\n}\n"
