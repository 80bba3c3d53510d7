"""Fixtures that several tests of the evaluations share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fundoscope.settings import default_settings


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty FUNDOSCOPE_HOME, so that what a site fits reaches no other test."""
    monkeypatch.setenv("FUNDOSCOPE_HOME", str(tmp_path / "home"))
    default_settings.cache_clear()
    yield tmp_path / "home"
    default_settings.cache_clear()
