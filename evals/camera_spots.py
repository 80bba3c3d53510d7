"""Finding the fixed dark spots of a site's cameras in its photographs, of which nothing else has to be known."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from ..errors import UnreadableImage
from ..experts import load_expert
from ..experts.base import Expert
from ..experts.camera_spots import ALIKE, CameraSpots, forget, runs_of, store_spots, stored_spots
from ..experts.lesions.measure import LEAST_FIELD
from ..imaging import FieldOfView, Frame
from ..imaging.archive import encode_png
from ..imaging.fixed_spots import STEPS, WORKING_DIAMETER, blotted, contrast, whole_frame
from ..imaging.spot_search import LEAST_ON_A_SIDE, LEAST_PHOTOGRAPHS, Pattern, patterns
from ..records import Photograph
from ..records.files import write_whole
from ..settings import Settings, default_settings

_BLOTTED_DD = 0.75
"""Disc and fovea are dark in every eye: nothing is looked for within so many disc diameters of them."""
UNUSABLE = f"disc and fovea not both located, the disc in the middle, or a field of view under {LEAST_FIELD} px"
FEW_PEOPLE = "of fewer than ten people, what their eyes show again and again can be taken for dust: look at the picture"
NONE_FOUND = "no fixed dark spots were found (a few, or faint ones, can be missed)"
_CENTRED_DD = 1.0
"""With the disc nearer to the middle of the field than this, an eye's side says nothing of what lies where."""
_MOST = 3000
"""Photographs of one camera that are looked at, in the order of their names; further ones would take more memory."""
_MOST_ALIKE = 2
"""Photographs that are taken of one side of one patient, where the header says who it is: their lesions are no dust."""
_LARGEST = 2048
"""Working pixels of a side: more than this is a field of view lost in a large picture."""


@dataclass
class Camera:
    """Photographs that were taken alike: size (width, height), field of view, working frame, contrasts and sides of the disc."""

    size: tuple[int, int]
    view: FieldOfView
    frame: Frame
    contrasts: list[NDArray[np.int8]] = field(default_factory=list)
    disc_on_right: list[bool] = field(default_factory=list)

    def took(self, size: tuple[int, int], view: FieldOfView) -> bool:
        """Whether a photograph with this size and field of view is one of them."""
        off = (view.x - self.view.x, view.y - self.view.y, view.diameter - self.view.diameter)
        return size == self.size and all(abs(value) <= ALIKE * self.view.diameter for value in off)

    @property
    def short(self) -> str | None:
        """Why no spots are looked for, or None."""
        sides = len(self.disc_on_right) - sum(self.disc_on_right), sum(self.disc_on_right)
        if len(self.contrasts) < LEAST_PHOTOGRAPHS or min(sides) < LEAST_ON_A_SIDE:
            return (
                f"too few to look for spots: {sides[0]} with the disc on the left and {sides[1]} on the right, "
                f"at least {LEAST_PHOTOGRAPHS} are needed and {LEAST_ON_A_SIDE} of each"
            )
        return None

    @property
    def line(self) -> str:
        """What it is called in words."""
        width, height = self.size
        return f"{width} x {height}, field of view {self.view.diameter:.0f} px wide: {len(self.contrasts)} photographs"


def cameras(photographs: Iterable[Photograph], settings: Settings | None = None) -> tuple[list[Camera], int]:
    """The photographs by camera, most photographs first, and how many cannot be used.

    Such are fields too small for lesions, those with the disc in the middle, and those in which disc and fovea are not both
    located. The same photograph counts once, one side of a patient who is known _MOST_ALIKE times.
    """
    landmarks, found, left_out = load_expert("landmarks", settings or default_settings()), list[Camera](), 0
    seen, taken = set[str](), Counter[tuple[object, bool]]()
    for photograph in photographs:
        if photograph.sha256 in seen:
            continue
        seen.add(photograph.sha256)
        left_out += not _added(photograph, landmarks, found, taken)
    return sorted((c for c in found if c.contrasts), key=lambda c: -len(c.contrasts)), left_out


