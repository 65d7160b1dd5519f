"""The scanner finds what tomllib reads."""

from __future__ import annotations

import tomllib
from typing import Any

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.settings.positions import Path, locate, positions

SOURCE = b"""\
# first [not] = "a table"
[service]
name = "a" # = b
"quoted.key".inner = 'it''s not'
text = \"\"\"
[nothing] = here
\\\"\"\" ""\"\"\"

[[environments]]
name = "one"
files = [
  "x", # ] a comment
  { path = "y", more = [1, 2] },
]
[environments.backend]
key = 1

[[environments]]
backend = { deep.key = [ { a = 1979-05-27 07:32:00 } ] }
  [[environments.list]]
  a = 'C:\\'
"""


def test_lines() -> None:
    source = SOURCE.replace(b"'it''s not'", b"'it s not'")
    tomllib.loads(source.decode())
    found = {path: source.count(b"\n", 0, position.value) + 1 for path, position in positions(source).items()}
    assert found == {
        ("service",): 2,
        ("service", "name"): 3,
        ("service", "quoted.key"): 4,
        ("service", "quoted.key", "inner"): 4,
        ("service", "text"): 5,
        ("environments", 0): 9,
        ("environments", 0, "name"): 10,
        ("environments", 0, "files"): 11,
        ("environments", 0, "files", 0): 12,
        ("environments", 0, "files", 1): 13,
        ("environments", 0, "files", 1, "path"): 13,
        ("environments", 0, "files", 1, "more"): 13,
        ("environments", 0, "files", 1, "more", 0): 13,
        ("environments", 0, "files", 1, "more", 1): 13,
        ("environments", 0, "backend"): 15,
        ("environments", 0, "backend", "key"): 16,
        ("environments", 1): 18,
        ("environments", 1, "backend"): 19,
        ("environments", 1, "backend", "deep"): 19,
        ("environments", 1, "backend", "deep", "key"): 19,
        ("environments", 1, "backend", "deep", "key", 0): 19,
        ("environments", 1, "backend", "deep", "key", 0, "a"): 19,
        ("environments", 1, "list", 0): 20,
        ("environments", 1, "list", 0, "a"): 21,
    }


def test_what_has_no_place_is_found_nearby() -> None:
    found = positions(b"a = 1\n[b.c]\nd = 1\n")
    assert locate(found, ("b",)).key == 6
    assert locate(found, ("b", "c", "missing")).key == 6
    assert locate(found, ("missing",)) == (0, 0)


KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=6)
VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_every_leaf_has_its_place(document: dict[str, Any], windows: bool) -> None:
    source = tomlkit.dumps(document).encode()
    if windows:
        source = source.replace(b"\n", b"\r\n")
    found = positions(source)
    for path, value in leaves((), tomllib.loads(source.decode())):
        start = found[path].value
        rest = source[start:]
        if isinstance(value, str):
            assert rest[:1] in (b'"', b"'")
        elif isinstance(value, bool):
            assert rest.startswith(b"true" if value else b"false")
        else:
            assert rest.startswith(str(value).encode())


def leaves(path: Path, value: object) -> list[tuple[Path, object]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves((*path, key), inner)]
    if isinstance(value, list):
        return [leaf for number, inner in enumerate(value) for leaf in leaves((*path, number), inner)]
    return [(path, value)]
