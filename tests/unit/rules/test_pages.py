"""Each rule has a page, and each page a rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tfhoist.rules import RULES, Rule

PAGES = Path(__file__).resolve().parents[3] / "docs" / "findings"


def test_rules_and_pages_are_the_same() -> None:
    assert sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "index") == [rule.id for rule in RULES]


def test_rules_are_sorted_and_distinct() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in ids)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_says_what_its_rule_says(rule: Rule) -> None:
    page = (PAGES / f"{rule.id}.md").read_text()
    assert page.startswith(f"# {rule.id}\n\n{rule.severity.value}: {rule.description}.\n")
    headings = ["## What it says", "## Why it matters", "## What to do", "## Example"]
    assert re.findall(r"^## .*", page, re.MULTILINE) == headings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_in_a_file_of_its_name(rule: Rule) -> None:
    assert type(rule).__module__ == f"tfhoist.rules.{rule.id.replace('-', '_')}"
