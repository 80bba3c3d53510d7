"""Registration of vessel maps whose displacement is known: phantoms' own trees, so that no expert takes part."""

import dataclasses

import cv2
import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.evals.warps import Warp
from fundoscope.imaging import FieldOfView, Frame
from fundoscope.imaging.registration import Sight, register

SIZE = (480, 720)


def sight_of(truth, vessels=None, field=None, field_diameter=None) -> Sight:
    height, width = SIZE
    return Sight(
        vessels=(truth.masks["vessels"] if vessels is None else vessels).astype(np.float32),
        field=truth.masks["field_of_view"] if field is None else field,
        frame=Frame(
            left=0, top=0, scale=1, width=width, height=height, photograph_width=width, photograph_height=height
        ),
        field_diameter=field_diameter or truth.field_of_view.diameter,
        disc_diameter=truth.disc.diameter,
    )


def field_of(truth) -> FieldOfView:
    circle = truth.field_of_view
    return FieldOfView(circle.x, circle.y, circle.diameter, 0, 0, SIZE[1], SIZE[0], 1.0)


def moved(truth, warp: Warp) -> Sight:
    plane = np.repeat((truth.masks["vessels"] * 255).astype(np.uint8)[..., None], 3, axis=2)
    seen = warp.picture(plane, field_of(truth))[..., 0] / 255
    lit = np.repeat((truth.masks["field_of_view"] * 255).astype(np.uint8)[..., None], 3, axis=2)
    return sight_of(truth, seen, warp.picture(lit, field_of(truth))[..., 0] > 127)


@pytest.fixture(scope="module")
def truth():
    return draw_phantom(3, size=SIZE).truth


@pytest.fixture(scope="module")
def another():
    return draw_phantom(4, size=SIZE).truth


@pytest.mark.parametrize(
    ("shift", "turn", "scale"),
    [((0, 0), 0, 1.0), ((0.3, -0.1), 0, 1.0), ((0, 0), 20, 1.0), ((0, 0), -9, 1.15), ((-0.2, 0.15), 12, 0.88)],
)
def test_a_known_shift_turn_and_scale_are_found(truth, shift, turn, scale):
    field = field_of(truth)
    move = (shift[0] * field.diameter, shift[1] * field.diameter)
    warp = Warp((field.x, field.y), field.diameter, move, turn, scale, (0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    found = register(sight_of(truth), moved(truth, warp))
    assert found.reason is None
    angles = np.linspace(0, 2 * np.pi, 7)
    places = np.column_stack([np.cos(angles), np.sin(angles)]) * 0.3 * field.diameter + (field.x, field.y)
    misses = [
        np.hypot(*(np.array(found.to_later(*p)) - q)) for p, q in zip(places, warp.from_original(places), strict=True)
    ]
    assert max(misses) < 0.05 * truth.disc.diameter
    assert found.error_dd < 0.05
    x, y = found.to_later(300.0, 200.0)
    assert found.to_earlier(x, y) == pytest.approx((300.0, 200.0), abs=1e-6)


def test_a_bent_and_tilted_second_photograph_stays_within_a_tenth_of_a_disc(truth):
    field = field_of(truth)
    for seed in range(2):
        warp = Warp.drawn(np.random.default_rng(seed), field)
        found = register(sight_of(truth), moved(truth, warp))
        places = np.array([(truth.disc.x, truth.disc.y), (truth.fovea.x, truth.fovea.y)])
        true = warp.from_original(places)
        misses = np.hypot(*(np.array([found.to_later(*p) for p in places]) - true).T) / truth.disc.diameter
        assert misses.max() < 0.1, seed


def test_another_person_s_eye_is_no_comparable_field(truth, another):
    found = register(sight_of(truth), sight_of(another))
    assert found.matrix is None and found.reason
    with pytest.raises(ValueError, match="not registered"):
        found.to_later(0, 0)


def test_the_mirrored_eye_is_no_comparable_field(truth):
    mirrored = sight_of(truth, truth.masks["vessels"][:, ::-1], truth.masks["field_of_view"][:, ::-1])
    assert register(sight_of(truth), mirrored).matrix is None


def test_vessels_that_agree_are_refused_where_the_disc_lies_on_the_other_side_of_the_fovea(truth):
    disc, fovea = (400.0, 240.0), (300.0, 245.0)
    seen = dataclasses.replace(sight_of(truth), disc=disc, fovea=fovea)
    assert register(seen, seen).reason is None
    turned = register(seen, dataclasses.replace(seen, disc=fovea, fovea=disc))
    assert turned.matrix is None and "other side of the fovea" in str(turned.reason)
    assert register(seen, sight_of(truth)).reason is None, (
        "where the one was not found nothing is held against the other"
    )


def test_fields_that_hardly_overlap_are_declared(truth):
    _ys, xs = np.mgrid[: SIZE[0], : SIZE[1]]
    left, right = truth.masks["field_of_view"] & (xs < 330), truth.masks["field_of_view"] & (xs > 390)
    found = register(
        sight_of(truth, truth.masks["vessels"] & left, left), sight_of(truth, truth.masks["vessels"] & right, right)
    )
    assert found.matrix is None


def test_no_vessels_and_haze_are_declared(truth):
    empty = sight_of(truth, np.zeros(SIZE))
    assert "no vessels" in register(sight_of(truth), empty).reason
    hazy = cv2.GaussianBlur(truth.masks["vessels"].astype(np.float32), (0, 0), 40)
    assert register(sight_of(truth), sight_of(truth, hazy)).matrix is None


def test_registration_is_the_same_every_time_and_needs_no_measured_disc(truth):
    field = field_of(truth)
    warp = Warp.drawn(np.random.default_rng(5), field, gentle=True)
    one = dataclasses.replace(sight_of(truth), disc_diameter=None)
    first, second = (register(one, moved(truth, warp)) for _ in range(2))
    assert first.reason is None and np.array_equal(first.matrix, second.matrix)
