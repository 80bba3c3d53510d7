"""The conditions expert on phantoms and on what is no photograph to judge."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.errors import ExpertUnavailable
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_card, load_expert
from fundoscope.experts.conditions.expert import NORMAL, Conditions
from fundoscope.experts.conditions.samples import LEAST_AUC, WORDS, samples
from fundoscope.records import Photograph, Point, Status
from fundoscope.settings import default_settings


@pytest.fixture(scope="module")
def experts():
    return load_expert("landmarks"), load_expert("conditions")


@pytest.fixture(scope="module")
def phantom():
    return Photograph.from_pixels(draw_phantom(6, size=(534, 804)).pixels)


@pytest.fixture
def unshy(experts):
    """The expert, taking nothing for unlike what it learnt from."""
    card = experts[1].card
    return Conditions(
        card.model_copy(update={"thresholds": {**card.thresholds, "novelty": 1e9}}),
        experts[1].folder,
        default_settings(),
    )


def read(expert, photograph, landmarks):
    return expert.read(photograph, {"landmarks": landmarks.read(photograph)})


def test_every_condition_has_a_probability_or_a_reason(experts, unshy, phantom):
    finding = read(unshy, phantom, experts[0])
    assert [m.name for m in finding.measurements] == list(WORDS)
    for m in finding.measurements:
        if m.name in unshy.shipped:
            assert 0 <= m.value <= 1 and m.unit == "probability"
        else:
            assert m.status is Status.NOT_ASSESSED and "not shipped" in m.reason


def test_what_reaches_its_threshold_is_flagged_and_a_normal_fundus_never(experts, unshy, phantom):
    for cut, expected in ((0.0, set(unshy.shipped) - {NORMAL}), (1.1, set())):
        thresholds = {**dict.fromkeys(unshy.shipped, cut), "novelty": 1e9}
        card = unshy.card.model_copy(update={"thresholds": thresholds})
        strict = Conditions(card, unshy.folder, unshy.settings)
        assert set(read(strict, phantom, experts[0]).flags) == expected


def test_a_detector_on_the_card_has_a_lower_bound_of_auc_over_the_bar_and_the_others_are_named_as_not_assessed():
    card = load_card("conditions")
    for name in WORDS:
        figure = next(f for f in card.figures if f.metric == "AUC" and f" {name.replace('_', ' ')} (" in f.data)
        assert (name in card.thresholds) is (figure.interval[0] >= LEAST_AUC)
        assert (name in card.thresholds) is not any(line.startswith(name) for line in card.not_assessed)


def test_the_same_photograph_gives_the_same_numbers(experts, phantom, unshy):
    first, second = (read(unshy, phantom, experts[0]) for _ in range(2))
    assert first.measurements == second.measurements


def test_without_a_disc_no_word_on_glaucoma_and_without_a_fovea_none_on_the_macula(experts, unshy, phantom):
    seen = experts[0].read(phantom)
    for point, condition in (("disc", "glaucoma_suspect"), ("fovea", "age_related_macular_degeneration")):
        points = {n: Point(x=p.x, y=p.y) for n, p in seen.points.items() if n != point}
        finding = unshy.read(phantom, {"landmarks": seen.model_copy(update={"points": points})})
        assert finding.measurement(condition).status is Status.NOT_ASSESSED


def test_where_the_size_of_the_crop_is_not_known_what_shows_there_is_not_judged(experts, unshy, phantom):
    seen = experts[0].read(phantom)
    unmeasured = [m for m in seen.measurements if m.name != "disc_diameter"]
    finding = unshy.read(phantom, {"landmarks": seen.model_copy(update={"measurements": unmeasured})})
    for condition in ("glaucoma_suspect", "age_related_macular_degeneration"):
        assert finding.measurement(condition).reason == "the size of the optic disc is not known"
    assert finding.measurement("pathological_myopia").value is not None


def test_without_landmarks_nothing_is_assessed(experts, phantom):
    finding = experts[1].read(phantom)
    assert finding.status is Status.NOT_ASSESSED and "landmarks" in finding.reason
    assert all(m.status is Status.NOT_ASSESSED for m in finding.measurements)


def test_a_tiny_photograph_is_not_assessed(experts):
    small = Photograph.from_pixels(draw_phantom(6, size=(160, 240)).pixels)
    finding = read(experts[1], small, experts[0])
    assert finding.status is Status.NOT_ASSESSED and "pixels wide" in finding.reason


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_is_not_assessed(experts, level):
    even = Photograph.from_pixels(np.full((500, 640, 3), level, dtype=np.uint8))
    assert read(experts[1], even, experts[0]).status is Status.NOT_ASSESSED


def test_noise_is_not_assessed(experts):
    noise = np.random.default_rng(0).integers(0, 256, (500, 640, 3), dtype=np.uint8)
    assert read(experts[1], Photograph.from_pixels(noise), experts[0]).status is Status.NOT_ASSESSED


def test_heads_that_fit_another_backbone_are_refused(experts):
    card = experts[1].card
    entries = [w.model_copy(update={"sha256": "0" * 64}) if w.file.startswith("..") else w for w in card.weights]
    with pytest.raises(ExpertUnavailable, match="not the file on its card"):
        Conditions(card.model_copy(update={"weights": entries}), experts[1].folder, default_settings())


@pytest.mark.realdata
def test_the_folds_keep_a_patient_together_and_the_doubled_one_too(data_dir):
    rows = samples(data_dir)
    fold = {}
    for row in rows:
        assert fold.setdefault(row.patient, row.fold) == row.fold
    both = {row.patient for row in rows if "_left" in row.image} & {
        row.patient for row in rows if "_right" in row.image
    }
    assert len(both) > 400
    assert "973" not in fold


@pytest.mark.realdata
def test_a_photograph_of_odir_is_judged(experts, data_dir):
    rows = samples(data_dir)
    photograph = Photograph.from_file(data_dir / "odir5k_subset" / rows[0].image)
    assert read(experts[1], photograph, experts[0]).status is Status.MEASURED
