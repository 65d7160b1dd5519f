"""What counts as the content of a state, and what doesn't."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tfhoist.migration.content import Content, content_of
from tfhoist.state.document import read_document

State = dict[str, Any]


def state() -> State:
    def instance(key: object, **more: object) -> State:
        return {
            "index_key": key, "schema_version": 0, "attributes": {"id": f"i{key}", "size": 1, "tags": {"a": "1", "b": "2"}},
            "sensitive_attributes": [], "private": "cHJpdmF0ZQ==", "dependencies": ["a.x", "a.y"], **more,
        }  # fmt: skip

    return {
        "version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "l",
        "outputs": {"o": {"value": "v", "type": "string"}, "p": {"value": 1, "type": "number"}},
        "resources": [
            {"mode": "managed", "type": "a", "name": "x", "provider": 'provider["p/q/r"]', "instances": [instance(0), instance(1)]},
            {"mode": "managed", "type": "a", "name": "y", "provider": 'provider["p/q/r"]', "instances": [instance(None)]},
        ],
        "check_results": None,
    }  # fmt: skip


def content(found: State) -> Content:
    return content_of(read_document(json.dumps(found).encode(), "a state"))


def first(found: State) -> State:
    instance: State = found["resources"][0]["instances"][0]
    return instance


SAME: dict[str, Callable[[State], object]] = {
    "serial": lambda s: s.update(serial=99),
    "writer": lambda s: s.update(terraform_version="1.12.0"),
    "order of resources": lambda s: s["resources"].reverse(),
    "order of instances": lambda s: s["resources"][0]["instances"].reverse(),
    "order of outputs": lambda s: s.update(outputs=dict(reversed(s["outputs"].items()))),
    "order of dependencies": lambda s: first(s)["dependencies"].reverse(),
    "order of attributes": lambda s: first(s).update(attributes=dict(reversed(first(s)["attributes"].items()))),
    "checks": lambda s: s.update(check_results=[]),
    "identity": lambda s: first(s).update(identity={"arn": "a"}, identity_schema_version=0),
    "no marks": lambda s: first(s).pop("sensitive_attributes"),
}
OTHER: dict[str, Callable[[State], object]] = {
    "a value": lambda s: first(s)["attributes"].update(id="j"),
    "a number's type": lambda s: first(s)["attributes"].update(size="1"),
    "a number's last digit": lambda s: first(s)["attributes"].update(size=12345678901234567890124),
    "a mark": lambda s: first(s).update(sensitive_attributes=[[{"type": "get_attr", "value": "id"}]]),
    "private": lambda s: first(s).update(private="b3RoZXI="),
    "a dependency": lambda s: first(s)["dependencies"].pop(),
    "taint": lambda s: first(s).update(status="tainted"),
    "deposed": lambda s: first(s).update(deposed="12345678"),
    "schema version": lambda s: first(s).update(schema_version=1),
    "create_before_destroy": lambda s: first(s).update(create_before_destroy=True),
    "an instance's key": lambda s: first(s).update(index_key="0"),
    "the provider": lambda s: s["resources"][0].update(provider='provider["p/q/r"].west'),
    "a module": lambda s: s["resources"][0].update(module="module.m"),
    "an instance": lambda s: s["resources"][0]["instances"].pop(),
    "an output": lambda s: s["outputs"].pop("o"),
    "an output's mark": lambda s: s["outputs"]["o"].update(sensitive=True),
    "an output's type": lambda s: s["outputs"]["p"].update(type="string", value="1"),
    "lineage": lambda s: s.update(lineage="m"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_the_same_content(change: Callable[[State], object]) -> None:
    found = state()
    change(found)
    assert content(found).same(content(state()))


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER.keys())
def test_other_content(change: Callable[[State], object]) -> None:
    found = state()
    change(found)
    assert not content(found).same(content(state()))


def test_numbers_are_what_is_written() -> None:
    texts = ["1.1", "1.10", "1", "1.0", "1e0", "12345678901234567890123", "12345678901234567890124", '"1.1"']
    digests = {
        content_of(read_document(json.dumps(state()).replace('"size": 1', f'"size": {text}').encode(), "s")).digest
        for text in texts
    }
    assert len(digests) == len(texts)


def test_nothing_is_nothing_whatever_the_lineage() -> None:
    empty = {**state(), "resources": [], "outputs": {}}
    assert content_of(None).empty
    assert content(empty).empty
    assert content(empty).same(content_of(None))
    assert content({**empty, "lineage": "other"}).same(content(empty))
    assert not content(state()).empty
