"""Registration of photographs that were warped by known changes, and refusal of what is not the same eye.

Each photograph, at most `SIDE` pixels a side, is read, warped (shift, turn, scale, perspective, a smooth wave), given
another exposure, focus and compression, read again and registered. The error is measured where disc, fovea and vessel
crossings of the original really are. Thresholds were chosen on the photographs that `tuning_files` names, never on these.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.morphology import skeletonize

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.training.datasets import labels, picture
from ..experts.vessels.predict import field_in_frame, look, vessel_probability
from ..imaging import find_field_of_view
from ..imaging.registration import Registration, Sight, register
from ..records import Photograph
from .table import Row, bootstrap
from .warps import Points, Warp, another_exposure

if TYPE_CHECKING:
    from torch import nn

    from ..experts.vessels.expert import Vessels

ERROR_BAR = 0.1
SETS = ("idrid_seg", "hrf", "drive", "drishti_gs1", "odir5k_subset", "unam_dme_dr")
JUDGED, TUNING = 10, 5
"""Photographs of each set: the first by hash are judged, the last were for choosing thresholds."""
SIDE = 640
CROSSINGS = 12
PAIRS = 12
"""Eyes of which UNAM has two photographs."""


@dataclass(frozen=True)
class Case:
    """One judged photograph: what registration sees of it, the places of its landmarks, and what came of its warp."""

    name: str
    sight: Sight
    places: dict[str, Points]
    found: Registration
    errors: dict[str, NDArray[np.float64]]


def evaluate(data: Path) -> list[Row]:
    """Rows on warped photographs, on other eyes, and on eyes that were photographed twice."""
    return registration_rows(data)


def registration_rows(data: Path) -> list[Row]:
    """Landmark errors in disc diameters, declared failures, and acceptance of photographs of other eyes."""
    reader = Reader()
    cases = [judge(reader, data, name, file) for name in SETS for file in judged_files(data, name)]
    return [*_error_rows(cases), *_impostor_rows(cases), _pairs_row(reader, data)]


def judged_files(data: Path, name: str) -> list[str]:
    """Photographs of a set that are judged."""
    return _by_hash(data, name)[:JUDGED]


def tuning_files(data: Path, name: str) -> list[str]:
    """Photographs of a set on which registration's thresholds may be looked at."""
    return _by_hash(data, name)[::-1][:TUNING]


def _by_hash(data: Path, name: str) -> list[str]:
    files = [row["image"] for row in labels(data, name)]
    return sorted(files, key=lambda file: hashlib.sha256(f"{name}/{file}".encode()).hexdigest())


class Reader:
    """Landmarks and vessel map of a photograph, nothing measured on it."""

    def __init__(self) -> None:
        self.vessels, self.landmarks = load_expert("vessels"), load_expert("landmarks")

    def sight(self, pixels: NDArray[np.uint8]) -> Sight:
        """What registration sees of RGB pixels (height, width, 3)."""
        photograph = Photograph.from_pixels(pixels)
        landmarks = self.landmarks.read(photograph)
        fov = photograph.field_of_view
        seen, frame = look(pixels, fov)
        field = field_in_frame(fov, frame)
        place = {name: (point.x, point.y) for name, point in landmarks.points.items()}
        return Sight(
            vessel_probability(_nets(self.vessels), seen, field),
            field,
            frame,
            fov.diameter,
            landmarks.number("disc_diameter"),
            place.get("disc"),
            place.get("fovea"),
        )


def _nets(expert: Expert) -> Sequence[nn.Module]:
    return cast("Vessels", expert).nets


def reduced(file: Path) -> NDArray[np.uint8]:
    """The photograph, at most `SIDE` pixels a side."""
    pixels = picture(file)
    share = min(1.0, SIDE / max(pixels.shape[:2]))
    size = (round(pixels.shape[1] * share), round(pixels.shape[0] * share))
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def judge(reader: Reader, data: Path, name: str, file: str) -> Case:
    """Read a photograph and its warp, register them, and measure where landmarks come to lie."""
    pixels = reduced(data / name / file)
    field = find_field_of_view(pixels)
    rng = np.random.default_rng(list(hashlib.sha256(f"{name}/{file}".encode()).digest()[:8]))
    warp = Warp.drawn(rng, field)
    warped = another_exposure(rng, warp.picture(pixels, field), field)
    sight, other = reader.sight(pixels), reader.sight(warped)
    found = register(sight, other)
    places = {
        "disc": np.reshape(sight.disc or (), (-1, 2)).astype(float),
        "fovea": np.reshape(sight.fovea or (), (-1, 2)).astype(float),
        "vessel crossings": crossings(sight, rng),
    }
    places = {what: _seen_in(other, points, warp.from_original(points)) for what, points in places.items()}
    errors = {what: _errors(found, points, warp, sight.unit) for what, points in places.items()}
    return Case(name, sight, places, found, errors)


def crossings(sight: Sight, rng: np.random.Generator) -> Points:
    """Up to `CROSSINGS` places, photograph pixels, where three or more lines of the vessels' skeleton meet."""
    line = skeletonize(sight.vessels > 0.5)
    meeting = line & (ndimage.convolve(line.astype(np.uint8), np.ones((3, 3), np.uint8)) > 3)
    numbered, count = ndimage.label(meeting, np.ones((3, 3)))
    centres = np.reshape(ndimage.center_of_mass(meeting, numbered, range(1, count + 1)), (-1, 2))
    chosen = centres[rng.permutation(len(centres))[:CROSSINGS]]
    frame = sight.frame
    return np.column_stack(
        [frame.left + (chosen[:, 1] + 0.5) * frame.scale, frame.top + (chosen[:, 0] + 0.5) * frame.scale]
    )


