"""What the region network learns from: objects with outlines, and clicks where there is nothing to outline."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ...imaging import Frame, find_field_of_view
from ..landmarks.samples import held_out_drishti, read_marks
from ..lesions.network import KINDS
from ..lesions.samples import HEALTHY_CHECK, VALIDATION
from ..training.datasets import labels, picture, plane
from .shape import Shape
from .window import Prompt, look

LEAST_AREA = 15
"""Lesions of fewer label pixels are not learnt from: their outline is that of the pixels."""
_REACH = np.ones((3, 3), dtype=bool)
_CLEAR = 12
"""Clicks on nothing keep this many pixels from vessels, lesions and disc."""


@dataclass
class Object:
    """One outlined thing: its mask within its bounding box, whose corner is (`left`, `top`) in photograph pixels."""

    kind: str
    left: int
    top: int
    mask: NDArray[np.bool_]
    area: int

    @property
    def box(self) -> Prompt:
        """Its true box."""
        return Prompt(self.left, self.top, self.left + self.mask.shape[1], self.top + self.mask.shape[0])

    @property
    def middle(self) -> tuple[float, float]:
        """The centre (x, y) of its pixel that is nearest to its centre of mass."""
        ys, xs = np.nonzero(self.mask)
        at = int(np.argmin((xs - xs.mean()) ** 2 + (ys - ys.mean()) ** 2))
        return self.left + float(xs[at]) + 0.5, self.top + float(ys[at]) + 0.5

    def iou(self, shape: Shape) -> float:
        """Intersection over union of an outline and this object."""
        box = self.box
        left, top, right, bottom = int(box.left), int(box.top), int(box.right), int(box.bottom)
        shared = int((shape.within(left, top, right, bottom).mask & self.mask).sum())
        return shared / (shape.area + self.area - shared)

    def look(self, frame: Frame) -> NDArray[np.float32]:
        """Its covered fraction of each pixel of a frame, 0 to 1."""
        pad = int(4 + 3 * frame.scale)
        plane_ = np.pad(self.mask.astype(np.uint8) * np.uint8(255), pad)
        moved = frame.model_copy(
            update={
                "left": frame.left - self.left + pad,
                "top": frame.top - self.top + pad,
                "photograph_width": plane_.shape[1],
                "photograph_height": plane_.shape[0],
            }
        )
        return look(plane_, moved).astype(np.float32) / np.float32(255)


@dataclass
class Scene:
    """A photograph with its objects; `diameter` of its field of view; `empty` (h, w) where a click means nothing."""

    name: str
    pixels: NDArray[np.uint8]
    diameter: float
    objects: list[Object] = field(default_factory=list)
    empty: NDArray[np.int32] | None = None
    """Rows and columns (n, 2) of some such places."""


def objects_in(mask: NDArray[np.bool_], kind: str, least: int = LEAST_AREA) -> list[Object]:
    """The 8-connected components of a mask (h, w) with at least `least` pixels."""
    numbers, _ = ndimage.label(mask, structure=_REACH)
    made = []
    for number, where in enumerate(ndimage.find_objects(numbers), start=1):
        own = numbers[where] == number
        if int(own.sum()) >= least:
            made.append(Object(kind, where[1].start, where[0].start, own, int(own.sum())))
    return made


def largest(mask: NDArray[np.bool_], kind: str) -> list[Object]:
    """The largest component of a mask, none when it is empty."""
    return sorted(objects_in(mask, kind), key=lambda o: o.area)[-1:]


def _places(free: NDArray[np.bool_], count: int, seed: int) -> NDArray[np.int32]:
    ys, xs = np.nonzero(free)
    chosen = np.random.default_rng(seed).choice(len(ys), min(count, len(ys)), replace=False)
    return np.column_stack([ys[chosen], xs[chosen]]).astype(np.int32)


def idrid_scene(data: Path, row: dict[str, str]) -> Scene:
    """A row of `idrid_seg`: its lesions and its disc, and places that are neither."""
    folder = data / "idrid_seg"
    pixels = picture(folder / row["image"])
    fov = find_field_of_view(pixels)
    scene = Scene(Path(row["image"]).stem, pixels, fov.diameter)
    covered = np.zeros(pixels.shape[:2], dtype=bool)
    for kind in KINDS:
        if row[kind]:
            mask = plane(folder / row[kind]) > 0
            covered |= mask
            scene.objects += objects_in(mask, kind)
    if row["OD"]:
        mask = plane(folder / row["OD"]) > 0
        covered |= mask
        scene.objects += largest(mask, "disc")
    free = fov.mask(pixels.shape[0], pixels.shape[1], margin=0.06) & (pixels.max(axis=2) > 20)
    free &= ndimage.distance_transform_edt(~covered) > _CLEAR
    scene.empty = _places(free, 200, 0)
    return scene


def idrid_scenes(data: Path, *, split: str = "train", names: set[str] | None = None) -> list[Scene]:
    """IDRiD's photographs of one official split, all or those named."""
    rows = [r for r in labels(data, "idrid_seg") if r["split"] == split]
    return [idrid_scene(data, r) for r in rows if names is None or Path(r["image"]).stem in names]


