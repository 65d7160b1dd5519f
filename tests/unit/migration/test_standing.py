"""Half-written files, and what somebody else did."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.migration.test_content import state
from tfhoist.migration.standing import difference, is_torn
from tfhoist.state.document import read_document


@given(st.binary(max_size=60), st.binary(min_size=1, max_size=60), st.data())
def test_whatever_an_interrupted_write_leaves_is_known(old: bytes, new: bytes, data: st.DataObject) -> None:
    room = old + b"\0" * max(0, len(new) - len(old))
    cut = data.draw(st.integers(0, len(new)))
    torn = new[:cut] + room[cut:]
    assert is_torn(torn, old, new)
    # and going on from there, cut off once more
    again = data.draw(st.integers(0, len(new)))
    assert is_torn(new[:again] + torn[again:], old, new)


@given(st.binary(min_size=4, max_size=60), st.binary(min_size=4, max_size=60), st.binary(max_size=60))
def test_anything_else_is_not(old: bytes, new: bytes, live: bytes) -> None:
    room = old + b"\0" * max(0, len(new) - len(old))
    possible = {new[:cut] + room[cut:] for cut in range(len(new) + 1)}
    assert is_torn(live, old, new) == (live in possible)


def test_what_somebody_did_is_named() -> None:
    before, now = state(), state()
    now["resources"][0]["instances"].pop()
    now["resources"][1]["instances"][0]["attributes"]["size"] = 2
    now["resources"].append({**state()["resources"][1], "name": "z"})
    now["outputs"].pop("p")
    found = difference(*(read_document(json.dumps(one).encode(), "s") for one in (before, now)))
    assert found.text() == "added a.z; removed a.x[1]; changed a.y; outputs changed: p"