def _seen_in(other: Sight, points: Points, moved: Points) -> Points:
    """The points whose true places `moved` lie in the other photograph's field of view."""
    frame = other.frame
    columns = np.floor((moved[:, 0] - frame.left) / frame.scale).astype(int)
    rows = np.floor((moved[:, 1] - frame.top) / frame.scale).astype(int)
    inside = (columns >= 0) & (rows >= 0) & (columns < frame.width) & (rows < frame.height)
    inside[inside] = other.field[rows[inside], columns[inside]]
    return points[inside]


def _errors(found: Registration, points: Points, warp: Warp, unit: float) -> NDArray[np.float64]:
    if found.matrix is None or not len(points):
        return np.empty(0)
    there = points @ found.matrix[:, :2].T + found.matrix[:, 2]
    misses: NDArray[np.float64] = np.hypot(*(there - warp.from_original(points)).T) / unit
    return misses


def _error_rows(cases: list[Case]) -> list[Row]:
    registered = [case for case in cases if case.found.matrix is not None]
    every = [np.concatenate(list(case.errors.values())) for case in registered]
    title = f"{len(cases)} photographs of {len(SETS)} data sets, warped"
    note = f"at most {SIDE} px a side; vessel crossings, disc and fovea"
    rows = [
        _quantile("landmark error, median, DD", title, every, 0.5, ERROR_BAR, note),
        _quantile("landmark error, 95th percentile, DD", title, every, 0.95, None, "intervals by photograph"),
    ]
    for what in ("disc", "fovea", "vessel crossings"):
        own = [case.errors[what] for case in registered if len(case.errors[what])]
        rows.append(_quantile(f"{what}: error, median, DD", f"{len(own)} photographs", own, 0.5, None))
    for name in SETS:
        own = [e for e, case in zip(every, registered, strict=True) if case.name == name]
        if own:
            rows.append(_quantile("landmark error, median, DD", f"{name} ({len(own)} registered)", own, 0.5, None))
    failed = np.array([case.found.matrix is None for case in cases])
    rows.append(_share("declared failures", title, failed))
    within = np.concatenate([e <= 0.1 for e in every])
    rows.append(Row("landmarks within 0.1 DD, of registered photographs", title, float(within.mean())))
    return rows


def _quantile(
    metric: str, data: str, errors: list[NDArray[np.float64]], at: float, bar: float | None, note: str = ""
) -> Row:
    def figure(i: NDArray[np.intp]) -> float:
        return float(np.quantile(np.concatenate([errors[k] for k in i]), at))

    whole = figure(np.arange(len(errors))) if errors else math.inf
    interval = bootstrap(len(errors), figure) if errors else None
    return Row(metric, data, whole, interval, bar, lower_is_better=True, note=note)


def _share(metric: str, data: str, happened: NDArray[np.bool_], note: str = "") -> Row:
    interval = bootstrap(len(happened), lambda i: float(happened[i].mean()))
    return Row(metric, data, float(happened.mean()), interval, lower_is_better=True, note=note)


def _impostor_rows(cases: list[Case]) -> list[Row]:
    strangers = np.array([register(a.sight, b.sight).matrix is not None for a, b in _strangers(cases)])
    mirrors = np.array([register(case.sight, mirrored(case.sight)).matrix is not None for case in cases])
    return [
        _share(
            "taken for the same eye",
            f"{len(strangers)} pairs of different eyes",
            strangers,
            "half of them of the same set",
        ),
        _share("taken for the same eye", f"{len(mirrors)} eyes and their mirror images", mirrors),
    ]


def _strangers(cases: list[Case]) -> Iterator[tuple[Case, Case]]:
    """Each photograph with another of its own set and one of another set."""
    for i, case in enumerate(cases):
        own = [c for c in cases if c.name == case.name and c is not case]
        yield case, own[i % len(own)]
        yield case, cases[(i + JUDGED) % len(cases)]


def mirrored(sight: Sight) -> Sight:
    """What registration would see of the mirror image."""
    width, frame = sight.frame.photograph_width, sight.frame
    turned = frame.model_copy(update={"left": width - frame.left - frame.width * frame.scale})
    return replace(
        sight,
        vessels=np.ascontiguousarray(sight.vessels[:, ::-1]),
        field=np.ascontiguousarray(sight.field[:, ::-1]),
        frame=turned,
        disc=None if sight.disc is None else (width - sight.disc[0], sight.disc[1]),
        fovea=None if sight.fovea is None else (width - sight.fovea[0], sight.fovea[1]),
    )


def twice_photographed(data: Path) -> list[tuple[str, str]]:
    """Two UNAM photographs of one eye each, the first pairs by hash."""
    by_eye: dict[tuple[str, str], list[str]] = {}
    for row in labels(data, "unam_dme_dr"):
        by_eye.setdefault((row["patient"], row["eye"]), []).append(row["image"])
    pairs = [(files[0], files[1]) for files in by_eye.values() if len(files) > 1]
    return sorted(pairs, key=lambda pair: hashlib.sha256("/".join(pair).encode()).hexdigest())[:PAIRS]


def _pairs_row(reader: Reader, data: Path) -> Row:
    found = []
    for files in twice_photographed(data):
        one, other = (reader.sight(reduced(data / "unam_dme_dr" / file)) for file in files)
        found.append(register(one, other).matrix is not None)
    note = "no true place is known here; whether they are the same eye is the data set's word"
    share, count = np.array(found), len(found)
    row = _share("registered", f"{count} UNAM eyes photographed twice", share, note)
    return replace(row, lower_is_better=False)
