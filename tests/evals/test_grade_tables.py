"""Figures of the grader's tables from readings whose figures are known, and the pictures drawn of them."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from fundoscope.evals import grade_cameras
from fundoscope.evals.grade_curves import draw, reliability, selective
from fundoscope.evals.grade_readings import Readings, joined, kappa, numbered, referable_auc
from fundoscope.evals.grade_words import word_rows
from fundoscope.experts.grade.crossing import read_predictions, read_recipes, write_predictions
from fundoscope.experts.grade.split import Example


def _readings(grades, p):
    grades, p = np.asarray(grades), np.asarray(p, dtype=np.float64)
    truth = np.ones(len(grades), dtype=bool)
    return Readings(grades, grades, p.argmax(axis=1), p, truth, truth.astype(int), ~truth, np.arange(len(grades)))


@pytest.fixture
def sure_and_unsure():
    """Fifty photographs graded right with probability 0.9, fifty of which every second is right with 0.5."""
    grades = np.arange(100) % 5
    p = np.full((100, 5), 0.025)
    p[np.arange(100), grades] = 0.9
    for i in range(50, 100):
        named = grades[i] if i % 2 else (grades[i] + 1) % 5
        p[i] = 0.125
        p[i, named] = 0.5
    return _readings(grades, p)


def test_reliability_pairs_what_was_said_with_what_was_right(sure_and_unsure):
    assert np.array(reliability(sure_and_unsure, bins=2)) == pytest.approx(np.array([[0.5, 0.5], [0.9, 1.0]]))


def test_the_least_certain_are_handed_over_first(sure_and_unsure):
    exact = dict(selective(sure_and_unsure, lambda r: float((r.low == r.value).mean())))
    assert exact[1.0] == pytest.approx(0.75)
    assert all(v == 1.0 for s, v in exact.items() if s <= 0.5)


def test_the_curves_are_a_picture(sure_and_unsure):
    root = ElementTree.fromstring(draw(sure_and_unsure))
    assert root.tag.endswith("svg")
    assert len([e for e in root.iter() if e.tag.endswith("polyline")]) == 4


def test_joined_readings_keep_patients_apart(sure_and_unsure):
    both = joined(sure_and_unsure, sure_and_unsure)
    assert len(np.unique(both.group)) == 200
    assert kappa(both) == pytest.approx(kappa(sure_and_unsure))
    assert referable_auc(both) == pytest.approx(referable_auc(sure_and_unsure))


def test_groups_are_numbered_by_name():
    assert numbered(["b", "a", "b"]).tolist() == [1, 0, 1]


def test_predictions_of_a_camera_left_out_are_scored_against_the_labels(tmp_path, monkeypatch):
    rows = [Example("idrid_grading", f"{g}.jpg", str(g), (g,)) for g in range(5)]
    rows.append(Example("odir5k_subset", "other.jpg", "other", (0,)))
    write_predictions(tmp_path, "idrid_grading", {r.image: np.eye(5)[r.allowed[0]] for r in rows[:5]}, "300 steps")
    assert read_predictions(tmp_path, "idrid_grading")["3.jpg"].tolist() == [0, 0, 0, 1, 0]
    assert read_recipes(tmp_path) == {"idrid_grading": "300 steps"}
    monkeypatch.setattr(grade_cameras, "PREDICTIONS", tmp_path)
    monkeypatch.setattr(grade_cameras, "examples", lambda _: rows)
    made = {r.metric: r for r in grade_cameras.camera_rows(tmp_path)}
    assert made["referable AUC"].figure == made["any-retinopathy AUC"].figure == made["quadratic kappa"].figure == 1.0
    assert made["referable AUC"].bar == 0.87
    assert made["referable AUC"].data == "IDRiD, left out of training (5)"
    assert made["referable AUC"].note == "300 steps"


def test_odir_is_told_by_its_words(tmp_path):
    folder = tmp_path / "odir5k_subset"
    folder.mkdir()
    words = {
        "n": ("0", "0", "1"),
        "m": ("1", "1", "0"),
        "mod": ("2", "1", "0"),
        "s": ("3", "1", "0"),
        "amd": ("", "0", "0"),
        "dr": ("", "1", "0"),
    }
    lines = ["image,grade,any_dr,normal"]
    chosen, p = [], []
    for kind, (grade, ill, normal) in words.items():
        for n in range(4):
            lines.append(f"{kind}{n}.jpg,{grade},{ill},{normal}")
            chosen.append(Example("odir5k_subset", f"{kind}{n}.jpg", f"{kind}{n}", (int(grade),) if grade else (0,)))
            p.append(np.eye(5)[{"n": 0, "m": 0, "mod": 2, "s": 3, "amd": 2 if n else 0, "dr": 2}[kind]])
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    rows = {
        r.metric.replace("AUC of the referable probability, ", ""): r
        for r in word_rows(chosen, np.array(p), tmp_path, "ODIR")
    }
    assert rows["mild retinopathy against normal fundus"].figure == 0.5
    assert rows["severe or proliferative retinopathy against normal fundus"].figure == 1
    assert rows["severe or proliferative retinopathy against normal fundus"].data == "ODIR (4 and 4)"
    assert rows["normal fundus called referable"].figure == 0
    assert rows["another disease without retinopathy called referable"].figure == 0.75
    assert rows["another disease without retinopathy called referable"].data == "ODIR (4)"
