"""Snapshots are read and written without changing a byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.unit.state.support import Number, instance, resource, state, states, written
from tfhoist.errors import UsageError
from tfhoist.state.document import empty_document, read_document, render

SMALL = state(resource("aws_lb.main", instance("lb-1", attributes={"weight": Number("1.10")})))


@given(states())
def test_a_state_by_terraform_keeps_every_byte(given_state: dict[str, Any]) -> None:
    source = written(given_state)
    assert render(read_document(source, "state")) == source


@given(states())
def test_another_layout_becomes_terraforms_and_keeps_order_and_numbers(given_state: dict[str, Any]) -> None:
    source = written(given_state)
    document = json.loads(source, parse_float=lambda text: Number(text), parse_int=lambda text: Number(text))
    compact = written(document).decode()
    squeezed = "".join(line.strip() for line in compact.splitlines())
    assert render(read_document(squeezed.encode(), "state")) == source


@pytest.mark.parametrize("number", ["12345678901234567890123", "1.10", "1e400", "-0", "0.30000000000000000001"])
def test_numbers_keep_their_text(number: str) -> None:
    source = written(state(resource("aws_lb.main", instance("lb-1", attributes={"n": Number(number)}))))
    assert f'"n": {number}\n'.encode() in source
    assert render(read_document(source, "state")) == source


def test_a_new_state_is_what_terraform_writes_for_nothing() -> None:
    expected = written(state(serial=0, lineage="1234"))
    assert render(empty_document("1234", "1.11.4")) == expected


def _changed(**fields: Any) -> bytes:
    return written({**SMALL, **fields})


TWICE = written(SMALL).replace(b'"mode": "managed",', b'"mode": "managed",\n      "name": "lost",')


@pytest.mark.parametrize(
    ("source", "summary", "advice"),
    [
        (b"", "is no state snapshot: Input data was truncated", "state pull"),
        (b"not json", "is no state snapshot: JSON is malformed", "state pull"),
        (b"[]", "is no state snapshot", "state pull"),
        (written(SMALL)[:-40], "is no state snapshot: Input data was truncated", "state pull"),
        (written(SMALL) + b"{}", "is no state snapshot", "state pull"),
        (b'{"version": 4, "a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "is no state snapshot", "state pull"),
        (_changed(version=3), "is a state of version 3", "apply -refresh-only"),
        (_changed(version=5), "is a state of version 5", "apply -refresh-only"),
        (_changed(encrypted_data="QUJD", encryption_version="v0"), "is an encrypted state", "tofu state pull"),
        (_changed(resources=SMALL["resources"] * 2), "aws_lb.main stands in it twice", "state pull"),
        (_changed(resources=[resource("aws_lb.main", instance("a"), instance("b"))]), "an instance of aws_lb.main", "state pull"),
        (_changed(resources=[resource("module.a[/aws_lb.main", instance("a"))]), "no address", "state pull"),
        (_changed(resources=[resource("aws_lb.main", instance("a", key=True))]), "index_key", "state pull"),
        (_changed(resources=[{"mode": "managed"}]), "is a damaged state", "state pull"),
        (_changed(resources=[{**SMALL["resources"][0], "mode": "list"}]), "the mode 'list'", "state pull"),
        (TWICE, "a field stands twice", "state pull"),
        (written(SMALL).replace(b"lb-1", b"lb-\xff"), "utf-8", "state pull"),
    ],
)  # fmt: skip
def test_what_cant_be_read_is_refused_with_what_to_do(source: bytes, summary: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_document(source, "production.tfstate")
    assert "production.tfstate" in caught.value.summary
    assert summary in caught.value.summary
    assert advice in caught.value.advice
