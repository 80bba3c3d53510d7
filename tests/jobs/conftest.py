"""What tests of batches share: a reader with a home of its own, and a folder of two files."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.records import Report
from fundoscope.settings import load_settings

from .reader import Reader


@pytest.fixture
def reader(phantom_report: Report, tmp_path: Path) -> Reader:
    return Reader(phantom_report, load_settings(home=tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "in" / name).write_bytes(name.encode())
    return tmp_path / "in"