def drishti_scenes(data: Path) -> list[Scene]:
    """Drishti's discs and cups but the held-out photographs', each cut to four disc widths."""
    scenes = []
    kept = held_out_drishti(data)
    for row in labels(data, "drishti_gs1"):
        if row["image"] in kept:
            continue
        pixels = picture(data / "drishti_gs1" / row["image"])
        levels = plane(data / "drishti_gs1" / row["od_oc"])
        diameter = find_field_of_view(pixels).diameter
        ys, xs = np.nonzero(levels)
        reach = int(1.5 * (xs.max() - xs.min() + 1))
        top, left = max(0, ys.min() - reach), max(0, xs.min() - reach)
        window = np.s_[top : ys.max() + reach, left : xs.max() + reach]
        scene = Scene(Path(row["image"]).stem, pixels[window].copy(), diameter)
        scene.objects += largest(levels[window] > 0, "disc") + largest(levels[window] == 2, "cup")
        scenes.append(scene)
    return scenes


def healthy_scenes(data: Path) -> list[Scene]:
    """HRF's healthy photographs with a marked disc: places free of vessels and away from the disc."""
    discs = {r["file"]: r for r in read_marks() if r["dataset"] == "hrf" and r["split"] == "train" and r["disc_x"]}
    scenes = []
    for row in labels(data, "hrf"):
        mark = discs.get(row["image"])
        if mark is None or row["category"] != "healthy" or Path(row["image"]).stem in HEALTHY_CHECK:
            continue
        pixels = picture(data / "hrf" / row["image"])
        fov = find_field_of_view(pixels)
        ys, xs = np.ogrid[: pixels.shape[0], : pixels.shape[1]]
        away = np.hypot(xs - float(mark["disc_x"]), ys - float(mark["disc_y"])) > float(mark["disc_diameter"])
        free = fov.mask(pixels.shape[0], pixels.shape[1], margin=0.06) & away
        free &= ndimage.distance_transform_edt(plane(data / "hrf" / row["vessel"]) == 0) > _CLEAR / 2
        scenes.append(Scene(Path(row["image"]).stem, pixels, fov.diameter, empty=_places(free, 200, 0)))
    return scenes


def training_scenes(data: Path, *, everything: bool = False) -> list[Scene]:
    """All that is trained on; the ten validation photographs of IDRiD only with `everything`."""
    names = {Path(r["image"]).stem for r in labels(data, "idrid_seg")} - (set() if everything else set(VALIDATION))
    return [*idrid_scenes(data, names=names), *drishti_scenes(data), *healthy_scenes(data)]


def validation_scenes(data: Path) -> list[Scene]:
    """The ten photographs of IDRiD's training split on which choices are made."""
    return idrid_scenes(data, names=set(VALIDATION))
