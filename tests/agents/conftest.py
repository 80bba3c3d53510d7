"""Fixtures of the agents' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.evals.scripted.server import ScriptedServer


@pytest.fixture
def model_server() -> Iterator[ScriptedServer]:
    """A scripted OpenAI-compatible server on 127.0.0.1; `fundoscope.evals.scripted.server` says how to script it."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def case(scope: Fundoscope, phantom_file: Path, request: pytest.FixtureRequest) -> tuple[Fundoscope, Report]:
    """A reading in a session of the test's own."""
    desk = scope.in_session(f"review {request.node.name}")
    return desk, desk.read(phantom_file)
