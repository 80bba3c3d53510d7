"""`fundoscope eval spots`: what is found of a camera's dust, and what the lesions expert then counts.

The spots are found in photographs of IDRiD's camera that belong to the grader's training and validation parts, without their labels;
what comes of it is measured on its hold-out and on the official lesion test.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.camera_spots import CameraSpots, spots_on
from ..experts.grade.split import examples
from ..experts.lesions.blank import SHARE, without_retinopathy
from ..experts.lesions.measure import blanks_of
from ..experts.training.datasets import labels, picture
from ..imaging.fixed_spots import SHOWN, shown
from ..imaging.spot_search import patterns
from ..records import Photograph, Region
from ..settings import Settings
from .camera_spots import Camera, Found, cameras, photographs_of, spots_of
from .grade_readings import numbered, resampled
from .lesions_labelled import SET, labelled, lesion_test
from .table import Row, bootstrap

IDRID = "idrid_grading"
FEWER = (40, 60, 100, 150)
DRAWS = 5
ELSEWHERE = ("hrf", "unam_dme_dr", "drimdb")
DARK_KINDS = ("MA", "HE")
FOUND = "fixed dark spots found"


def evaluate(data: Path) -> list[Row]:
    """Spots of IDRiD's camera and of others, of fewer photographs, and false and true lesions with and without them."""
    camera = idrid_camera(data)
    found = spots_of(camera)
    made = _found_rows(camera, found, f"IDRiD, training and validation ({len(camera.contrasts)})")
    made += _fewer_rows(camera, found)
    reader = _Reader([one.spots for one in found])
    made += _free_rows(data, reader)
    made += _mild_rows(data, reader)
    made += _labelled_rows(data, reader)
    for name in ELSEWHERE:
        files = [data / name / row["image"] for row in labels(data, name)]
        for one in _cameras(files):
            if one.short is None:
                told = f"{name}, field of view of {one.view.diameter:.0f} px ({len(one.contrasts)})"
                made.append(Row(FOUND, told, float(sum(own.spots.count for own in spots_of(one)))))
    return made


def idrid_camera(data: Path) -> Camera:
    """IDRiD's camera by the photographs of the grader's training and validation parts."""
    return _cameras([data / IDRID / e.image for e in examples(data) if e.part != "holdout" and e.dataset == IDRID])[0]


def _cameras(files: list[Path]) -> list[Camera]:
    return cameras(photographs_of(files, []), Settings())[0]


def _found_rows(camera: Camera, found: Sequence[Found], told: str) -> list[Row]:
    showing = sum(one.spots.photographs for one in found) / len(camera.contrasts)
    return [
        Row(FOUND, told, float(sum(one.spots.count for one in found))),
        Row("share of the field of view that is spots", told, sum(one.share for one in found)),
        Row("photographs that show them", told, showing),
        Row("mirrored photographs that seem to show them", told, _by_chance(camera, found)),
    ]


def _by_chance(camera: Camera, found: Sequence[Found]) -> float:
    """The share of mirrored photographs that one of the patterns seems to be shown by."""
    mirrored = [values[:, ::-1] for values in camera.contrasts]
    return float(np.mean([any(shown(one.spots.mask, values) >= SHOWN for one in found) for values in mirrored]))


def _fewer_rows(camera: Camera, found: Sequence[Found]) -> list[Row]:
    """What is found again where fewer photographs are looked at."""
    if not found:
        return []
    contrasts, right, whole = np.stack(camera.contrasts), np.array(camera.disc_on_right), found[0].pattern.spots
    rng, made = np.random.default_rng(0), []
    for count in FEWER:
        again, right_places = [], []
        for _ in range(DRAWS):
            chosen = rng.permutation(len(right))[:count]
            part = patterns(contrasts[chosen], right[chosen])
            area = part[0].spots if part else np.zeros_like(whole)
            again.append(float((area & whole).sum() / whole.sum()))
            if area.any():
                right_places.append(float((area & whole).sum() / area.sum()))
        told = f"IDRiD, {count} of {len(right)} photographs, mean of {DRAWS} draws"
        made.append(Row("of the spots' area, found with fewer photographs", told, float(np.mean(again))))
        if right_places:
            made.append(Row("of what is found then, spots by all photographs", told, float(np.mean(right_places))))
    return made


