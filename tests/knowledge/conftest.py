"""One store for all tests of the knowledge floor."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.knowledge.retrieve import Retriever
from fundoscope.settings import Settings


@pytest.fixture(scope="session")
def knowledge_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("knowledge_home")


@pytest.fixture(scope="session")
def retriever(knowledge_home: Path) -> Retriever:
    return Retriever(Settings(home=knowledge_home))
