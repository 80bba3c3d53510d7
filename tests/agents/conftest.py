"""Fixtures of the agents' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fundoscope.evals.scripted.server import ScriptedServer


@pytest.fixture
def model_server() -> Iterator[ScriptedServer]:
    """A scripted OpenAI-compatible server on 127.0.0.1; `fundoscope.evals.scripted.server` says how to script it."""
    with ScriptedServer() as server:
        yield server
