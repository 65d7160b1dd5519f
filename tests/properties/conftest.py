"""Shows the shares of random placements at the end of a run, from all workers."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "shares" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(str(value))
