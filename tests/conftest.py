"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The labelled photographs; tests that ask for it are marked `realdata`."""
    folder = os.environ.get("FUNDOSCOPE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FUNDOSCOPE_DATA does not name the folder of labelled photographs")
    return Path(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests marked `realdata` passed, so that a run that skipped them can be told apart."""
    passed = terminalreporter.stats.get("passed", [])
    ran = sum(1 for report in passed if "realdata" in report.keywords)
    terminalreporter.write_line(f"realdata tests run: {ran}")
