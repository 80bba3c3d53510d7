"""What the lesion networks learn from."""

from pathlib import Path

import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts.grade.split import examples
from fundoscope.experts.lesions.appearance import MEAN, frame_of, inside_mask
from fundoscope.experts.lesions.free import FREE_OF_LESIONS, free_samples
from fundoscope.experts.lesions.sampler import CropSampler
from fundoscope.experts.lesions.samples import Sample, colour_transform, poorer
from fundoscope.imaging import find_field_of_view


def sample(name: str, seed: int = 0, *, lesions: bool = True) -> Sample:
    pixels = draw_phantom(seed, size=(320, 400)).pixels
    fov = find_field_of_view(pixels)
    frame = frame_of(fov, *pixels.shape[:2])
    small, inside = frame.look(pixels), inside_mask(fov, frame)
    gain, offset = colour_transform(small, inside)
    spots = [np.array([[100.0, 120.0, 9.0]]) if lesions else np.zeros((0, 3)) for _ in range(4)]
    masks = np.zeros((4, frame.height, frame.width), dtype=np.uint8)
    return Sample(name, small, masks, inside, gain, offset, spots, (90.0, 90.0) if lesions else None, frame, fov)


def test_photographs_free_of_lesions_have_their_share_and_each_set_the_same():
    sets = [[sample("a", lesions=False)], [sample(f"b{n}", n, lesions=False) for n in range(3)]]
    sampler = CropSampler([sample("ill")], sets, free=0.4)
    rng = np.random.default_rng(0)
    names = [sampler.draw(64, rng)[0].name for _ in range(2000)]
    assert names.count("a") == pytest.approx(400, abs=70)
    assert sum(n.startswith("b") for n in names) == pytest.approx(400, abs=70)


def test_poorer_copies_are_drawn_in_their_share_at_the_same_places():
    ill = sample("ill")
    copy = poorer(ill, np.random.default_rng(1))
    sampler = CropSampler([ill], [], copies={"ill": [copy]}, spoilt=0.3)
    drawn = [sampler.draw(64, np.random.default_rng(n)) for n in range(1000)]
    assert sum(one is copy for one, _, _ in drawn) == pytest.approx(300, abs=60)
    plain = CropSampler([ill], [])
    assert all(plain.draw(64, np.random.default_rng(n))[1:] == drawn[n][1:] for n in range(20))


def test_a_poorer_copy_keeps_its_size_and_the_look_of_its_colours():
    ill = sample("ill")
    for seed in range(6):
        copy = poorer(ill, np.random.default_rng(seed))
        assert copy.pixels.shape == ill.pixels.shape and not np.array_equal(copy.pixels, ill.pixels)
        values = (copy.pixels / 127.5 - 1) * copy.gain + copy.offset
        assert values[copy.inside].mean(axis=0) == pytest.approx(MEAN, abs=0.02)


@pytest.mark.realdata
def test_photographs_free_of_lesions_are_of_the_graders_training_part(data_dir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fundoscope.experts.lesions.free.FREE_OF_LESIONS", dict.fromkeys(FREE_OF_LESIONS, 2))
    training = {Path(e.image).stem for e in examples(data_dir) if e.part == "train" and 0 in e.allowed}
    for one in free_samples(data_dir, 0):
        assert len(one) == 2
        assert all(s.name in training and not s.masks.any() and s.disc is None for s in one)
