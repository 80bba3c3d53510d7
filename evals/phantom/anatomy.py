"""The layout of a phantom eye: where the field of view, disc, cup and fovea lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FOVEA_DISTANCE_DD = (2.4, 2.6)
"""Disc centre to fovea along the horizontal, in disc diameters."""
FOVEA_DROP_DD = (0.2, 0.3)
"""How far the fovea lies below the disc centre, in disc diameters."""
FIELD_DD = 6.7
"""Diameter of the field of view in disc diameters: a 45 to 50 degree camera."""


@dataclass(frozen=True)
class Layout:
    """A right eye in photograph pixels: x grows to the nasal side, y downwards, pixel i covers [i, i + 1).

    `unit` is one disc diameter (the square root of disc width times height) in pixels. Positions in disc
    diameters ("DD") have their origin at the disc centre. The cup's centre is `cup_x`, `cup_y`.
    """

    height: int
    width: int
    field_x: float
    field_y: float
    field_diameter: float
    unit: float
    disc_x: float
    disc_y: float
    disc_width: float
    disc_height: float
    cup_x: float
    cup_y: float
    cup_width: float
    cup_height: float
    fovea_x: float
    fovea_y: float

    @property
    def fovea_dd(self) -> tuple[float, float]:
        """The fovea in DD from the disc centre."""
        return (self.fovea_x - self.disc_x) / self.unit, (self.fovea_y - self.disc_y) / self.unit

    def grid_dd(self, step: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Open grids (1, w) and (h, 1) of pixel centres in DD, every `step` pixels."""
        xs = (np.arange(0, self.width, step, dtype=np.float32) + 0.5 * step - self.disc_x) / self.unit
        ys = (np.arange(0, self.height, step, dtype=np.float32) + 0.5 * step - self.disc_y) / self.unit
        return xs[None, :].astype(np.float32), ys[:, None].astype(np.float32)

    def field_mask(self) -> np.ndarray:
        """Boolean (height, width), true inside the field of view."""
        ys, xs = np.ogrid[: self.height, : self.width]
        inside: np.ndarray = np.hypot(xs + 0.5 - self.field_x, ys + 0.5 - self.field_y) <= self.field_diameter / 2
        return inside

    def ellipse_mask(self, which: str) -> np.ndarray:
        """Boolean (height, width), true inside the "disc" or the "cup"."""
        x, y, w, h = (getattr(self, f"{which}_{part}") for part in ("x", "y", "width", "height"))
        ys, xs = np.ogrid[: self.height, : self.width]
        inside: np.ndarray = ((xs + 0.5 - x) / (w / 2)) ** 2 + ((ys + 0.5 - y) / (h / 2)) ** 2 <= 1
        return inside


def lay_out(rng: np.random.Generator, size: tuple[int, int], vertical_cdr: float | None) -> Layout:
    """A right eye in a picture of `size` (height, width). `vertical_cdr` None draws one between 0.3 and 0.5."""
    height, width = size
    shift_x, shift_y, fovea_x, fovea_y, oval, cup_oval, cup_side, cup_drop, drawn_cdr = rng.uniform(-1, 1, 9)
    cdr = 0.4 + 0.1 * drawn_cdr if vertical_cdr is None else vertical_cdr
    diameter = min(0.88 * width, 1.2 * height)
    unit = diameter / FIELD_DD
    ratio = 1.07 + 0.03 * oval
    disc_width, disc_height = unit / np.sqrt(ratio), unit * np.sqrt(ratio)
    field_x, field_y = width / 2 + 0.008 * width * shift_x, height / 2
    low, high = FOVEA_DISTANCE_DD
    distance = (low + high) / 2 + (high - low) / 2 * fovea_x
    drop = float(np.mean(FOVEA_DROP_DD)) + (FOVEA_DROP_DD[1] - FOVEA_DROP_DD[0]) / 2 * fovea_y
    disc_x, disc_y = field_x + 1.98 * unit, field_y + (-0.16 + 0.1 * shift_y) * unit
    cup_height = cdr * disc_height
    cup_width = min(cup_height * (0.98 + 0.06 * cup_oval), 0.92 * disc_width)
    return Layout(
        height=height,
        width=width,
        field_x=field_x,
        field_y=field_y,
        field_diameter=diameter,
        unit=unit,
        disc_x=disc_x,
        disc_y=disc_y,
        disc_width=float(disc_width),
        disc_height=float(disc_height),
        cup_x=float(disc_x - (0.05 + 0.02 * cup_side) * (disc_width - cup_width)),
        cup_y=float(disc_y + 0.03 * cup_drop * (disc_height - cup_height)),
        cup_width=float(cup_width),
        cup_height=float(cup_height),
        fovea_x=float(disc_x - distance * unit),
        fovea_y=float(disc_y + drop * unit),
    )
