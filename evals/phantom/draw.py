"""Draw a synthetic colour fundus photograph together with its exact ground truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ...errors import BadSetting
from . import background, camera
from .anatomy import Layout, lay_out
from .lesions import KINDS, Lesion, check_counts, draw_lesions
from .strokes import stroke
from .vessels import grow_tree

_SMALLEST = 128


@dataclass(frozen=True)
class Ellipse:
    """Centre and diameters in photograph pixels; `diameter` is the square root of width times height."""

    x: float
    y: float
    width: float
    height: float
    diameter: float


@dataclass(frozen=True)
class Circle:
    """Centre and diameter in photograph pixels."""

    x: float
    y: float
    diameter: float


@dataclass(frozen=True)
class Place:
    """A position in photograph pixels: pixel i covers [i, i + 1)."""

    x: float
    y: float


@dataclass(frozen=True)
class Truth:
    """What was drawn.

    `masks` holds boolean arrays (height, width): MA, HE, EX, SE, vessels, artery, vein, disc, cup, field_of_view.
    `vertical_cdr` is cup height over disc height. `lesions` are sorted by kind, then from left to right.
    """

    eye: str
    disc: Ellipse
    cup: Ellipse
    vertical_cdr: float
    fovea: Place
    field_of_view: Circle
    lesions: list[Lesion]
    masks: dict[str, np.ndarray] = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """Lesions by kind: MA, HE, EX, SE."""
        return {kind: sum(lesion.kind == kind for lesion in self.lesions) for kind in KINDS}

    @property
    def fovea_distance_dd(self) -> float:
        """Disc centre to fovea in disc diameters."""
        return float(np.hypot(self.fovea.x - self.disc.x, self.fovea.y - self.disc.y) / self.disc.diameter)

    def summary(self) -> dict[str, Any]:
        """Everything but the masks, as plain JSON values."""
        facts = {name: value for name, value in self.__dict__.items() if name not in ("masks", "lesions")}
        plain = {
            name: asdict(value) if hasattr(value, "__dataclass_fields__") else value for name, value in facts.items()
        }
        return {**plain, "counts": self.counts, "lesions": [asdict(lesion) for lesion in self.lesions]}


@dataclass(frozen=True)
class Phantom:
    """A drawn photograph: `pixels` (height, width, 3) uint8 RGB and its `truth`."""

    pixels: np.ndarray = field(repr=False)
    truth: Truth


def draw_phantom(
    seed: int = 0,
    *,
    size: tuple[int, int] = (1424, 2144),
    eye: str = "right",
    lesions: Mapping[str, int] | None = None,
    blur: float = 0.0,
    exposure: float = 1.0,
    vertical_cdr: float | None = None,
) -> Phantom:
    """Draw one phantom. The same arguments give the same pixels; a left eye is the right one's mirror image.

    `size` is (height, width) in pixels; `lesions` how many of MA, HE, EX, SE; `blur` the defocus's standard
    deviation in disc diameters (0 sharp, 0.02 soft, 0.08 useless); `exposure` multiplies the light (0.25 is too
    dark to read); `vertical_cdr` 0.1 to 0.9, None draws a normal one. Raises BadSetting for values out of range.
    """
    if eye not in ("right", "left"):
        raise BadSetting(f"an eye is right or left, not {eye!r}")
    if min(size) < _SMALLEST or blur < 0 or exposure <= 0:
        raise BadSetting(f"a phantom has sides of at least {_SMALLEST} pixels, blur from 0 and exposure above 0")
    if vertical_cdr is not None and not 0.1 <= vertical_cdr <= 0.9:
        raise BadSetting("a vertical cup-disc ratio lies between 0.1 and 0.9")
    try:
        counts = check_counts(lesions or {})
    except ValueError as error:
        raise BadSetting(str(error)) from error
    plan, ground, tree, spots, sensor = (np.random.default_rng([seed, part]) for part in range(5))
    layout = lay_out(plan, size, vertical_cdr)
    picture = background.paint_disc(ground, layout, background.paint_fundus(ground, layout))
    masks = _lay_vessels(tree, layout, picture)
    try:
        found, lesion_masks = draw_lesions(spots, layout, picture, masks["vessels"], counts)
    except ValueError as error:
        raise BadSetting(str(error)) from error
    field_mask = layout.field_mask()
    masks |= lesion_masks | {"disc": layout.ellipse_mask("disc"), "cup": layout.ellipse_mask("cup")}
    masks = {name: mask & field_mask for name, mask in masks.items()} | {"field_of_view": field_mask}
    pixels = camera.expose(sensor, layout, picture, blur=blur, exposure=exposure)
    return _right_eye(layout, pixels, found, masks) if eye == "right" else _left_eye(layout, pixels, found, masks)


def write_phantom(path: str | Path, *, truth: str | Path | None = None, **how: Any) -> Phantom:
    """Draw a phantom (arguments of `draw_phantom`) into a PNG or JPEG file, its truth into a JSON file if named."""
    phantom = draw_phantom(**how)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(phantom.pixels).save(path, quality=95, subsampling=0, compress_level=3)
    if truth is not None:
        Path(truth).write_text(json.dumps(phantom.truth.summary(), indent=2) + "\n", encoding="utf-8")
    return phantom


def _lay_vessels(rng: np.random.Generator, layout: Layout, picture: np.ndarray) -> dict[str, np.ndarray]:
    vessels = grow_tree(rng, layout.fovea_dd, layout.field_diameter / 2 / layout.unit + 0.3)
    xs, ys = layout.grid_dd()
    # Over the bright disc vessels stand out less than over the fundus.
    shade = 1 - 0.3 / (1 + np.exp(np.clip((np.hypot(xs, ys) - 0.46) / 0.05, -40, 40)))
    masks = {}
    for kind in ("vein", "artery"):
        depth, reflex, masks[kind] = stroke(layout, [vessel for vessel in vessels if vessel.kind == kind])
        camera.absorb(picture, kind, depth, reflex, shade.astype(np.float32))
    return masks | {"vessels": masks["vein"] | masks["artery"]}


def _right_eye(layout: Layout, pixels: np.ndarray, lesions: list[Lesion], masks: dict[str, np.ndarray]) -> Phantom:
    def ellipse(which: str) -> Ellipse:
        x, y, w, h = (getattr(layout, f"{which}_{part}") for part in ("x", "y", "width", "height"))
        return Ellipse(x, y, w, h, float(np.sqrt(w * h)))

    truth = Truth(
        eye="right",
        disc=ellipse("disc"),
        cup=ellipse("cup"),
        vertical_cdr=layout.cup_height / layout.disc_height,
        fovea=Place(layout.fovea_x, layout.fovea_y),
        field_of_view=Circle(layout.field_x, layout.field_y, layout.field_diameter),
        lesions=lesions,
        masks=masks,
    )
    return Phantom(pixels, truth)


def _left_eye(layout: Layout, pixels: np.ndarray, lesions: list[Lesion], masks: dict[str, np.ndarray]) -> Phantom:
    """The mirror image of the right eye."""
    right, width = _right_eye(layout, pixels, lesions, masks).truth, layout.width
    flip = {"disc": right.disc, "cup": right.cup}
    ellipses = {name: Ellipse(width - e.x, e.y, e.width, e.height, e.diameter) for name, e in flip.items()}
    mirrored = [Lesion(lesion.kind, width - lesion.x, lesion.y, lesion.diameter) for lesion in lesions]
    truth = Truth(
        eye="left",
        disc=ellipses["disc"],
        cup=ellipses["cup"],
        vertical_cdr=right.vertical_cdr,
        fovea=Place(width - right.fovea.x, right.fovea.y),
        field_of_view=Circle(width - right.field_of_view.x, right.field_of_view.y, right.field_of_view.diameter),
        lesions=sorted(mirrored, key=lambda lesion: (KINDS.index(lesion.kind), lesion.x, lesion.y)),
        masks={name: np.ascontiguousarray(mask[:, ::-1]) for name, mask in masks.items()},
    )
    return Phantom(np.ascontiguousarray(pixels[:, ::-1]), truth)
