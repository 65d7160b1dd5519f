"""Templates of a user's own: they stand in for ours, and their mistakes are told by line."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY
from tests.unit.documents.small_context import small_context
from tfhoist.documents.build import DOCUMENTS, build_documents, template_values
from tfhoist.documents.rendering import Templates, built_in
from tfhoist.errors import InputError

PAGE = (REPOSITORY / "docs/templates.md").read_text()


def rendered(name: str, text: str, **more: str) -> dict[str, bytes]:
    return build_documents(small_context(), Templates({name: text, **more}, "ours/"))


def fault(text: str, name: str = "runbook.md.j2") -> tuple[str, str, str, str]:
    with pytest.raises(InputError) as caught:
        rendered(name, text)
    (found,) = caught.value.diagnostics
    return found.summary, str(found.range), found.snippet, found.advice


def test_ones_own_stands_in_for_one_and_the_rest_stay() -> None:
    ours = build_documents(small_context())
    theirs = rendered("runbook.md.j2", "# Change of {{ service | prose }}\n\n\n{{ environments | length }} windows  \n")
    assert theirs["migration/runbook.md"] == b"# Change of shop\n\n2 windows\n"
    assert {path for path in ours if ours[path] != theirs[path]} == {"migration/runbook.md"}


def test_the_built_in_ones_as_ones_own_make_the_same_documents() -> None:
    assert build_documents(small_context(), Templates(built_in(), "ours")) == build_documents(small_context())


def test_a_missing_key_is_an_error_with_its_line() -> None:
    summary, place, snippet, advice = fault("# {{ service }}\n\nOwner: {{ ownr }}\n")
    assert summary == "template: 'ownr' is undefined"
    assert (place, snippet) == ("ours/runbook.md.j2:3", "Owner: {{ ownr }}")
    assert advice.startswith('Did you mean "owner"? ')


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a\n{% for x in order %}\n", 2, "end"),
        ("a\n\n{{ service | shout }}\n", 3, "shout"),
        ("{{ service.nothing }}\n", 1, "nothing"),
        ("a\n{{ environments[99].name }}\n", 2, "99"),
        ("a\n{{ service + 1 }}\n", 2, "str"),
        ("{% include 'nothing.md.j2' %}\n", 1, "nothing.md.j2"),
    ],
)
def test_other_mistakes(text: str, line: int, part: str) -> None:
    summary, place, *_ = fault(text)
    assert place == f"ours/runbook.md.j2:{line}"
    assert part in summary


def test_a_mistake_in_what_another_imports_is_told_where_it_is() -> None:
    with pytest.raises(InputError) as caught:
        rendered(
            "runbook.md.j2",
            '{% from "_macros.md.j2" import hi %}\n{{ hi("x") }}\n',
            **{"_macros.md.j2": "{% macro hi(x) %}\n{{ nobody }}\n{% endmacro %}\n"},
        )
    assert str(caught.value.diagnostics[0].range) == "ours/_macros.md.j2:2"


@pytest.mark.parametrize(
    "text",
    [
        "{{ service.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ order.__init__.__globals__ }}",
        "{% for x in range(10 ** 9) %}{{ x }}{% endfor %}",
        "{{ environments.append(1) }}",
    ],
)
def test_a_template_can_only_show(text: str) -> None:
    with pytest.raises(InputError):
        rendered("runbook.md.j2", text)


def test_each_template_and_key_is_documented() -> None:
    values = {name: set(given) for _, name, given in template_values(small_context())}
    shared = set.intersection(*values.values())
    head, _, rest = PAGE.partition("\n## What each is given besides")
    assert set(re.findall(r"^\| `(\w+)` \|", head.split("\n## What every template")[1], re.MULTILINE)) == shared
    rows = {
        name: set(re.findall(r"`(\w+)`", keys))
        for name, keys in re.findall(r"^\| `([\w.]+\.j2)` \| .* \| (.*)\|$", rest, re.MULTILINE)
    }
    assert rows == {name: given - shared for name, given in values.items()}
    assert rows.keys() == {name for name, _ in DOCUMENTS.values()}
    filters = set(re.findall(r"^\| `(\w+)` \|", head.split("\n## What every template")[0], re.MULTILINE))
    assert filters == Templates({}).filters
