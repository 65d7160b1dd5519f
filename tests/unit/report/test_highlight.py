"""Highlighting marks and never changes: the text is what it was, and nothing of it is markup."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import EXAMPLES
from tfhoist.report.highlight import highlight

_TAG = re.compile(r'<i class="[a-z]">|</i>')


def plain(html: str) -> str:
    return unescape(_TAG.sub("", html))


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'{}$%=#/*\n "), max_size=200))
def test_any_text_comes_back(text: str) -> None:
    html = highlight(text)
    assert plain(html) == text
    assert "<" not in _TAG.sub("", html)


def test_the_example_comes_back() -> None:
    for path in sorted((EXAMPLES / "data-pipeline").rglob("*.tf")):
        assert plain(highlight(path.read_text())) == path.read_text()


def test_parts_are_marked() -> None:
    html = highlight('resource "aws_lb" "main" {\n  name = "a-${var.x}" # why\n  on = true\n  n = max(1)\n}\n')
    assert '<i class="k">resource </i>' in html
    assert '<i class="a">name </i>' in html
    assert '<i class="p">${</i>var.x<i class="p">}</i>' in html
    assert '<i class="c"># why\n  </i>' in html
    assert '<i class="n">true</i>' in html
    assert '<i class="f">max</i>' in html
