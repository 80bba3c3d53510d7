from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.evals import vessels as evaluation
from fundoscope.experts import load_card
from fundoscope.experts.vessels.samples import photographs


@pytest.mark.realdata
def test_the_second_observer_of_drive_scores_what_the_literature_says(data_dir: Path):
    row = evaluation._second_observer(data_dir, photographs(data_dir, "drive", "test"))
    assert row.figure == pytest.approx(0.788, abs=0.002)


def test_the_card_keeps_the_shipped_model_apart_from_the_one_that_saw_drive_alone():
    card = load_card("vessels")
    names = ("vessels", "vessels_drive_only", "arteries")
    assert [w.file for w in card.weights] == [f"weights/{name}.safetensors" for name in names]
    by_data = {(f.data, f.metric, (f.note or "").split(",")[0]) for f in card.figures}
    assert ("DRIVE test (20)", "Dice", "shipped model") in by_data
    assert ("HRF customary test (30)", "artery/vein accuracy", "on pixels labelled artery or vein") in by_data
    assert ("HRF (45)", "AUC", "model of DRIVE alone") in by_data
    assert not any(data == "HRF (45)" and note.startswith("shipped") for data, _metric, note in by_data)
    assert all(f.interval and f.interval[0] <= f.value <= f.interval[1] for f in card.figures)
