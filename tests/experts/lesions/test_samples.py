"""What the lesion networks learn from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import BadSetting
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts.grade.split import examples
from fundoscope.experts.lesions.appearance import MEAN, frame_of, inside_mask
from fundoscope.experts.lesions.free import DRUSEN, FREE_OF_LESIONS, MORE, free_files, free_samples, healthy_files
from fundoscope.experts.lesions.sampler import AGAIN, CropSampler
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


def test_what_was_mistaken_for_lesions_is_looked_at_again():
    sly = replace(sample("b", lesions=False), mistaken=np.array([[150.0, 170.0]]))
    sampler = CropSampler([sample("ill")], [[sample("a", lesions=False), sly]], free=0.9)
    rng = np.random.default_rng(0)
    free = [one for one in (sampler.draw(30, rng) for _ in range(3000)) if one[0].name != "ill"]
    near = sum(abs(row - 150) <= 10 and abs(column - 170) <= 10 for _, row, column in free)
    assert near / len(free) == pytest.approx(AGAIN, abs=0.04)
    assert sum(one.name == "a" for one, _, _ in free) / len(free) == pytest.approx((1 - AGAIN) / 2, abs=0.04)


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
def test_photographs_free_of_lesions_are_of_the_graders_training_part(data_dir: Path):
    training = {(e.dataset, e.image) for e in examples(data_dir) if e.part == "train" and 0 in e.allowed}
    odir, idrid, unam, drusen = free_files(data_dir, 0, more=True)
    counts = FREE_OF_LESIONS | MORE
    assert [len(odir), len(idrid), len(unam)] == list(counts.values()) and len(drusen) == DRUSEN
    assert {*odir, *idrid, *unam, *drusen} <= training and not {*odir} & {*drusen}
    fewer = free_files(data_dir, 0)
    assert [len(files) for files in fewer] == list(FREE_OF_LESIONS.values()) and fewer[1] == idrid[: len(fewer[1])]
    assert free_files(data_dir, 0, more=True)[3] == drusen and free_files(data_dir, 1)[0] != odir
    assert len(healthy_files(data_dir)) == 10


@pytest.mark.realdata
def test_a_sample_free_of_lesions_knows_what_was_mistaken_in_it(data_dir: Path):
    file = free_files(data_dir, 0)[1][0]
    plain, known = (free_samples(data_dir, [file], places)[0] for places in (None, {"/".join(file): [(300.0, 200.0)]}))
    assert not plain.masks.any() and plain.disc is None and not len(plain.mistaken)
    with pytest.raises(BadSetting, match="--seed"):
        free_samples(data_dir, [file], {})
    row, column = known.mistaken[0]
    assert known.frame.to_photograph(column, row) == pytest.approx((300.0, 200.0))