def _added(photograph: Photograph, landmarks: Expert, found: list[Camera], taken: Counter[tuple[object, bool]]) -> bool:
    view, size = photograph.field_of_view, (photograph.width, photograph.height)
    if view.why_unreadable(LEAST_FIELD) is not None or max(size) * WORKING_DIAMETER > _LARGEST * view.diameter:
        return False
    marks = landmarks.read(photograph)
    diameter, disc, fovea = marks.number("disc_diameter"), marks.points.get("disc"), marks.points.get("fovea")
    if not diameter or disc is None or fovea is None or abs(disc.x - view.x) < _CENTRED_DD * float(diameter):
        return False
    camera = next((c for c in found if c.took(size, view)), None)
    if camera is None:
        camera = Camera(size, view, whole_frame(view, photograph.height, photograph.width))
        found.append(camera)
    on_right = disc.x > fovea.x
    taken[photograph.patient, on_right] += 1
    known_well = photograph.patient is not None and taken[photograph.patient, on_right] > _MOST_ALIKE
    if len(camera.contrasts) < _MOST and not known_well:
        values = contrast(photograph.pixels, view, camera.frame)
        places = [(disc.x, disc.y), (fovea.x, fovea.y)]
        values = blotted(values, camera.frame, places, _BLOTTED_DD * float(diameter))
        camera.contrasts.append(np.round(values * STEPS).astype(np.int8))
        camera.disc_on_right.append(on_right)
    return True


@dataclass(frozen=True)
class Found:
    """The spots of a camera and the pattern that they were found by."""

    spots: CameraSpots
    pattern: Pattern

    @property
    def share(self) -> float:
        """Of the field of view that was looked at, the fraction that is spots."""
        return float(self.spots.mask.sum() / max(1, (self.pattern.sureness != 0).sum()))

    @property
    def line(self) -> str:
        """What was found, in words."""
        one = self.spots
        return f"{one.photographs} of {one.read} show {one.count} fixed dark spots on {self.share:.1%} of the field of view"

    def picture(self) -> NDArray[np.uint8]:
        """RGB uint8: the mean contrast of the photographs that show the spots, these outlined in red."""
        grey = np.clip(128 + 6 * self.pattern.sureness, 0, 255).astype(np.uint8)
        drawn = np.stack([grey] * 3, axis=-1)
        drawn[self.spots.mask & ~ndimage.binary_erosion(self.spots.mask)] = (220, 30, 30)
        return np.asarray(
            Image.fromarray(drawn).resize((2 * drawn.shape[1], 2 * drawn.shape[0]), Image.Resampling.NEAREST)
        )


def spots_of(camera: Camera) -> list[Found]:
    """The spots of a camera, those that most photographs show first; none where it is short of photographs."""
    if camera.short is not None:
        return []
    width, view = camera.size[0], camera.view
    found = []
    for pattern in patterns(np.stack(camera.contrasts), np.array(camera.disc_on_right)):
        spots = CameraSpots(
            date=datetime.date.today(),
            photographs=len(pattern.photographs),
            read=len(camera.contrasts),
            count=int(ndimage.label(pattern.spots)[1]),
            field=(view.x / width, view.y / width, view.diameter / width),
            columns=camera.frame.width,
            rows=camera.frame.height,
            runs=runs_of(pattern.spots),
        )
        found.append(Found(spots, pattern))
    return found


def store_found(found: Sequence[Found], home: Path) -> list[str]:
    """Keep the spots of a camera for the lesions expert, each with a picture of where they are; a line for what was done.

    They take the place of what was known of this camera.
    """
    lines, kept = [], {one.spots.id for one in found}
    before = [old for old in stored_spots(home) if any(one.spots.of_same_camera(old) for one in found)]
    for one in found:
        file = store_spots(one.spots, home)
        write_whole(file.with_suffix(".png"), encode_png(one.picture()))
        lines += [str(file), str(file.with_suffix(".png"))]
    for old in before:
        if old.id not in kept:
            forget(old, home)
            lines.append(f"in place of {old.id} of {old.date.isoformat()}")
    return lines


def photographs_of(files: Sequence[Path], problems: list[str]) -> Iterable[Photograph]:
    """The photographs that can be read; a line is added to `problems` for each that cannot."""
    for file in files:
        try:
            yield Photograph.from_file(file)
        except UnreadableImage as error:
            problems.append(str(error))
