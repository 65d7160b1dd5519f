"""Diagrams: what crosses is in them, and no name can end a label."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.unit.documents.small_context import small_context
from tfhoist.documents.diagrams import label, ownership, requests
from tfhoist.documents.views import Views


@pytest.mark.parametrize("text", ['a"b', "a]b", "a\nb", "<script>", "```", "%%{init}%%", "a|b", "x" * 500, "ü", "end;"])
def test_a_label_is_closed_by_nothing_in_it(text: str) -> None:
    shown = label(text)
    assert re.fullmatch(r'"(?:[A-Za-z0-9 ._,:/()-]|#\d+;)*"', shown)
    plain = re.sub(r"#(\d+);", lambda match: chr(int(match.group(1))), shown[1:-1])
    assert plain == (" ".join(text.split()) if len(text) <= 60 else text[:57] + "...")


def test_what_crosses_is_in_the_picture() -> None:
    picture = ownership(Views(small_context()))
    assert '  service_compute -->|"1 read"| central_load_balancing' in picture
    assert '  central_load_balancing -.->|"1 pinned value"| service_networking' in picture
    assert '  central_networking -.->|"1 pinned value"| service_networking' in picture
    assert 'service_compute["Compute: 2"]' in picture


def test_the_way_of_a_request() -> None:
    staging, production = Views(small_context()).environments
    picture = requests(production)
    for text in ('"shop.example.org"', '"shop-production"', '"HTTPS 443"', '"shop-production-web"', '|"20, 30"|'):
        assert text in picture
    assert '|"default"|' in picture
    assert "HTTPS" not in requests(staging)


def test_without_listeners_there_is_no_picture() -> None:
    context = msgspec.structs.replace(small_context(), moved=("aws_security_group.alb",))
    assert requests(Views(context).environments[0]) == ""
