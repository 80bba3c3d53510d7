"""Fixtures shared by all tests. No test touches the user's own FUNDOSCOPE_HOME."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fundoscope import Fundoscope, Report


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh FUNDOSCOPE_HOME for the whole run."""
    from fundoscope.settings import default_settings

    folder = tmp_path_factory.mktemp("home")
    patch = pytest.MonkeyPatch()
    patch.setenv("FUNDOSCOPE_HOME", str(folder))
    default_settings.cache_clear()
    yield folder
    patch.undo()
    default_settings.cache_clear()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The labelled photographs; tests that ask for it are marked `realdata`."""
    folder = os.environ.get("FUNDOSCOPE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FUNDOSCOPE_DATA does not name the folder of labelled photographs")
    return Path(folder)


@pytest.fixture(scope="session")
def phantom_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phantom photograph of a right eye with lesions, as PNG."""
    from fundoscope.evals.phantom import write_phantom

    path = tmp_path_factory.mktemp("phantom") / "phantom.png"
    write_phantom(path, seed=7, lesions={"MA": 10, "HE": 6, "EX": 8, "SE": 1})
    return path


@pytest.fixture(scope="session")
def scope(home: Path) -> Fundoscope:
    """One engine for all tests that read."""
    from fundoscope import Fundoscope

    return Fundoscope()


@pytest.fixture(scope="session")
def phantom_report(scope: Fundoscope, phantom_file: Path) -> Report:
    """The reading of the phantom."""
    return scope.read(phantom_file)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests marked `realdata` passed, so that a run that skipped them can be told apart."""
    passed = terminalreporter.stats.get("passed", [])
    ran = sum(1 for report in passed if "realdata" in report.keywords)
    terminalreporter.write_line(f"realdata tests run: {ran}")
