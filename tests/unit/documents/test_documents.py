"""The documents of a small context, word for word, and what no repository may do to them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import msgspec
import pytest
from markdown_it import MarkdownIt

from tests.unit.documents.small_context import small_context
from tfhoist.documents.build import DOCUMENTS, build_documents
from tfhoist.documents.markdown import code, code_cell, fence, marked, prose, quoted, shell, table
from tfhoist.registry.entry import build_entry, render_entry


def test_golden(golden: Callable) -> None:
    golden.tree("documents/small", build_documents(small_context()))  # type: ignore[attr-defined]


def test_every_document_is_there() -> None:
    documents = build_documents(small_context())
    assert documents.keys() == DOCUMENTS.keys()
    assert documents == build_documents(small_context())


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_form(path: str) -> None:
    text = build_documents(small_context())[path].decode()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    for undone in ("{{", "{%", "None", "undefined", "[]"):
        assert undone not in re.sub(r"(?s)```.*?```|`[^`]*`", "", text), undone


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_shell_blocks_parse(path: str) -> None:
    text = build_documents(small_context())[path].decode()
    for block in re.findall(r"(?ms)^```bash\n(.*?)^```$", text):
        checked = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr + block


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_links_lead_somewhere(path: str) -> None:
    documents = build_documents(small_context())
    folder = path.split("/")[0]
    for target, anchor in re.findall(r"\]\(([\w.]+\.md)(#[\w-]+)?\)", documents[path].decode()):
        other = documents[f"{folder}/{target}"].decode()
        if anchor:
            headings = re.findall(r"(?m)^#+ (.*)$", other)
            assert anchor[1:] in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_runbook_sections_that_others_name() -> None:
    documents = build_documents(small_context())
    runbook = documents["migration/runbook.md"].decode()
    for number, title in ((3, "Freeze, tag, merge"), (4, "Staging"), (5, "Production"), (6, "When all environments")):
        assert f"\n## {number}. {title}" in runbook
    timeline = documents["migration/timeline.md"].decode()
    assert "Move production (runbook, section 5)" in timeline
    assert "(runbook, section 6)" in timeline


def test_addresses_without_an_instance_are_left_out_where_they_are() -> None:
    runbook = build_documents(small_context())["migration/runbook.md"].decode()
    staging, production = runbook.split("\n## 5. Production")
    assert "<<'ABSENT'\naws_lb_listener.https\nABSENT\n" in staging
    assert "ABSENT" not in production
    assert "All 9 addresses exist here, with 9 instances by its state." in production


def test_readers_move_before_what_they_read() -> None:
    runbook = build_documents(small_context())["migration/runbook.md"].decode()
    addresses = re.search(r"(?s)<<'ADDRESSES'\n(.*?)\nADDRESSES", runbook)
    assert addresses is not None
    order = addresses.group(1).split("\n")
    assert sorted(order) == sorted(small_context().moved)
    assert order.index("aws_lb_listener_rule.web") < order.index("aws_lb_listener.http") < order.index("aws_lb.main")
    assert order.index("aws_lb.main") < order.index("aws_security_group.alb")


def test_secrets_are_asked_for_by_name_and_never_shown() -> None:
    runbook = build_documents(small_context())["migration/runbook.md"].decode()
    assert "`TF_VAR_shop_token`, `TF_VAR_token`" in runbook


HOSTILE = (
    "x|y `z` <b>\n\n# no heading\n```\nrm -rf /\n```\n[l](javascript:x) **b** $(id) 'q' \"d\" \\ {{ 7*7 }} {% x %}"
)


def test_hostile_names() -> None:
    context = msgspec.structs.replace(
        small_context(), service=HOSTILE, owner=HOSTILE, contact=HOSTILE, repository=HOSTILE, assumptions=(HOSTILE,)
    )
    for path, content in build_documents(context).items():
        text = content.decode()
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        inline = [child for token in tokens for child in token.children or ()]
        assert not [t for t in tokens if t.type == "html_block" and "TF_DOCS" not in t.content], path
        assert not [t for t in inline if t.type == "html_inline"], path
        assert not [t for t in inline if t.type == "link_open" and str(t.attrs["href"]).startswith("javascript")], path
        headings = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
        assert not [heading for heading in headings if heading.startswith("no heading")], path
        for fenced in (t for t in tokens if t.type == "fence"):
            assert not re.search(r"(?m)^rm -rf", fenced.content), path
            if fenced.info == "bash":
                checked = subprocess.run(
                    ["bash", "-n"], input=fenced.content, capture_output=True, text=True, check=False
                )
                assert checked.returncode == 0, checked.stderr + fenced.content
    entry = render_entry(build_entry(context))
    tokens = MarkdownIt("commonmark", {"html": True}).parse(entry)
    assert [t.type for t in tokens if t.type in ("html_block", "fence")] == []
    assert len([t for t in tokens if t.type == "heading_open"]) == 1


@pytest.mark.parametrize(
    "text", [HOSTILE, "`", "``a``", "a|b", "# x", "- x", "1. x", "<!-- x", "&amp;", "a_b_c", "_a_", "\\|"]
)
def test_escaping_keeps_the_text(text: str) -> None:
    shown = MarkdownIt("commonmark").parse(f"before {prose(text)} after")[1].children or []
    assert "".join(child.content for child in shown) == f"before {' '.join(text.split())} after"
    first = MarkdownIt("commonmark").parse(prose(text))
    assert [token.type for token in first] == ["paragraph_open", "inline", "paragraph_close"]
    span = MarkdownIt("commonmark").parse(code(text))[1].children or []
    assert [(child.type, child.content) for child in span] == [("code_inline", " ".join(text.split()))]
    cells = MarkdownIt("commonmark").enable("table").parse(table(("a", "b"), [(code_cell(text), prose(text))]))
    assert len([token for token in cells if token.type == "td_open"]) == 2


def test_code_spans_of_our_own_sentences_stay() -> None:
    assert marked("`a_b` is *on* `x|y`") == "`a_b` is \\*on\\* `x\\|y`"
    assert marked("one ` alone <b>") == "one \\` alone &lt;b&gt;"


def test_fence_is_longer_than_what_is_inside() -> None:
    assert fence("a\n````\nb", "hcl") == "`````hcl\na\n````\nb\n`````"


@pytest.mark.parametrize("text", ["plain", "a b", "it's", "$(id)", "`x`", 'aws_lb.x["a"]', "", "-n", "a\nb"])
def test_shell_words(text: str) -> None:
    for word in (shell(text), quoted(text)):
        assert subprocess.run(["bash", "-c", f"printf '%s' {word}"], capture_output=True, text=True).stdout == text
