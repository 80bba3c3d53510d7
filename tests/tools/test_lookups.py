"""Looking up: the user's own documents and notes stay on this machine when the planner is not on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.knowledge import library
from fundoscope.knowledge.cases import KeptCase
from fundoscope.knowledge.retrieve import Retriever
from fundoscope.records import Photograph
from fundoscope.settings import load_settings
from fundoscope.tools import lookups
from fundoscope.tools.bench import Bench


def test_a_remote_planner_finds_the_shipped_literature_alone(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    document = tmp_path / "note.md"
    document.write_text(
        "# Microaneurysms of Erika Mustermann\n\nMicroaneurysms of Erika Mustermann are outpouchings.\n"
    )
    assert library.add([document], settings)
    retriever = Retriever(settings)
    query = "microaneurysms of Erika Mustermann are outpouchings"
    at_home = lookups.literature(retriever, query, shipped_only=False)
    assert any("Mustermann" in found["text"] for found in at_home)
    assert "Mustermann" not in str(lookups.literature(retriever, query, shipped_only=True))


def test_a_kept_case_is_its_grade_eye_and_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = {"grade": 2, "eye": "left", "note": "Erika Mustermann", "picture": "ab"}
    kept = KeptCase(id="x", photograph="y", reading=reading, similarity=0.9)
    monkeypatch.setattr(lookups, "similar_cases", lambda *_: [kept])
    found = lookups.kept_like(Bench.__new__(Bench), Photograph(sha256="z", width=9, height=9, file_format="PNG"))
    assert found == [{"grade": 2, "eye": "left", "similarity": 0.9}]
