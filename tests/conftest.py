"""What tests measured is printed at the end of the run: several workers' own output would be lost or mixed."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

MEASURED = "measured"
Say = Callable[[str], None]


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """Say a line of what this test measured, passed or not; lines of one file stay together, in their order."""
    return lambda text: request.node.user_properties.append((MEASURED, text))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Every line that a test has said, by file."""
    lines: dict[str, list[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in report.user_properties:
                if report.when == "call" and name == MEASURED:
                    lines.setdefault(report.nodeid.partition("::")[0], []).append(text)
    for file, texts in lines.items():
        terminalreporter.section(f"measured by {file}")
        for text in texts:
            terminalreporter.line(text)
