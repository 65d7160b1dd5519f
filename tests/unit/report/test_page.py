"""The page: its policy, what it escapes, and what it's read from."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from tests.unit.report.samples import HOSTILE, files
from tfhoist.errors import UsageError
from tfhoist.report.build import build_report_page
from tfhoist.report.picture import MOST_BLOCKS

VOID = {"meta", "link", "input", "br", "hr"}


class Page(HTMLParser):
    """Elements with their attributes, and the text of scripts and styles; unbalanced elements are a failure."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), tag
        self.elements.append((tag, dict(attrs)))
        if tag in self.raw:
            self.raw[tag].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]][-1] += data


def test_the_policy_allows_exactly_the_page_itself() -> None:
    page = Page(build_report_page(files()).decode())
    policies = [a["content"] for tag, a in page.elements if tag == "meta" and a.get("http-equiv")]
    assert len(policies) == 1
    policy = dict(part.strip().split(" ", 1) for part in (policies[0] or "").split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in str(policy)

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    data, script = page.raw["script"]
    assert json.loads(data)["cost"] == 6
    assert policy["script-src"] == hashed(script)
    assert [policy["style-src"]] == [hashed(style) for style in page.raw["style"]]


def test_nothing_is_loaded_and_nothing_is_inline() -> None:
    page = Page(build_report_page(files()).decode())
    for tag, attributes in page.elements:
        assert tag not in ("img", "iframe", "object", "embed", "base")
        assert "src" not in attributes
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        href = attributes.get("href") or "#"
        assert not re.match(r"[a-z]+:", href) or href == "data:,", href


def test_names_from_the_repository_are_text() -> None:
    runbook = f"# R\n\n## Step {HOSTILE}\n\n{HOSTILE} [x](javascript:alert(1)) ![i](https://example.com/i.png)\n"
    html = build_report_page({**files(), "migration/runbook.md": runbook.encode()}).decode()
    assert HOSTILE not in html
    assert html.count("<script") == 2
    assert "javascript:" not in re.sub(r"\[x\]\(javascript:alert\(1\)\)", "", html)
    page = Page(html)
    assert [tag for tag, _ in page.elements].count("script") == 2


def test_each_id_is_there_once_and_each_link_leads_somewhere() -> None:
    page = Page(build_report_page(files()).decode())
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.elements:
        href = attributes.get("href") or ""
        if tag == "a" and href.startswith("#"):
            assert href[1:] in ids, href
        if attributes.get("aria-labelledby"):
            assert attributes["aria-labelledby"] in ids


def test_many_blocks_are_shown_by_kind_first() -> None:
    few = build_report_page(files(3)).decode()
    many = build_report_page(files(MOST_BLOCKS // 2 + 1)).decode()
    assert re.findall(r'data-view="(\w+)"', few) == ["blocks"]
    assert re.findall(r'data-view="(\w+)"', many) == ["kinds", "blocks"]


def test_what_fails_comes_first_and_open() -> None:
    html = build_report_page(files()).decode()
    section = html.split('id="verdict"')[1].split("</section>")[0]
    assert "<details open>" in section
    assert section.index("fails</span>") < section.index('<td><span class="res holds">')


def test_same_files_same_bytes() -> None:
    assert build_report_page(files()) == build_report_page(dict(reversed(files().items())))


@pytest.mark.parametrize("path", ["consolidation.json", "proof.json", "placement.json", "audit/audit.json"])
def test_a_missing_or_damaged_artifact_is_named(path: str) -> None:
    there = files()
    without = {name: content for name, content in there.items() if name != path}
    for broken in (without, *({**there, path: content} for content in (b"{", b"\xff", b"[]"))):
        with pytest.raises(UsageError, match=re.escape(path)):
            build_report_page(broken)
