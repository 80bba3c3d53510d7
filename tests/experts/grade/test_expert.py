"""The grade expert as it is shipped, and another network in its place."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fundoscope.errors import ExpertUnavailable
from fundoscope.evals import grade_logits
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_expert
from fundoscope.experts.grade.model import GradingModel
from fundoscope.experts.grade.preprocess import square
from fundoscope.experts.grade.split import SPLIT_FILE, read_split
from fundoscope.experts.training.datasets import picture
from fundoscope.records import Photograph, Status


@pytest.fixture(scope="module")
def expert():
    return load_expert("grade")


@pytest.fixture(scope="module")
def phantom():
    return Photograph.from_pixels(draw_phantom(4, size=(534, 804), lesions={"HE": 12, "MA": 15, "EX": 10}).pixels)


def test_probabilities_are_five_and_sum_to_one(expert, phantom):
    finding = expert.read(phantom)
    assert len(finding.probabilities) == 5
    assert sum(finding.probabilities) == pytest.approx(1.0)
    assert finding.referable_probability == pytest.approx(sum(finding.probabilities[2:]))
    assert finding.number("icdr_grade") == finding.value
    assert finding.number("grade_confidence") == pytest.approx(finding.probabilities[finding.value])


def test_the_set_of_possible_grades_has_no_gaps(expert, phantom):
    chosen = expert.read(phantom).conformal_set
    assert chosen == list(range(chosen[0], chosen[-1] + 1))


def test_the_heatmap_lies_on_the_photograph(expert, phantom):
    heat = expert.read(phantom).array("heatmap")
    assert heat.shape == (phantom.height, phantom.width)
    assert 0.0 <= heat.min() <= heat.max() <= 1.0
    fov = phantom.field_of_view
    assert not heat[~fov.mask(phantom.height, phantom.width, margin=-0.05)].any()


def test_readings_from_several_threads_agree(expert, phantom):
    once = expert.read(phantom).model_dump_json()
    with ThreadPoolExecutor(4) as pool:
        assert {f.model_dump_json() for f in pool.map(expert.read, [phantom] * 4)} == {once}


@pytest.mark.parametrize("shape", [(64, 64), (64, 200), (333, 150), (600, 601)])
def test_any_picture_is_read_or_declined_without_an_error(expert, shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    for pixels in (noise, np.full((*shape, 3), 90, np.uint8), np.zeros((*shape, 3), np.uint8)):
        finding = expert.read(Photograph.from_pixels(pixels))
        assert (finding.status is Status.NOT_ASSESSED) == (finding.value is None)


def test_features_have_one_length_and_tell_photographs_apart(expert, phantom):
    other = Photograph.from_pixels(draw_phantom(9, size=(534, 804)).pixels)
    one, two = expert.features(phantom), expert.features(other)
    assert one.shape == two.shape == (1280,)
    assert one.dtype == np.float32
    assert np.abs(one - two).max() > 1e-3


def test_reading_in_batches_says_nearly_the_same(expert, phantom):
    other = Photograph.from_pixels(draw_phantom(9, size=(534, 804)).pixels)
    squares = [square(p, expert.model.side)[0] for p in (phantom, other)]
    for one, batched in zip([expert.model.look(s) for s in squares], expert.model.look_through(squares), strict=True):
        assert np.corrcoef(one.features, batched.features)[0, 1] > 0.995
        assert np.abs(one.logits - batched.logits).max() < 0.3


def test_the_probability_of_macular_oedema_is_the_head_s(expert, phantom):
    measured = expert.read(phantom).measurement("dme_probability")
    assert measured.value == pytest.approx(float(expert.macula.probability(expert.features(phantom))))
    assert 0.0 <= measured.value <= 1.0


def test_a_field_too_small_is_assessed_in_nothing(expert):
    finding = expert.read(Photograph.from_pixels(np.full((100, 100, 3), 90, np.uint8)))
    assert {m.status for m in finding.measurements} == {Status.NOT_ASSESSED}
    assert {m.name for m in finding.measurements} >= {"icdr_grade", "dme_probability"}


def test_altered_weights_are_refused(expert):
    entries = [w.model_copy(update={"sha256": "0" * 64}) for w in expert.card.weights]
    card = expert.card.model_copy(update={"weights": entries})
    with pytest.raises(ExpertUnavailable, match="not the file on its card"):
        type(expert)(card, expert.folder, expert.settings)


def test_another_transformers_classifier_can_take_the_place(tmp_path, phantom):
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, image_size=64, num_labels=5
    )
    ViTForImageClassification(config).save_pretrained(tmp_path)
    processing = {"size": {"height": 64, "width": 64}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(processing))
    model = GradingModel(tmp_path)
    seen = model.look(square(phantom, model.side)[0])
    assert seen.logits.shape == (5,)
    assert seen.plane is None


@pytest.mark.realdata
def test_held_out_eyes_with_and_without_retinopathy_are_told_apart(expert, data_dir):
    held = [r for r in read_split(expert.folder / SPLIT_FILE) if r.part == "holdout" and r.dataset == "idrid_grading"]
    chance = {
        grade: np.mean(
            [
                expert.read(Photograph.from_pixels(picture(data_dir / r.dataset / r.image))).referable_probability
                for r in [r for r in held if r.grade == grade][:8]
            ]
        )
        for grade in (0, 3)
    }
    assert chance[3] > chance[0] + 0.3


@pytest.mark.realdata
def test_the_kept_logits_are_those_of_the_shipped_network(expert, data_dir):
    with grade_logits.FILE.open(newline="", encoding="utf-8") as file:
        kept = {
            (r["dataset"], r["image"]): [float(r[name]) for name in grade_logits.LOGITS] for r in csv.DictReader(file)
        }
    rows = [r for r in read_split(expert.folder / SPLIT_FILE) if r.part != "train"]
    assert set(kept) == {(r.dataset, r.image) for r in rows}
    for row in rows[::150]:
        said = grade_logits.logits(expert, data_dir, row)
        assert said == pytest.approx(kept[row.dataset, row.image], abs=0.02), "python -m fundoscope.evals.grade_logits"
