"""How often lesions are detected again is told only where it was measured on enough of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fundoscope.experts import repeatability
from fundoscope.experts.repeatability import LEAST_DETECTIONS, detected_again


def test_shares_are_told_where_enough_was_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "repeatability.json"
    kinds = {
        "HE": {"share": 0.6, "detections": LEAST_DETECTIONS},
        "SE": {"share": 0.9, "detections": LEAST_DETECTIONS - 1},
    }
    file.write_text(json.dumps({"measures": {}, "lesions": {"kinds": kinds}}))
    monkeypatch.setattr(repeatability, "FILE", file)
    repeatability._measured.cache_clear()
    assert [detected_again(kind) for kind in ("HE", "SE", "MA")] == [0.6, None, None]
    file.write_text(json.dumps({"measures": {}}))
    repeatability._measured.cache_clear()
    assert detected_again("HE") is None
    repeatability._measured.cache_clear()


def test_the_shipped_file_names_its_commands() -> None:
    told = json.loads(repeatability.FILE.read_text(encoding="utf-8"))
    assert told["command"].startswith("python -m fundoscope.evals.repeatability")
    assert told["lesions"]["command"].startswith("python -m fundoscope.evals.lesions_twice")
    assert all(0 < row["share"] < 1 for row in told["lesions"]["kinds"].values())
