"""`report.html` from the files of a consolidation."""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist.report.page import render_page
from tfhoist.report.read import read_report

PATH = "report.html"
"""Where the report stands under OUT."""


def build_report_page(files: Mapping[str, bytes]) -> bytes:
    """The page, from path under OUT to content; raises `UsageError` where an artifact is missing or damaged."""
    return render_page(read_report(files))