class _Reader:
    """The lesions expert as shipped, and a camera's spots."""

    def __init__(self, spots: list[CameraSpots]) -> None:
        settings = Settings(site_calibration=False)
        self.spots, self.landmarks, self.lesions = (
            spots,
            load_expert("landmarks", settings),
            load_expert("lesions", settings),
        )

    def read(self, photograph: Photograph) -> tuple[list[Region], list[Region], bool]:
        """The regions as shipped, those that are left of them, and whether the spots are shown."""
        found = self.lesions.read(photograph, {"landmarks": self.landmarks.read(photograph)}).regions
        on_spot = spots_on(self.spots, photograph)
        return found, found if on_spot is None else [r for r in found if not on_spot(r)], on_spot is not None


def _free_rows(data: Path, reader: _Reader) -> list[Row]:
    """False lesions on eyes without retinopathy, without the spots and with them."""
    free = [e for e in without_retinopathy(data, "holdout") if e.dataset == IDRID]
    before, after, shown = [], [], []
    for example in free:
        photograph = Photograph.from_pixels(picture(data / example.dataset / example.image))
        regions, kept, seen = reader.read(photograph)
        before.append(_counts(regions))
        after.append(_counts(kept))
        shown.append(seen)
    group, told = numbered([e.group for e in free]), f"IDRiD hold-out, grade 0 ({len(free)})"
    made = [Row("photographs that show the spots", told, float(np.mean(shown)))]
    blanks = blanks_of(reader.lesions.card.thresholds)
    for which, counts in (("as shipped", np.array(before)), ("with the camera's spots", np.array(after))):
        for k, kind in enumerate(DARK_KINDS):
            values = counts[:, k]
            made.append(_mean_row(f"false lesions a photograph {kind}, {which}", told, values, group))
            within = (values <= blanks[kind]).astype(float)
            row = _mean_row(f"counts no higher than the card's blank {kind}, {which}", told, within, group)
            made.append(Row(row.metric, row.data, row.figure, row.interval, note=f"aim {SHARE:g}"))
    return made


def _mild_rows(data: Path, reader: _Reader) -> list[Row]:
    """Of eyes with mild or moderate retinopathy in which dark lesions are found, those that lose all of them."""
    lost = []
    group = []
    for example in (e for e in examples(data) if e.part == "holdout" and e.dataset == IDRID and e.grade in (1, 2)):
        photograph = Photograph.from_pixels(picture(data / example.dataset / example.image))
        regions, kept, _ = reader.read(photograph)
        if any(_counts(regions)):
            lost.append(not any(_counts(kept)))
            group.append(example.group)
    told = f"IDRiD hold-out, grades 1 and 2 ({len(lost)} with dark lesions found)"
    values = np.array(lost, dtype=np.float64)
    return [_mean_row("eyes of which every dark lesion is left out as dust", told, values, numbered(group))]


def _mean_row(metric: str, told: str, values: NDArray[np.float64], group: NDArray[np.intp]) -> Row:
    return Row(metric, told, float(values.mean()), resampled(group, lambda i: float(values[i].mean())))


def _labelled_rows(data: Path, reader: _Reader) -> list[Row]:
    """Of the lesions found on the official test, the true and the false ones that are left out as dust."""
    tallies, shown = np.zeros((0, 4)), []
    for row in lesion_test(data):
        photograph = Photograph.from_pixels(picture(data / SET / row["image"]))
        regions, kept, seen = reader.read(photograph)
        shown.append(seen)
        tally = np.zeros(4)
        for kind in DARK_KINDS:
            mask = labelled(data, row, kind, photograph.pixels.shape[:2])
            for region in (r for r in regions if r.kind == kind):
                true = _touches(region, mask)
                tally[0 if true else 2] += 1
                tally[1 if true else 3] += region not in kept
        tallies = np.vstack([tallies, tally])
    told = f"IDRiD lesion test ({len(shown)}), MA and HE"
    made = [Row("photographs that show the spots", told, float(np.mean(shown)))]
    for what, all_of, left in (("true", 0, 1), ("false", 2, 3)):

        def share(i: NDArray[np.intp], all_of: int = all_of, left: int = left) -> float:
            return float(tallies[i, left].sum() / max(1.0, tallies[i, all_of].sum()))

        everyone = np.arange(len(tallies))
        made.append(Row(f"{what} lesions left out as dust", told, share(everyone), bootstrap(len(tallies), share)))
    return made


def _touches(region: Region, mask: NDArray[np.bool_]) -> bool:
    rows = slice(int(region.y), int(np.ceil(region.y + region.height)))
    return bool(mask[rows, int(region.x) : int(np.ceil(region.x + region.width))].any())


def _counts(regions: list[Region]) -> list[float]:
    return [float(sum(r.kind == kind for r in regions)) for kind in DARK_KINDS]
